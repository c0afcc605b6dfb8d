"""What one application for everything saves families: trips, copies and days, as an estimate with its formula and its numbers (SF092).

    trips  = items × trips each took before − trips made now (one for whoever came to a window, none for whoever applied themselves)
    copies = papers every item asked for before − papers asked for now
    yuan   = trips × (fare + work lost) + copies × price of a copy
    days   = working days an item took before − days it took, on average, of what is settled

The numbers are working rules of the place; where one is not set there is no estimate, and it says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.applications import queries as applications
from jiuzhu.casework.applications.models import Application, PaperAsked
from jiuzhu.casework.applications.papers import before
from jiuzhu.casework.bundles.models import Part
from jiuzhu.casework.decisions.models import Decision
from jiuzhu.casework.roads.terms import between, local_day
from jiuzhu.casework.working_rules.queries import number

TRIPS, FARE, WORK, COPY, DAYS = (
    "checks.saved_trips", "checks.saved_trip_yuan", "checks.saved_work_yuan", "checks.saved_copy_yuan", "checks.saved_wd",
)  # fmt: skip
RULES = (TRIPS, FARE, WORK, COPY, DAYS)


@dataclass(frozen=True)
class Saved:
    """items: parts of all applications; came: those handed in at a window. papers_before, papers_now: of all of them.

    settled: items that are answered; days: how long these took on average, None where none is, or a calendar is not loaded.
    numbers: rule to its value, None where the place has none.
    """

    applications: int
    items: int
    came: int
    papers_before: int
    papers_now: int
    settled: int
    days: Decimal | None
    numbers: Mapping[str, Decimal | None]

    @property
    def unset(self) -> list[str]:
        return [name for name, value in self.numbers.items() if value is None]

    @property
    def trips(self) -> int:
        return max(0, int(self.items * self._of(TRIPS)) - self.came)

    @property
    def copies(self) -> int:
        return max(0, self.papers_before - self.papers_now)

    @property
    def yuan(self) -> Decimal:
        return self.trips * self._each_trip + self.copies * self._of(COPY)

    @property
    def yuan_before(self) -> Decimal:
        return self.items * self._of(TRIPS) * self._each_trip + self.papers_before * self._of(COPY)

    @property
    def share(self) -> int | None:
        """Of what it would have cost before, in whole hundredths; None where that is nothing."""
        return int(self.yuan * 100 / self.yuan_before) if self.yuan_before else None

    @property
    def days_saved(self) -> Decimal | None:
        return None if self.days is None else self._of(DAYS) - self.days

    @property
    def _each_trip(self) -> Decimal:
        return self._of(FARE) + self._of(WORK)

    def _of(self, rule: str) -> Decimal:
        return self.numbers[rule] or Decimal(0)


def saved(*, viewer: Viewer, division: str, at: datetime, since: datetime, until: datetime) -> Saved:
    """Over the applications accepted within [since, until) in the viewer's reach. division: whose numbers are taken."""
    reach = applications.within_reach(viewer=viewer, at=at, operation=applications.COUNT)
    held = reach.filter(matter__begun_at__gte=since, matter__begun_at__lt=until)
    rows = list(held.order_by().values_list("pk", "items", "channel", "helper"))
    keys = [pk for pk, *_ in rows]
    parts = Part.objects.filter(matter__application__in=keys)
    took = _took(keys)
    on: date = local_day(at)
    return Saved(
        applications=len(rows),
        items=parts.count(),
        came=sum(helper is not None or channel != Application.Channel.PHONE for _, _, channel, helper in rows),
        papers_before=sum(len(before([item])) for _, items, *_ in rows for item in items.split()),
        papers_now=PaperAsked.objects.filter(application__in=keys).count(),
        settled=len(took),
        days=(Decimal(sum(took)) / len(took)).quantize(Decimal("0.1")) if took else None,
        numbers={rule: number(rule, division=division, on=on) for rule in RULES},
    )


def _took(keys: list[int]) -> list[int]:
    """Working days from acceptance to the answer, of every item that has one: a referral its department answered, a first decision."""
    answered = Part.objects.filter(matter__application__in=keys, referral__state="done")
    spans = list(answered.values_list("matter__begun_at", "referral__answered_at"))
    decided = Decision.objects.filter(item__walk__parent__application__in=keys, step__in=("confirm", "refuse")).order_by("pk")
    first: dict[int, tuple[datetime, datetime]] = {}
    for item, begun, decided_at in decided.values_list("item", "item__walk__parent__application__matter__begun_at", "at"):
        first.setdefault(item, (begun, decided_at))
    days = (between(local_day(begun), local_day(ended)) for begun, ended in (*spans, *first.values()))
    return [one for one in days if one is not None]
