"""The simulated twin: another exchange seen through a bad line. It misbehaves by default, and alike for the same seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jiuzhu.gateways.exchange.base import MANIFEST, SIGNATURE, Exchange, Unreachable


@dataclass
class Twin:
    """`of` behind a line where so many answers in a hundred go wrong, each kind by itself.

    lost: nothing arrives, sometimes after the other side has acted. cut: a file ends in the middle. wrong: a byte is another.
    late, doubled, reordered: of the list of what waits; a late message is there at one of the next looks.
    """

    of: Exchange
    seed: int
    lost: int = 4
    cut: int = 4
    wrong: int = 2
    late: int = 5
    doubled: int = 5
    reordered: int = 5
    _chance: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def waiting(self) -> list[str]:
        self._line()
        names = [name for name in self.of.waiting() if not self._happens(self.late)]
        for name in list(names):
            if self._happens(self.doubled):
                names.append(name)
        if self._happens(self.reordered):
            self._chance.shuffle(names)
        return names

    def fetch(self, message: str, name: str, target: Path, most: int) -> None:
        self._line()
        before = target.stat().st_size if target.exists() else 0
        self.of.fetch(message, name, target, most)
        content = target.read_bytes()
        if self._happens(self.cut):
            target.write_bytes(content[: before + (len(content) - before) // 2])
            raise Unreachable("the twin cut the line in the middle of a file")
        # The manifest and its signature are left as they are: a wrong one there is a forged message, which tests forge themselves.
        if self._happens(self.wrong) and len(content) > before and name not in (MANIFEST, SIGNATURE):
            place = self._chance.randrange(before, len(content))
            target.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])

    def answer(self, message: str, files: Mapping[str, bytes]) -> None:
        self._line()
        self.of.answer(message, files)
        self._line()

    def acknowledge(self, message: str) -> None:
        self._line()
        self.of.acknowledge(message)
        self._line()

    def _line(self) -> None:
        if self._happens(self.lost):
            raise Unreachable("the twin lost an answer")

    def _happens(self, percent: int) -> bool:
        return self._chance.random() * 100 < percent
