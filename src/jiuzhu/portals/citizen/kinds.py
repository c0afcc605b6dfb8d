"""What help there is: the cards of policies in plain words, and of each programme what is looked at, what to bring, how long it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiuzhu.portals.citizen import known
from jiuzhu.portals.citizen.asked import instant
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.programmes.tree import Programme
from jiuzhu.rules.tree import Title

NATION = "000000"
HOTLINE = "hotline"  # the card that tells of the telephone stands on every page anyway


@dataclass(frozen=True)
class Kind:
    """One kind of help on the list. code: of its card, or of the programme no card tells of."""

    code: str
    title: Title
    tells: Title | None


@dataclass(frozen=True)
class Guide:
    """How one programme goes. looked_at: titles of its tests. brings: what to hand in. days: working days in all, 0 where not set.

    pays: monthly, yearly, once, service or status. laws: each with the articles cited.
    """

    title: Title
    pays: str
    department: str
    looked_at: tuple[Title, ...]
    brings: tuple[Title, ...]
    days: int
    laws: tuple[tuple[Title, str], ...]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    told, today = known.catalogue(), known.day(instant(request))
    cards = [Kind(one.code, one.title, one.tells) for one in told.duties.cards.values() if one.code != HOTLINE]
    carded = {name for one in told.duties.cards.values() for name in one.programmes}
    others = [
        Kind(code, text.title, None)
        for code in told.programmes.codes(today)
        if code not in carded and (text := _text(told, code, today))
    ]
    return render(request, "citizen/kinds.html", {"cards": cards, "others": others})


@require_GET
def guide(request: HttpRequest, code: str) -> HttpResponse:
    told, today = known.catalogue(), known.day(instant(request))
    card = told.duties.cards.get(code)
    names: Iterable[str] = card.programmes if card is not None else (code,)
    guides = [_guide(told, text, today) for name in names if (text := _text(told, name, today))]
    if card is None and not guides:
        raise Http404
    title = card.title if card is not None else guides[0].title
    context = {"title": title, "tells": card.tells if card is not None else None, "guides": guides, "code": code}
    return render(request, "citizen/kind.html", context)


def _text(told: Catalogue, code: str, today: date) -> Programme | None:
    return told.programmes.of(code, (), today) or told.programmes.of(code, ("",), today)


def _guide(told: Catalogue, text: Programme, today: date) -> Guide:
    return Guide(
        title=text.title,
        pays=text.pays,
        department=text.department,
        looked_at=tuple(dict.fromkeys(one.title for one in text.tests)),
        brings=tuple(Title(one, told.english(one)) for one in text.evidence),
        days=_days(told, text, today),
        laws=tuple(_laws(told, text.basis)),
    )


def _days(told: Catalogue, text: Programme, today: date) -> int:
    """Working days from acceptance to the end, by the nation's number."""
    road = told.workflows.get(text.workflow)
    amount = road.total.within.amount if road is not None and road.total is not None else 0
    if isinstance(amount, int):
        return amount
    row = told.parameters.value("", amount, NATION, today)
    return int(row.value) if row is not None and row.value is not None else 0


def _laws(told: Catalogue, basis: Iterable[Mapping[str, str]]) -> Iterable[tuple[Title, str]]:
    for one in basis:
        law = told.laws.get(one["law"])
        if law is not None:
            article = one.get("article", "")
            yield Title(f"《{law.title}》", law.english or law.title), article if article[:1].isdigit() else ""
