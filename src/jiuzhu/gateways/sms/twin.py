"""The simulated twin of a provider of short messages. It forgets telephones and texts at once: a book is no place for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jiuzhu.gateways.sms.base import Outgoing, Receipt
from jiuzhu.gateways.twin_line import TwinLine

_BOOK = """
CREATE TABLE IF NOT EXISTS heard (number TEXT PRIMARY KEY, says TEXT NOT NULL, why TEXT NOT NULL, day TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (id INTEGER PRIMARY KEY, number TEXT NOT NULL, looks INTEGER NOT NULL);
"""


@dataclass
class Twin(TwinLine):
    """Of so many messages in a hundred: busy: it fails, and another attempt may not. gone: the number is nobody's any more."""

    busy: int = 5
    gone: int = 2
    TABLES = _BOOK

    def send(self, messages: Sequence[Outgoing]) -> None:
        self._line()
        with self._open() as book:
            for one in messages:
                says, why = "delivered", ""
                if self._happens(self.gone):
                    says, why = "failed", "no_such_number"
                elif self._happens(self.busy):
                    says, why = "failed", "busy"
                told = (one.number, says, why, self.today.isoformat())
                if book.execute("INSERT OR IGNORE INTO heard VALUES (?, ?, ?, ?)", told).rowcount:
                    book.execute("INSERT INTO waiting (number, looks) VALUES (?, ?)", (one.number, self._looks()))
        self._line()

    def ask(self, numbers: Sequence[str]) -> Sequence[Receipt]:
        self._line()
        with self._open() as book:
            rows = {row[0]: row for row in book.execute("SELECT number, says, why, day FROM heard")}
        self._line()
        return [_told(rows[number]) if number in rows else Receipt(number, "unknown") for number in numbers]

    def receipts(self) -> Sequence[Receipt]:
        self._line()
        with self._open() as book:
            book.execute("UPDATE waiting SET looks = looks - 1 WHERE looks > 0")
            query = "SELECT number, says, why, day FROM waiting JOIN heard USING (number) WHERE looks = 0 ORDER BY id LIMIT 5000"
            rows = book.execute(query).fetchall()
        return self._jumbled([_told(row) for row in rows])

    def fetched(self, receipts: Sequence[Receipt]) -> None:
        self._line()
        with self._open() as book:
            book.executemany("DELETE FROM waiting WHERE number = ?", [(one.number,) for one in receipts])
        self._line()

    def delivered(self) -> list[str]:
        """The numbers of everything somebody read: for whoever counts it."""
        with self._open() as book:
            return [row[0] for row in book.execute("SELECT number FROM heard WHERE says = 'delivered' ORDER BY number")]


def _told(row: tuple[str, str, str, str]) -> Receipt:
    number, says, why, day = row
    return Receipt(number, "delivered" if says == "delivered" else "failed", date.fromisoformat(day), why)
