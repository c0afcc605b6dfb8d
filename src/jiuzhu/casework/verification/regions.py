"""Letters of other regions: checked, answered from what we know of that one person, and kept with their reply under their number.

The authorisation comes along as it was signed there: its days, its purpose and what it opens are read from the signed words, never from
the letter. A letter sent twice gets the same reply.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.parties.sealed import opened as opened_text
from jiuzhu.casework.parties.sealed import sealed as sealed_text
from jiuzhu.casework.trace.actions import Actor, Subject, record, refused
from jiuzhu.casework.trace.sealing import signing_key
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.models import Letter
from jiuzhu.casework.verification.people import workspace
from jiuzhu.crypto.signing import PublicKey
from jiuzhu.gateways.verification import region
from jiuzhu.gateways.verification.base import Answer, Question, Sent
from jiuzhu.registry import public

REPLY = "verification_letter.reply"
BY_ITSELF = Actor("system:regions")


def answered(letter: bytes, *, platforms: Mapping[str, PublicKey], at: datetime) -> bytes:
    """The signed reply to a signed letter. platforms: division of a region to the key of its platform.

    Raises NotSigned for a letter of nobody we know: it gets no reply. What is refused is an event and a reply that says why.
    """
    sender = region.sender(letter)
    if sender not in platforms:
        raise region.NotSigned(f"no key of {sender} is known here")
    said = region.opened(letter, platforms[sender])
    number = str(said["fetch"]) if "fetch" in said else str(said["question"]["number"])
    kept = Letter.objects.filter(number=number, sender=sender).first()
    if kept is not None:
        return opened_text(kept.reply, column=REPLY, row=kept.number).encode()
    if "fetch" in said:
        return region.reply_of(Answer(number, "refused", why=region.UNHEARD), signing_key())
    question = region.question_in(said)
    why = _wrong(question, platforms[sender], at)
    answer = Answer(number, "refused", why=why) if why else found_here(question, by=BY_ITSELF.who, purpose="region", at=at)
    return _kept(answer, question, sender, at)


def _kept(answer: Answer, question: Question, sender: str, at: datetime) -> bytes:
    reply = region.reply_of(answer, signing_key())
    on = Subject("verification", answer.number)
    with transaction.atomic():
        row = Letter(
            number=answer.number, sender=sender, authorisation=question.authorisation.number, purpose=question.purpose, received_at=at,
            state=answer.says, why=answer.why[:200],
        )  # fmt: skip
        row.reply = sealed_text(reply.decode(), column=REPLY, row=row.number)
        row.save(force_insert=True)
        if answer.says == "answered":
            record(
                "verification.reply", by=BY_ITSELF, at=at, on=on, purpose="casework",
                after={"from": sender, "authorisation": question.authorisation.number, "datasets": sorted(question.columns)},
            )  # fmt: skip
    if answer.says != "answered":
        refused("verification.reply", by=BY_ITSELF, at=at, on=on, because=answer.why)
    return reply


def _wrong(question: Question, key: PublicKey, at: datetime) -> str:
    """Why the authorisation opens nothing; "" where it does."""
    copy, today = question.authorisation, local_day(at)
    if not key.verifies(copy.statement.encode(), base64.b64decode(copy.signature)):
        return "授权书验签不通过"
    said: dict[str, Any] = json.loads(copy.statement)
    if said["number"] != copy.number or said["purpose"] != question.purpose:
        return "授权书与请求不符"
    if not date.fromisoformat(said["since"]) <= today <= date.fromisoformat(said["until"]):
        return "授权书不在有效期"
    consents = set(said["consents"])
    closed = [dataset for dataset in question.columns if verifying().consent_of(dataset) not in consents]
    return "授权书未包括所查内容" if closed else ""


def found_here(question: Question, *, by: str, purpose: str, at: datetime) -> Answer:
    """What departments delivered here of one person, under the authorisation that came along; the look is written down."""
    folder = workspace()
    person = public.person_of(folder, question.id_number, by=by, purpose=purpose, at=at) if folder else None
    if folder is None or not person:
        return Answer(question.number, "refused", why="本地没有此人的资料")
    said = json.loads(question.authorisation.statement)
    warrant = public.Warrant(
        question.authorisation.number,
        date.fromisoformat(said["since"]),
        date.fromisoformat(said["until"]),
        frozenset(question.columns),
    )
    told = public.verification(folder, {person: warrant}, list(question.columns), by=by, purpose=purpose, at=at)[person]
    rows = {
        dataset: [Sent(row.record_id, {name: row.columns.get(name, "") for name in names}) for row in told[dataset].rows]
        for dataset, names in question.columns.items()
        if told[dataset].state != "late"
    }
    return Answer(question.number, "answered", rows, next((one.as_of for one in told.values() if one.as_of), None))
