"""An input over rows: which rows count, one query an aggregate, and its value for a subject with or without rows.

Coverage is put to the value where it is read, so that the many subjects without a row cost nothing; equal queries run once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from jiuzhu.engines.sql import aggregates, calendar, divisions, windows
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.expressions import Compiler
from jiuzhu.engines.sql.scope import Scope
from jiuzhu.engines.sql.values import Compiled, Value
from jiuzhu.engines.sql.words import Sql
from jiuzhu.engines.windows import stretch
from jiuzhu.rules import tree

ROWS = "d"
_NEEDS_AT = ("latest", "first", "run")


def row_input(given: tree.RowInput, scope: Scope) -> Compiled:
    """The value of `given` for the subjects of `scope`."""
    dataset = scope.run.catalogue.datasets[given.dataset]
    row = Row(given, scope)
    at = row.at() if _needs_at(given) else None
    window = _window(given, scope, at)
    after = _after(given, scope, at)
    keep, sure = _standing(row, at, w.both(window.holds, after.holds))
    rows = aggregates.Rows(given, row, at, sure)
    owner, key = row.owner, scope.key
    if dataset.keyed == "division" and not given.by:
        per_subject = divisions.speaks_of_subject([keep, sure, *rows.cells()], scope)
        source, owner, key = divisions.rows(scope, given.dataset, row.source, per_subject=per_subject)
        select = divisions.nearest(source.select([*rows.columns(owner), divisions.DEPTH], keep), rows.names)
    else:
        select = row.source.select(rows.columns(owner), w.both(w.compared(">=", owner, w.whole(0)), keep))
    found = scope.join(scope.run.kept(rows.aggregated(select)), on=key)
    covered = w.both(window.covered, scope.authorised() if dataset.authorised_only else None)
    lasting = covered if dataset.rows == "state" else w.TRUE
    return aggregates.Answer(given, rows, found, covered, lasting, w.either(window.unknown, after.unknown)).value()


def _needs_at(given: tree.RowInput) -> bool:
    return given.window is not None or bool(given.after or given.newest) or given.aggregate in _NEEDS_AT


class Row:
    """A row of the dataset of an input, beside the subject it belongs to."""

    def __init__(self, given: tree.RowInput, scope: Scope) -> None:
        self.given = given
        self.scope = scope
        self.source, self.owner = scope.rows(scope.run.rows(given.dataset), ROWS, given.by)
        self.compiler = Compiler(self._resolve, scope.run.catalogue.tables)

    def _resolve(self, name: tree.Name) -> Compiled:
        return self.cell(name.name) if name.source == "column" else self.scope.resolve(name)

    def cell(self, name: str) -> Compiled:
        return self.scope.run.column(self.given.dataset, name, ROWS)

    def at(self) -> Value:
        value = self.cell(self.given.at or self.scope.run.catalogue.datasets[self.given.dataset].at)
        assert isinstance(value, Value)
        return value

    def bare(self, name: str) -> Sql:
        return w.column(name, ROWS)


@dataclass(frozen=True)
class Part:
    """A bound on `at`. holds: for a known `at`. covered, unknown: of the subject, as `Answer` has them."""

    holds: Sql = field(default_factory=lambda: w.TRUE)
    covered: Sql = field(default_factory=lambda: w.TRUE)
    unknown: Sql = field(default_factory=lambda: w.FALSE)


def _window(given: tree.RowInput, scope: Scope, at: Value | None) -> Part:
    run, window = scope.run, given.window
    if window is None:
        always = [(None, None)] * len(run.places.used)
        return Part(covered=run.places.covered(given.dataset, always, scope.place()))
    assert at is not None
    sizes, where, unset = _sizes(window, scope)
    column = run.column_of(given.dataset, given.at or run.catalogue.datasets[given.dataset].at)
    closed = window.measure if window.measure.startswith("closed") else ""
    delivered = run.places.delivered(given.dataset, closed)
    holds, covered = [], []
    for size in dict.fromkeys(sizes):
        made = {one: stretch(window, *size, column.holds, run.moment, one) for one in set(delivered)}
        stretches = [made[one] for one in delivered]
        chosen = run.places.flag([other == size for other in sizes], where)
        holds.append(w.both(chosen, windows.condition(stretches, closed, at, run.places, scope.place())))
        covered.append(w.both(chosen, run.places.covered(given.dataset, [one.span for one in stretches], scope.place())))
    return Part(w.either(*holds), w.either(*covered), unset)


def _sizes(window: tree.Window, scope: Scope) -> tuple[list[tuple[int, int]], str, Sql]:
    """Number and shift at each used place, the alias of the place they are asked for, and where one of them is not set."""
    places = scope.run.places
    place, unset = scope.place(), []
    answers: list[list[int]] = []
    for size in (window.number, window.shift):
        if isinstance(size, int):
            answers.append([size] * len(places.used))
            continue
        given, place = scope.parameter_place(size)
        found = places.parameters(given.owner, given.parameter)
        unset.append(places.flag([answer is None for answer in found], place))
        answers.append([0 if answer is None else int(answer) for answer in found])
    return list(zip(*answers, strict=True)), place, w.either(*unset)


def _after(given: tree.RowInput, scope: Scope, at: Value | None) -> Part:
    """Rows later than a moment of the subject; both in the coarser of the two measures."""
    if not given.after:
        return Part()
    bound = scope.named(given.after)
    assert isinstance(bound, Value)
    assert at is not None
    mine, yours = calendar.in_one_measure(at, bound)
    return Part(w.compared(">", mine, yours), unknown=bound.unknown or w.FALSE)


def _standing(row: Row, at: Value | None, holds: Sql) -> tuple[Sql, Sql]:
    """Which rows stand or may stand, and of those which certainly."""
    given = row.given
    flag = row.compiler.flag(given.where) if given.where is not None else None
    keep = w.not_false(flag.sql) if flag is not None and not flag.certain else flag.sql if flag is not None else w.TRUE
    sure = w.is_true(flag.sql) if flag is not None and not flag.certain else w.TRUE
    if at is None:
        return keep, sure
    if at.unknown is not None:  # an empty `at` leaves the row in doubt
        return w.both(w.either(at.unknown, holds), keep), w.both(w.negated(at.unknown), sure)
    if not at.present:
        holds = w.both(w.is_given(at.sql), holds)
    return w.both(holds, keep), sure
