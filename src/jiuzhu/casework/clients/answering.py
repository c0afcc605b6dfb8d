"""What a client hears about one person who signed for its business: a sentence and, by item, whether there is a record. Never a value.

Whoever is not known here, did not sign, took it back, or signed for something else looks alike: not authorised.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.clients.hearing import acting
from jiuzhu.casework.clients.models import Client
from jiuzhu.casework.clients.refusals import Refused
from jiuzhu.casework.clients.registering import subject
from jiuzhu.casework.parties.actions import index_of
from jiuzhu.casework.trace.actions import Subject, record, refused
from jiuzhu.casework.verification.authorising import datasets_of, in_force
from jiuzhu.casework.verification.comparing import found_in
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.models import LIVE, Authorisation
from jiuzhu.casework.verification.people import Who, who, workspace
from jiuzhu.registry import public
from jiuzhu.rules.tree import Title
from jiuzhu.rules.verifying import Item, Template
from jiuzhu.vocabulary.id_number import IdNumber, IdNumberFault

FITS, FITS_NOT, UNKNOWN = "fits", "fits_not", "unknown"
RECORD, NONE, LATE, NOT_CONSENTED = "record", "none", "late", "not_consented"
LOOKING = "asked by another department"


@dataclass(frozen=True)
class Answer:
    """result: fits, fits_not, or unknown while a source that could decide is silent. items: code and title to one of four words."""

    result: str
    sentence: Title
    items: tuple[tuple[str, Title, str], ...]
    as_of: str


def answer(client: Client, *, purpose: str, authorisation: str, id_number: str, name: str, at: datetime) -> Answer:
    """Raises Refused: purpose, not_authorised. Answered or refused, it is an event about the person."""
    try:
        with transaction.atomic():
            business = _business(client, purpose)
            signed, known = _authorised(purpose, authorisation, id_number, name, acting(client).who, at)
            told = _told(client, business, signed, known, at)
            case = signed.case
            about = Subject("person", signed.party.key, case.division_code, case.household_key, case.key)
            record(
                "clients.answer", by=acting(client), at=at, on=subject(client), subjects=[about], purpose="service",
                after={"business": purpose, "authorisation": signed.number, "items": [one[0] for one in told.items]},
            )  # fmt: skip
            return told
    except Refused as refusal:
        refused(
            "clients.ask", by=acting(client), at=at, on=subject(client), purpose="service", because=f"answers: {refusal.code}"
        )
        raise


def _business(client: Client, purpose: str) -> Template:
    if purpose not in client.businesses.split():
        raise Refused("purpose", f"this client may ask for: {client.businesses}")
    return verifying().templates[purpose]


def _authorised(purpose: str, number: str, id_number: str, name: str, by: str, at: datetime) -> tuple[Authorisation, Who]:
    try:
        index = index_of(IdNumber.parse(id_number).number)
    except IdNumberFault:
        raise _not_authorised() from None
    signed = (
        Authorisation.objects.filter(LIVE, number=number, purpose=purpose, party__id_index=index)
        .select_related("case", "party", "signer")
        .first()
    )
    if signed is None or not in_force(signed, at=at):
        raise _not_authorised()
    known = who([signed.party], by=by, at=at)[signed.party.key]
    if not hmac.compare_digest(known.name.encode(), name.strip().encode()):
        raise _not_authorised()
    return signed, known


def _not_authorised() -> Refused:
    return Refused("not_authorised", "nobody of this name and number has a live authorisation of that number for this purpose")


def _told(client: Client, business: Template, signed: Authorisation, known: Who, at: datetime) -> Answer:
    today = local_day(at)
    allowed_items = set(client.items.split())
    items = [one for one in verifying().asked(business.code, today) if not allowed_items or one.code in allowed_items]
    states = _states(items, signed, known, at)
    decisive = [states.get(code) for code in business.when_any]  # None for what this client may not hear about
    result = FITS if RECORD in decisive else FITS_NOT if all(one == NONE for one in decisive) else UNKNOWN
    sentence = business.sentences[result]
    return Answer(
        result, Title(sentence.zh.format(name=known.name), sentence.en.format(name=known.name)),
        tuple((one.code, one.title, states[one.code]) for one in items), today.isoformat(),
    )  # fmt: skip


def _states(items: list[Item], signed: Authorisation, known: Who, at: datetime) -> Mapping[str, str]:
    """Item to whether there is a record, by what departments delivered and the person opened."""
    opens, folder = datasets_of(signed), workspace()
    datasets = sorted({one.dataset for one in items} & opens)
    here: Mapping[str, public.Told] = {}
    if folder is not None and known.person and datasets:
        warrant = public.Warrant(signed.number, signed.since, signed.until, opens)
        here = public.verification(folder, {known.person: warrant}, datasets, by="system:clients", purpose=LOOKING, at=at)[
            known.person
        ]
    states = {}
    for one in items:
        found = here.get(one.dataset)
        if one.dataset not in opens:
            states[one.code] = NOT_CONSENTED
        elif found is None or found.state == "late":
            states[one.code] = LATE
        else:
            rows = [row.columns for row in found.rows]
            states[one.code] = RECORD if found_in(one, rows, local_day(at)).rows else NONE
    return states
