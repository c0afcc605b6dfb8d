"""Rejected rows: what is wrong with them, sent back to whoever states them, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts.permissions import Scope, allowed, allowed_each, key_of
from jiuzhu.casework.stewardship import actions, queries
from jiuzhu.casework.stewardship.models import ReturnedRows
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.beside import REASON, Both
from jiuzhu.portals.desk.posted import act_once, instant, viewer, went
from jiuzhu.portals.desk.reasons import REASONS
from jiuzhu.portals.desk.room import UNSAID, tabs
from jiuzhu.registry import public
from jiuzhu.registry.public import RejectedRows
from jiuzhu.rules.tree import Title

ANSWERS = {
    "corrected": Title(zh="已改正，重新报送", en="corrected, and delivered anew"),
    "right_as_it_was": Title(zh="原数无误，请看规则", en="right as it was; look at the rule"),
    "withdrawn": Title(zh="这些行不再报送", en="these rows are withdrawn"),
}


@dataclass(frozen=True)
class Line:
    """Rows of one delivery, reason and column. key: names them on this page."""

    key: str
    rows: RejectedRows
    title: Title
    department: str
    reason: Title
    column: Title | None
    returned: ReturnedRows | None
    may_return: bool
    may_answer: bool


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What is not sent back yet first, then what waits for an answer, then what was answered."""
    shown = sorted({line.rows.dataset for line in _lines(request)})
    if shown:
        actions.look_at_rows(datasets=shown, by=request.viewer, at=request.asked_at)  # type: ignore[attr-defined]
    return _answer(request)


@require_POST
def send_back(request: HttpRequest, key: str) -> HttpResponse:
    line = next((line for line in _lines(request) if line.key == key), None)
    if line is None:
        raise Http404

    def act() -> dict[str, Any]:
        because = request.POST.get("because", "")
        kept = actions.send_rows_back(
            rows=line.rows, department=line.department, because=because, by=viewer(request), at=instant(request)
        )
        if (kept.returned_by, kept.because) != (key_of(viewer(request)), because.strip()):
            raise actions.Settled("somebody sent these rows back before; nothing was done")
        return went(reverse("quarantine"))

    def both() -> list[Both]:
        kept = next((one.returned for one in _lines(request) if one.key == key), None)
        return [Both(REASON, f"{kept.returned_by}：{kept.because}" if kept else "", request.POST.get("because", ""))]

    try:
        return act_once(request, act, back=reverse("quarantine"), both=both)
    except tuple(UNSAID) as refused:
        return _answer(request, key, refused)


@require_POST
def answer(request: HttpRequest, rows: int) -> HttpResponse:
    word = request.POST.get("word", "")
    kept = queries.returned(viewer=request.viewer, at=request.asked_at).filter(pk=rows).first()  # type: ignore[attr-defined]
    if kept is None or word not in ReturnedRows.Answer.values:
        raise Http404

    def act() -> dict[str, Any]:
        actions.answer(rows=rows, word=word, words=request.POST.get("words", ""), by=viewer(request), at=instant(request))
        return went(reverse("quarantine"))

    def both() -> list[Both]:
        now = ReturnedRows.objects.get(pk=kept.pk)
        title = Title(zh="答复", en="Answer")
        return [
            Both(title, ANSWERS.get(now.answer, ""), ANSWERS[word]),
            Both(REASON, now.answer_words, request.POST.get("words", "")),
        ]

    try:
        return act_once(request, act, back=reverse("quarantine"), both=both)
    except tuple(UNSAID) as refused:
        return _answer(request, f"{kept.delivery}.{kept.reason}.{kept.column}", refused)


def _answer(request: HttpRequest, key: str = "", refused: Exception | None = None) -> HttpResponse:
    lines = _lines(request)
    context = {
        "section": "data",
        "tab": "quarantine",
        "tabs": tabs(request),
        "lines": sorted(lines, key=_unsent_first),
        "answers": ANSWERS,
        "today": timezone.localdate(request.asked_at),  # type: ignore[attr-defined]
        "key": key,
        "refused": next((title for kind, title in UNSAID.items() if isinstance(refused, kind)), None),
        "said": request.POST.get("because") or request.POST.get("words") or "",
    }
    return render(request, "desk/quarantine.html", context, status=409 if refused else 200)


def _lines(request: HttpRequest) -> list[Line]:
    """Within the viewer's reach; a department sees the rows of its own datasets."""
    viewer, at, told = request.viewer, request.asked_at, known.catalogue()  # type: ignore[attr-defined]
    found = [one for one in public.rejected(known.workspace()) if one.dataset in told.datasets]
    grant = allowed(viewer, "quarantine.read", on=None, at=at)
    if grant is not None and grant.role == "department_officer":
        mine = actions.departments_of(viewer, at=at)
        found = [one for one in found if told.datasets[one.dataset].department in mine]
    scopes = [Scope(one.division or "000000") for one in found]
    reach = allowed_each(viewer, "quarantine.read", on=scopes, at=at)
    may = allowed_each(viewer, "quarantine.return", on=scopes, at=at)
    sent = {(one.delivery, one.reason, one.column): one for one in queries.returned(viewer=viewer, at=at)}
    lines = []
    for one, seen, returns in zip(found, reach, may, strict=True):
        if seen is None:
            continue
        dataset, kept = told.datasets[one.dataset], sent.get((one.delivery, one.reason, one.column))
        column = dataset.columns.get(one.column)
        answers = kept is not None and allowed(viewer, "quarantine.answer", on=Scope(kept.division_code, kept.state), at=at)
        lines.append(
            Line(
                key=f"{one.delivery}.{one.reason}.{one.column}",
                rows=one,
                title=dataset.title,
                department=dataset.department,
                reason=REASONS.get(one.reason, Title(zh=one.reason, en=one.reason)),
                column=column.title if column else None,
                returned=kept,
                may_return=returns is not None and kept is None,
                may_answer=bool(answers),
            )
        )
    return lines


def _unsent_first(line: Line) -> tuple[int, int, str]:
    order = 0 if line.returned is None else 1 if line.returned.state == ReturnedRows.State.OPEN else 2
    return (order, -line.rows.rows, line.key)
