"""What a steward may do: decide about a held delivery, send rejected rows back to their source, take the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed, Present, Scope, Viewer, actor, key_of, require
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.stewardship.models import ReturnedRows, Verdict
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.working_rules.queries import whole
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue

MOST = 400  # characters of a reason


class NoReason(ValueError):
    """An act of a steward says why."""


class SamePerson(ValueError):
    """A release is signed by two persons; this one signed first, whichever account is used."""


class Settled(ValueError):
    """Somebody has decided meanwhile."""


@dataclass(frozen=True)
class HeldDelivery:
    """A delivery that the gate holds. division_code: of its rows, as the registry says it."""

    delivery: str
    dataset: str
    division_code: str


@transaction.atomic
def decide(
    *,
    held: HeldDelivery,
    word: str,
    because: str,
    by: Viewer,
    at: datetime,
    as_of: date,
    catalogue: Catalogue,
    seen: int | None = None,
) -> Verdict:
    """Send a held delivery back, take its sound rows, or sign its release as the first of two.

    The registry is told in the same transaction, last: if it refuses, nothing is kept. seen: the release that waited when somebody
    looked, 0 for none, None where nobody looked. Raises NotAllowed, NoReason, Settled if a release waits already or another one than
    was seen, and what `public.verdict` and `public.take_trusted` raise.
    """
    grant = require(by, "deliveries.decide", on=Scope(held.division_code, "held"), at=at)
    officer = officer_of(by)
    _reason(because)
    standing = Verdict.objects.select_for_update().filter(delivery=held.delivery, state=Verdict.State.WAITING).first()
    if seen is not None and seen != (standing.pk if standing else 0):
        raise Settled("somebody signed a release of this delivery, or withdrew it, since you looked; nothing was done")
    waits = word == Verdict.Word.RELEASE
    try:
        with transaction.atomic():
            verdict = Verdict.objects.create(
                delivery=held.delivery, dataset=held.dataset, division_code=held.division_code, word=Verdict.Word(word),
                state=Verdict.State.WAITING if waits else Verdict.State.DECIDED, because=because.strip(),
                first_person=officer.person, first_by=officer.account, first_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise Settled("a release of this delivery waits for its second signature already") from None
    _close_waiting(held.delivery, verdict)
    record(
        "deliveries.decide", by=actor(by, grant), at=at, on=_subject(verdict), subjects=[_dataset(verdict)],
        purpose=grant.purpose, because=because, before={"state": "held"}, after={"word": word, "state": verdict.state},
    )  # fmt: skip
    if word == Verdict.Word.SEND_BACK:
        public.verdict(_workspace(), held.delivery, "send_back", by=officer.account, because=because, at=at)
    elif word == Verdict.Word.TAKE_TRUSTED:
        public.take_trusted(
            _workspace(), held.delivery, by=officer.account, because=because, at=at, as_of=as_of, catalogue=catalogue
        )
    return verdict


@transaction.atomic
def sign(*, verdict: int, because: str, by: Viewer, at: datetime) -> Verdict:
    """Sign a release as the second person, so that the next run reads the delivery.

    Raises NotAllowed, SamePerson for any account of whoever signed first, NoReason, Settled.
    """
    found = Verdict.objects.select_for_update().get(pk=verdict)
    grant = require(by, "deliveries.decide", on=Scope(found.division_code, "held"), at=at)
    officer = officer_of(by)
    if found.state != Verdict.State.WAITING:
        raise Settled("this release does not wait for a signature any more")
    if found.first_person_id == officer.person_id:
        raise SamePerson("a release is signed by two persons, and you signed first; a colleague signs second")
    _reason(because)
    found.state, found.second_person, found.second_by = Verdict.State.DECIDED, officer.person, officer.account
    found.second_because, found.second_at = because.strip(), at
    found.save()
    record(
        "deliveries.decide", by=actor(by, grant), at=at, on=_subject(found), subjects=[_dataset(found)], purpose=grant.purpose,
        because=because, before={"state": "waiting"}, after={"word": found.word, "state": "decided", "first_by": found.first_by},
    )  # fmt: skip
    told = f"{found.first_by}, {found.second_by}"
    public.verdict(_workspace(), found.delivery, "release", by=told, because=f"{found.because}; {because}", at=at)
    return found


@transaction.atomic
def look_at_rows(*, datasets: Sequence[str], by: Viewer, at: datetime) -> None:
    """Write down that the rejected rows of these datasets were looked at: one event for the whole list. Raises NotAllowed."""
    grant = require(by, "quarantine.read", on=None, at=at)
    seen = [Subject("dataset", code, grant.division_code[:12]) for code in datasets]
    record("quarantine.read", by=actor(by, grant), at=at, on=Subject("list", "quarantine"), subjects=seen, purpose=grant.purpose)


@transaction.atomic
def send_rows_back(*, rows: public.RejectedRows, department: str, because: str, by: Viewer, at: datetime) -> ReturnedRows:
    """Ask the source of rejected rows to mend or explain them, within the days of the rule `exchange.answer_wd`; twice is one,
    with the first reason.

    Raises NotAllowed, NoReason.
    """
    grant = require(by, "quarantine.return", on=Scope(rows.division), at=at)
    _reason(because)
    today = local_day(at)
    days = whole("exchange.answer_wd", division=rows.division, on=today)
    kept, made = ReturnedRows.objects.get_or_create(
        delivery=rows.delivery, reason=rows.reason, column=rows.column,
        defaults={
            "dataset": rows.dataset, "department": department, "division_code": rows.division, "rows": rows.rows,
            "because": because.strip(), "returned_by": key_of(by), "returned_at": at,
            "due_on": working_days_after(today, days) if days else None,
        },
    )  # fmt: skip
    if made:
        on = Subject("delivery", rows.delivery, rows.division)
        dataset = Subject("dataset", rows.dataset, rows.division)
        record("quarantine.return", by=actor(by, grant), at=at, on=on, subjects=[dataset], purpose=grant.purpose, because=because)
    return kept


@transaction.atomic
def answer(*, rows: int, word: str, words: str, by: Viewer, at: datetime) -> ReturnedRows:
    """What the source says of rows that were sent back; a department answers for its own datasets only.

    Raises NotAllowed, NoReason, Settled.
    """
    kept = ReturnedRows.objects.select_for_update().get(pk=rows)
    grant = require(by, "quarantine.answer", on=Scope(kept.division_code, ReturnedRows.State.OPEN), at=at)
    if grant.role == "department_officer" and kept.department not in departments_of(by, at=at):
        raise NotAllowed("quarantine.answer: the rows are of another department")
    if kept.state != ReturnedRows.State.OPEN:
        raise Settled("these rows are answered already")
    _reason(words)
    kept.state, kept.answer, kept.answer_words = ReturnedRows.State.DONE, ReturnedRows.Answer(word), words.strip()
    kept.answered_by, kept.answered_at = key_of(by), at
    kept.save()
    on = Subject("delivery", kept.delivery, kept.division_code)
    dataset = Subject("dataset", kept.dataset, kept.division_code)
    record(
        "quarantine.answer", by=actor(by, grant), at=at, on=on, subjects=[dataset], purpose=grant.purpose, because=words,
        before={"state": "open"}, after={"state": "done", "answer": word},
    )  # fmt: skip
    return kept


def departments_of(by: Viewer, *, at: datetime) -> frozenset[str]:
    """The departments whose offices gave the viewer a role that is live."""
    held = officer_of(by).assignments.filter(since__lte=at, until__gt=at, role="department_officer")
    return frozenset(held.values_list("office__department", flat=True))


def officer_of(by: Viewer) -> Officer:
    """The account behind a viewer: what two persons do is never done from the machine. Raises NotAllowed."""
    officer = by.officer if isinstance(by, Present) else by
    if not isinstance(officer, Officer):
        raise NotAllowed("this is done by an officer with an account of their own")
    return officer


def _reason(words: str) -> None:
    if not 0 < len(words.strip()) <= MOST:
        raise NoReason(f"write why, in at most {MOST} characters: the source reads it, and whoever audits")


def _close_waiting(delivery: str, now: Verdict) -> None:
    """Another verdict withdraws a release that waited."""
    waiting = Verdict.objects.filter(delivery=delivery, state=Verdict.State.WAITING).exclude(pk=now.pk)
    waiting.update(state=Verdict.State.WITHDRAWN)


def _subject(verdict: Verdict) -> Subject:
    return Subject("delivery", verdict.delivery, verdict.division_code)


def _dataset(verdict: Verdict) -> Subject:
    return Subject("dataset", verdict.dataset, verdict.division_code)


def _workspace() -> Path:
    return Path(settings.WORKSPACE)
