"""Which delivery a row stands in: events by month, quarter or year without a gap; of a state the stock of this year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from jiuzhu.rules.tree import Dataset
from jiuzhu.synthetic.span import Span, days_of_months
from jiuzhu.synthetic.streams import Numbers, whole
from jiuzhu.synthetic.tables import feed

METERS = frozenset(["power_usage", "water_usage", "gas_usage", "civil_home_sensor_event"])
METER_MONTHS = 13
LATE_FILINGS = 45  # days after a quarter's end, when returns for it still come in


@dataclass(frozen=True)
class Periods:
    """The deliveries of one dataset, oldest first: label, first and last day (none later than `as_of`)."""

    labels: tuple[str, ...]
    first: Numbers
    last: Numbers

    def of(self, days: Any) -> Numbers:
        """The delivery of each day; what is older stands in the first, what is later in the last."""
        return np.searchsorted(self.first, whole(days), side="right").clip(1, len(self.labels)) - 1

    def __len__(self) -> int:
        return len(self.labels)


def periods_of(dataset: Dataset, span: Span, *, by_month: bool = False) -> Periods:
    """by_month: rows are dated by the month, whatever the cut; for counties that send all periods in one file."""
    if dataset.delivered == "full":
        return _months(whole([span.month]), span)
    months = np.arange(span.month - span.months, span.month + 1)
    if dataset.rows == "state":
        months = months[-1:]  # the stock as it stands, with what its rows say of earlier days
    if dataset.code in METERS:
        months = months[-METER_MONTHS - 1 :]
    cut = feed(dataset.code, "cut")
    match "month" if by_month and cut != "closed" and dataset.code != "tax_business" else cut:
        case "returns":
            return _filed_quarters(span)
        case "closed":
            return _months(months[:-1], span)
        case "month":
            return _months(months, span)
        case "quarter":
            return _cut(np.unique(months // 3), 3, lambda q: f"{q // 4}Q{q % 4 + 1}", span)
    return _cut(np.unique(months // 12), 12, str, span)


def _months(months: Numbers, span: Span) -> Periods:
    return _cut(months, 1, lambda month: f"{month // 12}-{month % 12 + 1:02}", span)


def _cut(numbers: Numbers, months: int, label: Callable[[int], str], span: Span) -> Periods:
    first = days_of_months(numbers * months)
    last = np.minimum(days_of_months((numbers + 1) * months) - 1, span.last)
    return Periods(tuple(label(number) for number in numbers.tolist()), first, last)


def _filed_quarters(span: Span) -> Periods:
    """Returns of each closed quarter, and the months since in which late ones come in, so that the source is never stale."""
    quarters = _cut(span.quarters, 3, lambda q: f"{q // 4}Q{q % 4 + 1}", span)
    if span.last - int(quarters.last[-1]) <= LATE_FILINGS:
        return quarters
    late = _months(np.arange(span.quarters[-1] * 3 + 3, span.month), span)
    return Periods(quarters.labels + late.labels, np.r_[quarters.first, late.first], np.r_[quarters.last, late.last])
