"""Proves the spark engine: every case, random rules, all indicators of a county, and the county once more on two executors.

python -m tests.property.engines.prove_spark --seeds 1 2 3 4
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.engines.sql.spark import SparkEngine
from jiuzhu.engines.sql.spark_settings import Settings
from jiuzhu.registry import public
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.folder import Release
from tests.property.engines import cases_people, cases_rows, cases_rules, cases_windows
from tests.support.agreement import compared, random_case, told
from tests.support.county import invent, monitored
from tests.support.engine_cases import Cases, expected
from tests.support.small_base import Delivered, Person, SmallBase
from tests.support.small_catalogue import small_catalogue
from tests.support.spark import OPTIONS, QUICK, spark_engine

# Two executors of their own process each, as on a cluster: what goes between them is encrypted, and they read shared files.
EXECUTORS = "local-cluster[2,1,1024]"
EVERY = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if Spark says what the others say, everywhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3, 4])
    parser.add_argument("--residents", type=int, default=600)
    parser.add_argument("--on-executors", type=Path, metavar="WORKSPACE", help="only the county of this workspace, on executors")
    parser.add_argument("--few-on-executors", action="store_true", help="only one rule on a few people, on executors")
    options = parser.parse_args(arguments)
    if options.few_on_executors:
        with _on_executors() as settings:
            return _few(settings)
    if options.on_executors is not None:
        return _executors(options.on_executors)
    parted = _cases()
    for seed in options.seeds:
        parted += _random(seed)
    with tempfile.TemporaryDirectory() as folder:
        workspace = _made(Path(folder), options.residents)
        parted += _county(workspace, SparkEngine(public.catalogue(), QUICK), every=1)
        # Another kind of Spark needs another process.
        again = [sys.executable, "-m", "tests.property.engines.prove_spark", "--on-executors", str(workspace)]
        parted += subprocess.run(again, check=False).returncode
    return 1 if parted else 0


def _cases() -> int:
    cases = [*cases_windows.CASES, *cases_rows.CASES, *cases_people.CASES, *cases_rules.CASES]
    runs = Cases(cases, spark_engine)
    wrong = [case.says for index, case in enumerate(cases) if runs.answer("spark", index) != expected(case)]
    print(f"cases: {len(cases) - len(wrong)} of {len(cases)} as they should be", *wrong, sep="\n  ", flush=True)
    return len(wrong)


def _few(settings: Settings) -> int:
    """Who paid as much as a limit: thirty people in two ranges, each with a bill of another amount."""
    shelf = small_catalogue()
    text = """
        inputs.paid = { dataset = "bill", sum = "amount", over = "12 months", unit = "yuan" }
        rule = { measure = "paid", limit = "floor", grades = { red = "3 x", blue = "1 x" } }"""
    indicator = shelf.indicator("G001", text, {"floor": "50 yuan"})
    small = SmallBase(shelf.catalogue, people=[Person(number, number) for number in range(30)], places=["370502001001"])
    small.rows["bill"] = [{"person": at, "paid_on": "2026-10-31", "amount": str(7 * at)} for at in range(30)]
    small.delivered["bill", 0] = Delivered()
    base = small.made()
    judge = ReferenceEngine(shelf.catalogue).run(base, [indicator])
    there = SparkEngine(shelf.catalogue, settings).run(base, [indicator])
    same = judge.signals.num_rows > 0 and there.signals.equals(judge.signals) and there.unknown.equals(judge.unknown)
    print(f"on {EXECUTORS}: {there.signals.num_rows} hits, {'agrees' if same else 'differs from the judge'}", flush=True)
    return 0 if same else 1


def _random(seed: int) -> int:
    catalogue, indicators, base = random_case(seed, rules=40, rows=3000)
    judge = ReferenceEngine(catalogue).run(base, indicators)
    found = compared(judge, spark_engine("spark", catalogue).run(base, indicators), indicators)
    print(f"seed {seed}: agrees, {judge.signals.num_rows:,} hits" if not found else told(found, catalogue, base), flush=True)
    return len(found)


def _made(folder: Path, residents: int) -> Path:
    catalogue = public.catalogue()
    monitored(invent(folder / "invented", catalogue, residents=residents), folder / "workspace", catalogue)
    return folder / "workspace"


def _county(workspace: Path, engine: SparkEngine, every: int) -> int:
    catalogue = public.catalogue()
    base = Release(Workspace(workspace), public.releases(workspace)[0]).base
    indicators = list(catalogue.indicators.values())[::every]
    began = time.perf_counter()
    there = engine.run(base, indicators)
    here = ColumnarEngine(catalogue).run(base, indicators)
    pairs = zip(indicators, here.tallies(indicators), there.tallies(indicators), strict=True)
    wrong = [item.code for item, mine, other in pairs if mine != other]
    same = here.signals.equals(there.signals) and here.unknown.equals(there.unknown)
    seconds = time.perf_counter() - began
    print(
        f"county of {base.people.num_rows:,}, {len(indicators)} indicators, {here.signals.num_rows:,} signals: "
        f"{len(wrong)} differ {wrong}, every row the same: {same}; {seconds:.0f} s",
        flush=True,
    )
    return len(wrong) + (not same)


def _executors(workspace: Path) -> int:
    with _on_executors() as settings:
        print(f"on {EXECUTORS}:", end=" ", flush=True)
        return _county(workspace, SparkEngine(public.catalogue(), settings), EVERY)


@contextmanager
def _on_executors() -> Iterator[Settings]:
    with tempfile.TemporaryDirectory() as shared:
        own = {**OPTIONS, "spark.authenticate.secret": "only for this proof", "spark.executor.memory": "1g"}
        own["spark.executor.extraJavaOptions"] = OPTIONS["spark.driver.extraJavaOptions"]
        yield Settings(master=EXECUTORS, ranges=2, tables=shared, options=tuple(own.items()))


if __name__ == "__main__":
    sys.exit(main())
