"""Bases for the tests of engines, written as people would say them: dates, yuan, names of months; turned into Arrow here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pyarrow as pa

from jiuzhu.engines.base import Base, Coverage
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Column

AS_OF = date(2026, 11, 20)
BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Person:
    """household, hukou: numbers of this base, -1 for none; people of one household stand together."""

    household: int = 0
    hukou: int = 0
    place: int = 0
    authorised: bool = True


@dataclass(frozen=True)
class Delivered:
    """What was delivered of one dataset at one place. months, quarters: the closed ones, newest first, as people write them."""

    fresh: bool = True
    first_day: str = ""
    gaps: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    quarters: tuple[str, ...] = ()


def end_of(day: date) -> datetime:
    """24:00 Beijing time of a day."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), BEIJING)


def month_number(text: str) -> int:
    year, month = text.split("-")
    return int(year) * 12 + int(month) - 1


def quarter_number(text: str) -> int:
    year, quarter = text.split("-Q")
    return int(year) * 4 + int(quarter) - 1


@dataclass
class SmallBase:
    """Collects people and rows; `made` gives the base. Rows name `person`, and `household` if they have a number of their own."""

    catalogue: Catalogue
    as_of: date = AS_OF
    now: datetime | None = None
    people: list[Person] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    rows: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    relations: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    delivered: dict[tuple[str, int], Delivered] = field(default_factory=dict)
    given: dict[str, dict[int, Any]] = field(default_factory=dict)

    def made(self) -> Base:
        households = _numbered(person.household for person in self.people)
        hukou = _numbered(person.hukou for person in self.people)
        return Base(
            as_of=self.as_of,
            now=self.now or end_of(self.as_of),
            people=pa.table(
                {
                    "household": pa.array([person.household for person in self.people], pa.int32()),
                    "hukou": pa.array([person.hukou for person in self.people], pa.int32()),
                    "place": pa.array([person.place for person in self.people], pa.int32()),
                    "authorised": pa.array([person.authorised for person in self.people], pa.bool_()),
                }
            ),
            households=self._households(households),
            hukou=pa.table({"place": pa.array([self._place("hukou", number) for number in range(hukou)], pa.int32())}),
            places=pa.table({"code": pa.array(self.places, pa.string())}),
            rows={code: self._rows(code, rows) for code, rows in self.rows.items()},
            relations={code: self._relation(code, rows) for code, rows in self.relations.items()},
            coverage=self._coverage(),
            given=self.given,
        )

    def _households(self, count: int) -> pa.Table:
        members = [[index for index, person in enumerate(self.people) if person.household == number] for number in range(count)]
        assert all(found == list(range(found[0], found[-1] + 1)) for found in members if found), "a household is apart"
        return pa.table(
            {
                "first": pa.array([found[0] if found else 0 for found in members], pa.int32()),
                "count": pa.array([len(found) for found in members], pa.int32()),
                "place": pa.array([self._place("household", number) for number in range(count)], pa.int32()),
            }
        )

    def _place(self, group: str, number: int) -> int:
        return next((person.place for person in self.people if getattr(person, group) == number), 0)

    def _rows(self, code: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
        columns = dict(self.catalogue.columns(code))
        since = {key for row in rows for key in row if key.endswith("__since")}
        ordered = sorted(enumerate(rows), key=lambda pair: (pair[1].get("person", 0), pair[0]))
        made: dict[str, list[Any]] = {name: [] for name in ("person", "household", "hukou", "record_id", *columns, *since)}
        for number, row in ordered:
            person = row.get("person", 0)
            own = self.people[person] if person >= 0 else Person(-1, -1)
            made["person"].append(person)
            made["household"].append(row.get("household", own.household))
            made["hukou"].append(own.hukou)
            made["record_id"].append(row.get("record_id", f"r{number:06}"))
            for name, column in columns.items():
                made[name].append(whole(row[name], column) if name in row else _neutral(column))
            for name in since:
                made[name].append(_day(row[name]) if name in row else None)
        kinds = {"person": pa.int32(), "household": pa.int32(), "hukou": pa.int32(), "record_id": pa.string()}
        kinds |= {name: arrow_type(column) for name, column in columns.items()} | {name: pa.date32() for name in since}
        return pa.table({name: pa.array(values, kinds[name]) for name, values in made.items()})

    def _relation(self, code: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
        relation = self.catalogue.relations[code]
        columns = {name: self.catalogue.columns(relation.dataset)[name] for name in relation.columns}
        rows = sorted(rows, key=lambda row: row["person"])
        made = {
            "person": pa.array([row["person"] for row in rows], pa.int32()),
            "other": pa.array([row["other"] for row in rows], pa.int32()),
        }
        for name, column in columns.items():
            made[name] = pa.array([whole(row.get(name), column) for row in rows], arrow_type(column))
        return pa.table(made)

    def _coverage(self) -> Coverage:
        there = self.delivered
        return Coverage(
            fresh={key: one.fresh for key, one in there.items()},
            first_day={key: date.fromisoformat(one.first_day) for key, one in there.items() if one.first_day},
            gaps={key: frozenset(map(month_number, one.gaps)) for key, one in there.items() if one.gaps},
            months={key: tuple(map(month_number, one.months)) for key, one in there.items()},
            quarters={key: tuple(map(quarter_number, one.quarters)) for key, one in there.items()},
        )


def _numbered(numbers: Iterable[int]) -> int:
    return max(numbers, default=-1) + 1


def arrow_type(column: Column) -> pa.DataType:
    if column.type.kind in ("person", "thing"):
        return pa.int32()
    if column.holds in ("month", "quarter", "school_year"):
        return pa.int32()
    if column.holds == "code":
        return pa.int64() if column.type.kind == "number" else pa.string()
    kinds = {"text": pa.string(), "flag": pa.bool_(), "date": pa.date32()}
    return kinds.get(column.holds, pa.int64())


def whole(said: Any, column: Column) -> Any:
    """A cell as the base holds it: "12.50" yuan is 1250, "2026-11" its number, an instant its second."""
    if said is None or column.type.kind in ("person", "thing"):
        return said
    match column.holds:
        case "money" | "decimal":
            return int(Decimal(str(said)).scaleb(column.type.scale))
        case "date":
            return _day(said)
        case "month":
            return month_number(said) if isinstance(said, str) else said
        case "quarter":
            return quarter_number(said) if isinstance(said, str) else said
        case "school_year":
            return int(str(said)[:4])
        case "instant":
            return int(datetime.fromisoformat(said).replace(tzinfo=BEIJING).timestamp()) if isinstance(said, str) else said
    return said


def _day(said: Any) -> date | None:
    return date.fromisoformat(said) if isinstance(said, str) else said


def _neutral(column: Column) -> Any:
    """What an unsaid cell holds: nothing where the column may be empty, else something that no rule is after."""
    if not column.required and column.name not in ("data_date", "region_code"):
        return None
    if column.holds in ("date", "month", "quarter", "instant"):
        long_ago = {"date": "2020-01-01", "month": "2020-01", "quarter": "2020-Q1", "instant": "2020-01-01T00:00"}
        return whole(long_ago[column.holds], column)
    if column.holds == "text" and not column.identity:
        return "000000"
    return 1 if column.type.kind == "number" and column.holds == "code" else 0
