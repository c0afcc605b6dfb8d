"""Which rows of a dataset an input is about, for one subject: certainly, perhaps, or not at all; and whether any are missing.

Where `rules.md` is silent this is the reading:
- A row with an empty `at` is dropped or in doubt, as its column says, if a window, `after`, `newest` or the aggregate needs it.
- `after` none lets no row through; whether the dataset was delivered is asked all the same.
- Coverage is asked for the stretch of the window, also beside `after`; with `after` alone it is open at both ends.
- `newest` ranks rows in doubt together with the certain ones, so one that is surely too old is no reason for doubt.
- The rows of a division-keyed dataset are those of the nearest division, from the subject's own upwards, of which a row passes
  window, `after` and `where`, or may pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from jiuzhu.engines.reference.answers import Asking, Subject
from jiuzhu.engines.reference.calendar import is_later
from jiuzhu.engines.reference.expressions import holds
from jiuzhu.engines.reference.values import NONE, Reason, Unknown, both, number, unknown_of
from jiuzhu.engines.reference.windows import Periods, Stretch, stretch
from jiuzhu.rules.parameters import ancestors
from jiuzhu.rules.reading import names_in
from jiuzhu.rules.tree import Dataset, RowInput

if TYPE_CHECKING:
    from jiuzhu.engines.reference.world import World

_NEEDS_AT = ("latest", "first", "run")


@dataclass(frozen=True)
class Found:
    """The rows of one input.

    sure, doubtful: rows whose condition is true, and unknown. doubts: why rows are doubtful, or rows may be missing; empty when
    everything is known. lasting: whether the sure rows stand whatever is missing: not those of an uncovered state, which a
    later delivery may have replaced. bounded: whether what they come to is a floor: as lasting, but not under `newest`,
    where another row may push them out.
    """

    sure: tuple[int, ...]
    doubtful: tuple[int, ...]
    doubts: tuple[Reason, ...]
    lasting: bool
    bounded: bool


def find(given: RowInput, scope: Asking, world: World) -> Found | Unknown:
    """The rows of `given`; unknown as a whole where its window or its `after` is not known."""
    dataset = world.catalogue.datasets[given.dataset]
    place = world.place_of(scope.subject)
    span = _span(given, scope, world, dataset, place)
    passes = _after(given, scope, world, dataset)
    if isinstance(span, Unknown):
        return span
    if isinstance(passes, Unknown):
        return passes
    needs_at = span is not None or bool(given.after) or bool(given.newest) or given.aggregate in _NEEDS_AT
    at = world.column(dataset.code, given.at or dataset.at) if needs_at else None

    def standing(row: int) -> bool | Unknown:
        doubt: bool | Unknown = True
        if at is not None:
            cell = world.reader.cell(f"rows {dataset.code}", row, at.name)
            if cell is None and at.empty == "none":
                return False
            if cell is None:
                doubt = Unknown(because=(Reason("empty cell", dataset.code, at.name),))
            elif not passes(cell) or (span is not None and not span.holds(cell)):
                return False
        return both((doubt, holds(given.where, scope.for_row(dataset.code, row))))

    standings = _of_subject(given, dataset, scope.subject, place, world, standing)
    if given.newest and at is not None:
        standings = _newest(standings, given.newest, lambda row: world.reader.cell(f"rows {dataset.code}", row, at.name))
    gaps = gaps_of(scope.subject, dataset, place, span, world)
    unsure = {row: truth for row, truth in standings.items() if isinstance(truth, Unknown)}
    lasting = not gaps or dataset.rows != "state"
    return Found(
        sure=tuple(row for row in standings if row not in unsure),
        doubtful=tuple(unsure),
        doubts=tuple(dict.fromkeys([*gaps, *(reason for truth in unsure.values() for reason in truth.because)])),
        lasting=lasting,
        bounded=lasting and not given.newest,
    )


def _span(given: RowInput, scope: Asking, world: World, dataset: Dataset, place: int) -> Stretch | Unknown | None:
    window = given.window
    if window is None:
        return None
    size, shift = (scope.named(part)[0] if isinstance(part, str) else part for part in (window.number, window.shift))
    if isinstance(size, Unknown) or isinstance(shift, Unknown):
        return unknown_of((size, shift))
    at_holds = world.column(dataset.code, given.at or dataset.at).holds
    periods = Periods.of(world.base.coverage, dataset.code, place)
    return stretch(window, int(number(size)), int(number(shift)), at_holds, world.moment, periods)


def _after(given: RowInput, scope: Asking, world: World, dataset: Dataset) -> Callable[[Any], bool] | Unknown:
    if not given.after:
        return lambda at: True
    bound, kind = scope.named(given.after)
    if isinstance(bound, Unknown):
        return Unknown(because=bound.because)
    if bound is NONE:
        return lambda at: False
    at_holds = world.column(dataset.code, given.at or dataset.at).holds
    return lambda at: is_later(at, at_holds, bound, kind)


def _of_subject(
    given: RowInput, dataset: Dataset, subject: Subject, place: int, world: World, standing: Callable[[int], bool | Unknown]
) -> dict[int, bool | Unknown]:
    """The subject's rows that stand or may stand, in the order of the table."""

    def kept(rows: Iterable[int]) -> dict[int, bool | Unknown]:
        return {row: truth for row in rows if (truth := standing(row)) is not False}

    table = f"rows {dataset.code}"
    if given.by:
        persons = world.members(subject)
        return kept(sorted(row for person in persons for row in world.reader.rows_where(table, given.by, person)))
    if dataset.keyed == "division":
        of_division = partial(_of_division, given, dataset, world, kept)
        return next(filter(None, map(of_division, ancestors(world.division(place)))), {})
    owner = {"person": "person", "living": "household", "hukou": "hukou"}[subject.kind]
    return kept(world.reader.rows_where(table, owner, subject.position))


def _of_division(
    given: RowInput,
    dataset: Dataset,
    world: World,
    kept: Callable[[Iterable[int]], dict[int, bool | Unknown]],
    division: str,
) -> dict[int, bool | Unknown]:
    """The rows of exactly one division that stand or may stand; found once for all subjects where that turns on the division alone."""
    found, key = world.of_places.found, (id(given), division)
    if key in found:
        return found[key][1]
    rows = kept(world.rows_of_division(dataset.code, division))
    if _asks_rows_only(given):
        found[key] = given, rows
    return rows


def _asks_rows_only(given: RowInput) -> bool:
    """Whether which rows it finds turns on nothing but the rows."""
    if given.window is not None or given.after:
        return False  # what was delivered, and a parameter, differ from place to place
    return all(name.source in ("column", "moment") for name in names_in(given.where))


def _newest(standings: dict[int, bool | Unknown], number: int, at: Callable[[int], Any]) -> dict[int, bool | Unknown]:
    """Those at the so many greatest different `at`; a row in doubt because its `at` is empty stays."""
    newest = sorted({at(row) for row in standings if at(row) is not None}, reverse=True)[:number]
    return {row: truth for row, truth in standings.items() if at(row) is None or at(row) in newest}


def gaps_of(subject: Subject, dataset: Dataset, place: int, span: Stretch | None, world: World) -> tuple[Reason, ...]:
    """Why rows may be missing; empty if all that the dataset has to say was delivered and may be read."""
    reasons = []
    if dataset.authorised_only and not world.is_authorised(subject):
        reasons.append(Reason("no authorisation", dataset.code))
    coverage = world.base.coverage
    key = (dataset.code, place)
    if key not in coverage.fresh:
        reasons.append(Reason("not delivered", dataset.code))
    elif not coverage.fresh[key]:
        reasons.append(Reason("stale", dataset.code))
    elif span is not None and not (span.enough and coverage.known(dataset.code, place, span.first, span.last)):
        reasons.append(Reason("period missing", dataset.code))
    return tuple(reasons)
