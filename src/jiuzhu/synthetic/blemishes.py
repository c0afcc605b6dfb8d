"""What goes wrong in real feeds: numbers mistyped, rows sent late, files sent twice, rows corrected and taken back.

Only rows of ordinary people are touched, so that what the planted families must raise stays known.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.rules.tree import Dataset
from jiuzhu.synthetic.formats import STYLES, Deliveries, Style
from jiuzhu.synthetic.shelves import Shelf
from jiuzhu.synthetic.streams import Numbers

# Feeds typed by hand, and how many rows apart a wrong identity number is.
TYPED = {
    "hotline_case": 40,
    "charity_assistance": 30,
    "tax_deed": 50,
    "housing_rental_filing": 45,
    "civil_temporary_assistance": 60,
}
LATE = frozenset({"finance_subsidy_card", "traffic_accident", "charity_assistance"})
CORRECTED = "finance_subsidy_card"
RETRACTED = "charity_assistance"
TWICE = ("police_incident_clue", "traffic_accident")
CORRECTIONS = 24
_LATE_EVERY = 33
_SPURIOUS = 19_000_000  # record numbers of rows that are taken back


@dataclass
class Blemishes:
    """links: dataset, record and the true number of every mistyped one."""

    links: list[tuple[str, str, str]] = field(default_factory=list)

    def mistyped(self, dataset: Dataset, table: pa.Table) -> pa.Table:
        """Now and then fifteen digits as before 1999, one digit off, or two neighbours swapped."""
        step = TYPED.get(dataset.code)
        if step is None or not len(table):
            return table
        ids = table["id_no"].to_pylist()
        records = table["record_id"].to_pylist()
        for number, at in enumerate(range(step // 2, len(ids), step)):
            wrong = _wrong(ids[at], number)
            if wrong != ids[at]:
                self.links.append((dataset.code, records[at], ids[at]))
                ids[at] = wrong
        return table.set_column(table.column_names.index("id_no"), "id_no", pa.array(ids, pa.string()))

    @staticmethod
    def late(dataset: Dataset, period: Numbers, count: int) -> Numbers:
        """A few rows come with the delivery after theirs."""
        if dataset.code not in LATE:
            return period
        delayed = np.arange(len(period)) % _LATE_EVERY == _LATE_EVERY - 1
        return np.where(delayed, np.minimum(period + 1, count - 1), period)


def _wrong(id_no: str, number: int) -> str:
    """The identity number as someone wrote it; born before 2000 for the short form."""
    kind = number % 3
    if kind == 0 and id_no[6:8] == "19":
        return id_no[:6] + id_no[8:17]
    if kind == 1:
        at = 8 + number % 8
        return id_no[:at] + str((int(id_no[at]) + 1 + number % 8) % 10) + id_no[at + 1 :]
    at = next((i for i in range(14, 4, -1) if id_no[i] != id_no[i + 1]), 5)
    return id_no[:at] + id_no[at + 1] + id_no[at] + id_no[at + 2 :]


def correct(shelf: Shelf, table: pa.Table, period: Numbers) -> pa.Table:
    """Send the first rows with ten times the amount, and put them right in a file of the last period (`_change` U)."""
    count = min(CORRECTIONS, len(table))
    right = table.slice(0, count)
    place = table.column_names.index("amount")
    wrong = pc.multiply(right["amount"], pa.scalar(10)).cast(right["amount"].type)
    _changes(shelf, right, "U", "corrections")
    return pa.concat_tables([right.set_column(place, "amount", wrong), table.slice(count)])


def retract(shelf: Shelf, table: pa.Table, period: Numbers) -> None:
    """Send some rows a second time under other record numbers, and take those back (`_change` D)."""
    count = min(CORRECTIONS, len(table))
    numbers = pa.array(np.arange(count) + 10**11 + _SPURIOUS).cast(pa.string())
    again = table.slice(0, count).set_column(0, "record_id", numbers)
    shelf.add(again, period[:count])
    _changes(shelf, again, "D", "retractions")


def _changes(shelf: Shelf, rows: pa.Table, change: str, part: str) -> None:
    """A small file of changes in the last period, a day of the last delivery."""
    last = len(shelf.periods) - 1
    days = pa.array(np.full(len(rows), shelf.periods.last[last]).astype(np.int32), pa.date32())
    dated = rows.add_column(list(shelf.dataset.columns).index("data_date"), "data_date", days)
    marked = dated.append_column("_change", pa.array([change] * len(rows)))
    style = STYLES.get(shelf.dataset.department, Style("csv"))
    label = part if shelf.whole else f"{shelf.periods.labels[last]}-{part}"
    shelf.deliveries.append(shelf.dataset, label, style, marked)


def send_twice(deliveries: Deliveries) -> Iterator[Path]:
    """Copies of the first file of some feeds under another name: the same bytes again."""
    for code in TWICE:
        files = sorted(path for path in deliveries.files if path.name.startswith(code))
        if files:
            head, dot, tail = files[0].name.partition(".")
            copy = files[0].with_name(f"{head}-again{dot}{tail}")
            shutil.copyfile(files[0], copy)
            yield copy
