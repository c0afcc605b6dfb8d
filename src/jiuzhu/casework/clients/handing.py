"""Two ways with a department: what is referred to it goes out, its applications and results come in, each once by its case number (SF043)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from jiuzhu.casework.accounts.actions import NoSuchDivision
from jiuzhu.casework.accounts.sealed import digest as keyed_digest
from jiuzhu.casework.applications.drafting import of_department
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.applications.refusals import NoPlace
from jiuzhu.casework.applications.scopes import subject as of_application
from jiuzhu.casework.clients.hearing import acting
from jiuzhu.casework.clients.models import Client, Handed
from jiuzhu.casework.clients.refusals import Refused
from jiuzhu.casework.clients.registering import subject
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.referrals import actions as referrals
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.trace.actions import record

MOST = 200  # referrals one request is given; what is left comes with the next, the nearest day first


@dataclass(frozen=True)
class Intake:
    """One referral as the department it lies with reads it."""

    case_number: str
    need: str
    asked: str
    who: str
    answers: Mapping[str, Any]
    state: str
    due_on: date | None


@transaction.atomic
def hand_in_application(client: Client, *, case_number: str, said: Mapping[str, Any], at: datetime) -> tuple[Application, bool]:
    """A draft of what they were told, with a task for the township that helps the family on; and whether it is new.

    said: applicant_name, id_number, phone, address, residence (division), items, words. The same case number again with the same
    content is the same application. Raises Refused: other_content, place.
    """
    digest, known = _known(client, Handed.Kind.APPLICATION, case_number, said)
    if known is not None and known.application is not None:
        return known.application, False
    typed = {
        "applicant_name": said["applicant_name"], "id_number": said.get("id_number", ""), "phone": said.get("phone", ""),
        "address": said.get("address", ""), "story": said.get("words", ""), "residence": said["residence"],
    }  # fmt: skip
    fields = {name: [value] for name, value in typed.items() if value} | {"items": list(said["items"])}
    number = hashlib.sha256(f"{client.code}/{case_number}".encode()).hexdigest()[:24]
    try:
        made = of_department(number=number, typed=fields, division_code=said["residence"], by=acting(client), at=at)
    except (NoPlace, NoSuchDivision):
        raise Refused("place", "`residence` is no division in force: write twelve digits of a village or community") from None
    Handed.objects.create(client=client, kind="application", case_number=case_number, digest=digest, application=made, at=at)
    record(
        "clients.hand_in", by=acting(client), at=at, on=subject(client), subjects=[of_application(made)], after={"digest": digest}
    )
    return made, True


@transaction.atomic
def state_of(client: Client, *, case_number: str, at: datetime) -> Application:
    """How an application stands that this client handed in; that it asked is an event. Raises Refused: unknown."""
    found = Handed.objects.filter(client=client, kind="application", case_number=case_number).first()
    if found is None or found.application is None:
        raise Refused("unknown", "nothing was handed in under this case number")
    made = Application.objects.select_related("walk", "case").get(pk=found.application_id)
    record("clients.fetch", by=acting(client), at=at, on=subject(client), subjects=[of_application(made)], purpose="service")
    return made


@transaction.atomic
def intake(client: Client, *, at: datetime) -> Sequence[Intake]:
    """What lies open with the client's office, the nearest day first; that it was given out is an event about each."""
    open_ones = Referral.objects.filter(office=client.office_id, state="open") if client.office_id else Referral.objects.none()
    found = list(open_ones.select_related("case").order_by("due_on", "pk")[:MOST])
    record(
        "clients.fetch",
        by=acting(client),
        at=at,
        on=subject(client),
        subjects=[referrals.subject(one) for one in found],
        purpose="service",
    )
    return [_told(one) for one in found]


@transaction.atomic
def hand_in_result(client: Client, *, case_number: str, said: Mapping[str, Any], at: datetime) -> tuple[Referral, bool]:
    """What the department did about a referral of its office, by our case number; and whether it is new.

    said: what was done, `sentence` for the family. Raises Refused: other_content, unknown (also of another office), moved_on.
    """
    digest, known = _known(client, Handed.Kind.RESULT, case_number, said)
    if known is not None and known.referral is not None:
        return known.referral, False
    found = Referral.objects.filter(key=case_number, office=client.office_id).first() if client.office_id else None
    if found is None:
        raise Refused("unknown", "nothing of this case number was referred to your office")
    try:
        told = referrals.report_by(found, said=said["done"], sentence=said.get("sentence", ""), by=acting(client), at=at)
    except (referrals.NotNow, referrals.NotSaid):
        raise Refused("moved_on", "this referral is answered already, or waits for a supplement; fetch it again") from None
    Handed.objects.create(client=client, kind="result", case_number=case_number, digest=digest, referral=told, at=at)
    record(
        "clients.result",
        by=acting(client),
        at=at,
        on=subject(client),
        subjects=[referrals.subject(told)],
        after={"digest": digest},
    )
    return told, True


def _known(client: Client, kind: str, case_number: str, said: Mapping[str, Any]) -> tuple[str, Handed | None]:
    """The digest of what is said, and what was handed in under that number before. The client is held, so that two do not cross."""
    Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    digest = keyed_digest(json.dumps(said, sort_keys=True, ensure_ascii=False), purpose="what a client handed in")
    known = (
        Handed.objects.select_related("application__walk", "referral")
        .filter(client=client, kind=kind, case_number=case_number)
        .first()
    )
    if known is not None and known.digest != digest:
        raise Refused("other_content", "this case number was handed in with another content; nothing was changed")
    return digest, known


def _told(one: Referral) -> Intake:
    texts = {name: opened(getattr(one, name), column=f"referral.{name}", row=one.key) for name in ("asked", "who", "facts")}
    answers = json.loads(texts["facts"])["answers"] if texts["facts"] else {}
    return Intake(one.key, one.need, texts["asked"], texts["who"], answers, one.answer, one.due_on)
