"""Money: whole fen in 64 bits, exact; no float ever becomes money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from jiuzhu.vocabulary.text import compact

_GREATEST = 2**63 - 1
_AMOUNT = re.compile(r"(?P<sign>[+-]?)(?P<yuan>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<fen>\d{1,2}))?", re.ASCII)


class MoneyFault(ValueError):
    """The text or number is no exact amount of yuan and fen."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in whole fen."""

    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError(f"money is whole fen, not {type(self.fen).__name__}; read yuan with Money.parse or Money.of")
        if abs(self.fen) > _GREATEST:
            raise MoneyFault("money: the amount is beyond 64 bits of fen; look for a misplaced decimal point")

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read yuan as people write them: "1234.5", "1,234.50", full-width. At most two decimals. Raises MoneyFault."""
        match = _AMOUNT.fullmatch(compact(text))
        if match is None:
            raise MoneyFault("money: write yuan with at most two decimals, such as 1234.50 or 1,234.50")
        fen = int(match["yuan"].replace(",", "")) * 100 + int((match["fen"] or "").ljust(2, "0"))
        return cls(-fen if match["sign"] == "-" else fen)

    @classmethod
    def of(cls, yuan: Decimal | int) -> Money:
        """An exact number of yuan. Raises MoneyFault if it has parts of a fen, TypeError for a float."""
        if isinstance(yuan, bool) or not isinstance(yuan, Decimal | int):
            raise TypeError(f"yuan must be a Decimal or int, not {type(yuan).__name__}")
        if not Decimal(yuan).is_finite():
            raise MoneyFault("money: a number without end is no amount")
        numerator, denominator = Decimal(yuan).as_integer_ratio()
        fen, rest = divmod(numerator * 100, denominator)
        if rest:
            raise MoneyFault("money: the amount has parts of a fen; round it first, by the rule of the place")
        return cls(fen)

    @property
    def yuan(self) -> Decimal:
        """Exactly, with two decimals."""
        return Decimal(self.fen).scaleb(-2)

    def up_to_yuan(self) -> Money:
        """The next whole yuan that is not less: the rounding of most places. Sum first, round once."""
        return Money(-(-self.fen // 100) * 100)

    def times(self, ratio: Decimal) -> Money:
        """This amount times a ratio, half up to whole fen."""
        if not isinstance(ratio, Decimal):
            raise TypeError(f"a ratio must be a Decimal, not {type(ratio).__name__}")
        numerator, denominator = ratio.as_integer_ratio()
        exact, rest = divmod(abs(self.fen * numerator), denominator)
        rounded = exact + (2 * rest >= denominator)
        return Money(rounded if self.fen * numerator >= 0 else -rounded)

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen) if isinstance(other, Money) else NotImplemented

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen) if isinstance(other, Money) else NotImplemented

    def __radd__(self, other: int) -> Money:
        """So that `sum` works: its start is 0."""
        return self if other == 0 and isinstance(other, int) else NotImplemented

    def __mul__(self, times: int) -> Money:
        return Money(self.fen * times) if isinstance(times, int) and not isinstance(times, bool) else NotImplemented

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __bool__(self) -> bool:
        return self.fen != 0

    def __str__(self) -> str:
        """Yuan without separators, as files have them: 1234.50."""
        return f"{'-' if self.fen < 0 else ''}{abs(self.fen) // 100}.{abs(self.fen) % 100:02}"

    @property
    def grouped(self) -> str:
        """For people: 1,234.50."""
        return f"{'-' if self.fen < 0 else ''}{abs(self.fen) // 100:,}.{abs(self.fen) % 100:02}"
