"""Where rows go: cut into deliveries by day, stamped with the day they are true of, written in the style of their office."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from jiuzhu.rules.tree import Dataset
from jiuzhu.synthetic.formats import Deliveries, style_of
from jiuzhu.synthetic.periods import Periods, periods_of
from jiuzhu.synthetic.span import Span
from jiuzhu.synthetic.streams import Numbers, whole

RECORDS_A_BLOCK = 20_000_000
SPREAD = 16  # one state row in so many is delivered later than with the first load


@dataclass
class Shelf:
    """The deliveries of one dataset. filled: how many rows stand in each; written: how many of each block."""

    dataset: Dataset
    periods: Periods
    deliveries: Deliveries
    residents: int
    filled: Numbers = field(init=False)
    records: int = 0

    @staticmethod
    def of(dataset: Dataset, span: Span, deliveries: Deliveries, residents: int) -> Shelf:
        return Shelf(dataset, periods_of(dataset, span), deliveries, residents)

    def __post_init__(self) -> None:
        self.filled = np.zeros(len(self.periods), np.int64)

    def spread(self, n: int) -> Numbers:
        """Deliveries for rows of no particular day: the first load, and a few in each later one."""
        at = np.arange(n)
        late = at // SPREAD % max(len(self.periods) - 1, 1) + 1
        return np.where((at % SPREAD == 0) & (len(self.periods) > 1), late, 0)

    def add(self, table: pa.Table, period: Numbers, true_of: Numbers | None = None, part: str = "") -> None:
        """Write rows (without `data_date`) into their deliveries; true_of: their `data_date` where not the delivery's day."""
        if not len(table):
            return
        if len(period) > 1 and np.any(np.diff(period) < 0):
            line = np.argsort(period, kind="stable")
            table, period = table.take(pa.array(line)), period[line]
            true_of = None if true_of is None else true_of[line]
        used, starts = np.unique(period, return_index=True)
        place = list(self.dataset.columns).index("data_date")
        for number, start, end in zip(used.tolist(), starts.tolist(), [*starts[1:].tolist(), len(table)], strict=True):
            days = np.full(end - start, self.periods.last[number]) if true_of is None else true_of[start:end]
            dated = table.slice(start, end - start).add_column(
                place, "data_date", pa.array(whole(days).astype(np.int32), pa.date32())
            )
            label = self.periods.labels[number] + (f"-{part}" if part else "")
            self.deliveries.append(self.dataset, label, style_of(self.dataset, number, self.residents), dated)
            self.filled[number] += end - start
        self.records += len(table)
