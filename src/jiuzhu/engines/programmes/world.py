"""What is known of one family: stated facts, what follows from them, local numbers, and other programmes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from jiuzhu.engines.reference.expressions import evaluate, holds
from jiuzhu.engines.reference.values import (
    NONE,
    Number,
    Reason,
    Unknown,
    Value,
    added,
    both,
    divided,
    either,
    is_known,
    unknown_of,
)
from jiuzhu.rules.parameters import ParameterValue
from jiuzhu.rules.programmes.family import CONFLICT, Brought, Family, Plain, Unsaid
from jiuzhu.rules.programmes.inputs import MINE
from jiuzhu.rules.programmes.tree import HOUSEHOLD, MEMBERS, Input, NumberInput, ProgrammeInput, Programmes, Stated, Test
from jiuzhu.rules.tree import Expression, FactInput, MembersInput, Name, Title

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

LISTED = "_listed"  # `incomes_listed`: the file has that list at all, be it empty
COUNTED = "counted"  # the fact that a member belongs to the household by law
Outcome = Callable[[ProgrammeInput, int | None], Value]


@dataclass(frozen=True)
class Taken:
    """A number as it was looked up. row: of the catalogue, None if none applies; brought: by the file, before the row."""

    name: str
    division: str
    on: date
    row: ParameterValue | None
    brought: Brought | None


class World:
    """All of one family. outcome: judges another programme; members of `place` numbers: the division whose numbers count."""

    def __init__(self, catalogue: Catalogue, family: Family, outcome: Outcome) -> None:
        self.catalogue, self.family, self.outcome = catalogue, family, outcome
        self.programmes: Programmes = catalogue.programmes
        self.taken: dict[tuple[str, str, date], Taken] = {}
        self._facts: dict[tuple[str, int, str], Value] = {}
        self._open: set[tuple[str, int, str]] = set()

    # --- local numbers ---

    def number(self, name: str, division: str, on: date, *, optional: bool) -> Value:
        """The number brought along, else that of the catalogue: a number, a word, none, or unknown because it is unset."""
        parameters = self.catalogue.parameters
        key = (name, division, on)
        if key not in self.taken:
            row = parameters.lookup("", name, division, on)
            self.taken[key] = Taken(name, division, on, row, self.family.parameters.get(name))
        taken = self.taken[key]
        yearly = self.programmes.numbers[name].yearly
        if taken.brought is None and yearly in self.family.parameters:
            return divided(self.number(yearly, division, on, optional=True), 12)
        if taken.brought is not None:
            return taken.brought.text or _exact(taken.brought.value)
        if taken.row is None and optional and not yearly:
            return NONE
        if taken.row is not None and self.programmes.numbers[name].words and taken.row.text:
            return taken.row.text
        value = parameters.value("", name, division, on)
        if value is None and yearly:
            found = self.number(yearly, division, on, optional=True)
            return divided(found, 12) if is_known(found) else Unknown(because=(Reason("unset parameter", name),))
        return Unknown(because=(Reason("unset parameter", name),)) if value is None else _exact(value.value)

    # --- facts ---

    def fact(self, level: str, index: int, name: str) -> Value:
        key = (level, index, name)
        if key in self._facts:
            return self._facts[key]
        if key in self._open:
            # Two facts that follow from each other: the one asked for first cannot stand on itself.
            return Unknown(because=(Reason("not given", name, self._whose(level, index)),))
        self._open.add(key)
        try:
            self._facts[key] = self._worked(level, index, self.programmes.vocabulary.facts[level][name])
        finally:
            self._open.discard(key)
        return self._facts[key]

    def _record(self, level: str, index: int) -> Mapping[str, Plain]:
        return self.family.household if level == HOUSEHOLD else self.family.things[level][index]

    def _worked(self, level: str, index: int, one: Stated) -> Value:
        """What is stated, if nothing that follows from other statements differs from it; else what follows."""
        if one.name == "applied_on":
            return self.family.applied_on
        if one.name.endswith(LISTED):
            return one.name.removesuffix(LISTED) in self.family.listed
        said = self._record(level, index).get(one.name)
        stated = None if said is None else _value(said, one)
        seen = self.seen(level, index, self.programmes.vocabulary.inputs.get(level, {}))
        ways = [_way(when, value, seen) for when, value in one.ways]
        found = [value for value in ways if value is not None]
        known = [value for value in ([stated] if stated is not None else []) + found if is_known(value)]
        if any(value != known[0] for value in known):
            return Unknown(because=(Reason("in conflict", one.name, self._whose(level, index)),))
        if known:
            return known[0]
        if one.instead is not None:
            instead = evaluate(one.instead, seen)
            if is_known(instead) or (stated is None and not found and isinstance(instead, Unknown)):
                return instead
        if stated is not None or found:
            return _first_missing([*([stated] if stated is not None else []), *found])
        if one.absent is None:
            return Unknown(because=(Reason("not given", one.name, self._whose(level, index)),))
        return NONE if one.absent == "none" else evaluate(one.absent, seen)

    def _whose(self, level: str, index: int) -> str:
        """Of whom or what, for a message: the household, `members 2`, `vehicles 1`."""
        return "" if level == HOUSEHOLD else f"{level} {index + 1}"

    # --- scopes and lists ---

    def seen(self, level: str, index: int, inputs: Mapping[str, Input], division: str = "") -> Seen:
        return Seen(self, level, index, inputs, division or self.family.places["registration"])


class Seen:
    """What expressions about the household, a member or a thing listed see."""

    def __init__(self, world: World, level: str, index: int, inputs: Mapping[str, Input], division: str) -> None:
        self.world, self.level, self.index, self.inputs, self.division = world, level, index, inputs, division
        # Lines of an amount as they are worked out, what they are called, and the needs of the programme.
        self.lines: dict[str, Value] = {}
        self.titles: dict[str, Title] = {}
        self.needs: tuple[Test, ...] = ()
        self._kept: dict[str, Value] = {}

    def value_of(self, name: Name) -> Value:
        if name.source == "moment":
            return self.world.family.on
        if name.source == "input":
            return self.lines[name.name] if name.name in self.lines else self.input(name.name)
        return self.fact(name.name)

    def table_entry(self, table: str, key: int) -> Number:
        return Fraction(self.world.catalogue.tables[table].at(key))

    def fact(self, name: str) -> Value:
        facts = self.world.programmes.vocabulary.facts
        if name in facts.get(self.level, {}):
            return self.world.fact(self.level, self.index, name)
        if name in facts[HOUSEHOLD]:
            return self.world.fact(HOUSEHOLD, 0, name)
        return either(self.world.fact(MEMBERS, index, name) for index in self._members())

    def _members(self) -> list[int]:
        """Those who belong to the household; where that is not known, it stays open for each."""
        return [index for index in self._positions(MEMBERS) if self.world.fact(MEMBERS, index, COUNTED) is not False]

    def _positions(self, level: str) -> range:
        return range(len(self.world.family.things[level]))

    def input(self, name: str) -> Value:
        if name not in self._kept:
            self._kept[name] = self._input(self.inputs[name])
        return self._kept[name]

    def _input(self, item: Input) -> Value:
        if isinstance(item, NumberInput):
            return self.number(item)
        if isinstance(item, ProgrammeInput):
            return self.world.outcome(item, self.index if self.level == MEMBERS else None)
        if isinstance(item, FactInput):
            return self.fact(item.fact)
        if isinstance(item, MembersInput):
            return self._over(item)
        return evaluate(item.value, self)

    def filled(self, item: NumberInput) -> str | Unknown:
        """The name of a number with the codes of facts in their places."""
        name = item.parameter
        for fact in item.by:
            code = self.fact(fact)
            if not isinstance(code, str):
                return code if isinstance(code, Unknown) else Unknown(because=(Reason("not given", fact),))
            name = name.replace(f"{{{fact}}}", code)
        return name

    def number(self, item: NumberInput) -> Value:
        name = self.filled(item)
        if isinstance(name, Unknown):
            return name
        family = self.world.family
        day = family.on if item.on == "decision" else family.applied_on
        return self.world.number(name, self.division, day, optional=item.optional)

    # --- over members and lists ---

    def below(self, level: str, index: int) -> _Below:
        return _Below(self, level, index)

    def _over(self, item: MembersInput) -> Value:
        level = MEMBERS if item.among == HOUSEHOLD else item.among
        if level in self.world.family.unsaid:
            return Unknown(because=(Reason("not given", level),))
        truths: list[Value] = []
        values: list[Value] = []
        for index in self._positions(level):
            below = self.below(level, index)
            here = both([self._belongs(level, index), holds(item.where, below)])
            truths.append(here)
            if here is not False and item.of is not None:
                value = evaluate(item.of, below)
                values.append(unknown_of([here, value]) if isinstance(here, Unknown) else value)
        if item.how in ("any", "all"):
            return either(truths) if item.how == "any" else self._all(item, level)
        if item.how == "count":
            return (
                unknown_of(truths) if any(isinstance(each, Unknown) for each in truths) else sum(each is True for each in truths)
            )
        return _gathered(item.how, [value for value in values if value is not NONE])

    def _belongs(self, level: str, index: int) -> Value:
        """What belongs to somebody who is no member of the household by law does not count with it."""
        member = index if level == MEMBERS else self.world.family.things[level][index].get("member")
        return True if member is None else self.world.fact(MEMBERS, member, COUNTED)

    def _all(self, item: MembersInput, level: str) -> Value:
        return both(
            holds(item.where, self.below(level, index)) for index in self._positions(level) if self._belongs(level, index)
        )


class _Below:
    """A member or a thing listed, seen from the subject: its own facts as columns, all else as the subject sees it."""

    def __init__(self, above: Seen, level: str, index: int) -> None:
        self.above, self.level, self.index = above, level, index

    def value_of(self, name: Name) -> Value:
        if name.source != "column":
            return self.above.value_of(name)
        if name.name == MINE:
            return self._mine()
        return self.above.world.fact(self.level, self.index, name.name)

    def table_entry(self, table: str, key: int) -> Number:
        return self.above.table_entry(table, key)

    def _mine(self) -> Value:
        """Whether a thing is of the member who is the subject; of a single member everything is."""
        family = self.above.world.family
        thing = family.things[self.level][self.index]
        if "supports" in thing:
            return self.above.index in thing["supports"]
        if thing.get("member") is not None:
            return bool(thing["member"] == self.above.index)
        if len(family.things[MEMBERS]) == 1:
            return True
        return Unknown(because=(Reason("not given", "member", f"{self.level} {self.index + 1}"),))


def _way(when: Expression | None, value: Expression, seen: Seen) -> Value | None:
    """What one way gives; None where it does not apply."""
    truth = holds(when, seen)
    if isinstance(truth, Unknown):
        return truth
    if not truth:
        return None
    found = evaluate(value, seen)
    return None if found is NONE else found


def _first_missing(values: list[Value]) -> Value:
    """Nothing is known: unknown with the reasons of each, or none where that was said."""
    open_ones = [value for value in values if isinstance(value, Unknown)]
    return unknown_of(open_ones) if open_ones else NONE


def _gathered(how: str, values: list[Value]) -> Value:
    if how == "sum":
        total: Value = 0
        for value in values:
            total = added(total, value)
        return total
    if any(isinstance(value, Unknown) for value in values):
        return unknown_of(values)
    return (min if how == "min" else max)(values) if values else NONE  # type: ignore[type-var]


def _value(said: Plain, one: Stated) -> Value:
    if isinstance(said, Unsaid):
        return Unknown(because=(Reason("in conflict" if said is CONFLICT else "not given", one.name),))
    return _exact(said) if isinstance(said, Decimal) else said


def _exact(value: Decimal | None) -> Value:
    return NONE if value is None else Fraction(value)
