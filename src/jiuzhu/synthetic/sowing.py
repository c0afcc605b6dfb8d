"""The rows of planted families as tables: words become people, unnamed columns quiet values, each row finds its delivery."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Column, Dataset
from jiuzhu.synthetic import numbers
from jiuzhu.synthetic.planting import Family, Planted
from jiuzhu.synthetic.rows import MONTH_TEXTS, TYPES, quiet_value
from jiuzhu.synthetic.shelves import RECORDS_A_BLOCK, Shelf
from jiuzhu.synthetic.span import Span, day_number, day_of, days_of_months
from jiuzhu.synthetic.story import BEIJING, Row
from jiuzhu.synthetic.streams import Numbers, whole

FIRST_RECORD = 900 * RECORDS_A_BLOCK
GRACE = 31  # days after a delivery's last of which its rows may still speak
FEW_ROWS = 40  # a file of fewer rows says too little to be compared
MOST_PLANTED = 0.05  # of the rows of a file that is compared with those before it


class StoryFault(ValueError):
    """A story names a dataset, a column, a person or a value that cannot be; the message says which story and what there is."""


@dataclass
class Sown:
    """Rows of one dataset, column by column, with the day that decides their delivery and the day they are true of."""

    columns: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    when: list[int] = field(default_factory=list)
    true_of: list[int] = field(default_factory=list)


class Sower:
    """Gathers the rows of planted families and writes them on the shelves at the end."""

    def __init__(self, catalogue: Catalogue, shelves: Mapping[str, Shelf], span: Span) -> None:
        self.catalogue, self.shelves, self.span = catalogue, shelves, span
        self._sown: dict[str, Sown] = {}
        self._records = 0

    def sow(self, family: Family, rows: Sequence[Row]) -> None:
        things: Counter[tuple[str, str | None]] = Counter()
        for row in rows:
            if row.dataset not in self.catalogue.datasets:
                raise StoryFault(f"{family.module}, '{family.story.title}': dataset '{row.dataset}' is not in the catalogue")
            history = "data_date" in row.columns
            thing = 0 if history else things[row.dataset, row.person]
            things[row.dataset, row.person] += not history
            self._row(family, row, thing)

    def _row(self, family: Family, row: Row, thing: int) -> None:
        dataset = self.catalogue.datasets[row.dataset]
        where = f"{family.module}, '{family.story.title}', row of {row.dataset}"
        if unknown := set(row.columns) - set(dataset.columns):
            raise StoryFault(f"{where}: no column {', '.join(sorted(unknown))}; columns are {', '.join(dataset.columns)}")
        if row.person is not None and row.person not in family.people:
            raise StoryFault(f"{where}: nobody is called '{row.person}'; people are {', '.join(family.people)}")
        self._records += 1
        sown = self._sown.setdefault(row.dataset, Sown())
        person = family.people[row.person] if row.person is not None else None
        values: dict[str, Any] = {}
        for name, column in dataset.columns.items():
            if name == "data_date":
                continue
            given = row.columns[name] if name in row.columns else self._unnamed(dataset, column, family, person, thing)
            try:
                values[name] = cell(column, _named(column, given, family))
            except (ValueError, ArithmeticError) as fault:
                raise StoryFault(f"{where}: {name} = {given!r} is not a {column.holds}") from fault
        values["record_id"] = str(10**11 + FIRST_RECORD + self._records)
        for name, value in values.items():
            sown.columns[name].append(value)
        self._dates(dataset, row, values, sown)

    def _dates(self, dataset: Dataset, row: Row, values: Mapping[str, Any], sown: Sown) -> None:
        """A state is sent on the last day, an event with the delivery of its day; what is true of a row covers its own dates."""
        last, periods = self.span.last, self.shelves[row.dataset].periods
        stated = row.columns.get("data_date")
        if stated is not None:
            when = true_of = day_number(stated if isinstance(stated, date) else date.fromisoformat(str(stated)))
        else:
            own = _day(values.get(dataset.at))
            when = last if dataset.rows == "state" or own is None or own > last else own
            dates = [
                day for day in (_day(value) for name, value in values.items() if dataset.columns[name].holds == "date") if day
            ]
            newest = max([day for day in dates if day <= last], default=when)
            # A row that says something later than its own delivery could comes with that of its newest day.
            when = newest if newest > periods.last[periods.of([when])[0]] + GRACE else when
            true_of = max(int(periods.last[periods.of([when])[0]]), newest)
        sown.when.append(when)
        sown.true_of.append(true_of)

    def _unnamed(self, dataset: Dataset, column: Column, family: Family, person: Planted | None, thing: int) -> Any:
        number = person.number if person is not None else family.house
        name = column.name
        if name == "region_code":
            return family.village.code
        if name == "household_id":
            return family.living if column.required or (person is not None and person.low) else None
        if name == "hukou_household_no":
            return person.hukou_no if person is not None else None
        if person is not None and column.identity == "name":
            return person.name
        if person is not None and name in ("id_no", "head_id_no", "account_holder_id_no"):
            return person.id_no
        if name == "birth_date" and person is not None and dataset.rows == "state":
            return person.born
        if column.required and column.identity and column.holds == "text":
            return self._identity(column, family, number, thing)
        quiet = quiet_value(dataset, column, self.span)
        if quiet is None and column.required and column.holds == "text":
            own = self._records if dataset.rows != "state" else number * 10 + thing
            return f"{name[:2].upper()}{own}"
        return plain(column, quiet)

    def _identity(self, column: Column, family: Family, number: int, thing: int) -> str:
        match column.identity:
            case "phone":
                return str(numbers.mobile_numbers([number])[0].as_py())
            case "bank":
                return str(numbers.account_numbers([number], thing % 10)[0].as_py())
            case "address":
                return family.address + (f"{thing + 1}室" if thing else "")
            case "id" if column.name.endswith("id_no"):
                return next(iter(family.people.values())).id_no
        return (
            str(numbers.plates("鲁E", [number * 7 % 5_000_000 + thing])[0].as_py())
            if "plate" in column.name
            else f"Z{number}{thing}"
        )

    def write(self) -> None:
        """Put everything sown on the shelves, in the order of the catalogue."""
        for code, shelf in self.shelves.items():
            if code not in self._sown:
                continue
            sown, dataset = self._sown[code], shelf.dataset
            arrays = {
                name: pa.array(sown.columns[name], TYPES[column.holds])
                for name, column in dataset.columns.items()
                if name != "data_date"
            }
            table, period, true_of = pa.table(arrays), shelf.periods.of(sown.when), whole(sown.true_of)
            county = [str(code)[:6] for code in sown.columns["region_code"]]
            home = max(set(county), key=county.count)
            for other in sorted(set(county), key=lambda code: (code != home, code)):
                # What another county delivers comes in a file of its own.
                at = whole([place for place, code in enumerate(county) if code == other])
                if other == home:
                    self._among_the_others(shelf, table.take(pa.array(at)), period[at], true_of[at])
                else:
                    shelf.add(table.take(pa.array(at)), period[at], true_of[at], other)

    @staticmethod
    def _among_the_others(shelf: Shelf, table: pa.Table, period: Numbers, true_of: Numbers) -> None:
        """Into everybody's files; where planted rows would make too much of a file, into small files of their own.

        A delivery that is unlike those before it waits for a person: rightly, but nobody is there to look.
        """
        ordinary = shelf.filled.copy()
        for number in np.unique(period).tolist():
            at = np.flatnonzero(period == number)
            judged = not shelf.whole and bool((ordinary[:number] >= FEW_ROWS).any())
            if not judged or len(at) <= MOST_PLANTED * ordinary[number]:
                shelf.add(table.take(pa.array(at)), period[at], true_of[at])
                continue
            for part, start in enumerate(range(0, len(at), FEW_ROWS - 1)):
                some = at[start : start + FEW_ROWS - 1]
                shelf.add(table.take(pa.array(some)), period[some], true_of[some], f"p{part + 1:02}")


def _named(column: Column, value: Any, family: Family) -> Any:
    """A word of the story in a column of identity numbers is that person; "own" is the family's number."""
    if column.name == "household_id" and value == "own":
        return family.living
    if column.identity == "id" and value in family.people:
        return family.people[value].id_no
    return value


def _day(value: Any) -> int | None:
    """The day of a cell: of a date or an instant itself, of a month its last."""
    if isinstance(value, date):
        return day_number(value)
    if isinstance(value, str) and len(value) == 7 and value[4] == "-" and value[5] != "Q":
        year, month = value.split("-")
        return int(days_of_months([int(year) * 12 + int(month)])[0]) - 1
    if isinstance(value, str) and len(value) == 7:
        return int(days_of_months([int(value[:4]) * 12 + int(value[6]) * 3])[0]) - 1
    if isinstance(value, str) and len(value) > 10 and value[10:11] == "T":
        return day_number(datetime.fromisoformat(value).astimezone(BEIJING).date())
    if isinstance(value, str) and len(value) == 9 and value[4] == "-":
        return day_number(date(int(value[:4]), 9, 20))
    return None


def plain(column: Column, quiet: Any) -> Any:
    """A quiet value as a story would write it: days, months and years were whole numbers."""
    if quiet is None or isinstance(quiet, str):
        return quiet
    match column.holds:
        case "date":
            return day_of(quiet)
        case "month":
            return MONTH_TEXTS[quiet]
        case "quarter":
            return f"{quiet // 4}-Q{quiet % 4 + 1}"
        case "school_year":
            return f"{quiet}-{quiet + 1}"
        case "instant":
            return datetime.fromtimestamp(quiet, BEIJING).isoformat()
    return quiet


def cell(column: Column, value: Any) -> Any:
    """A value of a story in the type the column is delivered in. Raises ValueError or ArithmeticError where it cannot be."""
    if value is None:
        return None
    match column.holds:
        case "money" | "decimal":
            return Decimal(str(value)).quantize(Decimal("0.01") if column.holds == "money" else Decimal("0.0001"))
        case "integer":
            return int(value)
        case "flag":
            return value if isinstance(value, bool) else {"true": True, "false": False, "1": True, "0": False}[str(value).lower()]
        case "date":
            return value if isinstance(value, date) else date.fromisoformat(str(value))
    return value.isoformat() if isinstance(value, date) else str(value)
