"""Reviews at the desk: what is due, one review with what the facts come to today, and what happened in a family."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.permissions import allowed, key_of
from jiuzhu.casework.cases import codes, findings
from jiuzhu.casework.cases import queries as cases
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions import queries as decisions
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.reviews import actions, life, opening, queries
from jiuzhu.casework.reviews.actions import Invitation, Judged
from jiuzhu.casework.reviews.declared import kinds
from jiuzhu.casework.reviews.life import Happened, Newcomer
from jiuzhu.casework.reviews.models import LifeEvent, Review
from jiuzhu.casework.reviews.refusals import NotKnown
from jiuzhu.casework.roads import queries as roads
from jiuzhu.casework.roads.declared import road_of
from jiuzhu.casework.roads.refusals import NotNow, NotYet
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import act_once, done, instant, said, seen, viewer
from jiuzhu.portals.desk.tasks import names_of_cases
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import day_typed

PAGE_SIZE = 40
SHOWS = {
    "open": Title("复核中", "Open"), "late": Title("逾期", "Overdue"), "planned": Title("未到期", "Planned"),
    "done": Title("已复核", "Done"), "watch": Title("退出后关注", "On watch"),
}  # fmt: skip
KINDS = {opening.PERIODIC: Title("定期", "by its rhythm"), opening.ASKED: Title("提前复核", "before its day")}
RHYTHMS = {
    "review.months_stable": Title("收入稳定", "steady income"), "review.months_unstable": Title("收入不稳定", "unsteady income"),
}  # fmt: skip
BECOMES = {
    "more": Title("应增发", "more is due"), "same": Title("不变", "the same"), "cut": Title("应减发", "less is due"),
    "end": Title("不再符合", "no longer fits"), "unknown": Title("不能判断", "cannot be said yet"),
}  # fmt: skip
STATES = {
    "unchanged": Title("维持不变", "unchanged"), "changed": Title("提出变更", "a change proposed"), "dropped": Title("已撤销", "dropped"),
}  # fmt: skip
EVENTS = {
    "hinted": Title("待核实", "to be looked into"),
    "entered": Title("已登记", "entered"),
    "dismissed": Title("不属实", "not so"),
}
DONE = {
    "check": ("已重新发起核对，报告出具后再说结论。", "Verification has begun; say what follows once its report is there."),
    "unchanged": ("已维持不变，下次复核已排定。", "Unchanged; the next review is planned."),
    "change": (
        "变更已提出：增发待县级核定，减发停发先听取意见。",
        "The change is proposed: more waits for the county, less for a hearing.",
    ),
    "drop": ("已撤销。", "Dropped."),
}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    who, at = viewer(request), instant(request)
    show = request.GET.get("show", "open")
    show = show if show in SHOWS else "open"
    if show == "watch":
        shown = Paginator(queries.watched(viewer=who, at=at), PAGE_SIZE).get_page(request.GET.get("page"))
        names = names_of_cases(request, [one.case_id for one in shown])
        lines = [
            (
                one.watch,
                road_of(one.watch.item.walk).title,
                known.place(one.watch.division_code),
                names.get(one.watch.case_id, ""),
                one.warnings,
            )
            for one in queries.with_warnings(list(shown))
        ]
        looks.shown(queries.READ, by=who, at=at, subjects=[decisions.subject(one.item) for one in shown])
    else:
        shown = Paginator(queries.reviews(viewer=who, at=at, show=show), PAGE_SIZE).get_page(request.GET.get("page"))
        names = names_of_cases(request, [one.case_id for one in shown])
        lines = [
            (one, road_of(one.item.walk).title, known.place(one.division_code), names.get(one.case_id, ""), _kind(one))
            for one in shown
        ]
        looks.shown(queries.READ, by=who, at=at, subjects=[opening.subject(one) for one in shown])
    counts = {**queries.counts(viewer=who, at=at), "watch": queries.watched(viewer=who, at=at).count()}
    context = {
        "section": "reviews", "page": shown, "show": show, "shows": [(code, title, counts[code]) for code, title in SHOWS.items()],
        "lines": lines, "states": STATES, "today": timezone.localdate(at), "said": said(request),
    }  # fmt: skip
    return render(request, "desk/reviews.html", context)


@require_GET
def one(request: HttpRequest, key: str) -> HttpResponse:
    who, at = viewer(request), instant(request)
    found = queries.one(viewer=who, key=key, at=at)
    if found is None:
        raise Http404
    review, grant = found
    offers = roads.offers(review.walk, who, at=at) if review.walk is not None and review.state == "open" else []
    told = _judged(review, at) if grant.opens("sensitive") else None
    context = {
        "section": "reviews", "one": review, "title": road_of(review.item.walk).title, "kind": _kind(review),
        "name": names_of_cases(request, [review.case_id]).get(review.case_id, ""), "place": known.full_place(review.division_code),
        "told": told, "becomes": BECOMES[told.becomes] if told else None, "closed": STATES.get(review.state),
        "offers": {offer.code: offer for offer in offers if offer.may and not offer.yet},
        "waits": [offer for offer in offers if not offer.may or offer.yet],
        "verifying": review.walk is not None and review.walk.state == "checking",
        "rhythms": [(one.name, RHYTHMS.get(one.name, Title(one.name, one.name)), one.months) for one in opening.rhythms(review.item)],
        "may_begin": review.state == "planned" and allowed(who, "reviews.begin", on=cases.case_scope(review.case, who), at=at),
        "today": timezone.localdate(at), "said": said(request),
    }  # fmt: skip
    return render(request, "desk/review.html", context)


@require_POST
def act(request: HttpRequest, key: str) -> HttpResponse:
    who, at, sent = viewer(request), instant(request), request.POST
    review = get_object_or_404(queries.within_reach(viewer=who, at=at), key=key)
    told: dict[str, Any] = {"review": review, "by": who, "at": at, "seen": seen(request)}
    because, rhythm = sent.get("because", "").strip()[:2000], sent.get("rhythm", "")
    when, place = sent.get("when", "").strip()[:100], sent.get("place", "").strip()[:100]
    acts: Mapping[str, Callable[[], object]] = {
        "check": lambda: actions.check(**told),
        "unchanged": lambda: actions.unchanged(**told, because=because, rhythm=rhythm),
        "change": lambda: actions.change(
            **told, because=because, rhythm=rhythm, invitation=Invitation(when, place) if when and place else None
        ),
        "drop": lambda: actions.drop(**told, because=because),
    }
    code, back = sent.get("act", ""), reverse("review", args=[key])

    def acted() -> dict[str, Any]:
        if code not in acts or review.walk is None:
            raise NotNow(f"{key}: choose what is to be done")
        acts[code]()
        return done(*DONE[code], to=back)

    return act_once(request, acted, back=back)


@require_POST
def begin(request: HttpRequest, item: str) -> HttpResponse:
    who, at = viewer(request), instant(request)
    held = get_object_or_404(decisions.items(viewer=who, at=at), key=item)

    def acted() -> dict[str, Any]:
        made = actions.begin(item=held, because=request.POST.get("because", "")[:2000], by=who, at=at)
        return done("复核已开始。", "The review has begun.", to=reverse("review", args=[made.key]))

    return act_once(request, acted, back=reverse("decision", args=[item]))


@require_GET
def of_family(request: HttpRequest, case_key: str) -> HttpResponse:
    """What happened in a family, what a warning asks about, and a form to enter what did."""
    case = _case(request, case_key)
    who, at = viewer(request), instant(request)
    rows = list(case.members.filter(until__isnull=True).select_related("party").order_by("since", "pk"))
    names = findings.names_of(rows, by=key_of(who), at=at)
    told = queries.events(viewer=who, case_key=case_key, at=at)
    context = {
        "section": "cases", "case": case, "place": known.full_place(case.division_code),
        "name": names_of_cases(request, [case.pk]).get(case.pk, ""),
        "told": [(one, kinds()[one.event.kind].title, EVENTS[one.event.state]) for one in told],
        "hinted": [(one.event, kinds()[one.event.kind].title) for one in told if one.event.state == "hinted"],
        "kinds": kinds().values(), "members": [(row.party.key, names.get(row.pk, "") or row.party.key) for row in rows],
        "relations": codes.titles("relation_to_head"),
        "may_enter": allowed(who, "life.enter", on=cases.case_scope(case, who), at=at) is not None,
        "today": timezone.localdate(at), "said": said(request),
    }  # fmt: skip
    return render(request, "desk/life.html", context)


@require_POST
def enter(request: HttpRequest, case_key: str) -> HttpResponse:
    case, back = _case(request, case_key), reverse("life", args=[case_key])

    def acted() -> dict[str, Any]:
        sent = request.POST
        if sent.get("event") and sent.get("so") == "no":
            event = LifeEvent.objects.filter(case=case, key=sent["event"]).select_related("case").first()
            if event is None:
                raise NotKnown(f"{case_key}: no such event")
            life.dismiss(event=event, because=sent.get("note", ""), by=viewer(request), at=instant(request))
            return done("已记为不属实，复核撤销。", "Written down as not so; its review is dropped.", to=back)
        event = LifeEvent.objects.filter(case=case, key=sent.get("event", "")).first()
        life.enter(case=case, happened=_happened(request, case), by=viewer(request), at=instant(request), event=event)
        return done("家庭变动已登记，相应复核已开始。", "It is entered; what follows from it has begun.", to=back)

    return act_once(request, acted, back=back)


def _happened(request: HttpRequest, case: Case) -> Happened:
    sent = request.POST
    day, name = sent.get("on", ""), sent.get("name", "").strip()[:80]
    people = {one.key: one for one in Party.objects.filter(memberships__case=case, memberships__until__isnull=True)}
    return Happened(
        kind=sent.get("kind", ""), on=day_typed(day) or date.max, party=people.get(sent.get("party", "")),
        proof=sent.get("proof", ""), note=sent.get("note", ""), successor=people.get(sent.get("successor", "")),
        newcomer=Newcomer(name, sent.get("number", "").strip(), sent.get("relation", "")) if name else None,
    )  # fmt: skip


def _case(request: HttpRequest, key: str) -> Case:
    found = cases.case(viewer=viewer(request), key=key, at=instant(request))
    if found is None:
        raise Http404
    return found


def _judged(review: Review, at: datetime) -> Judged | None:
    """None where nothing is known of the family, or it is over."""
    if review.item.walk.ended:
        return None
    try:
        return actions.judged(review.item, at=at)
    except NotYet:
        return None


def _kind(review: Review) -> Title:
    declared = kinds().get(review.kind)
    return KINDS.get(review.kind, declared.title if declared else Title(review.kind, review.kind))
