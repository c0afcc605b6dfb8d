"""An input over rows as one compiled pass: what it asks of a row is told in numbers once, and put to the rows of any subjects.

Of a condition on one column every cell that the column may hold is asked beforehand, as if it stood in a row; what comes of it is
a pair of bounds or a table. Inputs that ask more of a row than that go the way of `row_inputs.py`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar.columns import Cells
from jiuzhu.engines.columnar.expressions import flag
from jiuzhu.engines.columnar.sieves import Sieve, sieve
from jiuzhu.engines.columnar.values import Flag, Index, Number, Value, spread
from jiuzhu.rules import tree

if TYPE_CHECKING:
    from jiuzhu.engines.columnar.groups import Group
    from jiuzhu.engines.columnar.row_inputs import RowScope
    from jiuzhu.engines.columnar.scopes import Scope

Array = npt.NDArray[Any]
_NO, _YES, _PERHAPS = 0, 1, 2  # as in `sweeping`, which is imported where a pass is made
_FOLDS = {"exists": 0, "count": 1, "sum": 2, "max": 3, "min": 4, "latest": 5, "first": 6, "distinct": 7}
SURE, DOUBTFUL, KNOWN, OPEN = 1, 2, 4, 8
_WIDEST = 1 << 16  # cells that a column may hold, up to which each of them is asked
_BITS = 64
_NONE = np.empty(0, np.int32)
_NO_TABLE = np.empty(0, np.uint8)


@dataclass(frozen=True)
class Test:
    """answers: of the cells from `low` on, none where all up to `high` pass (or all others, where not `inside`). empty: of no cell."""

    cells: Cells
    low: int
    high: int
    inside: bool
    answers: Array
    empty: int

    @property
    def settled(self) -> bool:
        """Whether every row passes."""
        if self.cells.empty is not None or len(self.answers) or not self.inside:
            return False
        kind = np.iinfo(_numbers(self.cells.cells).dtype)
        return self.low <= kind.min and self.high >= kind.max


@dataclass(frozen=True)
class Swept:
    """subjects: ascending, those with rows. value: of their sure rows. told: of each, bits as in `sweeping`."""

    subjects: Index
    value: Array
    told: npt.NDArray[np.uint8]

    def some(self, bit: int) -> npt.NDArray[np.bool_] | bool:
        """Of whom this is told; a plain answer where it is the same of all."""
        marks = (self.told & bit) != 0
        there = int(np.count_nonzero(marks))
        return marks if 0 < there < len(marks) else there > 0


class Sweep:
    """What an input asks of the rows of its dataset, in numbers."""

    def __init__(
        self, given: tree.RowInput, size: int, tests: list[Test], folded: tuple[Cells, int, int] | None, at: Cells | None
    ) -> None:
        """folded: the column, what an empty cell of it is, and its least cell."""
        self.dataset = given.dataset
        self._tests, self._tables = _told(tests)
        column, empty, least = folded or (None, _YES, 0)
        self._held = (tests, column, at)  # addresses are of these
        self._asked = [size, _FOLDS[given.aggregate], least, *_place(column), empty, *_place(at)[:2]]

    def over(self, group: Group) -> Swept | None:
        """Over the rows of a group; None: they do not lie so that it can be done, or a sum does not fit into 64 bits."""
        whose = group.kept(("in lines", self.dataset), lambda: _whose(group, self.dataset))
        if whose is None:
            return None
        numbers, _ = whose
        room = _room.of(group.count)
        from jiuzhu.engines.columnar import sweeping

        found = sweeping.swept(np.array(self._asked + numbers), self._tests, self._tables, *room)
        if found < 0:
            return None
        subjects, value, told = room
        return Swept(subjects[:found].copy(), value[:found].copy(), told[:found].copy())


def _told(tests: list[Test]) -> tuple[Array, Array]:
    lines = np.zeros((len(tests), 9), np.int64)
    tables: list[Array] = []
    size = 0
    for line, test in zip(lines, tests, strict=True):
        address, width, marks = _place(test.cells)
        kind = np.iinfo(_numbers(test.cells.cells).dtype)
        low, high, inside, answers = max(test.low, kind.min), min(test.high, kind.max), test.inside, test.answers
        if low > high:  # no cell lies there
            low, high, answers = 0, 0, np.full(1, not inside, np.uint8) if inside else answers
            if not inside:
                low, high, inside = kind.min, kind.max, True
        line[:] = address, width, low, high, inside, size, len(answers), marks, test.empty
        tables.append(answers)
        size += len(answers)
    return lines, np.concatenate([*tables, np.zeros(1, np.uint8)])


def _numbers(cells: Array) -> Array:
    return cells.view(np.int8) if cells.dtype == np.bool_ else cells


def _place(column: Cells | None) -> tuple[int, int, int]:
    """Where cells lie, how wide they are, and where their marks lie; nought for nowhere."""
    if column is None:
        return 0, 0, 0
    marks = 0 if column.empty is None else column.empty.ctypes.data
    return column.cells.ctypes.data, column.cells.dtype.itemsize, marks


class _Room(threading.local):
    """Room for what subjects come to, used again and again: fresh pages cost more than the pass."""

    def __init__(self) -> None:
        self._parts = _parts(0)

    def of(self, count: int) -> tuple[Array, Array, Array]:
        if len(self._parts[0]) < count:
            self._parts = _parts(count)
        return self._parts


def _parts(count: int) -> tuple[Array, Array, Array]:
    return np.empty(count, np.intp), np.empty(count, np.int64), np.empty(count, np.uint8)


_room = _Room()


def _whose(group: Group, dataset: str) -> tuple[list[int], Any] | None:
    """Whose rows are asked for, as numbers, and the arrays that these say the places of; None: rows do not lie in line."""
    positions, columns = group.positions, group.world.columns
    lines = columns.lines(dataset, group.kind)
    if lines is None:
        return None
    by_members = lines.by_person and group.kind == "hukou"
    if group.unbroken and not len(lines.order) and not by_members:
        low = int(positions[0])
        first, last = low, low + group.count
        if lines.by_person and group.kind == "household":
            first, last = int(columns.first[low]), int(columns.first[last - 1] + columns.count[last - 1])
        if len(lines.starts):
            begin, end = int(lines.starts[first]), int(lines.starts[last])
        else:
            begin, end = np.searchsorted(lines.owners, np.array([first, last], lines.owners.dtype)).tolist()
        return [low, first, begin, end, *lines.places, 0, 0, 0, 0, 0, 0, 0], lines
    firsts, counts, numbers = group.kept(("goals", lines.by_person), lambda: _goals(group, lines.by_person))
    goals = [number for one in (firsts, counts, numbers) for number in (one.ctypes.data, len(one))]
    return [0, 0, -1, 0, *lines.places, *goals, int(group.ascending and not by_members)], (lines, firsts, counts, numbers)


def _goals(group: Group, by_person: bool) -> tuple[Array, Array, Array]:
    """The first owner of rows of each subject, how many these are (one, if it does not say), and which subject (in turn, if not)."""
    firsts, counts, numbers = group.positions, _NONE, _NONE
    columns = group.world.columns
    if by_person and group.kind == "household":
        firsts, counts = group.of(columns.first), group.of(columns.count)
    elif by_person and group.kind == "hukou":
        order = columns.members(group.kind)
        at, numbers = group.between(order.owner)
        firsts = np.arange(len(order.owner))[at] if order.rows is None else order.rows[at]
    return tuple(np.ascontiguousarray(one, np.int64) for one in (firsts, counts, numbers))  # type: ignore[return-value]


# --- what is asked of a row -------------------------------------------------------------------------------------------


def possible(given: tree.RowInput) -> bool:
    """Whether an input is of a shape that a pass can tell, whatever its conditions are."""
    if given.aggregate not in _FOLDS or given.each or given.newest or given.after or given.by:
        return False
    if given.aggregate == "distinct":
        return len(given.columns) == 1
    value = given.value
    return given.aggregate in ("exists", "count") or (
        isinstance(value, tree.Name) and value.source == "column" and value.type.kind != "text"
    )


def sweep(given: tree.RowInput, rows: RowScope, window: Sieve | None) -> Sweep | None:
    """An input of a possible shape as a pass; None: it asks more of rows than that. window: what is asked of `at`, if anything.

    rows: any of the dataset.
    """
    columns, dataset = rows.columns, given.dataset
    if not columns.rows(dataset):
        return None
    tests = [] if window is None else [_sieved(window, rows)]
    parts = given.where.of if isinstance(given.where, tree.Both) else () if given.where is None else (given.where,)
    for part in parts:
        test = _asked_of_cells(part, rows)
        if test is None:
            return None
        tests.append(test)
    folded, at = None, None
    if given.aggregate == "distinct":
        low, high = columns.ends(dataset, given.columns[0])
        if high - low >= _BITS:
            return None
        folded = columns.cells(dataset, given.columns[0]), _YES, low
    elif given.aggregate not in ("exists", "count"):
        assert isinstance(given.value, tree.Name)
        empty = _PERHAPS if columns.column_of(dataset, given.value.name).empty == "unknown" else _YES
        folded = columns.cells(dataset, given.value.name), empty, 0
    if given.aggregate in ("latest", "first"):
        at = columns.cells(dataset, given.at or rows.outer.world.catalogue.datasets[dataset].at)
    used = [test.cells for test in tests] + [one for one in (folded[0] if folded else None, at) if one is not None]
    if not all(_lies(one) for one in used):
        return None
    return Sweep(given, columns.rows(dataset), [test for test in tests if not test.settled], folded, at)


def _lies(column: Cells) -> bool:
    """Whether cells are whole numbers or booleans side by side."""
    parts = [column.cells] if column.empty is None else [column.cells, column.empty]
    return all(part.dtype.kind in "ib" and part.flags.c_contiguous for part in parts)


def _sieved(given: Sieve, rows: RowScope) -> Test:
    column = rows.columns.column_of(rows.dataset, given.column)
    empty = _PERHAPS if column.empty == "unknown" else _YES if given.empty_too else _NO
    answers = _NO_TABLE
    if given.options and len(given.options) <= given.high - given.low:
        answers = np.zeros(given.high - given.low + 1, np.uint8)
        answers[[one - given.low for one in given.options]] = _YES
    return Test(rows.columns.cells(rows.dataset, given.column), given.low, given.high, given.inside, answers, empty)


def _asked_of_cells(part: tree.Expression, rows: RowScope) -> Test | None:
    """A condition as a test of one column."""
    columns, dataset = rows.columns, rows.dataset
    names = rows.outer.world.keys.names(part)
    asked = {name.name for name in names if name.source == "column"}
    if len(asked) != 1 or not all(_plain(name, rows.outer) for name in names if name.source != "column"):
        return None
    bounds = sieve(part, rows)
    if bounds is not None:
        return _sieved(bounds, rows)
    (column,) = asked
    low, high = columns.ends(dataset, column)
    if high - low >= _WIDEST:
        return None
    found = flag(part, _Cells(rows, column, low, high - low + 1))
    count = high - low + 2
    answers = np.where(spread(found.unknown, count), _PERHAPS, spread(found.true, count)).astype(np.uint8)
    return Test(columns.cells(dataset, column), low, high, True, answers[:-1], int(answers[-1]))


def _plain(name: tree.Name, scope: Scope) -> bool:
    """Whether a name stands for one number, the same for all subjects of the scope wherever it is asked again."""
    if name.source == "moment":
        return True
    if name.source != "input" or not isinstance(scope.outermost().inputs().get(name.name), tree.ParameterInput):
        return False
    return not any(isinstance(part, np.ndarray) for part in vars(scope.resolve(name, None)).values())


class _Cells:
    """Every cell that a column may hold, as if each stood in a row, and an empty one behind them."""

    def __init__(self, rows: RowScope, column: str, low: int, count: int) -> None:
        self._scope = rows.outer
        self._told = rows.columns.column_of(rows.dataset, column)
        self.words = rows.words
        self._whole = np.append(np.arange(low, low + count), low)  # what an empty cell holds must be the number of something
        self._empty = np.zeros(count + 1, bool)
        self._empty[-1] = True

    def table(self, code: str) -> tree.Table:
        return self._scope.table(code)

    def resolve(self, name: tree.Name, at: Index | None) -> Value:
        assert at is None
        if name.source != "column":
            return self._scope.resolve(name, None)
        unknown, none = (self._empty, False) if self._told.empty == "unknown" else (False, self._empty)
        if self._told.type.kind == "flag":
            return Flag(self._whole > 0, unknown, none)
        return Number(self._whole, unknown, none, self._told.type.scale, self._told.type.kind)
