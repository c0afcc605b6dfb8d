"""What the worker does once an hour: plan and open reviews, look into warnings, remind families. Twice is harmless."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.decisions.models import Decision, Item
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.notices import letters
from jiuzhu.casework.notices.contact import NotToThem
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.reviews import opening
from jiuzhu.casework.reviews.declared import kinds
from jiuzhu.casework.reviews.life import subject as subject_of
from jiuzhu.casework.reviews.models import STANDING, LifeEvent, Review
from jiuzhu.casework.reviews.opening import BY_ITSELF, IN_FORCE, LEAD, PERIODIC, subject
from jiuzhu.casework.roads.declared import road_of, whole
from jiuzhu.casework.trace.actions import record
from jiuzhu.casework.trace.models import Event
from jiuzhu.rules.tree import Title

ROUND, HOUR = "reviews.round", timedelta(hours=1)
MOST = 5_000  # of each kind a round; the next one goes on
NEAR, ENDS = "N14", "N15"  # letters: a review is near; a recognition or a gradual exit ends
CONFIRM = Title("家庭成员、住址、收入、财产有没有变化", "whether members, address, income or property have changed")
HOW = Title("可随时再申请", "apply again at any time")


def work(*, at: datetime) -> dict[str, int]:
    """How many reviews were planned and opened, how many warnings asked about, how many letters written; nothing within the hour."""
    if Event.objects.filter(operation=ROUND, at__gt=at - HOUR, at__lte=at).exists():
        return {}
    done = {"planned": plan(at=at), "opened": open_due(at=at), "hinted": hint(at=at), "told ends": tell_of_ends(at=at)}
    with transaction.atomic():
        record(ROUND, by=BY_ITSELF, at=at, after=done)
    return done


def plan(*, at: datetime) -> int:
    """A next look for every benefit in force that has none, by the rhythm of its programme since it was confirmed."""
    standing = Review.objects.filter(item=OuterRef("pk"), state__in=STANDING)
    without = opening.in_force().filter(~Exists(standing), ~Exists(Review.objects.filter(item=OuterRef("pk"))))
    made = 0
    for item in without.order_by("pk")[:MOST]:
        confirmed = item.decisions.filter(step="confirm").order_by("pk").first()
        if confirmed is not None:
            made += opening.plan(item, after=local_day(confirmed.at), at=at) is not None
    return made


def open_due(*, at: datetime) -> int:
    """Those whose day has come: each with a task, and a letter to the family that it is looked at again."""
    due = Review.objects.filter(state=Review.State.PLANNED, due_on__lte=local_day(at), item__walk__state=IN_FORCE)
    opened = 0
    for review in due.select_related("item__case", "item__walk", "item__party", "case").order_by("due_on", "pk")[:MOST]:
        with transaction.atomic():
            made = opening.opened(review.item, kind=PERIODIC, at=at)
            record("reviews.open", by=BY_ITSELF, at=at, on=subject(made))
            _tell(made.item, NEAR, {"due_on": _day(made.due_on), "confirm": CONFIRM}, at=at, on=made)
        opened += 1
    return opened


def hint(*, at: datetime) -> int:
    """Warnings that something may have happened in a family that is helped: each opens a review, by people, and nothing else."""
    told_by = {indicator: kind for kind in kinds().values() for indicator in kind.indicators}
    helped = opening.in_force().exclude(case__household_key="").values("case__household_key")
    rows = Warning.objects.filter(state="open", stands=True, indicator_id__in=told_by, household_id__in=helped).exclude(
        warning_id__in=LifeEvent.objects.exclude(warning_id="").values("warning_id")
    )
    hinted = 0
    for warning in rows.order_by("-level", "pk")[:MOST]:
        kind = told_by[warning.indicator_id]
        items = list(opening.in_force().filter(case__household_key=warning.household_id, case__state="open"))
        if not items:
            continue
        with transaction.atomic():
            event = LifeEvent.objects.create(
                key=new_key("Y"), case=items[0].case, division_code=items[0].division_code, kind=kind.code, state="hinted",
                warning_id=warning.warning_id, told_by=BY_ITSELF.who, told_at=at,
            )  # fmt: skip
            for item in items:
                if item.walk.state == IN_FORCE and not item.reviews.filter(state=Review.State.OPEN).exists():
                    opening.opened(item, kind=kind.code, event=event, finish=opening.finish_by(kind, at), at=at)
            record("life.hint", by=BY_ITSELF, at=at, on=subject_of(event))
        hinted += 1
    return hinted


def tell_of_ends(*, at: datetime) -> int:
    """Families whose benefit runs out by degrees are told before its last month is over (N15), once."""
    today, told = local_day(at), 0
    for decision in _running_out(today):
        days = whole(LEAD, division=decision.item.division_code, on=today)
        ends = _last_day(decision.from_month)
        if days is None or today < ends - timedelta(days=days) or today > ends:
            continue
        with transaction.atomic():
            told += _tell(decision.item, ENDS, {"ends_on": _day(ends), "how": HOW}, at=at)
    return told


def _running_out(today: date) -> QuerySet[Decision]:
    """Ends that lie ahead, and of which the family was not told yet."""
    written = Notice.objects.filter(kind=ENDS, subject_kind="item", subject_key=OuterRef("item__key"))
    ahead = Decision.objects.filter(step="end", from_month__gt=f"{today:%Y-%m}").filter(~Exists(written))
    return ahead.select_related("item__case", "item__party", "item__walk").order_by("pk")[:MOST]


def _tell(item: Item, kind: str, words: dict[str, str | Title], *, at: datetime, on: Review | None = None) -> bool:
    """Whether it was written: a child and whoever has died get no letter; who stands for them is told in person."""
    about = subject(on) if on is not None else opening.on_item(item)
    try:
        letters.give(
            kind,
            case=item.case,
            party=item.party,
            about=about,
            words={"matter": road_of(item.walk).title, **words},
            by=BY_ITSELF,
            at=at,
        )
    except NotToThem:
        return False
    return True


def _day(day: date | None) -> str | Title:
    return day.isoformat() if day else Title("规定期限", "the day the rules say")


def _last_day(month: str) -> date:
    """The last day before that month."""
    return date(int(month[:4]), int(month[5:]), 1) - timedelta(days=1)
