"""What a release says of itself: enough to make it again, and nothing that differs from one machine to the next."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from jiuzhu.engines.base import Tally

# To be raised whenever a base is made otherwise of the same deliveries, for one follows another only of the same format. In format 1
# rows name their delivery by its place among those of all datasets.
FORMAT = 2
NAME_LENGTH = 24


@dataclass(frozen=True)
class DeliveryUsed:
    """A delivery a release rests on, by what it is known by."""

    dataset: str
    source: str
    period: str
    sha256: str
    full: bool
    accepted: int


@dataclass(frozen=True)
class Manifest:
    """name: the hash of everything that decides the content. now: ISO text with offset. households: how many were asked
    about, empty for all. counts: rows in force a dataset. unlinked: rows whose person is not known, and those to review.
    files: the SHA-256 of each table of the release."""

    name: str
    as_of: date
    now: str
    engine: str
    catalogue: str
    people: int
    households: int
    only: str
    hash: str
    fell_back: tuple[str, ...]
    deliveries: tuple[DeliveryUsed, ...]
    tallies: tuple[Tally, ...]
    counts: Mapping[str, int]
    unlinked: Mapping[str, int]
    files: Mapping[str, str]
    format: int = FORMAT

    def as_json(self) -> str:
        told: dict[str, Any] = asdict(self) | {"as_of": self.as_of.isoformat()}
        return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        told = json.loads(text)
        told["as_of"] = date.fromisoformat(told["as_of"])
        told["fell_back"] = tuple(told["fell_back"])
        told["deliveries"] = tuple(DeliveryUsed(**one) for one in told["deliveries"])
        told["tallies"] = tuple(Tally(**one) for one in told["tallies"])
        return cls(**told)

    def sent(self, dataset: str) -> Sequence[DeliveryUsed]:
        """The deliveries that rows of a dataset name by number, in the order of these."""
        return [one for one in self.deliveries if self.format < FORMAT or one.dataset == dataset]

    def numbered(self) -> Iterator[tuple[int, DeliveryUsed]]:
        """Every delivery with the number by which rows name it."""
        many = Counter[str]()
        for number, one in enumerate(self.deliveries):
            yield (number if self.format < FORMAT else many[one.dataset]), one
            many[one.dataset] += 1


def release_name(deliveries: Sequence[DeliveryUsed], catalogue: str, as_of: date, now: datetime, only: str) -> str:
    """The name of the release that this state, catalogue and date give; `only`: what the households asked about hash to."""
    told = {
        "format": FORMAT,
        "deliveries": sorted(json.dumps(asdict(one), sort_keys=True) for one in deliveries),
        "catalogue": catalogue,
        "as_of": as_of.isoformat(),
        "now": int(now.timestamp()),
        "only": only,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:NAME_LENGTH]
