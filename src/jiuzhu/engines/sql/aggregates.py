"""Makes one value of the rows of an input: a query with one row a subject that has any, and how it is read.

Columns of that query: `v` the aggregate over the certain rows, `u` some row is in doubt, `c` some cell that counts is unknown;
with `each` also `a` (every group has a bound) and `b` (every group with an unknown cell has one). How doubts meet an aggregate
is said in the reference engine's `aggregates.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from jiuzhu.engines.sql import calendar
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.query import falling, nested, over, rising
from jiuzhu.engines.sql.values import Compiled, Flag, Value, none_of, unknown_of
from jiuzhu.engines.sql.words import Sql
from jiuzhu.rules import tree

if TYPE_CHECKING:
    from jiuzhu.engines.sql.row_inputs import Row

_ONE_ROW = ("latest", "first", "since")
_ZERO = ("count", "sum", "distinct", "run")  # what these come to over no rows is nought; over none the others have no value


class Rows:
    """The columns an aggregate needs of each row, and the query that makes one row a subject of them.

    sure: whether a row that was let through certainly counts; a constant where none can be in doubt.
    """

    def __init__(self, given: tree.RowInput, row: Row, at: Value | None, sure: Sql) -> None:
        self.given = given
        self.kind, self.scale, self.is_flag = "number", 0, False
        self._columns: dict[str, Sql] = {}
        work = {"exists": self._exists, "count": self._count, "distinct": self._distinct, "since": self._since, "run": self._run}
        self._work = work.get(given.aggregate, self._one if given.aggregate in ("latest", "first") else self._plain)
        self.in_doubt = sure != w.TRUE
        if self.in_doubt:
            self._columns["t"] = sure
        for index, column in enumerate(given.each):
            self._columns[f"e{index}"] = row.bare(column)
        if given.newest or given.aggregate in ("latest", "first"):
            assert at is not None
            self._columns["at"] = at.sql
        self.open_cells = self._values(given, row, at)

    def _values(self, given: tree.RowInput, row: Row, at: Value | None) -> bool:
        """Adds the columns that are aggregated; whether any of them may be unknown."""
        if given.aggregate == "distinct":
            self._columns |= {f"x{index}": row.bare(column) for index, column in enumerate(given.columns)}
            return False
        if given.aggregate == "since":
            assert isinstance(given.value, tree.Name)
            self._columns |= {
                "v": row.bare(f"{given.value.name}__since"),
                "sent": row.bare("data_date"),
                "id": row.bare("record_id"),
            }
            self.kind = "date"
            return True
        if given.aggregate == "run":
            assert at is not None
            return self._stretch(given, row, at)
        if given.value is None:
            return False
        value = row.compiler.compile(given.value)
        self.is_flag = isinstance(value, Flag)
        if isinstance(value, Value):
            self.kind, self.scale = value.kind, value.scale
        none = none_of(value)
        self._columns["v"] = w.case((none, w.NULL), otherwise=value.sql) if isinstance(value, Flag) else value.sql
        unknown = unknown_of(value)
        if unknown == w.FALSE:
            return False
        self._columns["c"] = unknown
        return True

    def _stretch(self, given: tree.RowInput, row: Row, at: Value) -> bool:
        """The first and last day (or month) a row fills, as whole numbers; null where it fills none or that is not known."""
        until = row.cell(given.until) if given.until else at
        assert isinstance(until, Value)
        today = calendar.step(Value(w.day(row.scope.run.moment.as_of), present=True, kind="date"), given.run)
        first, last = calendar.step(at, given.run), calendar.step(until, given.run)
        end = w.given_or(w.call("LEAST", last, today), today) if not until.present else w.call("LEAST", last, today)
        open_end = unknown_of(until) if given.until else w.FALSE
        filled = w.both(self._columns.get("t"), w.negated(open_end), w.compared("<=", first, end))
        self._columns |= {"f": w.case((filled, first)), "l": w.case((filled, end))}
        if open_end == w.FALSE:
            return False
        self._columns["c"] = open_end
        return True

    @property
    def names(self) -> list[str]:
        return ["subject", *self._columns]

    def cells(self) -> list[Sql]:
        return list(self._columns.values())

    def columns(self, owner: Sql) -> list[Sql]:
        return [w.named(owner, "subject"), *(w.named(sql, name) for name, sql in self._columns.items())]

    # --- one row a subject ---

    def aggregated(self, rows: exp.Select) -> exp.Select:
        if self.given.newest:
            rows = self._newest(rows)
        return self._work(rows)

    def _newest(self, rows: exp.Select) -> exp.Select:
        """Only rows at the so many newest different `at`; one whose `at` is empty stays in doubt."""
        at = w.column("at", "k")
        rank = over(exp.DenseRank(), [w.column("subject", "k")], [falling(at)])
        ranked = nested(rows, "k", [*(w.column(name, "k") for name in self.names), w.named(rank, "rank")])
        inside = w.compared("<=", w.column("rank", "q"), w.whole(self.given.newest))
        return nested(ranked, "q", [w.column(name, "q") for name in self.names], w.either(w.is_null(w.column("at", "q")), inside))

    def _grouped(self, rows: exp.Select, value: Sql, open_cells: Sql | None = None) -> exp.Select:
        """value: an aggregate over the certain rows of alias `k`. open_cells: which row has a cell that counts and is unknown."""
        columns = {"v": value}
        if self.in_doubt:
            columns["u"] = any_of(w.negated(w.column("t", "k")))
        if self.open_cells:
            columns["c"] = any_of(open_cells if open_cells is not None else self._sure(w.column("c", "k")))
        if not self.given.each or self.given.aggregate == "exists":
            return nested(rows, "k", [_subject("k"), *_named(columns)], group=[_subject("k")])
        if self.in_doubt:
            columns["s"] = any_of(w.column("t", "k"))
        parts = [_subject("k"), *(w.column(f"e{index}", "k") for index in range(len(self.given.each)))]
        groups = nested(rows, "k", [_subject("k"), *_named(columns)], group=parts)
        return self._kept(groups)

    def _kept(self, groups: exp.Select) -> exp.Select:
        """The greatest, least or sum of the groups that have a certain row."""
        value, open_cell = w.column("v", "g"), w.column("c", "g")
        if self.given.aggregate in _ZERO:
            value = w.given_or(value, w.whole(0))
        fold = {"max": exp.Max, "min": exp.Min, "sum": exp.Sum}[self.given.keep]
        if self.is_flag:
            value = w.cast(value, "INT")
        if self.given.aggregate in _ONE_ROW:  # a known winner stands beside unknown ones
            open_cell = w.both(open_cell, w.is_null(w.column("v", "g")))
        exists = w.column("s", "g") if self.in_doubt else w.TRUE
        columns = {"v": fold(this=w.case((exists, value)))}
        if self.in_doubt:
            columns["u"] = any_of(w.column("u", "g"))
        if self.open_cells:
            columns["c"] = any_of(open_cell)
        without = w.FALSE if self.given.aggregate in _ZERO else w.both(exists, w.is_null(value))
        columns["a"] = w.negated(any_of(without))
        columns["b"] = w.negated(any_of(w.both(without, open_cell))) if self.open_cells else w.TRUE
        return nested(groups, "g", [_subject("g"), *_named(columns)], group=[_subject("g")])

    def _sure(self, of: Sql) -> Sql:
        return w.both(w.column("t", "k"), of) if self.in_doubt else of

    def _value_of_sure(self, of: Sql) -> Sql:
        return w.case((w.column("t", "k"), of)) if self.in_doubt else of

    def _exists(self, rows: exp.Select) -> exp.Select:
        return self._grouped(rows, any_of(w.column("t", "k")) if self.in_doubt else exp.LogicalOr(this=w.TRUE))

    def _count(self, rows: exp.Select) -> exp.Select:
        return self._grouped(rows, exp.Count(this=self._value_of_sure(w.whole(1)) if self.in_doubt else exp.Star()))

    def _distinct(self, rows: exp.Select) -> exp.Select:
        cells = [w.column(f"x{index}", "k") for index in range(len(self.given.columns))]
        full = self._sure(w.both(*(w.is_given(cell) for cell in cells)))
        one = cells[0] if len(cells) == 1 else exp.Struct(expressions=[_field(f"x{at}", cell) for at, cell in enumerate(cells)])
        return self._grouped(rows, exp.Count(this=exp.Distinct(expressions=[w.case((full, one))])))

    def _plain(self, rows: exp.Select) -> exp.Select:
        fold = {"sum": exp.Sum, "min": exp.Min, "max": exp.Max}[self.given.aggregate]
        return self._grouped(rows, fold(this=self._value_of_sure(w.column("v", "k"))))

    def _parts(self, alias: str) -> list[Sql]:
        return [_subject(alias), *(w.column(f"e{index}", alias) for index in range(len(self.given.each)))]

    def _one(self, rows: exp.Select) -> exp.Select:
        """Of the certain rows at the last (or first) `at` the greatest value; an unknown one goes before none."""
        fold = exp.Max if self.given.aggregate == "latest" else exp.Min
        at = w.column("at", "r")
        last = over(fold(this=w.case((w.column("t", "r"), at)) if self.in_doubt else at), self._parts("r"))
        marked = nested(rows, "r", [*(w.column(name, "r") for name in self.names), w.named(last, "last")])
        wins = self._sure(w.compared("==", w.column("at", "k"), w.column("last", "k")))
        value = exp.Max(this=w.case((wins, w.column("v", "k"))))
        return self._grouped(marked, value, w.both(wins, w.column("c", "k")) if self.open_cells else None)

    def _since(self, rows: exp.Select) -> exp.Select:
        """Of the certain rows that which was sent last, then the greater record id."""
        order = [falling(w.column("t", "r"))] if self.in_doubt else []
        order += [falling(w.column("sent", "r")), falling(w.column("id", "r"))]
        place = over(exp.RowNumber(), self._parts("r"), order)
        marked = nested(rows, "r", [*(w.column(name, "r") for name in self.names), w.named(place, "place")])
        wins = self._sure(w.compared("==", w.column("place", "k"), w.whole(1)))
        value = w.column("v", "k")
        return self._grouped(marked, exp.Max(this=w.case((wins, value))), w.both(wins, w.is_null(value)))

    def _run(self, rows: exp.Select) -> exp.Select:
        """The stretch that ends last: it begins where no earlier row reaches, and nothing begins after it."""
        first, last = w.column("f", "r"), w.column("l", "r")
        spec = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=w.whole(1), end_side="PRECEDING")
        before = over(exp.Max(this=last), self._parts("r"), [rising(first), rising(last)], spec)
        marked = nested(rows, "r", [*(w.column(name, "r") for name in self.names), w.named(before, "before")])
        begin, reached = w.column("f", "k"), w.column("before", "k")
        starts = w.either(w.is_null(reached), w.compared(">", begin, w.plus(reached, w.whole(1))))
        newest = exp.Max(this=w.case((starts, begin)))
        return self._grouped(marked, w.plus(w.minus(exp.Max(this=w.column("l", "k")), newest), w.whole(1)))


def _field(name: str, of: Sql) -> Sql:
    return exp.PropertyEQ(this=exp.to_identifier(name), expression=of)


def _subject(alias: str) -> exp.Column:
    return w.column("subject", alias)


def _named(columns: dict[str, Sql]) -> list[Sql]:
    return [w.named(sql, name) for name, sql in columns.items()]


def any_of(of: Sql) -> Sql:
    return exp.LogicalOr(this=of)


@dataclass(frozen=True)
class Answer:
    """Reads the value of an input from the joined query.

    found: the alias of the query. covered: nothing is missing. lasting: certain rows stand whatever is missing. unknown: the
    input as a whole is not known (the number of its window, its `after`).
    """

    given: tree.RowInput
    rows: Rows
    found: str
    covered: Sql
    lasting: Sql
    unknown: Sql

    def _column(self, name: str) -> Sql:
        return w.column(name, self.found)

    def _flagged(self, name: str, there: bool) -> Sql:
        return w.given_or(self._column(name), w.FALSE) if there else w.FALSE

    def value(self) -> Compiled:
        doubt = w.either(self.unknown, w.negated(self.covered), self._flagged("u", self.rows.in_doubt))
        if self.given.aggregate == "exists":
            return self._exists(doubt)
        cells = self._flagged("c", self.rows.open_cells)
        value: Sql = self._column("v")
        if self.given.aggregate in _ONE_ROW and not self.given.each:
            cells = w.both(cells, w.is_null(value))
        open_value = w.either(doubt, cells)
        if self.rows.is_flag:
            return self._flag(value, open_value)
        if self.given.aggregate in _ZERO:
            value = w.given_or(value, w.whole(0))
        unknown = None if open_value == w.FALSE else open_value
        sql = value if unknown is None else w.case((w.negated(open_value), value))
        present = self.given.aggregate in _ZERO
        floor = None if unknown is None else self._floor(doubt)
        return Value(sql, unknown, present, self.rows.scale, self.rows.kind, floor)

    def _exists(self, doubt: Sql) -> Flag:
        there = w.given_or(self._column("v"), w.FALSE)
        if doubt == w.FALSE:
            return Flag(there, certain=True)
        stands = w.both(there, self.lasting)
        return Flag(w.case((self.unknown, w.NULL), (stands, w.TRUE), (doubt, w.NULL), otherwise=there))

    def _flag(self, value: Sql, unknown: Sql) -> Flag:
        none = w.both(w.negated(unknown), w.is_null(value))
        if self.given.each:
            value = w.compared(">", value, w.whole(0))
        sql = w.case((unknown, w.NULL), otherwise=w.given_or(value, w.FALSE))
        return Flag(sql, certain=unknown == w.FALSE, none=none)

    def _floor(self, doubt: Sql) -> Sql | None:
        """What the certain rows come to, where they bound the whole from below."""
        given = self.given
        bounded = {"count": True, "distinct": True, "sum": given.non_negative, "max": given.non_negative}
        if not bounded.get(given.aggregate, False) or given.newest or self.rows.kind != "number":
            return None
        value: Sql = self._column("v")
        if given.each:
            groups = w.case((doubt, self._column("a")), otherwise=self._column("b"))
            value = w.case((groups, value)) if given.keep != "min" else w.NULL
            if given.aggregate in _ZERO:  # over no certain row at all there are no groups
                value = w.case((w.is_null(self._column("v")), w.whole(0)), otherwise=value)
        elif given.aggregate in _ZERO:
            value = w.given_or(value, w.whole(0))
        return w.case((w.both(self.lasting, w.negated(self.unknown)), value))
