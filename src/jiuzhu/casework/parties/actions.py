"""What may be done with people casework met: meet them, and write down what a paper says that was seen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.keys import keys
from jiuzhu.crypto.index import keyed_index
from jiuzhu.vocabulary.id_number import IdNumber

NUMBER = "parties_party.id_number"


def index_of(number: str) -> str:
    return keyed_index(number, keys=keys(), column=NUMBER).hex()


def met(registry_persons: Iterable[str], *, household: str, at: datetime) -> list[Party]:
    """The people of a household as the registry knows them, each once; part of another act, so without an event of its own."""
    wanted = sorted(set(registry_persons))
    new = [
        Party(key=new_key("P"), registry_person=person, registry_household=household, proved_by=Party.Proof.DELIVERY, met_at=at)
        for person in wanted
    ]
    Party.objects.bulk_create(new, ignore_conflicts=True)
    found = Party.objects.filter(registry_person__in=wanted)
    found.exclude(registry_household=household).update(registry_household=household)
    return list(found.order_by("pk"))


def named(
    *,
    name: str,
    id_number: str = "",
    phone: str = "",
    address: str = "",
    registry_person: str = "",
    household: str = "",
    at: datetime,
) -> Party:
    """Somebody named in a declaration, whoever casework knows them as; part of another act, so without an event of its own.

    What is known of them already stays: a declaration fills what is empty and overwrites nothing. registry_person, household: by which
    the registry knows them, "" where it does not. id_number: as parsed before. Without a number nobody is taken for somebody known.
    """
    held = Party.objects.select_for_update()
    party = held.filter(id_index=index_of(id_number)).first() if id_number else None
    if party is None and registry_person:
        party = held.filter(registry_person=registry_person).first()
    elif party is not None and not party.registry_person and not held.filter(registry_person=registry_person).exists():
        party.registry_person = registry_person
    party = party or Party(key=new_key("P"), registry_person=registry_person, proved_by=Party.Proof.DECLARED, met_at=at)
    party.registry_household = party.registry_household or household
    for column, text in (("name", name), ("id_number", id_number), ("phone", phone), ("address", address)):
        if text and not getattr(party, column):
            setattr(party, column, sealed(text, column=f"parties_party.{column}", row=party.key, of=party.key))
            party.id_index = index_of(text) if column == "id_number" else party.id_index
    party.save()
    return party


@transaction.atomic
def meet(
    *,
    name: str,
    id_number: str = "",
    phone: str = "",
    address: str = "",
    proved_by: str,
    division_code: str,
    by: Viewer,
    at: datetime,
) -> Party:
    """Enter a person somebody met; with a number that is known, it is that person, and what is new is added.

    A paper outranks a delivery, and a delivery what was only declared. division_code: where they live, for permission.
    Raises NotAllowed, IdNumberFault.
    """
    grant = require(by, "cases.confirm", on=Scope(division_code, "open"), at=at)
    number = IdNumber.parse(id_number).number if id_number else ""  # as text it is masked
    party = Party.objects.select_for_update().filter(id_index=index_of(number)).first() if number else None
    party = party or Party(key=new_key("P"), proved_by=proved_by, met_at=at)
    if number:
        party.id_index = index_of(number)
    for column, text in (("name", name), ("id_number", number), ("phone", phone), ("address", address)):
        if text:
            setattr(party, column, sealed(text, column=f"parties_party.{column}", row=party.key, of=party.key))
    ranks = (Party.Proof.DECLARED, Party.Proof.DELIVERY, Party.Proof.PAPER)
    if ranks.index(Party.Proof(proved_by)) > ranks.index(Party.Proof(party.proved_by)):
        party.proved_by = proved_by
    party.save()
    after = {"proved_by": party.proved_by}
    record(
        "cases.confirm",
        by=actor(by, grant),
        at=at,
        on=Subject("person", party.key, division_code),
        purpose=grant.purpose,
        after=after,
    )
    return party
