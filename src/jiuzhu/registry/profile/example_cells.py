"""Values as a catalogue file has them, turned into what the archive keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from jiuzhu.registry.ingest import cells
from jiuzhu.registry.ingest.faults import Unfit
from jiuzhu.rules.tree import Column, Fact

UNKNOWN = "unknown"


class BadExample(ValueError):
    """A cell of an example that cannot be read as its column asks."""


def archived(value: Any, column: Column) -> Any:
    """The cell as the archive keeps it; people and things are turned into numbers elsewhere. Raises BadExample."""
    if value is None or value == "":
        return None
    try:
        return _READERS.get(column.holds, _code)(value, column)
    except (Unfit, ArithmeticError, ValueError, TypeError) as error:
        raise BadExample(f"{column.name} = {value!r} is no {column.holds}") from error


def _flag(value: Any, column: Column) -> bool:
    return (
        value
        if isinstance(value, bool)
        else {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}[str(value)]
    )


def _day(value: Any, column: Column) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else cells.EPOCH + timedelta(days=cells.day(str(value)))


def _instant(value: Any, column: Column) -> int:
    if isinstance(value, datetime):
        return int((value if value.tzinfo else value.replace(tzinfo=cells.BEIJING)).timestamp())
    if isinstance(value, date):
        value = f"{value.isoformat()} 00:00"
    return cells.instant(str(value))


def _month(value: Any, column: Column) -> int:
    return value.year * 12 + value.month - 1 if isinstance(value, date) else cells.month(str(value))


def _code(value: Any, column: Column) -> Any:
    return int(str(value)) if column.type.kind == "number" else str(value)


def _number(scale: int) -> Callable[[Any, Column], int]:
    def read(value: Any, column: Column) -> int:
        whole = Decimal(str(value)).scaleb(scale)
        if whole != whole.to_integral_value():
            raise ValueError(value)
        return int(whole)

    return read


_READERS: dict[str, Callable[[Any, Column], Any]] = {
    "text": lambda value, column: str(value),
    "flag": _flag,
    "date": _day,
    "instant": _instant,
    "month": _month,
    "quarter": lambda value, column: cells.quarter(str(value)),
    "school_year": lambda value, column: cells.school_year(str(value)),
    "money": _number(2),
    "decimal": _number(4),
    "integer": _number(0),
}


def given(value: Any, fact: Fact) -> Any:
    """A fact brought along, as `Base.given` holds it; None where it says unknown."""
    if value == UNKNOWN:
        return None
    kind = fact.type.kind
    if kind == "flag":
        return bool(value)
    if kind == "number":
        return Decimal(str(value))
    if kind == "date" and not isinstance(value, date):
        return cells.EPOCH + timedelta(days=cells.day(str(value)))
    if kind == "month":
        return value.year * 12 + value.month - 1 if isinstance(value, date) else cells.month(str(value))
    return value
