"""Windows as written, and those that mean nothing."""

from __future__ import annotations

import pytest

from jiuzhu.rules.faults import Wrong
from jiuzhu.rules.tree import Window
from jiuzhu.rules.windows import read_window


def window(over: str = "", ahead: str = "", shift: str = "") -> Window | None:
    asked: list[tuple[str, str]] = []
    found = read_window(over, ahead, shift, lambda name, unit: asked.append((name, unit)))
    for name, unit in asked:
        assert name == f"window_{unit}"
    return found


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({}, None),
        ({"over": "90 days"}, Window("days", 90)),
        ({"over": "1 day"}, Window("days", 1)),
        ({"over": "12 months"}, Window("months", 12)),
        ({"over": "12 hours"}, Window("hours", 12)),
        ({"over": "3 closed months"}, Window("closed months", 3)),
        ({"over": "3 closed months", "shift": "3 months"}, Window("closed months", 3, 3)),
        ({"over": "4 closed quarters", "shift": "1 quarter"}, Window("closed quarters", 4, 1)),
        ({"over": "this year"}, Window("this year")),
        ({"over": "school year"}, Window("school year")),
        ({"over": "last month"}, Window("last month")),
        ({"over": "window_days days"}, Window("days", "window_days")),
        (
            {"over": "window_months closed months", "shift": "window_months months"},
            Window("closed months", "window_months", "window_months"),
        ),
        ({"ahead": "60 days"}, Window("days", 60, ahead=True)),
    ],
)
def test_a_window_is_read(written: dict[str, str], meant: Window | None) -> None:
    assert window(**written) == meant


@pytest.mark.parametrize(
    "written",
    [
        {"over": "90"},
        {"over": "days"},
        {"over": "0 days"},
        {"over": "-1 days"},
        {"over": "1.5 days"},
        {"over": "3 weeks"},
        {"over": "3 quarters"},
        {"over": "next year"},
        {"over": "90 days", "shift": "3 months"},
        {"over": "this year", "shift": "1 months"},
        {"shift": "3 months"},
        {"ahead": "2 months"},
        {"ahead": "60 days", "over": "60 days"},
        {"ahead": "60 days", "shift": "60 days"},
    ],
)
def test_a_window_that_means_nothing_is_refused(written: dict[str, str]) -> None:
    with pytest.raises(Wrong) as caught:
        window(**written)
    assert caught.value.rule == "window"
