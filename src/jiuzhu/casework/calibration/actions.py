"""What may be done with numbers: propose one, stand for what the platform proposed, decide as another person, let one run in the shadow."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed, Present, Scope, Viewer, actor, key_of, require
from jiuzhu.casework.calibration.models import Proposal, Shadow, ShadowCount
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import load_catalogue
from jiuzhu.vocabulary.local_day import local_day

FILE = Path("parameters") / "indicators.csv"  # below the place's folder
MOST = 400  # characters of a reason
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,8})?")  # as a row of parameters is written
BY_ITSELF = Actor("system:calibration")


class NoReason(ValueError):
    """A proposal and a decision say why."""


class SamePerson(ValueError):
    """A number goes into force by two persons; this one made the proposal, whichever account is used."""


class Settled(ValueError):
    """Somebody has decided, or begun, meanwhile."""


class NotANumber(ValueError):
    """What was typed is no number."""


def number_of(text: str) -> Decimal:
    """A number as people type it. Raises NotANumber."""
    plain = text.replace(",", "").replace("，", "").strip()
    if not _NUMBER.fullmatch(plain):
        raise NotANumber(f"'{text[:20]}' is no number; write digits, such as 4000 or 0.4")
    return Decimal(plain)


@transaction.atomic
def propose(*, change: public.OtherNumber, because: str, as_of: date, by: Viewer, at: datetime) -> Proposal:
    """Propose another number of an indicator in one division; nothing changes by it.

    as_of: the day the proposal is made for. Raises NotAllowed, NoReason, Settled where the same one waits, and what
    `public.propose_by_hand` raises.
    """
    grant = require(by, "proposals.make", on=Scope(change.division), at=at)
    officer = _officer(by)
    _reason(because)

    def stand_for(number: str) -> None:
        made = _stand_for(number, change, because, officer, at)
        on = Subject("proposal", number, change.division)
        record("proposals.make", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, because=because, after=_told(made))

    # The book knows persons, not accounts, so that it too refuses a second account of the same person.
    number = public.propose_by_hand(
        _workspace(), change, by=_known_as(officer), because=because.strip(), as_of=as_of, first=stand_for
    )
    return Proposal.objects.get(number=number)


@transaction.atomic
def take_up(*, number: str, because: str, as_of: date, by: Viewer, at: datetime) -> Proposal:
    """Stand for a proposal that the monthly calibration made, so that another person can decide about it.

    Raises NotAllowed, NoReason, Settled.
    """
    standing = _standing(number, as_of)
    told = standing.proposal
    grant = require(by, "proposals.make", on=Scope(told.division), at=at)
    _reason(because)
    if standing.state != "open":
        raise Settled("this proposal was decided, or a newer one of the same number was made")
    change = public.OtherNumber(told.owner, told.name, Decimal(told.proposed), told.division)
    made = _stand_for(number, change, because, _officer(by), at)
    on = Subject("proposal", number, told.division)
    record("proposals.make", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, because=because, after=_told(made))
    return made


@transaction.atomic
def decide(
    *, number: str, word: str, because: str, by: Viewer, at: datetime, holds_from: date | None = None
) -> Proposal:  # fmt: skip
    """Release a proposal from a day on, as a dated row of the place's catalogue folder, or decline it.

    The next run reads the row; what runs now does not change. Raises NotAllowed, SamePerson for any account of whoever stands for the
    proposal, NoReason, Settled, and what `public.decide_proposal` raises.
    """
    kept = Proposal.objects.select_for_update().get(number=number)
    grant = require(by, "proposals.decide", on=Scope(kept.division_code, Proposal.State.PROPOSED), at=at)
    officer = _officer(by)
    if kept.state != Proposal.State.PROPOSED:
        raise Settled("this proposal is decided already")
    if kept.made_person_id == officer.person_id:
        raise SamePerson("a number goes into force by two persons, and you stand for this one; a colleague decides")
    _reason(because)
    kept.state, kept.word, kept.holds_from = Proposal.State.DECIDED, Proposal.Word(word), holds_from
    kept.decided_person, kept.decided_by, kept.decided_because, kept.decided_at = (
        officer.person,
        officer.account,
        because.strip(),
        at,
    )
    if word == Proposal.Word.DECLINE:
        kept.holds_from = None
    elif holds_from is None or holds_from <= local_day(at):
        raise NoReason("a number holds from a day to come; give one after today")
    kept.save()
    on = Subject("proposal", number, kept.division_code)
    told = {**_told(kept), "word": word, "holds_from": str(kept.holds_from or ""), "made_by": kept.made_by}
    record(
        "proposals.decide", by=actor(by, grant), at=at, on=on, subjects=[Subject("parameter", f"{kept.indicator}.{kept.name}")],
        purpose=grant.purpose, because=because, before={"state": "proposed"}, after=told,
    )  # fmt: skip
    place = place_folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    public.decide_proposal(
        _workspace(), number, word, by=_known_as(officer), because=because.strip(), at=at, holds_from=kept.holds_from,
        folder=place, catalogue=load_catalogue(*map(Path, settings.CATALOGUE_FOLDERS), place),
    )  # fmt: skip
    return kept


@transaction.atomic
def begin_shadow(*, change: public.OtherNumber, until: date, by: Viewer, at: datetime) -> Shadow:
    """Let another number run beside the one in force on the newest release and on every one to come, up to a day.

    Raises NotAllowed, Settled if one of the same number runs here, NotToBeTried.
    """
    grant = require(by, "shadows.run", on=Scope(change.division), at=at)
    shadow = Shadow(
        indicator=change.owner, name=change.name, division_code=change.division, value=f"{change.value:f}",
        begun_by=key_of(by), begun_at=at, until=until,
    )  # fmt: skip
    try:
        with transaction.atomic():
            shadow.save()
    except IntegrityError:
        raise Settled("another value of this number runs in the shadow here; end that one first") from None
    newest = public.current(_workspace())
    if newest is not None:
        counts = public.shadow_counts(_workspace(), change, release=newest)
        as_of = public.release(_workspace(), newest).as_of
        ShadowCount.objects.create(
            shadow=shadow, release=newest, as_of=as_of,
            live=counts.live, tried=counts.tried, added=counts.added, lost=counts.lost,
        )  # fmt: skip
    on = Subject("parameter", f"{change.owner}.{change.name}", change.division)
    record(
        "shadows.run",
        by=actor(by, grant),
        at=at,
        on=on,
        purpose=grant.purpose,
        after={"value": shadow.value, "until": str(until)},
    )
    return shadow


@transaction.atomic
def end_shadow(*, shadow: int, by: Viewer, at: datetime) -> Shadow:
    """It is not asked of any further release; what it counted stays. Raises NotAllowed."""
    kept = Shadow.objects.select_for_update().get(pk=shadow)
    grant = require(by, "shadows.run", on=Scope(kept.division_code), at=at)
    if kept.ended_at is None:
        kept.ended_at = at
        kept.save(update_fields=["ended_at"])
        on = Subject("parameter", f"{kept.indicator}.{kept.name}", kept.division_code)
        record(
            "shadows.run",
            by=actor(by, grant),
            at=at,
            on=on,
            purpose=grant.purpose,
            before={"value": kept.value},
            after={"ended": True},
        )
    return kept


@transaction.atomic
def follow_release(*, release: str, at: datetime) -> int:
    """Ask every running shadow of a release that was taken in; once each, however often it is called. Gives how many were asked."""
    as_of = public.release(_workspace(), release).as_of
    waiting = Shadow.objects.filter(ended_at__isnull=True, until__gte=as_of).exclude(counts__release=release)
    asked = 0
    for shadow in waiting:
        change = public.OtherNumber(shadow.indicator, shadow.name, Decimal(shadow.value), shadow.division_code)
        kept = ShadowCount(shadow=shadow, release=release, as_of=as_of)
        try:
            counts = public.shadow_counts(_workspace(), change, release=release)
            kept.live, kept.tried, kept.added, kept.lost = counts.live, counts.tried, counts.added, counts.lost
        except public.NotToBeTried as reason:
            kept.because = str(reason)[:400]
        kept.save()
        asked += 1
    if asked:
        record("shadows.run", by=BY_ITSELF, at=at, on=Subject("release", release), after={"asked": asked})
    return asked


def place_folder() -> Path:
    """The folder of this place's own declarations, read after the national ones by every run over this workspace."""
    return Path(settings.PLACE_FOLDER)


def _stand_for(number: str, change: public.OtherNumber, because: str, officer: Officer, at: datetime) -> Proposal:
    try:
        with transaction.atomic():
            return Proposal.objects.create(
                number=number, indicator=change.owner, name=change.name, division_code=change.division, value=f"{change.value:f}",
                because=because.strip(), made_person=officer.person, made_by=officer.account, made_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise Settled("somebody stands for this proposal already") from None


def _standing(number: str, as_of: date) -> public.ProposalStanding:
    found = next((one for one in public.proposals(_workspace(), as_of=as_of) if one.id == number), None)
    if found is None:
        raise Settled("there is no such proposal any more")
    return found


def _told(one: Proposal) -> dict[str, str]:
    return {"indicator": one.indicator, "name": one.name, "value": one.value}


def _reason(because: str) -> None:
    if not 0 < len(because.strip()) <= MOST:
        raise NoReason(f"write why, in at most {MOST} characters: whoever decides and whoever audits read it")


def _known_as(officer: Officer) -> str:
    return f"staff {officer.person.staff_number}"


def _officer(by: Viewer) -> Officer:
    """The account behind a viewer: what two persons do is never done from the machine. Raises NotAllowed."""
    officer = by.officer if isinstance(by, Present) else by
    if not isinstance(officer, Officer):
        raise NotAllowed("this is done by an officer with an account of their own")
    return officer


def _workspace() -> Path:
    return Path(settings.WORKSPACE)
