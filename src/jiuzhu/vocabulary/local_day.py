"""The day it is here: the whole country keeps Beijing time, and only an instant of the server says which day that is (G5)."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def local_day(at: datetime) -> date:
    """The day of that instant in Beijing, whatever zone it is told in. Raises ValueError for an instant without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} names no time zone, so nobody knows which day it is; hand in an aware instant")
    return at.astimezone(BEIJING).date()


def day_typed(text: str) -> date | None:
    """A day as a form or an address sends it, 2026-11-20; None for anything else, the 30th of February among it."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
