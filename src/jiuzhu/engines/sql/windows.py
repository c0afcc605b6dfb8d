"""Windows in SQL: bounds are worked out in Python, since a constant range lets the scan pass over what is outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jiuzhu.engines.sql import calendar
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.places import Places
from jiuzhu.engines.sql.values import Value
from jiuzhu.engines.sql.words import Sql
from jiuzhu.engines.windows import Stretch


def condition(stretches: Sequence[Stretch], closed: str, at: Value, places: Places, alias: str) -> Sql:
    """Whether a known `at` lies inside, for the place that is joined as `alias`; one stretch a used place."""
    if closed:
        number = calendar.month_number(at) if closed == "closed months" else calendar.quarter_number(at)
        same = all(one.periods == stretches[0].periods for one in stretches)
        if same:
            periods = stretches[0].periods
            return w.inside(number, [w.whole(period) for period in periods]) if periods else w.FALSE
        listed = places.column([one.periods for one in stretches], "months", lambda _: w.NULL, alias)
        return w.call("LIST_CONTAINS", listed, w.cast(number, "INT"))
    literal: Callable[[Any], Sql] = w.day if at.kind == "date" else w.whole
    kind = "date" if at.kind == "date" else "number"
    low = places.column([one.low for one in stretches], kind, literal, alias)
    high = places.column([one.high for one in stretches], kind, literal, alias)
    return w.both(w.compared(">=", at.sql, low), w.compared("<=", at.sql, high))
