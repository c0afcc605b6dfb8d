"""Answers that only few of a block have: those with rows that count, among many who all have the same, or none."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from jiuzhu.engines.columnar import steps
from jiuzhu.engines.columnar.values import Flag, Index, Number, Value

FEW = 4  # where fewer than one in so many has an answer of its own, the others are not written down


@dataclass(frozen=True)
class Rare:
    """at: numbers of the few, ascending. values: theirs. rest: that of everybody else, of plain parts. count: of all."""

    at: Index
    values: Value
    rest: Value
    count: int

    def whole(self) -> Value:
        """The answer of everybody."""
        return self._made(lambda few, other: _among(few, other, self.at, self.count))

    def take(self, at: Index) -> Value | Rare:
        """The answers of some; at: ascending numbers."""
        if len(self.at) < len(at):
            few, here = steps.shared(self.at, at)
        else:
            here, few = steps.shared(at, self.at)
        if not len(few):
            return self.rest
        return Rare(here, self.values.take(few), self.rest, len(at))

    def _made(self, work: Any) -> Value:
        parts = {}
        for field in fields(self.rest):
            few, other = getattr(self.values, field.name), getattr(self.rest, field.name)
            parts[field.name] = work(few, other) if field.name in _PARTS else few
        return Flag(**parts) if isinstance(self.rest, Flag) else Number(**parts)


_PARTS = ("true", "whole", "unknown", "none", "floor", "floored")


def _among(few: Any, other: Any, at: Index, count: int) -> Any:
    if not isinstance(few, np.ndarray) and few == other:
        return other
    kind = few.dtype if isinstance(few, np.ndarray) else np.bool_ if isinstance(few, bool) else np.int64
    made = np.full(count, other, kind)
    made[at] = few
    return made
