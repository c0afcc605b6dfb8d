"""The simulated twin of a bank: it keeps its own book in a file, and its line loses, doubles, delays and reorders."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jiuzhu.gateways.bank.base import Answer, Order, Portion
from jiuzhu.gateways.twin_line import TwinLine

_BOOK = """
CREATE TABLE IF NOT EXISTS heard (number TEXT PRIMARY KEY, fen INTEGER NOT NULL, account TEXT NOT NULL, list TEXT NOT NULL,
    digest TEXT NOT NULL, day TEXT NOT NULL, says TEXT NOT NULL, why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (id INTEGER PRIMARY KEY, number TEXT NOT NULL, says TEXT NOT NULL, fen INTEGER NOT NULL,
    day TEXT NOT NULL, why TEXT NOT NULL, looks INTEGER NOT NULL);
"""


@dataclass
class Twin(TwinLine):
    """Of so many orders in a hundred: refused: it is not paid. returned: it is paid and comes back."""

    refused: int = 3
    returned: int = 3
    TABLES = _BOOK

    def pay(self, portion: Portion) -> None:
        self._line()
        with self._open() as book:
            for order in portion.orders:
                self._hear(book, portion, order)
        self._line()

    def ask(self, numbers: Sequence[str]) -> Sequence[Answer]:
        self._line()
        with self._open() as book:
            found = [self._told(book, number) for number in numbers]
        self._line()
        return found

    def answers(self) -> Sequence[Answer]:
        self._line()
        with self._open() as book:
            book.execute("UPDATE waiting SET looks = looks - 1 WHERE looks > 0")
            rows = book.execute(
                "SELECT number, says, fen, day, why FROM waiting WHERE looks = 0 ORDER BY id LIMIT 5000"
            ).fetchall()
        return self._jumbled([Answer(number, says, fen, date.fromisoformat(day), why) for number, says, fen, day, why in rows])

    def fetched(self, answers: Sequence[Answer]) -> None:
        self._line()
        with self._open() as book:
            book.executemany("DELETE FROM waiting WHERE number = ? AND says = ?", [(one.number, one.says) for one in answers])
        self._line()

    def statement(self, day: date) -> Sequence[Answer]:
        self._line()
        with self._open() as book:
            rows = book.execute(
                "SELECT number, says, fen, why FROM heard WHERE day = ? AND says IN ('paid', 'returned')", (day.isoformat(),)
            ).fetchall()
        return [Answer(number, says, fen, day, why) for number, says, fen, why in rows]

    def paid(self) -> dict[str, int]:
        """Number to fen of everything that left for good: the money itself, for whoever counts it."""
        with self._open() as book:
            return dict(book.execute("SELECT number, fen FROM heard WHERE says = 'paid'").fetchall())

    def _hear(self, book: sqlite3.Connection, portion: Portion, order: Order) -> None:
        says, why = "paid", ""
        if self._happens(self.refused):
            says, why = "refused", "account_closed"
        elif self._happens(self.returned):
            says, why = "returned", "name_differs"
        day = self.today.isoformat()
        new = book.execute(
            "INSERT OR IGNORE INTO heard VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (order.number, order.fen, order.account, portion.list, portion.digest, day, says, why),
        )
        if not new.rowcount:
            return
        # What comes back was first told as paid.
        for told in ("paid", "returned") if says == "returned" else (says,):
            book.execute(
                "INSERT INTO waiting (number, says, fen, day, why, looks) VALUES (?, ?, ?, ?, ?, ?)",
                (order.number, told, order.fen, day, why, self._looks()),
            )

    def _told(self, book: sqlite3.Connection, number: str) -> Answer:
        row = book.execute("SELECT says, fen, day, why FROM heard WHERE number = ?", (number,)).fetchone()
        if row is None:
            return Answer(number, "unknown")
        says, fen, day, why = row
        return Answer(number, says, fen, date.fromisoformat(day), why)
