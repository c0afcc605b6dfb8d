"""What a screening changed: two releases held against each other, by indicator and township, and the monthly checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.room import tabs
from jiuzhu.registry import public
from jiuzhu.registry.public import Changed
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.working_days import YearNotLoaded


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What changed between two releases: by default the newest and the one before."""
    made = public.screenings(known.workspace())
    names = dict(made)
    later = _chosen(request.GET.get("later", ""), names, 0)
    earlier = _chosen(request.GET.get("earlier", ""), names, 1)
    context: dict[str, Any] = {"section": "data", "tab": "screenings", "tabs": tabs(request), "made": made}
    if earlier and later and earlier != later:
        place = request.grant.division_code  # type: ignore[attr-defined]
        lines = public.difference(known.workspace(), earlier, later, division=place)
        told = known.catalogue().indicators
        by_code = _summed(lines, lambda one: one.indicator)
        rows = [(told[code].title if code in told else Title(zh=code, en=code), code, sums) for code, sums in by_code.items()]
        context |= {
            "earlier": (earlier, names[earlier]),
            "later": (later, names[later]),
            "rows": sorted(rows, key=lambda row: (-(row[2][2] + row[2][3] + row[2][4] + row[2][5]), row[1])),
            "sums": [sum(sums[at] for sums in by_code.values()) for at in range(6)],
            "places": [(known.place(code), sums) for code, sums in sorted(_summed(lines, lambda one: one.township).items())],
        }
    context["checks"] = _checks(request)
    return render(request, "desk/screenings.html", context)


def _summed(lines: Sequence[Changed], key: Callable[[Changed], str]) -> dict[str, list[int]]:
    """By key: before, after, new, gone, raised, lowered."""
    sums: dict[str, list[int]] = {}
    for one in lines:
        mine = sums.setdefault(key(one), [0] * 6)
        for at, number in enumerate((one.before, one.after, one.new, one.gone, one.raised, one.lowered)):
            mine[at] += number
    return sums


def _checks(request: HttpRequest) -> list[tuple[Title, date, bool]]:
    """The monthly checks, when each last fell due and whether a release of everybody was made since."""
    told, day = known.catalogue(), known.day(request.asked_at)  # type: ignore[attr-defined]
    try:
        found = public.due(known.workspace(), as_of=day, catalogue=told)[1]
    except YearNotLoaded:
        return []
    return [(told.schedules[one.schedule].title, one.day, one.done) for one in found]


def _chosen(name: str, names: dict[str, date], otherwise: int) -> str:
    order = list(names)
    return name if name in names else order[otherwise] if len(order) > otherwise else ""
