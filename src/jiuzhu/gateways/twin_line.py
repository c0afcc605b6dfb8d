"""What every simulated twin that keeps a book has in common: a line that loses, delays, doubles and reorders.

The book outlives whoever calls, so a caller can be killed at any moment and what was done be counted afterwards.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import ClassVar, TypeVar

from jiuzhu.gateways.unreachable import Unreachable

Told = TypeVar("Told")


@dataclass
class TwinLine:
    """A twin whose book is the file `book`. Of so many calls or answers in a hundred:

    lost: no answer comes, as often before the twin has acted as after. late: an answer is there some looks later. doubled,
    reordered: of the answers that wait.
    """

    book: Path
    seed: int
    today: date
    lost: int = 10
    late: int = 20
    doubled: int = 10
    reordered: int = 20
    _chance: random.Random = field(init=False, repr=False)
    TABLES: ClassVar[str] = ""

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        with self._open() as book:
            book.executescript(self.TABLES)

    def telling(self) -> bool:
        """Whether an answer still waits to be fetched."""
        with self._open() as book:
            return bool(book.execute("SELECT EXISTS (SELECT 1 FROM waiting)").fetchone()[0])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        book = sqlite3.connect(self.book, timeout=30)
        try:
            with book:
                yield book
        finally:
            book.close()

    def _jumbled(self, found: list[Told]) -> list[Told]:
        """What waits, some of it twice, perhaps in another order."""
        told = found + [one for one in found if self._happens(self.doubled)]
        if self._happens(self.reordered):
            self._chance.shuffle(told)
        return told

    def _looks(self) -> int:
        """After how many looks an answer is there."""
        return self._chance.randrange(1, 4) if self._happens(self.late) else 0

    def _line(self) -> None:
        if self._happens(self.lost):
            raise Unreachable("the twin lost an answer")

    def _happens(self, of_hundred: int) -> bool:
        return self._chance.randrange(100) < of_hundred
