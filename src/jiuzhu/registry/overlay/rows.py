"""New rows over the rows of a base: numbered on after them, found by their subjects, read with them as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.ascending import stand_among
from jiuzhu.engines.columnar.columns import Cells, Columns, Lines, as_value
from jiuzhu.engines.columnar.values import Value
from jiuzhu.engines.mapped import OWNERS, Mapped, MappedRows
from jiuzhu.registry.overlay.runs import Runs

if TYPE_CHECKING:
    from jiuzhu.engines.base import Base, Known
    from jiuzhu.engines.columnar.groups import Group

Whole = npt.NDArray[Any]
_NOTHING = np.empty(0, np.int64), np.empty(0, np.intp)
_FEW = 64  # subjects, and rows of one taking, that are gone through one by one
_FIRST = 64  # rows there is room for at first


class _Grown:
    """A column that grows at its end; room is doubled, so that adding a row costs the same however many there are."""

    def __init__(self, kind: type) -> None:
        self._cells: Whole = np.zeros(_FIRST, kind)
        self._count = 0

    def add(self, cells: Whole) -> None:
        end = self._count + len(cells)
        if end > len(self._cells):
            room = np.zeros(max(end, 2 * len(self._cells)), self._cells.dtype)
            room[: self._count] = self._cells[: self._count]
            self._cells = room
        self._cells[self._count : end] = cells
        self._count = end

    @property
    def all(self) -> Whole:
        return self._cells[: self._count]


class _Named:
    """Which new rows name whom in one column: those that came few at a time in lists, others in sorted runs."""

    def __init__(self) -> None:
        self._lists: dict[int, list[int]] = {}
        self._runs = Runs()

    def add(self, subjects: Whole, rows: Whole) -> None:
        """Rows that go on after those added. subjects: below zero for nobody."""
        there = subjects >= 0
        if len(rows) > _FEW:
            self._sort()  # rows stand in their order among those of one subject
            self._runs.add(subjects[there], [rows[there]])
            return
        for subject, row in zip(subjects[there].tolist(), rows[there].tolist(), strict=True):
            self._lists.setdefault(subject, []).append(row)

    def of(self, subjects: Whole) -> tuple[Whole, Whole]:
        """The rows that name these subjects, and the place of the subject of each in `subjects`."""
        if len(subjects) > _FEW:
            self._sort()
        columns, places = self._runs.of(subjects)
        rows = columns[0] if columns else np.empty(0, np.int64)
        if not self._lists:
            return rows, places
        found = [(row, place) for place, subject in enumerate(subjects.tolist()) for row in self._lists.get(subject, ())]
        pairs = np.array(found, np.int64).reshape(-1, 2)
        return np.concatenate([rows, pairs[:, 0]]), np.concatenate([places, pairs[:, 1]])

    def _sort(self) -> None:
        """The lists become a run."""
        if self._lists:
            pairs = [(subject, row) for subject, rows in self._lists.items() for row in rows]
            subjects, rows = np.array(pairs, np.int64).T
            self._runs.add(subjects, [rows])
            self._lists = {}


class FreshRows:
    """The new rows of one dataset. Row numbers go on from `first`, the number of rows in the base.

    gone: rows, of the base or new, that count no longer: corrected, retracted, or followed by a newer state.
    """

    def __init__(self, first: int) -> None:
        self.first = first
        self.count = 0
        self.gone: set[int] = set()
        self.record_ids: list[str] = []
        self.senders: list[str] = []
        self._columns: dict[str, _Grown] = {}
        self._empty: dict[str, _Grown] = {}
        self._named: dict[str, _Named] = {}
        self._gone: Whole = np.empty(0, np.int64)

    def add(self, record_ids: Sequence[str], sender: str, cells: Mapping[str, tuple[Whole, Whole]]) -> Whole:
        """Add rows that one office sent, and give their numbers. cells: column to whole numbers (nought where empty) and where it is empty;
        `person`, `household` and `hukou` among them, below zero for none."""
        numbers = self.first + self.count + np.arange(len(record_ids))
        self.record_ids += record_ids
        self.senders += [sender] * len(record_ids)
        for name, (whole, empty) in cells.items():
            if name not in self._columns:
                self._columns[name], self._empty[name] = _Grown(np.int64), _Grown(np.bool_)
            self._columns[name].add(whole)
            self._empty[name].add(empty)
        self.count += len(record_ids)
        for name, named in self._named.items():
            named.add(self._subjects(name, numbers), numbers)
        return numbers

    def drop(self, row: int) -> None:
        self.gone.add(row)

    def cells(self, name: str, rows: Whole) -> tuple[Whole, Whole]:
        """Whole numbers, and which are empty, of new rows by their numbers."""
        at = rows - self.first
        return self._columns[name].all[at], self._empty[name].all[at]

    def left(self, rows: Whole) -> Whole:
        """Which of these rows still count."""
        if len(self._gone) != len(self.gone):
            self._gone = np.array(sorted(self.gone), np.int64)
        return ~stand_among(rows, self._gone)

    def laid(self, rows: Whole, name: str, subject: int) -> Whole:
        """Rows of the base that name one subject, less those that count no longer, and then the new ones that name it."""
        rows = np.concatenate([rows, self.of(name, np.array([subject]))[0]])
        return rows[self.left(rows)]

    def of(self, name: str, subjects: Whole) -> tuple[Whole, Whole]:
        """The new rows that name these subjects in an owner column, and the place of the subject of each in `subjects`."""
        if not self.count:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        if name not in self._named:
            rows = self.first + np.arange(self.count)
            self._named[name] = _Named()
            self._named[name].add(self._subjects(name, rows), rows)
        return self._named[name].of(subjects)

    def _subjects(self, name: str, rows: Whole) -> Whole:
        """Whom rows name, below zero for nobody."""
        whole, empty = self.cells(name, rows)
        return np.where(empty, -1, whole)


class LaidOver(Columns):
    """The columns of a base with new rows over them. People, households and relations stay those of the base."""

    def __init__(self, base: Base, catalogue: Known) -> None:
        super().__init__(base, catalogue)
        self.fresh: dict[str, FreshRows] = {}

    def over(self, dataset: str) -> FreshRows:
        """The new rows of a dataset, to add to."""
        if dataset not in self.fresh:
            self.fresh[dataset] = FreshRows(super().rows(dataset))
        return self.fresh[dataset]

    def rows(self, dataset: str) -> int:
        fresh = self.fresh.get(dataset)
        return super().rows(dataset) if fresh is None else fresh.first + fresh.count

    def value(self, dataset: str, name: str, at: Any) -> Value:
        if dataset not in self.fresh or isinstance(at, slice):
            return super().value(dataset, name, at)
        cells, empty = self.bare(dataset, name, at)
        return as_value(Cells(cells, empty), self.column_of(dataset, name), slice(None))

    def bare(self, dataset: str, name: str, at: Any) -> tuple[Whole, Whole | None]:
        fresh = self.fresh.get(dataset)
        if fresh is None or isinstance(at, slice):  # a stretch is always one of the base
            return super().bare(dataset, name, at)
        new = at >= fresh.first
        if not new.any():
            return super().bare(dataset, name, at)
        cells, empty = fresh.cells(name, at[new])
        if new.all():
            whole, lacking = cells, empty
        else:
            old, gaps = super().bare(dataset, name, at[~new])
            whole, lacking = np.empty(len(at), np.int64), np.zeros(len(at), bool)
            whole[new], whole[~new] = cells, old
            lacking[new] = empty
            lacking[~new] = False if gaps is None else gaps
        if name not in OWNERS and self.column_of(dataset, name).type.kind == "flag":
            whole = whole.astype(bool)
        return whole, lacking if lacking.any() else None

    def lines(self, dataset: str, kind: str) -> Lines | None:
        """What lies over a base stands in no line with it."""
        return None

    def rows_of(self, dataset: str, by: str, group: Group) -> tuple[Any, Whole]:
        """As of the base; rows that count no longer are left out, new ones stand after the old of their subject."""
        fresh = self.fresh.get(dataset)
        if fresh is None:
            return self._lying_of(dataset, by, group)
        at, owner = self._lying_of(dataset, by, group) if fresh.first else _NOTHING
        rows, mine = self._new_of(fresh, by, group)
        if not len(rows) and not fresh.gone:
            return at, owner
        if isinstance(at, slice):
            at = np.arange(at.start, at.stop)
        at, owner = np.concatenate([at, rows]), np.concatenate([owner, mine])
        if fresh.gone:
            left = fresh.left(at)
            at, owner = at[left], owner[left]
        order = np.argsort(owner, kind="stable")
        return at[order], owner[order]

    def _lying_of(self, dataset: str, by: str, group: Group) -> tuple[Any, Whole]:
        """Those of the base: of a few people next to each other mostly none, which is told by two places."""
        if group.unbroken and not by and group.kind != "hukou" and dataset in self.base.rows:
            lying = self.lying(dataset)
            if self._as_persons(lying, group.kind):
                low, high = int(group.positions[0]), int(group.positions[-1]) + 1
                if group.kind == "household":
                    low, high = int(self.first[low]), int(self.first[high - 1] + self.count[high - 1])
                begin, end = lying.begins(np.array([low, high]))
                if begin == end:
                    return _NOTHING
        return super().rows_of(dataset, by, group)

    def lying(self, dataset: str) -> MappedRows:
        """The rows of the base alone. The base is one that lies on the disk."""
        assert isinstance(self.base.rows, Mapped)
        narrow: MappedRows = self.base.rows.narrow(dataset)
        return narrow

    def rows_of_person(self, dataset: str, person: int) -> Whole:
        """The rows about one person that count."""
        rows = self.lying(dataset).where("person", person)
        fresh = self.fresh.get(dataset)
        return rows if fresh is None else fresh.laid(rows, "person", person)

    def kept(self, dataset: str) -> list[str]:
        """The columns of a dataset that the base keeps, those that say whose a row is and where it came from apart."""
        if dataset not in self.base.rows:
            return []
        known = self.catalogue.datasets[dataset].columns
        return [name for name in self.lying(dataset).names if name in known and name != "record_id"]

    def keeps(self, dataset: str, name: str) -> bool:
        return name in self.kept(dataset)

    def owners(self, dataset: str, rows: Whole) -> dict[str, Whole]:
        """The person, living and hukou household of rows, below zero for none."""
        fresh = self.fresh.get(dataset)
        new = rows >= (self.lying(dataset).num_rows if fresh is None else fresh.first)
        answer = {}
        for name in OWNERS:
            whole = np.empty(len(rows), np.int64)
            whole[~new] = self.lying(dataset).cells(name, rows[~new]).cells
            if fresh is not None and fresh.count:
                whole[new] = fresh.cells(name, rows[new])[0]
            answer[name] = whole
        return answer

    def told(self, dataset: str, name: str, row: int) -> int | str | None:
        """One cell: a whole number (a day for a date), a text, or None."""
        cells, empty = self.bare(dataset, name, np.array([row]))
        if empty is not None and empty[0]:
            return None
        if self.column_of(dataset, name).type.kind == "text":
            return self.words.texts(cells)[0]
        return int(cells[0])

    def _new_of(self, fresh: FreshRows, by: str, group: Group) -> tuple[Whole, Whole]:
        if not by:
            return fresh.of(group.kind, group.positions)
        if group.kind == "person":
            return fresh.of(by, group.positions)
        members = group.members()
        rows, place = fresh.of(by, members.group.positions)
        return rows, members.owner[place]
