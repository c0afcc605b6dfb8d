"""The judge among the engines: plain Python, slow, obviously right; it also evaluates one family, and says why."""

from jiuzhu.engines.reference.engine import ReferenceEngine, Trace, TracedRow, Verdict

__all__ = ["ReferenceEngine", "Trace", "TracedRow", "Verdict"]
