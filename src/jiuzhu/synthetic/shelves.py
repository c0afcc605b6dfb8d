"""Where rows go: cut into deliveries by day, stamped with the day they are true of, written in the style of their office."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from jiuzhu.rules.tree import Dataset
from jiuzhu.synthetic.formats import SMALL_COUNTY, Deliveries, style_of
from jiuzhu.synthetic.periods import Periods, periods_of
from jiuzhu.synthetic.span import Span
from jiuzhu.synthetic.streams import Numbers, whole

RECORDS_A_BLOCK = 20_000_000


@dataclass
class Shelf:
    """The deliveries of one dataset. filled: how many rows stand in each period.

    A small county sends each dataset as one file without a period: it then speaks for the months of its rows.
    """

    dataset: Dataset
    periods: Periods
    deliveries: Deliveries
    residents: int
    filled: Numbers = field(init=False)
    records: int = 0

    @staticmethod
    def of(dataset: Dataset, span: Span, deliveries: Deliveries, residents: int) -> Shelf:
        return Shelf(dataset, periods_of(dataset, span, by_month=residents < SMALL_COUNTY), deliveries, residents)

    def __post_init__(self) -> None:
        self.filled = np.zeros(len(self.periods), np.int64)

    @property
    def whole(self) -> bool:
        return self.residents < SMALL_COUNTY

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
            label = "-".join(word for word in ("" if self.whole else self.periods.labels[number], part) if word)
            style = style_of(self.dataset, 0 if self.whole else number, self.residents)
            self.deliveries.append(self.dataset, label, style, dated)
            self.filled[number] += end - start
        self.records += len(table)
