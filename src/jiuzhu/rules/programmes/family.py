"""A family as an application states it: FACTS.toml, read strictly; what it does not say stays unsaid."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path
from typing import Any, Final, TypeAlias

from jiuzhu.rules.faults import Fault, Wrong, clipped, nearest
from jiuzhu.rules.programmes.tree import HOUSEHOLD, LISTS, MEMBERS, NumberName, Programmes, Stated, Vocabulary
from jiuzhu.rules.source import Keys, Source

SOURCES = ("report", "visit", "declaration")
PLACES = ("registration", "residence", "emergency")
_HEAD = ("division", "residence_division", "emergency_division", "on", "applied_on", "parameters", "note")
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_DIVISION = re.compile(r"[0-9]{6}|[0-9]{9}|[0-9]{12}")


class Unsaid(Enum):
    """Said to be unknown (`"unknown"` in the file), or said twice over."""

    UNKNOWN = "unknown"
    CONFLICT = "conflict"  # two sources say two things


UNKNOWN: Final = Unsaid.UNKNOWN
CONFLICT: Final = Unsaid.CONFLICT
Plain: TypeAlias = bool | Decimal | date | str | Unsaid


class Owner(int):
    """The position of the member a thing is of."""


class FamilyRefused(Exception):
    """A file of facts that cannot be judged; every fault at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class Brought:
    """A local number the file brings along: it goes before the one of the catalogue, and the answer says so."""

    name: str
    value: Decimal | None
    text: str


@dataclass(frozen=True)
class Family:
    """What is stated. places: the division whose numbers count, by what it is the place of. things: each list by its level;
    unsaid: lists said to be unknown, and the members where there are none.
    a thing of a member carries the position of the member under "member", an obligor those it `supports`. listed: the lists that the file has at all.
    """

    on: date
    applied_on: date
    places: Mapping[str, str]
    household: Mapping[str, Plain]
    things: Mapping[str, tuple[Mapping[str, Any], ...]]
    listed: frozenset[str]
    unsaid: frozenset[str]
    parameters: Mapping[str, Brought]

    def name_of(self, member: int) -> str:
        """The word by which the file calls a member; its number where it gives none."""
        said = self.things[MEMBERS][member].get("name")
        return said if isinstance(said, str) else str(member + 1)


def read_family(path: Path, programmes: Programmes, text: str | None = None) -> Family:
    """Raises FamilyRefused with every fault of the file."""
    faults: list[Fault] = []
    source = Source(path, faults, text)
    if faults:
        raise FamilyRefused(faults)
    family = _Reader(source, programmes).read()
    if faults:
        raise FamilyRefused(faults)
    return family


def family_of(said: Mapping[str, Any], programmes: Programmes) -> Family:
    """As `read_family`, of facts that stand in no file; days may be texts. Raises FamilyRefused."""
    faults: list[Fault] = []
    source = Source(Path("facts"), faults, "")
    source.data = {key: _day_of(value) if key in ("on", "applied_on") else value for key, value in said.items()}
    family = _Reader(source, programmes).read()
    if faults:
        raise FamilyRefused(faults)
    return family


def _day_of(value: Any) -> Any:
    with suppress(ValueError, TypeError):
        return date.fromisoformat(value)
    return value


class _Reader:
    def __init__(self, source: Source, programmes: Programmes) -> None:
        self.source, self.numbers = source, programmes.numbers
        # Numbers of the catalogue that no programme reads: a file may bring them, and nothing follows from them.
        self.unread = programmes.unread
        self.vocabulary: Vocabulary = programmes.vocabulary
        self.keys = Keys(source, (), source.data)
        self.things: dict[str, list[dict[str, Any]]] = {level: [] for level in (MEMBERS, *LISTS)}
        self.listed: set[str] = set()
        self.unsaid: set[str] = set()

    def read(self) -> Family:
        data = self.source.data
        on = self.keys.day("on", required=True) or date.min
        applied = self.keys.day("applied_on") or on
        if applied > on:
            self.keys.fault(
                "applied_on", "date", f"applied on {applied}, decided on {on}", "the decision comes after the application"
            )
        division = self._division("division", required=True)
        places = {
            "registration": division,
            "residence": self._division("residence_division") or division,
            "emergency": self._division("emergency_division") or division,
        }
        parameters = self._parameters(data.get("parameters"))
        said = {key: value for key, value in data.items() if key not in (*_HEAD, HOUSEHOLD) and not self._is_list(key)}
        if isinstance(data.get(HOUSEHOLD), dict):
            said = {**said, **data[HOUSEHOLD]}
        household = self._record(HOUSEHOLD, said, (), also=(*_HEAD, HOUSEHOLD, MEMBERS, *LISTS))
        self._members(data, household)
        if MEMBERS not in self.listed:
            self.unsaid.add(MEMBERS)
        for level in LISTS:
            self._list(level, data.get(level), (level,), None)
        self._name_owners()
        things = {level: tuple(items) for level, items in self.things.items()}
        return Family(on, applied, places, household, things, frozenset(self.listed), frozenset(self.unsaid), parameters)

    def _is_list(self, key: str) -> bool:
        return key == MEMBERS or key in LISTS

    def _division(self, key: str, *, required: bool = False) -> str:
        value = self.keys.take(key, (str, int), "", required=required, called='"500103"')
        if value != "" and not _DIVISION.fullmatch(str(value)):
            self.keys.fault(
                key, "division", f"division '{clipped(str(value))}'", "write its code of 6, 9 or 12 digits, such as 500103"
            )
            return ""
        return str(value)

    # --- what is stated ---

    def _members(self, data: Mapping[str, Any], household: Mapping[str, Plain]) -> None:
        members = data.get(MEMBERS)
        self._list(MEMBERS, members, (MEMBERS,), None)
        size = household.get("size")
        if members is None and isinstance(size, Decimal) and 0 < size <= 50:
            # Only the number is stated: that many members of whom nothing else is.
            self.things[MEMBERS] = [{} for _ in range(int(size))]
            self.listed.add(MEMBERS)

    def _list(self, level: str, items: Any, at: tuple[str | int, ...], member: int | None) -> None:
        if items is None:
            return
        if items == "unknown":
            self.unsaid.add(level)
            return
        if level in ("homes", "vehicles") and isinstance(items, int) and not isinstance(items, bool) and 0 <= items <= 99:
            items = [{} for _ in range(items)]
        self.listed.add(level)
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            self.source.fault(
                at, "wrong_kind", f"'{level}' is not a list of tables", f"write [[{level}]] before each, or {level} = []"
            )
            return
        for index, item in enumerate(items):
            inner = {key: value for key, value in item.items() if level == MEMBERS and key in LISTS}
            said = {key: value for key, value in item.items() if key not in inner and key not in ("member", "owner", "supports")}
            record: dict[str, Any] = dict(self._record(level, said, (*at, index), also=("member", "owner", "supports", *inner)))
            record |= {key: item[key] for key in ("member", "supports") if key in item}
            if "owner" in item:
                record.setdefault("member", item["owner"])
            if member is not None:
                record["member"] = Owner(member)
            self.things[level].append(record)
            for key, below in inner.items():
                self._list(key, below, (*at, index, key), len(self.things[level]) - 1)

    def _record(self, level: str, said: Mapping[str, Any], at: tuple[str | int, ...], also: Sequence[str]) -> dict[str, Plain]:
        record: dict[str, Plain] = {}
        for word, value in said.items():
            one = self.vocabulary.find(level, word)
            if one is None:
                words = [*self.vocabulary.words(level), *also]
                self.source.fault(
                    (*at, word), "unknown_name", f"'{clipped(word)}' is no fact of {_called(level)}", nearest(word, words)
                )
                continue
            if one.name in record:
                self.source.fault((*at, word), "twice", f"'{one.name}' is stated twice, here as '{word}'", "keep one of them")
                continue
            try:
                record[one.name] = _plain(one, value)
            except Wrong as error:
                self.source.wrong((*at, word), error)
        return record

    def _name_owners(self) -> None:
        """`member` of a thing, and `supports` of an obligor, by the name or the number of a member."""
        names = {str(number + 1): number for number in range(len(self.things[MEMBERS]))}
        for number, member in enumerate(self.things[MEMBERS]):
            if names.setdefault(str(member.get("name", number + 1)), number) != number:
                self.source.fault(
                    (MEMBERS, number, "name"), "twice", "two members are called the same", "give each a name of its own"
                )
        for level in LISTS:
            for index, thing in enumerate(self.things[level]):
                # A list below a member has its owner already; only words of the file are looked up.
                if "member" in thing and not isinstance(thing["member"], Owner):
                    thing["member"] = self._owner(thing["member"], names, level, index)
                if isinstance(thing.get("supports"), int):
                    # A number says how many, a name says whom.
                    thing.setdefault("number_supported", Decimal(thing.pop("supports")))
                if "supports" in thing:
                    said = thing["supports"] if isinstance(thing["supports"], list) else [thing["supports"]]
                    thing["supports"] = {self._owner(each, names, level, index) for each in said}
                    thing.setdefault("supported_here", Decimal(len(thing["supports"])))

    def _owner(self, word: Any, names: Mapping[str, int], level: str, index: int) -> Owner | None:
        found = names.get(str(word))
        if found is None:
            self.source.fault((level, index), "member", f"'{clipped(str(word))}' is no member", nearest(str(word), names))
            return None
        return Owner(found)

    # --- numbers brought along ---

    def _parameters(self, table: Any) -> dict[str, Brought]:
        if table is None:
            return {}
        rows = _flat(table) if isinstance(table, dict) else _rows(table)
        if rows is None:
            self.source.fault(
                ("parameters",), "wrong_kind", "[parameters] is no table", '[parameters]\n"dibao.urban_monthly" = 770'
            )
            return {}
        found: dict[str, Brought] = {}
        for word, value in rows.items():
            name = self._number_name(word)
            if name is None and word in self.unread:
                continue
            if name is None:
                known = [word for one in self.numbers.values() for word in (one.name, *one.also)]
                self.source.fault(
                    ("parameters", word), "unknown_name", f"'{clipped(word, 64)}' is no local number", nearest(word, known)
                )
            elif name.name in found:
                self.source.fault(("parameters", word), "twice", f"'{name.name}' is there twice", "keep one of them")
            else:
                try:
                    found[name.name] = _brought(name, value)
                except Wrong as error:
                    self.source.wrong(("parameters", word), error)
        return found

    def _number_name(self, word: str) -> NumberName | None:
        return self.numbers.get(word) or next((one for one in self.numbers.values() if word in one.also), None)


def _called(level: str) -> str:
    return "the household" if level == HOUSEHOLD else f"[[{level}]]"


def _flat(table: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Dotted keys and quoted ones mean the same; a table with `value` is one number."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict) and "value" not in value:
            found |= _flat(value, f"{before}{key}.")
        else:
            found[before + key] = value["value"] if isinstance(value, dict) else value
    return found


def _rows(rows: Any) -> dict[str, Any] | None:
    """`[[parameters]]` with `item` and `value`, as the rows of the catalogue have them."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "item" in row and "value" in row for row in rows):
        return None
    return {str(row["item"]): row["value"] for row in rows}


def _brought(name: NumberName, value: Any) -> Brought:
    if name.words:
        word = next((word for word in name.words if word.lower() == str(value).lower()), str(value))
        if word not in name.words:
            raise Wrong("number", f"'{name.name}' = {clipped(repr(value))}", nearest(word, name.words))
        return Brought(name.name, None, word)
    value = int(value) if isinstance(value, bool) else value
    number = _decimal(value, name.name)
    if number < 0:
        raise Wrong("number", f"'{name.name}' = {number} is below zero", "no local number is")
    return Brought(name.name, number, "")


def _decimal(value: Any, name: str) -> Decimal:
    text = str(value).replace(",", "")
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)) or not _NUMBER.fullmatch(text):
        raise Wrong("number", f"'{name}' = {clipped(repr(value))}", 'write a number such as 770 or 1166.99, or "unknown"')
    return Decimal(text)


def _plain(one: Stated, value: Any) -> Plain:
    """A value as the fact holds it, or what each of its sources says. Raises Wrong."""
    if isinstance(value, dict):
        return _of_sources(one, value)
    if value == "unknown":
        return UNKNOWN
    if one.several:
        return _several(one, value)
    if one.type.kind == "flag":
        if not isinstance(value, bool):
            raise Wrong("wrong_kind", f"'{one.name}' = {clipped(repr(value))}", 'write true, false, or "unknown"')
        return value
    if one.type.kind == "date":
        return _day(one, value)
    if one.type.kind == "text":
        if not isinstance(value, str):
            raise Wrong("wrong_kind", f"'{one.name}' = {clipped(repr(value))}", 'write "text"')
        word: str = one.code_words.get(value, value)
        if one.codes and word not in one.codes:
            raise Wrong("code", f"'{one.name}' = '{clipped(word)}'", nearest(word, [*one.codes, *one.code_words]))
        return word
    return _amount(one, value)


def _of_sources(one: Stated, said: Mapping[str, Any]) -> Plain:
    """`{ value = 18000, source = "report" }`, or `{ report = 18000, declaration = 15000 }`, which must agree."""
    wrong = sorted(said.keys() - {*SOURCES, "value", "source", "on"})
    values = [_plain(one, said[key]) for key in ("value", *SOURCES) if key in said]
    if wrong or not values or said.get("source", SOURCES[0]) not in SOURCES:
        found = f"'{one.name}' has '{clipped(str(wrong[0] if wrong else said.get('source', '')))}'"
        raise Wrong("source", found, 'write { value = 18000, source = "report" }; sources are report, visit, declaration')
    return values[0] if all(value == values[0] for value in values) else CONFLICT


def _amount(one: Stated, value: Any) -> Decimal:
    number = _decimal(value, one.name)
    if number < 0 and not one.negative:
        raise Wrong("number", f"'{one.name}' = {number} is below zero", "write what is there; a debt has a name of its own")
    try:
        if number != number.quantize(Decimal(1).scaleb(-one.type.scale)):
            raise Wrong("number", f"'{one.name}' = {number}", f"write at most {one.type.scale} decimals")
    except InvalidOperation:
        raise Wrong("number", f"'{one.name}' = {number}", "this is too large to be true") from None
    return number


def _several(one: Stated, value: Any) -> Decimal:
    """How many different ones of its codes hold; a number is taken as it is."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= len(one.codes):
        return Decimal(value)
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise Wrong("wrong_kind", f"'{one.name}' = {clipped(repr(value))}", f"write a list of {', '.join(one.codes)}")
    words = {one.code_words.get(word, word) for word in value}
    for word in words:
        if word not in one.codes:
            raise Wrong("code", f"'{clipped(word)}' in '{one.name}'", nearest(word, [*one.codes, *one.code_words]))
    return Decimal(len(words))


def _day(one: Stated, value: Any) -> date:
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise Wrong("wrong_kind", f"'{one.name}' = {clipped(repr(value))}", "write 2026-03-01, without quotes")
    return value
