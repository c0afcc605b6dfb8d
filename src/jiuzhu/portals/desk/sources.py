"""The data room: how good each source is, where sources differ, and of whom they say different things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.permissions import Grant, key_of
from jiuzhu.casework.trace.actions import Subject
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.room import tabs
from jiuzhu.portals.desk.templatetags.words import grouped_digits
from jiuzhu.registry import public
from jiuzhu.registry.public import ComparisonCount, SideBySide, SourceQuality
from jiuzhu.rules.comparisons import PARTS, Comparison
from jiuzhu.rules.tree import Title

PAGE_SIZE = 25
COUNTY_DIGITS = 6
PART_TITLES = {
    "completeness": Title(zh="完整", en="Complete"),
    "validity": Title(zh="有效", en="Valid"),
    "timeliness": Title(zh="及时", en="Timely"),
    "agreement": Title(zh="一致", en="Agreeing"),
}
SHOWN = {
    "": Title(zh="全部来源", en="All sources"),
    "stale": Title(zh="已过期", en="Stale"),
    "differs": Title(zh="与权威来源有出入", en="Differing from an authority"),
}
VERDICTS = {
    "authority": Title(zh="以此为准", en="authority"),
    "agrees": Title(zh="一致", en="agrees"),
    "differs": Title(zh="不一致", en="differs"),
    "older": Title(zh="较早，已过时", en="older"),
}


@dataclass(frozen=True)
class Line:
    """One source as the table shows it. parts: of a hundred as text, "" where it could not be measured."""

    title: Title
    source: str
    score: str
    parts: list[str]
    quality: SourceQuality
    stale: bool


@dataclass(frozen=True)
class Thing:
    """One comparison as the table shows it. share: how many pairs agree, of a hundred; "" where there are none."""

    title: Title
    share: str
    count: ComparisonCount


@dataclass(frozen=True)
class Side:
    """One source's word beside the others."""

    title: Title
    value: str
    verdict: str
    verdict_title: Title
    said_on: Any
    age_days: int | None


@dataclass(frozen=True)
class Person:
    """Somebody of whom sources differ."""

    name: str
    place: str
    sides: list[Side]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The comparisons, those with most people in conflict first, and the sources, the lowest score first."""
    workspace = known.workspace()
    context: dict[str, Any] = {
        "section": "data",
        "tab": "data",
        "tabs": tabs(request),
        "shown": SHOWN,
        "part_titles": PART_TITLES.values(),
    }
    if public.current(workspace) is not None:
        lines = [_line(one) for one in public.sources(workspace)]
        counts = public.comparisons(workspace, division=_grant(request).division_code)
        chosen = request.GET.get("show", "")
        chosen = chosen if chosen in SHOWN else ""
        context |= {
            "things": sorted((_thing(one) for one in counts), key=lambda thing: -thing.count.here),
            "lines": sorted((line for line in lines if _is_shown(line, chosen)), key=_lowest_first),
            "chosen": chosen,
            "chips": [(code, title, sum(_is_shown(line, code) for line in lines)) for code, title in SHOWN.items()],
            "weights": [(PART_TITLES[name], weight) for name, weight in known.catalogue().comparisons.weights.items()],
        }
    return render(request, "desk/data.html", context)


@require_GET
def conflicts(request: HttpRequest, comparison: str) -> HttpResponse:
    """The people of the viewer's division of whom sources differ on one thing, with every source's word."""
    workspace, division = known.workspace(), _grant(request).division_code
    counts = public.comparisons(workspace, division=division) if public.current(workspace) else ()
    count = next((one for one in counts if one.code == comparison), None)
    if count is None:
        raise Http404
    shown = Paginator(range(count.here), PAGE_SIZE).get_page(request.GET.get("page"))
    told = public.conflicts(
        workspace,
        comparison,
        by=key_of(request.viewer),  # type: ignore[attr-defined]
        at=request.asked_at,  # type: ignore[attr-defined]
        purpose=f"data room: {comparison}",
        division=division,
        skip=max(0, shown.start_index() - 1),
        limit=PAGE_SIZE,
    )
    looks.shown(
        "sources.conflicts",
        by=request.viewer,  # type: ignore[attr-defined]
        at=request.asked_at,  # type: ignore[attr-defined]
        on=Subject("list", comparison, division[:12]),
        subjects=[Subject("person", str(one.person), one.division[:12]) for one in told],
    )
    english = request.english  # type: ignore[attr-defined]
    declared = known.catalogue().comparisons.by_code[comparison]
    context = {
        "section": "data",
        "thing": _thing(count),
        "page": shown,
        "unit": declared.type.unit,
        "people": [_person(one, declared, english) for one in told],
    }
    return render(request, "desk/conflicts.html", context)


def _grant(request: HttpRequest) -> Grant:
    grant: Grant = request.grant  # type: ignore[attr-defined]
    return grant


def _line(one: SourceQuality) -> Line:
    return Line(
        title=Title(one.title_zh, one.title_en),
        source=one.source,
        score=_text(one.score),
        parts=[_text(getattr(one, name).percent) for name in PARTS],
        quality=one,
        stale=one.age_days is None or one.age_days > one.stale_after,
    )


def _text(number: object) -> str:
    return "" if number is None else str(number)


def _is_shown(line: Line, chosen: str) -> bool:
    agreement = line.quality.agreement
    return {"": True, "stale": line.stale, "differs": agreement.good < agreement.whole}[chosen]


def _lowest_first(line: Line) -> tuple[bool, Any, str]:
    return (line.quality.score is None, line.quality.score, line.quality.dataset)


def _thing(one: ComparisonCount) -> Thing:
    share = f"{100 * one.agreeing / one.pairs:.1f}" if one.pairs else ""
    return Thing(Title(one.title_zh, one.title_en), share, one)


def _person(one: SideBySide, comparison: Comparison, english: bool) -> Person:
    return Person(
        name=one.name,
        place=known.place(one.division),
        sides=[
            Side(
                title=Title(said.title_zh, said.title_en),
                value=_word(said.value_en if english else said.value_zh, comparison),
                verdict=said.verdict,
                verdict_title=VERDICTS[said.verdict],
                said_on=said.said_on,
                age_days=said.age_days,
            )
            for said in one.statements
        ],
    )


def _word(text: str, comparison: Comparison) -> str:
    """Money with separators, the county of a code by its name, all else as it stands."""
    if comparison.type.unit:
        return grouped_digits(text, comparison.type.unit)
    is_division = any(statement.digits == COUNTY_DIGITS for statement in comparison.statements)
    return public.division_name(text) if is_division and text.isdigit() and len(text) == COUNTY_DIGITS else text
