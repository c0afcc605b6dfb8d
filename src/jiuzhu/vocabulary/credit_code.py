"""Unified social credit codes of organisations (统一社会信用代码, GB 32100-2015)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jiuzhu.vocabulary.text import compact

_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
_VALUE = {character: value for value, character in enumerate(_CHARACTERS)}
_SAYS = {
    "length": "a unified social credit code has 18 characters",
    "character": "only digits and capital letters other than I, O, S, V, Z are allowed, and digits from the third to the eighth",
    "check_digit": "the last character does not fit the others; one of them is mistyped",
}


class CreditCodeFault(ValueError):
    """The text is no unified social credit code; `code` says what is wrong."""

    def __init__(self, code: Literal["length", "character", "check_digit"]) -> None:
        super().__init__(f"credit code: {_SAYS[code]}")
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class CreditCode:
    """A right code of 18 characters."""

    code: str

    @classmethod
    def parse(cls, text: str) -> CreditCode:
        """Read a code in any of its spellings: full width, spaces, small letters. Raises CreditCodeFault."""
        code = compact(text).upper()
        if len(code) != 18:
            raise CreditCodeFault("length")
        if any(character not in _VALUE for character in code) or not code[2:8].isdigit():
            raise CreditCodeFault("character")
        if code[17] != check_character(code[:17]):
            raise CreditCodeFault("check_digit")
        return cls(code)

    @property
    def division(self) -> str:
        """The division of the office that registered it, six digits."""
        return self.code[2:8]

    @property
    def organisation(self) -> str:
        """The nine characters of the organisation code inside (GB 11714)."""
        return self.code[8:17]

    def __str__(self) -> str:
        return self.code


def check_character(first_seventeen: str) -> str:
    """The last character for these 17: weights are powers of 3 modulo 31."""
    total = sum(_VALUE[character] * pow(3, place, 31) for place, character in enumerate(first_seventeen))
    return _CHARACTERS[-total % 31]
