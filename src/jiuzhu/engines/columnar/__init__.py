"""Rules over plain columns sorted by household: fast for everybody, and for one family."""

from jiuzhu.engines.columnar.engine import ColumnarEngine

__all__ = ["ColumnarEngine"]
