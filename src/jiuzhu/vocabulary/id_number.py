"""Citizen identity numbers (公民身份号码, GB 11643-1999): one at a time here, whole columns in `id_columns.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from jiuzhu.vocabulary.id_columns import (
    FAULTS,
    PREFIXES,
    WEIGHTS,
    FaultCode,
    packed_old_forms,
    parse_many,
    unpack_many,
)
from jiuzhu.vocabulary.text import compact

__all__ = ["FAULTS", "FaultCode", "IdNumber", "IdNumberFault", "pack", "packed_old_forms", "parse_many", "unpack", "unpack_many"]

_CHECK_CHARACTERS = "10X98765432"
_SAYS: dict[FaultCode, str] = {
    "length": "an id number has 18 characters, or 15 in its old form",
    "character": "only digits are allowed, and X as the last of 18",
    "province": "the first digits are no province's; look at the certificate",
    "date": "the birth date in it does not exist or is not yet over; look at the certificate",
    "check_digit": "the last character does not fit the others; one of them is mistyped",
}


class IdNumberFault(ValueError):
    """The text is no id number. `code` says what is wrong; the message never shows the text."""

    def __init__(self, code: FaultCode) -> None:
        super().__init__(f"id number: {_SAYS[code]}")
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class IdNumber:
    """A right number of 18 characters. converted: it was given with 15 digits, so its holder was born in 19yy.

    The county code need not be in force: people keep the number of a county that is gone. Shown, it is masked;
    `number` is the whole of it.
    """

    number: str
    converted: bool = False

    @classmethod
    def parse(cls, text: str, *, on: date | None = None) -> IdNumber:
        """Read a number in any of its spellings: full width, spaces, small x, 15 digits.

        on: the day on which its holder must be born already. Raises IdNumberFault.
        """
        number = compact(text).replace("x", "X")
        converted = len(number) == 15
        if converted:
            number = _lengthened(number)
        elif len(number) != 18:
            raise IdNumberFault("length")
        if not (number.isascii() and number[:17].isdigit() and (number[17].isdigit() or number[17] == "X")):
            raise IdNumberFault("character")
        if int(number[:3]) not in PREFIXES:
            raise IdNumberFault("province")
        born = _birth_date(number)
        if on is not None and born > on:
            raise IdNumberFault("date")
        if number[17] != check_character(number[:17]):
            raise IdNumberFault("check_digit")
        return cls(number, converted)

    @property
    def birth_date(self) -> date:
        return _birth_date(self.number)

    @property
    def sex(self) -> Literal[1, 2]:
        """1 male, 2 female (GB/T 2261.1)."""
        return 1 if int(self.number[16]) % 2 else 2

    @property
    def division(self) -> str:
        """The county that gave the number, six digits, as it was then."""
        return self.number[:6]

    @property
    def masked(self) -> str:
        return f"{self.number[:4]}{'*' * 10}{self.number[14:]}"

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"IdNumber({self.masked})"


def check_character(first_seventeen: str) -> str:
    """The last character for these 17 digits (ISO 7064, MOD 11-2)."""
    return _CHECK_CHARACTERS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_seventeen, strict=True)) % 11]


def pack(number: str) -> int:
    """A number of 18 characters as a whole number under 2^63, exactly and in the same order; `unpack` gives it back."""
    return int(number[:17]) * 11 + (10 if number[17] == "X" else int(number[17]))


def unpack(packed: int) -> str:
    """The 18 characters that were packed."""
    digits, check = divmod(packed, 11)
    return f"{digits:017}{'X' if check == 10 else check}"


def _lengthened(number: str) -> str:
    """The 18 characters of an old number of 15. Characters that are no digits are left to be found."""
    digits = f"{number[:6]}19{number[6:]}"
    return digits + (check_character(digits) if digits.isascii() and digits.isdigit() else "0")


def _birth_date(number: str) -> date:
    year = int(number[6:10])
    if not 1800 <= year < 2200:
        raise IdNumberFault("date")
    try:
        return date(year, int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise IdNumberFault("date") from None
