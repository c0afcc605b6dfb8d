"""What is asked of a provider of short messages, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from jiuzhu.gateways.unreachable import Unreachable as Unreachable

FOR_GOOD = ("no_such_number", "blocked", "refused")  # reasons after which another attempt would end the same
Says = Literal["delivered", "failed", "under_way", "unknown"]


@dataclass(frozen=True)
class Outgoing:
    """One attempt. number: ours, fixed for good; the provider delivers one number once, however often it hears it."""

    number: str
    to: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class Receipt:
    """What became of a number. day: on which it was delivered. why: one of FOR_GOOD, or the provider's word for what may pass."""

    number: str
    says: Says
    day: date | None = None
    why: str = ""


class Sms(Protocol):
    """Every call may raise Unreachable, before or after the provider has acted."""

    def send(self, messages: Sequence[Outgoing]) -> None:
        """Hand in some. A number the provider has had before is not delivered again."""

    def ask(self, numbers: Sequence[str]) -> Sequence[Receipt]:
        """What became of these numbers; `unknown` for one the provider never had."""

    def receipts(self) -> Sequence[Receipt]:
        """What waits to be fetched, in any order, perhaps more than once."""

    def fetched(self, receipts: Sequence[Receipt]) -> None:
        """These are written down here and need not be told again."""
