"""How a planted story is written down: a family, its rows, and the warnings it means to raise.

A module in `stories/` has one function, `stories(day)`, that yields stories. Each becomes one new family in a planted
village; its rows go into the same deliveries as everybody's. The truth is worked out by whoever writes the story, never
by running a rule.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

BEIJING = timezone(timedelta(hours=8))

# What the county itself delivers in `civil_assistance_standard` (by standard_code) and `stats_region_params`, in force for
# years: stories may count on it. Town and country have one standard, so a family's kind of hukou does not matter.
# A story that plants rows of these datasets without a region_code gets a village of its own, and they hold only there.
STANDARDS = {1: "1000", 2: "1000", 3: "1300", 4: "1.5", 5: "0.6", 6: "9000", 7: "15", 8: "300"}
REGION = {
    "disposable_income_all": "48000",
    "disposable_income_urban": "58000",
    "disposable_income_rural": "28000",
    "min_wage_month": "2200",
    "avg_housing_area": "40",
    "avg_kwh_month": "180",
}


@dataclass(frozen=True)
class Days:
    """Dates told from the day of the run, so that a story holds on any day of any year."""

    as_of: date

    def ago(self, *, days: int = 0, months: int = 0, years: int = 0) -> date:
        """Years and months back first (the last day of a month where the day is missing), then days."""
        return _months_on(self.as_of, -(months + 12 * years)) - timedelta(days=days)

    def ahead(self, *, days: int = 0, months: int = 0, years: int = 0) -> date:
        """Years and months on first, then days."""
        return _months_on(self.as_of, months + 12 * years) + timedelta(days=days)

    def month(self, shift: int) -> str:
        """`yyyy-mm`; 0 is the month of `as_of`, -1 the one before: the newest that monthly datasets are delivered for."""
        year, month = divmod(self.as_of.year * 12 + self.as_of.month - 1 + shift, 12)
        return f"{year:04}-{month + 1:02}"

    def month_day(self, shift: int, day: int) -> date:
        """A day of the month so many months from that of `as_of`; the last day where it is missing."""
        return date.fromisoformat(f"{self.month(shift)}-01") + timedelta(days=min(day, self._length(shift)) - 1)

    def quarter(self, shift: int) -> str:
        """`yyyy-Qn`; 0 is the quarter of `as_of`."""
        year, quarter = divmod(self.as_of.year * 4 + (self.as_of.month - 1) // 3 + shift, 4)
        return f"{year:04}-Q{quarter + 1}"

    def instant(self, *, hours_ago: int = 0, minutes_ago: int = 0) -> str:
        """ISO 8601 with +08:00, counted back from 24:00 Beijing time of `as_of`."""
        now = datetime.combine(self.as_of + timedelta(days=1), time(), BEIJING)
        return (now - timedelta(hours=hours_ago, minutes=minutes_ago)).isoformat()

    def school_year(self, shift: int) -> str:
        """`yyyy-yyyy`; 0 is the school year that began on the last 1 September."""
        start = self.as_of.year - (self.as_of.month < 9) + shift
        return f"{start}-{start + 1}"

    def year(self, shift: int) -> int:
        return self.as_of.year + shift

    def _length(self, shift: int) -> int:
        year, month = self.month(shift).split("-")
        return calendar.monthrange(int(year), int(month))[1]


@dataclass(frozen=True)
class Person:
    """One member of a story's family. `father`, `mother`, `spouse` are words of other members (a spouse is one both ways).

    born: instead of an age; an age is reached half a year before `as_of`. sex: 1 man, 2 woman.
    apart: has a household and a hukou of their own. not_registered: no row in `police_population`.
    low: whether this member is in the low-income base; None: as the story says.
    """

    age: int = 40
    born: date | None = None
    sex: int = 1
    father: str = ""
    mother: str = ""
    spouse: str = ""
    apart: bool = False
    hukou_status: int = 1
    low: bool | None = None
    labor_capacity: int = 1
    main_labourer: bool = False
    not_registered: bool = False


@dataclass(frozen=True)
class Row:
    """One delivered row: the columns named here as they are, the others quiet values."""

    dataset: str
    person: str | None
    columns: Mapping[str, Any]


def row(dataset: str, person: str | None, /, **columns: Any) -> Row:
    """A row of the person of that word (None: of no person).

    Dates, booleans, numbers and amount texts are given as they are; None leaves the cell empty. Columns of identity
    numbers take a word of the story. `household_id="own"` is the number of the story's family, whatever its class.
    Without `data_date` the row is sent on `as_of`; with one it is history. A row of a dataset that the family gets by
    itself (`police_population`, `civil_lowincome_member` …) without `data_date` takes the place of that row.
    """
    return Row(dataset, person, columns)


@dataclass(frozen=True)
class Story:
    """A family, its rows, and what must be found.

    expect: indicator to grade, or None for a near miss. about: the word whom the warnings are about; for indicators of
    households, whose family. low, dibao, tekun, edge, rigid: the family stands in the low-income base, with that class, for a
    year; the mappings replace columns of the rows made for it. A story lists each indicator it means to raise.
    """

    title: str
    expect: Mapping[str, str | None]
    about: str = "self"
    low: bool = False
    dibao: bool = False
    tekun: bool = False
    edge: bool = False
    rigid: bool = False
    people: Mapping[str, Person] = field(default_factory=dict)
    rows: Sequence[Row] = ()
    household: Mapping[str, Any] = field(default_factory=dict)
    member: Mapping[str, Any] = field(default_factory=dict)
    dibao_household: Mapping[str, Any] = field(default_factory=dict)
    dibao_member: Mapping[str, Any] = field(default_factory=dict)
    tekun_person: Mapping[str, Any] = field(default_factory=dict)
    edge_member: Mapping[str, Any] = field(default_factory=dict)
    rigid_member: Mapping[str, Any] = field(default_factory=dict)

    @property
    def family(self) -> Mapping[str, Person]:
        """The people with "self" among them; the first is head of the household."""
        return dict(self.people) if "self" in self.people else {"self": Person(), **self.people}

    @property
    def is_low(self) -> bool:
        return self.low or self.dibao or self.tekun or self.edge or self.rigid


def _months_on(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
