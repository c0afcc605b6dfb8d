"""A review is planned by the rhythm of its programme, opened when it is due or when something happened, and then waits for its office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, QuerySet

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.cases.queries import may_hold
from jiuzhu.casework.cases.tasks import new_task
from jiuzhu.casework.decisions import freezing
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.reviews.models import STANDING, LifeEvent, Review
from jiuzhu.casework.reviews.refusals import AlreadyOpen
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.roads.declared import whole
from jiuzhu.casework.roads.models import Walk
from jiuzhu.casework.trace.actions import Actor, Subject
from jiuzhu.rules.reviewing import LifeEventKind
from jiuzhu.vocabulary.period import shift_months

BY_ITSELF = Actor("system:reviews")
ROAD, PERIODIC, ASKED = "review", "periodic", "asked"
IN_FORCE, HEARD = "in_force", "heard"
FINISH, LEAD = "review.finish_wd", "review.lead_days"
TASK, HEARING, MORE, LAPSE = "review", "hearing", "more", "lapse"  # kinds of task


@dataclass(frozen=True)
class Rhythm:
    """One of the times a programme names. name: its parameter; months: None where no number is set."""

    name: str
    months: int | None


def in_force() -> QuerySet[Item]:
    """Benefits that run, those whose family was just heard among them."""
    return Item.objects.filter(walk__ended=False, walk__state__in=(IN_FORCE, HEARD)).select_related("case", "walk", "party")


def rhythms(item: Item) -> list[Rhythm]:
    """By what the newest decision stands on, the shortest first; those without a number last."""
    last = item.proposals.order_by("-number").first()
    frozen = freezing.opened(last) if last else None
    if frozen is None:
        return []
    said = frozen.answer(item.programme, item.member.key if item.member else "")["review_months"]
    found = [Rhythm(name, None if value is None else int(float(value))) for name, value in said.items()]
    return sorted(found, key=lambda one: (one.months is None, one.months or 0, one.name))


def plan(item: Item, *, after: date, at: datetime, rhythm: str = "") -> Review | None:
    """The next look, so many months after that day; the shortest rhythm where none is named. None where its programme names no time."""
    known = [one for one in rhythms(item) if one.months is not None]
    chosen = next((one for one in known if one.name == rhythm), known[0] if known else None)
    if chosen is None or chosen.months is None:
        return None
    return Review.objects.create(
        key=new_key("K"), item=item, case=item.case, division_code=item.division_code, number=_next(item), kind=PERIODIC,
        rhythm=chosen.name, due_on=shift_months(after, chosen.months), planned_at=at,
    )  # fmt: skip


def opened(item: Item, *, kind: str, at: datetime, event: LifeEvent | None = None, finish: date | None = None) -> Review:
    """Look now: the planned one is brought forward, or one is made; part of the act by which it opens. Raises AlreadyOpen.

    finish: the day it is to be done by; the number of days of its place where none is given.
    """
    review = Review.objects.select_for_update().filter(item=item, state__in=STANDING).first()
    if review is not None and review.state == Review.State.OPEN:
        raise AlreadyOpen(f"{review.key} of {item.key} is open already; go on with it")
    review = review or Review(
        key=new_key("K"), item=item, case=item.case, division_code=item.division_code, number=_next(item), planned_at=at
    )
    review.kind, review.event, review.state, review.opened_at = kind, event, Review.State.OPEN, at
    review.due_on = finish or _finish(item, at)
    review.walk = roads.begin(ROAD, case=item.case, on=subject(review), at=at, party=item.party)
    review.save()
    because = "by_review" if event is None else "by_life_event"
    task = new_task(case=item.case, kind=TASK, because=because, due_on=review.due_on, at=at)
    _given(task, item, at)
    return review


def finish_by(kind: LifeEventKind, at: datetime) -> date | None:
    day = local_day(at)
    return working_days_after(day, kind.days) if kind.working else day + timedelta(days=kind.days)


def fell_away(item: Item, *, who: str, at: datetime) -> None:
    """The benefit has ended: nothing of it is looked at again; part of the act that ended it."""
    for review in Review.objects.filter(item=item, state__in=STANDING).select_related("walk"):
        if review.walk is not None:
            roads.fell_away(review.walk, at=at)
        Review.objects.filter(pk=review.pk).update(state=Review.State.DROPPED, closed_at=at, closed_by=who)
        tasks_over(review, at=at)


def tasks_over(review: Review, *, at: datetime) -> None:
    """The task of the family's reviews is done when none of them is open any more."""
    if Review.objects.filter(case=review.case_id, state=Review.State.OPEN).exclude(pk=review.pk).exists():
        return
    done(review.item, TASK, at=at)


def done(item: Item, kind: str, *, at: datetime) -> None:
    for task in Task.objects.filter(case=item.case_id, kind=kind, state=Task.State.OPEN):
        roads.task_done(task, at=at)


def subject(review: Review) -> Subject:
    return Subject(ROAD, review.key, review.division_code, review.case.household_key, review.case.key)


def walk_of(review: Review) -> Walk:
    """Of an open one."""
    assert review.walk is not None  # it is open, as a constraint says
    return review.walk


def _next(item: Item) -> int:
    return (item.reviews.aggregate(last=Max("number"))["last"] or 0) + 1


def _finish(item: Item, at: datetime) -> date | None:
    """None where no number says, or its calendar is not loaded: it then has no day, visibly."""
    day = local_day(at)
    days = whole(FINISH, division=item.division_code, on=day)
    return None if days is None else working_days_after(day, days)


def _given(task: Task, item: Item, at: datetime) -> None:
    """It goes to whoever proposed last, where they may still hold it; else the office answers for it, as for every task."""
    last = item.proposals.order_by("-number").first()
    officer = Officer.objects.filter(account=last.by, is_active=True).first() if last else None
    if task.owner_id is None and officer is not None and may_hold(officer, task, at=at):
        task.owner, task.given_by, task.given_at = officer, BY_ITSELF.who, at
        task.save(update_fields=["owner", "given_by", "given_at"])


def on_item(item: Item) -> Subject:
    return Subject("item", item.key, item.division_code, item.case.household_key, item.case.key)
