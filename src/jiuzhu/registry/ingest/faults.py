"""What can be wrong with a delivered cell, row or file, in words that say what to do next."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

# code: the rule that was broken, and the next step. Reasons of rows; counted in every report.
REASONS: dict[str, tuple[str, str]] = {
    "missing_value": ("a required column must have a value", "fill it in at the source and deliver the row again"),
    "bad_number": ("a number is digits, with or without thousand separators and a decimal point", "correct the number"),
    "not_whole": ("a count is a whole number", "correct the number, or ask for the column to take decimals"),
    "below_a_fen": ("an amount of money has at most two decimals", "round at the source, by its own rule, and deliver again"),
    "too_large": ("a number has at most 15 digits before the decimal point", "correct the number"),
    "negative": ("this column is declared not to be negative", "correct the sign, or declare `negative = true` for the column"),
    "bad_date": ("a date is a real day, such as 2026-01-05, 2026/1/5, 20260105 or 2026年1月5日", "correct the date"),
    "bad_month": ("a month is written 2026-11, 202611 or 2026年11月", "correct the month"),
    "bad_quarter": ("a quarter is written 2026-Q3 or 2026年第3季度", "correct the quarter"),
    "bad_school_year": ("a school year is written 2026-2027, two years in a row", "correct the school year"),
    "bad_instant": ("an instant is written 2026-11-20T09:30:00+08:00; without a zone it is Beijing time", "correct the time"),
    "bad_flag": ("yes and no are written true/false, 1/0 or 是/否", "correct the value"),
    "code_not_listed": ("a code must stand in the code list of its column", "correct the code, or add it to the list"),
    "bad_region": ("a division code has 6, 9 or 12 digits and begins with a province", "correct the division code"),
    "bad_change": ("the column _change is I, U or D, or empty", "correct the value"),
    "bad_id": ("a row with a wrong id number needs the person's name to be linked", "correct the id number, or add the name"),
    "digits_lost": (
        "a long number was stored as a number and lost its last digits",
        "store the column as text and deliver again",
    ),
    "cell_too_long": ("a cell has at most 32,767 characters", "shorten the cell"),
    "broken_text": ("text must be readable in the encoding of the file", "save the file as UTF-8 or GB18030 and deliver again"),
    "wrong_cell_count": ("a row has as many cells as the header has columns", "quote cells that hold the separator"),
    "bad_line": ("a line is one JSON object with plain values", "correct the line"),
    "after_period": (
        "data_date lies at most ten years after the period of the file",
        "correct data_date, or the period in the name",
    ),
    "other_division": (
        "a source speaks only for its own divisions, in retractions too",
        "leave the row to the source of its division, or correct region_code",
    ),
    "in_future": (
        "what had not come on the day it was sent cannot be stated",
        "correct the day, or send the row when it has come",
    ),
}

_CHARACTERS = ((re.compile(r"[0-9]"), "9"), (re.compile(r"[A-Z]"), "A"), (re.compile(r"[a-z]"), "a"))
_OTHER_LETTERS = re.compile(r"[^\W\d_a-zA-Z]")


def shape(value: str) -> str:
    """How a value is built, without what it says: `3705…X` becomes `99999…A`; at most 40 characters."""
    for pattern, sign in _CHARACTERS:
        value = pattern.sub(sign, value)
    value = _OTHER_LETTERS.sub("字", value)
    return value if len(value) <= 40 else value[:39] + "…"


class Unfit(ValueError):
    """A cell does not fit its column; the message is one of the codes of REASONS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Fault:
    """Why a file was refused: what, where, which rule, and the next step. `value` is a shape where it could be personal."""

    code: str
    file: str
    rule: str
    next: str
    row: int | None = None
    column: str = ""
    value: str = ""

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def __str__(self) -> str:
        place = f", row {self.row}" if self.row else ""
        place += f", column {self.column}" if self.column else ""
        value = f": {self.value!r}" if self.value else ""
        return f"{self.file}{place}{value}: {self.rule}; {self.next}"


def reason_fault(file: str, code: str, row: int | None, column: str, value: str) -> Fault:
    """A reason of a row, told of a whole file."""
    rule, step = REASONS[code]
    return Fault(code, file, rule, step, row, column, value)


class FileRefused(Exception):
    """A whole file cannot be taken; nothing of it is."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault
