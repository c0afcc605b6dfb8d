"""`permissions.toml` and `permissions.csv`: who may ask or do what, to things standing where, and for what purpose."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jiuzhu.rules.datasets import LEVELS
from jiuzhu.rules.faults import CatalogueFaults, Fault, Wrong, clipped, nearest, shown
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.division import TIERS

FILE, WORDS = "permissions.csv", "permissions.toml"
COLUMNS = ("operation", "role", "relation", "state", "purpose", "level", "at_most")
RELATIONS = ("own", "child", "sibling", "parent", "elsewhere", "assigned", "self", "mandate", "linked")
CASEWORK, ADMINISTRATORS = "casework", ("system_administrator", "security_administrator", "audit_administrator")
DUTIES = (CASEWORK, *ADMINISTRATORS, "none")
MOST_OF_ADMINISTRATORS = "internal"


@dataclass(frozen=True)
class Role:
    """duty: nobody holds roles of two duties. tiers: of division in which it can be held; none, if no account can."""

    code: str
    title: Title
    duty: str
    tiers: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """states: those of the things it is done to; none where they have no states.

    only_sealed: it takes something away for good, a file or money, and is not done while the record of acts is not sealed (C7).
    """

    code: str
    title: Title
    states: tuple[str, ...]
    only_sealed: bool = False


@dataclass(frozen=True)
class PermissionRow:
    """One grant. state, purpose: "" is any. level: the highest of fields it opens. at_most: people or households at once; None: any."""

    operation: str
    role: str
    relation: str
    state: str
    purpose: str
    level: str
    at_most: int | None
    path: str = field(compare=False, default="")
    line: int = field(compare=False, default=0)

    def covers(self, other: PermissionRow) -> bool:
        """Whether something could fall under both; of two such rows nobody knew which one counts."""
        if (self.operation, self.role, self.relation) != (other.operation, other.role, other.relation):
            return False
        return (not self.state or not other.state or self.state == other.state) and (
            not self.purpose or not other.purpose or self.purpose == other.purpose
        )


@dataclass
class Permissions:
    """The table with its words. A row grants; what no row grants is refused."""

    roles: dict[str, Role] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    purposes: dict[str, Title] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[PermissionRow]] = field(default_factory=dict)

    def of(self, operation: str, role: str) -> tuple[PermissionRow, ...]:
        return tuple(self.rows.get((operation, role), ()))

    def all_rows(self) -> tuple[PermissionRow, ...]:
        return tuple(row for rows in self.rows.values() for row in rows)


def read_permissions(folders: Iterable[Path], reading: Reading) -> Permissions:
    """What these folders say; a known word, or a row that another one covers, is a fault."""
    found, folders = Permissions(), tuple(folders)
    for folder in folders:
        if (folder / WORDS).is_file():
            _read_words(Source(folder / WORDS, reading.faults), found, reading)
    for folder in folders:
        if (folder / FILE).is_file():
            _read_rows(folder / FILE, found, reading.faults)
    return found


def load_permissions(*folders: Path) -> Permissions:
    """The table of these folders alone, without the rest of the catalogue. Raises CatalogueFaults with every fault."""
    reading = Reading()
    found = read_permissions(folders, reading)
    if reading.faults:
        raise CatalogueFaults(reading.faults)
    return found


def _read_words(source: Source, found: Permissions, reading: Reading) -> None:
    whole = Keys(source, (), source.data)
    for kind in ("purposes", "roles", "operations"):
        for code, item in whole.table(kind).items():
            if not isinstance(item, dict):
                source.fault((kind, code), "wrong_kind", f"'{clipped(code)}' is not a table", 'write { zh = "…", en = "…" }')
                continue
            keys = Keys(source, (kind, code), item)
            title = Title(keys.text("zh", required=True), keys.text("en", required=True))
            made = _word(kind, code, title, keys)
            keys.done()
            if reading.new(kind.rstrip("s"), code, source):
                getattr(found, kind)[code] = made
    whole.done()


def _word(kind: str, code: str, title: Title, keys: Keys) -> Any:
    if kind == "roles":
        duty = keys.text("duty", required=True, one_of=DUTIES, default=CASEWORK)
        tiers = keys.words("tiers")
        for tier in tiers:
            if tier not in (*TIERS, "grid"):
                keys.fault("tiers", "wrong_word", f"'{clipped(tier)}' is no tier", nearest(tier, (*TIERS, "grid")))
        return Role(code, title, duty, tiers)
    return Operation(code, title, keys.words("states"), keys.flag("only_sealed")) if kind == "operations" else title


def _read_rows(path: Path, found: Permissions, faults: list[Fault]) -> None:
    name = shown(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    except UnicodeDecodeError:
        faults.append(Fault(name, 0, "file", "the file is not UTF-8", "save it as UTF-8"))
        return
    reader = csv.DictReader(lines, strict=True)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        faults.append(Fault(name, 1, "columns", "the columns are others", f"the columns are {', '.join(COLUMNS)}"))
        return
    try:
        for cells in reader:
            try:
                _add(_row(cells, found, name, reader.line_num), found)
            except Wrong as error:
                faults.append(Fault(name, reader.line_num, error.rule, error.problem, error.mend))
    except csv.Error as error:
        faults.append(Fault(name, reader.line_num, "file", f"not CSV: {error}", "mend the quotes of this line"))


def _row(cells: Mapping[str, str | None], words: Permissions, path: str, line: int) -> PermissionRow:
    if None in cells or None in cells.values():
        raise Wrong("columns", "the row has another number of cells than the first line", "write all seven, empty ones too")
    text = {key: (value or "").strip() for key, value in cells.items()}
    _known("operation", text, words.operations)
    _known("role", text, words.roles)
    _known("relation", text, RELATIONS)
    _known("level", text, LEVELS)
    if text["purpose"]:
        _known("purpose", text, words.purposes)
    if text["state"]:
        _known("state", text, words.operations[text["operation"]].states)
    most = text["at_most"]
    if most and not (most.isascii() and most.isdigit() and int(most) > 0):
        raise Wrong("number", f"at_most '{clipped(most)}'", "write a whole number from 1 on, or leave it empty")
    if words.roles[text["role"]].duty in ADMINISTRATORS and LEVELS.index(text["level"]) > LEVELS.index(MOST_OF_ADMINISTRATORS):
        problem = f"{text['role']} would read what is {text['level']}"
        raise Wrong("administrator", problem, f"no administrator reads a family's file: write {MOST_OF_ADMINISTRATORS} or less")
    return PermissionRow(
        text["operation"], text["role"], text["relation"], text["state"], text["purpose"], text["level"],
        int(most) if most else None, path, line,
    )  # fmt: skip


def _known(column: str, text: Mapping[str, str], words: Iterable[str]) -> None:
    if text[column] not in words:
        raise Wrong(column, f"{column} '{clipped(text[column])}' is not known", nearest(text[column], words))


def _add(row: PermissionRow, found: Permissions) -> None:
    beside = found.rows.setdefault((row.operation, row.role), [])
    for other in beside:
        if row.covers(other):
            problem = f"{row.operation} by {row.role} on {row.relation} is there twice, first in {other.path}:{other.line}"
            raise Wrong("twice", problem, "keep one row, or let each name another state or purpose")
    beside.append(row)
