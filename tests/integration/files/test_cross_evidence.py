"""Cross-evidence: independent bodies are counted behind a warning and behind a fact, each once, with what each of them says."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import override_settings

from jiuzhu.casework.accounts.permissions import Grant
from jiuzhu.casework.dispatch import witnesses
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.files.checked import facts_checked
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.desk.conftest import signed_in
from tests.integration.files.conftest import GRANT, Make, row
from tests.support.casework import warning
from tests.support.county import NOW, County
from tests.support.officers import officer

pytestmark = pytest.mark.django_db
TOLD = {"by": "test", "purpose": "test", "at": NOW}


def test_a_fact_is_as_strong_as_the_independent_bodies_that_agree_beyond_those_that_differ(family: Make):
    said = [
        row("police_population", hukou_status="1", data_date="2026-11-20"),
        row("civil_lowincome_member", is_local_hukou="true", member_status="1"),  # the office's own book: not counted
        row("police_residence_permit", 1, permit_status="1"),
        row("civil_temporary_assistance", 1, is_local_hukou="true", sent=date(2026, 11, 20)),
        row("dpf_disability_certificate", cert_status="1", disability_level="1"),
        row("e_licence", licence_type="2", licence_status="1"),
        row("civil_disability_nursing_allowance", allowance_status="1", disability_level="2"),
    ]
    told = {(one.title.zh, one.member): one for one in facts_checked(family(rows=said), GRANT)}
    local, elsewhere = told["是否本地户籍", 0], told["是否本地户籍", 1]
    assert (local.agreeing, local.differing, local.score) == (1, 0, 33)
    assert [(one.body.zh, one.value.zh, one.verdict, one.counts) for one in local.said] == [
        ("公安机关", "本地户籍", "authority", True),
        ("民政局", "本地户籍", "agrees", False),
    ]
    assert [one.value.zh for one in elsewhere.said] == ["外地户籍", "本地户籍"]
    assert (elsewhere.agreeing, elsewhere.differing, elsewhere.score) == (1, 1, 0)
    certificate, level = told["残疾人证是否有效", 0], told["残疾等级", 0]
    assert (certificate.agreeing, certificate.differing, certificate.score) == (2, 0, 67)
    assert (level.agreeing, level.differing, level.score) == (1, 1, 0)
    assert next(iter(told.values())).differing == 1  # what is contradicted stands first


@pytest.mark.requirement("A4")
def test_a_word_above_the_readers_level_is_not_told(family: Make):
    said = [row("dpf_disability_certificate", cert_status="1"), row("e_licence", licence_type="2", licence_status="1")]
    narrow = Grant("family.open", "grid_worker", "370502001011", "assigned", "casework", "internal", 1)
    assert facts_checked(family(rows=said), narrow) == ()
    assert len(facts_checked(family(rows=said), GRANT)) == 1


def test_one_family_read_alone_says_what_a_comparison_of_everybody_says(county: County):
    """The other way is SQL over the tables of the release, and shares no line with this one."""
    wanted = {one.person for one in public.conflicts(county.workspace, by="test", at=NOW)}
    numbers = dict.fromkeys(one["household_id"] for one in county.warnings if one["household_id"])
    seen: set[tuple[str, str]] = set()
    asked = 0
    for number in public.family_keys(county.workspace, numbers):
        found = public.read_family(county.workspace, number, **TOLD)
        people = [(place, person) for place, person in enumerate(found.household.people) if person in wanted]
        if not people or asked >= 12:
            continue
        told = public.cross_checked(found.household, found.catalogue)
        for place, person in people:
            alone = {
                one.comparison: [(word.dataset, word.verdict, word.said_on) for word in one.words]
                for one in told
                if one.member == place
            }
            for other in public.side_by_side(county.workspace, person, **TOLD):
                mine = alone.pop(other.comparison, [])
                if all(said.dataset != "id_number" for said in other.statements):  # the number is no source of a family's file
                    assert mine == [(said.dataset, said.verdict, said.said_on) for said in other.statements]
                    seen |= {(other.comparison, said.verdict) for said in other.statements}
            assert alone == {}
            asked += 1
    assert asked > 5
    assert {"authority", "agrees", "differs"} <= {verdict for _, verdict in seen}
    assert len({comparison for comparison, _ in seen}) > 5


def behind(county: County, national: Catalogue, numbers: list[str]) -> set[str]:
    """Departments other than civil affairs, and the register, that delivered rows behind these warnings: by their titles."""
    departments = {
        national.datasets[one.dataset].department
        for number in numbers
        for one in public.explain(county.workspace, number).rows
        if one.dataset != "police_population"
    }
    return {body.title.zh for body in national.bodies.values() if departments & set(body.departments)} - {"民政局"}


@pytest.mark.feature("SF248")
def test_the_score_stands_at_the_warning_and_in_the_file_with_its_bodies_and_is_that_of_a_plain_count(
    county: County, national: Catalogue
):
    rows = [one for one in county.warnings if one["side"] == "entry" and one["kind"] == "warning" and one["household_id"]]
    by_family: dict[str, list[dict[str, str]]] = {}
    for one in rows:
        by_family.setdefault(one["household_id"], []).append(one)
    keys = public.family_keys(county.workspace, by_family)
    families = sorted(keys, key=lambda number: -len(by_family[number]))[:6]
    levels = {"red": 4, "orange": 3, "yellow": 2, "blue": 1}
    scores = set()
    with override_settings(WORKSPACE=county.workspace):
        client = signed_in(officer("county", "county_officer", "370502"))
        for number in families:
            for one in by_family[number]:
                warning(
                    one["warning_id"], indicator_id=one["indicator_id"], scenario_id=one["indicator_id"][:3], household_id=number,
                    division_code=one["division_code"], level=levels[one["grade"]], subject_kind=one["subject_kind"],
                )  # fmt: skip
            numbers = [one["warning_id"] for one in by_family[number]]
            bodies = behind(county, national, numbers)
            expected = (0, 33, 67, 100)[min(len(bodies), 3)]
            address = f"/households/{keys[number]}/"
            client.post(address, {"because": "窗口咨询临时救助"})
            file = client.get(address).content.decode()
            assert f'独立来源印证</dt><dd class="num">{expected} ' in file
            part = file[file.index('id="warnings"') : file.index('id="plan"')]
            assert all(f'<b class="m">{body}</b>' in part for body in bodies)
            for one in numbers[:2]:
                drawer = client.get(f"/warnings/{one}/").content.decode()
                part = drawer[drawer.index('id="witnesses"') : drawer.index("不知道的")]
                assert f'<span class="num">{expected}</span>' in part
                own = behind(county, national, [one])
                told = re.findall(r'<b class="m nw">([^<]+)</b>.*?<span class="tg o">([^<]+)</span>', part, re.S)
                assert {(body, "直接依据" if body in own else "旁证") for body in bodies} == set(told)
            scores.add(expected)
    assert len(scores) > 1, "the county has families with more and with less evidence"


def test_what_is_closed_or_asks_for_less_help_bears_nothing_out(monkeypatch: pytest.MonkeyPatch, national: Catalogue):
    class Told:
        rows = (public.Row("medins_settlement", "1", "", {}), public.Row("civil_dibao_member", "2", "", {}))

    monkeypatch.setattr(public, "explain", lambda *_: Told)
    one = warning("a", household_id="H")
    others = [
        warning("b", household_id="H", side="exit"),
        warning("c", household_id="H", state="closed", handling="lapsed", stands=False),
        warning("d", household_id="H", indicator_id="S02-E01"),
    ]
    told = witnesses.witnesses(workspace=None, warning=one, others=[*others, one], catalogue=national)  # type: ignore[arg-type]
    assert [(found.body, found.own, found.datasets, found.besides) for found in told.found] == [
        ("medical_insurance", True, {"medins_settlement": 1}, ("S02-E01",))
    ]
    assert told.score == 33
    assert [witnesses.score(bodies) for bodies in (-1, 0, 1, 2, 3, 9)] == [0, 0, 33, 67, 100, 100]

    def gone(*_: object) -> None:
        raise public.NoWarning("a")

    monkeypatch.setattr(public, "explain", gone)
    assert witnesses.witnesses_of(workspace=None, warnings=[one], catalogue=national).found == ()  # type: ignore[arg-type]
    assert Warning.objects.count() == 4
