"""The tree of a rule as SQL: DuckDB here, Spark on a cluster."""

from jiuzhu.engines.sql.engine import SqlEngine

__all__ = ["SqlEngine"]
