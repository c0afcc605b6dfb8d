"""What else people do with warnings: put off, settle hints, open again, join, pass on; and what the registry does to them then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jiuzhu.casework.accounts.actions import NoSuchDivision
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases.codes import UnknownCode
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.refusals import Moved, NothingNew
from jiuzhu.casework.dispatch import actions, handling, queries
from jiuzhu.casework.dispatch.chosen import AllOf, These
from jiuzhu.casework.dispatch.models import Load, Warning
from jiuzhu.casework.dispatch.queries import Filter
from jiuzhu.casework.dispatch.refusals import NotThere, Unfounded, WrongDay
from jiuzhu.casework.trace.models import Event
from tests.support.casework import AT, COUNTY, ELSEWHERE, TODAY, TOWNSHIP, VILLAGE, case, loaded, task, warning
from tests.support.officers import Officer, officer

pytestmark = pytest.mark.django_db
LATER = date(2026, 12, 20)


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


@pytest.fixture
def county() -> Officer:
    return officer("county", "county_officer", COUNTY)


def standing(number: str) -> tuple[str, str]:
    one = Warning.objects.get(warning_id=number)
    return one.state, one.handling


def snooze(number: str, by: Officer, **other: Any) -> int:
    return actions.snooze(**{"chosen": These((number,)), "until": LATER, "because": "known_false", "by": by, "at": AT, **other})


def issued(number: str, grade: str = "red", **other: Any) -> dict[str, Any]:
    kept = Warning.objects.filter(warning_id=number).values(*actions.KEPT).first() or {}
    told = {"warning_id": number, "indicator_id": "S01-E01", "grade": grade, "division_code": VILLAGE, **kept, **other}
    return told | {"subject_kind": "person", "household_id": "H", "value": "1", "unit": "yuan", "threshold": "1", "side": "entry"}


def take(release: str, *rows: dict[str, Any]) -> None:
    actions.take_release(release=release, as_of=TODAY, warnings=rows, due=lambda _: date(2026, 11, 27), at=AT)


@pytest.mark.feature("SF235")
def test_a_known_false_positive_waits_until_a_day_and_then_comes_back_by_itself(zhou: Officer):
    warning("a")
    assert snooze("a", zhou) == 1
    assert standing("a") == ("open", "snoozed")
    assert actions.lift_snoozes(at=AT, today=LATER - timedelta(days=1)) == 0
    assert actions.lift_snoozes(at=AT, today=LATER) == 1
    assert standing("a") == ("open", "waiting")
    assert actions.lift_snoozes(at=AT, today=LATER) == 0
    assert list(Event.objects.order_by("pk").values_list("operation", flat=True)) == ["warnings.snooze", "snoozes.lift"]


def test_a_snoozed_warning_that_is_raised_waits_at_once(zhou: Officer):
    warning("a", level=2)
    snooze("a", zhou)
    take("r1", issued("a", "yellow", kind="warning"))
    assert standing("a") == ("open", "snoozed")
    take("r2", issued("a", "red", kind="warning"))
    assert standing("a") == ("open", "waiting")


REFUSED: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "until today": ({"until": TODAY}, WrongDay),
    "no reason of the catalogue": ({"because": "tired"}, UnknownCode),
    "one that is not there": ({"chosen": These(("nowhere",))}, NotThere),
    "a filter that covers more": ({"chosen": AllOf(Filter(), 7)}, Exception),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_snooze_is_refused(what: str, zhou: Officer):
    warning("a")
    other, refusal = REFUSED[what]
    with pytest.raises(refusal):
        snooze("a", zhou, **other)
    assert standing("a") == ("open", "waiting")
    assert not Event.objects.exists()


def test_an_officer_of_another_township_finds_nothing_to_put_off():
    warning("a")
    with pytest.raises(NotThere):
        snooze("a", officer("li", "township_officer", "370502101"))


@pytest.mark.feature("SF239", "SF222")
@pytest.mark.parametrize("how", ["visited", "dismissed"])
def test_a_hint_is_read_and_then_visited_or_dismissed(how: str, zhou: Officer):
    warning("a", kind="hint")
    told = {"chosen": These(("a",)), "by": zhou, "at": AT}
    actions.settle_hints(how="read", because="", **told)
    assert standing("a") == ("open", "read")
    actions.settle_hints(how=how, because="no_longer_so", **told)
    one = Warning.objects.get()
    assert (one.state, one.handling, one.outcome, one.handled_by) == ("closed", how, how, "zhou")
    with pytest.raises(NotThere):
        actions.settle_hints(how="read", because="", **told)


@pytest.mark.feature("SF222")
def test_hints_are_never_released_and_warnings_never_settled_as_hints(zhou: Officer):
    warning("hint", kind="hint")
    warning("warning")
    with pytest.raises(NotThere):
        actions.release(chosen=These(("hint",)), because="released_as_found", by=zhou, at=AT)
    with pytest.raises(NotThere):
        actions.settle_hints(chosen=These(("warning",)), how="dismissed", because="known_false", by=zhou, at=AT)
    with pytest.raises(UnknownCode, match="read, visited or dismissed"):
        actions.settle_hints(chosen=These(("hint",)), how="burnt", because="known_false", by=zhou, at=AT)


@pytest.mark.feature("SF237")
def test_a_warning_goes_through_every_state_from_issued_to_checked_again(zhou: Officer, county: Officer):
    take("r1", issued("a", kind="warning"))
    assert standing("a") == ("open", "waiting")  # generated
    actions.release(chosen=These(("a",)), because="released_as_found", by=zhou, at=AT)  # reviewed and issued
    one = Warning.objects.select_related("task").get()
    assert (one.handling, one.released_by, one.released_at, one.task.office) == ("released", "zhou", AT, TOWNSHIP)
    assert handling.handled(task=one.task, outcome="policy_told", who="han", at=AT) == ["a"]  # visited, decided, closed
    one.refresh_from_db()
    assert (one.state, one.handling, one.outcome, one.handled_by, one.handled_at) == (
        "closed",
        "handled",
        "policy_told",
        "han",
        AT,
    )
    take("r2", issued("a", kind="warning"))
    assert standing("a") == ("closed", "handled")  # it stands as it did: nobody is sent again
    actions.reopen(warning=one, because="new_facts", by=county, at=AT)
    one.refresh_from_db()
    assert (one.state, one.handling, one.checked_again) == ("open", "waiting", 1)


@pytest.mark.feature("SF237")
def test_what_was_dealt_with_opens_again_once_it_is_raised_or_comes_back(zhou: Officer):
    take("r1", issued("a", "blue", kind="warning"), issued("b", kind="hint"))
    actions.release(chosen=These(("a",)), because="released_as_found", by=zhou, at=AT)
    handling.handled(task=Warning.objects.get(warning_id="a").task, outcome="no_difficulty", who="han", at=AT)
    actions.settle_hints(chosen=These(("b",)), how="dismissed", because="known_false", by=zhou, at=AT)
    take("r2", issued("a", "red", kind="warning"))
    assert standing("a") == ("open", "waiting")
    assert standing("b") == ("closed", "dismissed")
    take("r3", issued("a", "red", kind="warning"), issued("b", kind="hint"))
    assert standing("b") == ("open", "waiting")


def test_only_what_still_stands_is_opened_again(zhou: Officer, county: Officer):
    warning("gone", state="closed", handling="lapsed", stands=False)
    waiting = warning("waiting")
    with pytest.raises(Unfounded):
        actions.reopen(warning=Warning.objects.get(warning_id="gone"), because="new_facts", by=county, at=AT)
    with pytest.raises(NotThere):
        actions.reopen(warning=waiting, because="new_facts", by=county, at=AT)
    with pytest.raises(NotAllowed):
        actions.reopen(warning=Warning.objects.get(warning_id="gone"), because="new_facts", by=zhou, at=AT)


def test_two_that_say_the_same_become_one_and_can_be_parted_again(county: Officer):
    one, other, another = warning("one"), warning("other"), warning("another", indicator_id="S02-E01")
    told = {"because": "same_thing", "by": county, "at": AT}
    with pytest.raises(Unfounded):
        actions.replace(warning=one, by_other=another, **told)
    with pytest.raises(Unfounded):
        actions.replace(warning=one, by_other=one, **told)
    joined = actions.replace(warning=one, by_other=other, **told)
    assert (joined.state, joined.handling, joined.replaced_by) == ("replaced", "replaced", other)
    with pytest.raises(Unfounded):
        actions.replace(warning=other, by_other=joined, **told)
    actions.reopen(warning=joined, because="by_mistake", by=county, at=AT)
    assert standing("one") == ("open", "waiting")


def test_a_warning_passed_on_stays_there_until_the_registry_moves_the_family(zhou: Officer):
    take("r1", issued("a", kind="warning"))
    told = {"chosen": These(("a",)), "because": "lives_elsewhere", "by": zhou, "at": AT}
    with pytest.raises(NoSuchDivision):
        actions.transfer(division_code="370599999", **told)
    assert actions.transfer(division_code=ELSEWHERE[:9], **told) == 1
    take("r2", issued("a", kind="warning"))
    assert Warning.objects.get().division_code == ELSEWHERE[:9]
    with pytest.raises(NotThere):
        actions.transfer(division_code=TOWNSHIP, **told)
    take("r3", issued("a", kind="warning", division_code="370502101001"))
    assert Warning.objects.get().division_code == "370502101001"


def test_a_case_is_passed_on_with_its_tasks_and_warnings(zhou: Officer):
    family = case()
    visit = task(family, owner=zhou, given_by="zhou", given_at=AT)
    review = task(family, kind="review_warning", office=COUNTY)
    warning("a", case=family, task=visit, handling="released", released_at=AT, released_by="zhou")
    told = {"because": "lives_elsewhere", "by": zhou, "at": AT}
    with pytest.raises(NothingNew):
        actions.transfer_case(case=family, division_code=VILLAGE, **told)
    with pytest.raises(Moved):
        actions.transfer_case(case=family, division_code=ELSEWHERE[:9], seen=9, **told)
    actions.transfer_case(case=family, division_code=ELSEWHERE[:9], **told)
    for one in (visit, review):
        one.refresh_from_db()
    assert (visit.division_code, visit.office, visit.owner, review.office) == (ELSEWHERE[:9], ELSEWHERE[:9], None, ELSEWHERE[:6])
    assert Case.objects.get().division_code == Warning.objects.get().division_code == ELSEWHERE[:9]
    with pytest.raises(NotAllowed):
        actions.transfer_case(case=Case.objects.get(), division_code=VILLAGE, **told)


def test_pages_of_a_list_hold_every_warning_once_in_order_both_ways(zhou: Officer):
    for number in range(23):
        warning(f"{number:02}", level=number % 4 + 1, due_on=None if number % 5 == 0 else date(2026, 11, 20 + number % 7))
    for order in queries.ORDERS:
        for down in (False, True):
            wanted = Filter(order=order, down=down)
            whole = [one.warning_id for one in queries.warnings(viewer=zhou, wanted=wanted, at=AT)]
            seen, after, pages = [], "", []
            while True:
                shown = queries.page(viewer=zhou, wanted=wanted, at=AT, size=5, after=after)
                pages.append(shown)
                seen += [one.warning_id for one in shown.items]
                after = shown.after
                if not after:
                    break
            assert seen == whole
            back = queries.page(viewer=zhou, wanted=wanted, at=AT, size=5, before=pages[2].before)
            assert [one.pk for one in back.items] == [one.pk for one in pages[1].items]
            assert not pages[0].before
    assert len(queries.page(viewer=zhou, wanted=Filter(), at=AT, size=5, after="not a key").items) == 5


@pytest.mark.requirement("F7")
def test_an_office_that_lets_its_days_pass_or_has_nobody_is_seen_from_above(county: Officer, zhou: Officer):
    warning("late", due_on=TODAY - timedelta(days=1))
    warning("nobody there", division_code="370502101001", due_on=TODAY - timedelta(days=1))
    warning("in time", division_code="370502102001")
    found = {one.division_code: one for one in queries.offices(viewer=county, at=AT, today=TODAY)}
    assert {code: (one.late, one.staff, one.silent) for code, one in found.items()} == {
        "370502001": (1, 1, True), "370502101": (1, 0, True), "370502102": (0, 0, False),
    }  # fmt: skip
    warning("another")
    actions.release(chosen=These(("another",)), because="released_as_found", by=zhou, at=AT)
    again = {one.division_code: one for one in queries.offices(viewer=county, at=AT, today=TODAY)}
    assert (again["370502001"].silent, again["370502001"].last_act, again["370502101"].silent) == (False, AT, True)


def test_what_was_issued_is_counted_apart_from_what_became_of_it():
    loaded(brought=2)
    warning("a")
    warning("b", state="closed", handling="lapsed", stands=False)
    assert queries.conserved() == queries.Conserved(2, 1, 1, 0)
    Load.objects.update(brought=3)
    assert not queries.conserved().holds
