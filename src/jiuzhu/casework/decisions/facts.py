"""Facts of a decision: what was declared, what the report found and what was seen at home, each with its source and its day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Set
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from jiuzhu.rules.programmes.tree import HOUSEHOLD, LISTS, MEMBERS

DECLARATION, VISIT, REPORT = "declaration", "visit", "report"
ORDER = (REPORT, VISIT, DECLARATION)  # what was found goes before what was seen, and that before what was said
HEAD = ("division", "residence_division", "emergency_division", "on", "applied_on", "parameters", "note")
FOUND = ("incomes", "assets")  # lists whose things tell the amount found beside the amount declared
TOTAL, SUMMED = "total_stated", "incomes"  # what a household told of a whole year, and the list that comes to the same
SEEN, LEFT_OUT = "seen", "left_out"  # believed of a thing that one source alone tells: it is not of this family


@dataclass(frozen=True)
class Told:
    """Facts of one source, in the form of FACTS.toml: money as text of yuan, members by the key of their party."""

    source: str
    on: date
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Gathered:
    """One family. facts: in the form of FACTS.toml. sources: path of a value (`members/P…/age`, `incomes/1/amount`) to its source
    and day. others: what another source says of it, where that differs. agreed: further sources that say the same. believed: path to
    the source an officer let stand against the order of sources, and why. alone: path of a thing only a visit knows (`vehicles/2`)
    to the one by which it is left out (`vehicles/seen/1`: the first the visit tells of).
    """

    facts: Mapping[str, Any]
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    others: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    agreed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    believed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    alone: Mapping[str, str] = field(default_factory=dict)

    def judged_on(self, **head: str) -> Gathered:
        """The same facts under other days."""
        return replace(self, facts={**self.facts, **head})

    @property
    def digest(self) -> str:
        """Of what is known and who says it, so that whoever chooses between sources chooses between those they saw."""
        said = json.dumps([self.facts, self.sources, self.others], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def gathered(
    told: Iterable[Told], *, chosen: Mapping[str, str] | None = None, because: Mapping[str, str] | None = None
) -> Gathered:
    """One set of facts out of several sources. chosen: path to the source an officer believes, where not the first of ORDER, or
    LEFT_OUT for a thing that was seen and is not theirs; because: path to the reason.

    What one source alone states holds; nothing is lost: what another says and differs stays beside it.
    """
    every = sorted(told, key=lambda one: ORDER.index(one.source))
    known = {str(item.get("name", "")) for one in every if one.source != VISIT for item in one.facts.get(MEMBERS, ())}
    made = _Gathering(dict(chosen or {}), known)
    for one in every:
        made.take(one)
    made.weigh_total()
    said = because or {}
    believed = {path: {"source": source, "because": said.get(path, "")} for path, source in (chosen or {}).items()}
    return Gathered(made.facts, made.sources, made.others, made.agreed, believed, made.alone)


class _Gathering:
    def __init__(self, chosen: Mapping[str, str], named: Set[str]) -> None:
        """named: members by the key of their party, as declared or found; a visit makes nobody a member of the family."""
        self.chosen, self.named = chosen, named
        self.facts: dict[str, Any] = {}
        self.sources: dict[str, dict[str, str]] = {}
        self.others: dict[str, dict[str, Any]] = {}
        self.agreed: dict[str, tuple[str, ...]] = {}
        self.alone: dict[str, str] = {}

    def weigh_total(self) -> None:
        """Both would say one thing twice: unless an officer believes the total, the list stands and the total is held beside it."""
        source = self.sources.get(TOTAL, {}).get("source")
        things = self.facts.get(SUMMED)
        if source != VISIT or not isinstance(things, list):
            return
        if self.chosen.get(TOTAL) == VISIT:
            listed = sum((Decimal(str(one.get("found", one.get("amount", 0)) or 0)) for one in things), Decimal(0))
            self.others.setdefault(TOTAL, {})[REPORT] = f"{listed:f}"
            del self.facts[SUMMED]
            return
        said = self.others.setdefault(TOTAL, {})
        said[VISIT] = self.facts.pop(TOTAL)
        del self.sources[TOTAL]

    def take(self, told: Told) -> None:
        for key, value in told.facts.items():
            if key == HOUSEHOLD and isinstance(value, Mapping):
                for name, item in value.items():
                    self._put(self.facts, name, name, item, told)
            elif key in HEAD:
                self.facts.setdefault(key, plain(value))
            elif key == MEMBERS:
                self._members(told, value)
            elif key in LISTS and isinstance(value, list):
                self._list(told, key, value)
            else:
                self._put(self.facts, key, key, value, told)

    def _members(self, told: Told, items: Any) -> None:
        members = self.facts.setdefault(MEMBERS, [])
        for item in items:
            name = str(item.get("name", len(members) + 1))
            if told.source == VISIT and name not in self.named:
                continue
            here = next((one for one in members if one.get("name") == name), None)
            if here is None:
                here = {"name": name}
                members.append(here)
            for key, value in item.items():
                if key != "name":
                    self._put(here, key, f"{MEMBERS}/{name}/{key}", value, told)

    def _list(self, told: Told, level: str, items: list[Mapping[str, Any]]) -> None:
        """A thing of a later source that is of the same member and kind as one found already is that thing; the first is left as it is."""
        known = self.facts.setdefault(level, [])
        before = list(range(len(known)))
        for number, item in enumerate(items, start=1):
            place = next((index for index in before if _same(known[index], told, item)), None)
            if place is None:
                seen = f"{level}/{SEEN}/{number}"
                if told.source == VISIT and self.chosen.get(seen) == LEFT_OUT:
                    self.others[seen] = {VISIT: plain(item.get("kind", ""))}
                    continue
                known.append({"source": told.source})
                place = len(known) - 1
                if told.source == VISIT:
                    self.alone[f"{level}/{place + 1}"] = seen
                for key, value in item.items():
                    if key != "source":
                        self._put(known[place], key, f"{level}/{place + 1}/{key}", value, told)
                continue
            before.remove(place)
            if level in FOUND and "amount" in item and known[place].get("source") == REPORT:
                self._found(known[place], f"{level}/{place + 1}")
            for key, value in item.items():
                if key != "source":
                    self._put(known[place], key, f"{level}/{place + 1}/{key}", value, told)

    def _found(self, thing: dict[str, Any], path: str) -> None:
        """The amount the report has of it is the amount found; where an officer believes what was declared, it stands beside."""
        if "amount" not in thing or "found" in thing:
            return
        found, source = thing.pop("amount"), self.sources.pop(f"{path}/amount")
        if self.chosen.get(f"{path}/found") == DECLARATION:
            self.others.setdefault(f"{path}/amount", {})[REPORT] = found
        else:
            thing["found"], self.sources[f"{path}/found"] = found, source

    def _put(self, record: dict[str, Any], key: str, path: str, value: Any, told: Told) -> None:
        value, source, on = _unwrapped(value, told)
        if key in record and record[key] is not None:
            if _text(record[key]) == _text(value):
                if self.sources[path]["source"] != source:
                    self.agreed[path] = (*self.agreed.get(path, ()), source)
                return
            if self.chosen.get(path) != source:
                self.others.setdefault(path, {})[source] = value
                return
            self.others.setdefault(path, {})[self.sources[path]["source"]] = record[key]
        record[key] = value
        self.sources[path] = {"source": source, "on": on.isoformat()}


def plain(value: Any) -> Any:
    """As JSON keeps it: days and decimals as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else deepcopy(value)


def _unwrapped(value: Any, told: Told) -> tuple[Any, str, date]:
    """A value may name a source and a day of its own: `{ value = 18000, source = "report", on = 2026-11-10 }`."""
    if isinstance(value, Mapping) and "value" in value:
        said = value.get("on", told.on)
        return (
            plain(value["value"]),
            str(value.get("source", told.source)),
            said if isinstance(said, date) else date.fromisoformat(said),
        )
    return plain(value), told.source, told.on


def _same(one: Mapping[str, Any], told: Told, other: Mapping[str, Any]) -> bool:
    """Of one kind, and of one owner, name and plate; what is seen at a home seldom says whose it is or how it is called."""
    if _text(one.get("kind")) != _text(_bare(other.get("kind"))):
        return False
    is_seen = VISIT in (told.source, one.get("source"))
    said = [key for key in ("member", "name", "plate") if not is_seen or (one.get(key) and other.get(key))]
    return all(_text(one.get(key)) == _text(_bare(other.get(key))) for key in said)


def _bare(value: Any) -> Any:
    return plain(value["value"]) if isinstance(value, Mapping) and "value" in value else plain(value)


def _text(value: Any) -> str:
    """Two amounts are the same whatever their noughts."""
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        return repr(value)
    try:
        return f"{Decimal(str(value)).normalize():f}"
    except ArithmeticError:
        return str(value)
