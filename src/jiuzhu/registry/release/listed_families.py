"""The families in force in the low-income base, one element each: where, of which category, and when somebody last met them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar.columns import plain
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.lying import lying_table, wide

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

BASE, MONTHS_UNSEEN = "civil_lowincome_household", 12
IN_FORCE = 1
MET_ON = ("visits", "applications")  # the lanes of the chain on which somebody met the family
Whole = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Listed:
    """position: of the living household. place: into `codes`. people: who live there. met: the last day somebody met them, as
    days since 1970; -1 where no row says so. people_at: everybody living at a place, by its code."""

    position: Whole
    place: Whole
    category: Whole
    people: Whole
    met: Whole
    codes: tuple[str, ...]
    people_at: Mapping[str, int]
    as_of_day: int

    @cached_property
    def unseen(self) -> npt.NDArray[np.bool_]:
        """Whom nobody met in the last twelve months, as far as delivered rows say."""
        return self.met < self.as_of_day - 365


def listed(release: Release, catalogue: Catalogue) -> Listed:
    """One pass over the base of families and over the rows of each dataset that is a visit or an application."""
    base = release.base
    place, count = (plain(base.households[name])[0].astype(np.int32) for name in ("place", "count"))
    codes = tuple(base.places["code"].to_pylist())
    met = np.full(len(place), -1, np.int32)
    for act in catalogue.family_file.acts:
        if act.lane in MET_ON:
            _note(release, act.dataset, act.at, met)
    living = base.people["place"].value_counts().to_pylist()
    position, category = _in_force(release)
    return Listed(
        position, place[position], category, count[position], met[position], codes,
        {codes[one["values"]]: one["counts"] for one in living}, _day(release),
    )  # fmt: skip


def _in_force(release: Release) -> tuple[Whole, Whole]:
    """The living households in force in the base, ascending, and the category of each; 0 where it was not said."""
    table = lying_table(release.base, BASE)
    if table is None:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    rows = wide(table, ["household", "category", "household_status"])
    household, category, status = (rows[name].fill_null(0).to_numpy() for name in rows.column_names)
    kept = np.flatnonzero((household >= 0) & (status == IN_FORCE))
    last = {int(household[row]): int(category[row]) for row in kept}
    position = np.array(sorted(last), np.int32)
    return position, np.array([last[one] for one in position.tolist()], np.int32)


def _note(release: Release, dataset: str, at: str, met: Whole) -> None:
    """Keep for each household the last day of a row of this dataset, of the household itself or of one of its people."""
    table = lying_table(release.base, dataset)
    if table is None:
        return
    rows = wide(table, ["household", at])
    household = plain(rows["household"])[0]
    days = rows[at].cast("int32").fill_null(-1).to_numpy()
    kept = (household >= 0) & (days <= _day(release))
    np.maximum.at(met, household[kept], days[kept])


def _day(release: Release) -> int:
    return int((np.datetime64(release.manifest.as_of) - np.datetime64("1970-01-01")).astype(int))
