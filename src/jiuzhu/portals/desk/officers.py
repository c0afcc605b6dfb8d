"""Accounts and roles: who works here, what each may do and until when; opened, given and ended by the administrators."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts import actions, factors, outside, roles
from jiuzhu.casework.accounts.models import Assignment, Office, Officer
from jiuzhu.casework.accounts.permissions import allowed, table
from jiuzhu.casework.accounts.queries import officers
from jiuzhu.casework.trace.once import OtherContent
from jiuzhu.casework.trace.seen import Moved
from jiuzhu.portals.desk import beside, known
from jiuzhu.portals.desk.beside import Both
from jiuzhu.portals.desk.posted import act_once, instant, refused_page, told_once, viewer, went
from jiuzhu.portals.desk.wording import said
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import day_typed

PAGE_SIZE = 40
SHORTEST_PASSWORD = 12
DUTIES = {
    "casework": Title(zh="救助业务", en="Casework"),
    "system_administrator": Title(zh="系统管理", en="System administration"),
    "security_administrator": Title(zh="安全管理", en="Security administration"),
    "audit_administrator": Title(zh="审计管理", en="Audit administration"),
}
_CHINA = ZoneInfo("Asia/Shanghai")


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("q", "").strip()
    found = officers(viewer=request.viewer, wanted=wanted, at=request.asked_at)  # type: ignore[attr-defined]
    shown = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return _list(request, shown=shown, wanted=wanted)


@require_GET
def one(request: HttpRequest, account: str) -> HttpResponse:
    return _detail(request, account)


@require_POST
def open_account(request: HttpRequest) -> HttpResponse:
    told = {name: request.POST.get(name, "").strip() for name in ("account", "staff_number", "name", "duty")}
    password = request.POST.get("password", "")
    office = Office.objects.filter(pk=request.POST.get("office") or 0).first()
    wrong = ""
    if len(password) < SHORTEST_PASSWORD:
        wrong = said(
            request, f"初始密码至少 {SHORTEST_PASSWORD} 位。", f"The first password has {SHORTEST_PASSWORD} characters or more."
        )
    elif office is None or not all(told[name] for name in ("account", "staff_number", "name")):
        wrong = said(request, "账号、工号、姓名、机构都要填。", "Account, staff number, name and office are all needed.")
    else:

        def act() -> dict[str, Any]:
            actions.open_account(**told, password=password, office=office, by=viewer(request), at=instant(request))
            return went(reverse("officers"))

        try:
            return act_once(request, act, back=reverse("officers"))
        except IntegrityError:
            wrong = said(request, "这个账号已经有了，请换一个。", "This account is taken; choose another.")
    found = officers(viewer=request.viewer, wanted="", at=request.asked_at)  # type: ignore[attr-defined]
    return _list(request, shown=Paginator(found, PAGE_SIZE).get_page(1), wanted="", wrong=wrong, typed=told)


@require_POST
def give(request: HttpRequest, account: str) -> HttpResponse:
    officer = _reached(request, account)
    asked = request.POST
    day, office = day_typed(asked.get("until", "")), Office.objects.filter(pk=asked.get("office") or 0).first()
    wrong = said(request, "机构和截止日期都要填。", "Office and last day are needed.")
    if day is not None and office is not None:

        def act() -> dict[str, Any]:
            roles.assign(
                officer=officer, role=asked.get("role", ""), division_code=asked.get("division", "").strip() or office.division_code,
                office=office, since=instant(request), until=datetime.combine(day, time(), _CHINA), by=viewer(request),
                at=instant(request),
            )  # fmt: skip
            return went(reverse("officer", args=[account]))

        try:
            return act_once(request, act, back=reverse("officer", args=[account]))
        except (roles.WrongRole, actions.NoSuchDivision) as refusal:
            wrong = str(refusal)
    return _detail(request, account, wrong=wrong)


@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    kept = Assignment.objects.select_related("officer").filter(pk=number).first()
    if kept is None:
        raise Http404
    because = request.POST.get("because", "").strip()
    if not because:
        return _detail(request, kept.officer.account, wrong=said(request, "请写明为什么终止。", "Say why it ends."))
    back = reverse("officer", args=[kept.officer.account])

    def act() -> dict[str, Any]:
        ended = roles.end(assignment=kept, because=because[:200], by=viewer(request), at=instant(request))
        if (ended.ended_by, ended.ended_because) != (request.user.account, because[:200]):  # type: ignore[union-attr]
            raise Moved(f"role {number} had ended before; nothing was changed")
        return went(back)

    def both() -> list[Both]:
        now = Assignment.objects.get(pk=number)
        return [Both(beside.REASON, f"{now.ended_by}：{now.ended_because}", because[:200])]

    return act_once(request, act, back=back, both=both)


@require_POST
def factor(request: HttpRequest, account: str) -> HttpResponse:
    """Open the enrolment of a second factor; the word to hand over stands on this page alone, once: sent again, the page without it."""
    officer, because = _reached(request, account), request.POST.get("because", "").strip()
    if not because:
        return _detail(request, account, wrong=said(request, "请写明为什么重新登记。", "Say why a new enrolment is needed."))
    words: list[str] = []  # never kept with the answer

    def act() -> dict[str, Any]:
        words.append(factors.open_enrolment(officer=officer, because=because, by=_own(request), at=instant(request)))
        return went(reverse("officer", args=[account]))

    try:
        told_once(request, act)
    except OtherContent as refusal:
        return refused_page(request, refusal, back=reverse("officer", args=[account]))
    return _detail(request, account, ticket=" ".join(word[start : start + 4] for word in words for start in range(0, 16, 4)))


@require_POST
def bind(request: HttpRequest, account: str) -> HttpResponse:
    """Bind the name by which the single sign-on of the settings knows this officer."""
    officer, sub = _reached(request, account), request.POST.get("sub", "").strip()
    if not settings.SINGLE_SIGN_ON:
        raise Http404

    def act() -> dict[str, Any]:
        issuer = settings.SINGLE_SIGN_ON["issuer"]
        outside.bind(officer=officer, issuer=issuer, sub=sub, by=_own(request), at=instant(request))
        return went(reverse("officer", args=[account]))

    try:
        return act_once(request, act, back=reverse("officer", args=[account]))
    except outside.AlreadyBound:
        return _detail(
            request,
            account,
            wrong=said(request, "这个统一身份或账号已经绑定过。", "That name, or this account, is bound already."),
        )


@require_POST
def close(request: HttpRequest, account: str) -> HttpResponse:
    officer, because = _reached(request, account), request.POST.get("because", "").strip()
    if not because:
        return _detail(request, account, wrong=said(request, "请写明为什么停用。", "Say why it is closed."))

    def act() -> dict[str, Any]:
        if not actions.close_account(officer=officer, because=because, by=viewer(request), at=instant(request)):
            raise Moved(f"{account} was closed before; nothing was changed")
        return went(reverse("officer", args=[account]))

    def both() -> list[Both]:
        return [Both(Title(zh="账号", en="Account"), Title(zh="已停用", en="closed"), because)]

    return act_once(request, act, back=reverse("officer", args=[account]), both=both)


def _list(request: HttpRequest, *, shown: Any, wanted: str, wrong: str = "", typed: Any = None) -> HttpResponse:
    at = request.asked_at  # type: ignore[attr-defined]
    enrolled = {officer.pk for officer in shown if hasattr(officer, "second_factor") and officer.second_factor.secret}
    lines = [
        (
            officer,
            [_role(given) for given in officer.assignments.all() if given.since <= at < given.until],
            officer.pk in enrolled,
        )
        for officer in shown
    ]
    context = {
        "section": "officers", "page": shown, "lines": lines, "wanted": wanted, "wrong": wrong, "typed": typed,
        "may_open_account": allowed(request.viewer, "accounts.open", on=None, at=at),  # type: ignore[attr-defined]
        "may_see_clients": allowed(request.viewer, "clients.read", on=None, at=at),  # type: ignore[attr-defined]
        "offices": Office.objects.order_by("division_code", "department"), "duties": DUTIES,
        "shortest": SHORTEST_PASSWORD,
    }  # fmt: skip
    return render(request, "desk/officers.html", context, status=422 if wrong else 200)


def _detail(request: HttpRequest, account: str, *, wrong: str = "", ticket: str = "") -> HttpResponse:
    officer, at = _reached(request, account), request.asked_at  # type: ignore[attr-defined]
    viewer = request.viewer  # type: ignore[attr-defined]
    given = officer.assignments.select_related("office").order_by("-until", "pk")
    context = {
        "section": "officers", "who": officer, "wrong": wrong, "ticket": ticket,
        "roles": [(*_role(one), one, one.since <= at < one.until) for one in given],
        "outside": officer.outside_names.first(), "single_sign_on": bool(settings.SINGLE_SIGN_ON),
        "enrolled": factors.is_enrolled(officer),
        "duty": DUTIES[officer.person.duty],
        "offices": Office.objects.order_by("division_code", "department"),
        "to_give": [role for role in table().roles.values() if role.tiers and role.duty == officer.person.duty],
        **{name: allowed(viewer, operation, on=None, at=at) for name, operation in (
            ("may_assign", "roles.assign"), ("may_end", "roles.end"), ("may_factor", "factors.open"), ("may_close", "accounts.close"),
            ("may_bind", "accounts.bind"),
        )},
    }  # fmt: skip
    return render(request, "desk/officer.html", context, status=422 if wrong else 200)


def _role(given: Assignment) -> tuple[Any, str]:
    return table().roles[given.role].title, known.full_place(given.division_code[:12])


def _reached(request: HttpRequest, account: str) -> Officer:
    """The account, if it is in reach; else it is not there (A3)."""
    reach = officers(viewer=request.viewer, wanted="", at=request.asked_at)  # type: ignore[attr-defined]
    found = reach.filter(account=account).select_related("person").first()
    if found is None:
        raise Http404
    return found


def _own(request: HttpRequest) -> Officer:
    return Officer.objects.get(pk=request.user.pk)
