"""A form of the catalogue as a page: its fields with what was typed, what is wrong with it, and what a visit answered."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jiuzhu.casework.visits.answers import Fault, Typed, field_name, rows_typed
from jiuzhu.portals.desk.templatetags.words import UNITS, grouped_digits
from jiuzhu.rules.forms import Form, Question
from jiuzhu.rules.tree import Title

FAULTS: Mapping[str, Title] = {
    "missing": Title("请填写", "Please answer"),
    "number": Title("请填数字，不小于 0", "Write a number, not below nought"),
    "option": Title("请从给出的选项中选", "Choose one of what is offered"),
    "day": Title("请填日期，例如 2026-11-20", "Write a day such as 2026-11-20"),
    "long": Title("请不超过 2000 字", "At most 2,000 characters"),
    "order": Title("结束要晚于开始，且不晚于现在", "The end comes after the beginning, and not after now"),
    "many": Title("照片太多", "Too many photos"),
    "picture": Title("有一张不是照片，或太大、已损坏；请重新拍", "One is no photo, too large or damaged; take it again"),
    "another": Title("请选另一位在职人员", "Choose another person who works here"),
}
NAMES: Mapping[str, Title] = {
    "outcome": Title("结果", "Outcome"),
    "policies": Title("讲了哪些政策", "Policies told"),
    "photos": Title("照片", "Photos"),
    "second_surveyor": Title("同行调查人", "Second surveyor"),
    "began_at": Title("走访时间", "Time of the visit"),
    "form": Title("表", "Form"),
    "because": Title("更正原因", "Why it is put right"),
}


@dataclass(frozen=True)
class Option:
    code: str
    title: Title
    chosen: bool


@dataclass(frozen=True)
class Field:
    """One question on the page. when: what must be answered first, as JSON for the script and as words for the reader."""

    name: str
    question: Question
    options: Sequence[Option]
    text: str
    fault: Title | None
    unit: Title | None
    when: str
    only: Title | None


@dataclass(frozen=True)
class Section:
    """Questions under one heading; `rows` has one entry, or one a row of a list. full: no further row may be added."""

    name: str
    title: Title | None
    rows: Sequence[Sequence[Field]]
    repeated: bool
    full: bool


@dataclass(frozen=True)
class Mistake:
    """One line of the list at the top of the page. field: what it links to."""

    field: str
    title: Title
    says: Title


def sections(form: Form, typed: Typed, faults: Iterable[Fault], *, more: str = "") -> list[Section]:
    """typed: what stands in the fields. more: the group to which an empty row is added."""
    told = {fault.field: FAULTS[fault.kind] for fault in faults}
    found = [Section("", None, [[field_of(form, one, None, typed, told) for one in form.of_group("")]], False, True)]
    for group in form.groups.values():
        rows: Sequence[int | None] = [None]
        if group.rows:
            filled = rows_typed(form, group.name, typed) + (more == group.name)
            rows = list(range(min(max(filled, 1), group.rows)))
        fields = [[field_of(form, one, row, typed, told) for one in form.of_group(group.name)] for row in rows]
        found.append(Section(group.name, group.title, fields, bool(group.rows), len(rows) >= group.rows))
    return found


def mistakes(form: Form, faults: Iterable[Fault]) -> list[Mistake]:
    found = []
    for fault in faults:
        group, _, rest = fault.field.partition(".")
        row, _, name = rest.partition(".")
        question = form.questions.get(name or fault.field)
        title = question.asks if question is not None else NAMES.get(fault.field, Title(fault.field, fault.field))
        if rest:
            of, place = form.groups[group].title, int(row) + 1
            title = Title(f"{of.zh} {place}：{title.zh}", f"{of.en} {place}: {title.en}")
        found.append(Mistake(fault.field, title, FAULTS[fault.kind]))
    return found


def field_of(
    form: Form,
    question: Question,
    row: int | None,
    typed: Typed,
    faults: Mapping[str, Title],
    *,
    only: Collection[str] | None = None,
) -> Field:
    """only: the questions of this page, where there are other pages: the others are answered already."""
    when = {key: list(values) for key, values in question.when.items() if only is None or key in only}
    name = field_name(question, row)
    given = list(typed.get(name, ()))
    unit = UNITS.get(question.unit)
    return Field(
        name=name,
        question=question,
        options=[Option(code, title, code in given) for code, title in question.options.items()],
        text=given[0] if given else "",
        fault=faults.get(name),
        unit=Title(*unit) if unit else None,
        when=json.dumps(when) if when else "",
        only=_only(form, question) if when else None,
    )


def _only(form: Form, question: Question) -> Title | None:
    """The nearest condition in words."""
    if not question.when:
        return None
    name, values = list(question.when.items())[-1]
    other = form.questions[name]
    zh, en = ([getattr(other.options[value], lang) for value in values] for lang in ("zh", "en"))
    return Title(f"“{other.asks.zh}”选{'、'.join(zh)}时填", f"Only where “{other.asks.en}” is {' or '.join(en)}")


@dataclass(frozen=True)
class Answered:
    """One answer in words."""

    title: Title
    says: Title


@dataclass(frozen=True)
class AnsweredSection:
    title: Title | None
    rows: Sequence[Sequence[Answered]]


def answered(form: Form | None, answers: Mapping[str, Any]) -> list[AnsweredSection]:
    """What was answered, in the order of the form; what was not asked is not there."""
    if form is None:
        return []
    found = [AnsweredSection(None, [_answers(form.of_group(""), answers)])]
    for group in form.groups.values():
        rows = answers.get(group.name, []) if group.rows else [answers]
        found.append(AnsweredSection(group.title, [_answers(form.of_group(group.name), row) for row in rows]))
    return [section for section in found if any(section.rows)]


def _answers(questions: Iterable[Question], row: Mapping[str, Any]) -> list[Answered]:
    return [Answered(question.asks, in_words(question, row[question.name])) for question in questions if question.name in row]


def in_words(question: Question, value: Any) -> Title:
    """An answer as people say it; a code whose word is gone stands for itself."""
    if question.options:
        titles = [question.options.get(code, Title(code, code)) for code in (value if isinstance(value, list) else [value])]
        return Title("、".join(one.zh for one in titles), ", ".join(one.en for one in titles))
    if question.type in ("whole", "decimal", "money"):
        zh, en = UNITS.get(question.unit, ("", ""))
        figure = grouped_digits(str(value), question.unit)
        return Title(f"{figure} {zh}".strip(), f"{figure} {en}".strip())
    return Title(str(value), str(value))


def typed_of(form: Form, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields as they would have to be typed to give these answers: where a visit is put right, its page begins with them."""
    typed: dict[str, list[str]] = {}
    for name, value in answers.items():
        if name in form.groups:
            for number, row in enumerate(value):
                for inner, cell in row.items():
                    typed[f"{name}.{number}.{inner}"] = _listed(cell)
        else:
            typed[name] = _listed(value)
    return typed


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
