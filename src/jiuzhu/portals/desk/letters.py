"""Letters at the desk: what is to be served and what is late, one letter with its proofs and terms, its print, and the log of messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.permissions import Grant, allowed
from jiuzhu.casework.notices import letters as giving
from jiuzhu.casework.notices import queries, sms
from jiuzhu.casework.notices.declared import kind_of, noticing
from jiuzhu.casework.notices.models import Message, Notice
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.queries import names
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import act_once, done, instant, said, viewer
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import day_typed

PAGE_SIZE = 40
SHOWS = {
    "to_serve": Title(zh="待送达", en="To be served"),
    "late": Title(zh="逾期未送达", en="Late"),
    "served": Title(zh="已送达", en="Served"),
}
TABS = (
    ("letters", "notices.read", Title(zh="送达文书", en="Letters")),
    ("publications", "publications.read", Title(zh="公示公布", en="Publications")),
    ("messages", "messages.read", Title(zh="短信", en="Short messages")),
)
STATES = {
    "queued": ("info", Title(zh="待发送", en="waits to be sent")),
    "sent": ("info", Title(zh="已发送", en="sent")),
    "in_doubt": ("warn", Title(zh="未决", en="in doubt")),
    "delivered": ("ok", Title(zh="已送达", en="delivered")),
    "failed": ("bad", Title(zh="发送失败", en="failed")),
    "unsendable": ("unk", Title(zh="不能发送", en="cannot be sent")),
}
WHY = {
    "no_number": Title(zh="没有手机号", en="no telephone"),
    "wrong_number": Title(zh="号码不对，请核实", en="not a number: ask for it"),
    "child": Title(zh="不给儿童发短信", en="not to a child"),
    "deceased": Title(zh="本人已去世", en="the person has died"),
    "protected": Title(zh="受保护家庭，请当面告知", en="in protection: tell them in person"),
    "busy": Title(zh="对方忙，稍后再试", en="busy, tried again"),
    "no_such_number": Title(zh="空号", en="the number is nobody's"),
    "never_had": Title(zh="运营商未收到，重新发送", en="the provider never had it, sent again"),
}


def tabs(request: HttpRequest) -> list[tuple[str, Title]]:
    who, at = viewer(request), instant(request)
    return [(name, title) for name, operation, title in TABS if allowed(who, operation, on=None, at=at)]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    who, at = viewer(request), instant(request)
    show = request.GET.get("show", "to_serve")
    show = show if show in SHOWS else "to_serve"
    shown = Paginator(queries.notices(viewer=who, at=at, show=show), PAGE_SIZE).get_page(request.GET.get("page"))
    counts = queries.counts(viewer=who, at=at)
    looks.shown("notices.read", by=who, at=at, subjects=[giving.subject(one) for one in shown])
    called = called_of(request, [one.party for one in shown], "notices.read")
    context = {
        "section": "letters", "tab": "letters", "tabs": tabs(request), "page": shown, "show": show, "today": timezone.localdate(at),
        "shows": [(code, title, counts[code]) for code, title in SHOWS.items()],
        "lines": [(one, kind_of(one.kind).title, called.get(one.party.key, ""), known.place(one.division_code)) for one in shown],
        "said": said(request),
    }  # fmt: skip
    return render(request, "desk/letters.html", context)


@require_GET
def one(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "desk/letter.html", _opened(request, key))


@require_GET
def printed(request: HttpRequest, key: str) -> HttpResponse:
    """The letter alone, for paper: A4, large type, black on white."""
    context = _opened(request, key)
    if context["found"].letter is None:
        raise Http404
    return render(request, "desk/letter-print.html", context)


@require_POST
def serve(request: HttpRequest, key: str) -> HttpResponse:
    found = get_object_or_404(queries.within_reach(viewer=viewer(request), at=instant(request)), key=key)
    back = reverse("letter", args=[key])

    def act() -> dict[str, Any]:
        sent = request.POST
        giving.serve(
            notice=found, how=sent.get("how", ""), proof=sent.get("proof", ""), on=day_typed(sent.get("on", "")),
            by=viewer(request), at=instant(request),
        )  # fmt: skip
        return done("已登记送达，期限从送达之日起算。", "Served; its terms count from that day.", to=back)

    return act_once(request, act, back=back)


@require_GET
def messages(request: HttpRequest) -> HttpResponse:
    """The log of short messages: whom one went to is shown by name where that is open, its number never in full."""
    who, at = viewer(request), instant(request)
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    shown = Paginator(queries.messages(viewer=who, at=at, state=state), PAGE_SIZE).get_page(request.GET.get("page"))
    looks.shown("messages.read", by=who, at=at, subjects=[sms.subject(one) for one in shown])
    called = called_of(request, [one.party for one in shown], "messages.read")
    context = {
        "section": "letters", "tab": "messages", "tabs": tabs(request), "page": shown, "state": state, "states": STATES,
        "lines": [_message(one, called) for one in shown], "said": said(request),
    }  # fmt: skip
    return render(request, "desk/messages.html", context)


def called_of(request: HttpRequest, parties: Iterable[Party], operation: str) -> dict[str, str]:
    """Key of each person to their name as casework saw it, for whom what is personal is open."""
    grant: Grant | None = allowed(viewer(request), operation, on=None, at=instant(request))
    return names(parties, grant=grant) if grant is not None else {}


def _message(one: Message, called: dict[str, str]) -> tuple[Any, ...]:
    text, to = queries.said(one)
    why = WHY.get(one.why, Title(one.why, one.why)) if one.why else None
    return one, called.get(one.party.key, ""), text, to, STATES[one.state], why


def _opened(request: HttpRequest, key: str) -> dict[str, Any]:
    who, at = viewer(request), instant(request)
    found = queries.notice(viewer=who, key=key, at=at)
    if found is None:
        raise Http404
    notice: Notice = found.notice
    ways = noticing().ways
    may_serve = allowed(who, "notices.serve", on=giving.scope_of(notice, who, at=at), at=at) is not None
    return {
        "section": "letters", "tab": "letters", "tabs": tabs(request), "found": found, "notice": notice, "letter": found.letter,
        "title": kind_of(notice.kind).title, "place": known.full_place(notice.division_code), "today": timezone.localdate(at),
        "ways": [ways[code] for code in notice.ways.split() if code not in ("portal", "sms")] if may_serve else [],
        "all_ways": [ways[code] for code in notice.ways.split()],
        "may_lodge": allowed(who, "grievances.lodge", on=giving.scope_of(notice, who, at=at), at=at) is not None,
        "services": [(one, ways[one.how].title, proof) for one, proof in found.services], "said": said(request),
    }  # fmt: skip
