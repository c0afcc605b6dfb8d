"""Near relatives of the staff: declared by each for themselves, found by comparison, and out of their hands while they hold (A9).

`permissions.near_households` is what every question of permission looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from jiuzhu.casework.accounts.bonds import KinLink
from jiuzhu.casework.accounts.models import Person
from jiuzhu.casework.accounts.permissions import NotAllowed, Scope, Viewer, actor, require, staff
from jiuzhu.casework.accounts.sealed import index, new_key, opened, sealed
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.registry import public
from jiuzhu.vocabulary.id_number import IdNumber, IdNumberFault
from jiuzhu.vocabulary.local_day import local_day

# Spouse, lineal, collateral within three degrees, and near in-laws: whom a civil servant must avoid in office (公务员法 art. 76).
RELATIONS = ("spouse", "parent", "child", "sibling", "grandparent", "grandchild", "aunt_uncle", "nephew_niece", "in_law")
OWN = "own"  # of what records say: the household the relative lives in
NearOf = Callable[[str], Iterable[tuple[str, str]]]
Hands = Callable[[str, datetime], object]
_HANDS: list[Hands] = []
NAME, NUMBER, INDEXED = "accounts_kin_link.name", "accounts_kin_link.number", "accounts_kin_link.id_number"


class WrongKin(ValueError):
    """The declaration cannot be kept: a number that is none, a relation there is not, or the same relative twice."""


def offer(hands: Hands) -> None:
    """A later step says how what it keeps of a household leaves the hands of those near to it; it is called in the same transaction.

    hands: of a household and an instant.
    """
    if hands not in _HANDS:
        _HANDS.append(hands)


@transaction.atomic
def declare(*, name: str, number: str, relation: str, household: str, by: Viewer, at: datetime) -> KinLink:
    """Register a near relative of one's own. household: the number the registry gives theirs, "" if it knows none.

    Raises WrongKin, NotAllowed.
    """
    officer = staff(by)
    grant = require(by, "kin.declare", on=Scope(own_account=True), at=at)
    if officer is None:
        raise NotAllowed("kin.declare: only an account of somebody can declare kin")
    if relation not in RELATIONS or not name.strip():
        raise WrongKin(f"a declaration has a name and one of these relations: {', '.join(RELATIONS)}")
    try:
        spelt = IdNumber.parse(number, on=local_day(at)).number
    except IdNumberFault as wrong:
        raise WrongKin(str(wrong)) from None
    key = new_key("K")
    kept = {
        "name": sealed(name.strip(), column=NAME, about=key),
        "id_number": sealed(spelt, column=NUMBER, about=key),
        "id_index": index(spelt, column=INDEXED),
    }
    try:
        with transaction.atomic():
            made = KinLink.objects.create(
                person_id=officer.person_id, key=key, because="kin", relation=relation, household=household, since=at,
                told_by=officer.account, **kept,
            )  # fmt: skip
    except IntegrityError:
        raise WrongKin("this relative is registered already") from None
    after = {"relation": relation, "household": household}
    record("kin.declare", by=actor(by, grant), at=at, on=Subject("kin", key), purpose=grant.purpose, after=after)
    _leaves_hands(household, at)
    return made


@transaction.atomic
def withdraw(*, link: KinLink, by: Viewer, at: datetime) -> None:
    """End a declaration of one's own that no longer holds (a divorce, a death). What was found by comparison stays. Raises NotAllowed."""
    officer = staff(by)
    kept = KinLink.objects.select_for_update().get(pk=link.pk)
    own = officer is not None and kept.person_id == officer.person_id and kept.because == KinLink.Because.KIN
    grant = require(by, "kin.declare", on=Scope(own_account=own), at=at)
    if kept.until is None:
        kept.until, kept.ended_by = max(at, kept.since), actor(by, grant).who
        kept.save(update_fields=["until", "ended_by"])
        after = {"until": kept.until}
        record("kin.declare", by=actor(by, grant), at=at, on=Subject("kin", kept.key), purpose=grant.purpose, after=after)


@transaction.atomic
def mark(*, found: Iterable[tuple[str, str, str]], at: datetime) -> int:
    """Mark households near to staff that a comparison found; gives how many are new.

    found: staff number, household, and why: register, address, phone or account. Those found before stay as they are.
    """
    people = {person.staff_number: person for person in Person.objects.all()}
    made = 0
    for staff_number, household, because in sorted(set(found)):
        person = people.get(staff_number)
        if person is None or _live(at).filter(person=person, household=household, because=because).exists():
            continue
        key = new_key("K")
        KinLink.objects.create(
            person=person, key=key, because=because, household=household, since=at, told_by="system:comparison"
        )
        after = {"household": household, "because": because}
        record("kin.mark", by=Actor("system:comparison"), at=at, on=Subject("kin", key, household=household), after=after)
        _leaves_hands(household, at)
        made += 1
    return made


def in_all_records(*, by: str, at: datetime) -> NearOf:
    """What the newest release knows, by register, address, telephone and account; nothing before there is one."""

    def asked(number: str) -> list[tuple[str, str]]:
        try:
            near = public.near_households(Path(settings.WORKSPACE), number, by=by, purpose="kin of staff", at=at)
        except public.NoRelease:
            return []
        return [(one.household, one.because) for one in near]

    return asked


@transaction.atomic
def find_households(*, near_of: NearOf, at: datetime, only: KinLink | None = None) -> int:
    """Ask the records again about each declared relative, or about one; gives how many households are newly known to be near.

    near_of: an id number to households, each with why it is near: `own` is where the relative lives, and is filled in where nobody
    knew it; the others share a register, address, phone or account with the relative, and are marked.
    """
    found = 0
    links = _live(at).filter(because=KinLink.Because.KIN).select_related("person")
    for link in links if only is None else links.filter(pk=only.pk):
        near = list(near_of(opened(link.id_number, column=NUMBER, about=link.key)))
        lives = next((household for household, because in near if because == OWN), "")
        household = lives if not link.household else ""
        shared = [(link.person.staff_number, one, because) for one, because in near if because != OWN and one != link.household]
        found += mark(found=shared, at=at)
        if household:
            KinLink.objects.filter(pk=link.pk).update(household=household)
            on = Subject("kin", link.key, household=household)
            record("kin.mark", by=Actor("system:comparison"), at=at, on=on, after={"household": household})
            _leaves_hands(household, at)
            found += 1
    return found


def own(viewer: Viewer, *, at: datetime) -> list[tuple[KinLink, str]]:
    """What the viewer declared and what was found of them, in force, each with the relative's name in clear."""
    officer = staff(viewer)
    if officer is None:
        return []
    return [(link, opened(link.name, column=NAME, about=link.key)) for link in _live(at).filter(person=officer.person_id)]


def marked(households: Iterable[str], *, at: datetime) -> set[str]:
    """Those of the households that some of the staff are near to: the county must visit them."""
    near = set(_live(at).exclude(household="").values_list("household", flat=True))
    return near.intersection(households)


def people_near(household: str, *, at: datetime) -> set[int]:
    """The persons of the staff to whom a household is near."""
    return set(_live(at).filter(household=household).values_list("person", flat=True)) if household else set()


def _leaves_hands(household: str, at: datetime) -> None:
    if household:
        for hands in _HANDS:
            hands(household, at)


def _live(at: datetime) -> QuerySet[KinLink]:
    return KinLink.objects.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at).order_by("since", "pk")
