"""The list of warnings and the drawer that explains one of them."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts.permissions import Scope, Viewer, allowed_each, key_of, mask, require
from jiuzhu.casework.dispatch import queries
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.evidence import Evidence, evidence
from jiuzhu.registry import public
from jiuzhu.rules.tree import Title

PAGE_SIZE = 40
_CODE = re.compile(r"(?!00)(?:[0-9]{6}|[0-9]{9}|[0-9]{12})")
SIDES = {
    "entry": Title(zh="进入：可能需要帮助", en="Entry: may need help"),
    "exit": Title(zh="拒止：可能不再符合", en="Exit: may no longer qualify"),
    "oversight": Title(zh="监督：我们自己的办理", en="Oversight: our own conduct"),
}
COLUMNS = (
    ("level", Title(zh="等级", en="Grade"), ""),
    ("household", Title(zh="家庭", en="Household"), ""),
    ("indicator", Title(zh="指标与场景", en="Indicator and scenario"), ""),
    ("", Title(zh="数值 / 阈值", en="Value / limit"), "r"),
    ("due", Title(zh="处置期限", en="Due"), ""),
)
EXPORTED = (
    "warning_id",
    "indicator_id",
    "level",
    "household_id",
    "division_code",
    "value",
    "unit",
    "threshold",
    "kind",
    "side",
    "first_seen",
    "as_of",
)


@dataclass(frozen=True)
class Choice:
    """One value of a filter: what it is called, how many there are, whether it is chosen."""

    value: str
    title: Title
    count: int
    chosen: bool


@dataclass(frozen=True)
class Line:
    """One row of the list."""

    warning: Warning
    name: str
    place: str
    title: Title
    scenario: Title


@require_GET
def page(request: HttpRequest, warning_id: str = "") -> HttpResponse:
    """The list under its filters; with a warning's number the same list with that one open beside it."""
    viewer, wanted, at = _viewer(request), _wanted(request), _at(request)
    shown = Paginator(queries.warnings(viewer=viewer, wanted=wanted, at=at), PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "section": "warnings",
        "wanted": wanted,
        "page": shown,
        "lines": _lines(request, shown),
        "today": timezone.localdate(),
        "columns": COLUMNS,
        "latency": public.latency(known.workspace()),
        **_choices(viewer, wanted, at),
    }
    if warning_id:
        context["open"] = _opened(request, warning_id, shown)
    if request.headers.get("HX-Target") == "drawer":
        return render(request, "desk/drawer.html", context)
    return render(request, "desk/warnings.html", context)


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """What the filters show, as CSV: codes and figures, no names, and nothing above the level of the reader's role (A4).

    Cells that a sheet would take for a formula are text (H2).
    """
    rows = queries.exported(viewer=_viewer(request), wanted=_wanted(request), now=timezone.now)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="warnings.csv"'
    writer = csv.writer(answer)
    writer.writerow(EXPORTED)
    for item in rows:
        writer.writerow([_as_text(_cell(getattr(item, column))) for column in EXPORTED])
    return answer


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _as_text(cell: str) -> str:
    return "'" + cell if cell[:1] in ("=", "+", "@", "\t", "\r") or (cell[:1] == "-" and not cell[1:2].isdigit()) else cell


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _at(request: HttpRequest) -> datetime:
    at: datetime = request.asked_at  # type: ignore[attr-defined]
    return at


def _wanted(request: HttpRequest) -> queries.Filter:
    """The filter the address holds; what cannot be read is left open."""
    asked = request.GET
    levels = tuple(int(text) for text in asked.getlist("level") if text in ("1", "2", "3", "4"))
    order = asked.get("order", "level")
    return queries.Filter(
        kind="hint" if asked.get("tab") == "hint" else "warning",
        closed=asked.get("tab") == "closed",
        side=asked.get("side", "") if asked.get("side", "") in SIDES else "",
        levels=levels,
        scenarios=tuple(asked.getlist("scenario")),
        indicator=asked.get("indicator", ""),
        divisions=tuple(text for text in asked.getlist("division") if _CODE.fullmatch(text)),
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
        due_from=_day(asked.get("due_from", "")),
        due_until=_day(asked.get("due_until", "")),
        order=order if order in queries.ORDERS else "level",
        down=asked.get("down") == "1",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _lines(request: HttpRequest, shown: Page[Warning]) -> list[Line]:
    """Rows and names as far as the role that shows them opens what is personal."""
    items, viewer, at = list(shown), _viewer(request), _at(request)
    grants = allowed_each(viewer, "warnings.list", on=[Scope(item.division_code, item.state) for item in items], at=at)
    named = [item.warning_id for item, grant in zip(items, grants, strict=True) if grant is not None and grant.opens("personal")]
    names = public.names(known.workspace(), named, by=key_of(viewer), at=at) if named else {}
    catalogue = known.catalogue()
    lines = []
    for item, grant in zip(items, grants, strict=True):
        mask(item, grant)
        indicator = catalogue.indicators.get(item.indicator_id)
        scenario = catalogue.scenarios.get(item.scenario_id)
        lines.append(
            Line(
                warning=item,
                name=names.get(item.warning_id, ""),
                place=known.place(item.division_code),
                title=indicator.title if indicator else Title(zh=item.indicator_id, en=item.indicator_id),
                scenario=scenario.title if scenario else Title(zh=item.scenario_id, en=item.scenario_id),
            )
        )
    return lines


def _choices(viewer: Viewer, wanted: queries.Filter, at: datetime) -> dict[str, Any]:
    counted = queries.counts(viewer=viewer, wanted=wanted, at=at)
    catalogue = known.catalogue()
    tabs = [
        ("warning", Title(zh="预警", en="Warnings"), counted.by_tab.get(("warning", False), 0)),
        ("hint", Title(zh="提示线索", en="Hints"), counted.by_tab.get(("hint", False), 0)),
        ("closed", Title(zh="已关闭", en="Closed"), sum(n for (_, closed), n in counted.by_tab.items() if closed)),
    ]
    townships: dict[str, int] = {}
    for code, n in counted.by_division.items():
        townships[code[:9]] = townships.get(code[:9], 0) + n
    return {
        "tabs": tabs,
        "tab": "closed" if wanted.closed else wanted.kind,
        "levels": [(level, counted.by_level.get(level, 0), level in wanted.levels) for level in (4, 3, 2, 1)],
        "sides": SIDES,
        "scenarios": [
            Choice(code, scenario.title, counted.by_scenario.get(code, 0), code in wanted.scenarios)
            for code, scenario in sorted(catalogue.scenarios.items())
            if counted.by_scenario.get(code) or code in wanted.scenarios
        ],
        "divisions": [
            Choice(code, Title(zh=known.place(code), en=known.place(code)), n, code in wanted.divisions)
            for code, n in sorted(townships.items())
        ],
        "households": counted.households,
    }


@dataclass(frozen=True)
class Opened:
    """The warning in the drawer. before, after: its neighbours in the list, by warning number; place_in_list counts from 1.

    family: the key of the household's file, "" where the release knows no living household of that number.
    """

    line: Line
    evidence: Evidence
    others: list[Line]
    before: str
    after: str
    place_in_list: int
    family: str


def _opened(request: HttpRequest, warning_id: str, shown: Page[Warning]) -> Opened:
    viewer, at = _viewer(request), _at(request)
    item = queries.warning(viewer=viewer, warning_id=warning_id, at=at)
    if item is None:
        raise Http404
    grant = require(viewer, "warnings.read", on=Scope(item.division_code, item.state), at=at)
    numbers = [one.warning_id for one in shown]
    place = numbers.index(warning_id) if warning_id in numbers else -1
    others = list(queries.of_household(viewer=viewer, household_id=item.household_id, at=at).exclude(pk=item.pk)[:8])
    line = _lines(request, [item])[0]  # type: ignore[arg-type]
    return Opened(
        line=line,
        evidence=evidence(item, grant, english=request.english),  # type: ignore[attr-defined]
        others=[replace(one, name=line.name) for one in _lines(request, others)],  # type: ignore[arg-type]
        before=numbers[place - 1] if place > 0 else "",
        after=numbers[place + 1] if -1 < place < len(numbers) - 1 else "",
        place_in_list=(shown.start_index() + place) if place >= 0 else 0,
        family=known.family_key(item.household_id),
    )
