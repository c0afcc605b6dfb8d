"""`strands.toml`: what is followed of every household from month to month, and how far a proposal may move a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jiuzhu.rules.expression import parse_flag
from jiuzhu.rules.faults import Wrong, clipped, nearest
from jiuzhu.rules.reading import Reading, check_traits, expression_columns, read_basis
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Column, Dataset, Expression, Title
from jiuzhu.rules.types import Scope
from jiuzhu.rules.units import check_unit

FILE = "strands.toml"
_DATED = ("date", "month", "school_year")


@dataclass(frozen=True)
class Line:
    """Rows in force of one dataset that meet `where`, each in the month of column `at`.

    value: the column that is summed; "" where rows are counted.
    """

    dataset: str
    at: str
    value: str
    where: Expression | None

    @property
    def columns(self) -> frozenset[str]:
        return expression_columns(self.where) | ({self.at, self.value} - {""})


@dataclass(frozen=True)
class Strand:
    """One thread of a household's life, the sum of its lines. worse: the way it moves as a household gets into need."""

    code: str
    title: Title
    unit: str
    worse: Literal["rise", "fall"]
    lines: tuple[Line, ...]
    path: str


@dataclass(frozen=True)
class Measure:
    """How far proposals go. step: percent of the number, in one month. outcomes: visits that must have ended."""

    step: int = 0
    outcomes: int = 0


@dataclass
class Strands:
    """All strands by code. measure: None where no folder says it; then nothing is proposed."""

    by_code: dict[str, Strand] = field(default_factory=dict)
    measure: Measure | None = None

    def columns(self) -> dict[str, set[str]]:
        """Dataset to the columns that strands read."""
        answer: dict[str, set[str]] = {}
        for strand in self.by_code.values():
            for line in strand.lines:
                answer.setdefault(line.dataset, set()).update(line.columns)
        return answer


def read_strands(folders: Iterable[Path], reading: Reading) -> Strands:
    """The strands of these folders; a known code, or a second measure, is a fault."""
    found = Strands()
    for folder in folders:
        if not (folder / FILE).is_file():
            continue
        source = Source(folder / FILE, reading.faults)
        keys = Keys(source, (), source.data)
        if keys.has("proposals") and reading.new("measure of proposals", "proposals", source):
            found.measure = _measure(Keys(source, ("proposals",), keys.table("proposals")))
        for code, item in keys.table("strands").items():
            if not isinstance(item, dict):
                source.fault(
                    ("strands", code), "wrong_kind", f"'{clipped(code)}' is not a table", f"write [strands.{clipped(code)}]"
                )
                continue
            strand = _strand(Keys(source, ("strands", code), item), code, reading)
            if strand is not None and reading.new("strand", code, source):
                found.by_code[code] = strand
        keys.done()
    return found


def _measure(keys: Keys) -> Measure:
    measure = Measure(*(keys.whole(name, required=True, default=1, least=1) for name in ("step", "outcomes")))
    keys.done()
    if measure.step >= 100:
        keys.fault("step", "wrong_number", f"step = {measure.step}", "write percent below 100: no number is moved to nought")
    return measure


def _strand(keys: Keys, code: str, reading: Reading) -> Strand | None:
    title, unit = keys.title("title"), keys.text("unit", required=True)
    basis = read_basis(keys, reading.laws, required=False)
    worse: Any = keys.text("worse", required=True, one_of=("rise", "fall"), default="rise")
    lines: list[Line] = []
    written = keys.tables("lines", required=True)
    for index, line in enumerate(written):
        part = Keys(keys.source, (*keys.at, "lines", index), line)
        try:
            lines.append(_line(part, unit, reading))
        except Wrong as error:
            part.wrong("", error)
    keys.done()
    check_traits(keys, frozenset(name for line in lines for name in line.columns), basis)
    try:
        check_unit(unit)
    except Wrong as error:
        keys.wrong("unit", error)
        return None
    return Strand(code, title, unit, worse, tuple(lines), keys.source.name) if lines and len(lines) == len(written) else None


def _line(keys: Keys, unit: str, reading: Reading) -> Line:
    """Raises Wrong for what cannot be read at all."""
    dataset = reading.dataset(keys.text("dataset", required=True))
    columns = reading.columns(dataset.code)
    value, at = keys.text("sum"), keys.text("at", default=dataset.at)
    counted, where = keys.flag("count"), keys.text("where")
    keys.done()
    if bool(value) == counted:
        raise Wrong("strand", "a line gives one of `sum` and `count`", 'write sum = "column", or count = true')
    for name in (value, at):
        if name and name not in columns:
            raise Wrong("column", f"{dataset.code} has no column '{clipped(name)}'", nearest(name, columns))
    _check_line(dataset, columns, value, at, unit)
    scope = Scope(reading.known_columns(dataset.code), reading.tables)
    return Line(dataset.code, at, value, parse_flag(where, scope, "'where'") if where else None)


def _check_line(dataset: Dataset, columns: Mapping[str, Column], value: str, at: str, unit: str) -> None:
    """Raises Wrong where the rows have no household, no month, or another unit."""
    if dataset.keyed not in ("person", "household"):
        raise Wrong("dataset", f"the rows of {dataset.code} are of no household", "name a dataset of persons or households")
    if dataset.authorised_only:
        raise Wrong("dataset", f"{dataset.code} opens only under an authorisation", "a strand is followed of everybody")
    if not at or columns[at].holds not in _DATED:
        raise Wrong("column", f"'{clipped(at)}' of {dataset.code} says no month", "name a date, a month or a school year by `at`")
    found = columns[value].type.unit if value else unit
    if value and (columns[value].type.kind != "number" or found != unit):
        raise Wrong("unit", f"'{value}' is in {found or 'no unit'}, the strand in {unit}", "sum a number of the strand's unit")
