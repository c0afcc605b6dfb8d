"""Publications at the desk: what hangs where and until when, what was objected to it, and taking one down."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.permissions import allowed
from jiuzhu.casework.notices import publications as hanging
from jiuzhu.casework.notices import queries
from jiuzhu.casework.notices.declared import kind_of
from jiuzhu.casework.notices.models import Publication
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.letters import PAGE_SIZE, tabs
from jiuzhu.portals.desk.posted import act_once, done, instant, said, viewer
from jiuzhu.rules.tree import Title

ENDED = {
    "over": Title(zh="期满撤下", en="its days were over"),
    "help_ended": Title(zh="救助结束", en="the help ended"),
    "replaced": Title(zh="另有新的", en="another took its place"),
    "mistake": Title(zh="张贴有误", en="put up by mistake"),
}
FOUND = {
    "open": ("warn", Title(zh="待答复", en="waits for an answer")),
    "upheld": ("bad", Title(zh="成立", en="upheld")),
    "dismissed": ("ok", Title(zh="不成立", en="not upheld")),
}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    who, at = viewer(request), instant(request)
    ended = request.GET.get("show") == "ended"
    shown = Paginator(queries.published(viewer=who, at=at, ended=ended), PAGE_SIZE).get_page(request.GET.get("page"))
    looks.shown("publications.read", by=who, at=at, subjects=[hanging.subject(one) for one in shown])
    context = {
        "section": "letters", "tab": "publications", "tabs": tabs(request), "page": shown, "ended": ended,
        "today": timezone.localdate(at), "lines": [_line(one) for one in shown], "said": said(request),
    }  # fmt: skip
    return render(request, "desk/publications.html", context)


@require_GET
def one(request: HttpRequest, key: str) -> HttpResponse:
    who, at = viewer(request), instant(request)
    found = queries.publication(viewer=who, key=key, at=at)
    if found is None:
        raise Http404
    grant = allowed(who, "publications.read", on=hanging.scope_of(found), at=at)
    looks.shown("publications.read", by=who, at=at, on=hanging.subject(found))
    objections = queries.objections(found, named=grant is not None and grant.opens("personal"))
    context = {
        "section": "letters", "tab": "publications", "tabs": tabs(request), "publication": found, "line": _line(found),
        "text": kind_of(found.kind).text, "days": (found.last_on - found.from_on).days if found.last_on else 0,
        "objections": [(one, FOUND[one.objection.state]) for one in objections], "over": queries.over(found, at),
        "may_end": found.state == "up" and allowed(who, "publications.end", on=hanging.scope_of(found), at=at) is not None,
        "today": timezone.localdate(at), "said": said(request),
    }  # fmt: skip
    return render(request, "desk/publication.html", context)


@require_POST
def end(request: HttpRequest, key: str) -> HttpResponse:
    found = queries.publication(viewer=viewer(request), key=key, at=instant(request))
    if found is None:
        raise Http404

    def act() -> dict[str, Any]:
        hanging.taken_down(publication=found, by=viewer(request), at=instant(request))
        return done("已撤下。", "Taken down.", to=reverse("publication", args=[key]))

    return act_once(request, act, back=reverse("publication", args=[key]))


def _line(one: Publication) -> tuple[Any, ...]:
    because = ENDED.get(one.ended_because)
    return one, kind_of(one.kind).title, known.full_place(one.division_code), hanging.lines_of(one), because
