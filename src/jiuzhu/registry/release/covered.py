"""Which dataset speaks of which township, as the rules of a release saw it, and what they could not decide for want of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pyarrow.parquet as pq

from jiuzhu.registry.release.folder import Release
from jiuzhu.rules.parameters import trimmed

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

TOWNSHIP = 9
Cover = Literal["here", "late", "never", "apart"]


@dataclass(frozen=True)
class Covered:
    """One dataset: township to whether it is here, late (older than the dataset allows), or never came.

    apart: it opens for one person at a time under an authorisation, so that nobody waits for it here.
    """

    dataset: str
    cells: Mapping[str, Cover]


@dataclass(frozen=True)
class Undecided:
    """An indicator that could not be decided for some. whole: for nobody at all here was it found. lacking: what is late or never came."""

    indicator: str
    unknown: int
    whole: bool
    lacking: tuple[str, ...]


def covered(release: Release, catalogue: Catalogue, division: str) -> tuple[Covered, ...]:
    """Every dataset of the catalogue that speaks of people or households, in the order of their codes."""
    base, wanted = release.base, trimmed(division)
    townships: dict[str, list[int]] = {}
    for place, code in enumerate(base.places["code"].to_pylist()):
        if len(code) >= TOWNSHIP and code.startswith(wanted):
            townships.setdefault(code[:TOWNSHIP], []).append(place)
    answer = []
    for code, dataset in sorted(catalogue.datasets.items()):
        if dataset.keyed == "none":
            continue
        cells: dict[str, Cover] = {}
        for township, places in sorted(townships.items()):
            told = [base.coverage.fresh.get((code, place)) for place in places]
            if dataset.authorised_only:
                cells[township] = "apart"
            else:
                cells[township] = "here" if True in told else "late" if False in told else "never"
        answer.append(Covered(code, cells))
    return tuple(answer)


def undecided(release: Release, catalogue: Catalogue, division: str) -> tuple[Undecided, ...]:
    """Indicators with somebody of a division whom they could not decide about, most first."""
    wanted = trimmed(division)
    unknown: dict[str, int] = {}
    found: set[str] = set()
    for row in pq.read_table(release.folder / "counts.parquet").to_pylist():
        if not row["division"].startswith(wanted):
            continue
        if row["level"]:
            found.add(row["indicator"])
        else:
            unknown[row["indicator"]] = unknown.get(row["indicator"], 0) + row["count"]
    lacking = {
        one.dataset
        for one in covered(release, catalogue, division)
        if one.cells and all(state in ("late", "never") for state in one.cells.values())
    }
    answer = []
    for code, number in unknown.items():
        indicator = catalogue.indicators.get(code)
        read = catalogue.datasets_read(indicator) if indicator is not None else ()
        answer.append(Undecided(code, number, code not in found, tuple(name for name in read if name in lacking)))
    return tuple(sorted(answer, key=lambda one: (-one.unknown, one.indicator)))
