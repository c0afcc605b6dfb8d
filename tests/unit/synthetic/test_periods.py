"""Deliveries cover the whole span, on any day of any year, and none is stale on its last day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.synthetic.periods import METERS, Periods, periods_of
from jiuzhu.synthetic.span import Span, day_number, day_of, months_of_days
from jiuzhu.synthetic.tables import feed

DAYS = [date(2026, 11, 20), date(2027, 1, 3), date(2026, 12, 31), date(2028, 2, 29), date(2026, 10, 1)]


@pytest.mark.parametrize("as_of", DAYS)
def test_labels_leave_no_day_out(catalogue: Catalogue, as_of: date) -> None:
    span = Span(as_of, 24)
    for code, dataset in catalogue.datasets.items():
        periods = periods_of(dataset, span)
        assert len(set(periods.labels)) == len(periods.labels)
        assert (periods.first[1:] == periods.last[:-1] + 1).all(), code
        begins = day_of(int(periods.first[0]))
        if dataset.rows != "state":
            assert begins <= day_of(span.first) if code not in METERS else (as_of - begins).days > 390, code


@pytest.mark.parametrize("as_of", DAYS)
def test_no_dataset_is_stale_on_the_last_day(catalogue: Catalogue, as_of: date) -> None:
    for code, dataset in catalogue.datasets.items():
        periods = periods_of(dataset, Span(as_of, 24))
        newest = day_of(int(periods.last[-1]))
        assert newest <= as_of, code
        assert (as_of - newest).days <= dataset.stale_after, code


@pytest.mark.parametrize("as_of", DAYS)
def test_monthly_datasets_end_with_the_month_before(catalogue: Catalogue, as_of: date) -> None:
    span = Span(as_of, 24)
    for code, dataset in catalogue.datasets.items():
        if feed(code, "cut") == "closed":
            assert months_of_days(periods_of(dataset, span).last[-1:])[0] == span.month - 1, code


def test_an_older_day_stands_in_the_first_delivery_and_a_later_one_in_the_last() -> None:
    periods = Periods(("2025", "2026"), np.array([20_089, 20_454]), np.array([20_453, 20_777]))
    assert periods.of([0, 20_089, 20_453, 20_454, 30_000]).tolist() == [0, 0, 0, 1, 1]


def test_the_span_begins_the_day_after_the_same_day_so_many_months_before() -> None:
    assert Span(date(2026, 11, 20), 24).first == day_number(date(2024, 11, 21))
    assert Span(date(2026, 2, 28), 24).first == day_number(date(2024, 2, 29))
