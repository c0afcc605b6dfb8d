"""All sources against each other: how often they agree, and of whom they say different things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiuzhu.registry.comparison.statements import Speakers
from jiuzhu.registry.release.folder import Release
from jiuzhu.rules.comparisons import Comparison

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

AUTHORITY, AGREES, DIFFERS, OLDER = "authority", "agrees", "differs", "older"
_LIMITS = {
    "threads": 2,
    "memory_limit": "1000MB",
    "temp_directory": "",
    "preserve_insertion_order": False,
    "debug_enable_caching_operators": False,  # see `engines/sql/session.py`: a fault of DuckDB 2.0.0
}


@dataclass(frozen=True)
class Counts:
    """One comparison over everybody. people: of whom any source speaks; alone: of whom only one does.

    pairs: a source's word held against the authority's, of the same person; agreeing and conflicting are all of them.
    older: words that differ because they are outdated; they are no pairs. people_conflicting: with at least one conflicting pair.
    agreement: statement number and delivery to its agreeing and all its pairs.
    """

    people: int
    alone: int
    pairs: int
    agreeing: int
    conflicting: int
    older: int
    people_conflicting: int
    agreement: Mapping[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Compared:
    """Counts by comparison; conflicts: person, number, value, said_on, delivery, record_id, verdict, by person and number."""

    counts: Mapping[str, Counts]
    conflicts: Mapping[str, pa.Table]


def compared(release: Release, catalogue: Catalogue, packed: npt.NDArray[np.int64]) -> Compared:
    """Compare everything of everybody in a release. packed: the packed id number by position, 0 where there is none."""
    counts, conflicts = {}, {}
    with _connection() as connection:
        speakers = Speakers(connection, release.base, catalogue, packed)
        for code, comparison in catalogue.comparisons.by_code.items():
            judge(speakers, comparison)
            counts[code] = _counts(connection)
            conflicts[code] = table(connection, "person IN (SELECT person FROM judged WHERE verdict = 'differs')")
    return Compared(counts, conflicts)


def of_one(release: Release, catalogue: Catalogue, packed: npt.NDArray[np.int64], position: int) -> Mapping[str, pa.Table]:
    """Everything said of one person, by comparison, as in `Compared.conflicts`; also where all agree."""
    answer = {}
    with _connection() as connection:
        speakers = Speakers(connection, release.base, catalogue, packed, [position])
        for code, comparison in catalogue.comparisons.by_code.items():
            judge(speakers, comparison)
            answer[code] = table(connection, "TRUE")
    return answer


def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    for name, value in _LIMITS.items():
        connection.execute(f"SET {name} = {value!r}")
    return connection


def judge(speakers: Speakers, comparison: Comparison) -> None:
    """A table `judged`: what was said, and what each word is beside the authority's, the first that speaks of that person."""
    speakers.said(comparison)
    outdated = "s.said_on < a.said_on" if comparison.changes else "FALSE"
    speakers.connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE judged AS
        WITH first AS (SELECT person, min(number) AS number FROM said GROUP BY person)
        SELECT s.*, CASE WHEN s.number = a.number THEN '{AUTHORITY}' WHEN {_agree(comparison)} THEN '{AGREES}'
            WHEN {outdated} THEN '{OLDER}' ELSE '{DIFFERS}' END AS verdict
        FROM said s JOIN first f USING (person) JOIN said a ON a.person = f.person AND a.number = f.number"""
    )


def _agree(comparison: Comparison) -> str:
    """SQL: the values of `s` and `a` lie no further apart than the tolerance."""
    number, kind = comparison.tolerance, comparison.type
    if not comparison.tolerance_of:
        return "s.value = a.value"
    if kind.kind == "date":
        return f"abs(date_diff('day', s.value, a.value)) <= {int(number)}"
    if comparison.tolerance_of == "percent":
        larger = "greatest(abs(s.value), abs(a.value))"
        exact = Decimal(number).as_integer_ratio()
        return f"abs(s.value - a.value)::HUGEINT * {100 * exact[1]} <= {larger}::HUGEINT * {exact[0]}"
    return f"abs(s.value - a.value) <= {int(number.scaleb(kind.scale))}"


def _counts(connection: duckdb.DuckDBPyConnection) -> Counts:
    people, alone = connection.execute(
        "SELECT count(*), count(*) FILTER (words = 1) FROM (SELECT count(*) AS words FROM judged GROUP BY person)"
    ).fetchall()[0]
    agreeing, conflicting, older, people_conflicting = connection.execute(
        f"""SELECT count(*) FILTER (verdict = '{AGREES}'), count(*) FILTER (verdict = '{DIFFERS}'),
        count(*) FILTER (verdict = '{OLDER}'), count(DISTINCT person) FILTER (verdict = '{DIFFERS}') FROM judged"""
    ).fetchall()[0]
    by_delivery = connection.execute(
        f"""SELECT number, delivery, count(*) FILTER (verdict = '{AGREES}'), count(*) FROM judged
        WHERE verdict IN ('{AGREES}', '{DIFFERS}') AND delivery IS NOT NULL GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    agreement = {(number, delivery): (good, whole) for number, delivery, good, whole in by_delivery}
    return Counts(people, alone, agreeing + conflicting, agreeing, conflicting, older, people_conflicting, agreement)


def table(connection: duckdb.DuckDBPyConnection, condition: str) -> pa.Table:
    """The judged words that meet the condition, by person and statement."""
    found = connection.sql(
        f"""SELECT person, number, value, said_on, delivery, record_id, verdict FROM judged
        WHERE {condition} ORDER BY person, number"""
    ).to_arrow_table()
    return pa.table(found)
