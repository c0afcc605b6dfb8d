"""Needs that visits found, for those outside the offices: each level of sharing sees its own columns and no others."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from jiuzhu.casework.supervision import sharing
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.casework.working_rules.queries import whole
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import instant, viewer
from jiuzhu.portals.desk.tasks import names_of_cases
from jiuzhu.rules.outreach import SharingLevel
from jiuzhu.rules.tree import Title

COLUMNS = {
    "place": Title(zh="地方", en="Where"),
    "township": Title(zh="乡镇（街道）", en="Township"),
    "name": Title(zh="家庭", en="Family"),
    "need": Title(zh="需求", en="Need"),
    "department": Title(zh="对口部门", en="Department"),
    "since": Title(zh="走访日", en="Found on"),
    "due": Title(zh="办理期限", en="Due"),
    "families": Title(zh="户数", en="Families"),
}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """One table a level of the reader; a level without a need says so."""
    found = sharing.needs(viewer=viewer(request), at=instant(request))
    named = [one.shown["name"] for one in found if "name" in one.shown]
    names = names_of_cases(request, named) if named else {}
    mine = request.grant.role  # type: ignore[attr-defined]
    levels: dict[str, tuple[SharingLevel, list[list[Any]]]] = {}
    for code, level in visiting().outreach.levels.items():
        rows = [[_cell(name, value, names) for name, value in one.shown.items()] for one in found if one.level == level]
        if rows or level.role == mine:
            levels[code] = (level, rows)
    context: dict[str, Any] = {
        "section": "needs",
        "levels": [(level, [COLUMNS[name] for name in level.shows], rows) for level, rows in levels.values()],
        "today": timezone.localdate(instant(request)),
        "least": whole(sharing.RULE, division=request.grant.division_code, on=timezone.localdate(instant(request))),  # type: ignore[attr-defined]
    }
    return render(request, "desk/needs.html", context)


def _cell(name: str, value: Any, names: dict[int, str]) -> tuple[str, Any]:
    """What kind of cell it is, and what it shows."""
    if name in ("place", "township"):
        return "text", known.full_place(value)
    if name == "name":
        return "text", names.get(value, "—")
    if name == "need":
        told = visiting().duties.needs.get(value)
        return "title", told.title if told else Title(value, value)
    if name == "families":
        return "number", value
    return ("due" if name == "due" else "day" if name == "since" else "text"), value
