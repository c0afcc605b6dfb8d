"""The stage from profiled to flagged: an engine over a base, its tallies and their hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from jiuzhu.engines.base import Base, Engine, Result, Tally
from jiuzhu.rules.tree import Indicator

SAMPLE_SEED = 0x5EED_0F_50CA11_A1D
_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Flagged:
    """result: signals and unknowns. tallies: one an indicator, in the order of their codes. hash: of all tallies."""

    result: Result
    tallies: tuple[Tally, ...]
    hash: str


def flagged(
    base: Base,
    indicators: Iterable[Indicator],
    engine: Engine,
    *,
    households: Sequence[int] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Flagged:
    """Run the indicators over the base, or over these living households and their people."""
    ordered = sorted(indicators, key=lambda one: one.code)
    result = engine.run(base, ordered, households=households, progress=progress)
    tallies = result.tallies(ordered)
    return Flagged(result, tallies, hash_of(tallies))


def hash_of(tallies: Iterable[Tally]) -> str:
    """One hash over what every indicator gave; equal for every engine, or one of them is wrong."""
    told = json.dumps([asdict(tally) for tally in tallies], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def sample(households: int, number: int) -> list[int]:
    """So many living households out of all, by a fixed hash of their position: the same ones for every engine."""
    position = np.arange(households, dtype=np.uint64)
    mixed = position + np.uint64(SAMPLE_SEED & _MASK)
    with np.errstate(over="ignore"):  # splitmix64 counts modulo 2**64
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    chosen = np.lexsort((position, mixed))[:number]
    return sorted(int(one) for one in chosen)
