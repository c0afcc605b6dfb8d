"""What a record of each dataset can change, and which of them can be answered without reading the archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jiuzhu.registry.profile.wanted import CORE, Wanted, wanted_columns
from jiuzhu.rules.dependencies import columns_of_indicator

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue
    from jiuzhu.rules.tree import Dataset, Indicator


@dataclass(frozen=True)
class Road:
    """waits: why records of the dataset wait for a look at the archive, "" if they are answered at once.

    indicators: the rules that read it, by code. kept: its columns in the base.
    """

    waits: str
    indicators: tuple[Indicator, ...]
    kept: frozenset[str]


def roads_of(catalogue: Catalogue) -> Mapping[str, Road]:
    """The road of each dataset of the catalogue."""
    wanted = wanted_columns(catalogue)
    readers: dict[str, list[Indicator]] = {}
    for _, indicator in sorted(catalogue.indicators.items()):
        for dataset in columns_of_indicator(indicator, catalogue, catalogue.facts):
            readers.setdefault(dataset, []).append(indicator)
    return {
        code: Road(_waits(dataset, wanted), tuple(readers.get(code, ())), wanted.kept.get(code, frozenset()))
        for code, dataset in catalogue.datasets.items()
    }


def _waits(dataset: Dataset, wanted: Wanted) -> str:
    """Whatever moves people, or reaches rows of others than those it names, is for the look, which reads every row."""
    code = dataset.code
    if dataset.keyed not in ("person", "household"):
        return "it speaks of a place, and everybody there may depend on it"
    if code in CORE:
        return "it may say who lives where, or what may be read"
    if any(one.dataset == code for one in wanted.relations):
        return "it says who belongs to whom"
    if any(one.source == code for one in wanted.derived):
        return "rows of other datasets are compared with it"
    if any(one.dataset == code for one in wanted.derived):
        return "its rows are compared with other datasets"
    if code in wanted.since:
        return "rules ask since when its state has held"
    things = wanted.kept.get(code, frozenset()) & dataset.columns.keys()
    if any(dataset.columns[name].identity and dataset.columns[name].type.kind == "thing" for name in things):
        return "rules compare accounts, plates or addresses in it"
    return ""
