"""What is declared: the national catalogue, the calendar, and the engines that may be asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from jiuzhu.engines.base import Engine
from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.engines.sql.engine import SqlEngine
from jiuzhu.engines.sql.spark import SparkEngine
from jiuzhu.engines.sql.spark_settings import Settings
from jiuzhu.registry.profile.examples import ExampleFault
from jiuzhu.registry.profile.examples import run_examples as _run_examples
from jiuzhu.rules.catalogue import Catalogue, load_catalogue
from jiuzhu.vocabulary.boundaries import Boundaries
from jiuzhu.vocabulary.divisions import Divisions
from jiuzhu.vocabulary.working_days import WorkingDays

NATIONAL = Path(__file__).parents[4] / "catalogue"
ENGINES: Mapping[str, Callable[[Catalogue], Engine]] = {
    "columnar": ColumnarEngine,
    "sql": SqlEngine,
    "reference": ReferenceEngine,
    "spark": SparkEngine,
}


def catalogue(*further: Path) -> Catalogue:
    """The national catalogue, and the folders read after it. Raises CatalogueFaults."""
    return load_catalogue(NATIONAL, *further)


@lru_cache(maxsize=1)
def divisions() -> Divisions:
    return Divisions.load(NATIONAL / "divisions")


@lru_cache(maxsize=1)
def boundaries() -> Boundaries:
    return Boundaries(NATIONAL / "geo")


def division_name(code: str) -> str:
    """The name of a division of 2 to 12 digits, the code itself where no list knows it."""
    known = divisions().find(code)
    return known.name if known else code


@lru_cache(maxsize=1)
def working_days() -> WorkingDays:
    return WorkingDays.load(NATIONAL / "calendar" / "workdays.csv")


def run_examples(of: Catalogue, engines: Iterable[str] = ("reference", "sql", "columnar")) -> list[ExampleFault]:
    """Every example of the catalogue on every engine; what comes back is wrong."""
    return _run_examples(of, [ENGINES[name](of) for name in engines])


def engine_of(name: str, catalogue: Catalogue, workspace: Path) -> Engine:
    """An engine of that name; spark as `spark.toml` of the workspace and the environment say."""
    if name == "spark":
        return SparkEngine(catalogue, Settings.read(workspace / "spark.toml", os.environ))
    return ENGINES[name](catalogue)
