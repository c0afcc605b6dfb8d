"""Simulated departments: each answers from a book of its own, and some are slow, down, late, strict, or refuse."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from jiuzhu.gateways.verification.base import Answer, Copy, Question, Sent, TooMany, Unreachable

Book = Callable[[str, str], Sequence[Sent]]  # id number and dataset to rows


@dataclass
class Twin:
    """One department. Of so many questions in a hundred: lost: no answer comes, though it was heard; later: it is fetched afterwards;
    refused: it is not given.

    waits: called before each answer, so that a slow one takes its time. is_down: nothing is heard. most: questions it takes at all
    before it says that they are too many; None for any number. believes: whether an authorisation is what was signed. looks: what
    it answers, where that is in no book.
    """

    book: Book
    day: date
    seed: int = 1
    lost: int = 0
    later: int = 0
    refused: int = 0
    is_down: bool = False
    most: int | None = None
    waits: Callable[[], object] = bool
    believes: Callable[[Copy], bool] = lambda _: True
    looks: Callable[[Question], Answer] | None = None
    heard: dict[str, Question] = field(default_factory=dict, repr=False)
    _chance: random.Random = field(init=False, repr=False)
    _one_at_a_time: threading.Lock = field(init=False, repr=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def ask(self, question: Question) -> Answer:
        if self.is_down:
            raise Unreachable("the twin is down")
        self.waits()
        with self._one_at_a_time:
            if self.most is not None and len(self.heard) >= self.most:
                raise TooMany("the twin takes no more questions now")
            self.heard[question.number] = question
            lost, later, refused = (self._happens(share) for share in (self.lost, self.later, self.refused))
        if lost:
            raise Unreachable("the twin lost an answer")
        if not self.believes(question.authorisation):
            return Answer(question.number, "refused", why="授权书验签不通过")
        if refused:
            return Answer(question.number, "refused", why="机构要求书面函")
        return Answer(question.number, "later") if later else self._told(question)

    def fetch(self, numbers: Sequence[str]) -> Sequence[Answer]:
        if self.is_down:
            raise Unreachable("the twin is down")
        return [self._told(self.heard[number]) for number in numbers if number in self.heard]

    def _told(self, question: Question) -> Answer:
        if self.looks is not None:
            return self.looks(question)
        rows = {
            dataset: [
                Sent(row.record_id, {name: row.columns[name] for name in names if name in row.columns})
                for row in self.book(question.id_number, dataset)
            ]
            for dataset, names in question.columns.items()
        }
        return Answer(question.number, "answered", rows, self.day)

    def _happens(self, of_hundred: int) -> bool:
        return self._chance.randrange(100) < of_hundred


def from_rows(rows: Mapping[tuple[str, str], Sequence[Mapping[str, str]]]) -> Book:
    """A book of (id number, dataset) to rows."""

    def book(id_number: str, dataset: str) -> Sequence[Sent]:
        return [Sent(f"{dataset}-{place}", row) for place, row in enumerate(rows.get((id_number, dataset), ()), start=1)]

    return book
