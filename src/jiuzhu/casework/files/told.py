"""The items of a family's file: what is known of each, from whom and how old, and what kind of silence stands where nothing is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from jiuzhu.casework.accounts.permissions import Grant
from jiuzhu.casework.files.lanes import NOTHING
from jiuzhu.registry.public import Family, KnownRow
from jiuzhu.rules.family import Group, Item
from jiuzhu.rules.tree import Column, Title

State = Literal["known", "none", "late", "missing", "refused", "empty", "hidden"]
ANSWERED: frozenset[State] = frozenset({"known", "none"})
OLD_AFTER = 365  # days after which what is known is marked as old
AUTHORISATIONS = "civil_verification_authorisation"
_SILENT: Mapping[str, State] = {"none": "none", "old": "late", "missing": "missing"}
_CAUSES: Mapping[str, State] = {
    "not delivered": "missing", "stale": "late", "period missing": "late", "no authorisation": "refused",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """What is known of one item, of one member (by place) or of the whole family (None).

    state: known; none, delivered and no such row; late, nothing newer was delivered; missing, never delivered; refused, nobody
    authorised it; empty, the cell is empty and that says nothing; hidden, above what the reader may see. value: plain text, a
    code as its words. source: who delivered it, "" for a fact. age: days from `sent` to the day of the release. old: too old to
    lean on. late: known, but nothing newer came; a sum is then at least that.
    """

    item: Item
    member: int | None
    state: State
    value: Title = NOTHING
    unit: str = ""
    dataset: Title = NOTHING
    source: str = ""
    sent: date | None = None
    age: int | None = None
    late: bool = False

    @property
    def old(self) -> bool:
        return self.state == "known" and self.age is not None and self.age > OLD_AFTER

    @property
    def answered(self) -> bool:
        return self.state in ANSWERED


@dataclass(frozen=True)
class GroupTold:
    """answered: items of which every line is an answer; "no record" is one, silence is none. missing: the others."""

    group: Group
    lines: tuple[Line, ...]
    answered: int
    missing: tuple[Item, ...]
    old: int

    @property
    def percent(self) -> int:
        return self.answered * 100 // len(self.group.items)


@dataclass(frozen=True)
class Lack:
    """Items that one dataset leaves without an answer, all for one reason. dataset: empty where it is worked out by rule."""

    dataset: Title
    state: State
    items: int


def lacks(groups: Sequence[GroupTold]) -> tuple[Lack, ...]:
    """Why the file is not complete: every item without an answer once, by whose it is and what kind of silence, the most first."""
    counted: dict[tuple[Title, State], set[str]] = {}
    for group in groups:
        silent = {line.item.code: line for line in reversed(group.lines) if not line.answered}
        for code, line in silent.items():
            counted.setdefault((line.dataset, line.state), set()).add(code)
    found = [Lack(dataset, state, len(codes)) for (dataset, state), codes in counted.items()]
    return tuple(sorted(found, key=lambda one: (-one.items, one.dataset.zh, one.state)))


def groups_told(family: Family, grant: Grant) -> tuple[GroupTold, ...]:
    """Every group of the file as this reader may see it."""
    answer = []
    for group in family.catalogue.family_file.groups:
        by_item = {item.code: _lines(family, item, grant) for item in group.items}
        lines = tuple(line for told in by_item.values() for line in told)
        missing = tuple(item for item in group.items if not all(line.answered for line in by_item[item.code]))
        answer.append(GroupTold(group, lines, len(group.items) - len(missing), missing, sum(line.old for line in lines)))
    return tuple(answer)


def _lines(family: Family, item: Item, grant: Grant) -> list[Line]:
    return _of_fact(family, item, grant) if item.fact else _of_rows(family, item, grant)


def _of_fact(family: Family, item: Item, grant: Grant) -> list[Line]:
    fact = family.catalogue.facts[item.fact]
    if not grant.opens("personal"):
        return [Line(item, None, "hidden")]
    words = dict(entry.split(":", 1) for entry in fact.codes.split("|")) if fact.codes else {}
    lines = []
    for told in family.facts[item.fact]:
        state: State = told.state if told.state != "unknown" else _why(told.because)
        value = _worded(family, words.get(told.value, told.value), fact.type.kind)
        lines.append(Line(item, told.member, state, value, fact.type.unit, sent=family.household.as_of, age=0))
    return lines


def _why(because: Sequence[tuple[str, str]]) -> State:
    return next((_CAUSES[cause] for cause, _ in because if cause in _CAUSES), "empty")


def _of_rows(family: Family, item: Item, grant: Grant) -> list[Line]:
    household, dataset = family.household, family.catalogue.datasets[item.dataset]
    column = family.catalogue.columns(item.dataset)[item.column] if item.column else None
    if not grant.opens(column.level if column else "personal"):
        return [Line(item, None, "hidden", dataset=dataset.title)]
    by_member: dict[int | None, list[KnownRow]] = {}
    for row in household.rows.get(item.dataset, ()):
        by_member.setdefault(row.member, []).append(row)
    closed: set[int] = set()
    if dataset.authorised_only:
        closed = set(range(len(household.people))) - _authorised(family)
        by_member = {member: rows for member, rows in by_member.items() if member is not None and member not in closed}
    if closed and not by_member:
        return [Line(item, None, "refused", dataset=dataset.title)]
    if not by_member:
        return [Line(item, None, _SILENT[household.silent.get(item.dataset, "none")], dataset=dataset.title)]
    refused = [Line(item, member, "refused", dataset=dataset.title) for member in sorted(closed)]
    order = sorted(by_member, key=lambda member: -1 if member is None else member)
    return [_line(family, item, column, member, by_member[member]) for member in order] + refused


def _authorised(family: Family) -> set[int]:
    """The members with a live authorisation on the day of the release; silence on withdrawal is not consent."""
    day = family.household.as_of.isoformat()
    return {
        row.member
        for row in family.household.rows.get(AUTHORISATIONS, ())
        if row.member is not None
        and row.columns.get("revoked") == "false"
        and "" < row.columns.get("sign_date", "") <= day <= row.columns.get("valid_to", "")
    }


def _line(family: Family, item: Item, column: Column | None, member: int | None, rows: list[KnownRow]) -> Line:
    household, dataset = family.household, family.catalogue.datasets[item.dataset]
    newest = max(rows, key=lambda row: (row.columns.get(dataset.at, ""), row.sent or date.min, row.record_id))
    told = {"dataset": dataset.title, "source": newest.source.partition("@")[0], "sent": newest.sent, "age": newest.age}
    late = item.dataset in household.late
    if item.how != "newest":
        since = _months_before(household.as_of, item.months).isoformat()
        within = [
            row for row in rows if row.columns.get(dataset.at, "")[:10] > since[: len(row.columns.get(dataset.at, "")[:10])]
        ]
        if column is None:
            return Line(item, member, "known", Title(str(len(within)), str(len(within))), "times", late=late, **told)  # type: ignore[arg-type]
        cells = [Decimal(row.columns[column.name]) for row in within if row.columns.get(column.name)]
        text = f"{sum(cells, Decimal(0)):.2f}"
        return Line(item, member, "known", Title(text, text), column.unit, late=late, **told)  # type: ignore[arg-type]
    assert column is not None
    cell = newest.columns.get(column.name, "")
    if not cell:
        return Line(item, member, "none" if column.empty == "none" else "empty", late=late, **told)  # type: ignore[arg-type]
    words = family.catalogue.words(column)
    value = _worded(family, words.get(cell, cell), "flag" if column.holds == "flag" else "")
    return Line(item, member, "known", value, column.unit if column.holds in _FIGURES else "", late=late, **told)  # type: ignore[arg-type]


_FIGURES = ("money", "decimal", "integer")


def _worded(family: Family, text: str, kind: str) -> Title:
    if kind == "flag":
        return {"true": Title("是", "yes"), "false": Title("否", "no")}.get(text, Title(text, text))
    return Title(text, family.catalogue.english(text))


def _months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the last of the month where that month is shorter."""
    number = day.year * 12 + day.month - 1 - months
    year, month = divmod(number, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
