"""The indicator studio: all indicators by scenario, and one of them with its rule, numbers, data, load and history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts.permissions import Viewer, allowed
from jiuzhu.casework.calibration import queries
from jiuzhu.portals.desk import known
from jiuzhu.registry import public
from jiuzhu.rules.explain import pieces
from jiuzhu.rules.parameters import ParameterValue, trimmed
from jiuzhu.rules.tree import Example, Indicator, ParameterInput, Title
from jiuzhu.vocabulary.working_days import YearNotLoaded

KINDS = {"warning": Title(zh="预警", en="Warning"), "hint": Title(zh="提示", en="Hint")}
SIDES = {
    "entry": Title(zh="进入", en="Entry"),
    "exit": Title(zh="退出", en="Exit"),
    "oversight": Title(zh="监督", en="Oversight"),
}
WHOLE = 20  # a slider that reaches as far goes in whole steps
GRADES = {"red": 4, "orange": 3, "yellow": 2, "blue": 1}
FRESH = {
    "here": Title(zh="按时", en="on time"),
    "due": Title(zh="今天到期", en="due today"),
    "late": Title(zh="迟到", en="late"),
    "silent": Title(zh="沉默", en="silent"),
}


@dataclass(frozen=True)
class Row:
    """One indicator in the list. levels: how many of each grade in the viewer's division; unknown: could not be decided."""

    indicator: Indicator
    kind: Title
    side: Title
    levels: list[tuple[int, int]]
    found: int
    unknown: int
    review_over: bool


@dataclass(frozen=True)
class Number:
    """One number the rule asks, as it is in force where the viewer works. owned: it may be tried and proposed here."""

    name: str
    owner: str
    row: ParameterValue | None
    least: Decimal | None
    most: Decimal | None
    place: str
    source: str
    owned: bool


@dataclass(frozen=True)
class Source:
    code: str
    title: Title
    state: str
    word: Title
    until: date | None
    late_by: int | None


@dataclass(frozen=True)
class Load:
    place: str
    count: int
    workers: int
    each: str


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All indicators under their scenarios; `q` narrows by words or code, `kind` and `side` by what they are."""
    told, at = known.catalogue(), _at(request)
    asked = {name: request.GET.get(name, "") for name in ("q", "kind", "side")}
    counts = _tallies(request)
    day = known.day(at)
    rows = [_row(one, counts.get(one.code, {}), day) for one in told.indicators.values() if _wanted(one, asked)]
    groups = [
        (scenario, [row for row in rows if row.indicator.scenario == scenario.code])
        for scenario in told.scenarios.values()
        if any(row.indicator.scenario == scenario.code for row in rows)
    ]
    context = {
        "section": "indicators",
        "asked": asked,
        "kinds": KINDS,
        "sides": SIDES,
        "groups": groups,
        "shown": len(rows),
        "whole": len(told.indicators),
        "may_see_proposals": allowed(_viewer(request), "proposals.read", on=None, at=at) is not None,
    }
    return render(request, "desk/indicators.html", context)


@require_GET
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator; whoever may try other numbers finds the form, its result comes from `trying`."""
    return render(request, "desk/indicator.html", context_of(request, code))


def context_of(request: HttpRequest, code: str) -> dict[str, Any]:
    """What the page of one indicator shows. Raises Http404 for a code the catalogue does not have."""
    told, at, viewer = known.catalogue(), _at(request), _viewer(request)
    found = told.indicators.get(code)
    if found is None:
        raise Http404
    place, day = request.grant.division_code, known.day(at)  # type: ignore[attr-defined]
    english = request.english  # type: ignore[attr-defined]
    numbers = [_number(item, place, day, english) for item in found.inputs.values() if isinstance(item, ParameterInput)]
    tries = allowed(viewer, "what_if.run", on=None, at=at)
    released = public.current(known.workspace()) is not None
    return {
        "section": "indicators",
        "one": found,
        "scenario": told.scenarios[found.scenario],
        "kind": KINDS[found.kind],
        "side": SIDES[found.side],
        "rule": pieces(found, told, "en" if english else "zh", division=place or "000000", on=day),
        "other_rule": pieces(found, told, "zh" if english else "en", division=place or "000000", on=day),
        "basis": [(told.laws.get(entry.get("law", "")), entry) for entry in found.basis],
        "numbers": numbers,
        "tried_number": next((one for one in numbers if one.owned), None) if tries and released else None,
        "slide": _slide(next((one for one in numbers if one.owned), None)),
        "owned": [one for one in numbers if one.owned],
        "sources": _sources(found, day),
        "examples": [(example, _given(example, english=english)) for example in found.examples],
        "history": public.history(known.workspace(), code, division=place)[-12:] if released else (),
        "loads": _loads(code, place, at) if released else [],
        "row": _row(found, _tallies(request).get(code, {}), day),
        "shadows": queries.shadows(viewer=viewer, indicator=code, at=at) if tries else [],
        "proposals": queries.proposals(viewer=viewer, at=at).filter(indicator=code),
        "may_propose": allowed(viewer, "proposals.make", on=None, at=at) is not None,
        "may_shadow": allowed(viewer, "shadows.run", on=None, at=at) is not None,
        "may_see_proposals": allowed(viewer, "proposals.read", on=None, at=at) is not None,
        "day": day,
    }


def _row(one: Indicator, levels: Mapping[int, int], day: date) -> Row:
    shown = [(GRADES[line.grade], levels.get(GRADES[line.grade], 0)) for line in one.rule.grades]
    return Row(
        indicator=one,
        kind=KINDS[one.kind],
        side=SIDES[one.side],
        levels=shown,
        found=sum(number for level, number in levels.items() if level),
        unknown=levels.get(0, 0),
        review_over=bool(one.reviewed) and one.reviewed["again"] < day,
    )


def _wanted(one: Indicator, asked: Mapping[str, str]) -> bool:
    words = asked["q"].strip().lower()
    fits = not words or words in one.code.lower() or words in one.title.zh or words in (one.title.en or "").lower()
    return fits and asked["kind"] in ("", one.kind) and asked["side"] in ("", one.side)


def _tallies(request: HttpRequest) -> Mapping[str, Mapping[int, int]]:
    if public.current(known.workspace()) is None:
        return {}
    return public.tallies(known.workspace(), division=request.grant.division_code)  # type: ignore[attr-defined]


def _number(item: ParameterInput, place: str, day: date, english: bool) -> Number:
    told = known.catalogue()
    row = told.parameters.value(item.owner, item.parameter, place or "000000", day)
    rows = told.parameters.of(item.owner, item.parameter)
    least = [one.least for one in rows if one.least is not None]
    most = [one.most for one in rows if one.most is not None]
    where = "" if row is None else row.division
    return Number(
        name=item.parameter,
        owner=item.owner,
        row=row,
        least=max(least, default=None),
        most=min(most, default=None),
        place=("national" if english else "全国") if where == "000000" else public.division_name(where) if where else "",
        source=told.source(row.source, "en" if english else "zh") if row is not None else "",
        owned=bool(item.owner) and row is not None and row.owner == item.owner,
    )


def _slide(number: Number | None) -> tuple[Decimal, Decimal, Decimal]:
    """From where to where a slider goes and in which steps: the bounds of the law, else from half to twice the number."""
    if number is None or number.row is None or number.row.value is None:
        return Decimal(0), Decimal(1), Decimal(1)
    value = number.row.value
    low, high = sorted((value / 2, value * 2)) if value else (Decimal(0), Decimal(10))
    low, high = (low if number.least is None else number.least), (high if number.most is None else number.most)
    fine = (high - low) / 40 if high > low else Decimal(1)
    step = Decimal(1).scaleb(fine.adjusted())
    return low, high, max(step, Decimal(1)) if high - low >= WHOLE else step


def _sources(one: Indicator, day: date) -> list[Source]:
    """The datasets the rule reads, the late ones first."""
    told = known.catalogue()
    try:
        due = {state.dataset: state for state in public.due(known.workspace(), as_of=day, catalogue=told)[0]}
    except YearNotLoaded:
        due = {}
    found = []
    for code in told.datasets_read(one):
        state = due.get(code)
        word = state.state if state else "here"
        found.append(
            Source(code, told.datasets[code].title, word, FRESH[word], state.until if state else None, state.late_by if state else None)
        )  # fmt: skip
    return sorted(found, key=lambda source: (source.state == "here", source.code))


def _given(example: Example, *, english: bool) -> list[str]:
    """What an example says, in short: facts, and rows by dataset."""
    told = known.catalogue()

    def word(title: Title) -> str:
        return (title.en or title.zh) if english else title.zh

    yes, no = ("yes", "no") if english else ("是", "否")
    facts = [
        f"{word(told.facts[name].title)} = {yes if value is True else no if value is False else value}"
        for name, value in example.facts.items()
    ]
    return facts + [f"{word(told.datasets[code].title)} × {len(lines)}" for code, lines in example.rows.items()]


def _loads(code: str, place: str, at: datetime) -> list[Load]:
    """Warnings by township, most first, and how many that is for each township officer."""
    counts = public.loads(known.workspace(), code, division=place)
    hands = queries.workers(division=trimmed(place), at=at)
    return [
        Load(known.place(where), number, hands.get(where, 0), f"{number / hands[where]:.1f}" if hands.get(where) else "")
        for where, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def number_named(numbers: Sequence[Number], name: str) -> Number | None:
    return next((one for one in numbers if one.owned and one.name == name), None)


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _at(request: HttpRequest) -> datetime:
    at: datetime = request.asked_at  # type: ignore[attr-defined]
    return at
