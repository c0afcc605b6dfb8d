"""What warnings came to: the rate of handling, the four strengths as figures, and one row an indicator."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiuzhu.casework.supervision import yields
from jiuzhu.portals.desk import known
from jiuzhu.registry import public
from jiuzhu.rules.tree import Title

WIDTH = 160.0
PARTS = ("helped", "adjusted", "told", "known", "false", "open")
DRAWN = {"helped": "helped", "adjusted": "adjusted", "false": "false"}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Figures of the reader's division and all below it."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    reached = yields.reached_after(viewer=viewer, at=at)
    titles = known.catalogue().indicators
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
    }
    return render(request, "desk/yields.html", context)


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
