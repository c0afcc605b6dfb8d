"""Runs the tree: reference (plain Python, the judge), columnar (every run) and sql (DuckDB here, Spark on a cluster).

An engine is a package of this one with an `engine.py` and a class called like itself: `sql` has `SqlEngine`. `programmes` is none: it
judges one family. Whoever needs one asks by name, so
that the libraries of the others are not loaded; the shared tests run on every package that is here. `spark` is the `sql` engine
with sessions on Spark: asked for by name like the others, but not among the names, as a statement there costs a fifth of a second;
`make prove-spark` runs the shared tests on it.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from jiuzhu.engines.base import Engine, Known


def engine_names() -> tuple[str, ...]:
    """All engines there are, the judge first."""
    found = sorted(path.parent.name for path in Path(__file__).parent.glob("*/engine.py"))
    return ("reference", *(name for name in found if name != "reference"))


def engine(name: str, catalogue: Known) -> Engine:
    """The engine of that name for one catalogue."""
    room = "sql.spark" if name == "spark" else name
    made: Engine = getattr(import_module(f"jiuzhu.engines.{room}"), f"{name.capitalize()}Engine")(catalogue)
    return made
