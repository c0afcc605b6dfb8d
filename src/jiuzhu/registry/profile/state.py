"""What is in force: of all rows ever delivered, those that count on one day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from jiuzhu.registry.archived import CASE, CHANGE, DELIVERY, HASH, ROW, UNLINKED, Delivered, literal, quoted
from jiuzhu.registry.profile.divisions import prefix_of
from jiuzhu.registry.profile.types import archive_type, sql_type
from jiuzhu.rules.tree import Dataset

SINCE = "__since"
# Of two versions of one record the newer data_date wins, then the greater content hash; the rest only makes it one.
_VERSION = f"data_date DESC, {HASH} DESC, {DELIVERY}, {ROW}"


@dataclass(frozen=True)
class Moment:
    """The day and the instant of a run; nothing later is seen."""

    as_of: date
    now: datetime

    @property
    def month(self) -> int:
        return self.as_of.year * 12 + self.as_of.month - 1

    @property
    def seconds(self) -> int:
        return int(self.now.timestamp())


@dataclass(frozen=True)
class StateMaker:
    """Makes the rows in force of one dataset after another, in one connection.

    apart: rows carry `_case` and never meet rows of another case (bases of examples).
    links: name of the relation (candidate, person) of people known by likeness, or of themselves alone; "" if there is none.
    """

    connection: duckdb.DuckDBPyConnection
    moment: Moment
    deliveries: Sequence[Delivered]
    apart: bool = False
    links: str = ""

    def seen(self, dataset: Dataset, view: str, columns: Iterable[str], derived: Iterable[str] = ()) -> str:
        """A view of the rows that may count: not later than the day, not replaced by a full delivery; with their person.

        derived: derived columns that rows of examples may bring along.
        """
        fixed = ["record_id", CHANGE, "data_date", "region_code", HASH, ROW, DELIVERY, *([CASE] if self.apart else [])]
        there = self._columns_of(view)
        rest = sorted(set(columns) - set(fixed))
        picked = [f"a.{quoted(name)}" if name in there else f"NULL AS {quoted(name)}" for name in fixed]
        source = f"{view} a"
        for number, name in enumerate(rest):
            mark = UNLINKED if name == "id_no" else f"{UNLINKED}_{name}"
            if name not in there:
                picked.append(f"CAST(NULL AS {sql_type(archive_type(dataset.columns[name]))}) AS {quoted(name)}")
            elif self.links and mark in there:
                picked.append(f"coalesce(a.{quoted(name)}, l{number}.person) AS {quoted(name)}")
                source += f" LEFT JOIN {self.links} l{number} ON l{number}.candidate = a.{quoted(mark)}"
            else:
                picked.append(f"a.{quoted(name)}")
        picked += [f"a.{quoted(name)}" for name in sorted(derived) if name in there]
        name = f"seen_{dataset.code}"
        kept = " AND ".join([f"a.data_date <= {_day(self.moment.as_of)}", *self._not_replaced(dataset)])
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT {', '.join(picked)} FROM {source} WHERE {kept}")
        return name

    def in_force(self, dataset: Dataset, seen: str) -> str:
        """A view of the rows in force: the newest version of each record, of a state the newest record of each thing."""
        case = [CASE] if self.apart else []
        records = self.records(dataset, seen)
        kept = [f"{CHANGE} IS DISTINCT FROM 'D'", *self._not_later(dataset)]
        current = f"current_{dataset.code}"
        self.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {current} AS SELECT * EXCLUDE ({CHANGE}, {ROW}) FROM {records} WHERE {' AND '.join(kept)}"
        )
        if dataset.rows != "state":
            return current
        return self._newest(current, f"state_{dataset.code}", [*case, *thing_key(dataset)], "data_date DESC, record_id DESC")

    def records(self, dataset: Dataset, seen: str) -> str:
        """A view of the newest version of each record, retractions among them."""
        case = [CASE] if self.apart else []
        return self._newest(seen, f"records_{dataset.code}", [*case, "record_id"], _VERSION)

    def since(self, dataset: Dataset, seen: str, state: str, columns: Iterable[str]) -> str:
        """A view of the rows of `state` with `<column>__since`: the first day of the unbroken run of the value in force.

        Read from every version of every record of the thing that was not retracted, because `data_date` only says when a
        row was sent: a value sent again each month has still held since its first month.
        """
        case = [CASE] if self.apart else []
        key = [*case, *(thing_key(dataset) if dataset.rows == "state" else ["record_id"])]
        names = [quoted(name) for name in sorted(columns)]
        keys = ", ".join(f"{part} AS key{number}" for number, part in enumerate(key))
        every = ", ".join(f"key{number}" for number, _ in enumerate(key))
        joined = " AND ".join(f"({part}) IS NOT DISTINCT FROM h.key{number}" for number, part in enumerate(key))
        newest = ", ".join(f"last_value({name}) OVER whole AS newest{number}" for number, name in enumerate(names))
        ended = ", ".join(
            f"max(CASE WHEN {name} IS DISTINCT FROM newest{number} THEN data_date END) OVER (PARTITION BY {every}) AS ended{number}"
            for number, name in enumerate(names)
        )
        began = ", ".join(
            f"min(CASE WHEN data_date > coalesce(ended{number}, DATE '0001-01-01') THEN data_date END) AS {quoted(bare + SINCE)}"
            for number, bare in enumerate(sorted(columns))
        )
        record = ", ".join([*case, "record_id"])
        answer = f"since_{dataset.code}"
        self.connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE held_{dataset.code} AS
            WITH gone AS (
                SELECT {record} FROM (SELECT *, row_number() OVER (PARTITION BY {record} ORDER BY {_VERSION}) AS place FROM {seen})
                WHERE place = 1 AND {CHANGE} = 'D'
            ), version AS (
                SELECT {keys}, *, row_number() OVER (PARTITION BY {", ".join(key)}, data_date ORDER BY record_id DESC, {_VERSION}) AS place
                FROM {seen} ANTI JOIN gone USING ({record})
            ), ending AS (
                SELECT *, {newest} FROM version WHERE place = 1
                WINDOW whole AS (PARTITION BY {every} ORDER BY data_date ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
            ) SELECT {every}, {began} FROM (SELECT *, {ended} FROM ending) GROUP BY {every}"""
        )
        self.connection.execute(
            f"""CREATE OR REPLACE TEMP VIEW {answer} AS
            SELECT s.*, h.* EXCLUDE ({every}) FROM {state} s LEFT JOIN held_{dataset.code} h ON {joined}"""
        )
        return answer

    def _newest(self, source: str, answer: str, key: Sequence[str], order: str) -> str:
        """A view of one row a key. Most keys stand once: only the others are sorted and kept, the rest is read where it lies."""
        named = ", ".join(f"{part} AS key{number}" for number, part in enumerate(key))
        twice = f"twice_{answer}"
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {twice} AS SELECT {named} FROM {source} GROUP BY ALL HAVING count(*) > 1"
        )
        if not self.connection.execute(f"SELECT count(*) FROM {twice}").fetchall()[0][0]:
            self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {answer} AS SELECT * FROM {source}")
            return answer
        same = " AND ".join(f"({part}) IS NOT DISTINCT FROM t.key{number}" for number, part in enumerate(key))
        self.connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE first_{answer} AS
            SELECT * EXCLUDE (place_in_line) FROM (
                SELECT *, row_number() OVER (PARTITION BY {", ".join(key)} ORDER BY {order}) AS place_in_line
                FROM (SELECT * FROM {source} SEMI JOIN {twice} t ON {same})
            ) WHERE place_in_line = 1"""
        )
        self.connection.execute(
            f"""CREATE OR REPLACE TEMP VIEW {answer} AS
            SELECT * FROM {source} ANTI JOIN {twice} t ON {same} UNION ALL SELECT * FROM first_{answer}"""
        )
        return answer

    def _not_later(self, dataset: Dataset) -> list[str]:
        """Events and months after the day are not seen; states may speak of the future (a permit's end)."""
        column = dataset.columns.get(dataset.at)
        if column is None or dataset.rows == "state":
            return []
        name = quoted(column.name)
        bounds = {
            "date": f"{name} <= {_day(self.moment.as_of)}",
            "instant": f"{name} <= {self.moment.seconds}",
            "month": f"{name} <= {self.moment.month}",
            "quarter": f"{name} <= {self.moment.month // 3}",
        }
        return [f"({name} IS NULL OR {bounds[column.holds]})"] if column.holds in bounds else []

    def _not_replaced(self, dataset: Dataset) -> list[str]:
        """A full delivery takes the place of older rows of its division and period.

        Older is said by the newest `data_date` in it, then by its digest, never by arrival. Full files of one day with
        different part names stand together.
        """
        same = [one for one in self.deliveries if one.dataset == dataset.code]
        return [
            f"NOT ({replaced_by(full, same)})"
            for full in same
            if full.full and (full.newest or full.first or date.min) <= self.moment.as_of
        ]

    def _columns_of(self, view: str) -> set[str]:
        return {row[0] for row in self.connection.execute(f"DESCRIBE {view}").fetchall()}


def thing_key(dataset: Dataset) -> list[str]:
    """What two rows of a state must share to be the same thing: their person (or household) and the named columns.

    A row that says nothing of its thing is a thing of its own: two cars without a plate are two cars.
    """
    owner = "id_no" if "id_no" in dataset.columns else "household_id" if "household_id" in dataset.columns else ""
    parts = [name for name in dataset.thing if name != owner]
    answer = [quoted(name) for name in ([owner] if owner else [])] + [quoted(name) for name in parts]
    if parts or not owner:
        missing = " AND ".join(f"{quoted(name)} IS NULL" for name in parts) or "TRUE"
        answer.append(f"CASE WHEN {missing} THEN record_id END")
    return answer


def replaced_by(full: Delivered, same: Sequence[Delivered]) -> str:
    """The condition under which an archived row `a` stands replaced by a full delivery of its dataset."""
    newest = full.newest or full.last
    within = [str(other.number) for other in same if (other.first, other.last) == (full.first, full.last)]
    conditions = [f"a.{DELIVERY} <> {full.number}"]
    unnamed = [str(other.number) for other in same if other.first is None and other.number != full.number]
    if full.first and full.last and unnamed:
        span = f"a.data_date BETWEEN {_day(full.first)} AND {_day(full.last)}"
        conditions.append(f"(a.{DELIVERY} IN ({', '.join(within)}) OR (a.{DELIVERY} IN ({', '.join(unnamed)}) AND {span}))")
    else:
        conditions.append(f"a.{DELIVERY} IN ({', '.join(within)})")
    if newest:
        conditions.append(f"a.data_date <= {_day(newest)}")
        stand = [str(other.number) for other in same if stands_beside(full, other, newest)]
        if stand:
            conditions.append(f"NOT (a.data_date = {_day(newest)} AND a.{DELIVERY} IN ({', '.join(stand)}))")
    division = prefix_of(full.division)
    if division:
        conditions.append(f"starts_with(a.region_code, {literal(division)})")
    return " AND ".join(conditions)


def stands_beside(full: Delivered, other: Delivered, newest: date) -> bool:
    """Of full files of one day, those with other part names stand beside each other; of two whole ones the greater digest wins."""
    if not other.full or other.number == full.number or (other.newest or other.last) != newest:
        return False
    return other.part != full.part or other.digest > full.digest


def _day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"
