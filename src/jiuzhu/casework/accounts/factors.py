"""The second factor: a security administrator opens it with a word handed over in person, the officer enrols, each code counts once."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from jiuzhu.casework.accounts import sessions
from jiuzhu.casework.accounts.entrances import SecondFactor
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed, Scope, Viewer, actor, require
from jiuzhu.casework.accounts.sealed import digest, opened, sealed
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.crypto import one_time
from jiuzhu.registry import public

COLUMN = "accounts_second_factor.secret"
TICKET_HOLDS = timedelta(days=3)
TICKET_BYTES = 10  # sixteen characters, 80 bits


class WrongTicket(ValueError):
    """The word of the security administrator is wrong, was used, or is too old."""


class WrongCode(ValueError):
    """The code is wrong, too old, or was used before."""


class NotInvented(Exception):
    """A second factor is shown only where every person is invented."""


def is_enrolled(officer: Officer) -> bool:
    return SecondFactor.objects.filter(officer=officer.pk).exclude(secret="").exists()


@transaction.atomic
def open_enrolment(*, officer: Officer, because: str, by: Viewer, at: datetime) -> str:
    """Let an account enrol a second factor within three days; gives the word to hand over in person, once.

    A factor enrolled before is void at once and every session of the account ends: it may be lost or in other hands. Nobody does
    this for themselves, under whichever account. Raises NotAllowed.
    """
    grant = require(by, "factors.open", on=Scope(sessions.workplace(officer)), at=at)
    if isinstance(by, Officer) and by.person_id == officer.person_id:
        raise NotAllowed("factors.open: nobody opens their own second factor; ask another security administrator")
    ticket = base64.b32encode(secrets.token_bytes(TICKET_BYTES)).decode("ascii")
    kept = {"secret": "", "enrolled_at": None, "ticket": _ticket(officer, ticket), "ticket_until": at + TICKET_HOLDS}
    SecondFactor.objects.update_or_create(officer=officer, defaults=kept)
    sessions.end_all(officer=officer, because="factor_void", at=at)
    on = Subject("account", officer.account, sessions.workplace(officer)[:12])
    after = {"ticket_until": kept["ticket_until"]}
    record("factors.open", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, because=because, after=after)
    return ticket


@transaction.atomic
def enrol(*, officer: Officer, ticket: str, secret: bytes, code: str, at: datetime) -> None:
    """Keep the secret as the account's second factor once a code of it was shown. Raises WrongTicket, WrongCode."""
    kept = SecondFactor.objects.select_for_update().filter(officer=officer.pk).exclude(ticket="").first()
    typed = "".join(ticket.split()).upper()
    if kept is None or kept.ticket != _ticket(officer, typed) or kept.ticket_until is None or at >= kept.ticket_until:
        raise WrongTicket(
            f"{officer.account}: no enrolment is open under that word; ask the security administrator for a new one"
        )
    step = one_time.step_shown(secret, _digits(code), at=at, after=0)
    if step is None:
        raise WrongCode(f"{officer.account}: the code does not belong to this secret; look at the clock of the device")
    kept.secret, kept.enrolled_at, kept.last_step = (
        sealed(one_time.spelled(secret), column=COLUMN, about=str(officer.pk)),
        at,
        step,
    )
    kept.ticket, kept.ticket_until = "", None
    kept.save()
    record(
        "factors.enrol",
        by=Actor(officer.account, division_code=sessions.workplace(officer)[:12]),
        at=at,
        on=Subject("account", officer.account),
        purpose="own_account",
    )


def take_code(*, officer: Officer, code: str, at: datetime) -> None:
    """Use up a code of the account. Of two tries with the same code at once one is refused. Raises WrongCode."""
    kept = SecondFactor.objects.filter(officer=officer.pk).exclude(secret="").first()
    step = kept and one_time.step_shown(_secret(kept), _digits(code), at=at, after=kept.last_step)
    if not kept or step is None or not SecondFactor.objects.filter(pk=kept.pk, last_step__lt=step).update(last_step=step):
        raise WrongCode(f"{officer.account}: the code is wrong, too old, or was used before")


@transaction.atomic
def show_secret(*, officer: Officer, by: Viewer, at: datetime) -> bytes:
    """The secret itself, for whoever tries the demo without an authenticator. Raises NotInvented, NotAllowed, WrongCode if none."""
    if not public.is_invented(Path(settings.WORKSPACE)):
        raise NotInvented(
            "a second factor is shown only in an invented workspace (jiuzhu demo); use the authenticator it lies in"
        )
    grant = require(by, "factors.show", on=Scope(sessions.workplace(officer)), at=at)
    kept = SecondFactor.objects.filter(officer=officer.pk).exclude(secret="").first()
    if kept is None:
        raise WrongCode(f"{officer.account} has no second factor yet")
    record("factors.show", by=actor(by, grant), at=at, on=Subject("account", officer.account))
    return _secret(kept)


def _secret(kept: SecondFactor) -> bytes:
    return base64.b32decode(opened(kept.secret, column=COLUMN, about=str(kept.officer_id)))


def _ticket(officer: Officer, ticket: str) -> str:
    return digest(str(officer.pk), ticket, purpose="enrolment")


def _digits(code: str) -> str:
    """As typed: authenticators show the digits in two groups."""
    return "".join(code.split())
