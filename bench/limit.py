"""L: what it costs to read once, in the narrowest types that hold them, the columns that rules read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bench.machine import cpu
from jiuzhu.engines.base import Base
from jiuzhu.engines.mapped import Mapped, names_of
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.dependencies import columns_of_indicator
from jiuzhu.rules.tree import Dataset, Derived, Indicator, Relation

Narrow = npt.NDArray[Any]
TIMES = 5
_BEYOND_CACHE = 1 << 26  # words; 512 MB


@dataclass(frozen=True)
class _AsKept:
    """The declarations without what a run finds made already: derived columns are columns, relations are tables."""

    datasets: Mapping[str, Dataset]

    @property
    def derived(self) -> Mapping[str, Mapping[str, Derived]]:
        return {}

    @property
    def relations(self) -> Mapping[str, Relation]:
        return {}


def columns_read(base: Base, catalogue: Catalogue, indicators: Sequence[Indicator]) -> dict[str, Narrow]:
    """Every column the rules and their facts name, by `dataset.column`; whose a row is, and where it begins, is left out.

    Relations count with the person they lead to and the columns beside it.
    """
    shelf = _AsKept(catalogue.datasets)
    named: dict[str, set[str]] = {}
    for one in indicators:
        for dataset, names in columns_of_indicator(one, shelf, catalogue.facts).items():
            named.setdefault(dataset, set()).update(names)
    found = {
        f"{dataset}.{name}": _of(base.rows, dataset, name)
        for dataset, names in sorted(named.items())
        for name in sorted(names.intersection(names_of(base.rows, dataset)))
    }
    for code in sorted(base.relations):
        found |= {
            f"{code} of {name}": _of(base.relations, code, name) for name in names_of(base.relations, code) if name != "person"
        }
    return {name: column for name, column in found.items() if column.size}


def _of(tables: Mapping[str, pa.Table], code: str, name: str) -> Narrow:
    """A column, from where it lies if it does: of a province a wide table takes gigabytes."""
    if not isinstance(tables, Mapped) or tables.narrow(code).holds(name) == "text":
        return narrowed(tables[code][name])
    lying = tables.narrow(code)
    cells = lying.cells(name).cells
    if lying.holds(name) == "word":
        met = np.zeros(len(lying.words), bool)
        met[cells] = True
        return _few_bytes((np.cumsum(met) - 1)[cells])
    return _few_bytes(cells.view(np.int8) if cells.dtype == np.bool_ else cells)


def narrowed(column: pa.ChunkedArray) -> Narrow:
    """The cells as numbers of as few bytes as hold them all: texts by their place in the list of those met, flags in one."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pc.dictionary_encode(column)
    if pa.types.is_dictionary(column.type):
        column = column.indices
    if pa.types.is_date32(column.type):
        column = column.view(pa.int32())
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    return _few_bytes(np.asarray(pc.fill_null(column, 0)))


def _few_bytes(cells: Narrow) -> Narrow:
    low, high = (int(cells.min()), int(cells.max())) if cells.size else (0, 0)
    kind = next(k for k in (np.int8, np.int16, np.int32, np.int64) if np.iinfo(k).min <= low and high <= np.iinfo(k).max)
    return cells.astype(kind)


def limit(columns: Mapping[str, Narrow]) -> float:
    """CPU seconds to read them once, the least of several times, each from memory: what the cache keeps is driven out before."""
    other = np.ones(_BEYOND_CACHE, np.int64)
    for kind in {column.dtype for column in (*columns.values(), other)}:
        _read(np.zeros(1, kind))  # compiled before it counts

    def once() -> float:
        _read(other)
        return cpu(lambda: [_read(column) for column in columns.values()])[0]

    return min(once() for _ in range(TIMES))


@numba.njit(cache=False)
def _read(column: Narrow) -> int:
    total = 0
    for at in range(column.size):
        total += column[at]
    return total
