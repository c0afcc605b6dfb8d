"""Decisions: what waits for whom by its deadline, and one programme of a family with everything its decision stands on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Grant, allowed, staff
from jiuzhu.casework.cases.models import Duty
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.decisions import actions, changes, freezing, hearings, queries, sources
from jiuzhu.casework.decisions.actions import Choice
from jiuzhu.casework.decisions.hearings import Heard
from jiuzhu.casework.decisions.models import Hearing, Item, Proposal
from jiuzhu.casework.decisions.refusals import MovedOn
from jiuzhu.casework.parties import queries as of_parties
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.payments.decided import grant_of
from jiuzhu.casework.reviews.models import STANDING, LifeEvent, Review
from jiuzhu.casework.roads import queries as roads
from jiuzhu.casework.roads.actions import PREPARES
from jiuzhu.casework.roads.declared import road_of
from jiuzhu.casework.roads.models import Walk
from jiuzhu.casework.roads.refusals import NotNow
from jiuzhu.portals.desk import conferences as held_conferences
from jiuzhu.portals.desk import known, payees
from jiuzhu.portals.desk.both_sides import both_sides, chosen
from jiuzhu.portals.desk.decision_words import MISSING, STATES, WAITS, Told, answered, replaced
from jiuzhu.portals.desk.posted import act_once, done, instant, said, seen, viewer
from jiuzhu.portals.desk.tasks import names_of_cases
from jiuzhu.rules.reviewing import DEATH
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import day_typed, local_day

PAGE_SIZE = 20
DECISIVE = ("confirm", "refuse", "return", "keep", "cut", "end", "increase", "lapse")  # chosen one of, in one form
RAISED = ("dibao", "tekun")  # programmes whose roads know a raise
BEFORE = ("proposed", "noticed", "reported")  # states in which today's sum is compared
DONE = {
    "propose": ("审核意见已提出，事实和金额已冻结。", "Proposed; facts and amount are frozen."),
    "publish": ("已开始公示。", "The public notice has begun."),
    "dispute": ("异议已记下，转二次调查。", "The dispute is written down; it is surveyed again."),
    "report": ("已报县级确认。", "Reported to the county."),
    "return": ("已退回乡镇。", "Sent back to the township."),
    "confirm": ("已确认，待遇随之生效。", "Confirmed; the benefit begins with it."),
    "refuse": ("已决定不予确认，三个工作日内送达。", "Refused; it is served within three working days."),
    "hear": ("听取意见已记录，待遇照发。", "The hearing is recorded; the benefit runs on."),
    "keep": ("维持不变。", "Kept as it is."),
    "cut": ("已减发，下月起执行。", "Cut from the month after."),
    "end": ("已决定停发。", "Ended."),
    "increase": ("已增发，下月起执行。", "More from the month after."),
    "lapse": ("已因死亡终止，死亡次月起停发；之后发放的转追回。", "Ended by the death; what was paid after it goes to recovery."),
    "document": ("手续已补齐。", "The papers are there."),
}


@dataclass(frozen=True)
class Waiting:
    """One item as the queue shows it."""

    item: Item
    name: str
    place: str
    title: Title
    state: Title
    due: date | None


@dataclass(frozen=True)
class After:
    """What comes after a decision. review: planned or open, None for none. died_on: of a member whose death was entered."""

    review: Review | None
    died_on: date | None
    may_begin: bool
    may_find: bool


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What waits, the soonest first; `?state=` one state of a road, else what the reader's roles may act on."""
    lines, shown = _queue(request)
    looks.shown(queries.READ, by=viewer(request), at=instant(request), subjects=[queries.subject(one.item) for one in lines])
    context = {
        "section": "decisions",
        "lines": lines,
        "page": shown,
        "states": [(code, title, code == request.GET.get("state", "")) for code, title in {"": WAITS, **STATES}.items()],
        "today": local_day(instant(request)),
        "may_raise": any(allowed(viewer(request), f"{code}.raise", on=None, at=instant(request)) for code in RAISED),
        "said": said(request),
    }
    return render(request, "desk/decisions.html", context)


@require_GET
def one(request: HttpRequest, key: str) -> HttpResponse:
    who, at = viewer(request), instant(request)
    found = queries.one(viewer=who, key=key, at=at)
    if found is None:
        raise Http404
    item, grant = found
    walk, proposal = item.walk, item.proposals.select_related("rulebook").order_by("-number").first()
    lines, _ = _queue(request)
    road = road_of(walk)
    offers = roads.offers(walk, who, at=at)
    proposes = next((offer for offer in offers if offer.code == "propose" and offer.may and not offer.yet), None)
    context = {
        "section": "decisions",
        "item": item,
        "walk": walk,
        "name": names_of_cases(request, [item.case_id]).get(item.case_id, ""),
        "place": known.full_place(item.division_code),
        "title": road.title,
        "state": STATES.get(walk.state, Title(walk.state, walk.state)),
        "lines": lines,
        "today": local_day(at),
        "deadlines": [(one, _code(one.code, road)) for one in roads.deadlines(walk, at=at)],
        "told": _told(item, proposal, grant, at) if proposal else None,
        "proposal": proposal,
        "both": both_sides(item, proposal, grant, proposes=proposes is not None, at=at),
        "why": queries.reason(proposal) if proposal else "",
        "history": _history(walk),
        "decisions": [(one, queries.reason(one)) for one in item.decisions.order_by("pk")],
        "hearings": [(one, queries.hearing(one)) for one in item.hearings.order_by("pk")],
        "conferences": [(one, queries.conference(one)) for one in item.conferences.order_by("pk")],
        "duties": _duties(item, who),
        "decisive": [offer for offer in offers if offer.code in DECISIVE and offer.may and not offer.yet],
        "plain": [offer for offer in offers if offer.code in ("publish", "report") and offer.may and not offer.yet],
        "worded": [offer for offer in offers if offer.code in ("dispute", "document") and offer.may and not offer.yet],
        "proposes": proposes,
        "hears": next((offer for offer in offers if offer.code == "hear" and offer.may), None),
        "why_not": [(offer, [_yet(one) for one in offer.yet]) for offer in offers if not (offer.may and _ready(offer))],
        "hows": Hearing.How.choices,
        "now": hearings.amount_now(item),
        "after": _after(item, who, at),
        "said": said(request),
        **payees.beside(item, who, at=at),
        **held_conferences.beside(item, who, at=at),
    }
    return render(request, "desk/decision.html", context)


@require_POST
def act(request: HttpRequest, key: str) -> HttpResponse:
    who, at = viewer(request), instant(request)
    item = queries.items(viewer=who, at=at).filter(key=key).first()
    if item is None:
        raise Http404
    code, back = request.POST.get("act", ""), reverse("decision", args=[key])
    acts: Mapping[str, Callable[[HttpRequest, Item, datetime], object]] = {
        "propose": _propose, "hear": _hear, "confirm": _confirm, "refuse": _refuse, "keep": _keep, "cut": _cut, "end": _end,
        "increase": _increase, "lapse": _lapse,
    }  # fmt: skip

    def acted() -> dict[str, Any]:
        if code not in DONE:
            raise NotNow(f"{key}: choose what is to be done")
        acts.get(code, _step)(request, item, at)
        return done(*DONE[code], to=back)

    return act_once(request, acted, back=back)


def _propose(request: HttpRequest, item: Item, at: datetime) -> object:
    grants = {"yes": True, "no": False}.get(request.POST.get("grants", ""))
    choice = Choice(grants, _fen(request, item), _because(request))
    known_now = sources.facts_of(item, at=at)
    stands, why = chosen(request, known_now, at=at)
    if stands and request.POST.get("facts") != known_now.digest:
        raise MovedOn(f"{item.key}: something was found or seen since this page was made; look at both sides again")
    told = sources.facts_of(item, at=at, chosen=stands, because=why) if stands else known_now
    return actions.propose(item=item, gathered=told, by=viewer(request), at=at, choice=choice, seen=seen(request))


def _step(request: HttpRequest, item: Item, at: datetime) -> object:
    code = request.POST.get("act", "")
    return actions.step(item, code, by=viewer(request), at=at, because=_because(request), seen=seen(request))


def _confirm(request: HttpRequest, item: Item, at: datetime) -> object:
    papers = request.POST.getlist("papers")
    return actions.confirm(item=item, because=_because(request), by=viewer(request), at=at, seen=seen(request), papers=papers)


def _refuse(request: HttpRequest, item: Item, at: datetime) -> object:
    papers = request.POST.getlist("papers")
    return actions.refuse(item=item, because=_because(request), by=viewer(request), at=at, seen=seen(request), papers=papers)


def _hear(request: HttpRequest, item: Item, at: datetime) -> object:
    sent = request.POST
    day = sent.get("held_on", "")
    heard = Heard(
        sent.get("plans", "end"), sent.get("how", "at_home"), day_typed(day) or date.max,
        sent.get("who", ""), sent.get("told", ""), sent.get("said", ""), _fen(request, item) or 0,
    )  # fmt: skip
    return hearings.hear(item=item, heard=heard, by=viewer(request), at=at, seen=seen(request))


def _keep(request: HttpRequest, item: Item, at: datetime) -> object:
    return hearings.keep(item=item, because=_because(request), by=viewer(request), at=at, seen=seen(request))


def _cut(request: HttpRequest, item: Item, at: datetime) -> object:
    fen, why = _fen(request, item), _because(request)
    choice = Choice(grants=True, fen=fen, because=why) if fen else Choice(because=why)
    told = sources.facts_of(item, at=at)
    return hearings.cut(item=item, gathered=told, because=why, by=viewer(request), at=at, choice=choice, seen=seen(request))


def _end(request: HttpRequest, item: Item, at: datetime) -> object:
    told = sources.facts_of(item, at=at)
    return hearings.end(
        item=item, because=_because(request), by=viewer(request), at=at, gathered=told, gradual=request.POST.get("gradual", ""),
        seen=seen(request),
    )  # fmt: skip


def _increase(request: HttpRequest, item: Item, at: datetime) -> object:
    fen, why = _fen(request, item), _because(request)
    choice = Choice(grants=True, fen=fen, because=why) if fen else Choice(because=why)
    told = sources.facts_of(item, at=at)
    return changes.increase(item=item, gathered=told, because=why, by=viewer(request), at=at, choice=choice, seen=seen(request))


def _lapse(request: HttpRequest, item: Item, at: datetime) -> object:
    day = request.POST.get("died_on", "")
    died_on = day_typed(day) or date.max
    return changes.lapse(item=item, died_on=died_on, because=_because(request), by=viewer(request), at=at, seen=seen(request))


def _because(request: HttpRequest) -> str:
    return request.POST.get("because", "").strip()[:2000]


def _fen(request: HttpRequest, item: Item) -> int | None:
    return held_conferences.fen_of(request.POST.get("yuan", ""), item.key)


def _queue(request: HttpRequest) -> tuple[list[Waiting], Any]:
    """What waits for the reader, by its deadline; those without one last."""
    found = queries.waiting(viewer=viewer(request), at=instant(request), state=request.GET.get("state", ""))
    shown = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    names = names_of_cases(request, [item.case_id for item in shown])
    lines = [
        Waiting(
            item, names.get(item.case_id, ""), known.place(item.division_code), road_of(item.walk).title,
            STATES.get(item.walk.state, Title(item.walk.state, item.walk.state)), item.due,
        )
        for item in shown
    ]  # fmt: skip
    return lines, shown


def _told(item: Item, proposal: Proposal, grant: Grant, at: datetime) -> Told | None:
    """What the proposal stands on, with names in place of keys, and what the same facts come to today."""
    basis, frozen = queries.basis(proposal), freezing.opened(proposal)
    if basis is None or frozen is None:
        return None
    keys = {fact.whose for fact in basis.facts if fact.whose}
    names = of_parties.names(Party.objects.filter(key__in=keys), grant=grant)
    now = actions.judged_now(item, frozen, at=at) if item.walk.state in BEFORE else None
    return answered(basis, replaced(names, basis), now)


def _after(item: Item, who: Any, at: datetime) -> After | None:
    """What comes after a decision that runs; None for any other, and for whom reviews are not open."""
    if allowed(who, "reviews.read", on=None, at=at) is None:
        return None
    review = item.reviews.filter(state__in=STANDING).first()
    died = LifeEvent.objects.filter(case=item.case_id, kind=DEATH, state="entered").order_by("-pk").first()
    scope = case_scope(item.case, who)
    runs = item.walk.state == "in_force"
    return After(
        review, died.happened_on if died else None,
        runs and (review is None or review.state == "planned") and allowed(who, "reviews.begin", on=scope, at=at) is not None,
        grant_of(item.walk) is not None and allowed(who, "recoveries.find", on=scope, at=at) is not None,
    )  # fmt: skip


def _history(walk: Walk) -> list[tuple[Any, Title, str]]:
    road, told = road_of(walk), roads.history(walk)
    names = dict(Officer.objects.filter(account__in={one.by for one in told}).values_list("account", "display_name"))
    return [(one, road.steps[one.step].title, names.get(one.by, one.by)) for one in told]


def _duties(item: Item, who: Any) -> list[tuple[Title, str, bool]]:
    """Who did what is held apart from deciding this, and whether it was the reader (A8)."""
    officer = staff(who)
    groups = [f"{item.walk.workflow}.confirm", "application.survey"]
    rows = Duty.objects.filter(case=item.case_id, round=item.walk.round, group__in=groups, duty=PREPARES).select_related("person")
    word = {"application.survey": Title("调查", "Survey")}
    return [
        (
            word.get(row.group, Title("提出", "Proposal")),
            row.person.name,
            officer is not None and row.person_id == officer.person_id,
        )
        for row in rows.order_by("pk")
    ]


def _code(code: str, road: Any) -> Title:
    """Of a term: the step, the work, or the whole."""
    return road.steps[code].title if code in road.steps else Title("全程", "The whole") if not code else Title("调查", "Survey")


def _ready(offer: roads.Offer) -> bool:
    """Whether nothing is waited for but papers that the form itself brings."""
    return all(one.startswith("paper:") for one in offer.yet)


def _yet(told: str) -> Title:
    return MISSING.get(told, Title(told, told))
