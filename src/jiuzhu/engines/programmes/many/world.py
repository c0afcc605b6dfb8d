"""What is known of many families: stated facts, what follows from them, local numbers and other programmes, column by column.

All families of one world are judged for the same day by the same texts; everything else may differ between them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from jiuzhu.engines.programmes import world as one_by_one
from jiuzhu.engines.programmes.many import columns
from jiuzhu.engines.programmes.many.columns import Column, Mask, Rows, Words
from jiuzhu.engines.programmes.many.expressions import evaluate, holds
from jiuzhu.engines.programmes.world import COUNTED, LISTED
from jiuzhu.engines.reference.values import Unknown, Value
from jiuzhu.rules.programmes.family import Family, Unsaid
from jiuzhu.rules.programmes.inputs import MINE
from jiuzhu.rules.programmes.tree import (
    HOUSEHOLD,
    LEVELS,
    LISTS,
    MEMBERS,
    Input,
    NumberInput,
    ProgrammeInput,
    Stated,
)
from jiuzhu.rules.tree import Expression, FactInput, MembersInput, Name, Table

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

NOBODY = -1  # a thing listed that is of no member
Outcome = Callable[[ProgrammeInput, "Seen"], Column]


@dataclass(frozen=True)
class Level:
    """The rows of one level in the order of their families. family: of each row; owner: the row of the member it is of, NOBODY else;
    first: the first row of each family, and the number of all at the end."""

    records: Sequence[Mapping[str, Any]]
    family: Rows
    owner: Rows
    first: Rows

    def __len__(self) -> int:
        return len(self.records)


class Families:
    """outcome: judges another programme."""

    def __init__(self, catalogue: Catalogue, families: Sequence[Family], outcome: Outcome) -> None:
        self.catalogue, self.families, self.outcome = catalogue, families, outcome
        self.programmes, self.words = catalogue.programmes, Words()
        self.tables: Mapping[str, Table] = catalogue.tables
        self.on: date = families[0].on
        self.levels = {level: _level(families, level) for level in LEVELS}
        self._facts: dict[tuple[str, str], Column] = {}
        self._stated: dict[str, dict[str, tuple[list[int], list[Any]]]] = {}
        self._kinds: dict[tuple[str, str], tuple[Rows, list[one_by_one.World]]] = {}
        self._numbers: dict[tuple[str, str, str, bool], Column] = {}
        self._unsaid: dict[str, Mask] = {}

    # --- local numbers ---

    def number(self, name: str, place: str, on: str, *, optional: bool) -> Column:
        """The number for each family, worked out by the reference once for all who live in one place, applied on one day and
        brought the same numbers along."""
        key = (name, place, on, optional)
        if key not in self._numbers:
            kinds, worlds = self._kinds_of(place, on)
            found: list[Value] = []
            for world in worlds:
                day = world.family.on if on == "decision" else world.family.applied_on
                found.append(world.number(name, world.family.places[place], day, optional=optional))
            self._numbers[key] = columns.of_values(found, self.words).take(kinds)
        return self._numbers[key]

    def _kinds_of(self, place: str, on: str) -> tuple[Rows, list[one_by_one.World]]:
        if (place, on) not in self._kinds:
            numbers: dict[Any, int] = {}
            worlds: list[one_by_one.World] = []
            kinds = np.zeros(len(self.families), np.int64)
            for row, family in enumerate(self.families):
                brought = tuple(family.parameters.items())
                key = (family.places[place], None if on == "decision" else family.applied_on, brought)
                if key not in numbers:
                    numbers[key] = len(worlds)
                    worlds.append(one_by_one.World(self.catalogue, family, _no_outcome))
                kinds[row] = numbers[key]
            self._kinds[place, on] = (kinds, worlds)
        return self._kinds[place, on]

    # --- facts ---

    def fact(self, level: str, name: str) -> Column:
        key = (level, name)
        if key not in self._facts:
            # Facts that follow from each other would run in a circle; the catalogue has none, and the reference is asked where one has.
            self._facts[key] = self._worked(level, self.programmes.vocabulary.facts[level][name])
        return self._facts[key]

    def said(self, level: str, name: str) -> tuple[Mask, list[int], list[Any]]:
        """Where the families state it at all, in which rows, and what."""
        if level not in self._stated:
            found: dict[str, tuple[list[int], list[Any]]] = {}
            for row, record in enumerate(self.levels[level].records):
                for word, value in record.items():
                    rows, values = found.setdefault(word, ([], []))
                    rows.append(row)
                    values.append(value)
            self._stated[level] = found
        rows, values = self._stated[level].get(name, ([], []))
        where = np.zeros(len(self.levels[level]), bool)
        where[rows] = True
        return where, rows, values

    def _of_stated(self, level: str, name: str) -> tuple[Mask, Column]:
        where, rows, values = self.said(level, name)
        found = columns.of_values([Unknown() if isinstance(value, Unsaid) else value for value in values], self.words)
        places = np.zeros(len(where), np.int64)
        places[rows] = np.arange(len(rows))
        return where, found.take(places) if rows else columns.blank(len(where))

    def _worked(self, level: str, one: Stated) -> Column:
        """What is stated, if nothing that follows from other statements differs from it; else what follows."""
        rows = self.levels[level]
        if one.name == "applied_on":
            return columns.of_values([family.applied_on for family in self.families], self.words).take(rows.family)
        if one.name.endswith(LISTED):
            listed = np.array([one.name.removesuffix(LISTED) in family.listed for family in self.families], bool)
            return columns.flags(listed[rows.family])
        seen = self.seen(level, self.programmes.vocabulary.inputs.get(level, {}))
        there, said = self._of_stated(level, one.name)
        tried = [(there, said)] if there.any() else []
        for when, value in one.ways:
            truth = holds(when, seen)
            found = evaluate(value, seen)
            tried.append((truth.unknown | (truth.true & ~found.none), found.unknown_at(truth.unknown)))
        return self._first_of(tried, one, seen)

    def _first_of(self, tried: Sequence[tuple[Mask, Column]], one: Stated, seen: Seen) -> Column:
        """The first that is known, unknown where a later one differs; where none is, what stands in for it."""
        answer = columns.blank(seen.count)
        have, differs, open_ones = (np.zeros(seen.count, bool) for _ in range(3))
        for where, value in tried:
            known = where & value.known
            if (known & have).any():
                differs |= known & have & ~columns.compared("==", answer, value).true
            answer, have = columns.picked(known & ~have, value, answer), have | known
            open_ones |= where & value.unknown
        rest = ~have
        if one.instead is not None and rest.any():
            instead = evaluate(one.instead, seen)
            use = rest & (instead.known | (~open_ones & instead.unknown))
            answer, rest = columns.picked(use, instead, answer), rest & ~use
        silent = rest & ~open_ones
        if one.absent is None:
            answer = answer.unknown_at(silent)
        elif one.absent != "none" and silent.any():
            answer = columns.picked(silent, evaluate(one.absent, seen), answer)
        return answer.unknown_at((rest & open_ones) | differs)

    def unsaid(self, level: str) -> Mask:
        """Families of whom nobody knows what there is of it."""
        if level not in self._unsaid:
            self._unsaid[level] = np.array([level in family.unsaid for family in self.families], bool)
        return self._unsaid[level]

    def seen(self, level: str, inputs: Mapping[str, Input], place: str = "registration") -> Seen:
        return Seen(self, level, inputs, place)


class Seen:
    """What expressions about the households, the members or the things listed see. place: whose numbers count."""

    def __init__(self, world: Families, level: str, inputs: Mapping[str, Input], place: str) -> None:
        self.world, self.level, self.inputs, self.place = world, level, inputs, place
        self.rows = world.levels[level]
        self.count, self.words, self.tables = len(self.rows), world.words, world.tables
        # Lines of an amount as they are worked out.
        self.lines: dict[str, Column] = {}
        self._kept: dict[str, Column] = {}

    def value_of(self, name: Name) -> Column:
        if name.source == "moment":
            return columns.same(self.world.on, self.count, self.words)
        if name.source == "input":
            return self.lines[name.name] if name.name in self.lines else self.input(name.name)
        return self.fact(name.name)

    def fact(self, name: str) -> Column:
        """Of the subject itself, else of its household, else of any who belongs to the household."""
        facts = self.world.programmes.vocabulary.facts
        if name in facts.get(self.level, {}):
            return self.world.fact(self.level, name)
        if name in facts[HOUSEHOLD]:
            return self.world.fact(HOUSEHOLD, name).take(self.rows.family)
        return self.of_any(self.world.fact(MEMBERS, name), ~self.world.fact(MEMBERS, COUNTED).false)

    def of_any(self, of: Column, among: Mask) -> Column:
        """Whether it holds of any of these members of the family of each row."""
        families, count = self.world.levels[MEMBERS].family, len(self.world.families)
        true = columns.any_in(of.true & among, families, count)
        unknown = columns.any_in(of.unknown & among, families, count) & ~true
        return columns.flags(true, unknown).take(self.rows.family)

    def input(self, name: str) -> Column:
        if name not in self._kept:
            self._kept[name] = self._input(self.inputs[name])
        return self._kept[name]

    def _input(self, item: Input) -> Column:
        if isinstance(item, NumberInput):
            return self.number(item)
        if isinstance(item, ProgrammeInput):
            return self.world.outcome(item, self)
        if isinstance(item, FactInput):
            return self.fact(item.fact)
        if isinstance(item, MembersInput):
            return self._over(item)
        return evaluate(item.value, self)

    def number(self, item: NumberInput) -> Column:
        """With the codes of facts in the name, one number for each of the codes there are."""
        if not item.by:
            return self._named(item, item.parameter)
        codes = [self.fact(fact) for fact in item.by]
        answer, settled = columns.blank(self.count, unknown=True), np.ones(self.count, bool)
        for code in codes:
            settled &= code.known
        for values in np.unique(np.stack([code.values for code in codes])[:, settled], axis=1).T if settled.any() else ():
            here, name = settled.copy(), item.parameter
            for fact, code, value in zip(item.by, codes, values, strict=True):
                here &= code.values == value
                name = name.replace(f"{{{fact}}}", self.words.texts[int(value)])
            answer = columns.picked(here, self._named(item, name), answer)
        return answer

    def _named(self, item: NumberInput, name: str) -> Column:
        return self.world.number(name, self.place, item.on, optional=item.optional).take(self.rows.family)

    # --- over members and lists ---

    def below(self, level: str) -> Below:
        return Below(self, level)

    def _over(self, item: MembersInput) -> Column:
        level = MEMBERS if item.among == HOUSEHOLD else item.among
        below = self.below(level)
        truth = holds(item.where, below)
        if item.how == "all":
            asked = ~below.belongs.false
            false = columns.any_in(truth.false & asked, below.subject, self.count)
            unknown = columns.any_in(truth.unknown & asked, below.subject, self.count) & ~false
            return columns.flags(~false & ~unknown, unknown).unknown_at(self._unsaid(level))
        here = columns.both([below.belongs, truth], below.count)
        return self._gathered(item, here, below).unknown_at(self._unsaid(level))

    def _gathered(self, item: MembersInput, here: Column, below: Below) -> Column:
        to, count = below.subject, self.count
        unknown = columns.any_in(here.unknown, to, count)
        if item.how == "any":
            true = columns.any_in(here.true, to, count)
            return columns.flags(true, unknown & ~true)
        if item.how == "count":
            return columns.whole(np.bincount(to[here.true], minlength=count)).unknown_at(unknown)
        assert item.of is not None
        value = evaluate(item.of, below).unknown_at(here.unknown)
        counts = np.flatnonzero(~here.false)
        if item.how == "sum":
            return columns.summed(value.take(counts), to[counts], count)
        return columns.extreme_in(item.how, value.take(counts), to[counts], count)

    def _unsaid(self, level: str) -> Mask:
        return self.world.unsaid(level)[self.rows.family]


class Below:
    """Members or things listed, seen from each subject of their family: a row for each pair. subject, item: the row of either."""

    def __init__(self, above: Seen, level: str) -> None:
        self.above, self.level, world = above, level, above.world
        rows = world.levels[level]
        if above.level == HOUSEHOLD:
            self.subject, self.item = rows.family, np.arange(len(rows))
        else:
            sizes = np.diff(rows.first)[above.rows.family]
            self.subject = np.repeat(np.arange(above.count), sizes)
            before = np.cumsum(sizes) - sizes
            self.item = np.arange(int(sizes.sum())) - before[self.subject] + rows.first[above.rows.family][self.subject]
        self.count, self.words, self.tables = len(self.item), above.words, above.tables
        self.belongs = self._belongs()

    def value_of(self, name: Name) -> Column:
        if name.source != "column":
            return self.above.value_of(name).take(self.subject)
        if name.name == MINE:
            return self._mine()
        return self.above.world.fact(self.level, name.name).take(self.item)

    def holds(self, expression: Expression | None) -> Column:
        return holds(expression, self)

    def _belongs(self) -> Column:
        """What belongs to somebody who is no member of the household by law does not count with it."""
        world = self.above.world
        if self.level == MEMBERS:
            return world.fact(MEMBERS, COUNTED).take(self.item)
        owner = world.levels[self.level].owner[self.item]
        if not (owner != NOBODY).any():
            return columns.flags(np.ones(self.count, bool))
        found = world.fact(MEMBERS, COUNTED).take(np.maximum(owner, 0))
        return columns.flags(found.true | (owner == NOBODY), found.unknown & (owner != NOBODY))

    def _mine(self) -> Column:
        """Whether a thing is of the member who is the subject; of a single member everything is."""
        world, rows = self.above.world, self.above.world.levels[self.level]
        members = world.levels[MEMBERS]
        owner = rows.owner[self.item]
        alone = np.diff(members.first)[rows.family[self.item]] == 1
        mine = (owner == self.subject) | ((owner == NOBODY) & alone)
        unknown = (owner == NOBODY) & ~alone
        for pair in np.flatnonzero([("supports" in rows.records[item]) for item in self.item.tolist()]):
            item, subject = int(self.item[pair]), int(self.subject[pair])
            position = subject - int(members.first[members.family[subject]])
            mine[pair], unknown[pair] = position in rows.records[item]["supports"], False
        return columns.flags(mine & ~unknown, unknown)


def _level(families: Sequence[Family], level: str) -> Level:
    """Rows of one level. A thing's member is told by its position in its own family."""
    if level == HOUSEHOLD:
        each = np.arange(len(families))
        return Level(
            [family.household for family in families], each, np.full(len(families), NOBODY), np.arange(len(families) + 1)
        )
    things = [family.things[level] for family in families]
    records = [record for some in things for record in some]
    sizes = np.array([len(some) for some in things], np.int64)
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    family = np.repeat(np.arange(len(families)), sizes)
    owner = np.full(len(records), NOBODY)
    if level in LISTS:
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(one.things[MEMBERS]) for one in families])])
        for row, record in enumerate(records):
            if record.get("member") is not None:
                owner[row] = before[family[row]] + record["member"]
    return Level(records, family, owner, first)


def _no_outcome(item: ProgrammeInput, member: int | None) -> Value:
    raise TypeError(f"a local number does not depend on a programme: {item.programme}, {member}")
