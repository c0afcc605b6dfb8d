"""The data files of this room: lines that begin with # say where a file comes from."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


def table(name: str) -> list[dict[str, str]]:
    """The rows of a data file."""
    with (DATA / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@cache
def feeds() -> Mapping[str, Mapping[str, str]]:
    """Dataset to how it is cut and in which form it comes, for those that differ from the usual."""
    return {row["dataset"]: row for row in table("feeds.csv")}


def feed(dataset: str, what: str) -> str:
    """`cut` or `form` of a dataset, empty for the usual."""
    return feeds().get(dataset, {}).get(what, "")
