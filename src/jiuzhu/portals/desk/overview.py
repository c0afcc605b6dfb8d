"""The overview of a division, its table to take away, the families behind its numbers, and the board on a wall."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts import places
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.accounts.queries import posting
from jiuzhu.casework.dispatch.queries import ALL
from jiuzhu.casework.supervision import overview as counting
from jiuzhu.casework.supervision.overview import Overview, Part
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.map_drawing import Picture, picture
from jiuzhu.registry import public
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.division import NATION, ancestors

PAGE = 40
NOBODY = Title("未列类别", "no category")
TABLE = (
    "division",
    "name",
    "people",
    "open",
    "red",
    "orange",
    "yellow",
    "blue",
    "overdue",
    "today",
    "soon",
    "entitled",
    "listed",
    "unseen",
)


@dataclass(frozen=True)
class Linked:
    """A number and the list behind it; without an address where the reader may not open that list."""

    count: int
    address: str


@dataclass(frozen=True)
class Row:
    """A part of the division with its name and its numbers; below: the address that looks at it, "" at a village."""

    part: Part
    name: str
    below: str
    open: Linked
    urgent: Linked
    overdue: Linked
    today: Linked
    soon: Linked
    entitled: Linked
    listed: Linked
    unseen: Linked

    @property
    def known(self) -> bool:
        """Whether anything at all is known of it: a place from which nothing came is not a place where nothing happened."""
        return bool(self.part.people or self.part.open or self.part.listed)


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/overview.html", _context(request))


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The same numbers on a dark wall of 1920 by 1080; nobody's name is on it."""
    return render(request, "desk/board.html", {**_context(request), "now": timezone.localtime(_at(request))})


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The table of parts as CSV: codes and counts."""
    told = counting.taken_away(viewer=_viewer(request), division=_division(request), today=_today(request), at=_at(request))
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="overview-{told.division}-{told.today}.csv"'
    writer = csv.writer(answer)
    writer.writerow(TABLE)
    for part in (*told.parts, told.total):
        grades = [part.levels.get(level, 0) for level in (4, 3, 2, 1)]
        counts = [part.people, part.open, *grades, part.overdue, part.today, part.soon, part.entitled, part.listed, part.unseen]
        writer.writerow([part.code, known.place(part.code), *counts])
    return answer


@require_GET
def families(request: HttpRequest) -> HttpResponse:
    """The families of the base behind a number: of some categories, or those whom nobody met in a year."""
    asked, division = request.GET, _division(request)
    categories = tuple(int(text) for text in asked.getlist("category") if text.isascii() and text.isdigit() and len(text) < 3)
    number = int(asked["page"]) if asked.get("page", "").isascii() and asked.get("page", "").isdigit() else 1
    unseen = asked.get("unseen") == "1"
    skip = (max(1, min(number, 100_000)) - 1) * PAGE
    found = counting.families(
        viewer=_viewer(request), division=division, categories=categories, unseen=unseen, skip=skip, limit=PAGE, at=_at(request)
    )
    keys = public.family_keys(known.workspace(), [one.number for one in found.shown]) if found.shown else {}
    words = _categories()
    lines = [
        (one, keys.get(one.number, ""), known.full_place(one.division), words.get(one.category, NOBODY)) for one in found.shown
    ]
    context = {
        "section": "overview", "division": division, "place": known.full_place(division), "lines": lines, "count": found.count,
        "first": skip + 1, "last": skip + len(lines), "number": skip // PAGE + 1, "more": skip + len(lines) < found.count,
        "unseen": unseen, "categories": [words.get(one, NOBODY) for one in categories], "today": _today(request),
    }  # fmt: skip
    return render(request, "desk/families.html", context)


def _viewer(request: HttpRequest) -> Any:
    return request.viewer  # type: ignore[attr-defined]


def _at(request: HttpRequest) -> Any:
    return request.asked_at  # type: ignore[attr-defined]


def _today(request: HttpRequest) -> date:
    return timezone.localdate(_at(request))


def _division(request: HttpRequest) -> str:
    """The division the address names, else that of the reader's own role."""
    asked = request.GET.get("division", "")
    if asked:
        try:
            return places.canonical(asked)
        except ValueError:
            raise NotAllowed("overview.read: there is no such division") from None
    held = posting(_viewer(request), at=_at(request))
    return held.division_code[:12] if held is not None else NATION


def _context(request: HttpRequest) -> dict[str, Any]:
    viewer, at, today = _viewer(request), _at(request), _today(request)
    told = counting.overview(viewer=viewer, division=_division(request), today=today, at=at)
    lists = counting.may_list(viewer, "warnings.list", told.division, at=at)
    homes = counting.may_list(viewer, counting.FAMILIES, told.division, at=at)
    held = posting(viewer, at=at)
    rows = [_row(part, today, lists=lists, homes=homes) for part in told.parts]
    drawn = picture(told.division, told.parts)
    return {
        "section": "overview",
        "told": told,
        "place": known.full_place(told.division),
        "crumbs": _crumbs(told.division, held.division_code if held else told.division),
        "rows": rows,
        "by_overdue": sorted(rows, key=lambda row: (-row.part.overdue, -row.part.open, row.part.code)),
        "total": _row(told.total, today, lists=lists, homes=homes),
        "drawn": drawn,
        "shapes": [(shape, row) for shape, row in ((shape, _of(rows, shape.part)) for shape in drawn.shapes)],
        "legend": _legend(drawn),
        "classes": _classes(told, homes=homes),
        "months": _bars(told, lists=lists),
        "stages": _funnel(told),
        "beyond": _families(told.division, told.beyond, homes, category=tuple(str(one) for one in counting.BEYOND_POLICY)),
        "tier": places.tier(told.division),
    }


def _of(rows: list[Row], part: Part) -> Row:
    return next(row for row in rows if row.part.code == part.code)


def _row(part: Part, today: date, *, lists: bool, homes: bool) -> Row:
    code = part.code

    def behind(count: int, **filters: Any) -> Linked:
        return _warnings(code, count, lists, **filters)

    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    return Row(
        part=part,
        name=known.place(code),
        below=_address("overview", code) if len(code) < 12 else "",
        open=behind(part.open),
        urgent=behind(part.urgent, level=("4", "3")),
        overdue=behind(part.overdue, due_until=yesterday),
        today=behind(part.today, due_from=today, due_until=today),
        soon=behind(part.soon, due_from=tomorrow, due_until=today + counting.SOON),
        entitled=behind(part.entitled, scenario=counting.ENTITLED),
        listed=_families(code, part.listed, homes),
        unseen=_families(code, part.unseen, homes, unseen="1"),
    )


def _warnings(division: str, count: int, may: bool, **filters: Any) -> Linked:
    return Linked(count, _address("warnings", division, tab=ALL, **filters) if may else "")


def _families(division: str, count: int, may: bool, **filters: Any) -> Linked:
    return Linked(count, _address("families", division, **filters) if may else "")


def _address(page: str, division: str, **filters: Any) -> str:
    return _of_all(get_script_prefix(), page, division, **filters)


@lru_cache(maxsize=1 << 14)  # hundreds a page, the same all day
def _of_all(_: str, page: str, division: str, **filters: Any) -> str:
    return f"{reverse(page)}?{urlencode({'division': division, **filters}, doseq=True)}"


def _crumbs(division: str, own: str) -> list[tuple[str, str]]:
    """The way from the reader's own division down to the one that is shown: name, and address where there is one."""
    up = [code for code in reversed(list(ancestors(division))) if places.within(code, own)]
    names = [code for code in dict.fromkeys(up) if code == NATION or public.division_name(code) != code]
    return [(_name(code), f"{reverse('overview')}?division={code}") for code in names] + [(_name(division), "")]


def _name(code: str) -> str:
    return "全国" if code == NATION else known.place(code)


def _legend(drawn: Picture) -> list[tuple[int, str]]:
    marks = [f"{limit:g}" for limit in drawn.limits]
    upper = [*marks[1:], ""]
    return [
        (step, f"{low}–{high}" if high else f"{low}+") for step, (low, high) in enumerate(zip(marks, upper, strict=True), start=1)
    ]


def _categories() -> dict[int, Title]:
    """The words of the categories of the base, as its column says them."""
    catalogue = known.catalogue()
    words = catalogue.words(catalogue.columns("civil_lowincome_household")["category"])
    return {int(code): Title(word, catalogue.english(word)) for code, word in words.items()}


def _classes(told: Overview, *, homes: bool) -> list[tuple[Title, Linked, int, int]]:
    """Category: title, families with their list, percent, and where its piece of the bar begins (percent)."""
    words, whole, at, answer = _categories(), sum(told.categories.values()), 0, []
    for code, count in sorted(told.categories.items()):
        share = round(count * 100 / whole)
        linked = _families(told.division, count, homes, category=str(code))
        answer.append((words.get(code, NOBODY), linked, share, round(at * 1000 / whole)))
        at += count
    return answer


@dataclass(frozen=True)
class Bar:
    label: str
    linked: Linked
    x: float
    y: float
    height: float


def _bars(told: Overview, *, lists: bool) -> list[Bar]:
    top = max(told.months.values(), default=0) or 1
    bars = []
    for place, (month, count) in enumerate(told.months.items()):
        last = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        height = count * 130 / top
        linked = _warnings(told.division, count, lists, since=month, until=last)
        bars.append(
            Bar(
                f"{month:%Y-%m}" if month.month == 1 or not place else f"{month:%m}",
                linked,
                10 + place * 48,
                150 - height,
                height,
            )
        )
    return bars


def _funnel(told: Overview) -> list[tuple[Any, int]]:
    """Each stage with its share of the first, in percent."""
    first = told.stages[0].count or 1
    return [(stage, round(stage.count * 100 / first)) for stage in told.stages]
