"""What every desk page shows around its content: who looks, by which role, where they may go, and how fresh the figures are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts.permissions import allowed, table
from jiuzhu.casework.accounts.queries import posting
from jiuzhu.casework.dispatch import queries
from jiuzhu.casework.trace.sealing import Lateness, sealing_late
from jiuzhu.portals.desk import known
from jiuzhu.rules.tree import Title


@dataclass(frozen=True)
class Door:
    """One way in from the menu: the name of its address, its operation, and the section it opens; of a section's doors the first
    that the reader may open is shown."""

    address: str
    operation: str
    section: str
    icon: str
    title: Title


MENU = (
    Door("today", "tasks.read", "today", "today", Title(zh="今日", en="Today")),
    Door("warnings", "warnings.list", "warnings", "alert", Title(zh="预警与提示", en="Warnings and hints")),
    Door("tasks", "tasks.read", "tasks", "walk", Title(zh="任务", en="Tasks")),
    Door("cases", "cases.read", "cases", "family", Title(zh="个案", en="Cases")),
    Door("decisions", "decisions.read", "decisions", "check", Title(zh="审核确认", en="Decisions")),
    Door("reviews", "reviews.read", "reviews", "today", Title(zh="复核", en="Reviews")),
    Door("applications", "applications.list", "applications", "check", Title(zh="申请办理", en="Applications")),
    Door("window", "tickets.call", "window", "people", Title(zh="受理窗口", en="Window")),
    Door("referrals", "referrals.read", "referrals", "route", Title(zh="转介", en="Referrals")),
    Door("letters", "notices.read", "letters", "letter", Title(zh="文书与公示", en="Letters")),
    Door("grievances", "grievances.read", "grievances", "voice", Title(zh="投诉与申诉", en="Grievances")),
    Door("verification", "verification.read", "verification", "look", Title(zh="信息核对", en="Verification")),
    Door("payments", "payments.read", "payments", "coins", Title(zh="发放名册", en="Payments")),
    Door("recoveries", "recoveries.read", "recoveries", "coins", Title(zh="追回", en="Recoveries")),
    Door("reminders", "reminders.read", "reminders", "bell", Title(zh="提醒", en="Reminders")),
    Door("outreach", "outreach.read", "outreach", "people", Title(zh="政策找人", en="Outreach")),
    Door("needs", "needs.read", "needs", "family", Title(zh="困难需求", en="Needs")),
    Door("deliveries", "deliveries.read", "data", "database", Title(zh="数据室", en="Data room")),
    Door("data", "sources.read", "data", "database", Title(zh="数据室", en="Data room")),
    Door("quarantine", "quarantine.read", "data", "database", Title(zh="隔离区", en="Quarantine")),
    Door("overview", "overview.read", "overview", "map", Title(zh="总览", en="Overview")),
    Door("indicators", "indicators.read", "indicators", "adjust", Title(zh="指标工作室", en="Indicator studio")),
    Door("yields", "yields.read", "yields", "yield", Title(zh="预警成效", en="What warnings came to")),
    Door("audit", "events.read", "audit", "look", Title(zh="监督总览", en="Supervision")),
    Door("officers", "accounts.read", "officers", "people", Title(zh="账号与角色", en="Accounts and roles")),
    Door("delegations", "roles.delegate", "delegations", "hand-down", Title(zh="授权", en="Handed down")),
    Door("library", "help.read", "library", "target", Title(zh="事项库", en="Items")),
)
# Where a role begins, if not at the first door: with what its holder must look at first.
BEGINS = {"auditor": "audit", "data_steward": "data", "policy_officer": "overview"}


def shell(request: HttpRequest) -> dict[str, Any]:
    if not getattr(request, "user", None) or not request.user.is_authenticated or not hasattr(request, "viewer"):
        return {}
    at: datetime = request.asked_at  # type: ignore[attr-defined]
    held = posting(request.viewer, at=at)  # type: ignore[attr-defined]
    answers_for_the_record = allowed(request.viewer, "events.verify", on=None, at=at)  # type: ignore[attr-defined]
    return {
        "unsealed": answers_for_the_record and sealing_late(at) is not Lateness.NONE,
        "officer": request.user,
        "role": table().roles[held.role].title if held else None,
        "division_name": known.full_place(held.division_code) if held else "",
        "menu": (menu := list(_open_to(request))),
        "may_open": {door.address for door in menu},
        "may_export": allowed(request.viewer, "warnings.export", on=None, at=at),  # type: ignore[attr-defined]
        "load": queries.newest_load(),
    }


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """On to where the reader's role begins, else to the first section they may open."""
    doors = list(_open_to(request))
    if not doors:
        raise Http404
    held = posting(request.viewer, at=request.asked_at)  # type: ignore[attr-defined]
    begins = BEGINS.get(held.role if held else "")
    return redirect(next((door for door in doors if door.section == begins), doors[0]).address)


def _open_to(request: HttpRequest) -> Iterator[Door]:
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    shown: set[str] = set()
    for door in MENU:
        if door.section not in shown and allowed(viewer, door.operation, on=None, at=at):
            shown.add(door.section)
            yield door
