"""Conditions that one column settles by itself, as bounds of its cells: they are put to millions of rows in one compiled pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar import functions, steps
from jiuzhu.engines.columnar.expressions import constant, evaluate
from jiuzhu.engines.columnar.values import Index, Number
from jiuzhu.rules import tree

if TYPE_CHECKING:
    from jiuzhu.engines.columnar.row_inputs import RowScope

Whole = npt.NDArray[Any]
_WIDEST = 4096  # options of a list that lie further apart are asked one by one
ENDLESS = 2**63
_NONE = np.empty(0, bool)
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Sieve:
    """Cells from `low` to `high` pass, of these only the ones in `options` if there are any; or all others where not `inside`.

    empty_too: an empty cell that means "none" passes as well; one that means "unknown" always does, in doubt.
    """

    column: str
    low: int
    high: int
    options: tuple[int, ...] = ()
    inside: bool = True
    empty_too: bool = False


def sieve(part: tree.Expression, rows: RowScope) -> Sieve | None:
    """A condition as a sieve; None where it is more than that."""
    match part:
        case tree.Name(source="column", name=name) if part.type.kind == "flag":
            return Sieve(name, 1, 1)
        case tree.Not(of=tree.Name(source="column", name=name) as of) if of.type.kind == "flag":
            return Sieve(name, 0, 0, empty_too=True)
        case tree.Compare(operator=operator, left=tree.Name(source="column") as left, right=right):
            return _compared(left, operator, right, rows)
        case tree.Compare(operator=operator, left=left, right=tree.Name(source="column") as right):
            return _compared(right, _MIRRORED[operator], left, rows)
        case tree.OneOf(of=tree.Name(source="column") as of, options=options) if of.type.kind != "flag":
            return _listed(of, [constant(one, rows.words) for one in options], rows)
    return None


def _compared(name: tree.Name, operator: str, other: tree.Expression, rows: RowScope) -> Sieve | None:
    column = rows.columns.column_of(rows.dataset, name.name).type
    if column.kind == "flag" or (column.kind == "text" and operator not in ("==", "!=")):
        return None
    if any(one.source not in ("moment", "input") for one in rows.outer.world.keys.names(other)):
        return None
    value = evaluate(other, rows)
    if not isinstance(value, Number) or value.kind != column.kind or isinstance(value.whole, np.ndarray):
        return None
    if value.unknown is not False or value.none is not False:
        return None
    # The cell times `mine` stands against `yours`: the bounds are the whole numbers on either side of the quotient.
    mine, yours = functions.lifts(column.scale, value) if column.kind == "number" else (1, value.whole)
    below, above = -(-yours // mine) - 1, yours // mine + 1  # the last below, the first above
    match operator:
        case "<":
            return Sieve(name.name, -ENDLESS, below)
        case "<=":
            return Sieve(name.name, -ENDLESS, above - 1)
        case ">":
            return Sieve(name.name, above, ENDLESS)
        case ">=":
            return Sieve(name.name, below + 1, ENDLESS)
    return Sieve(name.name, below + 1, above - 1, inside=operator == "==")


def _listed(name: tree.Name, options: list[Any], rows: RowScope) -> Sieve | None:
    column = rows.columns.column_of(rows.dataset, name.name).type
    wholes = []
    for option in options:
        if not isinstance(option, Number) or option.kind != column.kind:
            return None
        mine, yours = functions.lifts(column.scale, option) if column.kind == "number" else (1, option.whole)
        if yours % mine == 0:
            wholes.append(int(yours // mine))
    if not wholes or max(wholes) - min(wholes) >= _WIDEST:
        return None
    return Sieve(name.name, min(wholes), max(wholes), tuple(sorted(set(wholes))))


def passing(cells: Whole, empty: npt.NDArray[np.bool_] | None, sieve: Sieve, *, open_ones: bool) -> Index | None:
    """The places of the cells that pass; None: all do. open_ones: whether empty ones do."""
    cells = steps.whole_cells(cells)
    kind = np.iinfo(cells.dtype)
    low, high = max(sieve.low, kind.min), min(sieve.high, kind.max)
    table = _NONE
    if low > high:
        low, high, table = 0, 0, np.zeros(1, bool)
    elif sieve.options and len(sieve.options) <= high - low:
        table = np.zeros(high - low + 1, bool)
        table[[one - low for one in sieve.options if low <= one <= high]] = True
    return steps.scanned(cells, empty, (low, high), table, inside=sieve.inside, open_ones=open_ones)
