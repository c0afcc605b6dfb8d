"""Messages at work: what waits goes to the provider, receipts come back."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from jiuzhu.gateways.sms.base import Sms
from jiuzhu.gateways.sms.twin import Twin
from jiuzhu.portals.cli.answers import BEIJING
from jiuzhu.registry import public

BOOK = "sms.db"


def sms_of(workspace: Path, *, at: datetime) -> Sms | None:
    """The provider of an invented workspace is its twin: nobody real is ever written to. Another has none before it is connected."""
    if not public.is_invented(workspace):
        return None
    return Twin(workspace / BOOK, secrets.randbits(32), at.astimezone(BEIJING).date())


def messages_leave(workspace: Path, *, at: datetime) -> dict[str, int]:
    """One round with the provider; gives how many attempts left, and how many messages arrived or will not."""
    from jiuzhu.casework.notices.sms import work

    sms = sms_of(workspace, at=at)
    if sms is None:
        return {}
    done = work(sms, at=at)
    return {"messages sent": done.sent, "messages read": done.delivered, "messages failed": done.failed}
