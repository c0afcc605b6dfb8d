"""Telephone numbers as people type them, brought to the digits by which two of them are compared."""

from __future__ import annotations

from jiuzhu.vocabulary.text import compact

MOBILE = 11


def digits(phone: str) -> str:
    """The last eleven digits: what stands before them says the country. Fewer where it has fewer."""
    return "".join(sign for sign in compact(phone) if sign.isascii() and sign.isdigit())[-MOBILE:]


def masked(phone: str) -> str:
    """`138****6052`; "" for none."""
    known = digits(phone)
    return f"{known[:3]}****{known[-4:]}" if len(known) == MOBILE else ""
