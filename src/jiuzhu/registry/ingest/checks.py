"""One batch of text cells checked against its dataset: good rows as typed columns, bad ones set aside with their reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.registry.ingest.batch import Batch
from jiuzhu.registry.ingest.bounds import Bounds
from jiuzhu.registry.ingest.cells import EPOCH, region
from jiuzhu.registry.ingest.columns import (
    CODES,
    LONGEST_CELL,
    NUMBER_OF,
    Cells,
    ColumnReader,
    Marks,
    archive_type,
    cleaned,
    narrowed,
)
from jiuzhu.registry.ingest.content import BROKEN
from jiuzhu.registry.ingest.faults import Unfit, shape
from jiuzhu.registry.ingest.headers import CHANGE
from jiuzhu.registry.ingest.ids import Ids, digits_lost, read_ids
from jiuzhu.registry.ingest.shapes import Shape
from jiuzhu.registry.vault.texts import combined, mixed, text_numbers
from jiuzhu.registry.vault.told import TOLD
from jiuzhu.rules.tree import Column

CHANGES = {"I": 0, "U": 1, "D": 2}
GRACE = timedelta(days=3660)  # a record of an old month may be sent, or corrected, years after; 2062 for 2026 is a slip
REJECTED = pa.schema(
    [
        ("row", pa.int64()),
        ("column", pa.string()),
        ("shape", pa.string()),
        ("reason", pa.string()),
        ("cells", pa.list_(pa.string())),
    ]
)
DETAILS = pa.schema([("packed", pa.int64()), ("kind", pa.string()), ("text", pa.string())])


@dataclass(frozen=True)
class Checked:
    """rows: good rows, person columns as packed numbers (null empty, 0 wrong), columns of things as texts.

    rejected: bad rows with their cells as delivered. details: what is known of persons, each once a batch.
    unlinked: one row for each wrong or missing number of a person who has a name.
    """

    rows: pa.RecordBatch
    rejected: pa.RecordBatch
    details: pa.RecordBatch
    unlinked: pa.RecordBatch


class _Marks:
    """The first reason of each row, and the column it was found in."""

    def __init__(self, count: int) -> None:
        self.reason: Marks = np.zeros(count, dtype=np.int8)
        self.column: npt.NDArray[np.int16] = np.zeros(count, dtype=np.int16)
        self.names: list[str] = []

    def add(self, name: str, marks: Marks) -> None:
        self.names.append(name)
        new = (marks != 0) & (self.reason == 0)
        if new.any():
            self.reason[new] = marks[new]
            self.column[new] = len(self.names) - 1

    def add_where(self, name: str, where: npt.NDArray[np.bool_], reason: str) -> None:
        if where.any():
            self.add(name, np.where(where, NUMBER_OF[reason], 0).astype(np.int8))


class _BatchCheck:
    """The work on one batch; `columns` fills up with cleaned cells and typed values."""

    def __init__(
        self, batch: Batch, plan: Shape, period_end: date | None, bounds: Bounds, readers: Mapping[str, ColumnReader]
    ) -> None:
        self.batch, self.plan, self.period_end, self.bounds, self.readers = batch, plan, period_end, bounds, readers
        self.count = len(batch.rows)
        self.marks = _Marks(self.count)
        self.cells = {name: cleaned(array) for name, array in batch.columns.items()}
        self.values: dict[str, pa.Array] = {}
        self.ids: dict[str, Ids] = {}
        self.numbers: dict[str, npt.NDArray[np.uint64]] = {}

    def run(self) -> Checked:
        self._whole_cells()
        change = self._change()
        for name, column in self.plan.dataset.columns.items():
            self._column(name, column)
        self._required(change)
        self._dates()
        self._bounds()
        good = self.marks.reason == 0
        rows = self._rows(change)
        if not good.all():
            rows = rows.filter(pa.array(good))
        return Checked(rows, self._rejected(good), self._details(good), self._unlinked(good))

    def _whole_cells(self) -> None:
        for name, cells in self.cells.items():
            if cells.longest > LONGEST_CELL:
                long = pc.fill_null(pc.greater(pc.utf8_length(cells.texts), LONGEST_CELL), False)
                self.marks.add_where(name, np.asarray(long), "cell_too_long")
            if cells.wide:
                broken = pc.fill_null(pc.match_substring(cells.texts, BROKEN), False)
                self.marks.add_where(name, np.asarray(broken), "broken_text")

    def _change(self) -> Marks:
        if CHANGE not in self.cells:
            return np.zeros(self.count, dtype=np.int8)
        texts = pc.utf8_upper(pc.fill_null(self.cells[CHANGE].texts, "I"))
        change = np.asarray(pc.index_in(texts, pa.array(list(CHANGES))).fill_null(-1)).astype(np.int8)
        self.marks.add_where(CHANGE, change < 0, "bad_change")
        return np.where(change < 0, 0, change).astype(np.int8)

    def _column(self, name: str, column: Column) -> None:
        place = self.plan.places[name]
        if name not in self.cells:
            kept = pa.string() if place in ("thing", "vault", "region", "person") else archive_type(column)
            self.values[name] = pa.nulls(self.count, kept)
            if place == "person":
                none = np.zeros(self.count, dtype=np.int64)
                self.ids[name] = Ids(none, none.astype(np.int8), none.astype(bool))
            return
        cells = self.cells[name]
        if place == "person":
            self.ids[name] = read_ids(cells)
            self.marks.add_where(name, self.ids[name].lost, "digits_lost")
            return
        if name == "region_code" or place == "region":
            self.values[name] = self._regions(name, cells, strict=name == "region_code")
            return
        read = self.readers[name].read(cells)
        self.values[name] = read.values
        self.marks.add(name, read.marks)
        if column.holds == "text" and place != "vault":
            self.marks.add_where(name, digits_lost(cells), "digits_lost")
        if place == "thing":
            self.values[name] = _spelled_thing(read.values, column.identity)

    def _regions(self, name: str, cells: Cells, *, strict: bool) -> pa.Array:
        dictionary = narrowed(cells).dictionary_encode()
        found: list[str | None] = []
        wrong = np.zeros(len(dictionary.dictionary) + 1, dtype=bool)
        for place, text in enumerate(dictionary.dictionary.to_pylist()):
            try:
                found.append(region(text))
            except Unfit:
                found.append(None if strict else text)
                wrong[place] = strict
        self.marks.add_where(name, wrong[np.asarray(dictionary.indices.fill_null(len(found)))], "bad_region")
        return pa.array(found, type=pa.string()).take(dictionary.indices)

    def _required(self, change: Marks) -> None:
        """A retraction only has to say which record, and as of when. A missing or wrong id number needs a name beside it."""
        kept = change != CHANGES["D"]
        for name, column in self.plan.dataset.columns.items():
            if not column.required and name not in ("record_id", "data_date"):
                continue
            where = slice(None) if name in ("record_id", "data_date") else kept
            if self.plan.places[name] == "person":
                empty = self._is_empty(name) & ~self._is_named(name)
            else:
                empty = np.asarray(self.values[name].is_null())
            missing = np.zeros(self.count, dtype=bool)
            missing[where] = empty[where]
            self.marks.add_where(name, missing, "missing_value")
        if self.plan.own:
            wrong = (self.ids[self.plan.own].fault != 0) & ~self._is_named(self.plan.own) & kept
            self.marks.add_where(self.plan.own, wrong, "bad_id")

    def _is_empty(self, name: str) -> npt.NDArray[np.bool_]:
        """Which cells are empty; all of them where the file has no such column."""
        return np.asarray(self.cells[name].texts.is_null()) if name in self.cells else np.ones(self.count, dtype=bool)

    def _is_named(self, person: str) -> npt.NDArray[np.bool_]:
        for name, kind in self.plan.details[person].items():
            if kind == "name" and name in self.cells:
                return ~self._is_empty(name)
        return np.zeros(self.count, dtype=bool)

    def _dates(self) -> None:
        if self.period_end is None:
            return
        days = np.asarray(self.values["data_date"].cast(pa.int32()).fill_null(0))
        self.marks.add_where("data_date", days > (self.period_end + GRACE - EPOCH).days, "after_period")

    def _bounds(self) -> None:
        """What the source may not state. An event is told once it has happened."""
        self.marks.add_where("region_code", self.bounds.outside(self.values["region_code"]), "other_division")
        self.marks.add_where("data_date", self.bounds.later(self.values["data_date"]), "in_future")
        dataset = self.plan.dataset
        if dataset.rows == "event" and dataset.at in self.values and dataset.columns[dataset.at].holds in ("date", "instant"):
            self.marks.add_where(dataset.at, self.bounds.later(self.values[dataset.at]), "in_future")

    def _rows(self, change: Marks) -> pa.RecordBatch:
        columns: dict[str, pa.Array] = {
            "record_id": self.values["record_id"],
            "_change": pa.array(list(CHANGES)).take(pa.array(change)),
            "data_date": self.values["data_date"],
            "region_code": self.values["region_code"],
            "_hash": pa.array(self._hash(change)),
            "_identity": pa.array(self._identity().view(np.int64)),
            "_row": pa.array(self.batch.rows.astype(np.int32)),
        }
        columns.update({name: self.values[name] for name in self.plan.plain})
        for name in self.plan.persons:
            columns[name] = pa.array(self.ids[name].packed, mask=self._is_empty(name))
        columns.update({name: self.values[name] for name in self.plan.things})
        return pa.RecordBatch.from_pydict(columns)

    def _hash(self, change: Marks) -> npt.NDArray[np.int64]:
        """A number for what a row says, identity apart: the archive is plain, and a hash of an id number could be tried out.

        A correction counts for more than a first word, a retraction for more than both, at the same data_date.
        """
        total = np.zeros(self.count, dtype=np.uint64)
        for name in ("data_date", "region_code", *self.plan.plain):
            total = combined(total, _numbers(self.values[name]))
        return ((change.astype(np.uint64) << np.uint64(61)) | (total >> np.uint64(3))).astype(np.int64)

    def _identity(self) -> npt.NDArray[np.uint64]:
        """The same for the columns of identity; it is only ever kept sealed."""
        total = np.zeros(self.count, dtype=np.uint64)
        for name, place in self.plan.places.items():
            if place == "person":
                ids = self.ids[name]
                numbers = mixed(ids.packed.view(np.uint64))
                if ids.fault.any():
                    wrong = ids.fault != 0
                    numbers[wrong] = text_numbers(self.cells[name].texts.filter(pa.array(wrong)))
                total = combined(total, numbers)
            elif place in ("thing", "vault"):
                total = combined(total, self._text_numbers(name))
        return total

    def _text_numbers(self, name: str) -> npt.NDArray[np.uint64]:
        """The numbers of a column of identity that is no id number, made once for all who ask."""
        if name not in self.numbers:
            self.numbers[name] = _numbers(self.values[name])
        return self.numbers[name]

    def _rejected(self, good: npt.NDArray[np.bool_]) -> pa.RecordBatch:
        places = np.flatnonzero(~good)
        rows: dict[str, list[object]] = {name: [] for name in REJECTED.names}
        everything = [array.take(pa.array(places)).to_pylist() for array in self.batch.everything]
        for number, place in enumerate(places.tolist()):
            name = self.marks.names[self.marks.column[place]]
            value = self.cells[name].texts[place].as_py() if name in self.cells else None
            rows["row"].append(int(self.batch.rows[place]))
            rows["column"].append(name)
            rows["shape"].append(shape(value or ""))
            rows["reason"].append(CODES[self.marks.reason[place] - 1])
            rows["cells"].append([column[number] or "" for column in everything])
        for bad in self.batch.bad:
            rows["row"].append(bad.row)
            rows["column"].append(bad.column)
            rows["shape"].append("")
            rows["reason"].append(bad.reason)
            rows["cells"].append(list(bad.cells))
        return pa.RecordBatch.from_pydict(rows, schema=REJECTED)

    def _details(self, good: npt.NDArray[np.bool_]) -> pa.RecordBatch:
        found = [
            _distinct(self.ids[person].packed, self.values[name], self._text_numbers(name), kind, good)
            for person, columns in self.plan.details.items()
            for name, kind in columns.items()
            if name in self.cells
        ]
        if not found:
            return pa.RecordBatch.from_pydict({name: [] for name in DETAILS.names}, schema=DETAILS)
        table = pa.Table.from_batches(found).combine_chunks()
        return table.to_batches()[0] if table.num_rows else found[0]

    def _unlinked(self, good: npt.NDArray[np.bool_]) -> pa.RecordBatch:
        rows: dict[str, list[object]] = {name: [] for name in TOLD.names}
        for person in self.plan.persons:
            named = self._is_named(person)
            needed = self._is_empty(person) & named & (person == self.plan.own)
            for place in np.flatnonzero(good & ((self.ids[person].fault != 0) | needed)).tolist():
                self._candidate(rows, person, place)
        return pa.RecordBatch.from_pydict(rows, schema=TOLD)

    def _candidate(self, rows: dict[str, list[object]], person: str, place: int) -> None:
        rows["row"].append(int(self.batch.rows[place]))
        rows["column"].append(person)
        rows["id_text"].append(self.cells[person].texts[place].as_py() if person in self.cells else None)
        rows["fault"].append(int(self.ids[person].fault[place]))
        found: dict[str, object] = {}
        for name, kind in self.plan.details[person].items():
            if name in self.values and kind not in found:
                found[kind] = self.values[name][place].as_py()
        own = person == self.plan.own
        sex = self.values[self.plan.own_sex][place].as_py() if own and self.plan.own_sex else None
        rows["name"].append(found.get("name"))
        rows["birth_date"].append(self.values[self.plan.own_birth][place].as_py() if own and self.plan.own_birth else None)
        rows["sex"].append(None if sex is None else str(sex))
        rows["phone"].append(found.get("phone"))
        rows["address"].append(found.get("address"))


class Checker:
    """Checks every cell of one file, batch by batch. period_end: last day of the period that the file says it is for."""

    def __init__(self, plan: Shape, *, period_end: date | None, bounds: Bounds = Bounds()) -> None:
        self._plan, self._period_end, self._bounds = plan, period_end, bounds
        self._readers = {name: ColumnReader(column, plan.codes.get(name, {})) for name, column in plan.dataset.columns.items()}

    def check(self, batch: Batch) -> Checked:
        return _BatchCheck(batch, self._plan, self._period_end, self._bounds, self._readers).run()


def _numbers(values: pa.Array) -> npt.NDArray[np.uint64]:
    """A number for each value of a typed column, the same on every machine; empty is 0."""
    if pa.types.is_string(values.type):
        return text_numbers(values)
    whole = values.cast(pa.int32()) if pa.types.is_date32(values.type) else values
    numbers = mixed(np.asarray(whole.cast(pa.int64()).fill_null(0)).astype(np.int64).view(np.uint64) + np.uint64(1))
    if values.null_count:
        numbers[np.asarray(values.is_null())] = 0
    return numbers


def _spelled_thing(texts: pa.Array, kind: str) -> pa.Array:
    """One spelling for one thing: blanks and hyphens of accounts, phones and plates do not count."""
    if kind == "address":
        return texts
    texts = pc.utf8_upper(texts)
    if pc.any(pc.match_substring_regex(texts, r"[\s\-·]|^\+?86")).as_py():
        texts = pc.replace_substring_regex(texts, r"[\s\-·]", "")
        if kind == "phone":
            texts = pc.replace_substring_regex(texts, r"^\+?86(1\d{10})$", r"\1")
    return texts


def _distinct(
    packed: npt.NDArray[np.int64], texts: pa.Array, numbers: npt.NDArray[np.uint64], kind: str, good: npt.NDArray[np.bool_]
) -> pa.RecordBatch:
    """Each pair of person and text once. numbers: of the texts."""
    where = np.flatnonzero(good & (packed != 0) & (numbers != 0))
    pairs = combined(packed[where].view(np.uint64), numbers[where])
    where = where[np.unique(pairs, return_index=True)[1]]
    found: Sequence[pa.Array] = [
        pa.array(packed[where]),
        pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(where), dtype=np.int8)), pa.array([kind])).cast(pa.string()),
        texts.take(pa.array(where)),
    ]
    return pa.RecordBatch.from_arrays(list(found), schema=DETAILS)
