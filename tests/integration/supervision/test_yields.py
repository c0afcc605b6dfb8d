"""What became of warnings: counted from their outcomes, and followed into the families' benefit data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import allowed
from jiuzhu.casework.cases import tasks
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.supervision import yields
from jiuzhu.casework.supervision.yields import Reached, Yield
from jiuzhu.registry import public
from jiuzhu.registry.public import Entry
from tests.support import families
from tests.support.families import NOW, TODAY, TOWNSHIP, VILLAGE
from tests.support.officers import officer

pytestmark = pytest.mark.django_db
SEEN = date(2026, 11, 16)
ENDS = [
    "helped_on_the_spot",
    "no_difficulty",
    "no_difficulty",
    "cannot_be_found",
    "referred",
    "policy_told",
    "already_covered",
    "",
]


@pytest.fixture
def township() -> Officer:
    return officer("township", "township_officer", TOWNSHIP)


def ended(outcome: str, *, household: str = "", division: str = VILLAGE, at: datetime = NOW, **other: str) -> Warning:
    """A warning whose visit ended so; with "" one that is still out."""
    one = families.warning(families.task(families.family(division, household)), **other)
    one.due_on = date(2026, 11, 20)
    if outcome:
        one.state, one.handling, one.outcome, one.handled_at, one.handled_by = "closed", "handled", outcome, at, "x"
    one.save()
    return one


def delivered(monkeypatch: pytest.MonkeyPatch, known: dict[str, list[tuple[str, date]]]) -> None:
    def entries(_: Path, numbers: Iterable[str], datasets: Iterable[str]) -> dict[str, tuple[Entry, ...] | None]:
        wanted = set(datasets)
        return {
            number: tuple(Entry(*told) for told in known[number] if told[0] in wanted) if number in known else None
            for number in numbers
        }

    monkeypatch.setattr(public, "entries", entries)
    monkeypatch.setattr(public, "current", lambda _: "release")


@pytest.mark.feature("SF045", "SF055", "SF238")
def test_each_indicator_says_how_many_visits_helped_adjusted_or_were_for_nothing(township: Officer):
    for number, outcome in enumerate(ENDS):
        ended(outcome, household=f"H{number}")
    ended("benefit_ended", household="X", indicator="S22-R01", side="exit")
    ended("still_qualifies", household="Y", indicator="S22-R01", side="exit")
    ended("no_difficulty", division="370502002001", household="Z")  # of the next township
    found = {one.indicator: one for one in yields.yields(viewer=township, at=NOW, reached=Reached())}
    results = {code: one.result for code, one in visiting().outcomes.by_code.items()}
    by_hand = Counter(results[outcome] for outcome in ENDS if outcome)
    one = found["S01-E01"]
    assert (one.issued, one.visited, one.helped, one.false, one.open) == (
        8,
        7,
        by_hand["helped"],
        by_hand["false"],
        by_hand["open"],
    )
    assert (one.helped, one.false, one.open, one.told, one.known) == (2, 2, 1, 1, 1)
    assert one.precision == Decimal("33.3")  # two of the six who were found
    assert found["S22-R01"] == Yield("S22-R01", issued=2, visited=2, adjusted=1, false=1)
    handled = yields.handling(viewer=township, at=NOW, reached=Reached())
    assert (handled.issued, handled.taken_up, handled.ended, handled.rate) == (10, 10, 9, Decimal("90.0"))
    assert (handled.helped, handled.adjusted) == (2, 1)


def test_what_was_never_visited_has_no_precision(township: Officer):
    ended("")
    ended("cannot_be_found")
    (found,) = yields.yields(viewer=township, at=NOW, reached=Reached())
    assert (found.visited, found.open, found.precision) == (1, 1, None)
    assert yields.handling(viewer=officer("elsewhere", "county_officer", "370503"), at=NOW, reached=Reached()).rate is None


@pytest.mark.feature("SF056")
def test_a_familys_next_entry_in_a_benefit_dataset_says_that_it_was_enrolled(township: Officer, monkeypatch: pytest.MonkeyPatch):
    told = {
        "enrolled": [("civil_temporary_assistance", date(2026, 11, 18)), ("civil_dibao_member", date(2026, 11, 19))],
        "aided": [("civil_temporary_assistance", date(2026, 11, 17))],
        "before": [("civil_dibao_member", SEEN)],
        "not yet": [("civil_dibao_member", TODAY + timedelta(days=1))],
        "of nothing granted": [("medins_settlement", date(2026, 11, 18))],
        "ended": [("civil_exit_record", date(2026, 11, 18)), ("civil_dibao_member", date(2026, 11, 18))],
    }
    delivered(monkeypatch, told)
    for household in (*told, "nobody knows"):
        ended("helped_on_the_spot", household=household, side="exit" if household == "ended" else "entry")
    families.warning(families.task(families.family(household="enrolled two")))
    reached = yields.reached_after(viewer=township, at=NOW)
    by_household = {one.household_id: one.pk for one in Warning.objects.all()}
    assert {household: reached.by_warning.get(pk, "") for household, pk in by_household.items()} == {
        "enrolled": "enrolled", "aided": "aided", "before": "", "not yet": "", "of nothing granted": "", "ended": "ended",
        "nobody knows": "", "enrolled two": "",
    }  # fmt: skip
    (one,) = yields.yields(viewer=township, at=NOW, reached=reached)
    assert (one.linked, one.enrolled, one.aided, one.lost) == (6, 1, 1, 1)
    assert yields.handling(viewer=township, at=NOW, reached=reached).enrolled == 1


def test_an_entry_a_year_later_is_put_down_to_something_else(township: Officer, monkeypatch: pytest.MonkeyPatch):
    delivered(monkeypatch, {"H": [("civil_dibao_member", SEEN + timedelta(days=366))]})
    one = ended("helped_on_the_spot", household="H")
    much_later = NOW + timedelta(days=400)
    assert yields.reached_after(viewer=township, at=much_later).by_warning == {}
    delivered(monkeypatch, {"H": [("civil_dibao_member", SEEN + timedelta(days=365))]})
    assert yields.reached_after(viewer=township, at=much_later).by_warning == {one.pk: "enrolled"}


def test_time_deadlines_and_tasks_a_worker_are_counted(township: Officer):
    ended("no_difficulty", household="1", at=NOW)  # on its day, four days and ten hours after it was seen
    ended("no_difficulty", household="2", at=NOW + timedelta(days=2))
    workers = [officer(f"worker {number}", "grid_worker", TOWNSHIP) for number in range(2)]
    for number in range(3):
        task = families.task(families.family(household=f"T{number}"))
        tasks.assign(task=task, to=workers[number % 2], by=township, at=NOW)
    found = yields.handling(viewer=township, at=NOW + timedelta(days=3), reached=Reached())
    assert (found.ended, found.in_time, found.days) == (2, 1, Decimal("5.4"))
    assert (found.open_tasks, found.workers, found.tasks_a_worker) == (3, 2, Decimal("1.5"))


def test_outcomes_go_to_the_goals_of_the_registry_without_those_who_were_not_found(township: Officer):
    ids = {
        outcome: ended(outcome, household=outcome).warning_id
        for outcome in ("referred", "policy_told", "no_difficulty", "cannot_be_found")
    }
    assert yields.outcomes_for_goals(viewer=township, at=NOW) == {
        ids["referred"]: public.Outcome(True, "2026-11"),
        ids["policy_told"]: public.Outcome(True, "2026-11"),
        ids["no_difficulty"]: public.Outcome(False, "2026-11"),
    }


def test_a_grid_worker_and_a_department_see_no_yields():
    for role, division in (("grid_worker", VILLAGE), ("department_officer", "370502"), ("data_steward", "370502")):
        assert allowed(officer(role, role, division), "yields.read", on=None, at=NOW) is None
