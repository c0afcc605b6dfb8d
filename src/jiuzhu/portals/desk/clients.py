"""Systems of other departments that may ask: register one, open it as a second person, suspend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.accounts.permissions import PLACELESS, allowed, powers
from jiuzhu.casework.clients import registering
from jiuzhu.casework.clients.models import Client
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import act_once, done, instant, said, viewer
from jiuzhu.rules.tree import Title

STATES = {
    "waiting": Title("待第二人开通", "waits for a second person"),
    "active": Title("已开通", "open"),
    "suspended": Title("已停用", "suspended"),
}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    who, at = viewer(request), instant(request)
    found = list(registering.clients(viewer=who, at=at)[:200])
    titles = {one.code: one.title for one in registering.businesses()}
    held = {power.division_code for power in powers(who, at=at) if power.role not in PLACELESS}
    context = {
        "section": "verification",
        "clients": [
            (
                one,
                STATES[one.state],
                known.place(one.division_code),
                [titles[code] for code in one.businesses.split() if code in titles],
            )
            for one in found
        ],
        "businesses": registering.businesses(),
        "places": [(code, known.place(code) or code) for code in sorted(held)],
        "offices": Office.objects.order_by("division_code", "department"),
        "may": {name: allowed(who, f"clients.{name}", on=None, at=at) is not None for name in ("register", "open", "suspend")},
        "said": said(request),
    }
    return render(request, "desk/clients.html", context)


@require_POST
def register(request: HttpRequest) -> HttpResponse:
    sent = request.POST

    def act() -> dict[str, Any]:
        office = Office.objects.filter(pk=sent["office"]).first() if sent.get("office", "").isdecimal() else None
        per_day = sent.get("per_day", "")
        made = registering.register(
            code=sent.get("code", "").strip(), title=sent.get("title", ""), division_code=sent.get("division", "").strip(),
            public_key=sent.get("public_key", ""), chosen=sent.getlist("businesses"), items=sent.get("items", "").split(),
            per_day=int(per_day) if per_day.isdecimal() else 0, office=office, by=viewer(request), at=instant(request),
        )  # fmt: skip
        return done(
            f"已登记，指纹 {made.fingerprint}；由安全管理员电话核对后开通。",
            f"Registered, fingerprint {made.fingerprint}; the security administrator compares it by telephone and opens it.",
            to=reverse("clients"),
        )

    return act_once(request, act, back=reverse("clients"))


@require_POST
def open_one(request: HttpRequest, code: str) -> HttpResponse:
    return _moved(request, code, registering.open_client, "已开通", "is open")


@require_POST
def suspend_one(request: HttpRequest, code: str) -> HttpResponse:
    return _moved(request, code, registering.suspend, "已停用", "is suspended")


def _moved(request: HttpRequest, code: str, does: Callable[..., Client], zh: str, en: str) -> HttpResponse:
    found = get_object_or_404(registering.clients(viewer=viewer(request), at=instant(request)), code=code)

    def act() -> dict[str, Any]:
        client = does(client=found, by=viewer(request), at=instant(request))
        return done(f"{client.code} {zh}", f"{client.code} {en}", to=reverse("clients"))

    return act_once(request, act, back=reverse("clients"))
