"""The form as pages of questions, and what was typed into it as answers. Nothing here knows who asks: desk and telephone alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jiuzhu.casework.accounts.actions import NoSuchDivision, division_in_force
from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.visits.answers import Answers, Fault, Typed, answers_of, field_name, rows_typed
from jiuzhu.rules.application_form import CHECKS, HOW, ITEMS, TELL, UNSURE, ApplicationForm, Field, Section
from jiuzhu.rules.forms import Question, asked
from jiuzhu.vocabulary.id_number import IdNumber, IdNumberFault
from jiuzhu.vocabulary.text import compact

MEMBERS, SELF = "members", "self"
NAME, ID_KIND, ID_NUMBER = "applicant_name", "id_kind", "id_number"
CONSENTS = ("truth", "consent_check", "consent_notice")
MASK = "*"
# The first line of the members is the applicant: what was typed of them once stands there too.
_FIRST = {"member_name": NAME, "member_id_kind": ID_KIND, "member_id_number": ID_NUMBER}
__all__ = [
    "CHECKS", "Answers", "Asked", "Fault", "Step", "Typed", "answered", "field_name", "missing", "rows_of", "steps", "with_applicant",
]  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One question as it stands on a page: field is the name of its input. row: of a list, None for what is asked once."""

    field: str
    question: Question
    row: int | None
    typed: tuple[str, ...]
    known_from: tuple[str, ...]
    check: str


@dataclass(frozen=True)
class Step:
    """A page. rows: how many lines of a list it shows, 0 for none; most: how many there may be."""

    section: Section
    asked: tuple[Asked, ...]
    rows: int
    most: int


def steps(typed: Typed, *, form: ApplicationForm | None = None) -> tuple[Step, ...]:
    """The pages for what was typed so far: only questions that are asked then, and of a list one empty line more than is filled."""
    form = form or application_form()
    typed = with_applicant(typed)
    answers = answers_of(form.form, typed).values
    pages = [_page(form, section, typed, answers) for section in form.sections.values()]
    return tuple(page for page in pages if page.asked)


def _page(form: ApplicationForm, section: Section, typed: Typed, answers: Mapping[str, Any]) -> Step:
    found: list[Asked] = []
    left = section.name + HOW
    shown = rows_of(form, section.name, typed) if section.rows else 0
    if left in form.fields and answers.get(left) != TELL:
        shown = 0
    for name in section.questions:
        one = form.fields[name]
        if not one.question.group and asked(form.form, one.question, answers, {}):
            found.append(_asked(one, None, typed))
    for row in range(shown):
        line = {question: _one(typed, field_name(form.form.questions[question], row)) for question in section.questions}
        for name in section.questions:
            one = form.fields[name]
            if one.question.group and asked(form.form, one.question, answers, line):
                found.append(_asked(one, row, typed))
    return Step(section, tuple(found), shown, section.rows)


def rows_of(form: ApplicationForm, section: str, typed: Typed) -> int:
    """How many lines of a list are shown: those that are filled and one more, as many as there may be."""
    return min(rows_typed(form.form, section, typed) + 1, form.sections[section].rows)


def _asked(one: Field, row: int | None, typed: Typed) -> Asked:
    name = field_name(one.question, row)
    return Asked(name, one.question, row, tuple(typed.get(name, ())), one.known_from, one.check)


def _one(typed: Typed, field: str) -> Any:
    given = [text for text in typed.get(field, ()) if text]
    return given if len(given) > 1 else (given[0] if given else None)


def with_applicant(typed: Typed) -> Typed:
    """The applicant stands in the first line of the members, as they were typed before."""
    first = {field_name(application_form().form.questions[name], 0): typed[of] for name, of in _FIRST.items() if typed.get(of)}
    relation = field_name(application_form().form.questions["member_relation"], 0)
    return {**typed, **first, relation: [SELF]} if typed.get(NAME) else dict(typed)


def answered(typed: Typed, *, on: date, form: ApplicationForm | None = None) -> Answers:
    """What was typed, read: every field that cannot be taken is named. on: the day whose divisions and birth dates count.

    Id numbers come in their one spelling, divisions by twelve digits. A consent that is not given is a fault `consent`.
    """
    form = form or application_form()
    read = answers_of(form.form, with_applicant(typed))
    values, faults = dict(read.values), list(read.faults)
    for one in form.fields.values():
        if one.question.group:
            rows = values.get(one.question.group, [])
            values[one.question.group] = [_checked(one, number, row, values, faults, on) for number, row in enumerate(rows)]
        elif one.question.name in values:
            _checked(one, None, values, values, faults, on)
    faults += [Fault(name, "consent") for name in CONSENTS if values.get(name) == "no"]
    faults += _twice(values) + _gaps(form, typed)
    return Answers({name: value for name, value in values.items() if value != []}, tuple(faults))


def _checked(
    one: Field, row: int | None, into: dict[str, Any], values: Mapping[str, Any], faults: list[Fault], on: date
) -> dict[str, Any]:
    """The line with this answer in its one spelling, or a fault more."""
    name, text = one.question.name, into.get(one.question.name)
    if not one.check or text is None:
        return into
    kept = _CHECKS[one.check](str(text), values, on)
    if kept is None:
        faults.append(Fault(field_name(one.question, row), one.check))
        return into
    into[name] = kept
    return into


def _id_number(text: str, values: Mapping[str, Any], on: date) -> str | None:
    try:
        return IdNumber.parse(text, on=on).number
    except IdNumberFault:
        return None


def _phone(text: str, values: Mapping[str, Any], on: date) -> str | None:
    digits = compact(text).replace("-", "").removeprefix("+86")
    return digits if digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 12 else None


def _division(text: str, values: Mapping[str, Any], on: date) -> str | None:
    try:
        code = division_in_force(compact(text), on=on)[:12]
    except (NoSuchDivision, ValueError):
        return None
    return code if len(code) >= 9 else None


def _member(text: str, values: Mapping[str, Any], on: date) -> str | None:
    return text if 1 <= int(text) <= len(values.get(MEMBERS, ())) else None


def _account(text: str, values: Mapping[str, Any], on: date) -> str | None:
    digits = compact(text)
    return digits if digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 22 else None


_CHECKS = {"id_number": _id_number, "phone": _phone, "division": _division, "member": _member, "account": _account}


def _twice(values: Mapping[str, Any]) -> list[Fault]:
    """Lines of the members that name somebody a second time."""
    seen: set[str] = set()
    faults = []
    for number, row in enumerate(values.get(MEMBERS, ())):
        said = row.get("member_id_number", "")
        if said and said in seen:
            faults.append(Fault(f"{MEMBERS}.{number}.member_id_number", "twice"))
        seen.add(said)
    return faults


def _gaps(form: ApplicationForm, typed: Typed) -> list[Fault]:
    """Empty lines between members: things say whose they are by the number of the line, so there may be none."""
    questions = form.form.of_group(MEMBERS)
    lines = range(rows_typed(form.form, MEMBERS, typed))
    empty = (line for line in lines if not any(_one(typed, field_name(one, line)) for one in questions))
    return [Fault(f"{MEMBERS}.{line}.member_name", "missing") for line in empty if line]


def missing(typed: Typed, *, on: date) -> Sequence[Fault]:
    """What still keeps this from being handed in. A number that the records showed masked is theirs, and whole once it is handed in."""
    return [
        one for one in answered(typed, on=on).faults if one.kind != "id_number" or MASK not in "".join(typed.get(one.field, ()))
    ]


def without_line(typed: Typed, section: str, row: int) -> dict[str, list[str]]:
    """What was typed without one line of a list; the lines after it move up, so that no gap is left."""
    kept: dict[str, list[str]] = {}
    for name, given in typed.items():
        group, _, rest = name.partition(".")
        place, _, question = rest.partition(".")
        if group != section or not question or int(place) < row:
            kept[name] = list(given)
        elif int(place) > row:
            kept[f"{group}.{int(place) - 1}.{question}"] = list(given)
    return kept


def items_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    """What is applied for, in the order of the form; UNSURE where somebody leaves it to the office."""
    return tuple(values.get(ITEMS, ())) or (UNSURE,)
