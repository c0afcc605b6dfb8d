"""Names of a single sign-on, bound to accounts by a security administrator. Coming from outside gives an account, never a role."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts.entrances import OutsideName
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed, Scope, Viewer, actor, require, staff
from jiuzhu.casework.accounts.sessions import workplace
from jiuzhu.casework.trace.actions import Subject, record


class AlreadyBound(ValueError):
    """That name is of another account, or the account has another name at that issuer."""


@transaction.atomic
def bind(*, officer: Officer, issuer: str, sub: str, by: Viewer, at: datetime) -> OutsideName:
    """Let whoever the issuer calls `sub` sign in as this account. Nobody binds their own. Raises AlreadyBound, NotAllowed."""
    where = workplace(officer)
    grant = require(by, "accounts.bind", on=Scope(where), at=at)
    binder = staff(by)
    if binder is not None and binder.person_id == officer.person_id:
        raise NotAllowed("accounts.bind: nobody binds their own account; ask another security administrator")
    who = actor(by, grant)
    try:
        with transaction.atomic():
            made = OutsideName.objects.create(officer=officer, issuer=issuer, sub=sub, bound_by=who.who, bound_at=at)
    except IntegrityError:
        raise AlreadyBound(f"{officer.account}: that name is bound already, or another one is") from None
    on = Subject("account", officer.account, where[:12])
    record("accounts.bind", by=who, at=at, on=on, purpose=grant.purpose, after={"issuer": issuer, "sub": sub})
    return made


def officer_of(*, issuer: str, sub: str) -> Officer | None:
    """The open account of that name, None if nobody bound it."""
    found = OutsideName.objects.select_related("officer").filter(issuer=issuer, sub=sub, officer__is_active=True).first()
    return found.officer if found else None
