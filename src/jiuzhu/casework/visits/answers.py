"""From what was typed to the answers of a form: every field that cannot be taken is named, and nothing typed is guessed at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jiuzhu.rules.forms import Form, Question, asked

Typed = Mapping[str, Sequence[str]]
LONGEST = 2000
_WHOLE = re.compile(r"[0-9]{1,9}")
_DECIMAL = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")


@dataclass(frozen=True)
class Fault:
    """One field that cannot be taken. kind: missing, number, option, day, long, or a word of the action that found it."""

    field: str
    kind: str


@dataclass(frozen=True)
class Answers:
    """values: question to answer, and group with rows to its rows. Not asked, or asked and left empty, is not there at all.

    whole, decimal and money are decimal text; `many` is a list of codes in the order of the form.
    """

    values: Mapping[str, Any]
    faults: tuple[Fault, ...]


def field_name(question: Question, row: int | None = None) -> str:
    return question.name if row is None else f"{question.group}.{row}.{question.name}"


def answers_of(form: Form, typed: Typed) -> Answers:
    """typed: field to what was typed into it; fields no form has are passed over. Commas between thousands fall away."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for question in form.questions.values():
        if not question.group or not form.groups[question.group].rows:
            _take(form, question, field_name(question), typed, values, {}, faults, values)
    for group in form.groups.values():
        if group.rows:
            rows = [_row(form, group.name, number, typed, values, faults) for number in range(group.rows)]
            kept = [row for row in rows if row]
            if kept:
                values[group.name] = kept
    return Answers(values, tuple(faults))


def rows_typed(form: Form, group: str, typed: Typed) -> int:
    """How many rows of a group have something typed in them, counted to the last one."""
    questions = form.of_group(group)
    full = [
        number
        for number in range(form.groups[group].rows)
        if any(text.strip() for question in questions for text in typed.get(field_name(question, number), ()))
    ]
    return max(full, default=-1) + 1


def _row(form: Form, group: str, number: int, typed: Typed, values: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """A row in which nothing was typed is no row, and misses nothing."""
    questions = form.of_group(group)
    if not any(text.strip() for question in questions for text in typed.get(field_name(question, number), ())):
        return {}
    row: dict[str, Any] = {}
    for question in questions:
        _take(form, question, field_name(question, number), typed, row, row, faults, values)
    return row


def _take(
    form: Form,
    question: Question,
    field: str,
    typed: Typed,
    into: dict[str, Any],
    row: Mapping[str, Any],
    faults: list[Fault],
    values: Mapping[str, Any],
) -> None:
    if not asked(form, question, values, row):
        return
    given = [text.strip() for text in typed.get(field, ()) if text.strip()]
    if not given:
        if question.required:
            faults.append(Fault(field, "missing"))
        return
    value, wrong = _value(question, given)
    if wrong:
        faults.append(Fault(field, wrong))
    else:
        into[question.name] = value


def _value(question: Question, given: Sequence[str]) -> tuple[Any, str]:
    """The answer, or the kind of its fault."""
    text, kind = given[0], question.type
    if kind == "many":
        chosen = [code for code in question.options if code in given]
        return chosen, "" if len(chosen) == len(set(given)) else "option"
    if kind in ("one", "yes_no"):
        return text, "" if text in question.options else "option"
    if kind in ("whole", "decimal", "money"):
        plain = text.replace(",", "").replace("，", "")
        return plain, "" if (_WHOLE if kind == "whole" else _DECIMAL).fullmatch(plain) else "number"
    if kind == "date":
        try:
            return date.fromisoformat(text).isoformat(), ""
        except ValueError:
            return None, "day"
    return text, "" if len(text) <= LONGEST else "long"
