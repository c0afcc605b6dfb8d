"""Steps that are compiled, once a machine where that can be kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(step: Callable[..., Any]) -> Any:
    try:
        return njit(cache=True, nogil=True)(step)
    except RuntimeError:  # no folder may be written to: compiled again by each process
        return njit(nogil=True)(step)
