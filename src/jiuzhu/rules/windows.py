"""Windows as they are written (`over = "3 closed months"`) to windows of the tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jiuzhu.rules.faults import Wrong, clipped
from jiuzhu.rules.tree import Window

_CALENDAR = ("this year", "school year", "last month", "this month")
_COUNTED = re.compile(r"([0-9]{1,5}|[a-z][a-z0-9_]{0,63}) (days?|months?|quarters?|hours?|closed months?|closed quarters?)")
_FORMS = (
    'write over = "90 days", "12 months", "12 hours", "3 closed months", "4 closed quarters" (a parameter may stand for the '
    'number), "this year", "school year", "last month" or "this month"'
)


def read_window(over: str, ahead: str, shift: str, check_number: Callable[[str, str], None]) -> Window | None:
    """The window of an input, None if it has none. Raises Wrong.

    check_number: called with a parameter name and the unit it must have; raises Wrong.
    """
    if ahead:
        if over or shift:
            raise Wrong("window", "'ahead' with 'over' or 'shift'", "a window looks forward or back; make two inputs")
        number, measure = _counted(ahead, check_number)
        if measure != "days":
            raise Wrong("window", f"ahead = '{clipped(ahead)}'", 'write ahead = "60 days"')
        return Window("days", number, ahead=True)
    if not over:
        if shift:
            raise Wrong("window", "'shift' without 'over'", 'write over = "12 months" beside it')
        return None
    if over in _CALENDAR:
        measure, number = over, 0
    else:
        number, measure = _counted(over, check_number)
        if measure == "quarters":
            raise Wrong("window", f"the window '{clipped(over)}'", _FORMS)
    moved: int | str = 0
    if shift:
        moved, moved_measure = _counted(shift, check_number)
        if moved_measure != measure.removeprefix("closed "):
            raise Wrong("window", f"over '{over}' with shift '{clipped(shift)}'", "shift in the measure of the window")
    chosen: Any = measure
    return Window(chosen, number, moved)


def _counted(text: str, check_number: Callable[[str, str], None]) -> tuple[int | str, str]:
    found = _COUNTED.fullmatch(text)
    if found is None:
        raise Wrong("window", f"the window '{clipped(text)}'", _FORMS)
    measure = found[2] if found[2].endswith("s") else found[2] + "s"
    if found[1][0].isdigit():
        if int(found[1]) == 0:
            raise Wrong("window", f"the window '{clipped(text)}' is empty", "write at least 1")
        return int(found[1]), measure
    check_number(found[1], measure.removeprefix("closed "))
    return found[1], measure
