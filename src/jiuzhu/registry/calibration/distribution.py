"""Where a limit stands among everybody its rule can measure: the share of them that does not reach it, county by county."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.registry.calibration.evidence import Reaches
from jiuzhu.registry.release.counted import places_of
from jiuzhu.registry.release.scales import value_decimals
from jiuzhu.rules.parameters import Parameters, ParameterValue

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

COUNTY = 6
FAR = 1000  # so many limits away; who lies further on the side that needs nothing is not counted


@dataclass(frozen=True)
class Values:
    """What a rule measures, of everybody it can measure. value: null where it was divided by nothing. county: six digits."""

    value: pa.Array
    county: pa.Array
    decimals: int


@dataclass(frozen=True)
class Standing:
    """Of a county: how many are measured, and how many of them do not reach the limit."""

    county: str
    measured: int
    below: int

    @property
    def percent(self) -> Decimal:
        """To one decimal, halves up."""
        tenths = (self.below * 2000 + self.measured) // (2 * self.measured)
        return Decimal(tenths).scaleb(-1)


def values_of(columns: Columns, catalogue: Catalogue, limits: Iterable[ParameterValue]) -> Mapping[str, Values]:
    """By indicator, in one run with every limit moved so far that all who can be measured are found."""
    base = columns.base
    rows = dict(catalogue.parameters.rows)
    codes = []
    for one in limits:
        if one.owner not in catalogue.indicators or one.value is None:
            continue
        upwards = catalogue.indicators[one.owner].rule.way in ("at least", "above")
        far = one.value * (-FAR if upwards else FAR)
        rows[one.owner, one.name] = [replace(one, division="000000", since=date.min, until=None, value=far, like="")]
        codes.append(one.owner)
    other = replace(catalogue, parameters=Parameters(rows))
    signals = ColumnarEngine(other, columns=columns).run(base, [other.indicators[code] for code in codes]).signals
    counties = pc.utf8_slice_codeunits(base.places["code"].combine_chunks().take(places_of(base, other, signals)), 0, COUNTY)
    answer = {}
    for code in codes:
        mine = pc.equal(signals["indicator"], code).combine_chunks()
        value = signals["value"].combine_chunks().filter(mine)
        answer[code] = Values(value, counties.filter(mine), value_decimals(catalogue.indicators[code]))
    return answer


def standings(values: Values, reaches: Reaches, limit: Decimal) -> tuple[Standing, ...]:
    """By county. A value counts once however many have it, so that exact decimals stay cheap."""
    coded = values.value.dictionary_encode(null_encoding="encode")
    different = [None if one is None else Decimal(one).scaleb(-values.decimals) for one in coded.dictionary.to_pylist()]
    short = np.array([not reaches(one, limit) for one in different], np.bool_)
    below: npt.NDArray[Any] = short[coded.indices.to_numpy()] if len(coded) else np.empty(0, np.bool_)
    table = pa.table({"county": values.county, "below": pa.array(below.astype(np.int64))})
    found = table.group_by("county").aggregate([([], "count_all"), ("below", "sum")]).to_pylist()
    rows = (Standing(row["county"], row["count_all"], row["below_sum"]) for row in found)
    return tuple(sorted(rows, key=lambda one: one.county))
