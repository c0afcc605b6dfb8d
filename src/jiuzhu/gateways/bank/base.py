"""What is asked of a bank's interface, whichever bank it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from jiuzhu.gateways.unreachable import Unreachable as Unreachable

REASONS = ("account_closed", "name_differs", "account_frozen", "no_such_account")
Says = Literal["paid", "refused", "returned", "under_way", "unknown"]


@dataclass(frozen=True)
class Order:
    """One transfer. number: ours, fixed for good; the bank pays one number once, however often it hears it. fen: whole fen."""

    number: str
    fen: int
    account: str = field(repr=False)
    name: str = field(repr=False)
    bank: str = field(repr=False)


@dataclass(frozen=True)
class Portion:
    """Some orders of one signed list. digest: of the whole list, as its maker and checker signed it; count, fen: of this portion."""

    list: str
    digest: str
    orders: Sequence[Order]

    @property
    def count(self) -> int:
        return len(self.orders)

    @property
    def fen(self) -> int:
        return sum(one.fen for one in self.orders)


@dataclass(frozen=True)
class Answer:
    """What became of a number. day: of the bank's statement it stands in, None while it stands in none. why: one of REASONS, or the bank's word."""

    number: str
    says: Says
    fen: int = 0
    day: date | None = None
    why: str = ""


class Bank(Protocol):
    """Every call may raise Unreachable, before or after the bank has acted."""

    def pay(self, portion: Portion) -> None:
        """Hand in a portion. A number the bank has had before is not paid again."""

    def ask(self, numbers: Sequence[str]) -> Sequence[Answer]:
        """What became of these numbers; `unknown` for one the bank never had."""

    def answers(self) -> Sequence[Answer]:
        """What waits to be fetched, in any order, perhaps more than once."""

    def fetched(self, answers: Sequence[Answer]) -> None:
        """These are written down here and need not be told again."""

    def statement(self, day: date) -> Sequence[Answer]:
        """Every movement of a day that is over."""
