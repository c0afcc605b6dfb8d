"""Who agreed to be looked up: signed at the window, on one's own telephone, or from far away by a link; withdrawn at once (K1).

The words somebody signed are kept with a digest and a signature of the platform, so that another word, another date or another person
is found out with the public key alone. An authorisation that does not verify opens nothing.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.accounts.sealed import digest as keyed_digest
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.cases.tasks import new_task
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.sealing import signing_key
from jiuzhu.casework.trace.written import canonical, digest, instant
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.models import LIVE, Authorisation, Link, Question
from jiuzhu.casework.verification.people import who
from jiuzhu.casework.verification.refusals import DeadLink, NeedsGuardian, NotNow, NotYours, WrongTerm
from jiuzhu.vocabulary.id_number import IdNumber, IdNumberFault

PURPOSE = "assistance"
ADULT = 18
LONGEST = timedelta(days=731)  # consent is given for a time one can overlook; support that lasts asks again
LINK_DAYS, TRIES = 2, 5
STATEMENT = "verification_authorisation.statement"
TOKEN_BYTES = 24
TELL_WD = 3  # working days in which an officer tells the family what follows
WITHDRAWN = "本人已收回授权"
PLEDGE = "本人同意民政部门及其核对机构按上列用途、范围和期限查询本人信息，知道可以随时收回，以及收回的后果。"


@dataclass(frozen=True)
class Signed:
    """What is signed. party: whose records; signer: who signs. consents: codes of catalogue/verification. proved: how it was seen who
    signs: an officer's eyes on a paper, a code by SMS, an id number typed at a link."""

    case: Case
    party: Party
    signer: Party
    why: str
    purpose: str
    consents: tuple[str, ...]
    until: date
    how: str
    proved: str


@transaction.atomic
def authorise(
    *,
    case: Case,
    party: Party,
    consents: Iterable[str],
    until: date,
    how: str,
    by: Viewer,
    at: datetime,
    why: str = "adult",
    signer: Party | None = None,
    purpose: str = PURPOSE,
    proved: str = "paper seen",
) -> Authorisation:
    """Enter what somebody signed before an officer. why: adult, guardian (then signer) or obligor. A newer one takes the place of the last.

    Raises NotAllowed, NeedsGuardian, WrongTerm.
    """
    grant = require(by, "verification.authorise", on=case_scope(case, by), at=at)
    told = Signed(case, party, signer or party, why, purpose, _known(consents), until, how, proved)
    return _signed(told, who_acts=actor(by, grant), operation="verification.authorise", at=at)


@transaction.atomic
def sign(
    *, case: Case, party: Party, consents: Iterable[str], until: date, by: Viewer, at: datetime, purpose: str = PURPOSE,
    ward: Party | None = None,
) -> Authorisation:  # fmt: skip
    """Somebody who is signed in to their own account agrees for themselves, or for a child of theirs. The caller knows that the party
    is theirs, and the child's parent.

    Raises NotAllowed, NeedsGuardian, WrongTerm.
    """
    grant = require(by, "verification.sign", on=Scope(own_account=True), at=at)
    why = "adult" if ward is None else "guardian"
    told = Signed(case, ward or party, party, why, purpose, _known(consents), until, "electronic", "signed in")
    return _signed(told, who_acts=actor(by, grant), operation="verification.sign", at=at)


@transaction.atomic
def link(
    *, case: Case, party: Party, until: date, by: Viewer, at: datetime, why: str = "adult", purpose: str = PURPOSE
) -> tuple[Link, str]:
    """A link for one person to sign from far away, and the token to send. The token stands in no table: it follows from the row and the
    keys of this workspace, so that a copy of the database opens no link.

    An earlier link of theirs is dead from now on. Raises NotAllowed, NeedsGuardian where nothing says who may open it.
    """
    grant = require(by, "verification.authorise", on=case_scope(case, by), at=at)
    if not who([party], by=actor(by, grant).who, at=at)[party.key].id_number:
        raise NeedsGuardian(
            "no id number of this person is known, so a link could not be bound to them; enter it from a paper first"
        )
    Link.objects.filter(LIVE, case=case, party=party, purpose=purpose).update(ended_at=at)
    made = Link.objects.create(
        token=secrets.token_hex(TOKEN_BYTES), case=case, party=party, purpose=purpose, why=why, until=until, made_by=actor(by, grant).who,
        made_at=at, expires_at=at + timedelta(days=LINK_DAYS),
    )  # fmt: skip
    token = token_of(made)
    made.token = _token(token)
    made.save(update_fields=["token"])
    record(
        "verification.link", by=actor(by, grant), at=at, on=_person(case, party), purpose=grant.purpose,
        after={"until": until.isoformat(), "expires": instant(made.expires_at)},
    )  # fmt: skip
    return made, token


def token_of(link: Link) -> str:
    """What is sent, for whoever may make such a link; it is of no use once the link is over."""
    return keyed_digest(str(link.pk), instant(link.made_at), purpose="token of a signing link")


def peeked(token: str, *, at: datetime) -> Link | None:
    """The link behind a token while it lives; it says nothing of whom it is for."""
    return Link.objects.select_related("case").filter(LIVE, token=_token(token), expires_at__gt=at, tries__lt=TRIES).first()


def opened_link(token: str, *, id_number: str, at: datetime) -> Link:
    """The link behind a token, for the one person whose id number it was made for. A wrong number counts, and five are too many.

    Raises DeadLink, NotYours.
    """
    with transaction.atomic():
        found = Link.objects.select_related("case", "party").filter(LIVE, token=_token(token), expires_at__gt=at).first()
        counted = found is not None and Link.objects.filter(pk=found.pk, tries__lt=TRIES).update(tries=F("tries") + 1)
    if found is None or not counted:
        raise DeadLink("this link was used, has run out, or was tried too often; ask the window for a new one")
    asker = Actor(f"link:{found.pk}")
    number = who([found.party], by=asker.who, at=at)[found.party.key].id_number
    try:
        same = bool(number) and IdNumber.parse(id_number).number == IdNumber.parse(number).number
    except IdNumberFault:
        same = False
    if not same:
        raise NotYours(f"this is not the id number of the person this link is for; {TRIES - found.tries - 1} tries are left")
    Link.objects.filter(pk=found.pk).update(tries=F("tries") - 1)  # a right number is no try
    return found


def sign_by_link(token: str, *, id_number: str, consents: Iterable[str], at: datetime) -> Authorisation:
    """Sign from far away; the link is dead afterwards. Raises DeadLink, NotYours, NeedsGuardian."""
    found = opened_link(token, id_number=id_number, at=at)
    with transaction.atomic():
        if not Link.objects.filter(LIVE, pk=found.pk).update(used_at=at, ended_at=at):
            raise DeadLink("this link was used already")
        told = Signed(
            found.case, found.party, found.party, found.why, found.purpose, _known(consents), found.until, "remote",
            "own id number at a link",
        )  # fmt: skip
        return _signed(told, who_acts=Actor(found.party.key), operation="verification.sign", at=at)


@transaction.atomic
def withdraw(*, authorisation: Authorisation, by: Viewer, at: datetime, own: bool = False) -> Authorisation:
    """Take an authorisation back: from this instant nothing is asked under it, and an officer is told. What was decided stays.

    own: the viewer is the person it is of; else an officer writes down what the person said. Raises NotAllowed, NotNow.
    """
    scope = Scope(own_account=True) if own else case_scope(authorisation.case, by)
    grant = require(by, "verification.sign" if own else "verification.withdraw", on=scope, at=at)
    return _withdrawn(authorisation, actor(by, grant), at)


@transaction.atomic
def withdraw_by_link(token: str, *, id_number: str, at: datetime) -> None:
    """Somebody who signed from far away takes it back with a new link. Raises DeadLink, NotYours, NotNow."""
    found = opened_link(token, id_number=id_number, at=at)
    standing = live(found.case, found.party, at=at, purpose=found.purpose)
    if standing is None:
        raise NotNow("nothing is signed that could be taken back")
    _withdrawn(standing, Actor(found.party.key), at)


def live(case: Case, party: Party, *, at: datetime, purpose: str = PURPOSE) -> Authorisation | None:
    """The one in force on that day for that purpose, if what is kept is what was signed."""
    found = Authorisation.objects.filter(LIVE, case=case, party=party, purpose=purpose).select_related("party").first()
    return found if found is not None and in_force(found, at=at) else None


def in_force(authorisation: Authorisation, *, at: datetime) -> bool:
    """Whether somebody may be looked up under it at that instant: not withdrawn, of this day, and as it was signed."""
    return authorisation.ended_at is None and authorisation.since <= local_day(at) <= authorisation.until and holds(authorisation)


def holds(authorisation: Authorisation) -> bool:
    """Whether its row says what was signed, and the signature is the platform's."""
    statement = statement_of(authorisation)
    signature = base64.b64decode(authorisation.signature)
    is_signed = digest(statement).hex() == authorisation.digest and signing_key().public.verifies(statement, signature)
    return is_signed and statement == canonical(_content(authorisation, statement))


def statement_of(authorisation: Authorisation) -> bytes:
    return opened(authorisation.statement, column=STATEMENT, row=authorisation.key).encode()


def datasets_of(authorisation: Authorisation) -> frozenset[str]:
    """What it opens, by the consents it names."""
    told, consents = verifying(), set(authorisation.consents.split())
    return frozenset(item.dataset for item in told.items.values() if told.consent_of(item.dataset) in consents)


def _signed(told: Signed, *, who_acts: Actor, operation: str, at: datetime) -> Authorisation:
    today = local_day(at)
    if not today <= told.until <= today + LONGEST:
        raise WrongTerm(f"an authorisation ends after {today} and within two years; it was to end on {told.until}")
    _check_signer(told, today, who_acts, at)
    before = (
        Authorisation.objects.select_for_update().filter(LIVE, case=told.case, party=told.party, purpose=told.purpose).first()
    )
    if before is not None:
        _ended(before, "replaced", who_acts, at)
    made = Authorisation(
        key=new_key("A"), number=_number(told.case, today), case=told.case, party=told.party, signer=told.signer, why=told.why,
        purpose=told.purpose, consents=" ".join(told.consents), since=today, until=told.until, how=told.how, signed_at=at,
        taken_by=who_acts.who,
    )  # fmt: skip
    statement = canonical(_content(made, b"", proved=told.proved))
    made.statement = sealed(statement.decode(), column=STATEMENT, row=made.key, of=told.case.key)
    made.digest, made.signature = digest(statement).hex(), base64.b64encode(signing_key().sign(statement)).decode("ascii")
    made.save(force_insert=True)
    event = record(
        operation, by=who_acts, at=at, on=_on(made), subjects=[_person(told.case, told.party)],
        after={"number": made.number, "digest": made.digest},
    )  # fmt: skip
    announce("authorisation.signed", event=event, at=at, case=told.case, on=_on(made))
    return made


def _content(one: Authorisation, statement: bytes, *, proved: str = "") -> dict[str, object]:
    """Everything that is signed; what only the statement says is taken from it."""
    kept = json.loads(statement) if statement else {}
    return {
        "number": one.number, "case": one.case.key, "party": one.party.key, "signer": one.signer.key, "why": one.why,
        "purpose": one.purpose, "consents": one.consents.split(), "since": one.since.isoformat(), "until": one.until.isoformat(),
        "how": one.how, "signed_at": instant(one.signed_at), "taken_by": one.taken_by,
        "proved": proved or kept.get("proved", ""), "pledge": kept.get("pledge", PLEDGE),
    }  # fmt: skip


def _check_signer(told: Signed, today: date, who_acts: Actor, at: datetime) -> None:
    known = who({told.party.key: told.party, told.signer.key: told.signer}.values(), by=who_acts.who, at=at)
    age = known[told.signer.key].age(today)
    if (told.why == "guardian") != (told.signer.pk != told.party.pk):
        raise NeedsGuardian("a guardian signs for somebody else, everybody else for themselves")
    if age is not None and age < ADULT:
        raise NeedsGuardian(f"whoever signs is {age}; a guardian signs for who is under {ADULT}")


def _withdrawn(authorisation: Authorisation, who_acts: Actor, at: datetime) -> Authorisation:
    held = Authorisation.objects.select_for_update().select_related("case", "party").get(pk=authorisation.pk)
    if held.ended_at is not None:
        raise NotNow(f"authorisation {held.number} is {held.ended_why} already")
    _ended(held, "withdrawn", who_acts, at)
    # Whatever was still to be asked is asked no more; what is under way is thrown away when it comes back.
    Question.objects.filter(request__subjects__authorisation=held, party=held.party, state__in=("waiting", "asked")).update(
        state="refused", asked_at=at, answered_at=at, why=WITHDRAWN
    )
    event = record(
        "verification.withdraw", by=who_acts, at=at, on=_on(held), subjects=[_person(held.case, held.party)],
        before={"number": held.number}, after={"state": "withdrawn"},
    )  # fmt: skip
    announce("authorisation.withdrawn", event=event, at=at, case=held.case, on=_on(held))
    new_task(
        case=held.case,
        kind="verification",
        because="authorisation_withdrawn",
        due_on=working_days_after(local_day(at), TELL_WD),
        at=at,
    )
    return held


def _ended(one: Authorisation, why: str, who_acts: Actor, at: datetime) -> None:
    one.ended_at, one.ended_why, one.ended_by = at, why, who_acts.who
    one.save(update_fields=["ended_at", "ended_why", "ended_by"])


def _number(case: Case, today: date) -> str:
    """Place, month and ten characters nobody can count by."""
    return f"SQ-{case.division_code[:6]}-{today:%Y-%m}-{secrets.token_hex(5).upper()}"


def _known(consents: Iterable[str]) -> tuple[str, ...]:
    """Those of the catalogue, in its order. Raises WrongTerm where none is given."""
    chosen = set(consents)
    found = tuple(code for code in verifying().consents if code in chosen)
    if not found or chosen - set(found):
        raise WrongTerm(f"choose at least one of: {', '.join(verifying().consents)}")
    return found


def _token(token: str) -> str:
    return keyed_digest(token, purpose="signing link")


def _on(one: Authorisation) -> Subject:
    return Subject("authorisation", one.key, one.case.division_code, one.case.household_key, one.case.key)


def _person(case: Case, party: Party) -> Subject:
    return Subject("person", party.key, case.division_code, case.household_key, case.key)
