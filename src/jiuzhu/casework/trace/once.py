"""One request, one act, however often it is sent: the key of a request is kept with its answer, in the transaction of the act (G1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from jiuzhu.casework.trace.actions import refusals_wait
from jiuzhu.casework.trace.models import Answer
from jiuzhu.casework.trace.written import keyed_hash

LONGEST_KEY = 64
_doing: ContextVar[bool] = ContextVar("doing", default=False)


class NoKey(Exception):
    """The request carries no key to keep an answer under: nothing was done."""


class OtherContent(Exception):
    """The key was used for something else, or by somebody else: nothing was done."""


def once(act: Callable[[], Any], *, key: str, who: str, content: object, at: datetime) -> tuple[Any, bool]:
    """Do `act` and keep what it gives under `key`; sent again, the kept answer and no act. Gives the answer and whether it is new.

    content: all that was asked, as JSON can hold it; a keyed hash of it is kept, since it may hold a password or an id number. What
    `act` raises leaves nothing but the refusals it noted, so that the same key may try again. Two at once: the second waits for the
    first and gets its answer. Raises NoKey, OtherContent.
    """
    checked(key)
    try:
        with refusals_wait(), transaction.atomic(), _being_done():
            kept = Answer.objects.create(key=key, who=who, content=_hash_of(key, content), at=at)
            told = act()
            kept.told = json.dumps(told)
            kept.save(update_fields=["told"])
            return told, True
    except IntegrityError:
        before = Answer.objects.filter(key=key).first()
        if before is None:
            raise
    return _told(before, who, content), False


def answered(*, key: str, who: str, content: Callable[[], object]) -> Any:
    """What was answered to the request of that key, None to none: asked before anything else is looked at, since what was asked for
    may lie out of reach by now. Raises OtherContent."""
    before = Answer.objects.filter(key=key).first()
    return None if before is None else _told(before, who, content())


def checked(key: str) -> None:
    """Raises NoKey where an answer cannot be kept under `key`."""
    if not 0 < len(key) <= LONGEST_KEY:
        raise NoKey(
            f"a changing request carries a key of 1 to {LONGEST_KEY} characters; open the page again and send it from there"
        )


def being_done() -> bool:
    """Whether what runs now is the act of a request whose answer will be kept."""
    return _doing.get()


def _told(before: Answer, who: str, content: object) -> Any:
    if (before.who, before.content) != (who, _hash_of(before.key, content)):
        raise OtherContent("this page was sent before with another content; nothing was done, open it again")
    return json.loads(before.told)


def _hash_of(key: str, content: object) -> str:
    return keyed_hash({"content": content}, about=key)


@contextmanager
def _being_done() -> Iterator[None]:
    before = _doing.set(True)
    try:
        yield
    finally:
        _doing.reset(before)
