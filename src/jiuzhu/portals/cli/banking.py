"""Money at work: what is checked goes to the bank, and days that are over are held against its statement."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from jiuzhu.gateways.bank.base import Bank, Unreachable
from jiuzhu.gateways.bank.twin import Twin
from jiuzhu.portals.cli.answers import BEIJING
from jiuzhu.registry import public

BOOK = "bank.db"


def bank_of(workspace: Path, *, at: datetime) -> Bank | None:
    """The bank of an invented workspace is its twin. Another has none before its interface is connected: checked lists wait."""
    if not public.is_invented(workspace):
        return None
    return Twin(workspace / BOOK, secrets.randbits(32), at.astimezone(BEIJING).date())


def money_moves(workspace: Path, *, at: datetime) -> dict[str, int]:
    """One round with the bank; gives how many instructions were sent, ended, and how many days were held against its statement."""
    from jiuzhu.casework.payments.days import days_due, reconcile
    from jiuzhu.casework.payments.sending import work

    bank = bank_of(workspace, at=at)
    if bank is None:
        return {}
    done, today, held = work(bank, at=at), at.astimezone(BEIJING).date(), 0
    for day in days_due(today=today):
        try:
            reconcile(bank, day=day, today=today, at=at)
        except Unreachable:  # the next round asks again
            break
        held += 1
    return {"sent": done.sent, "paid": done.confirmed, "came back": done.refused + done.returned, "days held": held}
