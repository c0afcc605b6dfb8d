"""What a programme file says, as a tree: its tests, its amount, its top-ups, and the facts an application may state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from jiuzhu.rules.tree import Expression, FactInput, MembersInput, Subject, Title, Type

HOUSEHOLD, MEMBERS = "household", "members"
# What an application lists besides the members of the household.
LISTS = ("obligors", "incomes", "expenses", "deductions", "assets", "homes", "vehicles", "businesses", "events")
LEVELS = (HOUSEHOLD, MEMBERS, *LISTS)

Pays = Literal["monthly", "yearly", "once", "service", "status"]
Day = Literal["decision", "application"]


@dataclass(frozen=True)
class NumberInput:
    """A dated local number. by: the facts whose codes stand in the name (`dibao.{residence_kind}_monthly`).

    optional: where no row applies the place has no such rule, and the value is none; an unset row is unknown all the same.
    """

    name: str
    parameter: str
    by: tuple[str, ...]
    on: Day
    optional: bool
    type: Type


@dataclass(frozen=True)
class ProgrammeInput:
    """Whether another programme holds for the same subject, or what it gives."""

    name: str
    programme: str
    gives: Literal["holds", "amount"]
    type: Type


@dataclass(frozen=True)
class WorkedInput:
    """A value worked out from the names above it: `value`, or `choose`, the first line that holds."""

    name: str
    value: Expression
    type: Type


Input = NumberInput | ProgrammeInput | WorkedInput | FactInput | MembersInput


@dataclass(frozen=True)
class Stated:
    """A fact that an application states of the household, a member, or one thing it lists.

    also: other words a file may use for it. ways: how it follows from other facts; all that apply must agree with each other
    and with what is stated, else the fact is in conflict and so unknown. absent: its value where nobody states it and no way
    applies (None: unknown). stated: whether a file may state it at all. codes: the words of a text;
    code_words: other words for a code.
    """

    name: str
    level: str
    title: Title
    type: Type
    codes: Mapping[str, Title] = field(default_factory=dict)
    code_words: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    ways: tuple[tuple[Expression | None, Expression], ...] = ()
    instead: Expression | None = None
    absent: Expression | Literal["none"] | None = None
    stated: bool = True
    several: bool = False
    negative: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """All facts by level and name. inputs: what the ways of a level stand on."""

    facts: Mapping[str, Mapping[str, Stated]] = field(default_factory=dict)
    inputs: Mapping[str, Mapping[str, Input]] = field(default_factory=dict)

    def find(self, level: str, word: str) -> Stated | None:
        """What a file states by this word, its name or another; a fact that only follows from others is not stated."""
        return self._by_word.get((level, word))

    @cached_property
    def _by_word(self) -> Mapping[tuple[str, str], Stated]:
        """Every fact a file may state, by its level and each of its words."""
        return {
            (level, word): one
            for level, here in self.facts.items()
            for one in here.values()
            if one.stated
            for word in (one.name, *one.also)
        }

    def words(self, level: str) -> tuple[str, ...]:
        """Every word a file may use."""
        return tuple(word for one in self.facts.get(level, {}).values() if one.stated for word in (one.name, *one.also))


@dataclass(frozen=True)
class NumberName:
    """A number that programmes read, by its name in `parameters/`. words: the texts it may be, for one that is no number.
    yearly: the number that is a year of it, where a place sets it so.
    """

    name: str
    title: Title
    words: Mapping[str, Title]
    also: tuple[str, ...]
    unit: str
    yearly: str = ""


@dataclass(frozen=True)
class Test:
    """One condition. basis: law and article, where it differs from that of the programme."""

    name: str
    holds: Expression
    title: Title
    basis: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Line:
    """One line of `amount`."""

    name: str
    value: Expression
    title: Title


@dataclass(frozen=True)
class TopUp:
    """Paid a month to each insured member for whom `when` holds: `pays` is yuan, or a share of the standard."""

    group: str
    when: Expression
    pays: NumberInput


@dataclass(frozen=True)
class Note:
    """What whoever decides must be told where `when` holds."""

    when: Expression
    title: Title


@dataclass(frozen=True)
class Rounding:
    to: NumberInput
    how: NumberInput


@dataclass(frozen=True)
class Programme:
    """One text of a programme, in force from `since` up to, not including, `until`.

    rank: of the classes, the first that holds is the main one (0: no class). tests must all hold, no exclusion may;
    needs must be in order before there is a proposal at all. insured: for whom top-ups are paid.
    also: other words for it. recognised_by: the fact that says it has been recognised already.
    place: the division whose amendments are in it ("" for the national text); amended_by: their files.
    """

    code: str
    title: Title
    of: Subject
    rank: int
    since: date
    until: date | None
    basis: tuple[Mapping[str, str], ...]
    numbers_of: Literal["registration", "residence", "emergency"]
    pays: Pays
    department: str
    inputs: Mapping[str, Input]
    titles: Mapping[str, Title]
    needs: tuple[Test, ...]
    tests: tuple[Test, ...]
    exclusions: tuple[Test, ...]
    amount: tuple[Line, ...]
    topups: tuple[TopUp, ...]
    insured: Expression | None
    stacking: NumberInput | None
    rounding: Rounding | None
    review: tuple[str, ...]
    validity: str
    evidence: tuple[str, ...]
    workflow: str
    notes: tuple[Note, ...]
    also: tuple[str, ...]
    recognised_by: str
    open: tuple[str, ...]
    path: str
    place: str = ""
    amended_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Programmes:
    """texts: code to its texts, national and amended. numbers: the names of local numbers that programmes read; unread: those that are
    only in `parameters/`.
    """

    texts: Mapping[str, tuple[Programme, ...]] = field(default_factory=dict)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    numbers: Mapping[str, NumberName] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()

    def codes(self, on: date) -> tuple[str, ...]:
        """The programmes with a text in force on that day: classes by rank, then the others by code."""
        here = {code: texts for code, texts in self.texts.items() if any(in_force(text, on) for text in texts)}
        return tuple(sorted(here, key=lambda code: (here[code][0].rank or 99, code)))

    def named(self, word: str) -> str | None:
        """The code of a programme by its code or another word for it."""
        also = {other: code for code, texts in self.texts.items() for other in texts[0].also}
        return word if word in self.texts else also.get(word)

    def words(self) -> tuple[str, ...]:
        return tuple(word for code, texts in self.texts.items() for word in (code, *texts[0].also))

    def of(self, code: str, places: tuple[str, ...], on: date) -> Programme | None:
        """The text of a programme on that day for a division: `places` are its trimmed code and those above, nearest first."""
        here = [text for text in self.texts.get(code, ()) if in_force(text, on)]
        for place in places:
            found = [text for text in here if text.place == place]
            if found:
                return found[0]
        return None


def in_force(text: Programme, on: date) -> bool:
    return text.since <= on and (text.until is None or on < text.until)
