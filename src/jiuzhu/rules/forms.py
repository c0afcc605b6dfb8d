"""`forms/*.toml`: what is asked at a home or of a neighbour, read strictly; the desk, the phone and the XLSForm are made from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jiuzhu.rules.datasets import LEVELS
from jiuzhu.rules.faults import Wrong, clipped, nearest
from jiuzhu.rules.programmes.tree import HOUSEHOLD, MEMBERS
from jiuzhu.rules.reading import Reading, check_file_name, read_basis
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Title
from jiuzhu.rules.units import check_unit

TYPES = ("text", "long", "whole", "decimal", "money", "date", "yes_no", "one", "many")
YES_NO: Mapping[str, Title] = {"yes": Title("是", "Yes"), "no": Title("否", "No")}
MOST_ROWS = 30
STATED = (HOUSEHOLD, MEMBERS, "homes", "vehicles", "businesses")  # levels of catalogue/application that can be seen at a home
MEMBER_FACTS = ("member_name", "member_relation")  # what a row tells of one member; all else is told of the family once
# Names that every visit has beside its form, on the page and in the XLSForm.
TAKEN = frozenset({"outcome", "position", "photos", "photo", "start", "end", "note", "second_surveyor", "policies", "task"})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Group:
    """Questions under one heading. rows: how often they may be answered, 0 for once (a home), more for a list (members)."""

    name: str
    title: Title
    rows: int


@dataclass(frozen=True)
class Question:
    """One question. options: code to word, for `one`, `many` and `yes_no`. group: "" for none.

    when: earlier questions and the answers with which this one is asked; all of them must hold. One that is not asked is not
    answered, which is neither no nor zero. tells: the fact of the family that its answer is, "" for one that is of this visit only;
    questions of any form that tell the same fact are never filled in twice. states: the fact of catalogue/application that its answer
    is, `household.residence_kind`, for whoever decides about the family; means: option to the value it states, where the words of the
    form are others: an option that means nothing states nothing.
    """

    name: str
    asks: Title
    hint: Title
    type: str
    required: bool
    level: str
    unit: str
    group: str
    options: Mapping[str, Title]
    when: Mapping[str, tuple[str, ...]]
    tells: str = ""
    states: str = ""
    means: Mapping[str, str] = field(default_factory=dict)

    def stated(self, answer: Any) -> Any:
        """What an answer states, in the words of catalogue/application; None where it states nothing."""
        if not self.states:
            return None
        if self.type == "yes_no":
            return answer == "yes"
        said = self.means.get(str(answer)) if self.means else answer
        return {"true": True, "false": False}.get(str(said), said)


@dataclass(frozen=True)
class Form:
    """persons: surveyors who must be there. outcome: whether the visit ends with one. cards: whether policy cards are told.

    photos: how many at most.
    """

    code: str
    version: str
    title: Title
    persons: int
    outcome: bool
    cards: bool
    photos: int
    groups: Mapping[str, Group]
    questions: Mapping[str, Question]
    basis: tuple[Mapping[str, str], ...]
    path: str

    def of_group(self, group: str) -> tuple[Question, ...]:
        return tuple(question for question in self.questions.values() if question.group == group)


def read_forms(folders: Iterable[Path], reading: Reading, lists: Mapping[str, Mapping[str, Title]]) -> dict[str, Form]:
    """The forms of these folders by code. lists: choices that a question takes over by `codes`."""
    answer: dict[str, Form] = {}
    for folder in folders:
        for path in sorted((folder / "forms").glob("*.toml")):
            source = Source(path, reading.faults)
            if not source.data:
                continue
            form = _form(source, reading, lists)
            if reading.new("form", form.code, source):
                answer[form.code] = form
    return answer


def _form(source: Source, reading: Reading, lists: Mapping[str, Mapping[str, Title]]) -> Form:
    keys = Keys(source, (), source.data)
    code = keys.text("code", required=True)
    check_file_name(source, code)
    groups: dict[str, Group] = {}
    for index, item in enumerate(keys.tables("groups")):
        part = Keys(source, ("groups", index), item)
        group = Group(read_name(part, groups), part.title("title"), part.whole("rows"))
        if group.rows > MOST_ROWS:
            part.fault("rows", "wrong_number", f"rows = {group.rows}", f"write at most {MOST_ROWS}")
        part.done()
        groups[group.name] = group
    questions: dict[str, Question] = {}
    for index, item in enumerate(keys.tables("questions", required=True)):
        part = Keys(source, ("questions", index), item)
        question = _question(part, groups, questions, lists)
        part.done()
        questions[question.name] = question
    form = Form(
        code=code,
        version=keys.text("version", required=True),
        title=keys.title("title"),
        persons=keys.whole("persons", required=True, default=1, least=1),
        outcome=keys.flag("outcome", default=True),
        cards=keys.flag("cards"),
        photos=keys.whole("photos"),
        groups=groups,
        questions=questions,
        basis=read_basis(keys, reading.laws, required=True),
        path=source.name,
    )
    keys.done()
    return form


def read_name(keys: Keys, known: Mapping[str, object]) -> str:
    name = keys.text("name", required=True)
    if name and not _NAME.fullmatch(name):
        keys.fault("name", "name", f"name '{clipped(name)}'", "write small letters, digits and _, a letter first")
    elif name in known:
        keys.fault("name", "twice", f"'{name}' is there twice", "give each its own name")
    elif name in TAKEN:
        keys.fault("name", "name", f"'{name}' is asked on every visit", "take another name")
    return name


def _question(
    keys: Keys, groups: Mapping[str, Group], before: Mapping[str, Question], lists: Mapping[str, Mapping[str, Title]]
) -> Question:
    name, kind, group = read_name(keys, {**before, **groups}), keys.text("type", required=True, one_of=TYPES), keys.text("group")
    if group and group not in groups:
        keys.fault("group", "group", f"group '{clipped(group)}' is not in this form", nearest(group, groups))
    unit = keys.text("unit")
    try:
        check_unit(unit)
        if unit and kind not in ("whole", "decimal", "money"):
            raise Wrong("unit", f"a question of type {kind} has no unit", "take `unit` out")
        if kind == "money" and unit != "yuan":
            raise Wrong("unit", f"money in '{clipped(unit)}'", 'write unit = "yuan"')
    except Wrong as error:
        keys.wrong("unit", error)
    return Question(
        name=name,
        asks=keys.title("asks"),
        hint=keys.title("hint", required=False),
        type=kind,
        required=keys.flag("required"),
        level=keys.text("level", required=True, one_of=LEVELS, default="sensitive"),
        unit=unit,
        group=group,
        options=read_options(keys, kind, lists),
        when=read_conditions(keys, group, before),
        tells=_tells(keys, group, groups, before),
        states=_states(keys, group in groups and groups[group].rows > 0),
        means=_means(keys, kind),
    )


def _states(keys: Keys, has_rows: bool) -> str:
    """A thing of a list, or a member, is told by a row, or by a group that stands for one thing; the household by what is asked once."""
    fact = keys.text("states")
    level, _, name = fact.partition(".")
    if fact and (level not in STATED or not _NAME.fullmatch(name)):
        keys.fault("states", "fact", f"states '{clipped(fact)}'", nearest(level, STATED) + ", a point, and the name of the fact")
    elif (level == HOUSEHOLD and has_rows) or (level == MEMBERS and not has_rows):
        keys.fault(
            "states", "fact", f"'{clipped(fact)}' in this group", "let a row state what is of one thing, and else the household"
        )
    return fact


def _means(keys: Keys, kind: str) -> Mapping[str, str]:
    written = keys.table("means")
    part = Keys(keys.source, (*keys.at, "means"), written)
    if written and kind != "one":
        keys.fault("means", "options", f"a question of type {kind} means", "take `means` out")
    return {option: part.text(option, required=True) for option in written}


def _tells(keys: Keys, group: str, groups: Mapping[str, Group], before: Mapping[str, Question]) -> str:
    fact = keys.text("tells")
    if fact and not _NAME.fullmatch(fact):
        keys.fault("tells", "name", f"tells '{clipped(fact)}'", "write small letters, digits and _, a letter first")
    elif fact and any(one.tells == fact and one.group == group for one in before.values()):
        keys.fault("tells", "twice", f"'{fact}' is told by an earlier question of this form", "let one question tell it")
    elif fact and group in groups and groups[group].rows and fact not in MEMBER_FACTS:
        keys.fault("tells", "fact", f"a row tells '{clipped(fact)}'", nearest(fact, MEMBER_FACTS))
    return fact


def read_options(keys: Keys, kind: str, lists: Mapping[str, Mapping[str, Title]]) -> Mapping[str, Title]:
    chosen, written = kind in ("one", "many"), keys.table("options")
    named = keys.text("codes")
    if chosen == (bool(written) == bool(named)):
        wanted = "give one of `options` and `codes`" if chosen else "take `options` and `codes` out"
        keys.fault("options", "options", f"a question of type {kind}", wanted)
    if named and named not in lists:
        keys.fault("codes", "codes", f"there is no list '{clipped(named)}'", nearest(named, lists))
    if kind == "yes_no":
        return YES_NO
    if named:
        return lists.get(named, {})
    part = Keys(keys.source, (*keys.at, "options"), written)
    options = {code: part.title(code) for code in written}
    for code in options:
        if not _NAME.fullmatch(code):
            part.fault(code, "name", f"option '{clipped(code)}'", "write small letters, digits and _, a letter first")
    return options


def read_conditions(keys: Keys, group: str, before: Mapping[str, Question]) -> Mapping[str, tuple[str, ...]]:
    part = Keys(keys.source, (*keys.at, "when"), keys.table("when"))
    answer: dict[str, tuple[str, ...]] = {}
    for name in part.values:
        values, other = part.words(name, required=True), before.get(name)
        answer[name] = values
        if other is None:
            part.fault(name, "question", f"'{clipped(name)}' is no earlier question", nearest(name, before))
        elif other.group not in ("", group):
            part.fault(
                name, "question", f"'{name}' stands in another group", "ask by a question before the groups or of this one"
            )
        else:
            for value in values:
                if value not in other.options:
                    part.fault(name, "option", f"'{clipped(value)}' is no answer to '{name}'", nearest(value, other.options))
    return answer


def asked(form: Form, question: Question, answers: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a question is asked, given the answers so far; row: those of the same row of a group with rows."""
    for name, values in question.when.items():
        other = form.questions[name]
        given = (row if other.group == question.group and question.group else answers).get(name)
        held: Sequence[Any] = given if isinstance(given, list) else [given]
        if not set(held) & set(values) or not asked(form, other, answers, row):
            return False
    return True
