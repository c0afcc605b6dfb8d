"""How many a release found, and could not decide, by indicator and division."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.base import Base, Result

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


def places_of(base: Base, catalogue: Catalogue, table: pa.Table) -> pa.Array:
    """The place of each subject of a table of signals or unknowns."""
    codes = pc.unique(table["indicator"]).to_pylist()
    places = pa.nulls(table.num_rows, pa.int32())
    for kind, among in (("person", base.people), ("living", base.households), ("hukou", base.hukou)):
        mine = [code for code in codes if kind_of(catalogue, code) == kind]
        if mine:
            here = pc.is_in(table["indicator"], pa.array(mine)).combine_chunks()
            found = among["place"].combine_chunks().take(pc.if_else(here, table["subject"].combine_chunks(), None))
            places = pc.if_else(here, found, places)
    return places


def kind_of(catalogue: Catalogue, code: str) -> str:
    """What kind of position an indicator's subjects are: person, living or hukou household."""
    indicator = catalogue.indicators[code]
    return "person" if indicator.of == "person" else indicator.group


def counted(base: Base, catalogue: Catalogue, result: Result) -> pa.Table:
    """indicator, division, level (0: unknown) and count, in that order; no line for what was not found."""
    parts = []
    for table in (result.signals, result.unknown):
        codes = base.places["code"].combine_chunks().take(places_of(base, catalogue, table))
        level = table["level"] if "level" in table.column_names else pa.array([0] * table.num_rows, pa.int8())
        parts.append(pa.table({"indicator": table["indicator"], "division": codes, "level": level}))
    lines = pa.concat_tables(parts).group_by(["indicator", "division", "level"]).aggregate([([], "count_all")])
    lines = lines.rename_columns(["indicator", "division", "level", "count"])
    return lines.sort_by([("indicator", "ascending"), ("division", "ascending"), ("level", "descending")])
