"""What a delivery looks like in numbers, counted while it is read, so that the gate can compare it with those before it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.registry.ingest.shapes import Shape
from jiuzhu.registry.vault.numbers import different
from jiuzhu.registry.vault.texts import combined, text_numbers

MOST_CODES = 60
SKETCH = 64


@dataclass
class _Amount:
    count: int = 0
    zeros: int = 0
    total: int = 0
    sizes: Counter[int] = field(default_factory=Counter)


@dataclass
class Statistics:
    """Filled batch by batch. Shares are kept as counts, so that deliveries of one period can be added up."""

    plan: Shape
    rows: int = 0
    retracted: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    codes: dict[str, Counter[str]] = field(default_factory=dict)
    dead: Counter[str] = field(default_factory=Counter)
    amounts: dict[str, _Amount] = field(default_factory=dict)
    divisions: Counter[str] = field(default_factory=Counter)
    months: Counter[int] = field(default_factory=Counter)
    first_day: int | None = None
    last_day: int | None = None
    _records: list[npt.NDArray[np.uint64]] = field(default_factory=list)
    _contents: list[npt.NDArray[np.uint64]] = field(default_factory=list)

    def add(self, rows: pa.RecordBatch) -> None:
        if rows.num_rows == 0:
            return
        for item in rows.column("region_code").value_counts().to_pylist():
            self.divisions[item["values"] or ""] += item["counts"]
        self._days(rows.column("data_date"))
        kept = pc.not_equal(rows.column("_change"), "D")
        self.retracted += rows.num_rows - (pc.sum(kept).as_py() or 0)
        if self.retracted:  # a retraction says nothing but which record
            rows = rows.filter(kept)
        self.rows += rows.num_rows
        for name in (*self.plan.plain, *self.plan.persons, *self.plan.things):
            self.missing[name] += rows.column(name).null_count
        for name in self.plan.plain:
            self._column(name, rows.column(name))
        self._records.append(text_numbers(rows.column("record_id")))
        content = np.asarray(rows.column("_hash")).astype(np.int64).view(np.uint64)
        self._contents.append(combined(content, np.asarray(rows.column("_identity")).astype(np.int64).view(np.uint64)))

    def _column(self, name: str, values: pa.Array) -> None:
        holds = self.plan.dataset.columns[name].holds
        if holds in ("money", "decimal", "integer"):
            amount = self.amounts.setdefault(name, _Amount())
            amount.count += len(values) - values.null_count
            amount.zeros += pc.sum(pc.equal(values, 0)).as_py() or 0
            amount.total += pc.sum(values).as_py() or 0
            whole = np.abs(np.asarray(values.drop_null()).astype(np.float64))
            for size, count in enumerate(np.bincount(np.frexp(whole[whole > 0])[1]).tolist()):
                if count:
                    amount.sizes[size] += count
        elif holds in ("code", "flag") and len(self.plan.codes.get(name, {})) <= MOST_CODES:
            counter = self.codes.setdefault(name, Counter())
            for item in values.value_counts().to_pylist():
                if item["values"] is not None:
                    counter[str(item["values"])] += item["counts"]
                    if _speaks_of_death(self.plan.codes.get(name, {}).get(str(item["values"]), "")):
                        self.dead[name] += item["counts"]

    def _days(self, dates: pa.Array) -> None:
        days = np.asarray(dates.cast(pa.int32()))
        self.first_day = int(days.min()) if self.first_day is None else min(self.first_day, int(days.min()))
        self.last_day = int(days.max()) if self.last_day is None else max(self.last_day, int(days.max()))
        months, counts = np.unique(days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64), return_counts=True)
        for month, count in zip(months.tolist(), counts.tolist(), strict=True):
            self.months[month + 1970 * 12] += count

    def as_json(self, rejected: int) -> dict[str, Any]:
        """Whole numbers and texts only.

        kind: what the rows of the dataset are. rows: those that are no retractions; all that follows counts only these.
        repeats: rows that say in every column but the record id what another says. dead: rows with a code that says
        somebody died. amounts: how many, how many zeros, their sum; sizes: how many of each number of binary digits,
        from which a median can be told to a factor of two. sketch: the smallest numbers of its record ids, by which two
        deliveries can be told to hold the same records.
        """
        none = np.zeros(0, dtype=np.uint64)
        records = different(np.concatenate([none, *self._records]))
        contents = different(np.concatenate([none, *self._contents]))
        return {
            "kind": self.plan.dataset.rows,
            "accepted": self.rows + self.retracted,
            "rows": self.rows,
            "rejected": rejected,
            "retracted": self.retracted,
            "same_record": self.rows - len(records),
            "repeats": self.rows - len(contents),
            "missing": dict(sorted(self.missing.items())),
            "codes": {name: dict(sorted(counter.items())) for name, counter in sorted(self.codes.items())},
            "amounts": {name: [a.count, a.zeros, a.total] for name, a in sorted(self.amounts.items())},
            "dead": dict(sorted(self.dead.items())),
            "sizes": {
                name: {str(size): count for size, count in sorted(a.sizes.items())} for name, a in sorted(self.amounts.items())
            },
            "divisions": dict(sorted(self.divisions.items())),
            "sketch": records[:SKETCH].tolist(),
            "months": {str(month): count for month, count in sorted(self.months.items())},
            "first_day": self.first_day,
            "last_day": self.last_day,
        }


def _speaks_of_death(label: str) -> bool:
    return "死" in label or "亡" in label
