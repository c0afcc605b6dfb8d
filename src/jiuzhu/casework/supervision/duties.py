"""Duty lists with their evidence: what each department delivers, answers and is asked to look at; who looks for people in need, tier by
tier, and how soon the next round is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from jiuzhu.casework.accounts.permissions import Viewer, visible
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.registry.public import Delivery
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.duties import ROUTED, Discovery, Duty, duty_list

RED = 4


@dataclass(frozen=True)
class Line:
    """One duty and what shows that it is done. last: the period of the newest delivery, "" for none. whole, done, late: deliveries
    taken in, all of them done and none late; referrals made, ended, late; warnings issued, ended, past their day.
    """

    duty: Duty
    last: str
    whole: int
    done: int
    late: int


@dataclass(frozen=True)
class Round:
    """One tier's duty to look for people. open, red: warnings of its scenarios that stand. due_on: the next round; None where the
    calendar is not loaded. pressed: whether a red warning brought it forward.
    """

    discovery: Discovery
    open: int
    red: int
    last: date | None
    due_on: date | None
    pressed: bool


def cooperation(*, viewer: Viewer, at: datetime, catalogue: Catalogue, delivered: list[Delivery]) -> list[Line]:
    """Every department's list within the viewer's reach. delivered: what came, oldest first."""
    today = local_day(at)
    last = {one.dataset: one.period for one in delivered}
    came: dict[str, int] = {}
    for one in delivered:
        came[one.dataset] = came.get(one.dataset, 0) + 1
    late = Q(state="open", due_on__lt=today)
    needs = _counted(visible(Referral.objects.all(), viewer, "duties.read", at=at), "need", Q(state="done"), late)
    reach = visible(Warning.objects.filter(kind="warning"), viewer, "duties.read", at=at)
    looks = _counted(reach, "indicator_id", Q(state="closed"), late)
    lines = []
    for duty in duty_list(visiting().duties.needs, catalogue.datasets, catalogue.indicators, catalogue.scenarios):
        if duty.kind == "deliver":
            n = came.get(duty.code, 0)
            lines.append(Line(duty, last.get(duty.code, ""), n, n, 0))
        elif duty.kind == "answer":
            lines.append(Line(duty, "", *needs.get(duty.code, (0, 0, 0))))
        else:
            routed = [
                code
                for code, one in catalogue.indicators.items()
                if one.scenario == duty.code and ROUTED + duty.department in one.route
            ]
            sums = [looks.get(code, (0, 0, 0)) for code in routed]
            lines.append(Line(duty, "", *(sum(column) for column in zip(*sums, strict=True))))
    return lines


def discovery(*, viewer: Viewer, at: datetime) -> list[Round]:
    """The tiers' rounds for the viewer's divisions: so many months after the last visit there, and within days where a red one stands."""
    today = local_day(at)
    rounds = []
    for one in visiting().duties.discovery:
        reach = visible(Warning.objects.filter(scenario_id__in=one.scenarios), viewer, "duties.read", at=at)
        row = reach.aggregate(
            open=Count("pk", filter=Q(state="open")),
            red=Count("pk", filter=Q(state="open", kind="warning", level=RED)),
            last=Max("task__visits__recorded_at"),
        )
        last = local_day(row["last"]) if row["last"] else None
        pressed = row["red"] > 0
        due = working_days_after(today, one.pressed) if pressed else today if last is None else months_after(last, one.every)
        rounds.append(Round(one, row["open"], row["red"], last, due, pressed))
    return rounds


def months_after(day: date, months: int) -> date:
    """The same day so many months later, the last of the month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    for number in range(day.day, 0, -1):
        try:
            return date(day.year + year, month + 1, number)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def _counted(rows: QuerySet[Any], column: str, done: Q, late: Q) -> Mapping[str, tuple[int, int, int]]:
    """By that column: how many in all, how many are done, how many late."""
    counted = rows.order_by().values(column).annotate(n=Count("pk"), done=Count("pk", filter=done), late=Count("pk", filter=late))
    return {row[column]: (row["n"], row["done"], row["late"]) for row in counted}
