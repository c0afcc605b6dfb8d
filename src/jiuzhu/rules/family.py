"""`files/*.toml` and `family.toml`: what the file of a family tells, item by item, and what belongs to its chain of assistance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jiuzhu.rules.faults import Wrong, clipped, nearest
from jiuzhu.rules.reading import Reading, check_file_name
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Fact, Title

FOLDER, CHAIN = "files", "family.toml"
LANES = ("signals", "visits", "applications", "grants", "services", "results")
Way = Literal["newest", "sum", "count"]
_DATED = ("date", "month", "quarter", "instant", "school_year")


@dataclass(frozen=True)
class Item:
    """One line of a family's file: a fact, or a column of a dataset.

    how: the cell of the newest row, or over the last `months` the sum of the column, or how many rows there are (column "").
    """

    code: str
    title: Title
    fact: str
    dataset: str
    column: str
    how: Way
    months: int


@dataclass(frozen=True)
class Group:
    """A class of items. place: where it stands among the others."""

    code: str
    title: Title
    place: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Act:
    """Rows of a dataset that are acts of the chain, on the day of column `at`, up to that of `until` where it has one.

    tells: the column that says what it was, "" where the dataset says it. amount: the column of money, "" for none. merged:
    rows that tell the same at most 45 days apart are one act, so that twelve months of one allowance are one line.
    """

    lane: str
    dataset: str
    at: str
    until: str
    tells: str
    amount: str
    merged: bool


@dataclass(frozen=True)
class Expected:
    """After an act of one lane one of another is expected within so many days; else there is a gap."""

    title: Title
    after: str
    then: str
    days: int


@dataclass
class FamilyFile:
    """groups: in their order. tags: facts, a yes/no of a person each, by which a member is marked. acts, expected: as said."""

    groups: tuple[Group, ...] = ()
    tags: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    expected: tuple[Expected, ...] = ()
    items: Mapping[str, Item] = field(default_factory=dict)

    def columns(self) -> dict[str, set[str]]:
        """Dataset to the columns that are told, the day of a row aside."""
        answer: dict[str, set[str]] = {}
        for item in self.items.values():
            if item.dataset:
                answer.setdefault(item.dataset, set()).update({item.column} - {""})
        for act in self.acts:
            answer.setdefault(act.dataset, set()).update({act.at, act.until, act.tells, act.amount} - {""})
        return answer

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact that is told, each once."""
        return tuple(dict.fromkeys((*(item.fact for item in self.items.values() if item.fact), *self.tags)))


def read_family_file(folders: Iterable[Path], facts: Mapping[str, Fact], reading: Reading) -> FamilyFile:
    """What these folders say; a known group, item or place among groups is a fault."""
    groups: list[Group] = []
    acts: list[Act] = []
    expected: list[Expected] = []
    tags: list[str] = []
    items: dict[str, Item] = {}
    for folder in folders:
        for path in sorted((folder / FOLDER).glob("*.toml")):
            source = Source(path, reading.faults)
            group = _group(Keys(source, (), source.data), facts, items, reading)
            if reading.new("group of items", group.code, source):
                _check_place(group, groups, source)
                groups.append(group)
        if (folder / CHAIN).is_file():
            source = Source(folder / CHAIN, reading.faults)
            keys = Keys(source, (), source.data)
            tags += _tags(keys, facts)
            _read_chain(keys, acts, expected, reading)
    groups.sort(key=lambda group: group.place)
    return FamilyFile(tuple(groups), tuple(dict.fromkeys(tags)), tuple(acts), tuple(expected), items)


def _check_place(group: Group, others: Iterable[Group], source: Source) -> None:
    beside = next((other for other in others if other.place == group.place), None)
    if beside is not None:
        source.fault(
            ("place",), "twice", f"place = {group.place} is that of {beside.code} too", "give each group a place of its own"
        )


def _group(keys: Keys, facts: Mapping[str, Fact], known: dict[str, Item], reading: Reading) -> Group:
    code, title = keys.text("code", required=True), keys.title("title")
    place = keys.whole("place", required=True, default=1, least=1)
    check_file_name(keys.source, code)
    items = []
    for name, told in keys.table("items", required=True).items():
        part = Keys(keys.source, ("items", name), told if isinstance(told, dict) else {})
        try:
            item = _item(part, name, facts, reading)
        except Wrong as error:
            part.wrong("", error)
            continue
        if name in known:
            part.fault("", "twice", f"item '{clipped(name)}' is there twice", "each item stands in one group, once")
            continue
        known[name] = item
        items.append(item)
    keys.done()
    return Group(code, title, place, tuple(items))


def _item(keys: Keys, code: str, facts: Mapping[str, Fact], reading: Reading) -> Item:
    """Raises Wrong for what cannot be told of a family."""
    title = Title(keys.text("zh", required=True), keys.text("en", required=True))
    fact, dataset = keys.text("fact"), keys.text("dataset")
    column, summed, counted = keys.text("column"), keys.text("sum"), keys.flag("count")
    months = keys.whole("months", default=12, least=1)
    keys.done()
    if bool(fact) == bool(dataset):
        raise Wrong("item", "an item is a fact or a column of a dataset", 'write fact = "…", or dataset = "…" and column = "…"')
    if fact:
        if fact not in facts:
            raise Wrong("fact", f"fact '{clipped(fact)}' does not exist", nearest(fact, facts))
        if column or summed or counted:
            raise Wrong("item", "a fact is told as it is", "leave out column, sum and count")
        return Item(code, title, fact, "", "", "newest", months)
    _check_dataset(dataset, reading)
    if sum((bool(column), bool(summed), counted)) != 1:
        raise Wrong("item", "an item of a dataset tells one thing", 'write one of column = "…", sum = "…", count = true')
    if column or summed:
        _check_column(dataset, column or summed, reading, money=bool(summed))
    if (summed or counted) and not _dated(dataset, reading.dataset(dataset).at, reading):
        raise Wrong("column", f"the rows of {dataset} are of no day", "tell a column of the newest row")
    how: Way = "newest" if column else "sum" if summed else "count"
    return Item(code, title, "", dataset, column or summed, how, months)


def _check_dataset(code: str, reading: Reading) -> None:
    if reading.dataset(code).keyed not in ("person", "household"):
        raise Wrong("dataset", f"the rows of {code} are of no family", "name a dataset of persons or households")


def _check_column(dataset: str, name: str, reading: Reading, *, money: bool = False) -> None:
    column = reading.column(dataset, name)
    if column.identity:
        raise Wrong("column", f"'{name}' of {dataset} is an identity", "identities stay in the vault; tell another column")
    if money and column.type.kind != "number":
        raise Wrong("column", f"'{name}' of {dataset} cannot be summed", "name a column of numbers")


def _dated(dataset: str, name: str, reading: Reading) -> bool:
    columns = reading.columns(dataset)
    return name in columns and columns[name].holds in _DATED


def _tags(keys: Keys, facts: Mapping[str, Fact]) -> Iterable[str]:
    for code in keys.words("tags"):
        if code not in facts:
            keys.fault("tags", "fact", f"fact '{clipped(code)}' does not exist", nearest(code, facts))
        elif facts[code].of != "person" or facts[code].type.kind != "flag":
            keys.fault("tags", "fact", f"fact '{code}' is no yes/no of a person", "name facts that hold of a person or not")
        else:
            yield code


def _read_chain(keys: Keys, acts: list[Act], expected: list[Expected], reading: Reading) -> None:
    for index, told in enumerate(keys.tables("acts", required=True)):
        part = Keys(keys.source, ("acts", index), told)
        try:
            acts.append(_act(part, reading))
        except Wrong as error:
            part.wrong("", error)
    for index, told in enumerate(keys.tables("expected")):
        part = Keys(keys.source, ("expected", index), told)
        title = Title(part.text("zh", required=True), part.text("en", required=True))
        after = part.text("after", required=True, one_of=LANES, default=LANES[0])
        then = part.text("then", required=True, one_of=LANES, default=LANES[1])
        expected.append(Expected(title, after, then, part.whole("days", required=True, default=1, least=1)))
        part.done()
    keys.done()


def _act(keys: Keys, reading: Reading) -> Act:
    """Raises Wrong."""
    lane: Any = keys.text("lane", required=True, one_of=LANES, default=LANES[0])
    dataset = keys.text("dataset", required=True)
    at, until = keys.text("at", required=True), keys.text("until")
    tells, amount, merged = keys.text("tells"), keys.text("amount"), keys.flag("merged")
    keys.done()
    _check_dataset(dataset, reading)
    for name in (at, until):
        if name and not _dated(dataset, name, reading):
            _check_column(dataset, name, reading)
            raise Wrong("column", f"'{name}' of {dataset} says no day", "name a date or a month")
    for name in (tells, amount):
        if name:
            _check_column(dataset, name, reading, money=name == amount)
    return Act(lane, dataset, at, until, tells, amount, merged)
