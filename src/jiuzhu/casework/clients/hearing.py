"""Whether a request is heard: signed by a client that is open, now, once, and within its number of the day (H5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.clients.models import Call, Client
from jiuzhu.casework.clients.refusals import Refused
from jiuzhu.casework.clients.registering import ALGORITHM, subject
from jiuzhu.casework.trace.actions import Actor, refused
from jiuzhu.crypto.signed_requests import Signed
from jiuzhu.crypto.signing import read_public_key

CLOCKS_DIFFER = timedelta(minutes=5)
ANYBODY = Actor("anyone")


def acting(client: Client) -> Actor:
    """A client in the record."""
    return Actor(f"client:{client.code}", division_code=client.division_code[:12])


def heard(signed: Signed, *, does: str, at: datetime) -> Client:
    """The client behind a signed request, whose number is used up from now on. Call it outside a transaction.

    Raises Refused: unsigned (also for a client that is unknown, waiting or suspended: the three look alike), late, replayed, quota.
    Every refusal is an event.
    """
    client = Client.objects.filter(code=signed.keyid, state=Client.State.ACTIVE).first()
    if client is None or not signed.verifies(read_public_key(client.public_key.encode(), ALGORITHM)):
        refused("clients.ask", by=ANYBODY, at=at, because=f"{does}: not signed by a client that is open")
        raise Refused("unsigned", "the request is not signed with the key of a client that is open; compare fingerprints")
    try:
        if abs(at - signed.created) > CLOCKS_DIFFER:
            raise Refused(
                "late", f"`created` is more than {CLOCKS_DIFFER.seconds // 60} minutes from now; set the clock and sign anew"
            )
        _counted(client, signed, does, at)
    except Refused as refusal:
        refused("clients.ask", by=acting(client), at=at, on=subject(client), because=f"{does}: {refusal.code}")
        raise
    return client


@transaction.atomic
def _counted(client: Client, signed: Signed, does: str, at: datetime) -> None:
    """Two requests of one client wait for each other here, so that neither number nor quota is passed twice."""
    held = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    today = local_day(at)
    if Call.objects.filter(client=held, number=signed.nonce).exists():
        raise Refused("replayed", "this nonce was used before; take a new one for each request")
    if Call.objects.filter(client=held, day=today).count() >= held.per_day:
        raise Refused("quota", f"{held.per_day} calls a day are used up; go on tomorrow, or have the number raised")
    try:
        with transaction.atomic():
            Call.objects.create(client=held, number=signed.nonce, day=today, at=at, does=does)
    except IntegrityError:
        raise Refused("replayed", "this nonce was used before; take a new one for each request") from None
