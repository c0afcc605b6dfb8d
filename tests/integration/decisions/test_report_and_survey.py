"""Report and survey side by side: where they differ is listed, an officer says which stands and why, and it is frozen with the proposal."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from jiuzhu.casework.applications import actions as applications
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.applications.scopes import subject
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.decisions import freezing, rulebooks, sources
from jiuzhu.casework.decisions.beside import Line, beside
from jiuzhu.casework.decisions.facts import DECLARATION, LEFT_OUT, REPORT, VISIT, Told, gathered
from jiuzhu.casework.decisions.models import Item, Proposal
from jiuzhu.casework.decisions.seen import said_next_door
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.verification import asking, reporting
from jiuzhu.casework.verification.authorising import authorise
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.visits import actions as visits
from jiuzhu.casework.working_rules.declared import folders
from jiuzhu.gateways.verification.twin import Twin, from_rows
from jiuzhu.portals.desk import known
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.visiting import load_visiting
from tests.integration.decisions.test_frozen import standard
from tests.integration.desk.conftest import signed_in
from tests.support import applying
from tests.support.deciding import NUMBERS, Room
from tests.support.families import NOW, TOWNSHIP
from tests.support.officers import officer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HEAD = applying.number_of("37050219630101001")
SEEN = {
    "met": ["self"], "place_kind": ["urban"], "kin_of_cadre": ["no"], "causes": ["illness"], "members.0.member_name": ["甲一"],
    "members.0.member_relation": ["本人"], "members.0.member_health": ["gravely_ill"], "members.0.member_work": ["unemployed"],
    "members.1.member_name": ["丙三"], "members.1.member_relation": ["子女"], "members.1.member_work": ["employed"],
    "house_kind": ["self_built"], "house_area": ["96"], "vehicles.0.vehicle_kind": ["car"], "vehicles.1.vehicle_kind": ["lorry"],
    "income_year": ["30000"], "fits": ["unsure"], "fits_because": ["a lorry stands in the yard"], "signed_by_family": ["yes"],
}  # fmt: skip
NEXT_DOOR = {"anonymous": ["yes"], "relation": ["neighbour"], "lives_there": ["always"], "living_level": ["better"]}
FOUND = {
    (HEAD, "traffic_vehicle"): [{"vehicle_class": "1", "vehicle_status": "1", "purchase_price": "80000.00", "first_register_date": "2015-03-01"}],
    (HEAD, "land_real_estate"): [{"area": "80.00", "use_type": "1", "share_ratio": "100", "register_date": "2001-01-01"}],
}  # fmt: skip


@pytest.fixture
def room(tmp_path: Path, settings: Any) -> Room:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WORKSPACE = tmp_path / "none"
    settings.PLACE_FOLDER = tmp_path / "place"
    (settings.PLACE_FOLDER / "parameters").mkdir(parents=True)
    for name, value in {**NUMBERS, "dibao.urban_monthly": 770, "dibao.rural_monthly": 600}.items():
        standard(settings.PLACE_FOLDER, value, "2026-01-01", name)
    return Room()


@pytest.fixture
def item(room: Room) -> Item:
    """A family that declared nothing of cars and homes, verified, visited by two, and spoken of next door."""
    application = applying.accepted(room.clerk, at=NOW - 3 * DAY)
    _verified(application, room)
    survey = Task.objects.get(case=application.case, kind="visit")
    Task.objects.filter(pk=survey.pk).update(owner=room.clerk, given_by="test", given_at=NOW - DAY)
    second = officer("second", "township_officer", TOWNSHIP)
    at = {"began_at": NOW - timedelta(hours=2), "ended_at": NOW - timedelta(hours=1)}
    neighbour = visits.Told("F05", NEXT_DOOR, **at)
    visits.record_visit(task=survey, told=neighbour, by=room.clerk, at=NOW)
    visits.record_visit(
        task=survey, told=visits.Told("F04", SEEN, outcome="policy_told", second=second, **at), by=room.clerk, at=NOW
    )
    with transaction.atomic():
        for work in ("verify", "survey"):
            roads.work_done(application.walk, work, at=NOW)
    applications.finish(application=application, by=room.clerk, at=NOW)
    return Item.objects.select_related("walk__parent", "case").get()


def _verified(application: Application, room: Room) -> None:
    parties = [one.party for one in application.named.filter(together=True).order_by("line")]
    for one in parties:
        authorise(
            case=application.case, party=one, consents=("register", "finance", "medical"), until=date(2027, 10, 1), how="paper",
            by=room.clerk, at=NOW - 2 * DAY,
        )  # fmt: skip
    made = asking.request(
        case=application.case, parties=parties, about=subject(application), by=room.clerk, at=NOW - 2 * DAY, declared={"incomes": []}
    )  # fmt: skip
    book = from_rows(FOUND)
    departments = {one.source: Twin(book, date(2026, 11, 18)) for one in verifying().items.values()}
    asking.collect(made, at=NOW - 2 * DAY, departments=departments, seconds=5)
    reporting.issue(request=made, by=room.clerk, at=NOW - 2 * DAY)


def lines(item: Item, chosen: dict[str, str] | None = None) -> dict[str, Line]:
    book = rulebooks.catalogue(rulebooks.in_force(at=NOW))
    told = beside(sources.facts_of(item, at=NOW, chosen=chosen), book)
    return {one.path: one for one in told}


@pytest.mark.feature("SF122")
def test_what_the_report_found_and_two_surveyors_saw_stands_side_by_side_and_each_difference_is_listed(item: Item) -> None:
    known_facts = sources.facts_of(item, at=NOW)
    head = item.party.key
    # Of the two sources the report leads; a car seen is the car on file, a lorry nobody knew of is a second vehicle.
    assert [one["kind"] for one in known_facts.facts["vehicles"]] == ["car", "truck"]
    assert (known_facts.facts["homes"][0]["area"], known_facts.others["homes/1/area"]) == ("80.00", {VISIT: "96"})
    assert (known_facts.facts["residence_kind"], known_facts.sources["residence_kind"]["source"]) == ("urban", VISIT)
    assert known_facts.others["residence_kind"] == {DECLARATION: "rural"}
    members = {one["name"]: one for one in known_facts.facts["members"]}
    assert len(members) == 2  # somebody met at the home is no member of the family by that alone
    assert (members[head]["employed"], members[head]["health"]) == (False, "gravely_ill")
    told = lines(item)
    differing = {path for path, one in told.items() if one.differs}
    assert differing == {"homes/1/area", "residence_kind", "total_stated"}
    assert told["total_stated"].said == {**told["total_stated"].said, VISIT: told["total_stated"].said[VISIT]}
    assert told["total_stated"].said[VISIT].en.startswith("30,000")
    assert told["vehicles/seen/2"].choices == (VISIT, LEFT_OUT)
    assert REPORT in told["vehicles/1/kind"].said
    assert VISIT in told["vehicles/1/kind"].said
    since = item.walk.parent.begun_at
    assert [one.answer.en for one in said_next_door(item.case, since=since)] == ["Neighbour", "Always", "Better than most"]


@pytest.mark.feature("SF122")
def test_an_officer_says_which_side_stands_and_why_and_the_proposal_keeps_it(
    item: Item, room: Room, national: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "catalogue", lambda: national)
    monkeypatch.setattr(public, "current", lambda _: None)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    desk, address = signed_in(room.clerk), f"/decisions/of/{item.key}/"
    page = desk.get(address).content.decode()
    for word in ("核对报告与入户调查", "不一致", "邻里访问", "比多数人家好", 'form="propose"'):
        assert word in page
    assert item.party.key not in page
    places = {line.path: place for place, line in enumerate(lines(item).values(), start=1)}
    facts = sources.facts_of(item, at=NOW).digest
    sent = {
        "act": "propose", "grants": "no", "because": "two vehicles", "facts": facts, "seen": item.walk.version,
        f"stands-{places['homes/1/area']}": VISIT, f"stands-{places['vehicles/seen/2']}": LEFT_OUT, "key": "x" * 24,
    }  # fmt: skip
    why = f"why-{places['homes/1/area']}", f"why-{places['vehicles/seen/2']}"
    assert desk.post(f"{address}act/", sent).status_code == 409  # no reason was given
    stale = {**sent, why[0]: "measured", why[1]: "the neighbour's", "facts": "0" * 16, "key": "y" * 24}
    assert desk.post(f"{address}act/", stale).status_code == 409  # chosen between other facts than are known now
    assert desk.post(f"{address}act/", {**stale, "facts": facts, "key": "z" * 24}).status_code == 302
    frozen = freezing.opened(Proposal.objects.get())
    assert frozen is not None
    kept = frozen.gathered()
    assert kept.facts["homes"][0]["area"] == "96"
    assert kept.others["homes/1/area"] == {REPORT: "80.00"}
    assert [one["kind"] for one in kept.facts["vehicles"]] == ["car"]
    assert kept.believed == {
        "homes/1/area": {"source": VISIT, "because": "measured"},
        "vehicles/seen/2": {"source": LEFT_OUT, "because": "the neighbour's"},
    }
    assert freezing.is_same(Proposal.objects.get())
    reviewer = signed_in(room.reviewer).get(address).content.decode()
    assert "the neighbour&#x27;s" in reviewer
    assert "不是这家的" in reviewer


def test_a_total_heard_at_the_door_never_stands_beside_the_list_it_sums_up() -> None:
    listed = Told(REPORT, date(2026, 11, 1), {"incomes": [{"member": "A", "kind": "wage", "amount": "12000"}]})
    heard = Told(VISIT, date(2026, 11, 9), {"household": {"total_stated": "30000"}})
    both = gathered([listed, heard])
    assert "total_stated" not in both.facts
    assert both.others["total_stated"] == {VISIT: "30000"}
    believed = gathered([listed, heard], chosen={"total_stated": VISIT})
    assert "incomes" not in believed.facts
    assert (believed.facts["total_stated"], believed.others["total_stated"]) == ("30000", {REPORT: "12000"})


def test_what_a_form_states_is_a_fact_of_the_catalogue(national: Catalogue) -> None:
    vocabulary = national.programmes.vocabulary
    stating = [
        (one.states.partition("."), one) for form in load_visiting(*folders()).forms.values() for one in form.questions.values()
    ]
    checked = 0
    for (level, _, fact), question in stating:
        if question.states:
            stated = vocabulary.find(level, fact)
            assert stated is not None, question.states
            assert set(question.means) <= set(question.options)
            if stated.codes:
                assert set(question.means.values() or question.options) <= set(stated.codes), question.name
            checked += 1
    assert checked >= 8
