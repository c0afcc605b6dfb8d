"""Which divisions there are and were, by day: names, tiers, and what became of those that were merged, split or renumbered."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from jiuzhu.vocabulary.division import NATION, Tier, ancestors, canonical, tier


@dataclass(frozen=True, slots=True)
class Division:
    """One division for as long as its code was in force: from `since` (None: before 1981) until `until` (None: still)."""

    code: str
    name: str
    since: date | None = None
    until: date | None = None
    is_zone: bool = False

    @property
    def tier(self) -> Tier:
        return tier(self.code)

    def in_force(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Change:
    """On that day the area of `old`, or a part of it, became (part of) `new`."""

    on: date
    old: str
    new: str


class Divisions:
    """The table of divisions. Codes are those of the Ministry of Civil Affairs; `from_nbs` translates statistical ones.

    Functional zones (高新区) are in no national standard; here they lie under the division that their digits name, and
    count as always in force.
    """

    def __init__(
        self,
        divisions: Iterable[Division],
        changes: Iterable[Change] = (),
        *,
        nbs: Mapping[str, str] | None = None,
        villages: Path | None = None,
    ) -> None:
        self._lives: dict[str, list[Division]] = defaultdict(list)
        for division in divisions:
            self._lives[division.code].append(division)
        self._after: dict[str, list[Change]] = defaultdict(list)
        self._before: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            self._after[change.old].append(change)
            self._before[change.new].append(change)
        self._nbs = nbs or {}
        self._villages_path = villages

    @classmethod
    def load(cls, folder: Path) -> Divisions:
        """The table of a folder such as catalogue/divisions; its README says what the files hold."""
        divisions = [
            Division(code, name, _day(since), _day(until)) for code, name, since, until in _rows(folder / "divisions.csv.gz")
        ]
        zones = [Division(code, name, is_zone=True) for code, name in _rows(folder / "zones.csv")]
        changes = [Change(date.fromisoformat(on), old, new) for on, old, new, _ in _rows(folder / "changes.csv.gz")]
        nbs = _pairs(folder / "nbs.csv.gz")
        return cls([*divisions, *zones], changes, nbs=nbs, villages=folder / "villages.csv.gz")

    @staticmethod
    def kept(folder: Path) -> Divisions:
        """The same, read once as long as its files stay as they are: reading takes a quarter of a second."""
        told = [(path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(folder.glob("*.csv*"))]
        return _kept(folder, tuple(told))

    def find(self, code: str, *, on: date | None = None) -> Division | None:
        """The division of that code on that day, or without a day the last that had it. None if there is none."""
        code = canonical(code)
        if code == NATION:
            return Division(NATION, "全国")
        lives = self._lives.get(code, [])
        if len(code) == 12 and code in self.villages:
            township = self.find(code[:9], on=on)
            lives = [Division(code, self.villages[code], township.since, township.until)] if township else []
        if on is None:
            return lives[-1] if lives else None
        return next((life for life in lives if life.in_force(on)), None)

    def name(self, code: str) -> str:
        """Its name alone, empty if the table does not know the code."""
        found = self.find(code)
        return found.name if found else ""

    def full_name(self, code: str) -> str:
        """All names from the province down: 山东省东营市东营区文汇街道."""
        code = canonical(code)
        line = [code, *ancestors(code)]
        return "".join(self.name(each) for each in reversed(line) if each != NATION) or self.name(code)

    def parent(self, code: str) -> str | None:
        """The nearest division above that exists: for a county of Beijing the city. None above the nation."""
        return next((above for above in ancestors(code) if above == NATION or above in self._lives), None)

    def children(self, code: str, *, on: date) -> list[Division]:
        """The divisions directly below it on that day, zones among them, by code."""
        code = canonical(code)
        if len(code) == 9:
            below = [self.find(village, on=on) for village in self._villages_of.get(code, ())]
            return [division for division in below if division]
        return [life for each in self._children.get(code, ()) for life in self._lives[each] if life.in_force(on)]

    def each(self, tier_: Tier, *, on: date) -> Iterator[Division]:
        """All divisions of one tier above the village on that day, without zones."""
        for code in sorted(self._lives):
            for life in self._lives[code]:
                if life.tier == tier_ and life.in_force(on) and not life.is_zone:
                    yield life

    def resolve(self, code: str, on: date) -> list[str]:
        """The codes in force on that day for the area the code stood for, the one with the greatest part first.

        One code for a division that goes on or was renumbered, several for one that was split; looking back, what it was
        made of. A township that the table does not know counts as its county; nothing known gives an empty list.
        """
        code = canonical(code)
        if code == NATION:
            return [code]
        if len(code) == 12:
            return self._resolve_village(code, on)
        if code in self._lives:
            return _once(self._resolve_known(code, on))
        return self.resolve(code[:6], on) if len(code) == 9 else []

    def from_nbs(self, code: str) -> str | None:
        """The code of the Ministry of Civil Affairs for a statistical one (国家统计局), as of the list of 2025-12-31.

        Down to counties both are the same. None for a township that has no counterpart. The table knows the townships
        of Jiangsu, Shandong and Chongqing; elsewhere it gives None below the county.
        """
        code = canonical(code)
        if len(code) == 6:
            return code
        township = self._nbs.get(code[:9]) or None
        return township + code[9:] if township else None

    @cached_property
    def villages(self) -> Mapping[str, str]:
        """The names of villages and communities by code, read when first asked for."""
        if self._villages_path is None:
            return {}
        return _pairs(self._villages_path)

    @cached_property
    def _villages_of(self) -> Mapping[str, list[str]]:
        below: dict[str, list[str]] = defaultdict(list)
        for code in self.villages:
            below[code[:9]].append(code)
        return below

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        below: dict[str, list[str]] = defaultdict(list)
        for code in sorted(self._lives):
            above = self.parent(code)
            if above is not None:
                below[above].append(code)
        return below

    def _resolve_village(self, code: str, on: date) -> list[str]:
        townships = self.resolve(code[:9], on)
        if townships == [code[:9]]:
            return [code]
        if len(townships) == 1 and townships[0] + code[9:] in self.villages:
            return [townships[0] + code[9:]]
        return townships

    def _resolve_known(self, code: str, on: date) -> Iterator[str]:
        lives = self._lives[code]
        if any(life.in_force(on) for life in lives):
            yield code
            return
        ended = [life.until for life in lives if life.until is not None and life.until <= on]
        if ended:
            yield from self._forward(code, max(ended), on)
        else:
            yield from self._backward(code, min(life.since for life in lives if life.since is not None), on)

    def _forward(self, code: str, ended: date, on: date) -> Iterator[str]:
        for change in self._after[code]:
            if change.on == ended:
                life = _life_after(self._lives.get(change.new, []), ended)
                if life is not None and life.in_force(on):
                    yield life.code
                elif life is not None and life.until is not None:
                    yield from self._forward(life.code, life.until, on)

    def _backward(self, code: str, began: date, on: date) -> Iterator[str]:
        for change in self._before[code]:
            if change.on == began:
                life = _life_before(self._lives.get(change.old, []), began)
                if life is not None and life.in_force(on):
                    yield life.code
                elif life is not None and life.since is not None:
                    yield from self._backward(life.code, life.since, on)


@lru_cache(maxsize=2)
def _kept(folder: Path, files: tuple[tuple[str, int, int], ...]) -> Divisions:
    """files: what tells one state of the folder from another."""
    return Divisions.load(folder)


def _life_after(lives: list[Division], day: date) -> Division | None:
    """The life that has this day or is the first after it; never one that ended on it, so that following always goes on."""
    return next((life for life in lives if life.until is None or life.until > day), None)


def _life_before(lives: list[Division], day: date) -> Division | None:
    return next((life for life in reversed(lives) if life.since is None or life.since < day), None)


def _once(codes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(codes))


def _rows(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows


def _pairs(path: Path) -> dict[str, str]:
    return {row[0]: row[1] for row in _rows(path)}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
