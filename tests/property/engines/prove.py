"""Proves engines at size: random rules, and all indicators of the catalogue, over a million random rows, the judge on a part.

python -m tests.property.engines.prove --rows 1000000
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random

import numpy as np

from bench.engine_sql import County
from jiuzhu.engines import engine
from jiuzhu.engines.base import Base, Result, Tally
from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.rules.catalogue import Catalogue, load_catalogue
from jiuzhu.rules.tree import Indicator
from tests.support.agreement import compared, only, random_case, told
from tests.support.random_base import rows_of

NATIONAL = Path(__file__).parents[3] / "catalogue"
ROWS_A_PERSON, PLACES = 20, 300
MORE = 1.01  # a county is drawn a little smaller than it is asked for


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if every engine agrees with the judge on the part, and says the same of that part asked alone."""
    options = _options(arguments)
    as_of = date.fromordinal(date(2023, 1, 1).toordinal() + Random(options.seed).randrange(1500))
    parted = 0
    if "random" in options.of:
        case = random_case(options.seed, rules=options.rules, rows=options.rows, as_of=as_of)
        parted += _proved(f"random rules, as of {as_of}", *case, options)
    if "catalogue" in options.of:
        catalogue = load_catalogue(NATIONAL)
        rows = round(options.rows * MORE)
        base = County(catalogue, rows // ROWS_A_PERSON, rows, PLACES, options.seed).base()
        parted += _proved("all indicators", catalogue, list(catalogue.indicators.values()), base, options)
    return 1 if parted else 0


def _proved(what: str, catalogue: Catalogue, indicators: Sequence[Indicator], base: Base, options: argparse.Namespace) -> int:
    """Differences: of each engine from the judge on a part of the households, and of the engines from one another on all."""
    total = sum(rows_of(base).values())
    households = _part(base, options.judged / total)
    print(f"seed {options.seed}, {what}: {len(indicators)} rules, {total:,} rows, {base.people.num_rows:,} people", flush=True)
    began = time.perf_counter()
    judge = ReferenceEngine(catalogue).run(base, indicators, households=households)
    seen = _rows_seen(base, households)
    print(f"reference: {seen:,} rows of {len(households):,} households in {time.perf_counter() - began:.1f} s", flush=True)
    subjects = {indicator.code: _subjects(base, indicator, households) for indicator in indicators}
    parted = 0
    first: Result | None = None
    for name in options.engines or ["columnar", "sql"]:
        began = time.perf_counter()
        whole = engine(name, catalogue).run(base, indicators)
        print(
            f"{name}: {total:,} rows in {time.perf_counter() - began:.1f} s, {whole.signals.num_rows:,} hits, "
            f"{whole.unknown.num_rows:,} unknown",
            flush=True,
        )
        first = first or whole
        if not (whole.signals.equals(first.signals) and whole.unknown.equals(first.unknown)):
            apart = [one.code for one, a, b in zip(indicators, *_tallies(indicators, first, whole), strict=True) if a != b]
            print(f"{name}: parts from the engine before it on {apart}", flush=True)
            parted += 1
        found = compared(judge, only(whole, subjects), indicators)
        found += compared(judge, engine(name, catalogue).run(base, indicators, households=households), indicators)
        print(f"{name}: agrees" if not found else told(found, catalogue, base), flush=True)
        parted += len(found)
    return parted


def _tallies(indicators: Sequence[Indicator], *results: Result) -> list[tuple[Tally, ...]]:
    return [one.tallies(indicators) for one in results]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the whole base")
    parser.add_argument("--judged", type=int, default=105_000, help="about so many of them are given to the judge too")
    parser.add_argument("--rules", type=int, default=40)
    parser.add_argument("--seed", type=int, default=Random().randrange(1_000_000))
    parser.add_argument("--engines", nargs="*")
    parser.add_argument("--of", nargs="+", choices=("random", "catalogue"), default=("random", "catalogue"), help="which rules")
    return parser.parse_args(arguments)


def _part(base: Base, share: float) -> list[int]:
    """Every so-manieth household, so that crowded and empty ones are among them."""
    count = base.households.num_rows
    step = max(round(1 / share), 1) if share < 1 else 1
    return list(range(0, count, step))


def _people(base: Base, households: Sequence[int]) -> list[int]:
    first, count = base.households["first"].to_pylist(), base.households["count"].to_pylist()
    return [person for household in households for person in range(first[household], first[household] + count[household])]


def _subjects(base: Base, indicator: Indicator, households: Sequence[int]) -> list[int]:
    """Whom a run limited to these households speaks of: them, their people, or the hukou households of their people."""
    people = _people(base, households)
    if indicator.of == "person":
        return people
    if indicator.group == "living":
        return list(households)
    hukou = base.people["hukou"].to_pylist()
    return sorted({hukou[person] for person in people if hukou[person] >= 0})


def _rows_seen(base: Base, households: Sequence[int]) -> int:
    """Rows of these households, those of divisions not counted."""
    return sum(int(np.isin(np.asarray(table["household"]), households).sum()) for table in base.rows.values())


if __name__ == "__main__":
    sys.exit(main())
