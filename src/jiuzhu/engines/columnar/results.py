"""What was found, block by block and rule by rule, as the tables of a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiuzhu.engines.base import SIGNALS, UNKNOWN, Result
from jiuzhu.engines.columnar.judge import Judged

Array = npt.NDArray[Any]


def result(found: Mapping[str, Sequence[tuple[Array, Judged]]]) -> Result:
    """found: by the code of the indicator, codes in order: the positions of the subjects of each block, and what was found."""
    codes = pa.array(list(found), pa.string())
    hits, unknown = _Parts(), _Parts()
    for number, parts in enumerate(found.values()):
        hits.add(number, [(positions[one.hits], one) for positions, one in parts if len(one.hits)])
        unknown.add(number, [(positions[one.unknown], one) for positions, one in parts if len(one.unknown)])
    signals = {
        "indicator": hits.codes(codes),
        "subject": pa.array(hits.subjects(), pa.int32()),
        "level": hits.column("level"),
        "value": hits.column("value", "no_value"),
        "threshold": hits.column("threshold", "no_threshold"),
    }
    open_ones = {"indicator": unknown.codes(codes), "subject": pa.array(unknown.subjects(), pa.int32())}
    return Result(pa.table(signals, SIGNALS), pa.table(open_ones, UNKNOWN))


class _Parts:
    """Rows of a table in the making, indicator by indicator. order: where subjects of an indicator do not ascend, how they do."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._counts: list[int] = []
        self._subjects: list[Array] = []
        self._orders: list[Array | None] = []
        self._parts: list[list[Judged]] = []

    def add(self, number: int, parts: Sequence[tuple[Array, Judged]]) -> None:
        if not parts:
            return
        subject = _joined([one for one, _ in parts])
        order = None if (subject[1:] > subject[:-1]).all() else np.argsort(subject, kind="stable")
        self._numbers.append(number)
        self._counts.append(len(subject))
        self._subjects.append(subject if order is None else subject[order])
        self._orders.append(order)
        self._parts.append([one for _, one in parts])

    def codes(self, codes: pa.Array) -> pa.Array:
        numbers = np.repeat(np.array(self._numbers, np.int32), self._counts)
        return pa.DictionaryArray.from_arrays(pa.array(numbers), codes).cast(pa.string())

    def subjects(self) -> Array:
        return _joined(self._subjects)

    def column(self, name: str, empty: str = "") -> pa.Array:
        return pa.array(self._together(name), SIGNALS.field(name).type, mask=self._together(empty) if empty else None)

    def _together(self, name: str) -> Array:
        found = []
        for parts, order in zip(self._parts, self._orders, strict=True):
            cells = _joined([getattr(one, name) for one in parts])
            found.append(cells if order is None else cells[order])
        return _joined(found) if found else np.empty(0, bool if name.startswith("no_") else np.int8)


def _joined(parts: Sequence[Array]) -> Array:
    if not parts:
        return np.empty(0, np.int32)
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
