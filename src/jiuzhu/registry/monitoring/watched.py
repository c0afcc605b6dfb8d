"""The facts of people on watch: who is in the low-income base, and who has a warning; kept so that others need not ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.ascending import distinct, stand_among
from jiuzhu.engines.base import Base, Result
from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.registry.profile.households import LOW

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

FACTS = pa.schema(
    [("fact", pa.string()), ("subject", pa.int32()), ("number", pa.int64()), ("text", pa.string()), ("unknown", pa.bool_())]
)


def watched(base: Base, catalogue: Catalogue, result: Result, kinds: pa.Array) -> pa.Array:
    """The living households on watch, by position. kinds: where each of them comes from (`numbers` of the release)."""
    homes = base.people["household"].to_numpy()
    low = np.flatnonzero(np.asarray(kinds) == LOW)
    found = [low, *(_homes(base, catalogue, result, kind, homes) for kind in ("person", "living", "hukou"))]
    return pa.array(distinct(np.concatenate(found)), pa.int32())


def _homes(base: Base, catalogue: Catalogue, result: Result, kind: str, homes: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    codes = [one.code for one in catalogue.indicators.values() if ("person" if one.of == "person" else one.group) == kind]
    mine = result.signals.filter(pc.is_in(result.signals["indicator"], pa.array(codes, pa.string())))
    subjects: npt.NDArray[np.int64] = pc.unique(mine["subject"]).to_numpy().astype(np.int64)
    if kind == "living":
        return subjects
    chosen = subjects if kind == "person" else stand_among(base.people["hukou"].to_numpy(), distinct(subjects).astype(np.int32))
    found: npt.NDArray[np.int64] = homes[chosen].astype(np.int64)
    return found


def facts_of(base: Base, catalogue: Catalogue, households: pa.Array, engine: ColumnarEngine) -> pa.Table:
    """Every fact of these households and their people that says something: fact, subject, and number or text; or unknown.

    subject: a person or a living household, as the fact is of. A flag that holds is 1 and one that does not has no row;
    dates are days since 1970, money is fen, other decimals as many as the fact carries.
    """
    parts = [FACTS.empty_table()]
    told = engine.facts(base, sorted(catalogue.facts), households=households.to_pylist())
    for code, table in sorted(told.items()):
        rows = table.combine_chunks()
        value = rows["value"]
        says = pc.is_valid(value) if not pa.types.is_boolean(value.type) else pc.fill_null(value, False)
        rows = rows.filter(pc.or_(says, rows["unknown"])).combine_chunks()
        parts.append(_part(code, rows))
    return pa.concat_tables(parts)


def _part(code: str, rows: pa.Table) -> pa.Table:
    value = rows["value"]
    is_text = pa.types.is_string(value.type)
    nothing = pa.nulls(rows.num_rows)
    number = nothing if is_text else value.cast(pa.int32()) if pa.types.is_date(value.type) else value
    columns = {
        "fact": pa.repeat(pa.scalar(code), rows.num_rows),
        "subject": rows["position"],
        "number": number.cast(pa.int64()),
        "text": (value if is_text else nothing).cast(pa.string()),
        "unknown": rows["unknown"],
    }
    return pa.table({field.name: columns[field.name] for field in FACTS}, schema=FACTS)
