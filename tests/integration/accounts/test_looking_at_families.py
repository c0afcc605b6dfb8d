"""The gate before a family: task or reason, written first; names near, numbers one by one; kin never; emergencies for a day; mandates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts import emergencies, kin, looks, mandates, roles
from jiuzhu.casework.accounts.bonds import Emergency, KinLink, Mandate
from jiuzhu.casework.accounts.models import Officer, Person
from jiuzhu.casework.accounts.permissions import NotAllowed, Scope, actor, allowed, present, require, visible
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.written import opened_reason
from tests.integration.accounts.conftest import AT, COUNTY, TOWNSHIP, VILLAGE
from tests.support.officers import account, give, officer

pytestmark = pytest.mark.django_db
HERE, THERE = looks.Family("H1", VILLAGE), looks.Family("H2", "370503001001")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REASON = "the family telephoned"


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


def last() -> Event:
    return Event.objects.order_by("-pk")[0]


def opens(family: looks.Family, by: Any, at: Any = AT, **more: Any) -> bool:
    try:
        looks.open_family(family=family, by=by, at=at, **({"reason": REASON} | more))
    except (NotAllowed, looks.ReasonMissing):
        return False
    return True


@pytest.mark.requirement("A5")
def test_a_file_opens_by_a_task_or_a_typed_reason_and_not_without(zhou: Officer):
    for told in ({}, {"reason": "."}, {"reason": "     12345    "}):
        with pytest.raises(looks.ReasonMissing):
            looks.open_family(family=HERE, by=zhou, at=AT, **told)
        assert (last().operation, last().outcome, last().household_key) == ("family.open", "refused", "H1")
    grant = looks.open_family(family=HERE, by=zhou, at=AT, task="T1").grant
    assert (grant.level, last().task, last().outcome) == ("sensitive", "T1", "done")
    looks.open_family(family=HERE, by=zhou, at=AT, reason=REASON)
    kept = last()
    assert (opened_reason(kept), kept.who, kept.role, kept.purpose) == (REASON, "zhou", "township_officer", "casework")
    assert REASON not in kept.because


@pytest.mark.requirement("A5")
@pytest.mark.django_db(transaction=True)
def test_the_entry_stands_before_the_content_leaves_so_that_a_kill_between_leaves_it_there(zhou: Officer):
    def answered() -> None:
        looks.open_family(family=HERE, by=zhou, at=AT, reason=REASON)
        raise KeyboardInterrupt  # killed before a byte of the file was sent

    with pytest.raises(KeyboardInterrupt):
        answered()
    assert (last().operation, last().outcome) == ("family.open", "done")
    with pytest.raises(RuntimeError), transaction.atomic():
        looks.open_family(family=HERE, by=zhou, at=AT, reason=REASON)


@pytest.mark.requirement("A5")
def test_out_of_reach_neither_task_nor_reason_opens_and_a_task_of_ones_own_does(zhou: Officer):
    assert not opens(THERE, zhou, task="T1")
    assert opens(THERE, zhou, task="T1", assigned=True)


@pytest.mark.requirement("A5")
@pytest.mark.parametrize("role", ["township_officer", "county_officer", "policy_officer", "auditor"])
def test_names_are_looked_for_inside_ones_own_division_a_county_at_most_and_each_time_is_recorded(role: str):
    home = {"township_officer": TOWNSHIP, "county_officer": COUNTY}.get(role, "370500")
    who = officer("who", role, home)
    near = {"township_officer": (TOWNSHIP, VILLAGE), "county_officer": (COUNTY, TOWNSHIP, VILLAGE, "370502002")}.get(role, ())
    for division in (COUNTY, TOWNSHIP, VILLAGE, "370503", "370502002", "370500", "370000", "000000"):
        before = Event.objects.count()
        if division in near:
            looks.search_names(division_code=division, name="周", by=who, at=AT)
        else:
            with pytest.raises((NotAllowed, looks.TooWide)):
                looks.search_names(division_code=division, name="周", by=who, at=AT)
        assert Event.objects.count() == before + 1
        assert (last().operation, last().outcome) == ("family.search_names", "done" if division in near else "refused")
        assert "周" not in last().because


@pytest.mark.requirement("A5")
def test_an_exact_number_is_looked_for_anywhere_one_at_a_time_with_a_reason_and_never_kept(zhou: Officer):
    for division in (VILLAGE, "370503001001", "320102001001"):
        looks.find_by_number(number_index="ab" * 32, division_code=division, by=zhou, at=AT, reason=REASON)
        assert (last().operation, last().subject_key) == ("family.find_by_number", "ab" * 16)
    with pytest.raises(looks.ReasonMissing):
        looks.find_by_number(number_index="ab" * 32, division_code=VILLAGE, by=zhou, at=AT, reason="")
    assert allowed(zhou, "family.find_by_number", on=Scope(VILLAGE, count=2), at=AT) is None


@pytest.mark.requirement("A6")
def test_an_emergency_opens_one_household_elsewhere_for_a_day_and_says_so(zhou: Officer):
    assert not opens(THERE, zhou)
    emergencies.begin(household="H2", division_code=THERE.division_code, reason="a child alone in the snow", by=zhou, at=AT)
    assert opens(THERE, zhou, at=AT + 23 * HOUR, reason="")
    assert (last().operation, last().purpose) == ("family.open_elsewhere", "emergency")
    assert not opens(looks.Family("H3", THERE.division_code), zhou)
    assert not opens(THERE, officer("li", "township_officer", TOWNSHIP))
    assert not opens(THERE, zhou, at=AT + DAY)
    (shown,) = emergencies.of_household("H2")
    assert emergencies.reason_of(shown) == "a child alone in the snow"


@pytest.mark.requirement("A6")
def test_an_emergency_is_not_renewed_by_the_same_person_under_any_account_nor_opened_without_a_reason(zhou: Officer):
    begin = {"household": "H2", "division_code": THERE.division_code, "reason": "a child alone in the snow"}
    with pytest.raises(emergencies.NotOpened):
        emergencies.begin(**begin | {"reason": "urgent"}, by=zhou, at=AT)
    emergencies.begin(**begin, by=zhou, at=AT)
    second = account("zhou-2", person=zhou.person)
    give(second, "township_officer", TOWNSHIP)
    for who, at in ((zhou, AT + 2 * DAY), (second, AT + 2 * DAY), (zhou, AT)):
        with pytest.raises(emergencies.NotOpened):
            emergencies.begin(**begin, by=who, at=at)
        assert (last().operation, last().outcome) == ("emergencies.begin", "refused")
    emergencies.begin(**begin, by=officer("li", "township_officer", TOWNSHIP), at=AT + 2 * DAY)
    with pytest.raises(NotAllowed):
        emergencies.begin(**begin | {"division_code": VILLAGE}, by=zhou, at=AT)


@pytest.mark.requirement("A6")
def test_a_supervisor_sees_it_by_the_end_of_the_next_day_and_never_the_opener(zhou: Officer):
    boss = officer("boss", "county_officer", COUNTY)
    give(zhou, "auditor", COUNTY)
    kept = emergencies.begin(household="H2", division_code="370503001001", reason="a child alone in the snow", by=zhou, at=AT)
    assert emergencies.due(kept).isoformat() == "2026-11-23T00:00:00+08:00"
    assert list(emergencies.in_reach(viewer=boss, at=AT)) == [kept]
    assert not emergencies.in_reach(viewer=officer("far", "county_officer", "370503"), at=AT)
    with pytest.raises(NotAllowed):
        emergencies.see(emergency=kept, because="mine", by=zhou, at=AT)
    assert emergencies.see(emergency=kept, because="right", by=boss, at=AT).state == "seen"
    assert emergencies.see(emergency=kept, because="again", by=boss, at=AT).seen_at == AT
    assert Event.objects.filter(operation="emergencies.see").count() == 1


OFFICERS, HOUSEHOLDS = 12, 40


def kin_graph() -> dict[int, set[str]]:
    """Who is near to which household, by whichever way; drawn once, by hand as it were."""
    whys = ("kin", "register", "address", "phone", "account")
    return {who: {f"F{(7 * who + 11 * step) % HOUSEHOLDS}" for step, _ in enumerate(whys)} for who in range(OFFICERS)}


@pytest.mark.requirement("A9")
def test_every_link_of_an_invented_kin_graph_is_marked_and_keeps_hands_off_and_no_other():
    graph = kin_graph()
    whys = ("kin", "register", "address", "phone", "account")
    people = {}
    for who, households in graph.items():
        people[who] = officer(f"o{who}", "county_officer", COUNTY)
        for why, household in zip(whys, sorted(households), strict=True):
            if why == "kin":
                number = _number(who)
                kin.declare(name="某某", number=number, relation="child", household=household, by=people[who], at=AT)
            else:
                kin.mark(found=[(f"staff o{who}", household, why)] * 2, at=AT)
    for number in range(HOUSEHOLDS):
        household = f"F{number}"
        assert (household in kin.marked([household], at=AT)) == any(household in one for one in graph.values())
        for who, officer_ in people.items():
            viewer = present(officer_, at=AT)
            scope = Scope(VILLAGE, "open", household=household)
            for operation in ("family.open", "tasks.assign", "visits.record", "warnings.release"):
                assert (allowed(viewer, operation, on=scope, at=AT) is None) == (household in graph[who])
            assert (allowed(viewer, "tasks.hand_over", on=scope, at=AT) is not None) == (household in graph[who])


def _number(seed: int) -> str:
    from jiuzhu.vocabulary.id_number import IdNumber

    for last_sign in "0123456789X":
        try:
            return IdNumber.parse(f"370502199001{seed + 1:02}{seed:03}{last_sign}").number
        except ValueError:
            continue
    raise AssertionError("no number")


@pytest.mark.requirement("A9")
@pytest.mark.parametrize("way", ["second account", "delegation", "task", "list", "bulk", "emergency"])
def test_the_linked_officer_does_not_reach_the_household_by_any_way(zhou: Officer, way: str):
    kin.declare(name="某某", number="11010519491231002X", relation="sibling", household="H1", by=zhou, at=AT)
    li = officer("li", "township_officer", TOWNSHIP)
    assert opens(HERE, li)
    if way == "second account":
        second = account("zhou-2", person=zhou.person)
        give(second, "county_officer", COUNTY)
        assert not opens(HERE, second)
    elif way == "delegation":
        boss = officer("boss", "county_officer", COUNTY)
        held = boss.assignments.get()
        roles.delegate(assignment=held, taker=zhou, division_code=TOWNSHIP, until=AT + DAY, because="leave", by=boss, at=AT)
        assert not opens(HERE, zhou)
    elif way == "task":
        assert not opens(HERE, zhou, task="T1", assigned=True)
    elif way == "emergency":
        with pytest.raises(NotAllowed):
            emergencies.begin(household="H1", division_code="370503001001", reason="a child alone in the snow", by=zhou, at=AT)
    else:
        for household in ("H1", "H5"):
            Warning.objects.create(
                warning_id=household, household_id=household, division_code=VILLAGE, indicator_id="S01-E01", scenario_id="S01",
                subject_kind="person", level=4, value="", threshold="", unit="", kind="warning", side="entry", changed="new",
                first_seen=AT.date(), as_of=AT.date(),
            )  # fmt: skip
        operation = "warnings.list" if way == "list" else "warnings.release"
        seen = visible(Warning.objects.all(), zhou, operation, at=AT, household="household_id")
        assert set(seen.values_list("warning_id", flat=True)) == {"H5"}


@pytest.mark.requirement("A9")
def test_a_relative_whose_household_nobody_knew_is_found_later(zhou: Officer):
    kin.declare(name="某某", number="11010519491231002X", relation="sibling", household="", by=zhou, at=AT)
    assert opens(HERE, zhou)
    asked: list[str] = []
    assert kin.find_households(near_of=lambda number: asked.append(number) or [("H1", "own")], at=AT) == 1
    assert asked == ["11010519491231002X"]
    assert not opens(HERE, zhou)
    assert kin.find_households(near_of=lambda _: [("H5", "own")], at=AT) == 0


@pytest.mark.requirement("A9")
def test_households_that_share_a_record_with_a_relative_are_marked_each_for_its_reason_and_once(zhou: Officer):
    one = kin.declare(name="某某", number="11010519491231002X", relation="sibling", household="H1", by=zhou, at=AT)
    said = [("H1", "own"), ("H5", "phone"), ("H5", "account"), ("H7", "address"), ("H1", "register")]
    assert kin.find_households(near_of=lambda _: said, at=AT, only=one) == 3
    marks = KinLink.objects.exclude(because="kin").values_list("household", "because", "told_by")
    assert set(marks) == {(*pair, "system:comparison") for pair in (("H5", "phone"), ("H5", "account"), ("H7", "address"))}
    assert kin.find_households(near_of=lambda _: said, at=AT) == 0
    assert kin.marked(["H1", "H5", "H6", "H7"], at=AT) == {"H1", "H5", "H7"}


def test_a_declaration_that_no_longer_holds_is_ended_by_whoever_made_it_alone(zhou: Officer):
    link = kin.declare(name="某某", number="11010519491231002X", relation="spouse", household="H1", by=zhou, at=AT)
    kin.mark(found=[("staff zhou", "H5", "address")], at=AT)
    with pytest.raises(NotAllowed):
        kin.withdraw(link=link, by=officer("li", "township_officer", TOWNSHIP), at=AT)
    with pytest.raises(NotAllowed):
        kin.withdraw(link=KinLink.objects.get(because="address"), by=zhou, at=AT)
    kin.withdraw(link=link, by=zhou, at=AT + HOUR)
    assert not opens(HERE, zhou, at=AT + HOUR / 2)
    assert opens(HERE, zhou, at=AT + HOUR)


def mandate(zhou: Officer, **other: Any) -> Mandate:
    told = {"household": "H1", "division_code": VILLAGE, "giver": "P1", "taker": "P2", "programmes": ["dibao"], "paper": "D1"}
    return mandates.give(**{**told, "until": AT + 30 * DAY, **other}, by=zhou, at=AT)


@pytest.mark.requirement("A12")
def test_a_mandate_covers_its_household_its_programmes_and_its_time_and_nothing_else(zhou: Officer):
    kept = mandate(zhou)
    asked = {"taker": "P2", "giver": "P1", "household": "H1", "programme": "dibao"}
    assert mandates.acting_for(**asked, at=AT) == kept
    wrong = [{"taker": "P3"}, {"giver": "P9"}, {"household": "H2"}, {"programme": "tekun"}]
    for other, at in [*((one, AT) for one in wrong), ({}, AT - HOUR), ({}, AT + 30 * DAY)]:
        with pytest.raises(mandates.NoMandate):
            mandates.acting_for(**asked | other, at=at)
    mandates.end(mandate=kept, because="taken back", by=zhou, at=AT + HOUR)
    with pytest.raises(mandates.NoMandate):
        mandates.acting_for(**asked, at=AT + HOUR)
    assert mandate(zhou, programmes=[], giver="P4").programmes == []
    assert mandates.acting_for(taker="P2", giver="P4", household="H1", programme="anything", at=AT)


@pytest.mark.requirement("A12")
def test_staff_acting_for_a_resident_are_named_as_such(zhou: Officer):
    mandate(zhou, taker=zhou)
    by = mandates.acting_for(taker=zhou, giver="P1", household="H1", programme="dibao", at=AT)
    grant = require(zhou, "cases.open", on=Scope(VILLAGE), at=AT)
    who = actor(zhou, grant, acting_for=by.giver)
    assert (who.who, who.role, who.acting_for) == ("zhou", "township_officer", "P1")


@pytest.mark.requirement("A12")
@pytest.mark.parametrize("wrong", [{"giver": ""}, {"taker": ""}, {"taker": "P1"}, {"paper": ""}, {"until": AT - HOUR}])
def test_a_mandate_without_giver_taker_paper_or_end_is_none(zhou: Officer, wrong: dict[str, Any]):
    with pytest.raises(mandates.WrongMandate):
        mandate(zhou, **wrong)


@pytest.mark.requirement("A12")
def test_a_mandate_is_recorded_where_the_family_stands_alone(zhou: Officer):
    with pytest.raises(NotAllowed):
        mandate(officer("far", "township_officer", "370503001"))


def test_the_database_itself_refuses_a_second_emergency_and_an_unsaid_link(zhou: Officer):
    emergencies.begin(household="H2", division_code="370503001001", reason="a child alone in the snow", by=zhou, at=AT)
    copy = Emergency.objects.get()
    copy.pk, copy.key = None, "another"
    with pytest.raises(IntegrityError, match=r"emergency_once|UNIQUE"), transaction.atomic():
        copy.save(force_insert=True)
    with pytest.raises(IntegrityError, match="kin_link_says_to_whom"), transaction.atomic():
        KinLink.objects.create(person=Person.objects.first(), key="k", because="kin", since=AT, told_by="x")
