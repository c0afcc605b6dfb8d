"""What warnings came to: the rate of handling, the four strengths as figures, and one row an indicator."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts.permissions import allowed
from jiuzhu.casework.supervision import durations as on_durations
from jiuzhu.casework.supervision import duties as on_duties
from jiuzhu.casework.supervision import yields
from jiuzhu.portals.desk import known
from jiuzhu.registry import public
from jiuzhu.rules.tree import Title

WIDTH = 160.0
STRETCH = timedelta(days=90)  # over which it is told how long steps take
TIERS = {
    "village": Title("村（社区）", "Village"),
    "township": Title("乡镇（街道）", "Township"),
    "county": Title("县", "County"),
    "prefecture": Title("市", "Prefecture"),
}
KINDS = {"deliver": Title("报送数据", "Delivers"), "answer": Title("答复转介", "Answers"), "look": Title("核查预警", "Looks at")}
PARTS = ("helped", "adjusted", "told", "known", "false", "open")
DRAWN = {"helped": "helped", "adjusted": "adjusted", "false": "false"}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Figures of the reader's division and all below it."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    reached = yields.reached_after(viewer=viewer, at=at)
    catalogue = known.catalogue()
    titles = catalogue.indicators
    rows = yields.yields(viewer=viewer, at=at, reached=reached)
    context: dict[str, Any] = {
        "section": "yields",
        "handling": yields.handling(viewer=viewer, at=at, reached=reached),
        "rows": [
            (one, titles[one.indicator].title if one.indicator in titles else Title(one.indicator, one.indicator), _bars(one))
            for one in rows
        ],
        "whole": _whole(rows),
        "latency": public.latency(known.workspace()),
        "coverage": yields.source_coverage(catalogue.datasets, _delivered(at)),
        "may_list": {name for name in ("duties.read", "tasks.read", "rules.read") if allowed(viewer, name, on=None, at=at)},
    }
    return render(request, "desk/yields.html", context)


@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """What each department has to do, with what shows that it is done; and each tier's rounds."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    today = timezone.localdate(at)
    lines = on_duties.cooperation(viewer=viewer, at=at, catalogue=known.catalogue(), delivered=_delivered(at))
    departments: dict[str, list[on_duties.Line]] = {}
    for line in lines:
        departments.setdefault(line.duty.department, []).append(line)
    chosen = request.GET.get("department", "")
    context = {
        "section": "yields",
        "rounds": on_duties.discovery(viewer=viewer, at=at),
        "tiers": TIERS,
        "departments": [
            (name, len(of), sum(one.late for one in of), sum(one.duty.kind == "deliver" and not one.last for one in of))
            for name, of in departments.items()
        ],
        "chosen": chosen if chosen in departments else "",
        "lines": departments.get(chosen, []),
        "kinds": KINDS,
        "count": len(lines),
        "today": today,
        "since": today - STRETCH,
        "took": _took(on_durations.spreads(viewer=viewer, at=at, since=today - STRETCH, until=today)),
    }
    return render(request, "desk/duties.html", context)


def _took(found: list[on_durations.Spread]) -> list[tuple[on_durations.Spread, str, float, float]]:
    """Each with its mean in words, and how wide the half and the nine in ten are drawn beside the longest of all."""
    most = max((one.longest or 0 for one in found), default=0) or 1
    return [
        (
            one,
            "" if one.mean is None else f"{float(one.mean):.1f}",
            round((one.half or 0) / most * WIDTH, 2),
            round((one.nine_in_ten or 0) / most * WIDTH, 2),
        )
        for one in found
    ]


def _delivered(at: datetime) -> list[public.Delivery]:
    """Everything that came up to now; nothing before the first release."""
    workspace = known.workspace()
    return public.deliveries(workspace, as_of=timezone.localdate(at)) if public.current(workspace) else []


def _bars(one: yields.Yield) -> list[tuple[str, float, float]]:
    """Class, from where and how wide, in drawing units; nothing where nobody was visited."""
    bars, at = [], 0.0
    for part in PARTS if one.visited else ():
        width = getattr(one, part) / one.visited * WIDTH
        bars.append((DRAWN.get(part, "other"), round(at, 2), round(width, 2)))
        at += width
    return bars


def _whole(rows: list[yields.Yield]) -> yields.Yield:
    names = ("issued", "visited", *PARTS, "linked", "enrolled", "aided", "lost")
    return yields.Yield("", **{name: sum(getattr(one, name) for one in rows) for name in names})
