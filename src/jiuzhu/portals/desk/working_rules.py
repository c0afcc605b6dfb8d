"""The three sets of working rules: which number is in force here, what obeys it, and how two persons change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts.permissions import Scope, allowed
from jiuzhu.casework.accounts.queries import posting
from jiuzhu.casework.working_rules import actions, queries
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.casework.working_rules.models import RuleChange
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import act_once, done, instant, said, viewer
from jiuzhu.rules.tree import Title
from jiuzhu.rules.working_rules import WorkingRule
from jiuzhu.vocabulary.local_day import day_typed

STATES = {
    "proposed": Title(zh="待另一人决定", en="waits for another person"),
    "released": Title(zh="已发布", en="released"),
    "declined": Title(zh="已否决", en="declined"),
}
SHOWN = 8  # changes of one rule
IN_WORKING_DAYS = "_wd"  # how the codes end whose days are working days


@dataclass(frozen=True)
class Change:
    """mine: the reader's person proposed it. may_decide: the reader may, as another person."""

    change: RuleChange
    place: str
    state: Title
    mine: bool
    may_decide: bool


@dataclass(frozen=True)
class Line:
    """One rule as it holds in the reader's division. place: whose number it is, "" for the nation's. unit: as it is said."""

    rule: WorkingRule
    now: queries.InForce
    value: str
    unit: str
    place: str
    changes: list[Change]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Every rule by its set, with the number in force where the reader works and what was proposed around it."""
    who, at = viewer(request), instant(request)
    held = posting(who, at=at)
    here = held.division_code if held else "000000"
    today = timezone.localdate(at)
    told = visiting().working
    changes = _changes(request)
    sets = [
        (title, [_line(one, here, today, changes.get(one.code, [])) for one in told.by_code.values() if one.set == code])
        for code, title in told.sets.items()
    ]
    context: dict[str, Any] = {
        "section": "yields",
        "sets": sets,
        "here": here,
        "today": today,
        "may_propose": allowed(who, "rules.propose", on=Scope(here), at=at) is not None,
        "said": said(request),
    }
    return render(request, "desk/working-rules.html", context)


@require_POST
def propose(request: HttpRequest, rule: str) -> HttpResponse:
    if rule not in visiting().working.by_code:
        raise Http404
    back = reverse("rules")

    def act() -> dict[str, Any]:
        told = {"value": request.POST.get("value", ""), "because": request.POST.get("because", "")}
        actions.propose(
            rule=rule, division_code=request.POST.get("division", ""), by=viewer(request), at=instant(request), **told
        )
        return done("已提出，等另一人决定", "Proposed; another person decides", to=back)

    return act_once(request, act, back=back)


@require_POST
def decide(request: HttpRequest, change: int) -> HttpResponse:
    word, back = request.POST.get("word", ""), reverse("rules")
    if word not in ("released", "declined"):
        raise Http404

    def act() -> dict[str, Any]:
        actions.decide(
            change=change, word=word, because=request.POST.get("because", ""), by=viewer(request), at=instant(request),
            holds_from=day_typed(request.POST.get("holds_from", "")),
        )  # fmt: skip
        return done("已决定", "Decided", to=back)

    try:
        return act_once(request, act, back=back)
    except RuleChange.DoesNotExist:
        raise Http404 from None


def _line(rule: WorkingRule, here: str, today: date, changes: list[Change]) -> Line:
    now = queries.in_force(rule.code, division=here, on=today)
    value = "" if now.value is None else f"{now.value.normalize():f}"
    place = known.full_place(now.division_code.ljust(6, "0")) if now.division_code else ""
    unit = "working_days" if rule.code.endswith(IN_WORKING_DAYS) else "" if rule.unit == "ratio" else rule.unit
    return Line(rule, now, value, unit, place, changes[:SHOWN])


def _changes(request: HttpRequest) -> dict[str, list[Change]]:
    who, at = viewer(request), instant(request)
    person = request.user.person_id  # type: ignore[union-attr]
    found: dict[str, list[Change]] = {}
    for one in queries.changes(viewer=who, at=at):
        mine = one.made_person_id == person
        waits = one.state == RuleChange.State.PROPOSED
        decides = waits and allowed(who, "rules.decide", on=Scope(one.division_code, one.state), at=at) is not None
        found.setdefault(one.rule, []).append(
            Change(one, known.full_place(one.division_code), STATES[one.state], mine, decides and not mine)
        )
    return found
