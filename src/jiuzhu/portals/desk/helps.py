"""What a family could have, at the desk: its portrait, and every item judged by its rule; the officer chooses with the family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiuzhu.casework.bundles.advice import Advice
from jiuzhu.casework.bundles.declared import has_road
from jiuzhu.casework.bundles.models import Matter
from jiuzhu.casework.cases.queries import case
from jiuzhu.casework.files.portrait import portrait
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.queries import names
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.cases import names_of_cases
from jiuzhu.portals.desk.posted import instant, said, viewer
from jiuzhu.rules.tree import Title

WORDS = {
    "fits": ("ok", Title("符合", "Fits")),
    "unknown": ("unk", Title("还不能判断", "Not known")),
    "anyone": ("unk", Title("看需要", "For whoever needs it")),
    "not": ("bad", Title("不符合", "Does not fit")),
}


@dataclass(frozen=True)
class Line:
    """One item on the plan. may_ask: a department can be asked for it now. asked: it was."""

    one: Advice
    mark: str
    word: Title
    why: Sequence[Title]
    people: Sequence[str]
    may_ask: bool
    asked: bool


@require_GET
def page(request: HttpRequest, case_key: str) -> HttpResponse:
    who, at = viewer(request), instant(request)
    found = portrait(viewer=who, case_key=case_key, at=at)
    if found is None:
        raise Http404
    matter = (
        Matter.objects.filter(application__case=found.case, closed=False).select_related("application").order_by("-pk").first()
    )
    asked = set(matter.parts.values_list("item", flat=True)) if matter is not None else set()
    called = _called(request, found.advice)
    lines = [_line(one, called, asked, matter is not None) for one in found.advice]
    context = {
        "section": "cases",
        "found": found,
        "case": found.case,
        "name": names_of_cases(request, [found.case.pk]).get(found.case.pk, ""),
        "place": known.full_place(found.case.division_code),
        "application": matter.application if matter is not None else None,
        "groups": [(code, WORDS[code][1], [one for one in lines if one.one.outcome == code]) for code in WORDS],
        "may_see_case": case(viewer=who, key=case_key, at=at) is not None,
        "said": said(request),
    }
    return render(request, "desk/helps.html", context)


def _called(request: HttpRequest, advice: Sequence[Advice]) -> dict[str, str]:
    """Members by their keys: their names as far as the reader may see them, else their number."""
    keys = dict.fromkeys(key for one in advice for key in one.members)
    shown = names(Party.objects.filter(key__in=keys), grant=request.grant)  # type: ignore[attr-defined]
    return {key: shown.get(key) or str(place) for place, key in enumerate(keys, start=1)}


def _line(one: Advice, called: dict[str, str], asked: set[str], begun: bool) -> Line:
    mark, word = WORDS[one.outcome]
    why = []
    for reason in one.why:
        zh, en = reason.zh, reason.en
        for key, name in called.items():
            zh, en = zh.replace(key, name), en.replace(key, name)
        why.append(Title(zh, en))
    may_ask = begun and one.outcome != "not" and bool(one.item.need) and not has_road(one.item)
    people = [called[key] for key in dict.fromkeys(one.members)]
    return Line(one, mark, word, why, people, may_ask and one.item.code not in asked, one.item.code in asked)
