"""Recoveries at the desk: what was paid too much, from its finding to the last fen, and what each step needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.permissions import key_of
from jiuzhu.casework.cases.findings import names_of
from jiuzhu.casework.decisions import queries as decisions
from jiuzhu.casework.decisions.models import Hearing
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.payments import months, recovering, returned
from jiuzhu.casework.payments.decided import grant_of
from jiuzhu.casework.payments.models import Recovery
from jiuzhu.casework.payments.recovering import Heard, NotHeard, NothingToReturn, Part, WrongPlan
from jiuzhu.casework.roads import queries as roads
from jiuzhu.casework.roads.declared import road_of
from jiuzhu.casework.roads.refusals import NotNow
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.payments import programme
from jiuzhu.portals.desk.posted import act_once, done, instant, said, seen, viewer
from jiuzhu.portals.desk.tasks import names_of_cases
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import day_typed
from jiuzhu.vocabulary.money import Money, MoneyFault

PAGE_SIZE = 40
LINES = 4  # instalments a form has room for
SHOWS = {
    "found": Title("待听取意见", "To be heard"), "heard": Title("待决定", "To be decided"), "decided": Title("退还中", "Being returned"),
    "over": Title("已办结", "Over"),
}  # fmt: skip
STATES = {
    **SHOWS, "dropped": Title("不予追回", "dropped"), "settled": Title("已退清", "returned"), "written_off": Title("已核销", "written off"),
}  # fmt: skip
CAUSES = {"death": Title("死亡后发放", "paid after a death"), "wrong": Title("错发多发", "paid wrongly")}
GROUNDS = {
    "no_estate": Title("无遗产可供退还", "nothing was left behind"),
    "hardship": Title("退还将致基本生活困难", "returning it would leave too little to live on"),
    "not_found": Title("义务人下落不明", "whoever owes it cannot be found"),
    "own_fault": Title("因经办差错且家庭善意", "our own mistake, in good faith"),
}
DONE = {
    "hear": ("听取意见已记录。", "The hearing is recorded."), "drop": ("已决定不予追回。", "Nothing is to be returned."),
    "decide": ("已决定追回，决定书已出具。", "Decided; the letter is given."), "replan": ("分期已改。", "Other instalments hold now."),
    "receive": ("退款已登记入账。", "What came back is in the books."), "write_off": ("余额已核销。", "The rest is written off."),
}  # fmt: skip


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    who, at = viewer(request), instant(request)
    show = request.GET.get("show", "found")
    show = show if show in SHOWS else "found"
    shown = Paginator(returned.recoveries(viewer=who, at=at, show=show), PAGE_SIZE).get_page(request.GET.get("page"))
    names = names_of_cases(request, [one.case_id for one in shown])
    counts = returned.counts(viewer=who, at=at)
    looks.shown(returned.READ, by=who, at=at, subjects=[recovering.subject(one) for one in shown])
    context = {
        "section": "recoveries", "page": shown, "show": show, "shows": [(code, title, counts[code]) for code, title in SHOWS.items()],
        "lines": [
            (one, programme(one.grant.programme), known.place(one.division_code), names.get(one.case_id, ""), CAUSES[one.cause],
             STATES[one.walk.state], recovering.outstanding(one))
            for one in shown
        ],
        "today": timezone.localdate(at), "said": said(request),
    }  # fmt: skip
    return render(request, "desk/recoveries.html", context)


@require_GET
def one(request: HttpRequest, key: str) -> HttpResponse:
    who, at = viewer(request), instant(request)
    found = returned.one(viewer=who, key=key, at=at)
    if found is None:
        raise Http404
    held, offers = found.recovery, roads.offers(found.recovery.walk, who, at=at)
    rows = list(held.case.members.select_related("party").order_by("since", "pk"))
    names = names_of(rows, by=key_of(who), at=at) if found.words else {}
    context = {
        "section": "recoveries", "found": found, "one": held, "title": programme(held.grant.programme), "cause": CAUSES[held.cause],
        "state": STATES[held.walk.state], "name": names_of_cases(request, [held.case_id]).get(held.case_id, ""),
        "place": known.full_place(held.division_code), "left": recovering.outstanding(held),
        "late": recovering.late(held, on=timezone.localdate(at)),
        "offers": {offer.code: offer for offer in offers if offer.may and all(one.startswith("paper:") for one in offer.yet)},
        "waits": [offer for offer in offers if not offer.may and offer.code not in ("settle", "reopen")],
        "steps": [(step, road_of(held.walk).steps[step.step].title) for step in roads.history(held.walk)] if found.words else [],
        "people": [(row.party.key, names.get(row.pk, "") or row.party.key) for row in rows], "hows": Hearing.How.choices,
        "grounds": GROUNDS, "ground": GROUNDS.get(held.ground), "lines": range(LINES), "said": said(request),
    }  # fmt: skip
    return render(request, "desk/recovery.html", context)


@require_POST
def act(request: HttpRequest, key: str) -> HttpResponse:
    who, at, sent = viewer(request), instant(request), request.POST
    held = get_object_or_404(returned.within_reach(viewer=who, at=at), key=key)
    told: dict[str, Any] = {"recovery": held, "by": who, "at": at, "seen": seen(request)}
    because = sent.get("because", "").strip()[:2000]
    acts: Mapping[str, Callable[[], object]] = {
        "hear": lambda: recovering.hear(**told, heard=_heard(request), party=_party(request, held)),
        "drop": lambda: recovering.drop(**told, because=because),
        "decide": lambda: recovering.decide(**told, fen=_fen(sent.get("yuan", "")), plan=_plan(request), because=because),
        "replan": lambda: recovering.replan(**told, plan=_plan(request), because=because),
        "receive": lambda: recovering.receive(
            **told,
            fen=_fen(sent.get("yuan", "")),
            day=_day(sent.get("day", "")),
            receipt=sent.get("receipt", ""),
        ),
        "write_off": lambda: recovering.write_off(**told, ground=sent.get("ground", ""), because=because),
    }
    code, back = sent.get("act", ""), reverse("recovery", args=[key])

    def acted() -> dict[str, Any]:
        if code not in acts:
            raise NotNow(f"{key}: choose what is to be done")
        acts[code]()
        return done(*DONE[code], to=back)

    return act_once(request, acted, back=back)


@require_POST
def find(request: HttpRequest, item: str) -> HttpResponse:
    """An officer found that months of a benefit were paid wrongly: from a month to a month, so much each."""
    who, at, sent = viewer(request), instant(request), request.POST
    held = get_object_or_404(decisions.items(viewer=who, at=at), key=item)
    grant = grant_of(held.walk)
    if grant is None:
        raise Http404

    def acted() -> dict[str, Any]:
        first, last = months.read(sent.get("first", "")), months.read(sent.get("last", ""))
        fen = _fen(sent.get("yuan", ""))
        wrong = dict.fromkeys(list(months.between(first, last))[: recovering.MOST], fen)
        if not wrong or not fen:
            raise NothingToReturn(f"{item}: say from which month to which, and how much each")
        made = recovering.enter(grant=grant, wrong=wrong, because=sent.get("because", "")[:2000], by=who, at=at)
        return done(
            "已登记，先听取意见再决定。",
            "Entered; whoever would return it is heard first.",
            to=reverse("recovery", args=[made.key]),
        )

    return act_once(request, acted, back=reverse("decision", args=[item]))


def _heard(request: HttpRequest) -> Heard:
    sent = request.POST
    return Heard(
        sent.get("how", ""),
        _day(sent.get("held_on", "")),
        *(sent.get(name, "")[:2000] for name in ("who", "told", "said")),
    )


def _party(request: HttpRequest, held: Recovery) -> Party:
    """One of the family, or somebody met now who stands for it."""
    chosen = Party.objects.filter(memberships__case=held.case, key=request.POST.get("party", "")).first()
    if chosen is not None:
        return chosen
    name = request.POST.get("name", "").strip()[:80]
    if not name:
        raise NotHeard(f"{held.key}: choose of the family who would return it, or write the name of whoever stands for it")
    return returned.meet(
        held, name=name, phone=request.POST.get("phone", "").strip()[:20], by=viewer(request), at=instant(request)
    )


def _plan(request: HttpRequest) -> list[Part]:
    days, sums = request.POST.getlist("due_on"), request.POST.getlist("part")
    return [Part(_day(day), _fen(text)) for day, text in zip(days, sums, strict=False) if day or text]


def _day(text: str) -> date:
    """Raises WrongPlan for what is no day of the calendar."""
    day = day_typed(text)
    if day is None:
        raise WrongPlan("choose a day of the calendar")
    return day


def _fen(text: str) -> int:
    """Raises WrongPlan for what is no amount in yuan."""
    try:
        return Money.parse(text).fen
    except MoneyFault as fault:
        raise WrongPlan(str(fault)) from None
