"""Telling of decisions: a letter to the family with every one, a notice in the village before, and both inside the act itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.cases.events import listens
from jiuzhu.casework.cases.models import Announcement
from jiuzhu.casework.cases.tasks import office_of
from jiuzhu.casework.decisions import letters, queries
from jiuzhu.casework.decisions.conditions import PUBLISH, lasts
from jiuzhu.casework.decisions.models import Decision, Item, Proposal
from jiuzhu.casework.decisions.raising import RAISED, raised_in
from jiuzhu.casework.notices import letters as notices
from jiuzhu.casework.notices import publications
from jiuzhu.casework.notices.contact import is_deceased
from jiuzhu.casework.roads import ears
from jiuzhu.casework.roads.actions import COUNTY_ROLES
from jiuzhu.casework.roads.models import Taken, Walk
from jiuzhu.casework.roads.refusals import NotYet
from jiuzhu.casework.trace.actions import Actor

AGAIN, RESULT = "replaced", "N19"  # why it comes down; what hangs as long as the help lasts


@ears.follows(ears.EVERY, "confirm", name="letters")
@ears.follows(ears.EVERY, "refuse", name="letters")
@ears.follows(ears.EVERY, "cut", name="letters")
@ears.follows(ears.EVERY, "increase", name="letters")
@ears.follows(ears.EVERY, "end", name="letters")
def given(walk: Walk, taken: Taken, _by: Viewer, at: datetime) -> None:
    """The letter the step names, in the transaction of the decision; nobody is written to who has died."""
    decision = _newest(walk, taken)
    if decision is not None:
        _write_to(decision, by=_actor(taken), at=at)


@listens(RAISED, name="letters")
def raised(announcement: Announcement, at: datetime) -> None:
    """After a raise of all each family gets the letter of its own new amount, portion by portion, and what hangs in its village says
    that amount from then on."""
    for decision in raised_in(announcement.subject_key):
        taken = Taken.objects.select_related("walk").filter(walk=decision.item.walk, step=decision.step).latest("number")
        _write_to(decision, by=_actor(taken), at=at)
        _publish(decision, by=_actor(taken), at=at)


@ears.follows(ears.EVERY, PUBLISH, name="notice")
def put_up(walk: Walk, taken: Taken, _by: Viewer, at: datetime) -> None:
    """The public notice of what is proposed, for the days the road says; one that hung for an earlier proposal comes down."""
    proposal = Proposal.objects.filter(item__walk=walk).select_related("item__case", "item__party").order_by("-number").first()
    days = lasts(walk, taken.day)
    if proposal is None or days is None:
        raise NotYet(f"{walk.key}: no number says how long a notice hangs in {walk.division_code}; set notice.days there")
    item = proposal.item
    publications.end_of(queries.subject(item), because=AGAIN, by=_actor(taken), at=at)
    publications.publish(
        letters.PUBLIC, case=item.case, about=queries.subject(item), lines=[letters.public_line(proposal)], place="", days=days,
        by=_actor(taken), at=at,
    )  # fmt: skip


@ears.follows(ears.EVERY, "dispute", name="notice")
@ears.follows(ears.EVERY, "return", name="notice")
def taken_down(walk: Walk, taken: Taken, _by: Viewer, at: datetime) -> None:
    """What is disputed or examined anew hangs no longer."""
    item = Item.objects.select_related("case").filter(walk=walk).first()
    if item is not None:
        publications.end_of(queries.subject(item), because=AGAIN, by=_actor(taken), at=at)


@ears.follows(ears.EVERY, "confirm", name="published")
@ears.follows(ears.EVERY, "cut", name="published")
@ears.follows(ears.EVERY, "increase", name="published")
def published(walk: Walk, taken: Taken, _by: Viewer, at: datetime) -> None:
    """Who is helped is published in the village as long as the help lasts (law of 2026, article 45); help given once is not."""
    decision = _newest(walk, taken)
    if decision is not None:
        _publish(decision, by=_actor(taken), at=at)


@ears.follows(ears.EVERY, "end", name="published")
@ears.follows(ears.EVERY, "lapse", name="published")
def no_longer(walk: Walk, taken: Taken, _by: Viewer, at: datetime) -> None:
    item = Item.objects.select_related("case").filter(walk=walk).first()
    if item is not None:
        publications.end_of(queries.subject(item), by=_actor(taken), at=at)


def _write_to(decision: Decision, *, by: Actor, at: datetime) -> None:
    """By the office of whoever decided, which answers for it in an appeal. Nobody is written to who has died."""
    told, item = letters.letter(decision), decision.item
    if told is not None and not is_deceased(item.party):
        kind, words = told
        office = office_of(item.division_code, county=by.role in COUNTY_ROLES)
        notices.give(
            kind, case=item.case, party=item.party, about=queries.subject(item), words=words, office=office, by=by, at=at
        )


def _publish(decision: Decision, *, by: Actor, at: datetime) -> None:
    item = decision.item
    if not decision.fen or item.walk.ended:
        return
    publications.end_of(queries.subject(item), because=AGAIN, by=by, at=at)
    line = replace(letters.public_line(decision.proposal), fen=decision.fen)
    publications.publish(RESULT, case=item.case, about=queries.subject(item), lines=[line], place="", by=by, at=at)


def _newest(walk: Walk, taken: Taken) -> Decision | None:
    found = Decision.objects.filter(item__walk=walk, step=taken.step).select_related("item__case", "item__party", "proposal")
    return found.order_by("-pk").first()


def _actor(taken: Taken) -> Actor:
    return Actor(taken.by, taken.role, taken.walk.division_code)
