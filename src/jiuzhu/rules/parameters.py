"""Dated local numbers: of one indicator or fact, or shared; the nearest division above wins, within it the newest."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from jiuzhu.rules.faults import Fault, Wrong, clipped, nearest, shown
from jiuzhu.rules.units import check_unit, scale_of

OWNED = ("indicator", "name", "division", "from", "to", "value", "unit", "source", "confidence", "least", "most", "adaptive")
SHARED = ("item", "division", "place", "from", "to", "value", "unit", "source", "confidence", "set_by")
INVENTED = "invented"  # how sure a row is that nobody ever set, for a place where nobody lives
_OPTIONAL = ("least", "most", "adaptive", "set_by", "place")
_TIERS = (12, 9, 6, 4, 2)
_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,8})?")


@dataclass(frozen=True)
class ParameterValue:
    """One row. `value` is None where the number was not found (`text` empty), or where it is a word (`text` has it).

    In force from `since` up to, not including, `until` (None: still). like: the shared item this one follows.
    """

    owner: str
    name: str
    division: str
    since: date
    until: date | None
    value: Decimal | None
    text: str
    unit: str
    source: str
    confidence: str
    least: Decimal | None = None
    most: Decimal | None = None
    adaptive: bool = False
    like: str = ""
    path: str = ""
    line: int = 0


@lru_cache(maxsize=1 << 16)
def trimmed(division: str) -> str:
    """A division code without the noughts of the tiers below it: 370500 is 3705, the nation is empty."""
    code = division.ljust(12, "0")
    for end, start in ((12, 9), (9, 6), (6, 4), (4, 2), (2, 0)):
        if code[start:end].strip("0"):
            return code[:end]
    return ""


@lru_cache(maxsize=1 << 16)  # asked for each number of each family
def ancestors(division: str) -> tuple[str, ...]:
    """The trimmed codes of a division and all above it, nearest first, the nation last."""
    code = division.ljust(12, "0")
    chain = [trimmed(code[:tier]) for tier in _TIERS] + [""]
    return tuple(dict.fromkeys(chain))


@dataclass
class Parameters:
    """All rows by (owner, name); owner "" is shared."""

    rows: dict[tuple[str, str], list[ParameterValue]] = field(default_factory=dict)

    def names(self, owner: str) -> tuple[str, ...]:
        return tuple(name for other, name in self.rows if other == owner)

    def owners(self) -> frozenset[str]:
        return frozenset(owner for owner, _ in self.rows if owner)

    def of(self, owner: str, name: str) -> Sequence[ParameterValue]:
        """All rows of one parameter, in the order of the files."""
        return tuple(self.rows.get((owner, name), ()))

    def divisions(self) -> frozenset[str]:
        """Every division that a row speaks of, trimmed."""
        return frozenset(trimmed(row.division) for rows in self.rows.values() for row in rows)

    def lookup(self, owner: str, name: str, division: str, on: date) -> ParameterValue | None:
        """The row in force there and then, also one whose number was not found. None if no row applies."""
        rows = self.rows.get((owner, name), ())
        here = [row for row in rows if row.since <= on and (row.until is None or on < row.until)]
        for place in ancestors(division):
            found = [row for row in here if trimmed(row.division) == place]
            if found:
                return max(found, key=lambda row: row.since)
        return None

    def value(self, owner: str, name: str, division: str, on: date) -> ParameterValue | None:
        """As `lookup`, but None where the number is unset: an unset row hides those above it, for nothing is guessed."""
        row = self.lookup(owner, name, division, on)
        if row is not None and row.like and row.value is None and not row.text:
            return self.value("", row.like, division, on)
        return row if row is not None and row.value is not None else None

    def invented(self) -> tuple[str, ...]:
        """The names of numbers that are invented: they serve only where everybody is."""
        return tuple(name for (_, name), rows in self.rows.items() if any(row.confidence == INVENTED for row in rows))

    def unit(self, owner: str, name: str) -> str:
        """Raises Wrong where there is no such parameter."""
        rows = self.rows.get((owner, name))
        if not rows:
            whose = f"{owner} has no parameter '{name}'" if owner else f"there is no shared number '{name}'"
            where = "a row in parameters/indicators.csv" if owner else "a row in parameters/"
            raise Wrong("parameter", whose, f"write {where}; {nearest(name, self.names(owner))}")
        if rows[0].like:
            return self.unit("", rows[0].like)
        return rows[0].unit

    def scale(self, owner: str, name: str) -> int:
        """How many decimals the whole number of this parameter carries."""
        rows = self.rows.get((owner, name), [])
        if rows and rows[0].like:
            return self.scale("", rows[0].like)
        decimals = [-int(row.value.normalize().as_tuple().exponent) for row in rows if row.value is not None]
        return scale_of(self.unit(owner, name), max([0, *decimals]))


def read_parameters(folders: Iterable[Path], faults: list[Fault]) -> Parameters:
    """All CSV files of `parameters/` in the folders: `indicators.csv` has owners, every other file is shared."""
    answer = Parameters()
    for folder in folders:
        for path in sorted((folder / "parameters").glob("*.csv")):
            _read_file(path, answer, faults)
    for rows in answer.rows.values():
        _check_together(rows, answer, faults)
    return answer


def _read_file(path: Path, answer: Parameters, faults: list[Fault]) -> None:
    name = shown(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    except UnicodeDecodeError:
        faults.append(Fault(name, 0, "file", "the file is not UTF-8", "save it as UTF-8"))
        return
    reader = csv.DictReader(lines, strict=True)
    columns = tuple(reader.fieldnames or ())
    wanted = OWNED if path.name == "indicators.csv" else SHARED
    unknown = [column for column in columns if column not in (*wanted, "like")]
    missing = [column for column in wanted if column not in columns and column not in _OPTIONAL]
    if unknown or missing:
        problem = f"unknown columns {unknown}" if unknown else f"missing columns {missing}"
        faults.append(Fault(name, 1, "columns", problem, f"the columns are {', '.join(wanted)}"))
        return
    try:
        for cells in reader:
            try:
                row = _row(cells, name, reader.line_num)
                answer.rows.setdefault((row.owner, row.name), []).append(row)
            except Wrong as error:
                faults.append(Fault(name, reader.line_num, error.rule, error.problem, error.mend))
    except csv.Error as error:
        faults.append(Fault(name, reader.line_num, "file", f"not CSV: {error}", "mend the quotes of this line"))


def _row(cells: Mapping[str, str | None], path: str, line: int) -> ParameterValue:
    if None in cells or None in cells.values():
        raise Wrong("columns", "the row has another number of cells than the first line", "quote texts that contain commas")

    def cell(key: str) -> str:
        return (cells.get(key) or "").strip()

    owner, name = cell("indicator"), cell("name") or cell("item")
    if not name:
        raise Wrong("missing_key", "a parameter without a name", "write its name")
    division = cell("division")
    if not re.fullmatch(r"[0-9]{6}|[0-9]{9}|[0-9]{12}", division):
        raise Wrong("division", f"division '{clipped(division)}'", "write its code of 6, 9 or 12 digits, 000000 for the nation")
    if owner:
        check_unit(cell("unit"))
    text = cell("value")
    value = Decimal(text) if _NUMBER.fullmatch(text) else None
    if owner and text and value is None:
        raise Wrong(
            "number", f"value '{clipped(text)}'", "write a number such as 5000 or 0.4, or leave it empty where none was found"
        )
    if owner and value is not None and -int(value.normalize().as_tuple().exponent) > scale_of(cell("unit"), 1):
        raise Wrong("number", f"value '{text}' in {cell('unit')}", f"write at most {scale_of(cell('unit'), 1)} decimals")
    if owner and not cell("unit") and not cell("like"):
        raise Wrong("unit", f"parameter '{name}' has no unit", "write yuan, days, months, persons, ratio …")
    return ParameterValue(
        owner, name, division, _since(cell("from"), owner), _day(cell("to")) if cell("to") else None, value, text, cell("unit"),
        cell("source"), cell("confidence"), _bound(cell("least")), _bound(cell("most")), cell("adaptive") in ("yes", "true", "1"),
        cell("like"), path, line,
    )  # fmt: skip


def _since(text: str, owner: str) -> date:
    """The first day in force. A shared number may be undated: it holds until a dated row of its division begins."""
    return _day(text) if text or owner else date.min


def _day(text: str) -> date:
    """A day; of a month or year its first day."""
    wrong = Wrong("date", f"the date '{clipped(text)}'", "write 2026-03-01")
    found = _DAY.fullmatch(text)
    if found is None:
        raise wrong
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:  # written like a day, but there is none: 2026-02-30
        raise wrong from None


def _bound(text: str) -> Decimal | None:
    if text and not _NUMBER.fullmatch(text):
        raise Wrong("number", f"bound '{clipped(text)}'", "write a number, or leave it empty")
    return Decimal(text) if text else None


def _check_together(rows: Sequence[ParameterValue], all_rows: Parameters, faults: list[Fault]) -> None:
    """Rows of one parameter: one unit, no two from the same day in one division, numbers within their bounds."""
    seen: dict[tuple[str, date], ParameterValue] = {}

    def fault(row: ParameterValue, rule: str, problem: str, mend: str) -> None:
        faults.append(Fault(row.path, row.line, rule, f"{row.owner or 'shared'} {row.name} {problem}", mend))

    for row in rows:
        other = seen.setdefault((trimmed(row.division), row.since), row)
        if other is not row:
            problem = f"for {row.division} from {row.since} is there twice, first in {other.path}:{other.line}"
            fault(row, "twice", problem, "keep one row; end the older one with `to`")
        if row.owner and row.unit != rows[0].unit:
            problem = f"is in {row.unit} here and in {rows[0].unit} before"
            fault(row, "unit", problem, "write all rows of one parameter in one unit")
        if row.until is not None and row.until <= row.since:
            fault(row, "date", "ends before it begins", "`to` is the first day it no longer holds")
        low, high = row.least, row.most
        if row.value is not None and ((low is not None and row.value < low) or (high is not None and row.value > high)):
            fault(row, "number", "is outside its least and most", "mend the value or the bounds")
        if row.like and ("", row.like) not in all_rows.rows:
            fault(row, "parameter", f"follows '{row.like}', no shared number", nearest(row.like, all_rows.names("")))
