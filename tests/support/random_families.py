"""Families drawn at random from the cases of the programmes: facts of every kind added, changed, left out or said to be unknown."""

from __future__ import annotations

import random
import tomllib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.programmes.family import Family, FamilyRefused, read_family
from jiuzhu.rules.programmes.tree import HOUSEHOLD, LISTS, MEMBERS, Stated
from tests.support.family_files import changed, written

FOLDERS = Path(__file__).parents[1] / "families"
AMOUNTS = (
    "0",
    "0.01",
    "1",
    "769.99",
    "770",
    "1166.99",
    "1750.50",
    "9000",
    "18480",
    "18480.01",
    "33333.33",
    "96000",
    "999999999999",
)
NUMBERS = (0, 1, 2, 3, 5, 6, 12, 16, 18, 36, 59, 60, 69, 70, 80, 89, 90, 100)


def files() -> list[dict[str, Any]]:
    """The family of every case and worked example, as data."""
    found = []
    for path in sorted((FOLDERS / "cases").glob("*.toml")):
        file = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        found += [changed(file["base"], case.get("set", {}), case.get("drop", [])) for case in file["cases"]]
    examples = sorted((FOLDERS / "worked_examples").glob("*.toml"))
    return found + [tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal) for path in examples]


def family_of(data: dict[str, Any], catalogue: Catalogue) -> Family:
    return read_family(Path("family.toml"), catalogue.programmes, written(data))


def drawn(draw: random.Random, bases: list[dict[str, Any]], catalogue: Catalogue) -> Family | None:
    """One family; None where what was drawn is refused as no family at all."""
    try:
        return family_of(drawn_facts(draw, bases, catalogue), catalogue)
    except FamilyRefused:
        return None


def drawn_facts(draw: random.Random, bases: list[dict[str, Any]], catalogue: Catalogue) -> dict[str, Any]:
    """What a file would state of it."""
    data = changed(draw.choice(bases), {})
    facts = catalogue.programmes.vocabulary.facts
    _state(draw, data, facts[HOUSEHOLD], data, draw.randint(0, 5))
    members = data.get(MEMBERS)
    members = members if isinstance(members, list) else data.setdefault(MEMBERS, [{"age": 40}]) if draw.random() < 0.5 else []
    members = members if isinstance(members, list) else []
    if members and draw.random() < 0.3:
        members.append({"age": draw.choice(NUMBERS)})
    for member in members:
        _state(draw, member, facts[MEMBERS], data, draw.randint(0, 4))
    for level in LISTS:
        if draw.random() < 0.25:
            things = data.setdefault(level, [])
            for _ in range(draw.randint(0, 3)) if isinstance(things, list) else ():
                thing: dict[str, Any] = {}
                _state(draw, thing, facts[level], data, draw.randint(1, 4))
                if members and draw.random() < 0.5:
                    thing["member"] = (
                        str(members[place].get("name", place + 1)) if (place := draw.randrange(len(members))) >= 0 else ""
                    )
                things.append(thing)
        elif draw.random() < 0.05:
            data[level] = "unknown"
    numbers = data.get("parameters", {})
    if numbers and draw.random() < 0.3:
        del numbers[draw.choice(sorted(numbers))]
    return data


def _state(draw: random.Random, record: dict[str, Any], facts: Any, data: dict[str, Any], count: int) -> None:
    """So many facts of one thing put in, changed or taken out."""
    stated = [one for one in facts.values() if one.stated and one.name != "name"]
    for one in draw.sample(stated, min(count, len(stated))):
        for word in (one.name, *one.also):
            record.pop(word, None)
        if draw.random() < 0.85:
            record[one.name] = _value(draw, one, data)


def _value(draw: random.Random, one: Stated, data: dict[str, Any]) -> Any:
    if draw.random() < 0.08:
        return "unknown"
    if one.several:
        return draw.sample(sorted(one.codes), draw.randint(0, len(one.codes)))
    if one.codes:
        return draw.choice(sorted(one.codes))
    if one.type.kind == "flag":
        return draw.random() < 0.6
    if one.type.kind == "date":
        return data["on"] - timedelta(days=draw.choice([0, 1, 29, 30, 31, 180, 365, 366, 730, 6000, 25000]))
    if one.type.kind == "text":
        return draw.choice(["a", "b"])
    if one.type.unit == "yuan":
        return Decimal(draw.choice(AMOUNTS))
    return draw.choice(NUMBERS)
