"""Pages of supervision: the four strengths equal the lists behind them; rules, reminders, outreach, needs and reconciliations by role."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from jiuzhu.casework.accounts.models import Office, Officer
from jiuzhu.casework.cases import events
from jiuzhu.casework.cases import queries as cases
from jiuzhu.casework.dispatch import actions as dispatch
from jiuzhu.casework.dispatch.chosen import These
from jiuzhu.casework.dispatch.models import Load, Warning
from jiuzhu.casework.reminders import told as of_reminders
from jiuzhu.casework.reminders.models import Reminder, Subscription
from jiuzhu.casework.supervision.models import Reconciliation
from jiuzhu.casework.visits.actions import Told, record_visit
from jiuzhu.casework.working_rules.models import RuleChange
from jiuzhu.portals.desk import known
from jiuzhu.registry import public
from jiuzhu.registry.public import Delivery
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.desk.conftest import AT, HERE, signed_in, warning
from tests.support import families
from tests.support.families import TOWNSHIP
from tests.support.officers import officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk")]
COUNTY, TODAY = "370502", date(2026, 11, 21)


@pytest.fixture
def county() -> Officer:
    return officer("county", "county_officer", COUNTY)


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def strength(page: str, name: str) -> str:
    """The figure under that word of the page, with the words beside it, without tags."""
    found = re.search(rf"<dt>{name}</dt><dd[^>]*>(.*?)</dd>", page, re.S)
    assert found, name
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found[1])).strip()


def delivery(dataset: str, period: str) -> Delivery:
    return Delivery(dataset + period, dataset, "", period, "", False, 1, 1, 0, {}, ())


@pytest.mark.feature("SF074")
def test_the_four_strengths_equal_the_lists_behind_them(
    county: Officer, monkeypatch: pytest.MonkeyPatch, national: Catalogue, settings: Any, tmp_path: Path
):
    settings.WORKSPACE = tmp_path / "nowhere"
    came = ["medins_settlement", "civil_dibao_member", "housing_dilapidated", "a dataset nobody declares any more"]
    monkeypatch.setattr(public, "current", lambda _: "r1")
    monkeypatch.setattr(public, "entries", lambda *_: {})
    monkeypatch.setattr(
        public, "deliveries", lambda *_, **__: [delivery(one, period) for one in came for period in ("2026-09", "2026-10")]
    )
    monkeypatch.setattr(known, "catalogue", lambda: national)
    workers = [officer(f"worker {n}", "grid_worker", TOWNSHIP) for n in range(3)]
    for n, outcome in enumerate(("helped_on_the_spot", "no_difficulty", "policy_carried_out", "cannot_be_found")):
        task = families.task(families.family(household=f"H{n}"), owner=workers[0])
        families.warning(task)
        told = Told(form="F17", typed={"met": ["nobody"]}, began_at=AT, ended_at=AT, outcome=outcome)
        record_visit(task=task, told=told, by=workers[0], at=AT)
    for n in range(5):
        families.task(families.family(household=f"open {n}"), owner=workers[n % 2 + 1])
    families.task(families.family(household="nobody's"))
    client = signed_in(county)
    page = text(client.get("/yields/"))
    # sources: the duty lists, department by department
    listed, never = 0, 0
    for department in {one.department for one in national.datasets.values()}:
        lines = client.get("/duties/", {"department": department}).context["lines"]
        listed += sum(line.duty.kind == "deliver" for line in lines)
        never += text(client.get("/duties/", {"department": department})).count("从未报送</span></td>")
    assert strength(page, "数据全") == f"2.1 % {listed - never} / {listed} 类数据到位"
    assert (listed - never, listed) == (3, len(national.datasets))
    # delay: the last look's, and none is not zero
    assert strength(page, "发现快").startswith("—")
    # precision: the visits that found somebody
    ends = [one.outcome for one in Warning.objects.filter(outcome__gt="")]
    found = [one for one in ends if one != "cannot_be_found"]
    good = [one for one in found if one in ("helped_on_the_spot", "policy_carried_out")]
    assert strength(page, "结果准").startswith(f"{100 * len(good) / len(found):.1f} %")
    # tasks a worker: the list of tasks
    held = [one.owner_id for one in cases.tasks(viewer=county, at=AT) if one.owner_id]
    assert (len(held), len(set(held))) == (5, 2)
    assert strength(page, "效率高") == "2.5 5 件 / 2 人"


def test_a_rule_is_proposed_on_its_page_and_released_by_another_person(county: Officer, zhou: Officer):
    city = officer("city", "policy_officer", "370500")
    assert "提出修改" not in text(signed_in(zhou).get("/rules/"))
    client = signed_in(county)
    form = {"key": "k1", "value": "4", "division": COUNTY, "because": "far <b>villages</b>"}
    assert client.post("/rules/handling.tier_wd/propose/", form).status_code == 302
    assert client.post("/rules/handling.tier_wd/propose/", form).status_code == 302  # pressed twice
    change = RuleChange.objects.get()
    page = text(client.get("/rules/"))
    assert "far &lt;b&gt;villages" in page
    assert f"/rules/changes/{change.pk}/decide/" not in page
    assert client.post("/rules/handling.tier_wd/propose/", form | {"key": "k2", "value": "99"}).status_code == 409
    address = f"/rules/changes/{change.pk}/decide/"
    assert client.post(address, {"key": "k3", "word": "released", "because": "x", "holds_from": "2026-12-01"}).status_code == 404
    decider = signed_in(city)
    assert address in text(decider.get("/rules/"))
    assert decider.post(address, {"key": "k4", "word": "released", "because": "x", "holds_from": "2026-11-21"}).status_code == 409
    assert (
        decider.post(address, {"key": "k5", "word": "released", "because": "yes", "holds_from": "2026-11-22"}).status_code == 302
    )
    assert "生效日" in text(signed_in(zhou).get("/rules/"))
    assert "holds from" in text(signed_in(zhou).get("/rules/", {"lang": "en"}, follow=True))


def test_a_unit_sees_its_reminders_signs_them_and_changes_what_it_is_told_of(
    zhou: Officer, national: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(of_reminders, "_national", lambda: national.indicators)
    health = families.department("卫生健康")
    unit = Office.objects.get(department="卫生健康")
    warning("secret", indicator_id="S20-E01", scenario_id="S20", household_id="H-secret", value="77123")
    dispatch.release(chosen=These(("secret",)), because="released_as_found", by=zhou, at=AT)
    events.hear(at=AT)
    client = signed_in(health)
    page = text(client.get("/reminders/"))
    assert national.indicators["S20-E01"].title.zh in page
    assert not any(told in page for told in ("secret", "77123", "name-of-", 'href="/warnings/'))
    one = Reminder.objects.get()
    assert client.post("/reminders/seen/", {"key": "k", "r": [str(one.pk)]}).status_code == 302
    assert "已签收 1 条提醒" in text(client.get("/reminders/"))
    page = text(client.get("/reminders/choices/", {"scenario": "S20"}))
    assert page.count('value="S20-') == sum(
        one.scenario == "S20" and one.kind == "warning" for one in national.indicators.values()
    )
    form = {"key": "k2", "code": "S20-E01", "choice": "none"}
    assert client.post(f"/reminders/choices/{unit.pk}/", form).status_code == 302
    assert Subscription.objects.get().choice == "none"
    other = Office.objects.create(department="教育", division_code=COUNTY, tier="county", name="教育")
    assert client.post(f"/reminders/choices/{other.pk}/", form | {"key": "k3"}).status_code == 404
    assert "没有提醒" in text(signed_in(families.department("教育")).get("/reminders/"))


def test_the_outreach_list_names_whom_the_reader_may_know_and_leaves_as_the_rule_says(zhou: Officer, county: Officer):
    warning("a", indicator_id="S15-E01", scenario_id="S15", household_id="H-1")
    warning("b", indicator_id="S15-E05", scenario_id="S15", kind="hint", household_id="=H-2")
    page = text(signed_in(zhou).get("/outreach/"))
    assert "name-of-a" in page
    assert "name-of-b" in page
    city = officer("city", "policy_officer", "370500")
    assert "name-of-" not in text(signed_in(city).get("/outreach/"))
    assert signed_in(city).get("/outreach/export.csv").status_code == 404
    answer = signed_in(zhou).get("/outreach/export.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[3] for row in rows] == ["household_id", "H-1", "'=H-2"]
    person = county.person
    RuleChange.objects.create(
        rule="exchange.outreach_most", division_code=COUNTY, value="1", because="x", state="released", made_person=person, made_by="x",
        made_at=AT, holds_from=TODAY, decided_person=zhou.person, decided_by="y", decided_because="x", decided_at=AT,
    )  # fmt: skip
    refused = signed_in(zhou).get("/outreach/export.csv")
    assert (refused.status_code, "最多导出 1 户" in text(refused)) == (409, True)
    assert signed_in(zhou).get("/outreach/export.csv?benefit=old_age").status_code == 200


@pytest.mark.feature("SF269")
def test_the_page_of_needs_shows_each_level_its_columns_and_nothing_above_them(zhou: Officer):
    for n in range(3):
        task = families.task(families.family(HERE, f"H-canary-{n}"))
        made = families.warning(task)
        Warning.objects.filter(pk=made.pk).update(value="77123.45")
        typed = {
            "met": ["self"],
            "safe_tonight": ["yes"],
            "enough_food": ["short"],
            "housing": ["dangerous"],
            "needs": ["housing"],
        }
        told = Told(form="F17", typed=typed, began_at=AT, ended_at=AT, outcome="policy_told", note="a private word")
        record_visit(task=task, told=told, by=zhou, at=AT)
        families.task(task.case, "second_visit", owner=zhou)

    def shown(role: str, division: str) -> str:
        return text(signed_in(officer(role, role, division)).get("/needs/"))

    station, partner = shown("station_worker", HERE), shown("society_partner", COUNTY)
    assert station.count("name-of-") == 3
    assert "住房城乡建设" in station
    assert "name-of-" not in partner
    assert '<td class="num">3</td>' in partner
    grid = officer("grid", "grid_worker", HERE)
    assert "name-of-" not in text(signed_in(grid).get("/needs/"))
    for page in (station, partner):
        assert not any(told in page for told in ("H-canary", "77123.45", "77,123.45", "a private word", "S01-E01"))
    for page in ("/warnings/", "/cases/", "/tasks/", "/families/", "/overview/"):
        assert signed_in(Officer.objects.get(account="society_partner")).get(page).status_code == 404
    assert signed_in(zhou).get("/needs/").status_code == 404


@pytest.mark.feature("SF217")
def test_whoever_answers_for_the_data_reads_how_the_desk_agrees_with_the_registry():
    told = {"release": "r", "stream_number": 0, "behind": 0, "standing": 3, "held": 3, "missing": 0, "extra": 0, "differing": 0}
    told |= {"issued": 3, "open": 3, "closed": 0, "replaced": 0, "at": AT}
    Load.objects.create(release="r", as_of=TODAY, loaded_at=AT, issued=0, opened=0, raised=0, lowered=0, closed=0)
    Reconciliation.objects.create(day=TODAY - timedelta(days=1), **told)
    client = signed_in(officer("steward", "data_steward", COUNTY))
    page = text(client.get("/reconciliations/"))
    assert ("相符" in page, 'role="alert"' in page) == (True, False)
    Reconciliation.objects.create(day=TODAY, **told | {"missing": 1, "examples": ["W-lost"]})
    page = text(client.get("/reconciliations/"))
    assert 'role="alert"' in page
    assert "W-lost" in page
    assert signed_in(officer("zhou", "township_officer", TOWNSHIP)).get("/reconciliations/").status_code == 404


def test_a_warning_nobody_released_in_time_is_one_press_from_the_first_page(county: Officer):
    warning("late", due_on=date(2026, 11, 18))
    warning("in time", due_on=date(2026, 11, 28), indicator_id="S02-E01")
    dispatch.escalate_unreleased(at=AT, today=TODAY)
    client = signed_in(county)
    assert f"/warnings/?raised={COUNTY}" in text(client.get("/today/"))
    page = text(client.get(f"/warnings/?raised={COUNTY}"))
    assert ("name-of-late" in page, "name-of-in time" in page, "已上报" in page) == (True, False, True)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", ["/reminders/", "/outreach/", "/reconciliations/", "/reminders/choices/", "/rules/"])
def test_a_page_of_supervision_stands_in_both_languages(county: Officer, path: str, language: str):
    client = Client()
    client.force_login(county)
    answer = client.get(path, {"lang": language}, follow=True)
    assert answer.status_code == 200
    assert 'style="' not in text(answer)
    if language == "en":
        rest = re.sub(r"<header.*?</header>", "", text(answer), flags=re.S)
        assert not re.findall(r"<h1>[^<]*[\u4e00-\u9fff]", rest) or path == "/reminders/choices/"
