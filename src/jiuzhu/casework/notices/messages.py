"""Short messages: written once for what they tell of, in its transaction; a round of the worker sends them (`sms.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.tasks import new_task, office_of
from jiuzhu.casework.notices.contact import telephone
from jiuzhu.casework.notices.declared import UnknownKind, kind_of
from jiuzhu.casework.notices.models import Message
from jiuzhu.casework.notices.wording import filled, office_name
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.trace.actions import Subject
from jiuzhu.rules.noticing import PHONE
from jiuzhu.rules.tree import Title

TO_BE_TOLD = ("N21",)  # kinds that somebody tells in person when no message arrives
TO, TEXT = "notices_message.to", "notices_message.text"


def write(
    kind: str,
    *,
    party: Party,
    case: Case | None,
    about: Subject,
    words: Mapping[str, str | Title],
    at: datetime,
    office: str = "",
) -> Message:
    """A message of that kind to a person about one thing, once: written before, it is that one. Part of another act, which records it.

    Where none may go, or there is no number, that is written down with its reason. office: the division whose office is to be asked,
    that of the family's township if none is named. Raises UnknownKind, NotSaid, NotToBeSaid.
    """
    declared = kind_of(kind)
    if declared.to != PHONE:
        raise UnknownKind(f"{kind} is no short message")
    told = {"kind": kind, "subject_kind": about.kind, "subject_key": about.key, "party": party}
    before = Message.objects.filter(**told).first()
    if before is not None:
        return before
    division = case.division_code if case is not None else about.division_code
    key, text = new_key("M"), filled(declared, words, {"office": office_name(office or office_of(division))}).zh
    to, why = telephone(party, case=case, at=at)
    standing = {"state": Message.State.UNSENDABLE, "why": why, "ended_at": at} if why else {"next_at": at}
    made = Message.objects.create(
        key=key, case=case, division_code=division, made_at=at,
        to=sealed(to, column=TO, row=key, of=party.key), text=sealed(text, column=TEXT, row=key, of=party.key), **standing, **told,
    )  # fmt: skip
    if why:
        tell_in_person(made, at=at)
    return made


def tell_in_person(message: Message, *, at: datetime) -> None:
    """Where it matters that the person knows and no message reaches them, somebody goes or calls; part of another act."""
    case = message.case
    if message.kind in TO_BE_TOLD and case is not None and case.state == Case.State.OPEN:
        new_task(case=case, kind="reach_family", because="message_failed", due_on=None, at=at, priority=3)
