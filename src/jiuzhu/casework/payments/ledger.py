"""Double entry: what is owed, under way and paid, in whole fen, only ever added to (D1).

Accounts. `fund:<line>` what is left of a budget line; `appropriated` where that came from. `benefit` what was granted. `owed` to
families (less than nothing while something is owed). `under_way` with the bank (the same). The lines of every journal, and so of
the whole ledger, add up to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Sum

from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.payments.models import BudgetLine, Journal, Posting
from jiuzhu.casework.trace.bulk import insert_many

APPROPRIATED, BENEFIT, OWED, UNDER_WAY = "appropriated", "benefit", "owed", "under_way"


class Line(NamedTuple):
    """fen into an account (more than 0) or out of it; grant: whose, 0 for none of a family's."""

    account: str
    fen: int
    grant: int = 0


class Unequal(ValueError):
    """The lines do not add up to nothing."""


def fund(line: BudgetLine) -> str:
    return f"fund:{line.code}"


def post(kind: str, lines: Iterable[Line], *, about: str, at: datetime, reverses: Journal | None = None) -> Journal:
    """Write one journal and post it, in the transaction of the act it belongs to. about: the key of that act's object.

    Raises Unequal; the database refuses it too.
    """
    rows = [(one.account, one.fen, one.grant or None) for one in lines if one.fen]
    if not rows or sum(fen for _, fen, _ in rows):
        raise Unequal(
            f"{kind} of {about}: the lines add up to {sum(fen for _, fen, _ in rows)} fen in {len(rows)} lines, not to nothing"
        )
    made = Journal.objects.create(key=new_key("J"), kind=kind, at=at, about=about, reverses=reverses)
    insert_many(Posting, same={"journal_id": made.pk}, columns=("account", "fen", "grant_id"), rows=rows)
    made.posted = True
    made.save(update_fields=["posted"])
    return made


def reverse(journal: Journal, *, about: str, at: datetime) -> Journal:
    """The counter-entry of a posted journal; each has at most one."""
    lines = [Line(one.account, -one.fen, one.grant_id or 0) for one in journal.postings.all()]
    return post("reversal", lines, about=about, at=at, reverses=journal)


def balance(account: str, *, grant: int = 0) -> int:
    """Fen in the account by everything posted; of one grant, if named."""
    found = Posting.objects.filter(account=account, journal__posted=True)
    if grant:
        found = found.filter(grant=grant)
    return found.aggregate(fen=Sum("fen"))["fen"] or 0


def appropriate(line: BudgetLine, fen: int, *, about: str, at: datetime) -> Journal:
    """Money given to a budget line. about: the paper it was given by."""
    return post("appropriation", [Line(fund(line), fen), Line(APPROPRIATED, -fen)], about=about, at=at)
