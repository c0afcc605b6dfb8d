"""What a log says of a fault: its kind and where it happened, never its words, which may quote what somebody typed (B6)."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

logging.raiseExceptions = False  # a handler that cannot write would print the fault, words and all, to the standard error

Told = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutValues(logging.Formatter):
    """A database says `Key (id_index)=(…) already exists`, a reader `cannot read '张三'`: the line of code is enough to find the fault."""

    def formatException(self, told: Told) -> str:
        lines, fault = [], told[1]
        while fault is not None:
            lines += [f"{type(fault).__name__} (its words are left out)", *traceback.format_tb(fault.__traceback__)]
            fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
        return "\n".join(line.rstrip("\n") for line in lines)
