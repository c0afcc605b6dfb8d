"""When new deliveries change what is known for everybody: then not some are asked again, but all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from jiuzhu.registry.archived import Delivered
from jiuzhu.registry.profile.coverage import coverage_of
from jiuzhu.registry.profile.today import codes_on
from jiuzhu.registry.profile.wanted import Wanted
from jiuzhu.rules.tree import Dataset
from jiuzhu.vocabulary.divisions import Divisions

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


def of_places(datasets: Sequence[Dataset], wanted: Wanted) -> Dataset | None:
    """The first of these datasets that is read and belongs to no person: whoever lives there may depend on it."""
    for dataset in datasets:
        if dataset.keyed not in ("person", "household") and dataset.code in wanted.columns:
            return dataset
    return None


def with_areas(deliveries: Sequence[Delivered], divisions: Divisions | None, day: date) -> list[Delivered]:
    """Deliveries of merged and split divisions, by what these are on the day."""
    found = codes_on({one.division for one in deliveries}, divisions, day) if divisions is not None else {}
    return [replace(one, areas=tuple(found[one.division])) if one.division in found else one for one in deliveries]


def coverage_change(
    catalogue: Catalogue, wanted: Wanted, before: Sequence[Delivered], now: Sequence[Delivered], places: Sequence[str], day: date
) -> str:
    """The dataset, and in brackets the place, of which more or less is known now than before; "" if it is the same everywhere."""
    codes = sorted({one.dataset for one in (*before, *now)} & wanted.kept.keys())
    datasets = [catalogue.datasets[code] for code in codes]
    old, new = (coverage_of(datasets, deliveries, places, as_of=day) for deliveries in (before, now))
    for name in ("fresh", "first_day", "gaps", "months", "quarters"):
        one, other = getattr(old, name), getattr(new, name)
        if one != other:
            dataset, place = min(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
            return f"{dataset} ({places[place]}: {name.replace('_', ' ')})"
    return ""
