"""Spark as the tests want it: one core, and as little compiling as can be, since every statement is run once on few rows."""

from __future__ import annotations

from jiuzhu.engines.base import Engine, Known
from jiuzhu.engines.sql.spark import SparkEngine
from jiuzhu.engines.sql.spark_settings import Settings

OPTIONS = {
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
}
QUICK = Settings(master="local[1]", ranges=2, options=tuple(OPTIONS.items()))


def spark_engine(name: str, catalogue: Known) -> Engine:
    assert name == "spark"
    return SparkEngine(catalogue, QUICK)
