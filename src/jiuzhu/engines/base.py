"""The door between what was profiled and what is evaluated: the base an engine reads, and the result it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeVar, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.rules.parameters import ParameterValue
from jiuzhu.rules.tree import Dataset, Derived, Fact, Indicator, Relation, Table, Type

LEVELS = {"red": 4, "orange": 3, "yellow": 2, "blue": 1}
HASH_PRIME = 65_521
_Told = TypeVar("_Told")
_Else = TypeVar("_Else")
SIGNALS = pa.schema(
    [("indicator", pa.string()), ("subject", pa.int32()), ("level", pa.int8()), ("value", pa.int64()), ("threshold", pa.int64())]
)
UNKNOWN = pa.schema([("indicator", pa.string()), ("subject", pa.int32())])


def value_scale(measure: Type) -> int:
    """How many decimals the whole number carries that a measure of this type becomes in a result: money 2, counts 0, others 4."""
    if any(factor.split("/")[0] == "yuan" for factor in measure.unit.split("*")):
        return 2
    return 4 if measure.scale else 0


class Dated(Protocol):
    """Numbers by owner and name ("" for shared ones), division and day; None where none is set. of: all rows of one of them.

    divisions: every division that any row speaks of, without the noughts of the tiers below it.
    """

    def value(self, owner: str, name: str, division: str, on: date) -> ParameterValue | None: ...
    def of(self, owner: str, name: str) -> Sequence[ParameterValue]: ...
    def divisions(self) -> frozenset[str]: ...


class Known(Protocol):
    """What engines read of a catalogue. derived: dataset to its derived columns by name."""

    @property
    def datasets(self) -> Mapping[str, Dataset]: ...
    @property
    def derived(self) -> Mapping[str, Mapping[str, Derived]]: ...
    @property
    def facts(self) -> Mapping[str, Fact]: ...
    @property
    def relations(self) -> Mapping[str, Relation]: ...
    @property
    def tables(self) -> Mapping[str, Table]: ...
    @property
    def parameters(self) -> Dated: ...


@dataclass(frozen=True)
class ByArea(Mapping[tuple[str, int], _Told]):
    """What is alike in all places of an area, kept once, and asked by dataset and place: a province has 60,000 villages.

    told: by dataset and area. areas: the area of each place, by its index.
    """

    told: Mapping[tuple[str, int], _Told]
    areas: Sequence[int]

    def __getitem__(self, key: tuple[str, int]) -> _Told:
        dataset, place = key
        if not 0 <= place < len(self.areas):
            raise KeyError(key)
        return self.told[dataset, self.areas[place]]

    @overload
    def get(self, key: tuple[str, int], /) -> _Told | None: ...
    @overload
    def get(self, key: tuple[str, int], /, default: _Told | _Else) -> _Told | _Else: ...
    def get(self, key: tuple[str, int], /, default: Any = None) -> Any:
        dataset, place = key
        return self.told.get((dataset, self.areas[place]), default) if 0 <= place < len(self.areas) else default

    def __iter__(self) -> Iterator[tuple[str, int]]:
        places: dict[int, list[int]] = {}
        for place, area in enumerate(self.areas):
            places.setdefault(area, []).append(place)
        return ((dataset, place) for dataset, area in self.told for place in places.get(area, ()))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True)
class Coverage:
    """What was delivered, where and for when.

    fresh: (dataset, place) to whether the newest delivery is no older than the dataset's `stale_after`.
    first_day: (dataset, place) to the first day any delivery reaches. gaps, months, quarters: (dataset, place) to month
    (or quarter) numbers missing between first and last delivery, and those delivered and closed by `as_of`, newest first.
    A pair that is not in `fresh` was never delivered there.
    """

    fresh: Mapping[tuple[str, int], bool]
    first_day: Mapping[tuple[str, int], date] = field(default_factory=dict)
    gaps: Mapping[tuple[str, int], frozenset[int]] = field(default_factory=dict)
    months: Mapping[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)
    quarters: Mapping[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)

    def known(self, dataset: str, place: int, first: date | None, last: date | None) -> bool:
        """Whether nothing that the dataset should say of `place` from `first` to `last` is missing; None is open."""
        key = (dataset, place)
        if not self.fresh.get(key, False):
            return False
        if last is not None and key in self.first_day and last < self.first_day[key]:
            return False
        gaps = self.gaps.get(key)
        if gaps and first is not None and last is not None:
            low, high = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
            return not any(low <= month <= high for month in gaps)
        return True


@dataclass(frozen=True)
class Base:
    """The people, households and rows of one place and day. Positions are dense and belong to this base only.

    people: row i is person i, in household order (the members of living household h are the positions from `first`
        up to `first + count`): household int32, hukou int32 (-1 none), place int32, authorised bool.
    households: row h is living household h: first int32, count int32, place int32.
    hukou: row k is hukou household k: place int32. Its members are the people with that `hukou`.
    places: row p is a division: code text (6 to 12 digits). Coverage and parameters are asked by place.
    rows: dataset to its rows in force at `now`, sorted by person: person, household, hukou int32 (-1 none; a row with a
        household number of its own follows that), record_id text, then the columns rules read, derived ones among them.
        Types: money int64 fen, decimal int64 ten-thousandths, integer and numeric code int64, flag bool, date date32,
        month, quarter, school year int32, instant int64 (seconds since 1970 UTC), text string, id columns int32 person
        position, other identity texts int32 number of the thing. Null is an empty cell.
        A column `<c>__since` (date32) stands beside each state column c that a rule asks `since` of. Of a base on the disk it is
        a `mapped.Mapped`, as are `relations`: a table is made of the narrow columns there when it is asked for, and let go
        when nobody holds it; `narrow(dataset)` reads the columns where they lie.
    relations: relation to (person, other int32, and the relation's columns), sorted by person.
    given: fact to {position: value or None for unknown}, put in the place of what would be worked out; persons' facts by person,
        households' by living household. Used by examples and by decisions on facts brought along. Values as people say them:
        bool, int or Decimal (yuan, not fen), date, text, a month as its number.
    """

    as_of: date
    now: datetime
    people: pa.Table
    households: pa.Table
    hukou: pa.Table
    places: pa.Table
    rows: Mapping[str, pa.Table]
    relations: Mapping[str, pa.Table]
    coverage: Coverage
    given: Mapping[str, Mapping[int, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Tally:
    """What one indicator gave, all exact: engines must agree on every number."""

    indicator: str
    count: int
    unknown: int
    grades: Mapping[str, int]
    value_sum: int
    subject_sum: int
    mix: int


@dataclass(frozen=True)
class Result:
    """What a run found.

    signals: indicator text, subject int32 (person, living or hukou household position by the indicator's kind), level int8,
        value int64 null (fen, ten-thousandths for ratios and other decimals, else whole), threshold int64 null (same scale as
        its parameter: money 2 decimals, counts 0, else 4); sorted by indicator, subject.
    unknown: indicator text, subject int32; sorted likewise.
    """

    signals: pa.Table
    unknown: pa.Table
    fell_back: tuple[str, ...] = ()

    def tallies(self, indicators: Sequence[Indicator]) -> tuple[Tally, ...]:
        """One tally an indicator, in the order given, also for those that found nothing."""
        rows = _by_indicator(self.signals)
        unknown = {code: found.num_rows for code, found in _by_indicator(self.unknown).items()}
        nothing = self.signals.slice(0, 0)
        return tuple(_tally(item.code, rows.get(item.code, nothing), unknown.get(item.code, 0)) for item in indicators)


def _by_indicator(table: pa.Table) -> dict[str, pa.Table]:
    """The rows of each indicator; they stand together, as results are sorted."""
    codes = table["indicator"].combine_chunks().dictionary_encode()
    at = codes.indices.to_numpy()
    starts = np.flatnonzero(np.diff(at, prepend=-1))
    ends = np.append(starts, len(at))[1:]
    names = codes.dictionary.to_pylist()
    return {names[at[start]]: table.slice(start, end - start) for start, end in zip(starts, ends, strict=True)}


def _tally(code: str, rows: pa.Table, unknown: int) -> Tally:
    subject = rows["subject"].to_numpy().astype(np.int64)
    level = rows["level"].to_numpy().astype(np.int64)
    value = pc.fill_null(rows["value"], 0).to_numpy()
    return Tally(
        indicator=code,
        count=rows.num_rows,
        unknown=unknown,
        grades={grade: int((level == number).sum()) for grade, number in LEVELS.items()},
        # In two halves, since the sum of many amounts may not fit into 64 bits.
        value_sum=(int((value >> 32).sum()) << 32) + int((value & 0xFFFF_FFFF).sum()),
        subject_sum=int((level * subject).sum()),
        mix=int(((value % HASH_PRIME) * (subject % HASH_PRIME)).sum()),
    )


def kind_of(indicator: Indicator) -> str:
    """What its subjects are: person, household (living) or hukou."""
    if indicator.of == "person":
        return "person"
    return "hukou" if indicator.group == "hukou" else "household"


class Engine(Protocol):
    """Runs rules over a base. `households` limits the subjects to these living households and their people."""

    name: str

    def run(
        self,
        base: Base,
        indicators: Sequence[Indicator],
        *,
        households: Sequence[int] | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Result: ...
