"""What may be done with the record: write one event, in the transaction of the act or after the rollback of a refused one."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from jiuzhu.casework.trace import rows, written
from jiuzhu.casework.trace.bulk import insert_many
from jiuzhu.casework.trace.models import Event, EventSubject, Head
from jiuzhu.casework.trace.sentences import words
from jiuzhu.casework.trace.standing import standing

_thread = threading.local()
_waiting: ContextVar[list[_Refusal] | None] = ContextVar("refusals that wait", default=None)


class NotInTransaction(Exception):
    """An event was to be written apart from its act: one could then stand without the other."""


class NotRecordable(ValueError):
    """The event cannot be told in a sentence, or says nothing of who or what."""


@dataclass(frozen=True)
class Actor:
    """Who acts. who: person or account key, or `system:<part>`; acting_for: the key of whom they stand in for."""

    who: str
    role: str = ""
    division_code: str = ""
    acting_for: str = ""


@dataclass(frozen=True)
class Subject:
    """What is acted on. kind: `household`, `case`, `warning`, …, as in catalogue/events.toml or permissions.toml. Keys only, never names."""

    kind: str
    key: str
    division_code: str = ""
    household: str = ""
    case: str = ""


def record(
    operation: str,
    *,
    by: Actor,
    at: datetime,
    on: Subject | None = None,
    subjects: Sequence[Subject] = (),
    purpose: str = "",
    task: str = "",
    because: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    device_at: datetime | None = None,
    request_id: str = "",
) -> Event:
    """Write the one event of an act, in the transaction of that act; if it cannot be written, the act must not happen.

    operation: a code of catalogue/events.toml or permissions.toml. on: what the act is on; subjects: all of them, for a list or a bulk act.
    before, after: what the act found and left; only keyed hashes of them are kept.
    purpose, task, because: codes or typed words, never names, numbers or illnesses of people.

    Raises NotInTransaction outside a transaction, NotRecordable for an operation or a kind that has no words.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(
            f"{operation}: an event is written in the transaction of its act; open transaction.atomic() around both"
        )
    event = Event(operation=operation, purpose=purpose, task=task, at=at, device_at=device_at, request_id=request_id)
    return _write(event, by=by, on=on, subjects=subjects, because=because, before=before, after=after)


def refused(
    operation: str,
    *,
    by: Actor,
    at: datetime,
    on: Subject | None = None,
    subjects: Sequence[Subject] = (),
    purpose: str = "",
    task: str = "",
    because: str = "",
    device_at: datetime | None = None,
    request_id: str = "",
) -> Event:
    """Write that an act was refused, in a transaction of its own, after the act's was rolled back: at once, or at the end of
    `refusals_wait`.

    because: why it was refused. Raises RuntimeError inside a transaction: its rollback would take the refusal along.
    """
    event = Event(operation=operation, purpose=purpose, task=task, at=at, device_at=device_at, request_id=request_id)
    event.outcome = Event.Outcome.REFUSED
    told, waiting = _Refusal(event, by, on, subjects, because), _waiting.get()
    if waiting is None:
        return told.write()
    waiting.append(told)
    return event


@dataclass(frozen=True)
class _Refusal:
    event: Event
    by: Actor
    on: Subject | None
    subjects: Sequence[Subject]
    because: str

    def write(self) -> Event:
        with transaction.atomic(durable=True):
            return _write(
                self.event, by=self.by, on=self.on, subjects=self.subjects, because=self.because, before=None, after=None
            )


@contextmanager
def refusals_wait() -> Iterator[None]:
    """What is refused inside is written when the block is left, by its end or by a fault: after the transaction opened in it."""
    told: list[_Refusal] = []
    before = _waiting.set(told)
    try:
        yield
    finally:
        _waiting.reset(before)
        for one in told:
            one.write()


def _write(
    event: Event,
    *,
    by: Actor,
    on: Subject | None,
    subjects: Sequence[Subject],
    because: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> Event:
    _check(event, [*([on] if on else []), *subjects])
    event.who, event.role, event.division_code, event.acting_for = by.who, by.role, by.division_code, by.acting_for
    if on is not None:
        event.subject_kind, event.subject_key, event.subject_division = on.kind, on.key, on.division_code
        event.household_key, event.case_key = on.household, on.case
    about = f"{event.subject_kind} {event.subject_key}"
    event.before_hash, event.after_hash = written.keyed_hash(before, about=about), written.keyed_hash(after, about=about)
    event.subject_count = len(subjects)
    event.subjects_hash = written.subjects_hash(
        [(one.kind, one.key, one.division_code, one.household, one.case) for one in subjects]
    )
    event.catalogue_version, event.release = standing()
    _into_a_chain(event, because)
    columns = ("position", "kind", "key", "division_code", "household_key", "case_key")
    if subjects:
        listed = [(n, one.kind, one.key, one.division_code, one.household, one.case) for n, one in enumerate(subjects)]
        insert_many(EventSubject, same={"event_id": event.pk}, columns=columns, rows=listed)
    noted: list[Noted] | None = getattr(_thread, "noted", None)
    if noted is not None:
        noted.append(one := Noted(event))
        transaction.on_commit(one.keep)
    return event


@dataclass
class Noted:
    """An event, and whether its transaction is known to be committed."""

    event: Event
    kept: bool = False

    def keep(self) -> None:
        self.kept = True


@contextmanager
def noting() -> Iterator[list[Noted]]:
    """The events that this thread writes meanwhile; `is_kept` tells whether a rollback took them back."""
    _thread.noted = noted = []
    try:
        yield noted
    finally:
        _thread.noted = None


def is_kept(noted: Iterable[Noted]) -> bool:
    """Whether one of these events stands in the record. The record itself is asked only where no commit was heard of."""
    events = list(noted)
    if any(one.kept for one in events):
        return True
    places = ({"writer": one.event.writer, "number": one.event.number, "code": one.event.code} for one in events)
    return any(Event.objects.filter(**place).exists() for place in places)


def _into_a_chain(event: Event, because: str) -> None:
    """Give the event its place in a chain, whose head moves and is held to the end of the transaction.

    The head this thread moved last is taken as it was left, in one statement; where that is no more so, after a rollback or
    because another holds it, any that is free. Skipping locked rows means no act waits for another's; a chain left by a process
    that ended is taken up again, so there are never more chains than there were writers at once.
    """
    remembered: _Head | None = getattr(_thread, "head", None)
    if remembered is None or not _moved(remembered, event, because):
        free = Head.objects.select_for_update(skip_locked=True).order_by("pk")
        head = (
            (remembered and free.filter(pk=remembered.row).first())
            or free.first()
            or Head.objects.create(writer=secrets.token_hex(8))
        )
        if not _moved(_Head(head.pk, head.writer, head.number, head.code), event, because):
            raise NotInTransaction(f"chain {head.writer} moved under the act; the database does not keep transactions apart")


@dataclass(frozen=True)
class _Head:
    row: int
    writer: str
    number: int
    code: str


def _moved(head: _Head, event: Event, because: str) -> bool:
    """Whether the head stood so and was free; then it stands at this event, and the event is written."""
    event.writer, event.number, event.previous_code = head.writer, head.number + 1, head.code
    event.because = written.sealed_reason(because, event)
    event.code = written.code_of(event)
    try:
        rows.check(event)
    except ValidationError as wrong:
        raise NotRecordable(f"{event.operation}: {'; '.join(f'{field}: {told}' for field, told in wrong)}") from None
    moved = rows.written_after(head.row, head.number, head.code, event)
    _thread.head = _Head(head.row, head.writer, event.number, event.code) if moved else None
    return moved


def _check(event: Event, subjects: Sequence[Subject]) -> None:
    for part, code in (("operation", event.operation), *(("subject", kind) for kind in {one.kind for one in subjects})):
        if code not in words(part):
            raise NotRecordable(
                f"{part} {code!r} has no words, so nobody could read the event; add its line to catalogue/events.toml or permissions.toml"
            )
    for name, instant in (("at", event.at), ("device_at", event.device_at)):
        if instant is not None and instant.tzinfo is None:
            raise NotRecordable(f"{event.operation}: {name} has no time zone; hand in an aware instant")
