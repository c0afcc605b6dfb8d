"""Cells of the base as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from jiuzhu.rules.tree import Column

_BEIJING = timezone(timedelta(hours=8))


def texts_of_cells(cells: Sequence[bool | int | str | date | None], column: Column) -> list[str]:
    """The same of cells of one column: most of them are dates, or texts as they are."""
    kinds = set(map(type, cells)) - {type(None)}
    if kinds == {str}:
        return [str(cell or "") for cell in cells]
    if kinds == {date}:
        return [cell.isoformat() if isinstance(cell, date) else "" for cell in cells]
    return [text_of_cell(cell, column) for cell in cells]


def text_of_cell(cell: bool | int | str | date | None, column: Column) -> str:
    """Money with two decimals, months as 2026-11, instants in Beijing time; an empty cell is empty."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return cell
    if column.holds == "money":
        return f"{Decimal(cell).scaleb(-2):f}"
    if column.holds == "decimal":
        return f"{Decimal(cell).scaleb(-4).normalize():f}"
    if column.holds == "month":
        return f"{cell // 12:04}-{cell % 12 + 1:02}"
    if column.holds == "quarter":
        return f"{cell // 4:04}Q{cell % 4 + 1}"
    if column.holds == "school_year":
        return f"{cell}-{cell + 1}"
    if column.holds == "instant":
        return datetime.fromtimestamp(cell, UTC).astimezone(_BEIJING).isoformat(timespec="seconds")
    return str(cell)
