"""What is announced of cases, and who listens: rows written with the act, heard after it by the worker, harmless twice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from jiuzhu.casework.cases.models import Announcement, Case, Heard
from jiuzhu.casework.trace.actions import NotInTransaction, Subject
from jiuzhu.casework.trace.models import Event

Listener = Callable[[Announcement, datetime], None]
_listeners: dict[str, dict[str, Listener]] = {}
_log = logging.getLogger(__name__)


class HeardTwice(ValueError):
    """Two listeners of one kind have the same name; which of them had heard could not be told apart."""


def listens(kind: str, *, name: str) -> Callable[[Listener], Listener]:
    """Let a function hear announcements of that kind. name: under which it is remembered, so it never changes."""

    def kept(listener: Listener) -> Listener:
        if _listeners.setdefault(kind, {}).setdefault(name, listener) is not listener:
            raise HeardTwice(f"{kind}: two listeners are called '{name}'")
        return listener

    return kept


def announce(kind: str, *, event: Event, at: datetime, case: Case | None = None, on: Subject | None = None) -> Announcement:
    """Say what happened to whoever comes later, in the transaction of the act. event: of the act; it names all subjects.

    Raises NotInTransaction outside one: the announcement could then stand without its act.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(f"{kind}: announce inside the transaction of the act")
    told = {"subject_kind": on.kind, "subject_key": on.key} if on else {}
    return Announcement.objects.create(kind=kind, case=case, writer=event.writer, number=event.number, at=at, **told)


def event_of(announcement: Announcement) -> Event:
    return Event.objects.get(writer=announcement.writer, number=announcement.number)


def hear(*, at: datetime, most: int = 1000) -> int:
    """Let every listener hear what it has not heard, oldest first; gives how many announcements are now heard by all.

    Each listener's work and the row that says it is done are one transaction, so a crash leaves both or neither and a second
    worker finds the row taken. One that fails is passed over, counted on the announcement, and tried again next time.
    """
    done = 0
    for announcement in Announcement.objects.filter(heard_at__isnull=True).order_by("pk")[:most]:
        failed = [
            name
            for name, listener in _listeners.get(announcement.kind, {}).items()
            if not _heard(announcement, name, listener, at)
        ]
        if not failed:
            done += Announcement.objects.filter(pk=announcement.pk, heard_at__isnull=True).update(heard_at=at, wrong="")
    return done


def _heard(announcement: Announcement, name: str, listener: Listener, at: datetime) -> bool:
    if Heard.objects.filter(announcement=announcement, listener=name).exists():
        return True
    try:
        with transaction.atomic():
            try:
                with transaction.atomic():
                    Heard.objects.create(announcement=announcement, listener=name, at=at)
            except IntegrityError:
                return True  # another worker has just done it
            listener(announcement, at)
    except Exception as fault:  # one listener's fault must not keep others from hearing
        Announcement.objects.filter(pk=announcement.pk).update(tried=F("tried") + 1, wrong=f"{name}: {type(fault).__name__}"[:80])
        _log.warning("announcement %s: listener %s failed (%s)", announcement.pk, name, type(fault).__name__)
        return False
    return True
