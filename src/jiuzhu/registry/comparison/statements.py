"""What each source says of each person: one relation a comparison, made of the rows in force of a release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiuzhu.engines.base import Base
from jiuzhu.registry.archived import DELIVERY, literal, quoted
from jiuzhu.registry.profile.cells import Sight
from jiuzhu.registry.profile.state import Moment
from jiuzhu.rules.comparisons import ID_NUMBER, ID_NUMBER_COLUMNS, Comparison, Statement
from jiuzhu.rules.tree import Column, Dataset, Title

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

_BEIJING = 8 * 3600  # seconds that clocks there are ahead
_KINDS = {"number": "BIGINT", "date": "DATE", "text": "VARCHAR"}


@dataclass(frozen=True)
class Speakers:
    """Makes the relations of one release in one connection.

    packed: the packed id number by position, 0 where there is none; for comparisons with the number itself.
    only: positions to look at; None for everybody.
    """

    connection: duckdb.DuckDBPyConnection
    base: Base
    catalogue: Catalogue
    packed: npt.NDArray[np.int64]
    only: Sequence[int] | None = None

    def said(self, comparison: Comparison) -> None:
        """A table `said`: person, number (of the statement), value, said_on, delivery, record_id, there.

        One row a person and statement. value is null where the source has rows and says nothing. there: it is a row's
        word, not that of a missing row. The value is text, a day, or a whole number at the comparison's scale.
        """
        kind = _KINDS[comparison.type.kind]
        parts = [self._statement(one, number, comparison.type.scale, kind) for number, one in enumerate(comparison.statements)]
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE said AS {' UNION ALL '.join(parts)}")
        for number, one in enumerate(comparison.statements):
            if one.none:
                self._fill(one, number, kind, comparison.type.scale)
        self.connection.execute("DELETE FROM said WHERE value IS NULL")

    # --- one statement -----------------------------------------------------------------------------------------------

    def _statement(self, one: Statement, number: int, scale: int, kind: str) -> str:
        fixed = f"CAST({number} AS TINYINT) AS number"
        if one.dataset != ID_NUMBER and not self._show(one.dataset):
            nothing = "CAST(NULL AS DATE) AS said_on, CAST(NULL AS INTEGER) AS delivery, '' AS record_id, TRUE AS there"
            return f"SELECT CAST(NULL AS INTEGER) AS person, {fixed}, CAST(NULL AS {kind}) AS value, {nothing} WHERE FALSE"
        sight = self._sight(one.dataset)
        condition = sight.flag(one.where) if one.where is not None else "TRUE"
        kept = [f"t.person >= 0 AND ({condition}) IS NOT FALSE", *self._wanted()]
        said_on, order, delivery, record = self._origin(one.dataset)
        source = f"FROM compared_{one.dataset} t WHERE {' AND '.join(kept)}"
        if one.take == "latest":
            value = f"CAST(CASE WHEN {condition} THEN {self._value(one, sight, scale)} END AS {kind})"
            return f"""SELECT person, {fixed}, value, said_on, delivery, record_id, TRUE AS there FROM (
                SELECT t.person, {value} AS value, {said_on} AS said_on, {delivery} AS delivery, {record} AS record_id,
                row_number() OVER (PARTITION BY t.person ORDER BY {order}) AS place {source}) WHERE place = 1"""
        known, value = f"bool_and(({condition}) IS NOT NULL)", f"count(*) * {10**scale}"
        if one.take != "count":
            cell = self._value(one, sight, scale)
            known, value = f"{known} AND bool_and(({cell}) IS NOT NULL)", f"{one.take}({cell})"
        newest = f"max({said_on}) AS said_on, max({delivery}) AS delivery, '' AS record_id, TRUE AS there"
        return f"""SELECT t.person, {fixed}, CAST(CASE WHEN {known} THEN {value} END AS {kind}) AS value, {newest}
            {source} GROUP BY t.person"""

    def _value(self, one: Statement, sight: Sight, scale: int) -> str:
        """SQL of the value at the comparison's scale; null where it says nothing."""
        if one.says:
            return literal(one.says)
        assert one.value is not None, "a statement without a value counts, or says a word"
        if one.means:
            cell = sight.flag(one.value) if one.type_of_value == "flag" else sight.plain(one.value)
            whens = " ".join(
                f"WHEN CAST(({cell}) AS VARCHAR) = {literal(code)} THEN {literal(word)}" for code, word in one.means.items()
            )
            return f"CASE {whens} END"
        text = sight.plain(one.value)
        if one.type.kind == "number":
            return f"(({text}) * {10 ** (scale - one.type.scale)})"
        return f"left({text}, {one.digits})" if one.digits else f"({text})"

    def _origin(self, dataset: str) -> tuple[str, str, str, str]:
        """SQL of the day a row speaks of, the order in which the newest comes first, its delivery and its record."""
        if dataset == ID_NUMBER:
            return "CAST(NULL AS DATE)", "t.person", "CAST(NULL AS INTEGER)", "''"
        own = self.catalogue.datasets[dataset]
        order = f"t.{quoted(own.at)} DESC NULLS LAST, " if own.at else ""
        return _day(own), f"{order}t.data_date DESC, t.record_id DESC", f"t.{DELIVERY}", "t.record_id"

    def _fill(self, one: Statement, number: int, kind: str, scale: int) -> None:
        """Let a missing row speak of those of whom another source has a row, where this one delivers and is not stale."""
        fresh = [place for place in range(self.base.places.num_rows) if self.base.coverage.known(one.dataset, place, None, None)]
        self._people()
        self.connection.register("fresh", pa.table({"place": pa.array(fresh, pa.int32())}))
        value = literal(one.none) if kind == "VARCHAR" else str(int(one.none) * 10**scale)
        self.connection.execute(
            f"""INSERT INTO said SELECT DISTINCT s.person, CAST({number} AS TINYINT), CAST({value} AS {kind}), NULL, NULL, '', FALSE
            FROM said s JOIN people p ON p.person = s.person JOIN fresh f ON f.place = p.place
            WHERE s.there AND s.value IS NOT NULL
            AND s.person NOT IN (SELECT person FROM said WHERE number = {number} AND there)"""
        )

    # --- what is looked at -------------------------------------------------------------------------------------------

    def _show(self, dataset: str) -> bool:
        """Let SQL see the rows of a dataset; False where the release has none, or was made before they were compared."""
        table = self.base.rows.get(dataset)
        if table is None or not table.num_rows:
            return False
        self.connection.register(f"compared_{dataset}", table)
        return True

    def _people(self) -> None:
        places = self.base.people["place"]
        self.connection.register("people", pa.table({"person": pa.array(range(len(places)), pa.int32()), "place": places}))

    def _sight(self, dataset: str) -> Sight:
        if dataset != ID_NUMBER:
            return Sight(self.catalogue.columns(dataset), {}, self._moment(), self.catalogue.tables)
        self.connection.register(f"compared_{ID_NUMBER}", read_off(self.packed))
        columns = {
            name: Column(name, Title("", ""), "", kind, True, "", "sensitive", "unknown", False, "", "")
            for name, kind in ID_NUMBER_COLUMNS.items()
        }
        return Sight(columns, {}, self._moment(), self.catalogue.tables)

    def _moment(self) -> Moment:
        return Moment(self.base.as_of, self.base.now)

    def _wanted(self) -> list[str]:
        if self.only is None:
            return []
        return [f"t.person IN ({', '.join(map(str, self.only))})"] if self.only else ["FALSE"]


def read_off(packed: npt.NDArray[np.int64]) -> pa.Table:
    """What each number says of its holder: person (position), birth_date, sex; those without a number left out."""
    there = np.flatnonzero(packed)
    first = packed[there] // 11
    day = first // 1000 % 100_000_000
    months = (day // 10_000 - 1970) * 12 + day // 100 % 100 - 1
    born = months.astype("datetime64[M]").astype("datetime64[D]") + (day % 100 - 1)
    return pa.table(
        {
            "person": pa.array(there, pa.int32()),
            "birth_date": pa.array(born, pa.date32()),
            "sex": pa.array(2 - first % 2, pa.int64()),
        }
    )


def _day(dataset: Dataset) -> str:
    """SQL of the day a row speaks of: of a state when it was sent as true, of all else when it happened."""
    column = dataset.columns.get(dataset.at)
    if dataset.rows == "state" or column is None:
        return "t.data_date"
    name = f"t.{quoted(column.name)}"
    days: Mapping[str, str] = {
        "date": name,
        "month": f"last_day(make_date(CAST({name} // 12 AS INTEGER), CAST({name} % 12 + 1 AS INTEGER), 1))",
        "quarter": f"last_day(make_date(CAST({name} // 4 AS INTEGER), CAST({name} % 4 * 3 + 3 AS INTEGER), 1))",
        "instant": f"CAST(make_timestamp(({name} + {_BEIJING}) * 1000000) AS DATE)",
        "school_year": f"make_date(CAST({name} AS INTEGER), 9, 1)",
    }
    return days[column.holds]
