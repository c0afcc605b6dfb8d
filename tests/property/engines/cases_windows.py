"""Windows: which rows lie inside, and which stretch must have been delivered. `as_of` is 2026-11-20 where nothing is said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.support.engine_cases import AtLeast, Case, value
from tests.support.small_base import BEIJING, Delivered


def _count(dataset: str, days: tuple[str, ...], over: str, gives: Any, says: str, column: str = "", **more: Any) -> Case:
    """Counts the rows that lie at `days`."""
    at = (
        column
        or {"bill": "paid_on", "wage": "month", "tax": "quarter", "call": "rang_at", "course": "school_year", "slip": "seen_on"}[
            dataset
        ]
    )
    x = f'dataset = "{dataset}", count = true, {over}, unit = "records"'
    if column:
        x += f', at = "{column}"'
    return value(says, x, rows={dataset: [{at: day} for day in days]}, gives=gives, **more)


CLOSED = Delivered(months=("2026-10", "2026-09", "2026-08", "2026-06"), quarters=("2026-Q3", "2026-Q2", "2026-Q1"))

CASES = [
    # days
    _count("bill", ("2026-11-20", "2026-11-11", "2026-11-10"), 'over = "10 days"', 2, "ten days end with today and begin nine days before"),
    _count("bill", ("2026-11-20", "2026-11-19"), 'over = "1 days"', 1, "one day is today alone"),
    _count("bill", ("2026-11-21",), 'over = "10 days"', 0, "tomorrow is in no window that looks back"),
    _count("bill", ("2026-11-15", "2026-11-10", "2026-11-06", "2026-11-05"), 'over = "10 days", shift = "5 days"', 3, "a shifted window of days"),
    _count("bill", ("2024-02-29", "2024-03-01"), 'over = "1 days"', 1, "the day after a leap day", as_of=date(2024, 3, 1)),
    _count("bill", ("2026-11-20", "2026-11-16", "2026-11-15"), 'over = "n days"', 2, "a parameter stands for the number of days",
           before='inputs.n = { parameter = "n", like = "span.days" }'),
    _count("bill", ("2026-11-15", "2026-11-16", "2026-11-11", "2026-11-10"), 'over = "5 days", shift = "n days"', 2,
           "a parameter stands for the shift", before='inputs.n = { parameter = "n", like = "span.days" }'),
    _count("bill", ("2026-11-20",), 'over = "n days"', "unknown", "a window of an unset parameter is unknown without a floor",
           before='inputs.n = { parameter = "n", like = "span.local" }', places=("110101",)),
    _count("bill", ("2026-11-20", "2026-11-16", "2026-11-15"), 'over = "n days"', 2, "the parameter of the division above stands for the number",
           before='inputs.n = { parameter = "n", like = "span.local" }', places=("370502002",)),
    _count("call", ("2026-11-20T23:59", "2026-11-20T00:00", "2026-11-19T23:59"), 'over = "1 days"', 2, "an instant counts by its day in Beijing"),
    _count("wage", ("2026-10", "2026-09", "2026-11"), 'over = "30 days"', 1, "a month counts by its last day in a window of days"),
    # ahead
    _count("bill", ("2026-11-19", "2026-11-20", "2026-11-29", "2026-11-30"), 'ahead = "10 days"', 2, "ahead begins today and ends before its length",
           column="due"),
    # months
    _count("bill", ("2026-11-20", "2026-10-21", "2026-10-20"), 'over = "1 months"', 2, "one month begins after the same day a month ago"),
    _count("bill", ("2026-02-28", "2026-03-01", "2026-03-31"), 'over = "1 months"', 2, "the last day of February stands for the 31st",
           as_of=date(2026, 3, 31)),
    _count("bill", ("2024-02-28", "2024-02-29", "2024-03-01"), 'over = "12 months"', 2, "a year back from 28 February", as_of=date(2025, 2, 28)),
    _count("bill", ("2023-02-28", "2023-03-01"), 'over = "12 months"', 1, "a year back from 29 February", as_of=date(2024, 2, 29)),
    _count("bill", ("2026-02-28", "2026-02-01", "2026-01-31", "2026-03-01"), 'over = "1 months", shift = "1 months"', 2,
           "a shifted month is shifted in one step from today", as_of=date(2026, 3, 31)),
    _count("bill", ("2025-11-20", "2025-11-21", "2025-05-21", "2025-05-20"), 'over = "6 months", shift = "12 months"', 2,
           "six months a year ago"),
    _count("bill", ("2026-09-21", "2026-09-20"), 'over = "n months"', 1, "a parameter stands for the number of months",
           before='inputs.n = { parameter = "n", like = "span.months" }'),
    _count("wage", ("2026-11", "2026-10", "2026-09", "2026-08"), 'over = "3 months"', 3, "months of a month column are the newest calendar months"),
    _count("wage", ("2026-11", "2026-10", "2026-09", "2026-08"), 'over = "2 months", shift = "1 months"', 2, "months of a month column, shifted"),
    _count("tax", ("2026-Q3", "2026-Q2", "2026-Q4"), 'over = "3 months"', 1, "a quarter counts by its last month"),
    # hours
    _count("call", ("2026-11-20T23:59", "2026-11-20T12:01", "2026-11-20T12:00"), 'over = "12 hours"', 2, "hours count from the end of today"),
    _count("call", ("2026-11-20T09:30", "2026-11-19T21:31", "2026-11-19T21:30"), 'over = "12 hours"', 2, "hours count from the instant given",
           now=datetime(2026, 11, 20, 9, 30, tzinfo=BEIJING)),
    _count("call", ("2026-11-20T23:00", "2026-11-20T12:30", "2026-11-20T11:00"), 'over = "12 hours", shift = "10 hours"', 2, "shifted hours"),
    # calendar stretches
    _count("bill", ("2026-01-01", "2026-11-20", "2025-12-31"), 'over = "this year"', 2, "this year begins on 1 January"),
    _count("wage", ("2026-01", "2026-11", "2025-12"), 'over = "this year"', 2, "this year in a month column"),
    _count("bill", ("2026-11-01", "2026-10-31", "2026-11-20"), 'over = "this month"', 2, "this month begins on its first day"),
    _count("wage", ("2026-11", "2026-10"), 'over = "this month"', 1, "this month in a month column"),
    _count("bill", ("2026-10-01", "2026-10-31", "2026-11-01", "2026-09-30"), 'over = "last month"', 2, "last month is the whole calendar month before"),
    _count("bill", ("2025-12-31", "2025-11-30", "2026-01-01"), 'over = "last month"', 1, "last month in January is December", as_of=date(2026, 1, 1)),
    _count("wage", ("2026-10", "2026-11", "2026-09"), 'over = "last month"', 1, "last month in a month column"),
    _count("bill", ("2026-09-01", "2026-08-31", "2026-11-20"), 'over = "school year"', 2, "the school year begins on 1 September"),
    _count("bill", ("2025-09-01", "2026-08-31", "2025-08-31"), 'over = "school year"', 2, "before September it began last year", as_of=date(2026, 8, 31)),
    _count("course", ("2026-2027", "2025-2026"), 'over = "school year"', 1, "a school year column has the year of the start"),
    _count("course", ("2026-2027", "2025-2026"), 'over = "school year"', 1, "a school year column before September", as_of=date(2026, 8, 31)),
    # closed periods
    _count("wage", ("2026-10", "2026-09", "2026-08", "2026-11"), 'over = "2 closed months"', 2, "closed months are the newest delivered",
           delivered={"wage": CLOSED}),
    _count("wage", ("2026-09", "2026-08", "2026-06", "2026-10", "2026-07"), 'over = "3 closed months", shift = "1 months"', 3,
           "closed months skip one that was not delivered", delivered={"wage": CLOSED}),
    _count("bill", ("2026-10-31", "2026-10-01", "2026-11-01", "2026-09-30"), 'over = "1 closed months"', 2, "a day lies in its closed month",
           delivered={"bill": CLOSED}),
    _count("wage", ("2026-10", "2026-06"), 'over = "5 closed months"', AtLeast(2), "too few closed months are unknown, with what is there as a floor",
           delivered={"wage": CLOSED}),
    _count("wage", (), 'over = "1 closed months"', 0, "a closed month without rows is none", delivered={"wage": CLOSED}),
    _count("wage", (), 'over = "1 closed months"', AtLeast(0), "no closed month at all is unknown", delivered={"wage": Delivered()}),
    _count("tax", ("2026-Q3", "2026-Q2", "2026-Q1", "2026-Q4"), 'over = "2 closed quarters"', 2, "closed quarters", delivered={"tax": CLOSED}),
    _count("bill", ("2026-09-30", "2026-07-01", "2026-06-30"), 'over = "1 closed quarters"', 2, "a day lies in its closed quarter", delivered={"bill": CLOSED}),
    _count("wage", ("2026-08", "2026-05"), 'over = "1 closed quarters"', 1, "a month lies in its closed quarter", delivered={"wage": CLOSED}),
    # what must have been delivered
    _count("bill", ("2026-11-20",), 'over = "10 days"', AtLeast(1), "a month missing inside the window", delivered={"bill": Delivered(gaps=("2026-11",))}),
    _count("bill", ("2026-11-20",), 'over = "10 days"', 1, "a month missing before the window", delivered={"bill": Delivered(gaps=("2026-10",))}),
    _count("bill", ("2026-11-20",), 'over = "2 months"', AtLeast(1), "a month missing at the start of a long window",
           delivered={"bill": Delivered(gaps=("2026-09",))}),
    _count("wage", ("2026-11",), 'over = "2 months"', 1, "months of a month column need only themselves", delivered={"wage": Delivered(gaps=("2026-09",))}),
    _count("wage", ("2026-11",), 'over = "2 months"', AtLeast(1), "and the first of them", delivered={"wage": Delivered(gaps=("2026-10",))}),
    _count("bill", (), 'over = "10 days", shift = "20 days"', AtLeast(0), "a window that ends before the first delivery",
           delivered={"bill": Delivered(first_day="2026-11-01")}),
    _count("bill", (), 'over = "30 days"', 0, "a window that ends after the first delivery", delivered={"bill": Delivered(first_day="2026-11-01")}),
    _count("bill", ("2026-11-20",), 'over = "last month"', AtLeast(0), "a missing last month", delivered={"bill": Delivered(gaps=("2026-10",))}),
    _count("bill", ("2026-11-20",), 'over = "this year"', AtLeast(1), "a missing month of this year", delivered={"bill": Delivered(gaps=("2026-01",))}),
    _count("call", ("2026-11-20T23:00",), 'over = "12 hours"', 1, "hours of today need no other month", delivered={"call": Delivered(gaps=("2026-10",))}),
    # rows without a day
    _count("slip", ("2026-11-20", None), 'over = "10 days"', 1, "a row without a day that may be empty is dropped"),
    value("a row without a day that should have one is in doubt", 'dataset = "note", count = true, over = "10 days", unit = "records"',
          rows={"note": [{"seen_on": "2026-11-20"}, {"seen_on": None}]}, gives=AtLeast(1)),
    value("no day is needed where nothing looks at it", 'dataset = "note", count = true, unit = "records"',
          rows={"note": [{"seen_on": "2026-11-20"}, {"seen_on": None}]}, gives=2),
    # after
    value("after a day means later than it", 'dataset = "note", count = true, after = "left", unit = "records"',
          before='inputs.left = { dataset = "bill", latest = "paid_on" }', gives=1,
          rows={"bill": [{"paid_on": "2026-03-10"}], "note": [{"seen_on": "2026-03-10"}, {"seen_on": "2026-03-11"}]}),
    value("after none lets nothing through", 'dataset = "note", exists = true, after = "left"', gives=False,
          before='inputs.left = { dataset = "bill", latest = "paid_on" }', rows={"note": [{"seen_on": "2026-03-10"}]}),
    value("after none of what was not delivered is unknown", 'dataset = "note", exists = true, after = "left"', gives="unknown",
          before='inputs.left = { dataset = "bill", latest = "paid_on" }', delivered={"note": None}),
    value("after something unknown is unknown as a whole", 'dataset = "note", count = true, after = "left", unit = "records"', gives="unknown",
          before='inputs.left = { dataset = "bill", latest = "paid_on" }', rows={"note": [{"seen_on": "2026-03-10"}]}, delivered={"bill": None}),
    value("a month is after a day if it is a later month", 'dataset = "wage", count = true, after = "left", unit = "records"', gives=1,
          before='inputs.left = { dataset = "bill", latest = "paid_on" }',
          rows={"bill": [{"paid_on": "2026-03-10"}], "wage": [{"month": "2026-03"}, {"month": "2026-04"}]}),
    value("an instant is after a day if it is on a later one in Beijing", 'dataset = "call", count = true, after = "left", unit = "records"', gives=1,
          before='inputs.left = { dataset = "bill", latest = "paid_on" }',
          rows={"bill": [{"paid_on": "2026-03-10"}], "call": [{"rang_at": "2026-03-10T23:59"}, {"rang_at": "2026-03-11T00:00"}]}),
    value("an instant after an instant", 'dataset = "call", count = true, after = "left", unit = "records"', gives=1,
          before='inputs.left = { dataset = "call", first = "rang_at", where = "kind == 2" }',
          rows={"call": [{"rang_at": "2026-03-10T23:58", "kind": 2}, {"rang_at": "2026-03-10T23:59"}, {"rang_at": "2026-03-10T23:58"}]}),
    value("after and a window together", 'dataset = "note", count = true, after = "left", over = "10 days", unit = "records"', gives=1,
          before='inputs.left = { dataset = "bill", latest = "paid_on" }',
          rows={"bill": [{"paid_on": "2026-03-10"}], "note": [{"seen_on": "2026-03-11"}, {"seen_on": "2026-11-12"}]}),
    value("after asks of no month whether it is missing", 'dataset = "note", count = true, after = "left", unit = "records"', gives=0,
          before='inputs.left = { dataset = "bill", latest = "paid_on" }', rows={"bill": [{"paid_on": "2026-03-10"}]},
          delivered={"note": Delivered(gaps=("2026-05",))}),
]  # fmt: skip
