"""What payments do when a decision is made: inside its transaction, the grant begins, changes or ends with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.decisions import raising
from jiuzhu.casework.decisions.models import Decision, Item
from jiuzhu.casework.decisions.raising import Raised
from jiuzhu.casework.payments import grants, months, recovering
from jiuzhu.casework.payments.models import Grant, Term
from jiuzhu.casework.roads import ears
from jiuzhu.casework.roads.models import Taken, Walk
from jiuzhu.casework.trace.bulk import insert_many

# The fund line a programme is paid from, where it has not its own name.
FUND_LINES = {
    "single_person_dibao": "dibao_single", "temporary_assistance": "temporary", "small_fast_relief": "temporary",
}  # fmt: skip
KINDS = {"increase": "raise", "cut": "cut", "end": "end", "lapse": "end"}  # step of a road to the kind of term it makes
ONCE = ("temporary_assistance", "small_fast_relief", "conference")


@ears.follows(ears.EVERY, "confirm", name="payments")
def begun(walk: Walk, taken: Taken, _by: Viewer, at: datetime) -> None:
    """A grant of what was confirmed; help given once is owed for its month alone."""
    decision = _newest(walk, taken)
    if decision is None or not decision.fen:
        return
    item = decision.item
    made = grants.started(
        case=item.case, party=item.party, programme=fund_line(item), from_month=decision.from_month, fen=decision.fen,
        decision=decision.key, who=taken.by, at=at,
    )  # fmt: skip
    if walk.workflow in ONCE:
        grants.followed(made, "end", months.after(decision.from_month), 0, decision=decision.key, who=taken.by, at=at)


@ears.follows(ears.EVERY, "cut", name="payments")
@ears.follows(ears.EVERY, "end", name="payments")
@ears.follows(ears.EVERY, "increase", name="payments")
def changed(walk: Walk, taken: Taken, _by: Viewer, at: datetime) -> None:
    """The grant follows what was decided since its last term: more or less from a month on, then nothing."""
    grant = grant_of(walk)
    if grant is None:
        return
    known = set(grant.terms.values_list("decision", flat=True))
    for decision in Decision.objects.filter(item__walk=walk, step__in=KINDS).exclude(key__in=known).order_by("pk"):
        grants.followed(
            grant, KINDS[decision.step], decision.from_month, decision.fen, decision=decision.key, who=taken.by, at=at
        )


@ears.follows(ears.EVERY, "lapse", name="payments")
def lapsed(walk: Walk, taken: Taken, by: Viewer, at: datetime) -> None:
    """Nothing is owed from the month after a death on; what was paid for later months is looked at by people."""
    changed(walk, taken, by, at)
    grant = grant_of(walk)
    if grant is not None:
        recovering.found(grant, cause="death", who=taken.by, at=at)


@raising.follows
def raised(decisions: Sequence[Raised], who: str, at: datetime) -> None:
    """The next term of the grant of each, all at once: from a month that may lie in the past, so that the difference is owed."""
    items = {one.item_id: one for one in decisions}
    begun = Decision.objects.filter(item__among=list(items), step="confirm").values_list("key", "item")
    grant_of_decision = dict(
        Term.objects.filter(decision__among=[key for key, _ in begun], number=1).values_list("decision", "grant")
    )
    grant_of_item = {item: grant_of_decision[key] for key, item in begun if key in grant_of_decision}
    last = dict(Term.objects.filter(grant__among=list(grant_of_item.values())).order_by("number").values_list("grant", "number"))
    insert_many(
        Term,
        same={"kind": "raise", "by": who, "at": at},
        columns=("grant_id", "number", "from_month", "fen", "decision"),
        rows=[
            (grant_of_item[item], last[grant_of_item[item]] + 1, one.from_month, one.fen, one.key)
            for item, one in items.items()
            if item in grant_of_item
        ],
    )


def grant_of(walk: Walk) -> Grant | None:
    """The grant that began with what walks there, None where nothing is paid."""
    keys = Decision.objects.filter(item__walk=walk).values("key")
    return Grant.objects.filter(terms__decision__in=keys).distinct().first()


def fund_line(item: Item) -> str:
    """A case conference names its own; every other programme has one."""
    held = item.conferences.order_by("-pk").first()
    return held.fund_line if held else FUND_LINES.get(item.programme, item.programme)


def _newest(walk: Walk, taken: Taken) -> Decision | None:
    found = Decision.objects.filter(item__walk=walk, step=taken.step).select_related("item__case", "item__party")
    return found.order_by("-pk").first()
