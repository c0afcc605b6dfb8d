"""The same expression objects on Spark: for a province that outgrows one machine. PySpark is an extra and loaded only here."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from sqlglot import exp

from jiuzhu.engines.base import Known
from jiuzhu.engines.sql.engine import SqlEngine
from jiuzhu.engines.sql.words import Sql


def spark_text(query: Sql) -> str:
    """A query in Spark's dialect, where whole numbers of 128 bits are decimals of 38 digits."""

    def fitting(node: Sql) -> Sql:
        if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.INT128:
            return exp.DataType.build("DECIMAL(38, 0)")
        return node

    text: str = query.copy().transform(fitting).sql(dialect="spark")
    return text


class SparkSession:
    """Runs a script on a Spark session that someone else opened and closes."""

    def __init__(self, spark: Any) -> None:
        self._spark = spark
        self._frames: dict[str, Any] = {}

    def show(self, name: str, table: pa.Table) -> None:
        self._keep(name, self._spark.createDataFrame(table))

    def make(self, name: str, query: Sql) -> int:
        frame = self._spark.sql(spark_text(query)).cache()
        self._keep(name, frame)
        return int(frame.count())

    def drop(self, name: str) -> None:
        self._frames.pop(name).unpersist()
        self._spark.catalog.dropTempView(name)

    def fetch(self, query: Sql) -> pa.Table:
        return self._spark.sql(spark_text(query)).toArrow()

    def close(self) -> None:
        for frame in self._frames.values():
            frame.unpersist()
        self._frames.clear()

    def _keep(self, name: str, frame: Any) -> None:
        frame.createOrReplaceTempView(exp.to_identifier(name, quoted=True).sql(dialect="spark"))
        self._frames[name] = frame


class SparkEngine(SqlEngine):
    """The sql engine on Spark. spark: an open session in ANSI mode, so that a number that runs over stops the run."""

    name = "spark"

    def __init__(self, catalogue: Known, spark: Any) -> None:
        super().__init__(catalogue, open_session=lambda: SparkSession(spark))
