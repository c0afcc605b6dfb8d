"""What may be done with visits: record one for a task, put one right by another, keep what was typed until then."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed, Scope, Viewer, actor, require
from jiuzhu.casework.cases.actions import take_duty
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.cases.queries import officer_of, task_scope
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.documents.pictures import NotAPicture, Picture, redrawn
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.referrals.declared import visiting
from jiuzhu.casework.roads.actions import PREPARES, prepared
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.own_keys import sealed_bytes
from jiuzhu.casework.trace.seen import Moved
from jiuzhu.casework.visits import follow
from jiuzhu.casework.visits.answers import Answers, Fault, Typed, answers_of
from jiuzhu.casework.visits.models import Draft, Photo, Visit
from jiuzhu.rules.forms import Form

ANOTHER = ("second_visit", "sample_visit")  # tasks that somebody else goes to than who was there before
GOES_OUT = ("visit", *ANOTHER, "review_warning", "review")
SURVEY = prepared("survey")  # whoever surveyed a family does not confirm its benefit in the same round (A8)
UNDONE = ("cannot_be_found",)  # whoever was found cannot be unfound: a correction does not open the task again


class NotFilled(ValueError):
    """Fields of the form that cannot be taken; each is named, and nothing was recorded."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.field}: {fault.kind}" for fault in self.faults))


class TaskEnded(Exception):
    """The task is done or withdrawn: what was seen since is recorded by a correction, or for another task."""


class NoVisitTask(Exception):
    """Nobody goes out for a task of this kind."""


class AlreadyCorrected(Exception):
    """The visit was put right before; put right the newest one."""


@dataclass(frozen=True)
class Told:
    """What a visitor hands in. typed: the fields of the form. second: who else was there. position: latitude, longitude and metres
    of error as the device said, None without one. photos: the files as they came. submission: a mark of the page, the same when it
    is sent twice.
    """

    form: str
    typed: Typed
    began_at: datetime
    ended_at: datetime
    outcome: str = ""
    policies: Sequence[str] = ()
    note: str = ""
    second: Officer | None = None
    device_at: datetime | None = None
    position: tuple[float, float, float] | None = None
    photos: Sequence[bytes] = field(default_factory=tuple)
    submission: str = ""


@transaction.atomic
def record_visit(*, task: Task, told: Told, by: Viewer, at: datetime) -> Visit:
    """Record a visit; one with an outcome ends the task and its warnings, and brings about what the outcome asks for.

    The same submission twice is one visit. A form that ends nothing, such as a neighbour's words, leaves the task open.
    Raises NotAllowed, TaskEnded, NoVisitTask, NotFilled; NotAllowed also for who was there before, where another person must go.
    """
    held = Task.objects.select_for_update(of=("self",)).select_related("case").get(pk=task.pk)
    officer = _officer(by)
    known = Visit.objects.filter(submission=told.submission, task=held, officer=officer).first() if told.submission else None
    if known is not None:
        return known
    if held.state != Task.State.OPEN:
        raise TaskEnded(f"task {held.key} is {held.state}: what was seen is recorded by correcting its visit")
    grant = require(by, "visits.record", on=task_scope(held, by), at=at)
    if held.kind not in GOES_OUT:
        raise NoVisitTask(f"task {held.key} is of kind {held.kind}: nobody goes out for it")
    read = _read(held, told, officer, at)
    made = _kept(held, told, read, officer, at)
    _apart(held, made)
    if read.form.persons > 1:
        for surveyor in (made.officer, made.second):
            if surveyor is not None:
                take_duty(case=held.case, group=SURVEY, duty=PREPARES, person=surveyor.person, at=at, round_number=held.round)
    followed = follow.after(made, at=at, by=by) if made.outcome else follow.Followed()
    Draft.objects.filter(task=held, officer=officer, form=told.form).delete()
    on = _subject(made)
    after = {"form": made.form, "outcome": made.outcome, "photos": len(read.pictures), **followed.as_record()}
    event = record(
        "visits.record", by=actor(by, grant), at=at, on=on, subjects=[on, *followed.subjects], purpose=grant.purpose, task=held.key,
        after=after, device_at=told.device_at,
    )  # fmt: skip
    if made.outcome:
        announce("visit.closed", event=event, at=at, case=made.case, on=on)
    return made


@transaction.atomic
def correct(*, visit: Visit, told: Told, because: str, by: Viewer, at: datetime) -> Visit:
    """Put a visit right by a later one of the same form; the first stays as it is, and the warnings take the new outcome.

    The corrected outcome may not ask for less than was brought about: tasks and referrals that came of the first stay open.
    Raises NotAllowed, AlreadyCorrected, NotFilled; NotFilled too without a reason.
    """
    officer = _officer(by)
    old = Visit.objects.select_for_update(of=("self",)).select_related("task__case").get(pk=visit.pk)
    theirs = officer.pk in (old.officer_id, old.second_id)
    scope = Scope(old.division_code, assigned=theirs, household=old.case.household_key)
    grant = require(by, "visits.correct", on=scope, at=at)
    if Visit.objects.filter(corrects=old).exists():
        raise AlreadyCorrected(f"visit {old.key} was put right before")
    if not because.strip():
        raise NotFilled([Fault("because", "missing")])
    if told.form != old.form:
        raise NotFilled([Fault("form", "option")])
    if told.outcome != old.outcome and told.outcome in UNDONE:
        raise NotFilled([Fault("outcome", "option")])
    read = _read(old.task, told, officer, at)
    made = _kept(old.task, told, read, officer, at, corrects=old)
    if made.outcome and made.outcome != old.outcome:
        follow.changed(old, made, at=at, by=by)
    on = _subject(made)
    before, after = {"visit": old.key, "outcome": old.outcome}, {"visit": made.key, "outcome": made.outcome}
    event = record(
        "visits.correct", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, task=old.task.key, because=because.strip(),
        before=before, after=after,
    )  # fmt: skip
    announce("visit.corrected", event=event, at=at, case=made.case, on=on)
    return made


@transaction.atomic
def keep_draft(
    *, task: Task, form: str, typed: Mapping[str, Sequence[str]], by: Viewer, at: datetime, seen: str | None = None
) -> Draft:
    """Keep what was typed so far; it replaces the one before it went on from.

    seen: when that was kept, ISO 8601, "" for none; None where nobody looked. Raises NotAllowed, Moved where another window kept one.
    """
    officer = _officer(by)
    grant = require(by, "visits.record", on=task_scope(task, by), at=at)
    text = json.dumps({name: list(given) for name, given in typed.items()}, ensure_ascii=False)
    kept = {"saved_at": at, "typed": sealed(text, column="visit.draft", row=f"{task.key}/{officer.pk}/{form}", of=task.case.key)}
    draft, new = Draft.objects.select_for_update().get_or_create(task=task, officer=officer, form=form, defaults=kept)
    if not new:
        if seen is not None and seen != draft.saved_at.isoformat():
            raise Moved("another window kept a draft of this form since; nothing of it was overwritten")
        Draft.objects.filter(pk=draft.pk).update(**kept)
    on = Subject("task", task.key, task.division_code, task.case.household_key, task.case.key)
    record("visits.draft", by=actor(by, grant), at=at, on=on, purpose=grant.purpose)
    return draft


@dataclass(frozen=True)
class _Read:
    form: Form
    answers: Answers
    pictures: Sequence[Picture]


def _read(task: Task, told: Told, officer: Officer, at: datetime) -> _Read:
    """What was handed in, looked through. Raises NotFilled with every fault."""
    form = visiting().forms.get(told.form)
    if form is None:
        raise NotFilled([Fault("form", "option")])
    answers, faults = answers_of(form, told.typed), []
    faults += answers.faults
    if form.outcome and not told.outcome:
        faults.append(Fault("outcome", "missing"))
    elif told.outcome and (not form.outcome or told.outcome not in possible_outcomes(task)):
        faults.append(Fault("outcome", "option"))
    if not set(told.policies) <= set(visiting().duties.cards):
        faults.append(Fault("policies", "option"))
    if form.persons > 1 and told.second is None:
        faults.append(Fault("second_surveyor", "missing"))
    if told.second is not None and (told.second.person_id == officer.person_id or not told.second.is_active):
        faults.append(Fault("second_surveyor", "another"))
    if not told.began_at <= told.ended_at <= at:
        faults.append(Fault("began_at", "order"))
    if len(told.photos) > form.photos:
        faults.append(Fault("photos", "many"))
    pictures = []
    for raw in told.photos[: form.photos]:
        try:
            pictures.append(redrawn(raw))
        except NotAPicture:
            faults.append(Fault("photos", "picture"))
    if faults:
        raise NotFilled(faults)
    return _Read(form, answers, pictures)


def possible_outcomes(task: Task) -> Mapping[str, Any]:
    """The outcomes that may answer every warning of a task; all, where it has none."""
    return visiting().outcomes.of(Warning.objects.filter(task=task).values_list("side", flat=True).distinct())


def _kept(task: Task, told: Told, read: _Read, officer: Officer, at: datetime, corrects: Visit | None = None) -> Visit:
    key = new_key("V")
    place = "" if told.position is None else json.dumps(dict(zip(("lat", "lon", "error"), told.position, strict=True)))
    made = Visit.objects.create(
        key=key,
        task=task,
        case=task.case,
        round=task.round,
        division_code=task.division_code,
        form=read.form.code,
        form_version=read.form.version,
        officer=officer,
        second=told.second,
        began_at=told.began_at,
        ended_at=told.ended_at,
        device_at=told.device_at,
        recorded_at=at,
        outcome=told.outcome,
        policies=" ".join(sorted(set(told.policies))),
        needs=" ".join(sorted(read.answers.values.get("needs", []))),
        position=sealed(place, column="visit.position", row=key, of=task.case.key),
        answers=sealed(json.dumps(read.answers.values, ensure_ascii=False), column="visit.answers", row=key, of=task.case.key),
        note=sealed(told.note.strip(), column="visit.note", row=key, of=task.case.key),
        corrects=corrects,
        submission=told.submission,
    )
    for number, picture in enumerate(read.pictures, start=1):
        name = new_key("F")
        content = sealed_bytes(picture.content, of=task.case.key, name="photo.content", about=name)
        Photo.objects.create(key=name, visit=made, number=number, width=picture.width, height=picture.height, content=content)
    return made


def _apart(task: Task, made: Visit) -> None:
    """A second or sampled visit is made by nobody who was there before in this round. Raises NotAllowed."""
    if task.kind not in ANOTHER:
        return
    before = Visit.objects.filter(case=task.case_id, round=task.round).exclude(pk=made.pk).exclude(task=task)
    were = set(before.values_list("officer__person_id", "second__person_id"))
    now = {made.officer.person_id, made.second.person_id if made.second else None} - {None}
    if now & {person for pair in were for person in pair}:
        raise NotAllowed("visits.record: another person goes the second time; hand the task to somebody who was not there")


def _officer(by: Viewer) -> Officer:
    officer = officer_of(by)
    if officer is None:
        raise NotAllowed("visits.record: only somebody who was there records a visit")
    return officer


def _subject(made: Visit) -> Subject:
    return Subject("visit", made.key, made.division_code, made.case.household_key, made.case.key)
