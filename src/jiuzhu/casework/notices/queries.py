"""What may be asked of letters, publications and messages; every answer holds only what a live role of the viewer lets them see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from jiuzhu.casework.accounts.permissions import Resident, Scope, Viewer, actor, allowed, require, visible
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.queries import FAMILY
from jiuzhu.casework.notices import letters, publications
from jiuzhu.casework.notices.letters import Term
from jiuzhu.casework.notices.messages import TEXT, TO
from jiuzhu.casework.notices.models import Message, Notice, Objection, Publication, Service
from jiuzhu.casework.notices.publications import Shown, over
from jiuzhu.casework.notices.wording import Letter
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.trace.actions import record
from jiuzhu.vocabulary.telephone import masked

WAITING = Q(state="to_serve")


def within_reach(*, viewer: Viewer, at: datetime) -> QuerySet[Notice]:
    """Every letter an officer may see."""
    found = visible(Notice.objects.all(), viewer, "notices.read", at=at, household="household_key")
    return found.select_related("party", "case")


def notices(*, viewer: Viewer, at: datetime, show: str = "to_serve") -> QuerySet[Notice]:
    """Letters within reach, the nearest day first; `late`: those not served by theirs; `served`: the newest first."""
    found = within_reach(viewer=viewer, at=at)
    if show == "served":
        return found.filter(state="served").order_by("-served_on", "-pk")
    if show == "late":
        found = found.filter(serve_by__lt=local_day(at))
    return found.filter(WAITING).order_by(F("serve_by").asc(nulls_last=True), "pk")


def mine(*, viewer: Resident, at: datetime) -> QuerySet[Notice]:
    """The letters addressed to a resident, the newest first. Raises NotAllowed."""
    require(viewer, "notices.read", on=Scope(own_account=True), at=at)
    return Notice.objects.filter(party__key=viewer.who).select_related("party", "case").order_by("-given_at", "-pk")


def counts(*, viewer: Viewer, at: datetime) -> Mapping[str, int]:
    """How many letters wait, are late, and were served."""
    return (
        within_reach(viewer=viewer, at=at)
        .order_by()
        .aggregate(
            to_serve=Count("pk", filter=WAITING),
            late=Count("pk", filter=WAITING & Q(serve_by__lt=local_day(at))),
            served=Count("pk", filter=Q(state="served")),
        )
    )


@dataclass(frozen=True)
class Opened:
    """A letter with its words, its proofs, and until when each remedy may be used. letter: None for whom it is not open."""

    notice: Notice
    letter: Letter | None
    services: Sequence[tuple[Service, str]]
    terms: Sequence[Term]


@transaction.atomic
def notice(*, viewer: Viewer, key: str, at: datetime) -> Opened | None:
    """One letter, the look written down before its words leave; None when it is not there or out of reach (A3)."""
    found = Notice.objects.select_related("party", "case").filter(key=key).first()
    grant = allowed(viewer, "notices.read", on=letters.scope_of(found, viewer, at=at), at=at) if found is not None else None
    if found is None or grant is None:
        return None
    record("notices.read", by=actor(viewer, grant), at=at, on=letters.subject(found), purpose=grant.purpose)
    if not grant.opens("sensitive"):
        return Opened(found, None, [(one, "") for one in found.services.order_by("number")], letters.terms(found))
    proofs = [
        (one, opened(one.proof, column=letters.PROOF, row=f"{found.key}/{one.number}"))
        for one in found.services.order_by("number")
    ]
    return Opened(found, letters.read(found), proofs, letters.terms(found))


def about(kind: str, key: str) -> QuerySet[Notice]:
    """The letters that tell of a thing which was asked for before, the newest first."""
    return Notice.objects.filter(subject_kind=kind, subject_key=key).order_by("-given_at", "-pk")


def published(*, viewer: Viewer, at: datetime, ended: bool = False) -> QuerySet[Publication]:
    """Publications within an officer's reach: those that hang, the ones that end first first; or those taken down, the newest first."""
    found = visible(Publication.objects.all(), viewer, "publications.read", at=at, household=FAMILY).select_related("case")
    standing = Count("objections", filter=Q(objections__state="open"))
    found = found.annotate(waiting=standing)
    if ended:
        return found.filter(state="ended").order_by("-ended_on", "-pk")
    return found.filter(state="up").order_by(F("last_on").asc(nulls_last=True), "pk")


def publication(*, viewer: Viewer, key: str, at: datetime) -> Publication | None:
    """One of them, or none when it is not there or out of reach."""
    found = visible(Publication.objects.filter(key=key), viewer, "publications.read", at=at, household=FAMILY)
    return found.select_related("case").first()


@dataclass(frozen=True)
class Hangs:
    """One publication as anyone reads it."""

    publication: Publication
    lines: Sequence[Shown]


def hangs(*, viewer: Viewer, division: str, at: datetime) -> list[Hangs]:
    """What hangs in a village today, for anyone, the newest first; made from the rows of publications alone. Raises NotAllowed."""
    require(viewer, "publications.see", on=Scope(division, own_account=True), at=at)
    found = _hanging(local_day(at)).filter(division_code=division).select_related("case").order_by("-from_on", "-pk")
    return [Hangs(one, publications.lines_of(one)) for one in found]


def hanging_in(*, viewer: Viewer, at: datetime) -> list[tuple[str, int]]:
    """The villages where something hangs today, by code, with how much. Raises NotAllowed."""
    require(viewer, "publications.see", on=Scope(own_account=True), at=at)
    rows = _hanging(local_day(at)).values("division_code").annotate(n=Count("pk")).order_by("division_code")
    return [(row["division_code"], row["n"]) for row in rows]


def hanging(*, viewer: Viewer, key: str, at: datetime) -> Publication | None:
    """One that hangs today, for whoever would object to it; None for any other. Raises NotAllowed."""
    require(viewer, "publications.see", on=Scope(own_account=True), at=at)
    return _hanging(local_day(at)).filter(key=key).select_related("case").first()


@dataclass(frozen=True)
class Objected:
    """An objection in clear. name, contact: empty for whom they are not open, and from whom gave none."""

    objection: Objection
    because: str
    name: str
    contact: str
    answer: str


def objections(publication: Publication, *, named: bool) -> list[Objected]:
    """Those to a publication that was asked for before, oldest first. named: whether the viewer may read who it was."""
    found = []
    for one in publication.objections.order_by("at", "pk"):
        told = {
            part: opened(getattr(one, part), column=f"notices_objection.{part}", row=one.key) for part in ("because", "answer")
        }
        who = {
            part: opened(getattr(one, part), column=f"notices_objection.{part}", row=one.key) if named else ""
            for part in ("name", "contact")
        }
        found.append(Objected(one, **told, **who))
    return found


def messages(*, viewer: Viewer, at: datetime, state: str = "") -> QuerySet[Message]:
    """The log of messages within reach, the newest first."""
    found = visible(Message.objects.all(), viewer, "messages.read", at=at, household=FAMILY).select_related("party", "case")
    return (found.filter(state=state) if state else found).order_by("-made_at", "-pk")


def said(message: Message) -> tuple[str, str]:
    """The text and the masked number of a message that was asked for before."""
    to = opened(message.to, column=TO, row=message.key)
    return opened(message.text, column=TEXT, row=message.key), masked(to)


def _hanging(today: date) -> QuerySet[Publication]:
    return Publication.objects.filter(Q(last_on__isnull=True) | Q(last_on__gte=today), state="up", from_on__lte=today)


__all__ = [
    "Hangs", "Objected", "Opened", "about", "counts", "hanging", "hanging_in", "hangs", "messages", "mine", "notice", "notices", "objections",
    "over", "publication", "published", "said", "within_reach",
]  # fmt: skip
