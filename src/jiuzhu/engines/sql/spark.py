"""The same expression objects on Spark: for a province that outgrows one machine. PySpark is an extra and loaded only here.

Where rows lie. People stand in household order, so a range of living households is a stretch of positions, and the rows of a
dataset, which are sorted by person, are cut where such a stretch ends: two binary searches, no hashing and no table of who lives
where. Each stretch becomes one Parquet file of one row group, which Spark never gives to two tasks; so a task that scans holds whole
households, sums and counts by person or household are whole before anything is sent, and between machines goes one row a subject
instead of all its rows. What orders rows (latest, first, runs) and joins of large tables by position exchange rows, as Spark joins
by hash.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from jiuzhu.engines.base import Base, Known, Result
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.engine import Progress, SqlEngine
from jiuzhu.engines.sql.spark_settings import Settings, must_be_here, opened
from jiuzhu.engines.sql.words import Sql
from jiuzhu.rules.tree import Indicator

DECIMAL = "DECIMAL(38, 0)"


def spark_text(query: Sql) -> str:
    """A query in Spark's dialect. Whole numbers of 128 bits are decimals of 38 digits, and sums are added up in them."""

    def fitting(node: Sql) -> Sql:
        if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.INT128:
            return exp.DataType.build(DECIMAL)
        if isinstance(node, exp.Sum):
            return exp.Sum(this=w.cast(node.this, DECIMAL))
        return node

    text: str = query.copy().transform(fitting).sql(dialect="spark")
    return text


@dataclass(frozen=True)
class Ranges:
    """starts: the position of the first person of each range of living households, ascending; the first is 0."""

    starts: np.ndarray[Any, np.dtype[np.int64]]

    @classmethod
    def of(cls, base: Base, number: int) -> Ranges:
        """At most so many ranges, of about as many people each."""
        first = np.unique(base.households["first"].to_numpy())
        goals = np.linspace(0, base.people.num_rows, number, endpoint=False)
        ends = np.unique(np.searchsorted(first, goals, side="left"))
        inner = first[ends[ends < len(first)]]
        return cls(np.unique(np.concatenate([[0], inner])).astype(np.int64))

    def cut(self, table: pa.Table, by: str) -> list[pa.Table]:
        """The rows of each range, those of nobody among the first. by: the column of persons, which rises."""
        at = np.searchsorted(table[by].to_numpy(), self.starts[1:], side="left")
        bounds = [0, *(int(place) for place in at), table.num_rows]
        return [table.slice(low, high - low) for low, high in pairwise(bounds)]


class SparkSession:
    """Runs the statements of one run in a Spark session of its own. folder: where tables lie that executors read too."""

    def __init__(self, spark: Any, ranges: Ranges, folder: Path) -> None:
        self._spark = spark.newSession()
        self._ranges = ranges
        self._folder = tempfile.TemporaryDirectory(dir=folder, prefix="jiuzhu-spark-")
        self._views: set[str] = set()
        self._shown = 0

    def show(self, name: str, table: pa.Table) -> None:
        by = _person_column(name)
        if by and table.num_rows:
            frame = self._laid_out(table, by)
        else:
            frame = self._spark.createDataFrame(table)
        self._view(name, frame)

    def make(self, name: str, query: Sql) -> int:
        """Kept as rows, not as the plan that led to them: plans that stand on plans take ever longer to weigh."""
        frame = self._spark.sql(spark_text(query)).localCheckpoint()
        self._view(name, frame)
        return int(frame.count())

    def drop(self, name: str) -> None:
        self._views.remove(name)
        self._spark.catalog.dropTempView(name)

    def fetch(self, query: Sql) -> pa.Table:
        return self._spark.sql(spark_text(query)).toArrow()

    def close(self) -> None:
        for name in tuple(self._views):
            self.drop(name)
        self._folder.cleanup()

    def _view(self, name: str, frame: Any) -> None:
        frame.createOrReplaceTempView(_quoted(name))
        self._views.add(name)

    def _laid_out(self, table: pa.Table, by: str) -> Any:
        """The table from one Parquet file a range."""
        self._shown += 1
        folder = Path(self._folder.name) / str(self._shown)
        folder.mkdir(mode=0o700)
        for number, part in enumerate(self._ranges.cut(table, by)):
            if part.num_rows:
                pq.write_table(part, folder / f"range-{number:05}.parquet", row_group_size=part.num_rows, compression="zstd")
        schema = self._spark.createDataFrame(table.slice(0, 0)).schema
        return self._spark.read.schema(schema).parquet(folder.as_uri())


def _person_column(name: str) -> str:
    """By which column the engine's table of this name rises with the persons; "" for small tables and those of households."""
    if name.startswith("dataset "):
        return "person"
    return "subject" if name == "given person" else ""


def _quoted(name: str) -> str:
    text: str = exp.to_identifier(name, quoted=True).sql(dialect="spark")
    return text


class SparkEngine:
    """The sql engine on Spark. Opening Spark takes seconds: it is done once, at the first run.

    Raises SparkMissing when made.
    """

    name = "spark"

    def __init__(self, catalogue: Known, settings: Settings | None = None) -> None:
        must_be_here()
        self._catalogue = catalogue
        self._settings = settings or Settings.told({}, os.environ)

    def run(
        self,
        base: Base,
        indicators: Sequence[Indicator],
        *,
        households: Sequence[int] | None = None,
        progress: Progress | None = None,
    ) -> Result:
        return self._over(base).run(base, indicators, households=households, progress=progress)

    def facts(self, base: Base, codes: Sequence[str]) -> Mapping[str, pa.Table]:
        return self._over(base).facts(base, codes)

    def _over(self, base: Base) -> SqlEngine:
        spark = opened(self._settings)
        ranges = Ranges.of(base, self._settings.ranges)
        folder = Path(self._settings.tables or tempfile.gettempdir())
        session: Callable[[], SparkSession] = lambda: SparkSession(spark, ranges, folder)  # noqa: E731
        return SqlEngine(self._catalogue, session)
