"""A form as a workbook in XLSForm (xlsform.org): the sheets survey, choices and settings, for phones that already read these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import xlsxwriter

from jiuzhu.rules.forms import YES_NO, Form, Question
from jiuzhu.rules.outcomes import Outcomes
from jiuzhu.rules.tree import Title

SURVEY = (
    "type", "name", "label::中文 (zh)", "label::English (en)", "hint::中文 (zh)", "hint::English (en)", "required", "relevant",
    "appearance", "constraint", "constraint_message::中文 (zh)", "constraint_message::English (en)",
)  # fmt: skip
CHOICES = ("list_name", "name", "label::中文 (zh)", "label::English (en)")
SETTINGS = ("form_title", "form_id", "version", "default_language")
_TYPES = {"text": "text", "long": "text", "whole": "integer", "decimal": "decimal", "money": "decimal", "date": "date"}


@dataclass(frozen=True)
class Sheets:
    """The three sheets, rows of cells under the columns above."""

    survey: Sequence[Sequence[str]]
    choices: Sequence[Sequence[str]]
    settings: Sequence[Sequence[str]]


def sheets(form: Form, outcomes: Outcomes, cards: Mapping[str, Title]) -> Sheets:
    """The form with what every visit has beside it: begin and end, position, photos, cards told and the outcome."""
    lists: dict[str, Mapping[str, Title]] = {}
    survey = [_row("start", "start"), _row("end", "end"), _row("geopoint", "position", Title("位置", "Position"))]
    for question in form.of_group(""):
        survey.append(_question(form, question, lists))
    for group in form.groups.values():
        kind = "repeat" if group.rows else "group"
        survey.append(_row(f"begin_{kind}", group.name, group.title))
        survey += [_question(form, question, lists) for question in form.of_group(group.name)]
        survey.append(_row(f"end_{kind}"))
    if form.photos:
        survey.append(_row("begin_repeat", "photos", Title(f"照片，最多 {form.photos} 张", f"Photos, at most {form.photos}")))
        survey += [_row("image", "photo", Title("照片", "Photo")), _row("end_repeat")]
    if form.cards:
        lists["policies"] = cards
        survey.append(_row("select_multiple policies", "policies", Title("讲了哪些政策", "Policies told")))
    if form.outcome:
        lists["outcomes"] = {code: one.title for code, one in outcomes.by_code.items()}
        survey.append(_row("select_one outcomes", "outcome", Title("结果", "Outcome"), required="yes"))
    choices = [(name, code, title.zh, title.en) for name, options in lists.items() for code, title in options.items()]
    return Sheets(survey, choices, [(form.title.zh, form.code, form.version, "中文 (zh)")])


def workbook(told: Sheets) -> bytes:
    """The three sheets as one file."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    for name, head, rows in (
        ("survey", SURVEY, told.survey),
        ("choices", CHOICES, told.choices),
        ("settings", SETTINGS, told.settings),
    ):
        sheet = book.add_worksheet(name)
        for number, row in enumerate([head, *rows]):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, column, cell)
    book.close()
    return target.getvalue()


def _question(form: Form, question: Question, lists: dict[str, Mapping[str, Title]]) -> Sequence[str]:
    kind = _TYPES.get(question.type, "")
    if not kind:
        name = "yes_no" if question.type == "yes_no" else question.name
        lists[name] = YES_NO if question.type == "yes_no" else question.options
        kind = f"{'select_multiple' if question.type == 'many' else 'select_one'} {name}"
    least = question.type in ("whole", "decimal", "money")
    return _row(
        kind,
        question.name,
        question.asks,
        question.hint,
        required="yes" if question.required else "",
        relevant=" and ".join(f"({_any(form.questions[name], values)})" for name, values in question.when.items()),
        appearance="multiline" if question.type == "long" else "",
        constraint=". >= 0" if least else "",
        message=Title("不能小于 0", "Not below nought") if least else Title("", ""),
    )


def _any(question: Question, values: Sequence[str]) -> str:
    return " or ".join(f"selected(${{{question.name}}}, '{value}')" for value in values)


def _row(
    kind: str,
    name: str = "",
    label: Title = Title("", ""),
    hint: Title = Title("", ""),
    *,
    required: str = "",
    relevant: str = "",
    appearance: str = "",
    constraint: str = "",
    message: Title = Title("", ""),
) -> Sequence[str]:
    return (
        kind, name, label.zh, label.en, hint.zh, hint.en, required, relevant, appearance, constraint, message.zh, message.en,
    )  # fmt: skip
