"""Inputs over rows (`{ dataset = "…", sum = "…", over = "…" }`): one aggregate over the rows of the subject in one dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from jiuzhu.rules import types, units
from jiuzhu.rules.expression import parse, parse_flag
from jiuzhu.rules.faults import Wrong, clipped, nearest
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.source import Keys
from jiuzhu.rules.tree import AggregateKind, Arithmetic, Column, Constant, Dataset, Expression, Name, RowInput, Subject, Type
from jiuzhu.rules.types import FLAG, Known, Scope
from jiuzhu.rules.windows import read_window

AGGREGATES: tuple[AggregateKind, ...] = ("exists", "count", "sum", "min", "max", "latest", "first", "distinct", "run", "since")
_AT_KINDS = ("date", "month", "quarter", "instant")
_WINDOW_NEEDS: Mapping[str, tuple[str, ...]] = {
    "hours": ("instant",),
    "closed months": ("date", "month"),
    "closed quarters": ("date", "month", "quarter"),
    "school year": ("date", "month", "school_year"),
    "days": ("date", "instant", "month"),
}


@dataclass
class RowReader:
    """outer: names besides the columns. numbers: those of them that are parameters and may stand in a window.

    used, columns: filled with the outer names and the `dataset.column` that were read.
    """

    reading: Reading
    keys: Keys
    name: str
    owner: str
    of: Subject
    outer: Mapping[str, Known]
    numbers: Mapping[str, Known]
    used: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)

    def read(self) -> tuple[RowInput, Mapping[str, str]]:
        """The input, and the codes its value may be. Raises Wrong."""
        keys = self.keys
        dataset = self.reading.dataset(keys.text("dataset", required=True))
        self._check_keyed(dataset)
        chosen = [kind for kind in AGGREGATES if keys.has(kind)]
        if len(chosen) != 1:
            said = " and ".join(chosen) or "no aggregate"
            raise Wrong("input", f"input '{self.name}' has {said}", f"give one of {', '.join(AGGREGATES)}")
        aggregate = chosen[0]
        columns = self.reading.known_columns(dataset.code)
        scope = self._scope(columns)
        where = parse_flag(keys.text("where"), scope, "'where'") if keys.has("where") else None
        value, found, names = self._aggregated(dataset.code, aggregate, scope)
        self._note(scope, columns, dataset.code)
        at = keys.text("at")
        at_column = self._at_column(dataset.code, at or dataset.at) if at or dataset.at else None
        window = read_window(keys.text("over"), keys.text("ahead"), keys.text("shift"), self._check_number)
        after = self._after(at_column)
        until, by = self._until(dataset.code), self._by(dataset.code)
        each, newest = self._each(dataset.code), keys.whole("newest", least=1)
        keep: Any = keys.text("keep", one_of=("max", "min", "sum", ""))
        if at_column is None and (window or after or newest or aggregate in ("latest", "first", "run")):
            raise Wrong("column", "the dataset has no `at`, and a day is needed here", 'write at = "date_column"')
        self._check_parts(aggregate, dataset.rows, at_column, until, bool(each), keep)
        _check_window(window.measure if window else "", at_column)
        found = checked_unit(keys, found, needed=aggregate in ("count", "distinct") or (aggregate != "run" and bool(found.unit)))
        run: Any = keys.values["run"] if aggregate == "run" else ""
        read = RowInput(
            self.name, dataset.code, aggregate, found, value, names, run, until, where, window, after, by, each, keep, newest, at,
            non_negative=aggregate in ("sum", "max") and _non_negative(value, self.reading.columns(dataset.code)),
        )  # fmt: skip
        self.columns.update(f"{dataset.code}.{column}" for column in (*names, *each, until) if column)
        return read, columns[value.name].codes if isinstance(value, Name) and value.name in columns else {}

    def _check_keyed(self, dataset: Dataset) -> None:
        """Rows of households without a person say nothing of one person."""
        named = any(column.identity == "id" for column in dataset.columns.values())
        if self.of == "person" and dataset.keyed == "household" and not named:
            mend = "read it in a fact of the household"
            raise Wrong("keyed", f"{dataset.code} has rows of households, the rule speaks of persons", mend)

    def _scope(self, columns: Mapping[str, Known]) -> Scope:
        """Columns before outer names; facts do not stand for themselves beside columns, where one word could mean both."""
        elsewhere = {
            code: f'declare it: inputs.{code} = {{ fact = "{code}" }}'
            for code in self.reading.fact_names
            if code not in self.outer
        }
        return Scope({**self.outer, **columns}, self.reading.tables, elsewhere=elsewhere)

    def _note(self, scope: Scope, columns: Mapping[str, Known], dataset: str) -> None:
        for name in scope.used:
            if name in columns and name in self.outer:
                raise Wrong("name", f"'{name}' is a column of {dataset} and an input", "rename the input")
            if name in columns:
                self.columns.add(f"{dataset}.{name}")
            else:
                self.used.add(name)

    def _aggregated(
        self, dataset: str, aggregate: AggregateKind, scope: Scope
    ) -> tuple[Expression | None, Type, tuple[str, ...]]:
        keys = self.keys
        if aggregate in ("exists", "count"):
            if keys.values[aggregate] is not True:
                raise Wrong("input", f"{aggregate} = {clipped(repr(keys.values[aggregate]))}", f"write {aggregate} = true")
            return None, FLAG if aggregate == "exists" else Type("number"), ()
        if aggregate == "run":
            measure = keys.text("run", required=True, one_of=("days", "months"), default="days")
            return None, Type("number", measure), ()
        if aggregate == "distinct":
            names = keys.words("distinct", required=True)
            for column in names:
                self.reading.column(dataset, column)
            return None, Type("number"), names
        value = parse(keys.text(aggregate, required=True), scope)
        found = types.type_of(value)
        if aggregate == "since":
            if not isinstance(value, Name) or value.source != "column":
                raise Wrong("input", "since of an expression", 'write since = "column"')
            return value, Type("date"), (value.name,)
        if aggregate == "sum" and found.kind != "number":
            raise Wrong("type", f"sum of {types.called(found)}", "sum a number, or count with count = true")
        if aggregate in ("min", "max") and found.kind not in ("number", *_AT_KINDS):
            raise Wrong("type", f"{aggregate} of {types.called(found)}", "only numbers and dates have a least and a greatest")
        return value, found, ()

    def _at_column(self, dataset: str, at: str) -> Column:
        column = self.reading.column(dataset, at)
        if column.holds not in (*_AT_KINDS, "school_year"):
            dates = [name for name, other in self.reading.columns(dataset).items() if other.holds in _AT_KINDS]
            raise Wrong("column", f"at = '{at}' holds {column.holds}, no day", nearest(at, dates))
        return column

    def _check_parts(self, aggregate: str, rows: str, at: Column | None, until: str, each: bool, keep: str) -> None:
        if aggregate == "run" and at is not None and at.holds not in ("date", "month"):
            raise Wrong("column", f"run over '{at.name}', which holds {at.holds}", "run counts days of a date, or months")
        if until and aggregate != "run":
            raise Wrong("input", "`until` without `run`", "only a run fills a stretch")
        if aggregate == "since" and rows != "state":
            raise Wrong("input", f"since in a dataset of {rows} rows", "only states hold since a day; use latest or first")
        if each != bool(keep):
            raise Wrong("input", "`each` and `keep` go together", 'write each = ["column"], keep = "max"')

    def _check_number(self, name: str, measure: str) -> None:
        """A parameter that stands for the number of a window."""
        if name not in self.numbers:
            raise Wrong(
                "parameter", f"'{clipped(name)}' in a window is no parameter of {self.owner}", nearest(name, self.numbers)
            )
        self.used.add(name)
        unit = self.numbers[name].name.type.unit
        if unit != measure:
            raise Wrong("unit", f"a window of {measure} with '{name}' in {unit}", f'write "{name} {unit}"')

    def _after(self, at: Column | None) -> str:
        name = self.keys.text("after")
        if not name:
            return ""
        if name not in self.outer:
            inputs = [other for other in self.outer if other not in self.numbers]
            raise Wrong("name", f"after = '{clipped(name)}' is no earlier input", nearest(name, inputs))
        kind = self.outer[name].name.type.kind
        fits = {"date": ("date", "month", "instant"), "month": ("month",), "instant": ("instant",), "quarter": ("quarter",)}
        if kind not in fits or (at is not None and at.holds not in fits[kind]):
            holds = at.holds if at is not None else "no day"
            raise Wrong("type", f"after = '{name}', a {kind}, against {holds}", "give an input that holds a date like `at`")
        self.used.add(name)
        return name

    def _by(self, dataset: str) -> str:
        by = self.keys.text("by")
        if by and self.reading.column(dataset, by).type.kind != "person":
            people = [name for name, column in self.reading.columns(dataset).items() if column.type.kind == "person"]
            raise Wrong("column", f"by = '{by}' names no person", nearest(by, people))
        return by

    def _until(self, dataset: str) -> str:
        name = self.keys.text("until")
        if name and self.reading.column(dataset, name).holds not in ("date", "month"):
            raise Wrong("column", f"until = '{name}' holds no day", "name a date column")
        return name

    def _each(self, dataset: str) -> tuple[str, ...]:
        names = self.keys.words("each")
        for name in names:
            self.reading.column(dataset, name)
        return names


def _check_window(measure: str, at: Column | None) -> None:
    if at is None or not measure:
        return
    fits = _WINDOW_NEEDS.get(measure, ("date", "instant", "month", "quarter"))
    if at.holds not in fits:
        raise Wrong("window", f"a window of {measure} over '{at.name}', which holds {at.holds}", f"it needs {' or '.join(fits)}")


def checked_unit(keys: Keys, found: Type, *, needed: bool) -> Type:
    """The type with the unit written beside the input, held against the one its columns have. Raises Wrong."""
    unit = keys.text("unit")
    if not unit:
        if needed and found.kind == "number":
            raise Wrong("unit", "a number without `unit`", f'write unit = "{found.unit or "persons"}"')
        return found
    units.check_unit(unit)
    if found.kind != "number":
        raise Wrong("unit", f"unit = '{unit}' beside a {types.called(found)}", "leave it out")
    if not units.alike(unit, found.unit):
        raise Wrong("unit", f"unit = '{unit}', but the columns give {found.unit}", f'write unit = "{found.unit}"')
    return Type("number", unit, found.scale)


def _non_negative(value: Expression | None, columns: Mapping[str, Column]) -> bool:
    """Whether no row can make this value negative."""
    if isinstance(value, Constant):
        return isinstance(value.value, Decimal) and value.value >= 0
    if isinstance(value, Name):
        return value.source == "column" and value.type.kind == "number" and not columns[value.name].negative
    if isinstance(value, Arithmetic):
        return value.operator != "-" and _non_negative(value.left, columns) and _non_negative(value.right, columns)
    return False
