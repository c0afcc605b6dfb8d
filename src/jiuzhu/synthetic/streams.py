"""Seeded streams of chance: one for each thing and block, so that a seed gives the same bytes in whatever order they are used."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Chance = np.random.Generator


def stream(seed: int, *names: str | int) -> Chance:
    """A counter-based stream that depends on the seed and these names only."""
    digest = blake2b("/".join(str(name) for name in (seed, *names)).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))


def whole(values: Any) -> Numbers:
    return np.asarray(values, dtype=np.int64)


def choice(r: Chance, options: Any, shares: Any, n: int) -> Numbers:
    """`n` draws among whole numbers with these shares (they need not add up to one)."""
    edges = np.cumsum(np.asarray(shares, dtype=float))
    return whole(whole(options)[np.searchsorted(edges, r.random(n) * edges[-1], side="right").clip(0, len(edges) - 1)])


def between(r: Chance, low: Any, high: Any, n: int) -> Numbers:
    """`n` whole numbers from low to high, both in; either may be one number or an array of `n`."""
    low, high = np.broadcast_to(whole(low), n), np.broadcast_to(whole(high), n)
    return whole(low + (r.random(n) * np.maximum(high - low + 1, 1)).astype(np.int64))


def amounts(r: Chance, median: float, spread: float, n: int, *, low: float = 0, high: float = 1e7) -> Numbers:
    """`n` sums of money in fen, log-normal around a median in yuan, whole jiao."""
    yuan = np.clip(median * np.exp(spread * r.standard_normal(n)), low, high)
    return whole(np.round(yuan * 10)) * 10
