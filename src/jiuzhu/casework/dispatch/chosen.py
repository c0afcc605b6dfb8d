"""Which warnings an act is on: some by their numbers, or all that a filter covers; found once, locked, and within reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from jiuzhu.casework.accounts.permissions import Grant, NotAllowed, Scope, Viewer, allowed_each
from jiuzhu.casework.dispatch.models import Warning, seen_of
from jiuzhu.casework.dispatch.queries import Filter, narrowed, within_reach
from jiuzhu.casework.dispatch.refusals import Grown, NotThere, TooMany
from jiuzhu.casework.trace.actions import Subject
from jiuzhu.casework.trace.seen import Moved


@dataclass(frozen=True)
class These:
    """Warnings by their numbers. seen: what the page showed of them, `Warning.seen` by number; one that is not there is not compared."""

    numbers: tuple[str, ...]
    seen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AllOf:
    """All that a filter covers. expected: how many that were when somebody looked; another number is refused."""

    wanted: Filter
    expected: int


Chosen = These | AllOf


@dataclass(frozen=True)
class One:
    """What an act needs to know of one warning."""

    pk: int
    number: str
    household: str
    division: str
    level: int
    due_on: Any
    side: str
    scenario: str
    case: int | None
    task: int | None
    handling: str
    checked_again: int

    @property
    def seen(self) -> str:
        return seen_of(self.handling, self.level, self.checked_again)


def find(
    chosen: Chosen, *, operation: str, condition: Q, by: Viewer, at: datetime, counted: bool = False
) -> tuple[list[One], Grant]:
    """The warnings an act is on, locked, with the grant it rests on. condition: in what state the act takes them.

    counted: the table limits how many households the act may cover at once. Raises NotThere, Grown, Moved, TooMany, NotAllowed.
    """
    reach = within_reach(viewer=by, operation=operation, at=at).filter(condition)
    if isinstance(chosen, AllOf):
        found = list(_read(narrowed(reach, chosen.wanted)))
        if len(found) != chosen.expected:
            raise Grown(chosen.expected, len(found))
    else:
        numbers = set(chosen.numbers)
        found = list(_read(reach.filter(warning_id__among=numbers)))
        if len(found) != len(numbers):
            raise NotThere(
                f"{len(numbers) - len(found)} of {len(numbers)} warnings are not there any more or were dealt with by somebody "
                "else; nothing was done, look at the list again"
            )
        moved = sum(chosen.seen.get(one.number, one.seen) != one.seen for one in found)
        if moved:
            raise Moved(f"{moved} of {len(numbers)} warnings changed since you looked; nothing was done, look at them again")
    if not found:
        raise NotThere("no warning was chosen; tick some, or widen the filter")
    return found, _grant(found, operation, by, at, counted)


def _grant(found: list[One], operation: str, by: Viewer, at: datetime, counted: bool) -> Grant:
    households = len({one.household for one in found}) if counted else 1
    places = sorted({one.division for one in found})
    grants = allowed_each(by, operation, on=[Scope(place, "open", count=households) for place in places], at=at)
    if None not in grants:
        return grants[0]  # type: ignore[return-value]
    alone = allowed_each(by, operation, on=[Scope(place, "open") for place in places], at=at)
    if None not in alone:
        raise TooMany(households)
    raise NotAllowed(f"{operation}: not granted everywhere these warnings stand")


def _read(rows: Any) -> Iterator[One]:
    columns = (
        "pk", "warning_id", "household_id", "division_code", "level", "due_on", "side", "scenario_id", "case", "task", "handling",
        "checked_again",
    )  # fmt: skip
    for row in rows.order_by("pk").select_for_update(of=("self",)).values_list(*columns):
        yield One(*row)


def update(found: Sequence[One], **columns: Any) -> None:
    """Change all of them alike."""
    Warning.objects.filter(pk__among={one.pk for one in found}).update(**columns)


def subjects(found: Sequence[One], cases: dict[int, str] | None = None) -> list[Subject]:
    """What the event of the act names. cases: row of a case to its key."""
    keys = cases or {}
    return [Subject("warning", one.number, one.division, one.household, keys.get(one.case or 0, "")) for one in found]
