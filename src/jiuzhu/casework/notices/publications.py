"""Publications: 公示 before a decision, for some days; 公布 after it, as long as the help lasts. Part of this step's actions.

A publication shows the applicant's name masked, the village, how many people, what and how much (H4). Children are not named, nothing
that the catalogue forbids stands there, and of a family in protection neither name nor village.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, key_of, require
from jiuzhu.casework.cases import tasks
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.notices import contact, wording
from jiuzhu.casework.notices.declared import UnknownKind, kind_of, noticing
from jiuzhu.casework.notices.letters import next_number
from jiuzhu.casework.notices.models import Objection, Publication
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.rules.noticing import VILLAGE
from jiuzhu.rules.tree import Title

BY_ITSELF = Actor("system:notices")
CONTENT, SIGNATURE = "notices_publication.content", "notices_publication.signature"
ENDED = ("over", "help_ended", "replaced", "mistake")
UNNAMED = Title("不列姓名", "not named")
OBJECTION = "objection"  # the remedy whose kinds may be objected to
MOST_UNNAMED = 20  # open objections without a name to one publication; more of them come by counter or telephone
LONGEST = 1_000  # characters of an objection


class NotPublished(Exception):
    """It cannot be put up, or is up no more."""


class NotAnObjection(ValueError):
    """An objection says why, in at most so many words."""


@dataclass(frozen=True)
class Line:
    """One family as it is handed in. party: the applicant under whom it stands. persons: how many get help. fen: a month, None where
    no amount belongs to it."""

    party: Party
    persons: int
    matter: Title
    fen: int | None


@dataclass(frozen=True)
class Shown:
    """One line as anyone reads it."""

    name: Title
    persons: int
    matter: Title
    fen: int | None


@transaction.atomic
def publish(
    kind: str,
    *,
    case: Case,
    about: Subject,
    lines: Sequence[Line],
    place: str,
    by: Viewer | Actor,
    at: datetime,
    days: int | None = None,
    office: str = "",
) -> Publication:
    """Put up what is published of a family, from today on; part of the act that decides it. Names are masked here.

    about: what it rests on; of one kind there is one at a time about it. days: how long, the first not counted; None: as long as the
    help lasts. place: where besides it hangs. Raises UnknownKind, NotToBeSaid, NotPublished if it is up already.
    """
    declared = kind_of(kind)
    if declared.to != VILLAGE:
        raise UnknownKind(f"{kind} is no publication")
    if (days is None) is (OBJECTION in declared.remedies):
        raise NotPublished(f"{kind}: before a decision it hangs for some days, after it as long as the help lasts")
    guarded = contact.is_protected(case)
    shown = [_shown(one, case=case, guarded=guarded, at=at) for one in lines]
    wording.check(declared, place, *(part for one in shown for part in (one.name.zh, one.matter.zh, one.matter.en)))
    division = tasks.office_of(case.division_code) if guarded else case.division_code
    giver, day, key = office or tasks.office_of(case.division_code), local_day(at), new_key("U")
    content = json.dumps([_packed(one) for one in shown], ensure_ascii=False, separators=(",", ":")).encode()
    told = {"kind": kind, "subject_kind": about.kind, "subject_key": about.key}
    try:
        with transaction.atomic():
            made = Publication.objects.create(
                key=key, number=next_number(kind, giver, day), case=case, division_code=division, office=giver,
                content=sealed(content.decode(), column=CONTENT, row=key, of=case.key), place=place.strip()[:80],
                signature=sealed(wording.signed(content), column=SIGNATURE, row=key, of=case.key), put_by=_who(by).who, put_at=at,
                from_on=day, last_on=day + timedelta(days=days) if days is not None else None, **told,
            )  # fmt: skip
    except IntegrityError:
        raise NotPublished(f"{kind} about this {about.kind} is up already; take that one down first") from None
    after = {"kind": kind, "number": made.number, "last_on": made.last_on, "lines": len(shown)}
    event = record("publications.put", by=_who(by), at=at, on=subject(made), after=after)
    announce("publication.put", event=event, at=at, case=case, on=subject(made))
    return made


def take_down(*, publication: Publication, because: str, by: Viewer | Actor, at: datetime) -> bool:
    """Take one down today: the help ended, another takes its place, or it was a mistake; whether it was still up. Part of another act."""
    if because not in ENDED:
        raise NotPublished(f"'{because[:12]}' is no reason; choose one of {', '.join(ENDED)}")
    up = Publication.objects.filter(pk=publication.pk, state="up")
    if not up.update(state="ended", ended_on=local_day(at), ended_because=because):
        return False
    record("publications.end", by=_who(by), at=at, on=subject(publication), after={"because": because})
    return True


@transaction.atomic
def taken_down(*, publication: Publication, by: Viewer, at: datetime) -> bool:
    """An officer takes one down that should not hang there. Raises NotAllowed."""
    grant = require(by, "publications.end", on=scope_of(publication), at=at)
    return take_down(publication=publication, because="mistake", by=actor(by, grant), at=at)


def end_of(about: Subject, *, because: str = "help_ended", by: Viewer | Actor, at: datetime) -> int:
    """Take down everything that rests on a thing; gives how many. Part of the act that ends it."""
    up = (
        Publication.objects.filter(subject_kind=about.kind, subject_key=about.key, state="up")
        .select_related("case")
        .order_by("pk")
    )
    return sum(take_down(publication=one, because=because, by=by, at=at) for one in up)


@transaction.atomic
def take_down_due(*, at: datetime) -> int:
    """Take down what has hung for its days; gives how many. Nobody sees it after its last day, whenever this runs."""
    over = Publication.objects.select_for_update(of=("self",)).filter(state="up", last_on__lt=local_day(at))
    found = list(over.select_related("case").order_by("pk"))
    if found:
        ended = {"state": "ended", "ended_on": local_day(at), "ended_because": "over"}
        Publication.objects.filter(pk__among=[one.pk for one in found]).update(**ended)
        about = [subject(one) for one in found]
        event = record("publications.end", by=BY_ITSELF, at=at, subjects=about, after={"ended": len(found)})
        announce("publications.over", event=event, at=at)
    return len(found)


def over(publication: Publication, at: datetime) -> bool:
    """Whether its days are over and nothing stands against it: no objection waits for an answer, none was upheld."""
    if publication.last_on is None or local_day(at) <= publication.last_on:
        return False
    return not publication.objections.filter(state__in=("open", "upheld")).exists()


@transaction.atomic
def object_to(
    *, publication: Publication, because: str, by: Viewer, at: datetime, name: str = "", contact_by: str = ""
) -> Objection:
    """Anybody says what they hold against a publication while it hangs, named or not. Raises NotAllowed, NotPublished, NotAnObjection."""
    grant = require(by, "publications.object", on=Scope(publication.division_code, own_account=True), at=at)
    held = Publication.objects.select_for_update(of=("self",)).select_related("case").get(pk=publication.pk)
    if OBJECTION not in kind_of(held.kind).remedies or not is_up(held, at=at):
        raise NotPublished(f"{held.number} takes no objections now; a complaint can be made at any time")
    if not because.strip() or len(because) > LONGEST:
        raise NotAnObjection(f"say why, in at most {LONGEST} characters")
    if not name.strip() and held.objections.filter(state="open", name="").count() >= MOST_UNNAMED:
        raise NotAnObjection("many objections without a name wait already; give yours at the window or by telephone")
    key, case = new_key("O"), held.case.key
    made = Objection.objects.create(
        key=key, publication=held, by=key_of(by), at=at, because=sealed(because.strip(), column="notices_objection.because", row=key, of=case),
        name=sealed(name.strip()[:80], column="notices_objection.name", row=key, of=case),
        contact=sealed(contact_by.strip()[:80], column="notices_objection.contact", row=key, of=case),
    )  # fmt: skip
    after = {"objection": key, "named": bool(name.strip())}
    event = record("publications.object", by=actor(by, grant), at=at, on=subject(held), purpose=grant.purpose, after=after)
    announce("publication.objected", event=event, at=at, case=held.case, on=Subject("objection", key, held.division_code))
    return made


def settled(*, objection: Objection, upheld: bool, answer: str, by: Actor, at: datetime) -> Objection:
    """An objection was looked into, and this is what was found; part of the act that answers it."""
    state = Objection.State.UPHELD if upheld else Objection.State.DISMISSED
    text = sealed(answer.strip(), column="notices_objection.answer", row=objection.key, of=objection.publication.case.key)
    standing = Objection.objects.filter(pk=objection.pk, state="open")
    if not standing.update(state=state, settled_by=by.who, settled_at=at, answer=text):
        raise NotAnObjection(f"{objection.key} was answered already")
    objection.refresh_from_db()
    return objection


def is_up(publication: Publication, *, at: datetime) -> bool:
    return publication.state == "up" and (publication.last_on is None or local_day(at) <= publication.last_on)


def lines_of(publication: Publication) -> list[Shown]:
    """As they hang there. Raises NotWhatWasGiven if they are not what was signed."""
    content = opened(publication.content, column=CONTENT, row=publication.key).encode()
    told = wording.verified(content, opened(publication.signature, column=SIGNATURE, row=publication.key))
    return [Shown(Title(*one["name"]), one["persons"], Title(*one["matter"]), one["fen"]) for one in told]


def masked(name: str) -> str:
    """`郭*强`, `王*`: the first character, the last of a name of three or more, and a star for each between."""
    return name[:1] + "*" * max(len(name) - 2, 1) + (name[-1] if len(name) > 2 else "") if name else ""


def scope_of(publication: Publication) -> Scope:
    return Scope(publication.division_code, publication.state, household=publication.case.household_key)


def subject(publication: Publication) -> Subject:
    case = publication.case
    return Subject("publication", publication.key, publication.division_code, case.household_key, case.key)


def _shown(line: Line, *, case: Case, guarded: bool, at: datetime) -> Shown:
    """The name is shown, masked, of whoever is known to be of age; of nobody else."""
    years = contact.age(line.party, at=at)
    of_age = years is not None and years >= noticing().unnamed_below
    name = masked(contact.name_of(line.party, case=case, at=at)) if of_age and not guarded else ""
    return Shown(Title(name, name) if name else UNNAMED, line.persons, line.matter, line.fen)


def _packed(one: Shown) -> dict[str, Any]:
    told = {"name": [one.name.zh, one.name.en], "persons": one.persons, "matter": [one.matter.zh, one.matter.en], "fen": one.fen}
    return dict(sorted(told.items()))


def _who(by: Viewer | Actor) -> Actor:
    return by if isinstance(by, Actor) else Actor(key_of(by))
