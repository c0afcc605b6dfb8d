"""One-time codes by telephone: asked for, sent, taken once. Nobody learns from an answer whether somebody is known here."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F

from jiuzhu.casework.accounts import tries
from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.parties import actions as parties
from jiuzhu.casework.parties.actions import index_of
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.residents.models import Code
from jiuzhu.casework.residents.proving import proved
from jiuzhu.casework.trace.actions import Actor, Subject, record, refused
from jiuzhu.registry import public
from jiuzhu.vocabulary.id_number import IdNumber
from jiuzhu.vocabulary.telephone import digits

DIGITS = 6
HOLDS = timedelta(minutes=10)
MOST_WRONG = 5  # tries at one code
MOST_SENT = ((timedelta(hours=1), 5), (timedelta(days=1), 10))  # to one person; what is asked for beyond is not sent
COLUMN = "residents_code.code"
SIGN_IN = "session.begin"

Sender = Callable[[str, str], None]
_senders: list[Sender] = []


class WrongCode(Exception):
    """The code is wrong, too old, was used, or was never sent."""


class NotInvented(Exception):
    """A code is shown only where every person is invented."""


class NoCode(Exception):
    """Nobody has asked for a code that still holds."""


def sends(sender: Sender) -> Sender:
    """Let a step that can reach telephones send codes: `sender(phone, code)`. Without one a code lies here until it is too old."""
    _senders.append(sender)
    return sender


def ask(*, number: str, name: str, phone: str, source: str, at: datetime) -> str:
    """Send a code to a telephone, if number, name and telephone are of one person; gives the key under which it is taken, always.

    source: the address it is asked from. Raises IdNumberFault for what is no number, TooSoon after many.
    """
    index = index_of(IdNumber.parse(number).number)
    tries.admit(account=f"resident {index}", source=source, what="password", at=at)
    party = proved(number=number, name=name, phone=phone, at=at)
    if party is not None and not _may_send(party, at):
        party = None
    key, code = new_key("O"), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    kept = sealed(code, column=COLUMN, row=key, of=party.key) if party else ""
    Code.objects.create(key=key, party=party, code=kept, asked_at=at, until=at + HOLDS)
    if party is not None:
        _reached(party, digits(phone), at)
        for sender in _senders:
            sender(digits(phone), code)
    return key


def take(*, key: str, code: str, source: str, at: datetime) -> Party:
    """Whose code it is; it is used up. Of two tries with the same code at once one is refused. Raises WrongCode, TooSoon."""
    kept = Code.objects.select_related("party").filter(key=key).first()
    whose = f"resident code {kept.party_id or kept.key}" if kept else "resident code"
    tries.admit(account=whose, source=source, what="code", at=at)
    try:
        party = _taken(kept, code, at)
    except WrongCode:
        who = kept.party.key if kept and kept.party else "anyone"
        refused(SIGN_IN, by=Actor(who), at=at, on=Subject("page", SIGN_IN), because="code")
        raise
    tries.succeeded(account=whose, source=source, what="code", at=at)
    return party


@transaction.atomic
def shown(*, by: Viewer, at: datetime) -> str:
    """The code that was asked for last, for whoever tries the demo without a telephone. Raises NotInvented, NoCode, NotAllowed."""
    if not public.is_invented(Path(settings.WORKSPACE)):
        raise NotInvented("a code is shown only in an invented workspace (jiuzhu demo); elsewhere it is on the telephone")
    grant = require(by, "factors.show", on=Scope(), at=at)
    kept = Code.objects.filter(until__gt=at, used_at__isnull=True).exclude(code="").order_by("-asked_at", "-pk").first()
    if kept is None or kept.party is None:
        raise NoCode("no code is waiting; type number, name and telephone on the page first")
    record("factors.show", by=actor(by, grant), at=at, on=Subject("person", kept.party.key))
    return opened(kept.code, column=COLUMN, row=kept.key)


def _taken(kept: Code | None, code: str, at: datetime) -> Party:
    if kept is None or kept.party is None or kept.used_at is not None or at >= kept.until:
        raise WrongCode("the code is wrong, too old, or was used before")
    typed = "".join(code.split())
    if not hmac.compare_digest(opened(kept.code, column=COLUMN, row=kept.key).encode(), typed.encode()):
        Code.objects.filter(pk=kept.pk).update(tried=F("tried") + 1)
        raise WrongCode("the code is wrong, too old, or was used before")
    fresh = Code.objects.filter(pk=kept.pk, used_at__isnull=True, tried__lt=MOST_WRONG)
    if not fresh.update(used_at=at):
        raise WrongCode("the code is wrong, too old, or was used before")
    return kept.party


def _reached(party: Party, phone: str, at: datetime) -> None:
    """The telephone a department delivered of them is what their form and their messages begin with, so nobody types it again."""
    if party.registry_person and not party.phone:
        parties.named(name="", phone=phone, registry_person=party.registry_person, at=at)


def _may_send(party: Party, at: datetime) -> bool:
    sent = Code.objects.filter(party=party)
    return all(sent.filter(asked_at__gt=at - span).count() < most for span, most in MOST_SENT)
