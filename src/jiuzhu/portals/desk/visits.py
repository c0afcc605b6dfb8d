"""Visits at the desk: the form of a task, a visit that was made, its photos, and who visits how."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Scope, allowed, key_of
from jiuzhu.casework.cases import findings, tasks
from jiuzhu.casework.cases import queries as case_queries
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.documents.pictures import MOST_BYTES
from jiuzhu.casework.referrals import queries as referral_queries
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.roads import queries as roads
from jiuzhu.casework.trace.seen import Moved
from jiuzhu.casework.visits import actions, queries
from jiuzhu.casework.visits.actions import NotFilled, Told
from jiuzhu.casework.visits.answers import Fault
from jiuzhu.casework.visits.listeners import prefilled
from jiuzhu.casework.visits.models import Visit
from jiuzhu.portals.desk import filling, known
from jiuzhu.portals.desk.beside import Both
from jiuzhu.portals.desk.filling import Option
from jiuzhu.portals.desk.posted import act_once, refused_page, went
from jiuzhu.portals.desk.today import households, kind_title
from jiuzhu.rules.forms import Form
from jiuzhu.rules.tree import Title

DEFAULT_FORM = "F17"
USUAL = timedelta(minutes=30)
BESIDE = frozenset(
    {"csrfmiddlewaretoken", "key", "photos", "act", "draft"}
)  # posted with the form and never kept as what was typed
STAMPS = frozenset({"submission", "device_at", "because"})  # of a page, not of what was seen
SPAN_DAYS = 30


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, task_key: str, code: str = "") -> HttpResponse:
    """The form of a task, that of its road if none is chosen. A row more and a draft are kept here too; what cannot be recorded is said
    and nothing typed is lost."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    task = case_queries.task(viewer=viewer, key=task_key, at=at)
    code = code or (roads.form_of(task) if task is not None else "") or DEFAULT_FORM
    chosen = visiting().forms.get(code)
    if task is None or chosen is None:
        raise Http404
    _needs_grant(request, task)
    if request.method == "GET":
        typed, saved_at = queries.draft(viewer=viewer, task=task, form=code)
        return _page(request, task, chosen, typed or {**_known(request, task, chosen), **_beginning(at)}, saved_at=saved_at)
    typed, act = _typed(request), request.POST.get("act", "record")
    if act != "record":
        try:
            _keep(request, task, code, typed)
        except Moved as refusal:
            return _two_drafts(request, task, chosen, typed, refusal)
        more = act.removeprefix("add:") if act.startswith("add:") else ""
        return _page(request, task, chosen, typed, more=more, saved_at=at)

    def record() -> dict[str, Any]:
        made = actions.record_visit(task=task, told=_told(request, chosen, typed), by=viewer, at=at)
        return went(_after(request, made))

    try:
        return act_once(request, record, back=request.path)
    except NotFilled as refused:
        try:
            _keep(request, task, code, typed)
        except Moved as refusal:
            return _two_drafts(request, task, chosen, typed, refusal)
        return _page(request, task, chosen, typed, faults=refused.faults, saved_at=at)
    except actions.TaskEnded:
        return _page(request, task, chosen, typed, ended=True)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, key: str) -> HttpResponse:
    """The form of a visit, filled with what was answered, to put it right."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    found = queries.visit(viewer=viewer, key=key, at=at)
    if found is None or found.form is None or found.hidden or (found.corrected_by and request.method == "GET"):
        raise Http404
    old = found.visit
    if request.method == "GET":
        typed = {**filling.typed_of(found.form, found.answers), **_beside(old, found.note)}
        return _page(request, old.task, found.form, typed, corrects=old)
    typed = _typed(request)
    chosen = found.form

    def put_right() -> dict[str, Any]:
        told, because = _told(request, chosen, typed), request.POST.get("because", "")
        return went(reverse("visit", args=[actions.correct(visit=old, told=told, because=because, by=viewer, at=at).key]))

    try:
        return act_once(request, put_right, back=reverse("visit", args=[key]), both=lambda: _both(request, key, chosen, typed))
    except NotFilled as refused:
        return _page(request, old.task, chosen, typed, faults=refused.faults, corrects=old)


@require_GET
def read(request: HttpRequest, key: str) -> HttpResponse:
    """One visit as it was recorded; the look is on the record."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    found = queries.visit(viewer=viewer, key=key, at=at)
    if found is None:
        raise Http404
    visit, catalogue = found.visit, visiting()
    there = case_queries.officer_of(viewer)
    theirs = there is not None and there.pk in (visit.officer_id, visit.second_id)
    mine = Scope(visit.division_code, assigned=theirs, household=visit.case.household_key)
    context = {
        "section": "today",
        "found": found,
        "visit": visit,
        "name": households(request, [visit.task])[visit.task.pk][0],
        "place": known.full_place(visit.division_code),
        "outcome": catalogue.outcomes.by_code.get(visit.outcome),
        "sections": filling.answered(found.form, found.answers),
        "cards": [catalogue.duties.cards[code].title for code in visit.policies.split() if code in catalogue.duties.cards],
        "minutes": round((visit.ended_at - visit.began_at).total_seconds() / 60),
        "next": [(one, kind_title(one.kind)) for one in case_queries.tasks(viewer=viewer, at=at).filter(case=visit.case)],
        "referrals": _referrals(request, visit),
        "may_correct": allowed(viewer, "visits.correct", on=mine, at=at) and not found.hidden and not found.corrected_by,
        "may_refer": allowed(viewer, "referrals.make", on=Scope(visit.division_code, household=visit.case.household_key), at=at),
        "today": timezone.localdate(at),
    }
    return render(request, "desk/visit.html", context)


@require_GET
def photo(request: HttpRequest, key: str) -> HttpResponse:
    """One photo, never as a page of its own (E9)."""
    content = queries.photo(viewer=request.viewer, key=key, at=request.asked_at)  # type: ignore[attr-defined]
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="image/jpeg")
    answer["Content-Disposition"] = f'attachment; filename="{key}.jpg"'
    return answer


@require_GET
def workers(request: HttpRequest) -> HttpResponse:
    """Who made how many visits in the last thirty days, and how (SF200)."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    rows = queries.worked(viewer=viewer, at=at, since=at - timedelta(days=SPAN_DAYS), until=at + timedelta(seconds=1))
    return render(request, "desk/workers.html", {"section": "today", "rows": rows, "days": SPAN_DAYS})


def _known(request: HttpRequest, task: Task, chosen: Form) -> dict[str, list[str]]:
    """What is known of the family already, in the fields that ask for it; only what the reader's role may see."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    grant = allowed(viewer, "visits.record", on=case_queries.task_scope(task, viewer), at=at)
    if grant is None:
        return {}
    facts = findings.found(task.case, grant=grant)
    return prefilled(chosen, facts, findings.relatives(task.case, by=key_of(viewer), at=at, grant=grant))


def _needs_grant(request: HttpRequest, task: Task) -> None:
    """An ended task has a form no more, but what was typed for it is still shown when it comes."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    scope = replace(case_queries.task_scope(task, viewer), state="open")
    if task.kind not in actions.GOES_OUT or allowed(viewer, "visits.record", on=scope, at=at) is None:
        raise Http404


def _keep(request: HttpRequest, task: Task, code: str, typed: Mapping[str, Sequence[str]]) -> None:
    """Keep a draft, unless another window kept a later one than this page began with. Raises Moved."""
    by, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    actions.keep_draft(task=task, form=code, typed=typed, by=by, at=at, seen=request.POST.get("draft", ""))


def _two_drafts(
    request: HttpRequest, task: Task, chosen: Form, typed: Mapping[str, Sequence[str]], refusal: Moved
) -> HttpResponse:
    now, _ = queries.draft(viewer=request.viewer, task=task, form=chosen.code)  # type: ignore[attr-defined]
    return refused_page(request, refusal, back=request.path, both=_differing(chosen, now, typed))


def _both(request: HttpRequest, key: str, chosen: Form, typed: Mapping[str, Sequence[str]]) -> list[Both]:
    """A visit as it was put right meanwhile beside what was sent."""
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    found = queries.visit(viewer=viewer, key=key, at=at)
    later = queries.visit(viewer=viewer, key=found.corrected_by, at=at) if found and found.corrected_by else None
    if later is None:
        return []
    return _differing(chosen, {**filling.typed_of(chosen, later.answers), **_beside(later.visit, later.note)}, typed)


def _differing(chosen: Form, now: Mapping[str, Sequence[str]], typed: Mapping[str, Sequence[str]]) -> list[Both]:
    """The fields that differ, in words where the form has some."""

    def words(name: str, given: Sequence[str]) -> Title | str:
        question = chosen.questions.get(name)
        return filling.in_words(question, list(given)) if question is not None and question.options else "、".join(given)

    names = [name for name in dict.fromkeys((*typed, *now)) if list(now.get(name, ())) != list(typed.get(name, ()))]
    titles = {name: question.asks for name, question in chosen.questions.items()}
    return [
        Both(titles.get(name, Title(name, name)), words(name, now.get(name, ())), words(name, typed.get(name, ())))
        for name in names
        if name not in STAMPS
    ]


def _after(request: HttpRequest, made: Visit) -> str:
    """Where to go on: to the referral, if that is what the visit ended with."""
    scope = Scope(made.division_code, household=made.case.household_key)
    if made.outcome == "referred" and allowed(request.viewer, "referrals.make", on=scope, at=request.asked_at):  # type: ignore[attr-defined]
        return f"{reverse('refer', args=[made.case.key])}?visit={made.key}"
    return reverse("visit", args=[made.key])


def _page(
    request: HttpRequest,
    task: Task,
    chosen: Form,
    typed: Mapping[str, Sequence[str]],
    *,
    faults: Sequence[Fault] = (),
    more: str = "",
    saved_at: datetime | None = None,
    corrects: Visit | None = None,
    ended: bool = False,
) -> HttpResponse:
    name, standing = households(request, [task])[task.pk]
    catalogue, titles = visiting(), known.catalogue().indicators
    given = set(typed.get("policies", ()))
    laid = {card.code for card in catalogue.duties.cards_for(one.scenario_id for one in standing)}
    cards = sorted(catalogue.duties.cards.values(), key=lambda card: card.code not in laid) if chosen.cards else []
    outcomes = actions.possible_outcomes(task) if chosen.outcome else {}
    at, told = request.asked_at, {fault.field: filling.FAULTS[fault.kind] for fault in faults}  # type: ignore[attr-defined]
    context = {
        "section": "today",
        "task": task,
        "form": chosen,
        "forms": [one for one in visiting().forms.values() if corrects is None],
        "kind": kind_title(task.kind),
        "name": name,
        "place": known.full_place(task.division_code),
        "standing": [(one, titles[one.indicator_id].title if one.indicator_id in titles else None) for one in standing[:6]],
        "earlier": list(queries.of_case(viewer=request.viewer, case_key=task.case.key, at=at)[:3]),  # type: ignore[attr-defined]
        "sections": filling.sections(chosen, typed, faults, more=more),
        "mistakes": filling.mistakes(chosen, faults),
        "told": told,
        "typed": {key: given[0] for key, given in typed.items() if given},
        "cards": [(card, card.code in given if "policies" in typed else card.code in laid, card.code in laid) for card in cards],
        "outcomes": [Option(code, one.title, code in typed.get("outcome", ())) for code, one in outcomes.items()],
        "beside": list(queries.colleagues(viewer=request.viewer, task=task, at=at)) if chosen.persons > 1 else [],
        "second": (list(typed.get("second_surveyor", ())) or [""])[0],
        "photos_lost": bool(request.FILES),
        "saved_at": saved_at,
        "draft": saved_at.isoformat() if saved_at else "",
        "corrects": corrects,
        "ended": ended,
        "today": timezone.localdate(at),
        "submission": (list(typed.get("submission", ())) or [secrets.token_hex(16)])[0],
    }
    looks.shown("tasks.read", by=request.viewer, at=at, on=tasks.subject(task), task=task.key)  # type: ignore[attr-defined]
    return render(request, "desk/visit-form.html", context, status=422 if faults else 200)


def _typed(request: HttpRequest) -> dict[str, list[str]]:
    typed = {name: [str(text) for text in request.POST.getlist(name)] for name in request.POST if name not in BESIDE}
    typed.setdefault("policies", [])
    return typed


def _told(request: HttpRequest, chosen: Form, typed: Mapping[str, Sequence[str]]) -> Told:
    """Raises NotFilled where the times cannot be read."""
    began, ended = (_instant(request.POST.get(name, "")) for name in ("began_at", "ended_at"))
    if began is None or ended is None:
        raise NotFilled([Fault("began_at", "missing")])
    second = request.POST.get("second_surveyor", "")
    return Told(
        form=chosen.code,
        typed=typed,
        began_at=began,
        ended_at=ended,
        outcome=request.POST.get("outcome", ""),
        policies=request.POST.getlist("policies"),
        note=request.POST.get("note", ""),
        second=Officer.objects.filter(account=second).select_related("person").first() if second else None,
        device_at=_instant(request.POST.get("device_at", "")),
        position=_position(request),
        photos=[one.read(MOST_BYTES + 1) for one in request.FILES.getlist("photos")],
        submission=request.POST.get("submission", "")[:40],
    )


def _instant(text: str) -> datetime | None:
    """A time of the page, in Beijing time where it names no zone; None where it is none."""
    try:
        read_at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read_at if read_at.tzinfo else timezone.make_aware(read_at)


def _position(request: HttpRequest) -> tuple[float, float, float] | None:
    """What the device said; None where it said nothing, or no place on earth."""
    try:
        lat, lon, error = (float(request.POST.get(name, "")) for name in ("latitude", "longitude", "accuracy"))
    except ValueError:
        return None
    return (lat, lon, error) if -90 <= lat <= 90 and -180 <= lon <= 180 and 0 <= error < 1e6 else None


def _beginning(at: datetime) -> dict[str, list[str]]:
    now = timezone.localtime(at)
    return {"began_at": [f"{now - USUAL:%Y-%m-%dT%H:%M}"], "ended_at": [f"{now:%Y-%m-%dT%H:%M}"]}


def _beside(old: Visit, note: str) -> dict[str, list[str]]:
    """What stands beside the form's own questions."""
    times = {name: [f"{timezone.localtime(getattr(old, name)):%Y-%m-%dT%H:%M}"] for name in ("began_at", "ended_at")}
    second = [old.second.account] if old.second else []
    return {**times, "outcome": [old.outcome], "policies": old.policies.split(), "note": [note], "second_surveyor": second}


def _referrals(request: HttpRequest, visit: Visit) -> list[tuple[Any, Title]]:
    viewer, at = request.viewer, request.asked_at  # type: ignore[attr-defined]
    needs = visiting().duties.needs
    rows = referral_queries.within_reach(viewer=viewer, at=at).filter(case=visit.case).order_by("-made_at", "-pk")
    return [(one, needs[one.need].title if one.need in needs else Title(one.need, one.need)) for one in rows]
