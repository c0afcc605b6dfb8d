"""The file of a family: the gate before it, its page in any release, and the whole number of one member."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from jiuzhu.casework.accounts.looks import ReasonMissing
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.elsewhere import registered_elsewhere
from jiuzhu.casework.cases.models import PlanItem
from jiuzhu.casework.dispatch.witnesses import Witness
from jiuzhu.casework.files import opening, queries
from jiuzhu.casework.files import plan as family_plan
from jiuzhu.casework.files.opening import Opening
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.cases import facts_found, hukou_place, items_of
from jiuzhu.portals.desk.chain_drawing import TITLES, drawing
from jiuzhu.portals.desk.posted import act_once, done, said
from jiuzhu.registry import public
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import local_day

LONGEST_REASON = 200
OPENED_BECAUSE = ("found_by_officer", "asked_for_help", "new_facts")  # why a family is taken into care from its file
YEAR = timedelta(days=366)
PLANS = ("plan", "against")  # the two versions of the plan beside one another, in the address


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, key: str) -> HttpResponse:
    """The file, once it is open; before that the question why. A typed reason is posted, kept with the look, and holds for a while."""
    if request.method == "POST":
        return _opened_for(request, key)
    try:
        found = _open(request, key)
    except ReasonMissing:
        return render(request, "desk/household-gate.html", {"section": "", "key": key, "wrong": "", "said": ""})
    return _file(request, found)


@require_POST
def number(request: HttpRequest, key: str, member: str) -> HttpResponse:
    """The whole id number of one member, after the purpose was typed; a page that is not kept."""
    because = request.POST.get("because", "")[:LONGEST_REASON]
    place = int(member) if member.isascii() and member.isdigit() and len(member) < 3 else -1
    context: dict[str, Any] = {"section": "", "key": key, "member": place, "said": because}
    try:
        context["number"] = opening.reveal_number(key=key, member=place, because=because, by=_viewer(request), at=_at(request))
    except ReasonMissing:
        return render(request, "desk/household-number.html", context | {"wrong": True}, status=422)
    return render(request, "desk/household-number.html", context)


@require_POST
def take_into_care(request: HttpRequest, key: str) -> HttpResponse:
    """A case for a family that has none, from its file: then it can have a plan."""
    there = reverse("household", args=[key])

    def act() -> dict[str, Any]:
        family_plan.take_into_care(key=key, because=request.POST.get("because", ""), by=_viewer(request), at=_at(request))
        return done("已建立个案，可以写帮扶计划", "The case is open; write the plan", to=f"{there}#plan")

    return act_once(request, act, back=there)


def _viewer(request: HttpRequest) -> Any:
    return request.viewer  # type: ignore[attr-defined]


def _at(request: HttpRequest) -> Any:
    return request.asked_at  # type: ignore[attr-defined]


def _open(request: HttpRequest, key: str, because: str = "") -> Opening:
    """The look is kept here, before anything of the family is read; the session remembers the look, never the reason."""
    before = request.session.get("looks", {}).get(key)
    found = opening.open_family(key=key, because=because, before=before, by=_viewer(request), at=_at(request))
    if because:
        request.session["looks"] = {**dict(list(request.session.get("looks", {}).items())[-19:]), key: found.event}
    return found


def _opened_for(request: HttpRequest, key: str) -> HttpResponse:
    because = request.POST.get("because", "").strip()[:LONGEST_REASON]
    try:
        if not because:
            raise ReasonMissing("no reason was typed")
        _open(request, key, because)
    except ReasonMissing:
        context = {"section": "", "key": key, "wrong": True, "said": because}
        return render(request, "desk/household-gate.html", context, status=422)
    return redirect(reverse("household", args=[key]))


def _file(request: HttpRequest, found: Opening) -> HttpResponse:
    release = request.GET.get("release") or None
    try:
        told = queries.family_told(viewer=_viewer(request), opening=found, at=_at(request), release=release)
    except (public.NoHousehold, public.NoRelease):
        raise Http404 from None
    whole = request.GET.get("chain") == "all"
    first = min((act.day for act in told.chain.acts), default=told.chain.as_of)
    since = first if whole else max(told.chain.as_of - YEAR, min(first, told.chain.as_of - timedelta(days=90)))
    chosen = request.GET.get("group", "")
    groups = [group for group in told.groups if group.group.code == chosen] or list(told.groups[:1])
    gaps_only = request.GET.get("only") == "gaps"
    shown = list(told.groups) if chosen == "all" or gaps_only else groups
    return render(
        request,
        "desk/household.html",
        {
            "section": "",
            "told": told,
            "key": found.key,
            "place": known.full_place(found.division),
            "title": next((one.identity.name for one in told.members if one.identity.name), ""),
            "classes": _classes(told),
            "tags": _tags(told),
            "drawing": drawing(told.chain, since=since),
            "lanes": TITLES,
            "whole_chain": whole,
            "warnings": [(item, _named(told, item.indicator_id)) for item in told.warnings],
            "bodies": _bodies(told),
            "versions": queries.versions(),
            "shown": [
                (group, [line for line in group.lines if not gaps_only or not line.answered or line.old]) for group in shown
            ],
            "chosen": "all" if chosen == "all" else "" if gaps_only else groups[0].group.code if groups else "",
            "gaps_only": gaps_only,
            "today": local_day(_at(request)),
            "may_reveal": found.grant.opens("sensitive"),
            "hukou": _hukou(told),
            **_plan(request, found, told),
        },
    )


def _hukou(told: queries.FamilyTold) -> list[tuple[str, list[str]]]:
    """Counties other than where the family lives, with the members registered there."""
    found: dict[str, list[str]] = {}
    for place, county in sorted(registered_elsewhere(told.family.household, told.family.catalogue).items()):
        found.setdefault(hukou_place(county), []).append(told.members[place].identity.name or "—")
    return sorted(found.items())


def _plan(request: HttpRequest, found: Opening, told: queries.FamilyTold) -> dict[str, Any]:
    """The plan beside another version of it, and the form of the next one."""
    number, against = (int(text) if (text := request.GET.get(name, "")).isdecimal() and len(text) < 6 else 0 for name in PLANS)
    until = None if told.newest else told.chain.as_of
    plan = family_plan.plan_told(
        viewer=_viewer(request), household=found.number, division=found.division, at=_at(request), until=until, number=number,
        against=against,
    )  # fmt: skip
    return {
        "plan": plan,
        "found": facts_found(plan.case, found.grant) if plan.case is not None and told.newest else [],
        "family": found.key,
        "measures": codes.titles("measure"),
        "states": PlanItem.State.choices,
        "items": items_of(plan.newest.items if plan.newest else ()),
        "goal": plan.newest.goal if plan.newest else "",
        "opened_because": {code: codes.titles("handling_reason")[code] for code in OPENED_BECAUSE},
        "said": said(request),
    }


def _classes(told: queries.FamilyTold) -> list[Title]:
    """What the low-income base lists the family as, then the main classes of its members, each once, without the general ones."""
    listed = [line.value for code in ("low_category",) if (line := told.head.get(code)) is not None and line.state == "known"]
    of_members = [
        line.value for one in told.members if (line := one.lines.get("main_class")) is not None and line.state == "known"
    ]
    return list(dict.fromkeys(title for title in (*listed, *of_members) if title.zh != "一般居民"))


def _tags(told: queries.FamilyTold) -> list[tuple[Title, list[str]]]:
    """What members are marked by, each mark once, with the names of those it holds of."""
    marks: dict[Title, list[str]] = {}
    for member in told.members:
        for tag in member.tags:
            marks.setdefault(tag, []).append(member.identity.name or "—")
    return list(marks.items())


def _named(told: queries.FamilyTold, indicator: str) -> Title:
    found = told.family.catalogue.indicators.get(indicator)
    return found.title if found is not None else Title(indicator, indicator)


def _bodies(told: queries.FamilyTold) -> list[tuple[Witness, list[Title], list[Title]]]:
    """Each body with what it delivered and the warnings its rows stand behind."""
    catalogue = told.family.catalogue
    return [
        (one, [catalogue.datasets[code].title for code in one.datasets], [_named(told, code) for code in one.besides])
        for one in told.evidence.found
    ]
