"""Where an application stands, in plain words: what happened, who acts next and until when, and what one can do oneself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from jiuzhu.casework.accounts.permissions import Resident, table
from jiuzhu.casework.residents.queries import Mine
from jiuzhu.casework.roads import queries, terms
from jiuzhu.casework.roads.declared import road_of
from jiuzhu.casework.roads.models import Walk
from jiuzhu.rules.tree import Title
from jiuzhu.rules.workflows import OUTSIDE, Step, Workflow

LATE = Title(zh="已经超过期限，上一级已被提醒", en="The term has passed; the office above has been told")


@dataclass(frozen=True)
class Happened:
    """One step that was taken. by: the role that took it, in words."""

    title: Title
    day: date
    by: Title


@dataclass(frozen=True)
class Can:
    """What the resident may do now. yet: whether something is still missing for it."""

    code: str
    title: Title
    asks_reason: bool


@dataclass(frozen=True)
class Progress:
    """One road. now: what is waited for, or how it ended. who: by whom. until: the last day for what is under way; whole: for all of it.

    mine: nobody but the family is waited for. coming: the steps of the common way that are still before it. number, of: which step
    of how many. late: a term has passed. version: of the walk, as it was looked at.
    """

    walk: Walk
    title: Title
    now: Title
    who: Title | None
    until: date | None
    whole: date | None
    mine: bool
    late: bool
    happened: Sequence[Happened]
    coming: Sequence[Title]
    can: Sequence[Can]

    @property
    def number(self) -> int:
        return len(self.happened) + (0 if self.walk.ended else 1)

    @property
    def numbered(self) -> list[tuple[int, Title]]:
        """What is coming, counted on from what happened."""
        return list(enumerate(self.coming, start=len(self.happened) + 1))

    @property
    def of(self) -> int:
        return max(self.number, len(self.happened) + len(self.coming))


def progress(mine: Mine, viewer: Resident, *, at: datetime) -> list[Progress]:
    """Every road of their own and of the families they may speak of, the newest first; of a mandate those of its programmes alone."""
    standing = {one.case.pk: one for one in mine.cases}
    walks = Walk.objects.filter(Q(case__in=standing) | Q(party=mine.party)).select_related("case", "parent", "party", "text")
    return [
        _told(walk, viewer, at)
        for walk in walks.order_by("-begun_at", "-pk")
        if walk.party_id == mine.party.pk or standing[walk.case_id].covers(walk.workflow)
    ]


def _told(walk: Walk, viewer: Resident, at: datetime) -> Progress:
    road = road_of(walk)
    waiting = terms.waiting_steps(walk, road)
    offers = [one for one in queries.offers(walk, viewer, at=at) if one.may and not one.yet]
    mine = not waiting and bool(offers) and not walk.ended
    due = queries.deadlines(walk, at=at)
    coming = _coming(road, walk.state)
    history = list(walk.taken.order_by("number"))
    now = coming[0].title if coming else _last_title(road, [one.step for one in history])
    return Progress(
        walk=walk,
        title=road.title,
        now=now,
        who=_role(terms.doer(walk, road, coming[0])) if coming else None,
        until=min((one.due.day for one in due if one.code and one.due.day), default=None),
        whole=next((one.due.day for one in due if one.code == ""), None),
        mine=mine,
        late=any(one.late for one in due),
        happened=[Happened(road.steps[one.step].title, one.day, _role(one.role)) for one in history if one.step in road.steps],
        coming=[step.title for step in coming],
        can=[Can(one.code, one.title, one.asks_reason) for one in offers],
    )


def _coming(road: Workflow, state: str) -> list[Step]:
    """The common way on: in each state the first step of the file that leads on and harms nobody, to the end or to a state at rest."""
    found: list[Step] = []
    seen = {state}
    while state not in road.ends and (state not in road.rests or not found):
        onward = (one for one in road.from_state(state) if one.to not in seen and not one.harms and not one.batch)
        step = next((one for one in onward if one.code not in ("withdraw", "return", "dispute", "ask")), None)
        if step is None or (not found and state in road.rests):
            break
        found.append(step)
        state = step.to
        seen.add(state)
    return found


def _last_title(road: Workflow, steps: Sequence[str]) -> Title:
    return next((road.steps[code].title for code in reversed(steps) if code in road.steps), road.title)


def _role(code: str) -> Title:
    role = table().roles.get(code)
    if code in OUTSIDE or code == "resident":
        return Title(zh="您或您家人", en="You or your family")
    return role.title if role is not None else Title(zh="承办单位", en="The office in charge")
