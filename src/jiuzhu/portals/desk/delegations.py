"""What one lets another do by one's own role: handed down until a day, and taken back."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from jiuzhu.casework.accounts import actions, roles
from jiuzhu.casework.accounts.models import Assignment, Delegation, Officer
from jiuzhu.casework.accounts.permissions import DELEGABLE, table
from jiuzhu.casework.trace.seen import Moved
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import act_once, instant, went
from jiuzhu.portals.desk.wording import said
from jiuzhu.vocabulary.local_day import day_typed

_CHINA = ZoneInfo("Asia/Shanghai")


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """What I handed down, and the form to hand down more."""
    own, wrong = Officer.objects.get(pk=request.user.pk), ""
    if request.method == "POST":
        asked = _asked(request, own)
        wrong = (
            ""
            if asked
            else said(
                request,
                "角色、接受人账号、截止日期、原因都要填，账号须是在用的。",
                "Role, account, last day and reason are all needed, and the account must be open.",
            )
        )
        if asked:
            try:
                return act_once(request, lambda: _handed_down(request, own, *asked), back=reverse("delegations"))
            except (roles.NotYours, actions.NoSuchDivision) as refusal:
                wrong = str(refusal)
    at = request.asked_at  # type: ignore[attr-defined]
    held = own.assignments.filter(since__lte=at, until__gt=at, duty="casework").order_by("since", "pk")
    given = Delegation.objects.filter(assignment__officer=own).select_related("assignment", "taker").order_by("-until", "pk")
    operations = sorted({row.operation for one in held for row in table().all_rows() if _goes_down(row, one)})
    context = {
        "section": "delegations",
        "wrong": wrong,
        "typed": request.POST,
        "held": [(one, table().roles[one.role].title, known.full_place(one.division_code[:12])) for one in held],
        "operations": [(code, table().operations[code].title) for code in operations],
        "given": [
            (one, table().roles[one.assignment.role].title, known.full_place(one.division_code[:12]), _title(one), one.until > at)
            for one in given
        ],
    }
    return render(request, "desk/delegations.html", context, status=422 if wrong else 200)


@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    own = Officer.objects.get(pk=request.user.pk)
    kept = Delegation.objects.filter(pk=number, assignment__officer=own).first()
    if kept is None:
        raise Http404
    because = request.POST.get("because", "").strip() or said(request, "收回", "taken back")

    def act() -> dict[str, Any]:
        ended = roles.end_delegation(delegation=kept, because=because[:200], by=own, at=instant(request))
        if ended.ended_because != because[:200]:
            raise Moved("it had ended before; nothing was changed")
        return went(reverse("delegations"))

    return act_once(request, act, back=reverse("delegations"))


def _asked(request: HttpRequest, own: Officer) -> tuple[Assignment, Officer, date] | None:
    """The role, who takes it and the last day; None where the form does not say all."""
    asked = request.POST
    held = Assignment.objects.filter(pk=asked.get("role") or 0, officer=own).first()
    taker = Officer.objects.filter(account=asked.get("taker", "").strip(), is_active=True).first()
    day = day_typed(asked.get("until", ""))
    if held is None or taker is None or day is None or not asked.get("because", "").strip():
        return None
    return held, taker, day


def _handed_down(request: HttpRequest, own: Officer, held: Assignment, taker: Officer, day: date) -> dict[str, Any]:
    """Raises NotYours, NoSuchDivision."""
    asked = request.POST
    roles.delegate(
        assignment=held,
        taker=taker,
        division_code=asked.get("division", "").strip() or held.division_code,
        until=datetime.combine(day, time(), _CHINA),
        because=asked["because"].strip()[:200],
        operation=asked.get("operation", ""),
        by=own,
        at=instant(request),
    )
    return went(reverse("delegations"))


def _goes_down(row: object, held: Assignment) -> bool:
    return row.role == held.role and row.relation in DELEGABLE  # type: ignore[attr-defined]


def _title(one: Delegation) -> object:
    return table().operations[one.operation].title if one.operation else None
