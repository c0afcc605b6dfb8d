"""What an application declares, in the words of catalogue/application: the form of FACTS.toml, as `rules.programmes.family` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.applications.form import MEMBERS
from jiuzhu.casework.applications.kept import answers_of
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.cases.days import local_day
from jiuzhu.rules.application_form import HOW, NONE, TELL, ApplicationForm, Field, Section
from jiuzhu.rules.programmes.tree import HOUSEHOLD, LISTS
from jiuzhu.vocabulary.id_number import IdNumber

DECLARATION = "declaration"
CLASSES = ("tekun", "dibao", "near_dibao", "rigid")  # the first is of persons, the others of households


def declared(application: Application) -> dict[str, Any]:
    """What was declared, and nothing more: what was left to the records is not there, so it is unknown until the report says it.

    Money and numbers are decimal text in yuan or the fact's unit, days are dates, flags true or false; each member is called by the key
    of their party, and each thing of a list says whose it is by that key. "There is none" is an empty list. A class the family was
    recognised in already is a fact of the household (L02 art. 42). Empty for one that was not handed in, or was erased.
    """
    values, form = answers_of(application), application_form()
    if not values or application.submitted_at is None:
        return {}
    day = local_day(application.submitted_at)
    keys = [str(row["party"]) for row in values[MEMBERS]]
    household = {
        **_record(form, HOUSEHOLD, values),
        **{f"is_{code}": True for code in application.recognised.split() if code != CLASSES[0]},
    }
    told: dict[str, Any] = {
        "on": day,
        "applied_on": day,
        "division": str(values.get("hukou") or values["residence"]),
        "residence_division": str(values["residence"]),
        "household": household,
        MEMBERS: [
            {"name": key, **_born(row), **_record(form, MEMBERS, row)} for key, row in zip(keys, values[MEMBERS], strict=True)
        ],
    }
    for section in form.sections.values():
        if section.level in LISTS and (things := _things(form, section, values, keys)) is not None:
            told[section.level] = things
    return told


def _things(form: ApplicationForm, section: Section, values: Mapping[str, Any], keys: list[str]) -> list[dict[str, Any]] | None:
    how = values.get(section.name + HOW)
    if how == NONE:
        return []
    if how != TELL or not values.get(section.name):
        return None
    whose = next((name for name in section.questions if form.fields[name].check == "member"), "")
    things = []
    for row in values[section.name]:
        thing = {**_record(form, section.level, row), "source": DECLARATION}
        if row.get(whose):
            thing["member"] = keys[int(row[whose]) - 1]
        things.append(thing)
    return things


def _born(row: Mapping[str, Any]) -> dict[str, date]:
    """The day of birth that an id number says, so that nobody is asked for their age."""
    number = row.get("member_id_number")
    return {"birth_date": IdNumber.parse(number).birth_date} if number else {}


def _record(form: ApplicationForm, level: str, row: Mapping[str, Any]) -> dict[str, Any]:
    stating = [one for one in form.fields.values() if one.fact and (one.level or HOUSEHOLD) == level]
    return {one.fact: _value(one, row[one.question.name]) for one in stating if one.question.name in row}


def _value(one: Field, answer: Any) -> Any:
    if one.question.type == "yes_no":
        return answer == "yes"
    return date.fromisoformat(answer) if one.question.type == "date" else answer
