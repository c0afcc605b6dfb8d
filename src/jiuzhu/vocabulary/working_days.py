"""Working days by the official calendar, make-up Saturdays and Sundays included."""

from __future__ import annotations

import csv
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path


class YearNotLoaded(LookupError):
    """The official calendar of a year is not there yet; it comes out in the November before. It is never guessed."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"the working days of {year} are not loaded; add every day of {year} to catalogue/calendar/workdays.csv "
            "from the State Council's notice on that year's holidays"
        )
        self.year = year


class CalendarFault(ValueError):
    """The calendar file is incomplete or says two things of one day."""


class WorkingDays:
    """A calendar of whole years: which days are working days."""

    def __init__(self, days: Mapping[date, bool]) -> None:
        self._years = frozenset(day.year for day in days)
        for year in sorted(self._years):
            day = date(year, 1, 1)
            while day.year == year:
                if day not in days:
                    raise CalendarFault(f"calendar: {day} is missing; a year is loaded whole or not at all")
                if day == date.max:
                    break
                day += timedelta(days=1)
        self._working = sorted(day for day, working in days.items() if working)

    @classmethod
    def load(cls, path: Path) -> WorkingDays:
        """A file with the columns date, working (1 or 0), holiday. Raises CalendarFault naming the line."""
        days: dict[date, bool] = {}
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                try:
                    day, working = date.fromisoformat(row["date"]), {"0": False, "1": True}[row["working"]]
                except (KeyError, ValueError, TypeError):
                    raise CalendarFault(
                        f"{path.name} line {line}: a line has a date such as 2026-11-20 in `date` and 0 or 1 in `working`"
                    ) from None
                if day in days:
                    raise CalendarFault(f"{path.name} line {line}: {day} stands there twice; keep one line")
                days[day] = working
        return cls(days)

    @property
    def years(self) -> frozenset[int]:
        """The years that are loaded."""
        return self._years

    def is_working(self, day: date) -> bool:
        self._need(day.year, day.year)
        place = bisect_left(self._working, day)
        return place < len(self._working) and self._working[place] == day

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which does not count itself; before it for a negative n.

        For 0: `day` itself if it is a working day, else the next one.
        """
        self._need(day.year, day.year)
        place = bisect_right(self._working, day) + n - 1 if n > 0 else bisect_left(self._working, day) + n
        if not 0 <= place < len(self._working):
            raise YearNotLoaded(self._nearest_gap(day.year, forward=n >= 0))
        found = self._working[place]
        self._need(day.year, found.year)
        return found

    def between(self, start: date, end: date) -> int:
        """How many working days come after `start` up to and with `end`; below zero if `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        self._need(start.year, end.year)
        return bisect_right(self._working, end) - bisect_right(self._working, start)

    def _need(self, one: int, other: int) -> None:
        for year in range(one, other + 1) if one <= other else range(one, other - 1, -1):
            if year not in self._years:
                raise YearNotLoaded(year)

    def _nearest_gap(self, year: int, *, forward: bool) -> int:
        while year in self._years:
            year += 1 if forward else -1
        return year
