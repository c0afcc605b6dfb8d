"""How the sources of verification stand: what each answers for, by which way, how fresh its data are, and how it answered lately."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.models import Question
from jiuzhu.casework.verification.people import workspace
from jiuzhu.casework.verification.rounds import connected
from jiuzhu.registry import public
from jiuzhu.rules.verifying import Item
from jiuzhu.vocabulary.working_days import YearNotLoaded

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Source:
    """items: what it answers for. has_gateway: it is asked itself; else its deliveries are read. fresh: of its datasets those whose last
    delivery is here, of how many; None where nothing was ever delivered to this workspace. asked … refused: questions of thirty days.
    """

    code: str
    zh: str
    en: str
    level: str
    items: tuple[Item, ...]
    has_gateway: bool
    fresh: tuple[int, int] | None
    asked: int
    answered: int
    late: int
    refused: int
    last: datetime | None
    per_minute: int

    @property
    def share(self) -> int | None:
        """Percent of the questions that are answered; None where none was asked."""
        return None if not self.asked else self.answered * 100 // self.asked


def standing(*, at: datetime) -> list[Source]:
    """Every source of an item, in the order of its level."""
    told, gateways = verifying(), connected()
    counts: dict[str, Counter[str]] = {}
    last: dict[str, datetime | None] = {}
    rows = (
        Question.objects.filter(asked_at__gte=at - LATELY)
        .values("source", "state")
        .annotate(n=Count("pk"), last=Max("answered_at"))
    )
    for row in rows.order_by("source", "state"):
        counts.setdefault(row["source"], Counter())[row["state"]] += row["n"]
        last[row["source"]] = max(filter(None, (last.get(row["source"]), row["last"])), default=None)
    here = _here(at)
    found = []
    for body in sorted(told.bodies.values(), key=lambda one: (_ORDER.index(one.level), one.code)):
        items = tuple(one for one in told.items.values() if one.source == body.code)
        if not items:
            continue
        mine, datasets = counts.get(body.code, Counter()), {one.dataset for one in items}
        fresh = None if here is None else (len(datasets & here), len(datasets))
        found.append(
            Source(
                body.code,
                body.title.zh,
                body.title.en,
                body.level,
                items,
                body.code in gateways,
                fresh,
                sum(mine.values()),
                mine["answered"],
                mine["asked"] + mine["waiting"],
                mine["refused"],
                last.get(body.code),
                told.pace_of(body.code).per_minute,
            )
        )
    return found


_ORDER = ("national", "province", "city", "county")


def _here(at: datetime) -> set[str] | None:
    """The datasets whose last delivery due is here, or short; None before the first release, or where the calendar ends."""
    folder = workspace()
    if folder is None:
        return None
    try:
        strips = public.strips(folder, as_of=local_day(at), catalogue=public.catalogue_of(folder))
    except YearNotLoaded:
        return None
    return {one.dataset for one in strips if one.boxes and one.boxes[-1].state in ("here", "short")}
