"""Texts as departments type them, brought to one spelling: full width, odd dashes and spaces, characters nobody sees."""

from __future__ import annotations

import re
import unicodedata

# Every dash, hyphen and minus that keyboards and word processors put where "-" is meant. The Chinese one (一) is a word.
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord(dash): "-" for dash in _DASHES}
_SPACES = re.compile(r"\s+")


def tidy(text: str) -> str:
    """For names and addresses: no invisible characters, one plain space for each stretch of white space, none at the ends."""
    if not text.isascii() or not text.isprintable():
        text = "".join(character for character in text if not _is_invisible(character))
    return _SPACES.sub(" ", text).strip()


def narrow(text: str) -> str:
    """For codes, numbers and dates: `tidy`, and full-width characters and odd dashes as their plain ones."""
    return tidy(text.translate(_NARROW)) if not text.isascii() else tidy(text)


def compact(text: str) -> str:
    """For numbers that people break up to read them: `narrow`, without any space inside."""
    return narrow(text).replace(" ", "")


def _is_invisible(character: str) -> bool:
    """Marks that take no room (byte order mark, zero width space, direction marks) and controls that are no white space."""
    return unicodedata.category(character) in ("Cf", "Cc") and not character.isspace()
