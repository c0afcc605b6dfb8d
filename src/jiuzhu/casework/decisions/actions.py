"""What may be done about one programme of an application: open it, propose, publish, confirm, refuse, send back.

What comes after is in `hearings.py` (a cut, an end), `raising.py` (a new standard) and `conferences.py` (一事一议).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Viewer, key_of
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions import freezing, rulebooks
from jiuzhu.casework.decisions.facts import Gathered
from jiuzhu.casework.decisions.freezing import Frozen, answer_of
from jiuzhu.casework.decisions.models import Decision, Item, Proposal
from jiuzhu.casework.decisions.refusals import Blocked, Differs, MovedOn, NoSuchAmount
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.roads.models import Taken, Walk
from jiuzhu.casework.roads.refusals import NeedsReason, NotYet
from jiuzhu.casework.trace.actions import Subject

GRANTED, REFUSED, UNKNOWN = "granted", "refused", "unknown"
BLOCKS = ("unset parameter", "not in order")  # causes for which nothing is proposed at all
WITHOUT_WORDS = ("confirm", "raise")
PAID = ("monthly", "yearly", "once")


@dataclass(frozen=True)
class Choice:
    """What the officer chooses. grants: None for what the rules say. fen: None for the amount they say. because: where it differs."""

    grants: bool | None = None
    fen: int | None = None
    because: str = ""


AS_ADVISED = Choice()


def open_item(
    programme: str,
    *,
    case: Case,
    party: Party,
    applied_on: date,
    at: datetime,
    member: Party | None = None,
    about: Walk | None = None,
    replaces: Item | None = None,
) -> Item:
    """Put one programme at the start of its road; part of the act that examined the application. about: the walk of that application.

    Raises KeyError where the catalogue has no such programme, or no road for it.
    """
    book = rulebooks.catalogue(rulebooks.in_force(at=at))
    text = next(iter(book.programmes.texts[programme]))
    key = new_key("I")
    on = Subject("item", key, case.division_code, case.household_key, case.key)
    walk = roads.begin(text.workflow, case=case, on=on, at=at, party=party, parent=about)
    return Item.objects.create(
        key=key, walk=walk, case=case, party=party, member=member, programme=programme, division_code=case.division_code,
        applied_on=applied_on, replaces=replaces, opened_at=at,
    )  # fmt: skip


@transaction.atomic
def propose(*, item: Item, gathered: Gathered, by: Viewer, at: datetime, choice: Choice = AS_ADVISED, seen: int = 0) -> Proposal:
    """Freeze the facts, judge them by what is in force today, and propose what follows, or with a reason something else.

    The amount is computed here, never taken from a form unless the officer says why. Raises Blocked where a local number is not set
    or something is not in order, Differs, NoSuchAmount, FamilyRefused, and what the road refuses.
    """
    made = proposed(item, gathered, choice, by=by, at=at)
    roads.take(item.walk, "propose", by=by, at=at, because=choice.because, seen=seen)
    return made


def proposed(item: Item, gathered: Gathered, choice: Choice, *, by: Viewer, at: datetime) -> Proposal:
    """A proposal with what it stands on; part of the act that makes it."""
    book = rulebooks.in_force(at=at)
    on = local_day(at)
    for path, choice_of_source in gathered.believed.items():
        if not choice_of_source["because"].strip():
            raise Differs(f"{item.key}: another source is believed of {path.split('/')[0]}; say why it stands")
    dated = gathered.judged_on(on=on.isoformat(), applied_on=item.applied_on.isoformat())
    frozen = freezing.freeze(dated, item.programme, book)
    answer = answer_of(frozen.told, item.programme, item.member.key if item.member else "")
    grants, fen = _chosen(item, answer, choice)
    key = new_key("R")
    return Proposal.objects.create(
        key=key, item=item, number=item.proposals.count() + 1, rulebook=book, on=on, advised=answer["outcome"],
        advised_fen=advised_fen(answer), grants=grants, fen=fen, by=key_of(by), at=at,
        because=sealed(choice.because.strip(), column="decisions_proposal.because", row=key, of=item.case.key),
        **freezing.packed(frozen, case=item.case.key, key=key),
    )  # fmt: skip


def advised_fen(answer: dict[str, object] | object) -> int | None:
    """What the rules come to in fen: 0 where they grant a state and no money, or refuse; None where it is not known."""
    told = dict(answer)  # type: ignore[call-overload]
    if told["outcome"] == REFUSED or (told["outcome"] == GRANTED and told["pays"] not in PAID):
        return 0
    return freezing.fen_of(told["amount"])


def _chosen(item: Item, answer: object, choice: Choice) -> tuple[bool, int]:
    """Whether it grants, and how much. Raises Blocked, Differs, NoSuchAmount."""
    told = dict(answer)  # type: ignore[call-overload]
    stops = [one["name"] for one in told["missing"] if one["cause"] in BLOCKS]
    if told["outcome"] == UNKNOWN and stops:
        raise Blocked(f"{item.key}: nothing is proposed while this is open: {', '.join(stops)}; have it set, then judge again")
    if told["outcome"] == UNKNOWN and choice.grants is None:
        wanted = ", ".join(one["name"] for one in told["missing"])
        raise Blocked(f"{item.key}: the rules cannot say; missing: {wanted}. Find these out, or decide with a reason")
    advised = advised_fen(answer)
    grants = told["outcome"] == GRANTED if choice.grants is None else choice.grants
    pays = told["pays"] in PAID
    fen = (advised if choice.fen is None else choice.fen) if grants and pays else 0
    if grants and pays and (fen is None or fen <= 0):
        raise NoSuchAmount(f"{item.key}: the rules give no amount; say how much, in whole fen above nought, and why")
    as_advised = grants == (told["outcome"] == GRANTED) and told["outcome"] != UNKNOWN and (not grants or fen == advised)
    if not as_advised and not choice.because.strip():
        raise Differs(
            f"{item.key}: the rules say {told['outcome']} {told['amount'] or ''}".rstrip() + "; say why it is otherwise"
        )
    return grants, int(fen or 0)


def step(item: Item, code: str, *, by: Viewer, at: datetime, because: str = "", seen: int = 0) -> Taken:
    """A step that decides nothing: publish, dispute, report. Raises what the road refuses."""
    return roads.take(item.walk, code, by=by, at=at, because=because, seen=seen)


@transaction.atomic
def confirm(*, item: Item, by: Viewer, at: datetime, because: str = "", seen: int = 0, papers: Collection[str] = ()) -> Decision:
    """Confirm what was proposed and noticed. Law of 2026, article 44: the county decides, or the township where a province says so.

    The frozen facts are judged again by what is in force today; where that comes to something else, it is confirmed as it was noticed
    only with a reason, or sent back. Payments begin inside this transaction. Raises MovedOn, NotYet, and what the road refuses.
    """
    proposal = newest(item)
    if not proposal.grants:
        raise NotYet(f"{item.key}: the proposal refuses; refuse it, or send it back")
    changed = has_moved(proposal, at=at)
    if changed and not because.strip():
        raise MovedOn(f"{item.key}: what is in force has moved since the notice; send it back, or say why it stands as noticed")
    made = decided(item, proposal, "confirm", fen=proposal.fen, from_month=begins(item, proposal, at), changed=changed,
                   because=because, by=by, at=at)  # fmt: skip
    roads.take(item.walk, "confirm", by=by, at=at, because=because, seen=seen, papers=papers)
    return made


@transaction.atomic
def refuse(*, item: Item, because: str, by: Viewer, at: datetime, seen: int = 0, papers: Collection[str] = ()) -> Decision:
    """Refuse, in writing and with reasons (law of 2026, articles 44, 45): only a named officer does. Raises what the road refuses."""
    made = decided(item, newest(item), "refuse", because=because, by=by, at=at)
    roads.take(item.walk, "refuse", by=by, at=at, because=because, seen=seen, papers=papers)
    return made


def send_back(*, item: Item, because: str, by: Viewer, at: datetime, seen: int = 0) -> Taken:
    """Back to the township, which examines and proposes anew. Raises what the road refuses."""
    return step(item, "return", by=by, at=at, because=because, seen=seen)


@transaction.atomic
def replace(*, decision: Decision, because: str, by: Viewer, at: datetime) -> Item:
    """A decision that was found wrong: its programme starts its road anew, linked to it; part of the act that found so."""
    old = decision.item
    if hasattr(old, "replaced_by"):
        return old.replaced_by
    made = open_item(
        old.programme, case=old.case, party=old.party, member=old.member, applied_on=old.applied_on, about=old.walk.parent,
        replaces=old, at=at,
    )  # fmt: skip
    return made


def decided(
    item: Item, proposal: Proposal, code: str, *, by: Viewer, at: datetime, fen: int = 0, from_month: str = "", changed: bool = False,
    because: str = "",
) -> Decision:  # fmt: skip
    """A decision, written before the step that makes it known, so that whoever hears the step finds it; part of the act.

    Raises NeedsReason: only what was proposed and noticed is decided without words.
    """
    if not because.strip() and (changed or code not in WITHOUT_WORDS):
        raise NeedsReason(f"{item.key}: '{code}' says why; write a sentence")
    key = new_key("D")
    return Decision.objects.create(
        key=key, item=item, proposal=proposal, step=code, fen=fen, from_month=from_month, changed=changed, by=key_of(by), at=at,
        because=sealed(because.strip(), column="decisions_decision.because", row=key, of=item.case.key),
    )  # fmt: skip


def newest(item: Item) -> Proposal:
    """Raises NotYet while nobody proposed anything."""
    found = item.proposals.select_related("rulebook").order_by("-number").first()
    if found is None:
        raise NotYet(f"{item.key}: nothing was proposed yet")
    return found


def has_moved(proposal: Proposal, *, at: datetime) -> bool:
    """Whether the same facts come to another outcome or amount by what is in force today."""
    frozen = freezing.opened(proposal)
    assert frozen is not None  # the case is open, so its key is there
    now = judged_now(proposal.item, frozen, at=at)
    return (now["outcome"], advised_fen(now)) != (proposal.advised, proposal.advised_fen)


def judged_now(item: Item, frozen: Frozen, *, at: datetime) -> dict[str, object]:
    """The answer for these facts by what is in force today."""
    book = rulebooks.in_force(at=at)
    again = freezing.freeze(frozen.gathered(on=local_day(at)), item.programme, book)
    return dict(answer_of(again.told, item.programme, item.member.key if item.member else ""))


def begins(item: Item, proposal: Proposal, at: datetime) -> str:
    """The first month that is paid: the one after the decision (L05, article 21); help given once is paid in the month itself."""
    frozen = freezing.opened(proposal)
    assert frozen is not None
    pays = frozen.answer(item.programme, item.member.key if item.member else "")["pays"]
    if pays not in PAID:
        return ""
    day = local_day(at)
    return f"{day:%Y-%m}" if pays == "once" else month_after(day)


def month_after(day: date) -> str:
    return f"{day.year + day.month // 12:04}-{day.month % 12 + 1:02}"
