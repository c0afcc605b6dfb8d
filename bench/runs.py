"""Full runs: all indicators, 160 simple ones, 128 more, each beside L and beside DuckDB, with the memory they take."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import duckdb

from bench.figures import Figure
from bench.limit import columns_read, limit
from bench.machine import cpu, least, watched
from bench.rules import SIMPLE, with_other_numbers
from bench.stand import Stand
from jiuzhu.engines.base import Base, Engine, Result
from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.engines.sql import SqlEngine
from jiuzhu.engines.sql.session import LIMITS, DuckSession
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Indicator

TIMES = 3
ROOM = 8 << 30  # bytes for DuckDB
MANY_PEOPLE, SOME = 1_000_000, 4  # from so many people on every fourth of the simple rules is put to DuckDB
WIDTH = 130  # of a line of the page


def figures(stand: Stand) -> tuple[list[Figure], list[str]]:
    """First all of the columnar engine; then DuckDB, which at full size takes most of an hour and may not get through."""
    base = stand.release().base
    catalogue = stand.catalogue
    indicators = list(catalogue.indicators.values())
    engine = ColumnarEngine(catalogue)
    with watched() as held:
        first, mine = cpu(lambda: engine.run(base, indicators))
    again, mine = least(lambda: engine.run(base, indicators), TIMES)
    narrow = columns_read(base, catalogue, indicators)
    once = limit(narrow)
    told = f"{again:.2f} CPU s; L {once:.4f} CPU s, {len(narrow)} columns, {_megabytes(narrow):,.0f} MB"
    wider, more = with_other_numbers(catalogue, SIMPLE, (1, 2, 3, 4))
    beyond = _more(base, wider, [*indicators, *more], engine=ColumnarEngine(wider), before=again, count=len(more))
    del narrow
    simple, notes = _simple(stand, base, catalogue)
    beside = _beside(stand, base, catalogue, mine, again)
    lines = [
        Figure(f"full run of all {len(indicators)} indicators, with unknowns", "L", 20, again / once, told, further=10),
        Figure(
            "the same, for the first time", "L", None, first / once, f"{first:.2f} CPU s: what is read once, or compiled, too"
        ),
        beside,
        Figure("indicators that fell back to `sql` (none may)", "", None, float(len(mine.fell_back))),
        Figure("private memory of a full run beside the mapped base", "GB", 0.6, held.more / 1024, f"{stand.people:,} people"),
        beyond,
    ]
    return lines + simple, notes


def _beside(stand: Stand, base: Base, catalogue: Catalogue, mine: Result, spent: float) -> Figure:
    """DuckDB over the same rows; its hashes must be equal, or nothing here counts."""
    what = "DuckDB, shared queries, equal hashes, to the full run"
    indicators = list(catalogue.indicators.values())
    with _oracle(stand, catalogue) as oracle:
        try:
            shared, theirs = cpu(lambda: oracle.run(base, indicators))
        except duckdb.OutOfMemoryException:
            return Figure(
                what, "times", None, None, f"not measured: {ROOM >> 30} GB of memory were not enough for it; no hash was compared"
            )
    _same(mine, theirs, indicators)
    return Figure(what, "times", None, shared / spent, f"{shared:.1f} CPU s")


@contextmanager
def _oracle(stand: Stand, catalogue: Catalogue) -> Iterator[SqlEngine]:
    """DuckDB with more memory than a platform gives it, and a folder for what does not fit."""
    with TemporaryDirectory(dir=stand.folder) as spill:
        limits = {**LIMITS, "memory_limit": f"{ROOM}B", "temp_directory": spill}
        yield SqlEngine(catalogue, lambda: DuckSession(limits=limits))


def _more(
    base: Base, catalogue: Catalogue, indicators: Sequence[Indicator], *, engine: Engine, before: float, count: int
) -> Figure:
    engine.run(base, indicators)
    after, _ = least(lambda: engine.run(base, indicators), TIMES)
    share = 100 * (after / before - 1)
    return Figure(f"{count} rules more, on top of the full run", "%", 25, share, f"{before:.2f} to {after:.2f} CPU s")


def _simple(stand: Stand, base: Base, catalogue: Catalogue) -> tuple[list[Figure], list[str]]:
    """The 160: 32 simple rules five times with other numbers, against DuckDB with a statement of its own for each."""
    wider, rules = with_other_numbers(catalogue, SIMPLE, (0, 1, 2, 3, 4))
    engine = ColumnarEngine(wider)
    engine.run(base, rules)
    spent, mine = least(lambda: engine.run(base, rules), TIMES)
    narrow = columns_read(base, wider, rules)
    once = limit(narrow)
    slow, told = 0.0, 0
    asked = [rule for at, rule in enumerate(rules) if at % 5 == at // len(SIMPLE)]  # each of the 32 once, with one of its numbers
    asked = asked[:: 1 if stand.people < MANY_PEOPLE else SOME]
    with _oracle(stand, wider) as naive:
        for rule in asked:
            took, theirs = cpu(lambda rule=rule: naive.run(base, [rule]))  # type: ignore[misc]
            _same_of(mine, theirs, rule)
            slow, told = slow + took * len(rules) / len(asked), told + theirs.signals.num_rows
    lines = [
        Figure(
            f"full run of {len(rules)} simple rules",
            "L",
            12,
            spent / once,
            f"{spent:.2f} CPU s; L {once:.4f} CPU s, {len(narrow)} columns, {_megabytes(narrow):,.0f} MB",
            further=6,
        ),
        Figure(
            f"DuckDB, one statement a rule, to the {len(rules)} rules",
            "times",
            60,
            slow / spent,
            f"{slow:.1f} CPU s, {len(rules) // len(asked)} times those of {len(asked)}; equal hashes, {told:,} signals",
            at_least=True,
        ),
    ]
    listed = ", ".join(f"{name} ({column.dtype.itemsize})" for name, column in narrow.items())
    return lines, textwrap.wrap(f"Columns that the {len(rules)} read, with bytes a cell: {listed}.", WIDTH)


def _megabytes(narrow: dict[str, object]) -> float:
    return sum(column.nbytes for column in narrow.values()) / 1e6  # type: ignore[attr-defined]


def _same(mine: Result, theirs: Result, indicators: Sequence[Indicator]) -> None:
    assert mine.tallies(indicators) == theirs.tallies(indicators), "the engines disagree: nothing here counts"


def _same_of(mine: Result, theirs: Result, rule: Indicator) -> None:
    assert theirs.tallies([rule]) == mine.tallies([rule]), f"{rule.code}: the engines disagree: nothing here counts"
