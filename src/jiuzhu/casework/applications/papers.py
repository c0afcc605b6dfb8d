"""Which papers a family still has to bring: of the twenty, those that matter for it and that no source shows (SF006, SF042)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.applications.form import MEMBERS
from jiuzhu.casework.applications.known import Records
from jiuzhu.casework.applications.models import PaperAsked
from jiuzhu.rules.application_form import ApplicationForm, Paper

Why = PaperAsked.Why


def before(items: Iterable[str], *, form: ApplicationForm | None = None) -> tuple[Paper, ...]:
    """The papers these items asked for before, each once, in the order of the file."""
    form = form or application_form()
    codes = {code for item in items if item in form.items for code in form.items[item].before}
    return tuple(paper for code, paper in form.papers.items() if code in codes)


def matters(paper: Paper, values: Mapping[str, Any], form: ApplicationForm) -> bool:
    """Whether the family said something that the paper would show."""
    return not paper.about or bool(_lines(paper, values, form))


def asked(
    items: Iterable[str], values: Mapping[str, Any], records: Records, *, form: ApplicationForm | None = None
) -> dict[str, str]:
    """Paper to why it is asked for. Nothing is asked of the family because the records cannot be reached: they are asked again later.

    What is said of a member is shown by a row of that member; what is said of the family by a row of anybody in it.
    """
    form = form or application_form()
    if not records.asked:
        return {}
    found = {}
    for paper in before(items, form=form):
        if matters(paper, values, form) and not _shown(paper, values, records, form):
            delivers = any(code in records.rows for code in paper.known_from)
            found[paper.code] = str(Why.NO_HIT if delivers else Why.SILENT)
    return found


def _shown(paper: Paper, values: Mapping[str, Any], records: Records, form: ApplicationForm) -> bool:
    places = {row.member for code in paper.known_from for row in records.rows.get(code, ())}
    if paper.about and form.fields[paper.about].section != MEMBERS:
        return bool(places)
    lines = _lines(paper, values, form) if paper.about else values.get(MEMBERS, ())
    return all(records.place_of(line.get("member_id_number", "")) in places - {None} for line in lines)


def _lines(paper: Paper, values: Mapping[str, Any], form: ApplicationForm) -> list[Mapping[str, Any]]:
    """The lines in which what the paper is about was said; the whole form as one line where it is asked once."""
    question = form.fields[paper.about].question
    rows = values.get(question.group, ()) if question.group else (values,)
    return [row for row in rows if row.get(paper.about) not in (None, "", "no", [])]
