"""Months as text, `2026-12`, which sort as they follow each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from jiuzhu.casework.cases.days import local_day

_FORM = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


class NoMonth(ValueError):
    """The text is no month."""


def read(text: str) -> str:
    """Raises NoMonth."""
    if not _FORM.fullmatch(text):
        raise NoMonth(f"'{text}' is no month; write it as 2026-12")
    return text


def of(at: datetime) -> str:
    """The month it is in China at that instant."""
    return f"{local_day(at):%Y-%m}"


def after(month: str, count: int = 1) -> str:
    """The month so many later, or earlier if `count` is less than 0."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + count
    return f"{number // 12:04}-{number % 12 + 1:02}"


def between(first: str, last: str) -> Iterator[str]:
    """From `first` to `last`, both with; nothing if `last` comes before."""
    while first <= last:
        yield first
        first = after(first)
