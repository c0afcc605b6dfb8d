"""Who registers a client, opens it, and suspends it: three acts, the first two by two people of different duties."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require, visible
from jiuzhu.casework.clients.models import Client
from jiuzhu.casework.clients.refusals import NotNow, NotRegistered
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.crypto.signing import KeyUnfit, read_public_key
from jiuzhu.rules.verifying import Template

ALGORITHM = "ed25519"
MOST_A_DAY = 100_000
_CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")


def businesses() -> Sequence[Template]:
    """What other departments may ask for at all (SF281)."""
    return [one for one in verifying().templates.values() if one.client]


def clients(*, viewer: Viewer, at: datetime) -> QuerySet[Client]:
    """Clients within reach, the newest first."""
    return visible(Client.objects.all(), viewer, "clients.read", at=at).select_related("office").order_by("-registered_at", "-pk")


@transaction.atomic
def register(
    *, code: str, title: str, division_code: str, public_key: str, chosen: Sequence[str], items: Sequence[str], per_day: int, by: Viewer,
    at: datetime, office: Office | None = None,
) -> Client:  # fmt: skip
    """Enter a client with its key and what it may ask; it waits for another person to open it.

    chosen: codes of businesses, all of one department. items: those it may hear about, none for all. Raises NotAllowed, NotRegistered.
    """
    grant = require(by, "clients.register", on=Scope(division_code), at=at)
    if not _CODE.fullmatch(code) or Client.objects.filter(code=code).exists():
        raise NotRegistered(f"'{code[:40]}' is taken or no code; write small letters, digits and -, such as justice-370502")
    known = {one.code: one for one in businesses()}
    departments = {known[one].client for one in chosen if one in known}
    if len(departments) != 1 or set(chosen) - set(known):
        raise NotRegistered(f"choose businesses of one department: {', '.join(known)}")
    allowed_items = {item for one in chosen for item in known[one].items}
    if set(items) - allowed_items:
        raise NotRegistered(f"items are of the businesses chosen: {', '.join(sorted(allowed_items))}")
    if not 1 <= per_day <= MOST_A_DAY:
        raise NotRegistered(f"calls a day are from 1 to {MOST_A_DAY}")
    if not title.strip():
        raise NotRegistered("say whose system it is")
    try:
        key = read_public_key(public_key.strip().encode(), ALGORITHM)
    except KeyUnfit as wrong:
        raise NotRegistered(str(wrong)) from None
    made = Client.objects.create(
        code=code, title=title.strip()[:80], department=departments.pop(), division_code=division_code, office=office,
        public_key=key.as_pem().decode("ascii"), fingerprint=key.fingerprint, businesses=" ".join(sorted(chosen)),
        items=" ".join(sorted(items)), per_day=per_day, registered_by=actor(by, grant).who, registered_at=at,
    )  # fmt: skip
    after = {"businesses": made.businesses, "items": made.items, "per_day": per_day, "fingerprint": made.fingerprint}
    record("clients.register", by=actor(by, grant), at=at, on=subject(made), purpose=grant.purpose, after=after)
    return made


@transaction.atomic
def open_client(*, client: Client, by: Viewer, at: datetime) -> Client:
    """Let a registered client in, the fingerprint of its key having been compared. Raises NotAllowed, NotNow."""
    return _moved(client, "clients.open", ("waiting",), "active", by, at, {"opened_at": at})


@transaction.atomic
def suspend(*, client: Client, by: Viewer, at: datetime) -> Client:
    """From this instant none of its requests is heard; it is not opened again but registered anew. Raises NotAllowed, NotNow."""
    return _moved(client, "clients.suspend", ("waiting", "active"), "suspended", by, at, {"suspended_at": at})


def subject(one: Client) -> Subject:
    return Subject("client", one.code, one.division_code)


def _moved(
    client: Client, operation: str, origins: tuple[str, ...], to: str, by: Viewer, at: datetime, kept: dict[str, datetime]
) -> Client:
    held = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    grant = require(by, operation, on=Scope(held.division_code), at=at)
    who = actor(by, grant)
    if held.state not in origins:
        raise NotNow(f"client {held.code} is {held.state}")
    if to == "active" and held.registered_by == who.who:
        raise NotNow(f"client {held.code} is opened by somebody else than registered it")
    for name, value in {**kept, "state": to, ("opened_by" if to == "active" else "suspended_by"): who.who}.items():
        setattr(held, name, value)
    held.save()
    record(operation, by=who, at=at, on=subject(held), purpose=grant.purpose, before={"state": client.state}, after={"state": to})
    return held
