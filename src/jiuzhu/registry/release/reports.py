"""What the door of the registry says of deliveries, runs and releases: frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from jiuzhu.engines.base import Tally

TAKEN_ON, RENUMBERED, MERGED = "taken on", "renumbered", "merged"


@dataclass(frozen=True)
class Delivery:
    """An accepted delivery. held: why the gate keeps it back, empty if it counts."""

    delivery: str
    dataset: str
    source: str
    period: str
    sha256: str
    full: bool
    received: int
    accepted: int
    rejected: int
    reasons: Mapping[str, int]
    held: Sequence[str]


@dataclass(frozen=True)
class RunReport:
    """What a run gave. new: the release was made by it; else the same state, catalogue and day had given it before.

    entries: how many it added to the stream. repaired: how many of them mend it, because release and stream before said
    something else of the same deliveries: a fault of the platform. tables: of each table of the base whether the file of the last
    release was TAKEN_ON, its rows were RENUMBERED, or MERGED with those that came, or why they were made again from the archive;
    empty where `new` is not.
    """

    release: str
    as_of: date
    position: int
    engine: str
    catalogue: str
    people: int
    households: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    hash: str
    tallies: tuple[Tally, ...]
    fell_back: tuple[str, ...]
    new: bool
    entries: int = 0
    repaired: int = 0
    tables: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        told = asdict(self) | {"as_of": self.as_of.isoformat(), "fell_back": list(self.fell_back)}
        del told["tallies"], told["new"], told["tables"]
        told["base"] = {
            "taken_on": sum(how == TAKEN_ON for how in self.tables.values()),
            "renumbered": sum(how == RENUMBERED for how in self.tables.values()),
            "merged": sum(how == MERGED for how in self.tables.values()),
            "made_again": {name: how for name, how in sorted(self.tables.items()) if how not in (TAKEN_ON, RENUMBERED, MERGED)},
        }
        told["indicators"] = [
            {
                "id": one.indicator,
                "count": one.count,
                "unknown": one.unknown,
                "grades": dict(one.grades),
                "value_sum": one.value_sum,
                "subject_sum": one.subject_sum,
                "mix": one.mix,
            }
            for one in self.tallies
        ]
        return told


@dataclass(frozen=True)
class Summary:
    """A release in a few numbers. only: what tells a run over some households from others; "" for everybody.

    catalogue: the version of the declarations it was made with.
    """

    release: str
    as_of: date
    engine: str
    people: int
    households: int
    deliveries: int
    hash: str
    only: str
    catalogue: str
