"""One's own account: where it is signed in, the roles it has and until when, and the relatives one keeps one's hands off."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts import kin, reach, sessions
from jiuzhu.casework.accounts.bonds import KinLink
from jiuzhu.casework.accounts.models import Delegation, Officer
from jiuzhu.casework.accounts.permissions import key_of, table
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import act_once, instant, viewer, went
from jiuzhu.rules.tree import Title

RELATIONS = {
    "spouse": Title(zh="配偶", en="Spouse"),
    "parent": Title(zh="父母", en="Parent"),
    "child": Title(zh="子女", en="Child"),
    "sibling": Title(zh="兄弟姐妹", en="Brother or sister"),
    "grandparent": Title(zh="祖父母、外祖父母", en="Grandparent"),
    "grandchild": Title(zh="孙子女、外孙子女", en="Grandchild"),
    "aunt_uncle": Title(zh="伯叔姑舅姨", en="Aunt or uncle"),
    "nephew_niece": Title(zh="侄子女、甥子女", en="Nephew or niece"),
    "in_law": Title(zh="近姻亲", en="In-law"),
}

BECAUSE = {
    "register": Title(zh="同一户口", en="Same register"),
    "address": Title(zh="同一住址", en="Same address"),
    "phone": Title(zh="同一电话", en="Same telephone"),
    "account": Title(zh="同一账户", en="Same bank account"),
}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    return _shown(request)


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Every session of the account ends, this one too."""
    sessions.end_all(officer=_officer(request), because="everywhere", at=request.asked_at)  # type: ignore[attr-defined]
    logout(request)
    return redirect("login")


@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """Register a near relative; what was typed stays in the form when it cannot be kept."""
    told = {name: request.POST.get(name, "").strip() for name in ("name", "number", "relation", "household")}

    def act() -> dict[str, Any]:
        who, at = viewer(request), instant(request)
        made = kin.declare(**told, by=who, at=at)
        kin.find_households(near_of=kin.in_all_records(by=key_of(who), at=at), at=at, only=made)
        return went(reverse("account"))

    try:
        return act_once(request, act, back=reverse("account"))
    except kin.WrongKin:
        return _shown(request, typed=told)


@require_POST
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    link = KinLink.objects.filter(key=key).first()
    if link is None:
        raise Http404

    def act() -> dict[str, Any]:
        kin.withdraw(link=link, by=viewer(request), at=instant(request))
        return went(reverse("account"))

    return act_once(request, act, back=reverse("account"))


def _shown(request: HttpRequest, typed: dict[str, str] | None = None) -> HttpResponse:
    officer, at = _officer(request), request.asked_at  # type: ignore[attr-defined]
    held = officer.assignments.filter(until__gt=at).order_by("since", "pk")
    taken = Delegation.objects.filter(taker=officer, until__gt=at).select_related("assignment__officer").order_by("since", "pk")
    context: dict[str, Any] = {
        "section": "account",
        "here": request.signed_in,  # type: ignore[attr-defined]
        "sessions": sessions.live(officer, at=at),
        "roles": [(table().roles[one.role].title, known.full_place(one.division_code[:12]), one) for one in held],
        "taken": [(table().roles[one.assignment.role].title, known.full_place(one.division_code[:12]), one) for one in taken],
        "relatives": [
            (link, name, RELATIONS.get(link.relation) or BECAUSE[link.because])
            for link, name in kin.own(request.viewer, at=at)  # type: ignore[attr-defined]
        ],
        "relations": RELATIONS,
        "reach": _reach(request),
        "typed": typed,
    }
    return render(request, "desk/account.html", context, status=422 if typed else 200)


def _reach(request: HttpRequest) -> list[tuple[Title, str, list[Title], Title, reach.Reach]]:
    """Per thing that may be looked at: what it is, of which division, which part of it, how much of each, and the grant."""
    told = reach.reach(request.viewer, at=request.asked_at)  # type: ignore[attr-defined]
    return [
        (
            table().operations[one.operation].title,
            known.full_place(one.division_code[:12]),
            [reach.WHERE[word] for word in one.where],
            reach.DEPTH[one.level],
            one,
        )
        for one in told
    ]


def _officer(request: HttpRequest) -> Officer:
    return Officer.objects.select_related("person").get(pk=request.user.pk)
