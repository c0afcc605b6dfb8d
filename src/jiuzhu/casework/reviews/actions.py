"""What may be done with a review: begin it before its day, verify again, say that nothing changes, propose a change, drop it.

A change goes the programme's own road: nothing is cut or ended here, and nothing anywhere without a hearing and a named officer (F4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Viewer, actor, asker, key_of, require
from jiuzhu.casework.applications.facts import declared
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Member
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.cases.tasks import new_task
from jiuzhu.casework.decisions import freezing, rulebooks, sources
from jiuzhu.casework.decisions.actions import GRANTED, advised_fen
from jiuzhu.casework.decisions.facts import Gathered
from jiuzhu.casework.decisions.hearings import amount_now
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.notices import letters
from jiuzhu.casework.notices.contact import NotToThem
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.reviews import opening
from jiuzhu.casework.reviews.models import Review
from jiuzhu.casework.reviews.opening import ASKED, HEARING, IN_FORCE, MORE, PERIODIC, subject, walk_of
from jiuzhu.casework.reviews.refusals import NotThisOne, SaysOtherwise
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.roads.models import Taken
from jiuzhu.casework.roads.refusals import NotYet
from jiuzhu.casework.trace.actions import record, refused
from jiuzhu.casework.verification import asking, authorising
from jiuzhu.casework.verification.refusals import NotAuthorised
from jiuzhu.rules.programmes.family import FamilyRefused
from jiuzhu.rules.programmes.tree import LISTS
from jiuzhu.rules.tree import Title

INVITATION = "N20"
INTENDED = {
    "cut": Title("减发救助金", "paying less"), "end": Title("停发救助金", "ending the help"),
    "unknown": Title("调整救助", "changing the help"),
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """What the facts come to today. outcome: granted, refused or unknown; fen: a month, None where not known; now: what is paid.

    becomes: more, same, cut, end, unknown. missing: names of what was not known.
    """

    outcome: str
    fen: int | None
    now: int
    missing: tuple[str, ...]

    @property
    def becomes(self) -> str:
        if self.outcome == GRANTED and self.fen is not None:
            return "more" if self.fen > self.now else "same" if self.fen == self.now else "cut"
        return "end" if self.outcome == "refused" else "unknown"


@dataclass(frozen=True)
class Invitation:
    """When and where the family is heard, in words."""

    when: str
    place: str


@transaction.atomic
def begin(*, item: Item, because: str, by: Viewer, at: datetime) -> Review:
    """Look before the day, for a reason. Raises NotAllowed, AlreadyOpen, SaysOtherwise without words or for what is not in force."""
    grant = require(by, "reviews.begin", on=case_scope(item.case, by), at=at)
    if not because.strip() or item.walk.ended or item.walk.state != IN_FORCE:
        raise SaysOtherwise(f"{item.key}: a benefit in force is looked at before its day for a reason; say which")
    made = opening.opened(item, kind=ASKED, at=at)
    record("reviews.begin", by=actor(by, grant), at=at, on=subject(made), purpose=grant.purpose, because=because.strip())
    return made


def check(*, review: Review, by: Viewer, at: datetime, seen: int = 0) -> Taken:
    """Verify the family again, under what each adult signed; where somebody has not, the refusal is an event (K1).

    Raises NotAuthorised, NotAllowed, and what the road refuses.
    """
    people = list(
        Party.objects.filter(
            pk__in=Member.objects.filter(case=review.case_id, until__isnull=True).values("party"), erased_at__isnull=True
        ).order_by("pk")
    )
    unsigned = sum(authorising.live(review.case, one, at=at) is None for one in people)
    if unsigned:
        told = f"{unsigned} of {len(people)} people have not signed, or took it back; ask them, also by a link"
        refused("verification.request", by=asker(by, at=at), at=at, on=subject(review), because=told)
        raise NotAuthorised(told)
    with transaction.atomic():
        taken = roads.take(walk_of(review), "check", by=by, at=at, seen=seen)
        asking.request(case=review.case, parties=people, about=subject(review), by=by, at=at, declared=_declared(review.item))
    return taken


@transaction.atomic
def unchanged(*, review: Review, by: Viewer, at: datetime, because: str = "", rhythm: str = "", seen: int = 0) -> Review:
    """Nothing changes. rhythm: by which it is looked at next. Where the facts say otherwise, why it stays all the same.

    Raises SaysOtherwise, and what the road refuses.
    """
    told = judged(review.item, at=at)
    if told.becomes != "same" and not because.strip():
        raise SaysOtherwise(f"{review.key}: the facts come to '{told.becomes}'; propose that change, or say why it stays")
    roads.take(walk_of(review), "unchanged", by=by, at=at, because=because, seen=seen)
    closed = _closed(review, Review.State.UNCHANGED, told, by, at)
    opening.plan(review.item, after=local_day(at), at=at, rhythm=rhythm)
    return closed


@transaction.atomic
def change(
    *,
    review: Review,
    because: str,
    by: Viewer,
    at: datetime,
    invitation: Invitation | None = None,
    rhythm: str = "",
    seen: int = 0,
) -> Review:
    """What is paid should change: more waits for the county's word, anything else for the family to be heard.

    invitation: the family is asked to come, by a letter. Raises what the road refuses.
    """
    told = judged(review.item, at=at)
    roads.take(walk_of(review), "change", by=by, at=at, because=because, seen=seen)
    closed = _closed(review, Review.State.CHANGED, told, by, at)
    more = told.becomes == "more"
    new_task(case=review.case, kind=MORE if more else HEARING, because="by_review", due_on=review.due_on, at=at, county=more)
    if invitation is not None and not more:
        _invite(review, told, because, invitation, by, at)
    opening.plan(review.item, after=local_day(at), at=at, rhythm=rhythm)
    return closed


@transaction.atomic
def drop(*, review: Review, because: str, by: Viewer, at: datetime, seen: int = 0) -> Review:
    """What it was opened for is not so. Raises NotThisOne for one that is due by its rhythm, and what the road refuses."""
    if review.kind == PERIODIC:
        raise NotThisOne(f"{review.key} is due by its rhythm: verify, then say what follows")
    roads.take(walk_of(review), "drop", by=by, at=at, because=because, seen=seen)
    closed = _closed(review, Review.State.DROPPED, None, by, at)
    if closed.rhythm:
        last = review.item.reviews.filter(state__in=("unchanged", "changed")).order_by("-number").first()
        confirmed = review.item.decisions.filter(step="confirm").order_by("pk").first()
        since = last.closed_at if last and last.closed_at else confirmed.at if confirmed else at
        opening.plan(review.item, after=local_day(since), at=at, rhythm=closed.rhythm)
    return closed


def judged(item: Item, *, at: datetime) -> Judged:
    """What is known of the family now, judged by what is in force today. Raises NotYet where nothing is known at all."""
    known = sources.facts_of(item, at=at)
    facts = {**known.facts, "on": local_day(at).isoformat(), "applied_on": item.applied_on.isoformat()}
    try:
        frozen = freezing.freeze(Gathered(facts, known.sources, known.others), item.programme, rulebooks.in_force(at=at))
    except FamilyRefused as wrong:
        raise NotYet(f"{item.key}: what is known of the family cannot be judged: {wrong}") from None
    answer = frozen.answer(item.programme, item.member.key if item.member else "")
    missing = tuple(one["name"] for one in answer["missing"])
    return Judged(answer["outcome"], advised_fen(answer), amount_now(item), missing)


def _closed(review: Review, state: str, told: Judged | None, by: Viewer, at: datetime) -> Review:
    columns: dict[str, object] = {"state": state, "closed_at": at, "closed_by": key_of(by)}
    if told is not None:
        columns |= {"advised": told.outcome, "advised_fen": told.fen, "before_fen": told.now}
    Review.objects.filter(pk=review.pk).update(**columns)
    opening.tasks_over(review, at=at)
    return Review.objects.select_related("item__walk", "item__case", "item__party", "case", "walk", "event").get(pk=review.pk)


def _invite(review: Review, told: Judged, because: str, invitation: Invitation, by: Viewer, at: datetime) -> None:
    words = {
        "intended": INTENDED[told.becomes if told.becomes in INTENDED else "unknown"], "reason": because.strip(),
        "when": invitation.when.strip(), "place": invitation.place.strip(),
    }  # fmt: skip
    try:
        letters.give(INVITATION, case=review.case, party=review.item.party, about=subject(review), words=words, by=by, at=at)
    except NotToThem:  # a child, or the dead: who stands for them is told in person
        return


def _declared(item: Item) -> dict[str, object]:
    """The lists the family declared when it applied, for what is found to be set beside."""
    made = Application.objects.filter(walk=item.walk.parent_id).first() if item.walk.parent_id else None
    return {level: things for level, things in declared(made).items() if level in LISTS} if made else {}
