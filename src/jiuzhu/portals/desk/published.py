"""What hangs in a village, for anyone: no sign-in, nothing but the rows of publications; and a form for whoever disagrees."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from jiuzhu.casework.grievances import actions as grievances
from jiuzhu.casework.notices import publications as hanging
from jiuzhu.casework.notices import queries
from jiuzhu.casework.notices.declared import kind_of
from jiuzhu.casework.notices.publications import OBJECTION, NotAnObjection, NotPublished
from jiuzhu.casework.notices.wording import office_name
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import instant, told_once, viewer
from jiuzhu.rules.tree import Title

RECEIVED = "objection_received"
REFUSED = Title(
    "没有收下：写明理由，不超过 1000 字；公示期内才能提出。不留名的异议太多时，请到窗口或打电话提出。",
    "Not received: say why, in at most 1,000 characters, while it hangs. Where many came without a name, come to the window or call.",
)


@login_not_required
@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """The villages where something hangs today."""
    found = queries.hanging_in(viewer=viewer(request), at=instant(request))
    lines = [(code, known.full_place(code), n) for code, n in found]
    return render(request, "desk/published-places.html", {"lines": lines})


@login_not_required
@require_GET
def village(request: HttpRequest, code: str) -> HttpResponse:
    """What hangs there today; a place where nothing hangs answers like one that does not exist."""
    found = queries.hangs(viewer=viewer(request), division=code, at=instant(request))
    if not found:
        raise Http404
    lines = [
        (one, kind_of(one.publication.kind), office_name(one.publication.office), _days(one), OBJECTION in kind_of(one.publication.kind).remedies)
        for one in found
    ]  # fmt: skip
    context = {"place": known.full_place(code), "lines": lines, "received": request.session.pop(RECEIVED, False)}
    return render(request, "desk/published.html", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def disagree(request: HttpRequest, key: str) -> HttpResponse:
    """Anybody says what they hold against one that hangs, named or not."""
    found = queries.hanging(viewer=viewer(request), key=key, at=instant(request))
    if found is None or OBJECTION not in kind_of(found.kind).remedies:
        raise Http404
    refused = None
    if request.method == "POST":

        def act() -> dict[str, Any]:
            sent = request.POST
            told = {"because": sent.get("because", ""), "name": sent.get("name", ""), "contact_by": sent.get("contact", "")}
            grievances.object_to(publication=found, by=viewer(request), at=instant(request), **told)
            return {"to": reverse("published", args=[found.division_code])}

        try:
            told, _ = told_once(request, act)
        except (NotAnObjection, NotPublished):
            refused = REFUSED
        else:
            request.session[RECEIVED] = True
            return redirect(told["to"])
    context = {
        "publication": found, "title": kind_of(found.kind).title, "lines": hanging.lines_of(found), "typed": request.POST,
        "place": known.full_place(found.division_code), "refused": refused,
    }  # fmt: skip
    return render(request, "desk/published-object.html", context, status=422 if refused else 200)


def _days(one: queries.Hangs) -> int:
    last = one.publication.last_on
    return (last - one.publication.from_on).days if last else 0
