"""A release laid out several times side by side, as a county of many times the people: nobody of one has to do with another.

Rows, households and relations of each tile name the people of their own tile; accounts, phones and other things are its own
too. Records keep the numbers of the first tile, so evidence is read from the same archive. Places, coverage and the
numbers of divisions are those of the one county.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.base import kind_of
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.folder import Release, Writer, appear, building

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

Shifts = Mapping[str, int]  # column to how much further each tile counts


def tile_release(workspace: Workspace, release: Release, catalogue: Catalogue, times: int) -> None:
    """Put the tiled release in the place of the one it is made of."""
    tiles = _Tiles(release, catalogue, times)
    manifest = replace(
        release.manifest,
        people=tiles.people * times,
        households=tiles.households * times,
        counts={code: count * times for code, count in release.manifest.counts.items()},
    )
    subjects, review, links = release.subjects(), release.review(), release.links()
    recipes, candidates = release.recipes(), release.candidates()
    with building(workspace) as writer:
        tiles.write(writer)
        manifest = replace(manifest, files=writer.files())
        appear(workspace, writer, manifest, tiles.subjects(subjects), review, links, recipes, candidates)


class _Tiles:
    def __init__(self, release: Release, catalogue: Catalogue, times: int) -> None:
        self._release, self._catalogue, self._times = release, catalogue, times
        base = release.base
        self.people, self.households = base.people.num_rows, base.households.num_rows
        self._hukou = base.hukou.num_rows
        self._things = 1 + max(
            (
                _largest(base.rows[code][name])
                for code in base.rows
                for name, column in catalogue.columns(code).items()
                if column.type.kind == "thing" and name in base.rows[code].column_names
            ),
            default=-1,
        )

    def write(self, writer: Writer) -> None:
        base, release = self._release.base, self._release
        people, household, hukou = self.people, self.households, self._hukou
        writer.store("people", self._laid(base.people, {"household": household, "hukou": hukou}))
        writer.store("households", self._laid(base.households, {"first": people}))
        writer.store("hukou", self._laid(base.hukou, {}))
        writer.store("places", base.places)
        for code, table in base.rows.items():
            writer.store(f"rows-{code}", self._rows(code, table))
        for code, table in base.relations.items():
            dataset = self._catalogue.relations[code].dataset
            writer.store(f"relation-{code}", self._laid(table, {"other": people, **self._owned(dataset, table)}))
        writer.coverage(base)
        writer.store("numbers", self._named(release.numbers))
        writer.store("hukou-numbers", self._named(release.hukou_numbers))
        writer.write("signals", self._answers(release.signals))
        writer.write("unknowns", self._answers(release.unknown))

    def subjects(self, table: pa.Table) -> pa.Table:
        """Other persons in each tile: the numbers of the first one are people the vault knows."""
        return self._laid(table, {"person": 1}).combine_chunks()

    def _rows(self, code: str, table: pa.Table) -> pa.Table:
        laid = self._laid(table, self._owned(code, table))
        person = laid["person"].to_numpy()
        if (person[1:] >= person[:-1]).all():
            return laid
        return laid.take(np.argsort(person, kind="stable"))  # rows of nobody stand first

    def _owned(self, code: str, table: pa.Table) -> Shifts:
        kinds = {name: column.type.kind for name, column in self._catalogue.columns(code).items()}
        shifts = {"person": self.people, "household": self.households, "hukou": self._hukou}
        shifts |= {name: self.people for name, kind in kinds.items() if kind == "person"}
        shifts |= {name: self._things for name, kind in kinds.items() if kind == "thing"}
        return {name: by for name, by in shifts.items() if name in table.column_names}

    def _laid(self, table: pa.Table, shifts: Shifts) -> pa.Table:
        return pa.concat_tables(_shifted(table, shifts, tile) for tile in range(self._times))

    def _named(self, table: pa.Table) -> pa.Table:
        """Households of the first tile keep their numbers; the others get the number of the tile behind them."""
        parts = []
        for tile in range(self._times):
            number = table["number"]
            if tile:
                number = pc.binary_join_element_wise(number, pa.scalar(str(tile)), "~")
            parts.append(table.set_column(table.column_names.index("number"), "number", number))
        return pa.concat_tables(parts)

    def _answers(self, table: pa.Table) -> pa.Table:
        """Signals or unknowns: sorted by indicator, then subject."""
        by = {"person": self.people, "household": self.households, "hukou": self._hukou}
        parts: list[pa.Table] = [table.slice(0, 0)]
        for code in sorted(set(table["indicator"].to_pylist())):
            mine = table.filter(pc.equal(table["indicator"], code))
            parts.append(self._laid(mine, {"subject": by[kind_of(self._catalogue.indicators[code])]}))
        return pa.concat_tables(parts)


def _shifted(table: pa.Table, shifts: Shifts, tile: int) -> pa.Table:
    """Numbers below zero mean nobody, and stay."""
    for name, by in shifts.items():
        column = table[name]
        moved = pc.add(column, pa.scalar(by * tile, column.type))
        table = table.set_column(
            table.column_names.index(name), name, pc.if_else(pc.greater_equal(column, 0), moved, column).cast(column.type)
        )
    return table


def _largest(column: Iterable[int] | pa.ChunkedArray) -> int:
    largest = pc.max(column).as_py()
    return -1 if largest is None else int(largest)
