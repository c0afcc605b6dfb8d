"""What may be done with a grievance: lodge it, name who answers, ask a department to put its file right, answer with reasons.

Whatever its channel, it has a receipt, an office and a day from the first moment; a missed day goes up a tier by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Resident, Scope, Viewer, actor, allowed, key_of, require, staff
from jiuzhu.casework.cases import tasks
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.refusals import CannotHold, Moved, NotOpen
from jiuzhu.casework.grievances.declared import kinds
from jiuzhu.casework.grievances.ears import decide_anew
from jiuzhu.casework.grievances.models import Grievance
from jiuzhu.casework.notices import letters, publications
from jiuzhu.casework.notices.contact import NotToThem
from jiuzhu.casework.notices.models import Notice, Objection, Publication
from jiuzhu.casework.notices.wording import office_name
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.referrals import actions as referrals
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.rules.grieving import GrievanceKind
from jiuzhu.rules.tree import Title

BY_ITSELF = Actor("system:grievances")
SERIES, RECEIVED, ANSWERED = "GRV", "N23", "N24"
FAVOURABLE = ("upheld", "partly")
OUTCOMES = ("upheld", "partly", "rejected", "done", "withdrawn")
TITLES = {
    "upheld": Title("成立", "upheld"), "partly": Title("部分成立", "upheld in part"), "rejected": Title("不成立", "not upheld"),
    "done": Title("已办理", "done"), "withdrawn": Title("本人撤回", "withdrawn"),
}  # fmt: skip
LONGEST = 4_000  # characters
CORRECTION_DAYS = 10  # working days a department has to put its file right


class NotLodged(ValueError):
    """The kind, what it is tied to, or the words are missing or do not fit."""


class NotAnswered(ValueError):
    """An answer says what came of it, and why."""


class HeldApart(Exception):
    """Whoever did what it is about does not answer it."""


class StillAsked(Exception):
    """A department is still to answer."""


@transaction.atomic
def lodge(
    kind: str,
    *,
    channel: str,
    words: str,
    division_code: str,
    by: Viewer,
    at: datetime,
    case: Case | None = None,
    party: Party | None = None,
    notice: Notice | None = None,
    name: str = "",
    contact: str = "",
) -> Grievance:
    """Take in what somebody holds against us or asks for: from now on it has a receipt, an office and a day.

    division_code: where they live. party: who asks, where casework knows them; they get the receipt as a letter. notice: the letter it
    is about. One that comes after its term is taken in and says that it is late. Raises NotAllowed, NotLodged.
    """
    declared = _kind(kind, "notice" if notice is not None else "none")
    if notice is not None:
        case, party, division_code = case or notice.case, party or notice.party, notice.division_code
    own = isinstance(by, Resident) and party is not None and party.key == by.who
    stands = isinstance(by, Resident) and notice is not None and letters.scope_of(notice, by, at=at).mandate
    household = case.household_key if case is not None else ""
    grant = require(by, "grievances.lodge", on=Scope(division_code, own_account=own, mandate=stands, household=household), at=at)
    who = actor(by, grant, acting_for=party.key if party is not None and not own else "")
    return _lodged(
        declared, channel=channel, words=words, division=division_code, who=who, purpose=grant.purpose, at=at, case=case, party=party,
        notice=notice, name=name, contact=contact,
    )  # fmt: skip


@transaction.atomic
def object_to(
    *, publication: Publication, because: str, by: Viewer, at: datetime, name: str = "", contact_by: str = ""
) -> Grievance:
    """Anybody holds something against what hangs in a village; it has an owner and a day at once.

    Raises NotAllowed, NotPublished, NotAnObjection.
    """
    made = publications.object_to(publication=publication, because=because, name=name, contact_by=contact_by, by=by, at=at)
    channel = "portal" if staff(by) is None else "counter"
    return _lodged(
        _kind("objection", "publication"), channel=channel, words=because, division=publication.division_code, who=Actor(key_of(by)),
        purpose="", at=at, case=publication.case, party=None, notice=None, name=name, contact=contact_by, objection=made,
    )  # fmt: skip


def _lodged(
    kind: GrievanceKind, *, channel: str, words: str, division: str, who: Actor, purpose: str, at: datetime, case: Case | None,
    party: Party | None, notice: Notice | None, name: str, contact: str, objection: Objection | None = None,
) -> Grievance:  # fmt: skip
    if not words.strip() or len(words) > LONGEST:
        raise NotLodged(f"say what it is about, in at most {LONGEST} characters")
    if channel not in Grievance.Channel.values:
        raise NotLodged(f"'{channel[:12]}' is no channel; choose one of {', '.join(Grievance.Channel.values)}")
    office, day, key = tasks.office_of(division, county=kind.county), local_day(at), new_key("V")
    due_on, until = working_days_after(day, kind.days), _until(kind, notice)
    of = case.key if case is not None else party.key if party is not None else ""
    made = Grievance.objects.create(
        key=key, receipt=letters.next_number(SERIES, office, day), kind=kind.code, channel=channel, case=case, party=party, notice=notice,
        objection=objection, division_code=division, household_key=case.household_key if case is not None else "", office=office,
        words=sealed(words.strip(), column="grievance.words", row=key, of=of),
        name=sealed(name.strip()[:80], column="grievance.name", row=key, of=of),
        contact=sealed(contact.strip()[:80], column="grievance.contact", row=key, of=of), received_by=who.who, received_at=at,
        due_on=due_on, rises_on=tasks.rises(due_on), until=until, late=until is not None and day > until,
    )  # fmt: skip
    after = {"kind": kind.code, "receipt": made.receipt, "due_on": due_on, "late": made.late}
    event = record("grievances.lodge", by=who, at=at, on=subject(made), purpose=purpose, after=after)
    announce("grievance.lodged", event=event, at=at, case=case, on=subject(made))
    told = {"receipt": made.receipt, "owner": office_name(office), "due_on": _due(kind, due_on)}
    _write(made, RECEIVED, told, who=who, at=at)
    return made


@transaction.atomic
def assign(*, grievance: Grievance, to: Officer, by: Viewer, at: datetime, seen: int = 0) -> Grievance:
    """Name who answers. Raises NotAllowed, CannotHold, HeldApart, NotOpen, Moved."""
    grant = require(by, "grievances.assign", on=scope_of(grievance), at=at)
    if allowed(to, "grievances.answer", on=scope_of(grievance), at=at) is None:
        raise CannotHold(f"{to.account} may not answer {grievance.receipt}; name somebody of its office")
    _apart(grievance, to)
    changed = _changed(grievance, seen, owner=to)
    record(
        "grievances.assign", by=actor(by, grant), at=at, on=subject(grievance), purpose=grant.purpose, after={"to": to.account}
    )
    return changed


@transaction.atomic
def ask_to_correct(*, grievance: Grievance, department: str, asked: str, by: Viewer, at: datetime, seen: int = 0) -> Grievance:
    """Take a correction to the department whose file it is in; it comes back as the answer of a referral, and is answered after that.

    Raises NotAllowed, NotLodged, NotOpen, Moved, NoOffice, AlreadyReferred, NotSaid.
    """
    grant = require(by, "grievances.answer", on=scope_of(grievance), at=at)
    if grievance.kind != "correction" or grievance.case is None:
        raise NotLodged("only a correction of a family in our care is taken to a department")
    sent = referrals.ask_to_correct(
        case=grievance.case, department=department, asked=asked, who="", days=CORRECTION_DAYS, by=by, at=at
    )
    changed = _changed(grievance, seen, referral=sent)
    after = {"referral": sent.key}
    record("grievances.follow", by=actor(by, grant), at=at, on=subject(grievance), purpose=grant.purpose, after=after)
    return changed


@transaction.atomic
def answer(*, grievance: Grievance, outcome: str, answer: str, by: Viewer, at: datetime, seen: int = 0) -> Grievance:
    """Answer with reasons. Upheld, what it is tied to is decided anew where its kind says so; whoever asked gets the answer as a letter.

    Raises NotAllowed, HeldApart, NotAnswered, StillAsked, NobodyDecides, NotOpen, Moved.
    """
    grant = require(by, "grievances.answer", on=scope_of(grievance), at=at)
    declared = kinds()[grievance.kind]
    _apart(grievance, staff(by))
    if outcome not in OUTCOMES or not answer.strip() or len(answer) > LONGEST:
        raise NotAnswered(f"choose what came of it, and say why in at most {LONGEST} characters")
    if grievance.referral is not None and grievance.referral.state == "open":
        raise StillAsked(f"{grievance.receipt}: the department asked to put its file right has not answered yet")
    again = declared.again and outcome in FAVOURABLE and grievance.notice is not None
    of = _of(grievance)
    changed = _changed(
        grievance, seen, state=Grievance.State.ANSWERED, outcome=outcome, answered_by=key_of(by), answered_at=at, again=again,
        rises_on=None, answer=sealed(answer.strip(), column="grievance.answer", row=grievance.key, of=of),
    )  # fmt: skip
    who = actor(by, grant)
    if again and changed.notice is not None:
        decide_anew(changed.notice.subject_kind, changed.notice.subject_key, because=answer.strip(), by=by, at=at)
    if changed.objection is not None:
        publications.settled(objection=changed.objection, upheld=outcome in FAVOURABLE, answer=answer, by=who, at=at)
    after = {"outcome": outcome, "again": again}
    event = record("grievances.answer", by=who, at=at, on=subject(changed), purpose=grant.purpose, after=after)
    announce("grievance.answered", event=event, at=at, case=changed.case, on=subject(changed))
    told = {"receipt": changed.receipt, "outcome": TITLES[outcome], "reason": answer.strip()}
    _write(changed, ANSWERED, told, who=who, at=at)
    return changed


@transaction.atomic
def raise_overdue(*, at: datetime) -> int:
    """Tell the office one tier up of what nobody answered by its day; gives how many. Twice on a day is harmless."""
    today = local_day(at)
    late = Grievance.objects.select_for_update(of=("self",)).filter(state="open", rises_on__lte=today)
    raised: list[Subject] = []
    for one in late.select_related("case").order_by("pk"):
        up = tasks.tier_above(one.raised_to or one.office)
        told = {"rises_on": tasks.next_tier_on(one.office, up, today)}
        if up is not None:
            told |= {"raised_to": up, "tier_up": one.tier_up + 1}
            raised.append(subject(one))
        Grievance.objects.filter(pk=one.pk).update(**told)
    if raised:
        record("grievances.raise", by=BY_ITSELF, at=at, subjects=raised, after={"raised": len(raised)})
    return len(raised)


def scope_of(grievance: Grievance, viewer: Viewer = None) -> Scope:
    """Where it stands, as permission asks; its own to whoever lodged it."""
    mine = isinstance(viewer, Resident) and grievance.party is not None and viewer.who == grievance.party.key
    return Scope(grievance.division_code, grievance.state, own_account=mine, household=grievance.household_key)


def subject(grievance: Grievance) -> Subject:
    case = grievance.case.key if grievance.case is not None else ""
    return Subject("grievance", grievance.key, grievance.division_code, grievance.household_key, case)


def _kind(code: str, about: str) -> GrievanceKind:
    declared = kinds().get(code)
    if declared is None or about not in declared.about:
        raise NotLodged(f"'{code[:16]}' is no kind of grievances.toml, or is not tied to a {about}")
    return declared


def _until(kind: GrievanceKind, notice: Notice | None) -> date | None:
    """The last day of its term, from the day the letter was served; None where there is no term, or it did not begin."""
    if notice is None or not kind.term:
        return None
    return next((term.until for term in letters.terms(notice) if term.remedy == kind.term), None)


def _due(kind: GrievanceKind, due_on: date | None) -> Title:
    if due_on is not None:
        return Title(due_on.isoformat(), due_on.isoformat())
    return Title(f"{kind.days} 个工作日", f"{kind.days} working days from now")


def _apart(grievance: Grievance, officer: Officer | None) -> None:
    """Whoever gave the letter, put up the publication or took it in against themselves does not answer, under whichever account."""
    if officer is None or not kinds()[grievance.kind].apart:
        return
    did: Sequence[str] = ()
    if grievance.notice is not None:
        did = (grievance.notice.given_by,)
    elif grievance.objection is not None:
        did = (grievance.objection.publication.put_by,)
    if Officer.objects.filter(account__in=did, person=officer.person_id).exists():
        raise HeldApart(f"{grievance.receipt} is about what {officer.account} did; somebody else answers it")


def _write(grievance: Grievance, kind: str, words: dict[str, str | Title], *, who: Actor, at: datetime) -> None:
    """A letter to whoever asked, where casework knows them and may write to them; who lives on, or a guardian, is told in person."""
    if grievance.party is None:
        return
    declared = kinds()[grievance.kind].title
    told: dict[str, str | Title] = {"matter": declared, **words}
    try:
        letters.give(
            kind,
            case=grievance.case,
            party=grievance.party,
            about=subject(grievance),
            words=told,
            by=who,
            at=at,
            office=grievance.office,
        )
    except NotToThem:
        return


def _of(grievance: Grievance) -> str:
    return grievance.case.key if grievance.case is not None else grievance.party.key if grievance.party is not None else ""


def _changed(grievance: Grievance, seen: int, **columns: object) -> Grievance:
    """The one way an open one changes: only from the version that was looked at (G2)."""
    standing = Grievance.objects.filter(pk=grievance.pk, state="open", version=seen or grievance.version)
    if not standing.update(version=F("version") + 1, **columns):
        if Grievance.objects.get(pk=grievance.pk).state != "open":
            raise NotOpen(f"{grievance.receipt} was answered already; nothing was changed")
        raise Moved(f"{grievance.receipt} was changed by somebody else since you opened it; nothing was changed, look again")
    return Grievance.objects.select_related("case", "party", "notice", "objection__publication__case", "owner", "referral").get(
        pk=grievance.pk
    )


__all__ = [
    "HeldApart", "NotAnswered", "NotLodged", "StillAsked", "answer", "ask_to_correct", "assign", "lodge",
    "object_to", "raise_overdue", "scope_of", "subject",
]  # fmt: skip
