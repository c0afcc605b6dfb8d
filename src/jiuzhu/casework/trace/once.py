"""One request, one act, however often it is sent: the key of a request is kept with its answer, in the transaction of the act (G1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from jiuzhu.casework.trace.models import Answer
from jiuzhu.casework.trace.written import canonical, digest

LONGEST_KEY = 64


class OtherContent(Exception):
    """The key was used for something else, or by somebody else: nothing was done."""


def once(act: Callable[[], Any], *, key: str, who: str, content: object, at: datetime) -> tuple[Any, bool]:
    """Do `act` and keep what it gives under `key`; sent again, the kept answer and no act. Gives the answer and whether it is new.

    content: all that was asked, as JSON can hold it. What `act` raises leaves nothing, so that the same key may try again. Two at
    once: the second waits for the first and gets its answer. Raises OtherContent.
    """
    if not key or len(key) > LONGEST_KEY:
        raise OtherContent("a changing request carries a key of 1 to 64 characters; open the page again and send it from there")
    asked = digest(canonical(content)).hex()
    try:
        with transaction.atomic():
            kept = Answer.objects.create(key=key, who=who, content=asked, at=at)
            told = act()
            kept.told = json.dumps(told)
            kept.save(update_fields=["told"])
            return told, True
    except IntegrityError:
        before = Answer.objects.filter(key=key).first()
        if before is None:
            raise
    if (before.who, before.content) != (who, asked):
        raise OtherContent("this page was sent before with another content; nothing was done, open it again")
    return json.loads(before.told), False
