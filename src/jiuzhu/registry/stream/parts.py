"""The part of the archive that says everything about some people, in memory, and how persons and numbers hang together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from jiuzhu.registry.archived import DELIVERY, UNLINKED, Archive, TablesArchive, quoted
from jiuzhu.registry.profile.households import HUKOU, LOW
from jiuzhu.registry.profile.state import thing_key
from jiuzhu.registry.profile.types import archive_type, sql_type
from jiuzhu.registry.profile.wanted import LOW_MEMBERS, POPULATION
from jiuzhu.rules.tree import Dataset

if TYPE_CHECKING:
    import pyarrow as pa

    from jiuzhu.rules.catalogue import Catalogue

HOUSEHOLD_COLUMNS = {"household_id": LOW, "hukou_household_no": HUKOU}


def person_columns(dataset: Dataset) -> list[str]:
    return [name for name, column in sorted(dataset.columns.items()) if column.type.kind == "person"]


def numbers_in(dataset: Dataset) -> dict[str, int]:
    """The columns of a dataset that hold numbers of households, and of which kind."""
    return {name: kind for name, kind in HOUSEHOLD_COLUMNS.items() if name in dataset.columns}


@dataclass
class Parts:
    """Views of every row ever delivered, whatever is in force, with the people they speak of.

    Works in one connection on an archive of which `links` names the people known by likeness or alone. Sets of people and
    of household numbers are tables: (person) and (kind, number).
    """

    connection: duckdb.DuckDBPyConnection
    archive: Archive
    catalogue: Catalogue
    links: pa.Table
    views: dict[str, str] = field(default_factory=dict, init=False)

    def open(self) -> None:
        """Make the views, and the table `lived` (person, kind, number) of every household anybody was ever said to be in."""
        self.connection.register("link", self.links)
        for code, dataset in sorted(self.catalogue.datasets.items()):
            view = self.archive.view(self.connection, code)
            if view:
                self.views[code] = self._linked(dataset, view)
        told = ["SELECT NULL::BIGINT AS person, NULL::TINYINT AS kind, NULL::VARCHAR AS number WHERE FALSE"]
        for code, column in ((LOW_MEMBERS, "household_id"), (POPULATION, "hukou_household_no")):
            if code in self.views:
                kind = HOUSEHOLD_COLUMNS[column]
                told.append(
                    f"SELECT id_no, {kind}, {column} FROM {self.views[code]} WHERE id_no IS NOT NULL AND {column} IS NOT NULL"
                )
        self.connection.execute(f"CREATE TEMP TABLE lived AS SELECT DISTINCT * FROM ({' UNION ALL '.join(told)})")

    def _linked(self, dataset: Dataset, view: str) -> str:
        """A view of all rows of a dataset, whose person columns hold the people known by likeness as well."""
        there = self.columns_of(view)
        replaced, joined = [], ""
        for number, name in enumerate(person_columns(dataset)):
            mark = UNLINKED if name == "id_no" else f"{UNLINKED}_{name}"
            if name in there and mark in there:
                replaced.append(f"coalesce(a.{quoted(name)}, l{number}.person) AS {quoted(name)}")
                joined += f" LEFT JOIN link l{number} ON l{number}.candidate = a.{quoted(mark)}"
        cells = f"a.* REPLACE ({', '.join(replaced)})" if replaced else "a.*"
        missing = [column for name, column in sorted(dataset.columns.items()) if name not in there]
        empty = "".join(f", CAST(NULL AS {sql_type(archive_type(one))}) AS {quoted(one.name)}" for one in missing)
        answer = f"every_{dataset.code}"
        self.connection.execute(f"CREATE TEMP VIEW {answer} AS SELECT {cells}{empty} FROM {view} a{joined}")
        return answer

    def columns_of(self, relation: str) -> set[str]:
        return {row[0] for row in self.connection.execute(f"DESCRIBE {relation}").fetchall()}

    def count(self, table: str) -> int:
        found: int = self.connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
        return found

    def people_named(self, code: str, rows: str) -> list[str]:
        """Queries for (person) of everybody the rows of a dataset name."""
        return [
            f"SELECT {quoted(name)} AS person FROM {rows} WHERE {quoted(name)} IS NOT NULL"
            for name in person_columns(self.catalogue.datasets[code])
        ]

    def numbers_named(self, code: str, rows: str) -> list[str]:
        """Queries for (kind, number) of every household the rows of a dataset name."""
        return [
            f"SELECT {kind} AS kind, {name} AS number FROM {rows} WHERE {name} IS NOT NULL"
            for name, kind in numbers_in(self.catalogue.datasets[code]).items()
        ]

    def mates(self, people: str, numbers: str = "") -> str:
        """A query for (person): these people, all who ever shared a household with one of them, and who was ever in `numbers`."""
        homes = f"SELECT kind, number FROM lived WHERE person IN (SELECT person FROM {people})"
        if numbers:
            homes += f" UNION SELECT kind, number FROM {numbers}"
        return f"SELECT person FROM {people} UNION SELECT l.person FROM lived l JOIN ({homes}) h ON h.kind = l.kind AND h.number = l.number"

    def numbers_of(self, people: str) -> str:
        """A query for (kind, number) of every household these people were ever in."""
        return f"SELECT DISTINCT kind, number FROM lived WHERE person IN (SELECT person FROM {people})"

    def who_name(self, people: str, relations: Sequence[str]) -> str:
        """A query for (person): who names one of these people in a relation, and whose household does."""
        return self._along(people, relations, back=True)

    def named_by(self, people: str, relations: Sequence[str]) -> str:
        """A query for (person): whom these people, or their households, name in a relation."""
        return self._along(people, relations, back=False)

    def _along(self, people: str, relations: Sequence[str], *, back: bool) -> str:
        told = ["SELECT NULL::BIGINT AS person WHERE FALSE"]
        for code in relations:
            relation = self.catalogue.relations[code]
            if relation.dataset not in self.views:
                continue
            subject, to, rows = f"r.{quoted(relation.subject)}", f"r.{quoted(relation.to)}", self.views[relation.dataset]
            if relation.subject in HOUSEHOLD_COLUMNS:
                rows = f"{rows} r JOIN lived s ON s.kind = {HOUSEHOLD_COLUMNS[relation.subject]} AND s.number = {subject}"
                subject = "s.person"
            else:
                rows = f"{rows} r"
            wanted, given = (subject, to) if back else (to, subject)
            told.append(
                f"SELECT {wanted} AS person FROM {rows} WHERE {given} IN (SELECT person FROM {people}) AND {wanted} IS NOT NULL"
            )
        return " UNION ".join(told)

    def records(self, code: str, condition: str) -> str:
        """A query for (record_id) of the rows `a` that meet a condition, and of those that decide whether these count.

        Of one record the newest version counts, whomever it names; of a state the newest record of each thing.
        """
        dataset, view = self.catalogue.datasets[code], self.views[code]
        met = f"SELECT record_id FROM {view} a WHERE {condition}"
        if dataset.rows != "state":
            return met
        key = thing_key(dataset)
        named = ", ".join(f"{part} AS key{number}" for number, part in enumerate(key))
        same = " AND ".join(f"({part}) IS NOT DISTINCT FROM t.key{number}" for number, part in enumerate(key))
        things = f"(SELECT DISTINCT {named} FROM {view} WHERE record_id IN ({met}))"
        return f"{met} UNION SELECT record_id FROM (SELECT * FROM {view} SEMI JOIN {things} t ON {same})"

    def about(self, people: str, numbers: str, more: Mapping[str, str]) -> TablesArchive:
        """The archive of all rows that name one of these people or households; of rows without either, of all.

        more: dataset to a table (record_id) of rows wanted besides. With a row come all versions of its record, and of what
        tells of the same thing, whomever they name: which of them counts is for the base to say.
        """
        tables = {}
        for code in self.views:
            dataset = self.catalogue.datasets[code]
            kept = [f"{quoted(name)} IN (SELECT person FROM {people})" for name in person_columns(dataset)]
            kept += [
                f"{name} IN (SELECT number FROM {numbers} WHERE kind = {kind})" for name, kind in numbers_in(dataset).items()
            ]
            if code in more:
                kept.append(f"record_id IN (SELECT record_id FROM {more[code]})")
            raw = self.archive.view(self.connection, code)
            cells = ", ".join(f"r.{quoted(name)}" for name in sorted(self.columns_of(raw)))
            where = ""
            if kept and dataset.keyed in ("person", "household"):
                where = f"WHERE r.record_id IN ({self.records(code, ' OR '.join(kept))})"
            table = self.connection.sql(f"SELECT {cells} FROM {raw} r {where}").to_arrow_table()
            if table.num_rows:
                tables[code] = table
        return TablesArchive(list(self.archive.deliveries), tables)


def of_deliveries(numbers: Sequence[int]) -> str:
    """The condition under which a row came in one of these deliveries."""
    return f"{DELIVERY} IN ({', '.join(map(str, numbers))})" if numbers else "FALSE"
