"""The straight road: rows of a plain dataset from the files of the archive to narrow columns, without SQL.

Plain is a dataset whose rows need nothing of other rows than whether they are still in force: most are, and a dozen statements
over each of a hundred datasets cost more than their rows. What counts is said in `state.py`; both roads give the same bytes,
and tests hold one against the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.ascending import distinct, stand_among
from jiuzhu.registry.archived import CHANGE, DELIVERY, HASH, ROW, Delivered
from jiuzhu.registry.profile.files import RECORD, ArchiveFile, Known, Part
from jiuzhu.registry.profile.fulls import EPOCH, Fulls
from jiuzhu.registry.profile.narrow import DIGITS, HOLDS, Narrow, letters_of, narrowed, numbered_ids, record_ids
from jiuzhu.registry.profile.placing import in_order, numbers_of
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.profile.types import arrow_type
from jiuzhu.registry.profile.wanted import Wanted
from jiuzhu.rules.tree import Column, Dataset

Whole = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
_OWNER = "id_no"
_NOBODY: Whole = np.empty(0, np.int32)
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


def is_plain(dataset: Dataset, wanted: Wanted) -> bool:
    """Whether nothing is looked up for its rows or in them, and they belong to their person alone."""
    code, columns = dataset.code, dataset.columns
    if _OWNER not in columns or "household_id" in columns or dataset.keyed == "division" or wanted.since.get(code):
        return False
    if any(code in (one.dataset, one.source) for one in wanted.derived) or any(one.dataset == code for one in wanted.relations):
        return False
    return all(columns[name].type.kind != "thing" for name in wanted.kept[code] if name in columns)


@dataclass(frozen=True)
class Homes:
    """Where people stand in the base. position: of everybody by their number, below zero for who has none. authorised: by position."""

    position: Whole
    authorised: Mask


@dataclass(frozen=True)
class Spelling:
    """What the numbers of records stand for: `prefix` and so many digits, or texts in their order."""

    prefix: bytes = b""
    width: int = 0
    texts: pa.Array | None = None

    def told(self, records: Whole) -> Narrow:
        if self.texts is not None:
            return record_ids(self.texts.take(pa.array(records)))
        if not len(records):
            return numbered_ids(b"", 1, records)
        # What all that are left begin with, as if their texts were looked at.
        least, greatest = (f"{number:0{self.width}}" for number in (int(records.min()), int(records.max())))
        same = next((place for place in range(self.width) if least[place] != greatest[place]), self.width - 1)
        left = records - int(least[:same] or 0) * 10 ** (self.width - same)
        return numbered_ids(self.prefix + least[:same].encode(), self.width - same, left)


class Straight:
    """Reads plain datasets. files: dataset to the files of each delivery by its number.

    everybody: the persons the archive names, each once. links: (candidate, person) of people known by likeness, or alone.
    """

    def __init__(
        self,
        files: Mapping[str, Mapping[int, Sequence[Path]]],
        moment: Moment,
        deliveries: Sequence[Delivered],
        everybody: Whole,
        links: pa.Table | None,
    ) -> None:
        self._files, self.moment, self._deliveries = files, moment, deliveries
        self.known = Known(everybody, links)

    def spoken_of(self, dataset: Dataset, housed: Mask) -> Iterator[tuple[str, pa.Table]]:
        """By column: (person, region) of everybody its rows name who is not housed, with the least division of these rows."""
        names = [name for name, column in sorted(dataset.columns.items()) if column.type.kind == "person"]
        found: dict[str, list[pa.Table]] = {name: [] for name in names}
        for file in self.opened(dataset, names, ("data_date", "region_code")):
            seen = self.seen(dataset, file)
            for name in names:
                owner = file.persons(name)
                there = (owner >= 0) & ~housed[owner]
                at = np.flatnonzero(there if seen is None else there & seen)
                if len(at):
                    region = file.texts("region_code").take(at)
                    assert region.words is not None
                    texts = region.words.take(pa.array(region.cells, mask=region.empty)).cast(pa.string())
                    found[name].append(pa.table({"owner": owner[at], "region": texts}))
        for name, tables in found.items():
            if tables:
                least = pa.concat_tables(tables).group_by("owner").aggregate([("region", "min")])
                yield name, pa.table({"person": self.known.everybody[np.asarray(least["owner"])], "region": least["region_min"]})

    def rows(self, dataset: Dataset, kept: Sequence[str], homes: Homes) -> list[Narrow]:
        """The rows in force as the base keeps them, sorted by person and record id."""
        rows = Rows(self, dataset, kept)
        position = np.where(rows.owner >= 0, homes.position[rows.owner], -1).astype(np.int32)
        if dataset.authorised_only:
            rows.leave((position >= 0) & homes.authorised[position])
        order = rows.left[in_order(position[rows.left], _NOBODY, rows.record[rows.left], len(homes.authorised))]
        answer = [
            Narrow("person", "int32", position[order]),
            rows.spelling.told(rows.record[order]),
            Narrow(DELIVERY, "int32", narrowed(rows.delivery[order])),
        ]
        for name in kept:
            column = dataset.columns[name]
            part = rows.parts[name].take(order)
            if column.type.kind == "person":
                part = Part(np.where(part.cells >= 0, homes.position[part.cells], -1))
                empty = part.cells < 0
                part = Part(np.maximum(part.cells, 0), empty if empty.any() else None)
            answer.append(_narrow(column, part))
        return answer

    def opened(
        self, dataset: Dataset, names: Sequence[str], fixed: Sequence[str], only: Collection[int] | None = None
    ) -> Iterator[ArchiveFile]:
        """The files of a dataset, one after the other, with these fields and these of the archive's own columns.

        only: those of these deliveries.
        """
        for number, paths in self._files[dataset.code].items():
            for path in paths if only is None or number in only else ():
                yield ArchiveFile(path, number, dataset, names, self.known, fixed)

    def holds(self, dataset: Dataset, numbers: Collection[int]) -> bool:
        """Whether any of these deliveries has rows."""
        return any(self._files[dataset.code].get(number) for number in numbers)

    def seen(self, dataset: Dataset, file: ArchiveFile) -> Mask | None:
        """Which rows may count: not later than the day, not replaced by a full delivery; None: all do."""
        days = file.days()
        seen: Mask = days <= (self.moment.as_of - EPOCH).days
        replaced = self.fulls(dataset).replaced(file.number, days, file.lies_in)
        if replaced is not None:
            seen &= ~replaced
        return None if seen.all() else seen

    def fulls(self, dataset: Dataset) -> Fulls:
        return Fulls.of(dataset.code, self._deliveries, self.moment.as_of)


class Rows:
    """Rows of a dataset as they come, file after file. left: the numbers of those that still count.

    only: those of these deliveries, as if there were no others. owner: the number of their person among everybody, below zero for
    nobody. record: numbers that sort as the record ids do.
    """

    def __init__(self, road: Straight, dataset: Dataset, kept: Sequence[str], only: Collection[int] | None = None) -> None:
        self._road, self._dataset, self._only = road, dataset, only
        states = dataset.rows == "state"
        things = [name for name in dataset.thing if name != _OWNER] if states else []
        names = sorted({*kept, _OWNER, *things, *([dataset.at] if dataset.at and not states else [])})
        fixed = [RECORD, CHANGE, "data_date", *(["region_code"] if road.fulls(dataset).fulls else [])]
        self._chosen: list[Whole | None] = []
        pieces: dict[str, list[Part]] = {name: [] for name in names}
        sizes, deliveries, ids, sent, gone = [], [], [], [], []
        for file in road.opened(dataset, names, fixed, only):
            seen = road.seen(dataset, file)
            at = None if seen is None else np.flatnonzero(seen)
            self._chosen.append(at)
            for name in names:
                part = file.part(dataset.columns[name])
                pieces[name].append(part if at is None else part.take(at))
            sent.append(narrowed(_some(file.days(), at)))
            retracted = file.retracted()
            gone.append(np.zeros(len(sent[-1]), bool) if retracted is None else _some(retracted, at))
            ids.append(_spelt(file.records(), at))
            sizes.append(len(sent[-1]))
            deliveries.append(file.number)
        self.parts = {name: _joined(some) for name, some in pieces.items()}
        self.owner = self.parts[_OWNER].cells.astype(np.int32) if _OWNER not in kept else self.parts[_OWNER].cells
        self.delivery = np.repeat(np.array(deliveries, np.int32), sizes)
        self._ends = np.cumsum(sizes)
        self._sent = np.concatenate(sent)
        self.record, self.spelling = self._records(ids)
        self.left: Whole = np.arange(len(self.record), dtype=np.int32 if len(self.record) < 2**31 else np.int64)
        self._newest_versions()
        self._without(np.concatenate(gone) | self._later())
        if states:
            self._newest_of_things([self.parts[name] for name in things])

    def leave(self, mask: Mask) -> None:
        """Only these rows still count. mask: of all rows."""
        self.left = self.left[mask[self.left]]

    def _without(self, mask: Mask) -> None:
        if mask.any():
            self.leave(~mask)

    def _records(self, ids: Sequence[tuple[bytes, int, Whole] | None]) -> tuple[Whole, Spelling]:
        """Numbers that sort as the record ids do: their digits where all look alike, else the places of the texts in order."""
        spelt = {one[:2] for one in ids if one is not None and len(one[2])}
        if len(spelt) <= 1 and None not in ids:
            prefix, width = next(iter(spelt), (b"", 1))
            return np.concatenate([one[2] for one in ids if one is not None]), Spelling(prefix, width)
        files = self._road.opened(self._dataset, (), (RECORD,), self._only)
        texts = pa.concat_arrays(
            [_taken(file.records().cast(pa.large_string()), at) for file, at in zip(files, self._chosen, strict=True)]
        )
        coded = texts.dictionary_encode()
        order = np.asarray(pc.sort_indices(coded.dictionary))
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        return rank[np.asarray(coded.indices)], Spelling(texts=coded.dictionary.take(pa.array(order)))

    def _newest_versions(self) -> None:
        """Of a record sent more than once the newest version: the day, then the content hash, then what makes it one."""
        twice = _twice(self.record)
        if not len(twice):
            return
        at = np.flatnonzero(stand_among(self.record, twice))
        content, row = self._of_files(HASH, at), self._of_files(ROW, at)
        keys = (row, self.delivery[at], ~content, -self._sent[at].astype(np.int64), self.record[at])
        self._without(_all_but_first(at, keys, [self.record[at]], len(self.record)))

    def _of_files(self, name: str, at: Whole) -> Whole:
        """A column of the archive's own for these rows."""
        answer = np.empty(len(at), np.int64)
        begin = 0
        files = self._road.opened(self._dataset, (), (name,), self._only)
        for file, chosen, end in zip(files, self._chosen, self._ends.tolist(), strict=True):
            low, high = np.searchsorted(at, [begin, end])
            if high > low:
                mine = at[low:high] - begin
                answer[low:high] = file.numbers(name)[mine if chosen is None else chosen[mine]]
            begin = end
        return answer

    def _later(self) -> Mask:
        """Events and months after the day; states may speak of the future."""
        column = self._dataset.columns.get(self._dataset.at)
        moment = self._road.moment
        bounds = {
            "date": (moment.as_of - EPOCH).days,
            "instant": moment.seconds,
            "month": moment.month,
            "quarter": moment.month // 3,
        }
        if column is None or self._dataset.rows == "state" or column.holds not in bounds:
            return np.zeros(len(self.record), bool)
        part = self.parts[column.name]
        later: Mask = part.cells > bounds[column.holds]
        return later if part.empty is None else later & ~part.empty

    def _newest_of_things(self, parts: Sequence[Part]) -> None:
        """Of each thing of a person the newest row; a row that says nothing of its thing is a thing of its own."""
        at = self.left
        mine = [part.take(at) for part in parts]
        if mine:
            nothing = np.logical_and.reduce([np.zeros(len(at), bool) if part.empty is None else part.empty for part in mine])
            if nothing.any():
                at = at[~nothing]
                mine = [part.take(~nothing) for part in mine]
        owner = self.owner[at]
        mixed = _mixed([owner, *(cells for part in mine for cells in _exact(part))])
        again = stand_among(mixed, _twice(mixed))
        at, mine, owner = at[again], [part.take(again) for part in mine], owner[again]
        exact = [owner, *(cells for part in mine for cells in _exact(part))]
        keys = (-self.record[at], -self._sent[at].astype(np.int64), *exact)
        self._without(_all_but_first(at, keys, exact, len(self.record)))


def _spelt(texts: pa.Array, at: Whole | None) -> tuple[bytes, int, Whole] | None:
    texts = _taken(texts, at)
    if not len(texts):
        return b"", 0, np.empty(0, np.int64)
    letters = letters_of(texts)
    return None if letters is None else numbers_of(letters, DIGITS)


def _taken(texts: pa.Array, at: Whole | None) -> pa.Array:
    return texts if at is None else texts.take(pa.array(at))


def _some(cells: Whole, at: Whole | None) -> Whole:
    return cells if at is None else cells[at]


def _joined(parts: Sequence[Part]) -> Part:
    """Pieces of a column as one; words of all of them, each once."""
    cells = [part.cells for part in parts]
    words = None
    if parts[0].words is not None:
        every = pa.concat_arrays([part.words for part in parts]).dictionary_encode()
        code, begin = np.asarray(every.indices), 0
        for number, part in enumerate(parts):
            assert part.words is not None
            own = code[begin : begin + len(part.words)]
            begin += len(part.words)
            cells[number] = own[part.cells] if len(own) else np.zeros(len(part.cells), np.int32)
        words = every.dictionary
    empty = None
    if any(part.empty is not None for part in parts):
        empty = np.concatenate([np.zeros(len(part.cells), bool) if part.empty is None else part.empty for part in parts])
    return Part(np.concatenate(cells), empty, words)


def _narrow(column: Column, part: Part) -> Narrow:
    """A column as it will lie."""
    kind = arrow_type(column)
    empty = part.empty if part.empty is not None and part.empty.any() else None
    if part.words is not None:
        used, codes = np.unique(part.cells if empty is None else part.cells[~empty], return_inverse=True)
        cells = np.zeros(len(part.cells), np.int32)
        cells[slice(None) if empty is None else ~empty] = codes
        return Narrow(column.name, "word", cells, empty, part.words.take(pa.array(used)))
    return Narrow(column.name, HOLDS[kind], part.cells if kind == pa.bool_() else narrowed(part.cells), empty)


def _exact(part: Part) -> list[Whole]:
    """What tells the cells of a column from each other: empty ones are alike, and like no other."""
    return [part.cells] if part.empty is None else [np.where(part.empty, 0, part.cells), part.empty]


def _mixed(columns: Sequence[Whole]) -> Whole:
    """One number a row, alike where all columns are; very rarely alike where they are not, which whoever asks looks after."""
    mixed = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        mixed = (mixed ^ (mixed >> np.uint64(29)) ^ (column.astype(np.int64).view(np.uint64) * _MIX[0])) * _MIX[1]
    return mixed


def _twice(numbers: Whole) -> Whole:
    """The numbers that stand more than once, ascending."""
    line = np.sort(numbers)
    same = line[1:][line[1:] == line[:-1]]
    return distinct(same)


def _all_but_first(at: Whole, keys: Sequence[Whole], alike: Sequence[Whole], count: int) -> Mask:
    """Of rows that are alike in all these columns all but the first by `keys`, the last key foremost. at: the rows, of `count`."""
    order = np.lexsort(keys)
    again = np.ones(len(at), bool)
    if len(at):
        again[0] = False
    again[1:] = np.logical_and.reduce([column[order][1:] == column[order][:-1] for column in alike])
    mask = np.zeros(count, bool)
    mask[at[order[again]]] = True
    return mask
