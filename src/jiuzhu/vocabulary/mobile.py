"""Mobile numbers of the mainland: eleven digits, however they were written down."""

from __future__ import annotations

import re

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_ABROAD = re.compile(r"^(?:\+|00)?86(?=1[3-9][0-9]{9}$)")
_SAME, _IN_A_ROW = re.compile(r"([0-9])\1{7}$"), "01234567890123456789"


class MobileFault(ValueError):
    """The text is no number a message could go to. The message never shows the text."""


def mobile(text: str) -> str:
    """The eleven digits of a mobile number in any of its spellings. Raises MobileFault for another, and for one made up to fill a form.

    Made up: its last eight digits are one digit, or follow one another.
    """
    digits = _ABROAD.sub("", re.sub(r"[\s\-()（）]", "", text))
    if not _MOBILE.fullmatch(digits):
        raise MobileFault("a mobile number has 11 digits and begins with 13 to 19; ask for it again")
    if _SAME.search(digits) or digits[3:] in _IN_A_ROW or digits[3:] in _IN_A_ROW[::-1]:
        raise MobileFault("this number was made up to fill a form; ask for the right one")
    return digits
