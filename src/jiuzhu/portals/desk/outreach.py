"""The outreach list: who is entitled to a benefit and does not have it, as a work list, and to be taken away as far as the rule allows."""

from __future__ import annotations

import csv
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts.permissions import allowed
from jiuzhu.casework.supervision import outreach
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.casework.working_rules.queries import whole
from jiuzhu.portals.desk.posted import instant, refused_page, viewer
from jiuzhu.portals.desk.warnings import as_text, division_of, lines_of

PAGE_SIZE = 40
EXPORTED = ("benefit", "warning_id", "indicator_id", "household_id", "division_code", "first_seen", "handling")


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Each benefit with how many go without it, and those people, who waits longest first."""
    who, at = viewer(request), instant(request)
    benefit, division = _asked(request)
    rows = outreach.entitled(viewer=who, at=at, benefit=benefit, division=division)
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    grant = allowed(who, "outreach.export", on=None, at=at)
    benefits = visiting().outreach.by_indicator
    context: dict[str, Any] = {
        "section": "outreach",
        "came": outreach.came(viewer=who, at=at, division=division),
        "benefit": benefit,
        "division": division,
        "page": shown,
        "total": shown.paginator.count,
        "lines": [(line, benefits[line.warning.indicator_id].title) for line in lines_of(request, list(shown))],
        "card": visiting().duties.cards.get(_policy(benefit)),
        "most": whole(outreach.RULE, division=grant.division_code, on=timezone.localdate(at)) if grant else None,
        "today": timezone.localdate(at),
    }
    return render(request, "desk/outreach.html", context)


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The list as CSV: codes and days, no names; refused where it holds more families than the rule lets go at once."""
    benefit, division = _asked(request)
    try:
        rows = outreach.take_away(
            viewer=viewer(request), at=instant(request), now=timezone.now, benefit=benefit, division=division
        )
    except outreach.TooManyFamilies as refusal:
        return refused_page(request, refusal, back=f"{reverse('outreach')}?{request.GET.urlencode()}")
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="outreach.csv"'
    writer = csv.writer(answer)
    writer.writerow(EXPORTED)
    benefits = visiting().outreach.by_indicator
    for item in rows:
        cells = [benefits[item.indicator_id].code, *(getattr(item, name) for name in EXPORTED[1:])]
        writer.writerow([as_text("" if cell is None else str(cell)) for cell in cells])
    return answer


def _asked(request: HttpRequest) -> tuple[str, str]:
    """Benefit and division as the address names them; what cannot be read is left open."""
    benefit = request.GET.get("benefit", "")
    return benefit if benefit in visiting().outreach.benefits else "", division_of(request.GET.get("division", ""))


def _policy(benefit: str) -> str:
    told = visiting().outreach.benefits
    return told[benefit].policy if benefit in told else ""
