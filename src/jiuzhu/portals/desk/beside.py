"""How a thing stands now beside what a form would have made of it, for the page that refuses to overwrite one by the other (G2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from jiuzhu.casework.cases import codes, queries
from jiuzhu.casework.cases.models import Case, PlanItem, Task
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.portals.desk import known
from jiuzhu.rules.tree import Title

OWNER = Title(zh="责任人", en="Who does it")
STATE = Title(zh="状态", en="State")
WHERE = Title(zh="地区", en="Division")
REASON = Title(zh="理由", en="Reason")
GOAL = Title(zh="目标", en="Goal")
SHOWN = 20


@dataclass(frozen=True)
class Both:
    """One part of a thing. now: as it stands; yours: as it was sent. What people typed, or a title; "" for nothing."""

    title: Title
    now: Title | str
    yours: Title | str


STATES = {
    "open": Title(zh="在办", en="Open"),
    "done": Title(zh="已办", en="Done"),
    "withdrawn": Title(zh="已撤销", en="Withdrawn"),
    "closed": Title(zh="已结案", en="Closed"),
}
HANDLINGS = {
    "waiting": Title(zh="待发布", en="Waiting to be released"),
    "read": Title(zh="已阅", en="Read"),
    "snoozed": Title(zh="已暂缓", en="Snoozed"),
    "released": Title(zh="处置中", en="In hand"),
    "handled": Title(zh="已处置", en="Dealt with"),
    "visited": Title(zh="已走访", en="Visited"),
    "dismissed": Title(zh="已忽略", en="Dismissed"),
    "lapsed": Title(zh="已消失", en="Lapsed"),
    "replaced": Title(zh="已并入", en="Joined to another"),
}
ENDED = Title(zh="结束", en="Ended")


def of_task(task: Task, *, owner: Title | str = "", state: str = "", where: str = "") -> list[Both]:
    """A task, read anew, beside another owner, end or place."""
    now = Task.objects.select_related("owner").get(pk=task.pk)
    return [
        Both(OWNER, now.owner.display_name if now.owner else "", owner),
        Both(STATE, STATES[now.state], state),
        Both(WHERE, known.full_place(now.division_code), where),
    ]


def of_case(case: Case, *, state: Title | str = "", where: str = "", adviser: str = "") -> list[Both]:
    """A case, read anew, beside another end, place or adviser."""
    now = Case.objects.select_related("adviser").get(pk=case.pk)
    outcome = codes.titles("case_outcome").get(now.outcome)
    return [
        Both(STATE, outcome or STATES[now.state], state),
        Both(WHERE, known.full_place(now.division_code), where),
        Both(Title(zh="救助顾问", en="Adviser"), now.adviser.display_name if now.adviser else "", adviser),
    ]


def of_plan(case: Case, *, goal: str, items: Sequence[str], opens: bool) -> list[Both]:
    """The newest version of a plan beside the one that was written. opens: whether the reader may see the goal."""
    plan = queries.plan(case)
    now = [in_words(one.measure, one.who, str(one.until or ""), one.state) for one in plan.items.all()] if plan else []
    measures = zip_longest(now, items, fillvalue="")
    return [
        Both(GOAL, queries.goal(plan) if plan and opens else "", goal),
        *(Both(Title(zh=f"措施 {n}", en=f"Measure {n}"), there, here) for n, (there, here) in enumerate(measures, start=1)),
    ]


def in_words(measure: str, who: str, until: str, state: str) -> str:
    title = codes.titles("measure").get(measure)
    words = dict(PlanItem.State.choices).get(state, state)
    return " · ".join(text for text in (title.zh if title else measure, who, until, words) if text)


def of_warnings(rows: Iterable[Warning], *, yours: Title) -> list[Both]:
    """How warnings stand now, the first of them, each beside what was asked for it."""
    reasons, indicators = codes.titles("handling_reason"), known.catalogue().indicators
    told = []
    for one in list(rows)[:SHOWN]:
        named = (
            indicators[one.indicator_id].title if one.indicator_id in indicators else Title(one.indicator_id, one.indicator_id)
        )
        why = reasons.get(one.because)
        told.append(Both(named, f"{one.get_handling_display()}{f'：{why.zh}' if why else ''}", yours))
    return told
