"""The library as pages show it: of each item whose it is, for whom, by which rule and number of a place, with what papers, and the law.

Everything here is read from the catalogue and the numbers as they stand; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product

from jiuzhu.casework.bundles.declared import catalogue, library
from jiuzhu.casework.roads.declared import whole, workflows
from jiuzhu.casework.working_rules.declared import numbers
from jiuzhu.rules.library import LibraryItem
from jiuzhu.rules.parameters import INVENTED, ancestors
from jiuzhu.rules.programmes.tree import LEVELS, NumberInput, Programme
from jiuzhu.rules.tree import Title


@dataclass(frozen=True)
class Number:
    """A local number an item stands on. value: None where the place has not set it. source: who set it, in words."""

    title: Title
    of: Title
    value: Decimal | str | None
    unit: str
    since: date | None
    source: Title
    invented: bool


@dataclass(frozen=True)
class Shown:
    """One item. rule: what is looked at. days: working days it takes at most, 0 where nobody set them. laws: each with its articles."""

    item: LibraryItem
    rule: Sequence[Title]
    numbers: Sequence[Number]
    papers: Sequence[Title]
    days: int
    laws: Sequence[tuple[Title, str]]
    bundles: Sequence[Title]


def shown(code: str, *, division: str, on: date) -> Shown | None:
    """One item as it holds in a division; None where the library has no such item."""
    item = library().items.get(code)
    if item is None:
        return None
    texts = texts_of(item, division=division, on=on)
    own = library().rules.get(item.code)
    rules = [one.title for text in (*texts, *([own] if own else [])) for one in text.tests]
    found = (number for text in texts for number in _numbers(text, division, on))
    return Shown(
        item, list(dict.fromkeys(rules)), list(dict.fromkeys(found)), _papers(item, texts), days_of(item, division=division, on=on),
        _laws(item, texts), [one.title for one in library().bundles.values() if code in one.items],
    )  # fmt: skip


def texts_of(item: LibraryItem, *, division: str, on: date) -> list[Programme]:
    """The texts of its programmes that hold there and then."""
    programmes = catalogue().programmes
    found = (programmes.of(code, ancestors(division), on) for code in item.programmes)
    return [one for one in found if one is not None]


def searched(words: str, department: str = "") -> list[LibraryItem]:
    """The items that have every one of these words in title, owner or what they tell, in either language; all where none is given."""
    wanted = words.casefold().split()
    return [
        one
        for one in library().items.values()
        if (not department or one.department == department) and all(word in _text(one) for word in wanted)
    ]


def departments() -> list[tuple[str, Title, int]]:
    """Each department with its name and how many items it answers for, in the order of the library."""
    found: dict[str, tuple[Title, int]] = {}
    for one in library().items.values():
        found[one.department] = (one.owner, found.get(one.department, (one.owner, 0))[1] + 1)
    return [(code, title, count) for code, (title, count) in found.items()]


def _text(one: LibraryItem) -> str:
    return " ".join((*_both(one.title), *_both(one.owner), *_both(one.tells), one.department)).casefold()


def _both(title: Title) -> tuple[str, str]:
    return title.zh, title.en


def _numbers(text: Programme, division: str, on: date) -> Iterable[Number]:
    """The numbers it reads there; one a place need not have is left out where it has none."""
    inputs = [one for one in text.inputs.values() if isinstance(one, NumberInput)]
    for one in inputs:
        for name in _named(one):
            row = numbers().lookup("", name, division, on)
            if row is None and (one.optional or one.by):
                continue
            declared = catalogue().programmes.numbers.get(name)
            value: Decimal | str | None = None if row is None else row.value if row.value is not None else row.text or None
            yield Number(
                (declared.title if declared else Title(name, name)), text.title, value, declared.unit if declared else "",
                row.since if row else None, _source(row.source) if row else Title("", ""), row is not None and row.confidence == INVENTED,
            )  # fmt: skip


def _named(one: NumberInput) -> list[str]:
    """The names a number may have: one for each code of the facts in it."""
    facts = catalogue().programmes.vocabulary.facts
    codes = [next((facts[level][name].codes for level in LEVELS if name in facts.get(level, {})), {}) for name in one.by]
    return [one.parameter.format(**dict(zip(one.by, chosen, strict=True))) for chosen in product(*codes)]


def _source(text: str) -> Title:
    return Title(catalogue().source(text, "zh"), catalogue().source(text, "en"))


def _papers(item: LibraryItem, texts: Sequence[Programme]) -> list[Title]:
    if item.brings.zh:
        return [item.brings]
    told = dict.fromkeys(paper for text in texts for paper in text.evidence)
    return [Title(one, catalogue().english(one)) for one in told]


def days_of(item: LibraryItem, *, division: str, on: date) -> int:
    """Working days it takes at most there: by the road it is decided on, else as its department promises; 0 where nobody said."""
    texts = texts_of(item, division=division, on=on)
    roads = [road for text in texts if (road := workflows().get(text.workflow)) is not None and road.total is not None]
    days = [whole(road.total.within.amount, division=division, on=on) or 0 for road in roads if road.total is not None]
    if days:
        return max(days)
    need = catalogue().duties.needs.get(item.need)
    return need.days if need is not None else 0


def _laws(item: LibraryItem, texts: Sequence[Programme]) -> list[tuple[Title, str]]:
    found: dict[str, list[str]] = {}
    for one in (*item.basis, *(line for text in texts for line in text.basis)):
        found.setdefault(one["law"], []).append(one.get("article", ""))
    told = []
    for code, articles in found.items():
        law = catalogue().laws.get(code)
        if law is not None:
            told.append((Title(f"《{law.title}》", law.english or law.title), "、".join(dict.fromkeys(a for a in articles if a))))
    return told
