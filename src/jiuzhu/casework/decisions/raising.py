"""A new standard: every benefit in force is judged again by it, those that rise are raised in one act, all others a person looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Viewer, key_of, near_households
from jiuzhu.casework.cases.actions import new_task
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions import freezing, rulebooks
from jiuzhu.casework.decisions.actions import GRANTED
from jiuzhu.casework.decisions.models import Batch, Decision, Proposal, Rulebook
from jiuzhu.casework.decisions.queries import READ, items
from jiuzhu.casework.decisions.refusals import MovedOn
from jiuzhu.casework.decisions.rejudging import APART, CHANGED, COLUMNS, FALLS, OPEN, RISES, SAME, Benefit, Line, lines
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.roads.actions import REASON
from jiuzhu.casework.roads.batches import may_take_all, take_all
from jiuzhu.casework.trace.actions import Subject
from jiuzhu.casework.trace.bulk import insert_many

RAISE, IN_FORCE = "raise", "in_force"
LEFT = (FALLS, OPEN, CHANGED, APART)
RAISED = "benefits.raised"  # announced once for each portion of families, who are then written to
PORTION = 200


@dataclass(frozen=True)
class Preview:
    """What a raise would do. count, fen: how many rise, and by how much a month together."""

    rulebook: Rulebook
    lines: Sequence[Line]

    def of(self, *kinds: str) -> list[Line]:
        return [line for line in self.lines if line.becomes in kinds]

    @property
    def fen(self) -> int:
        return sum((line.new or 0) - line.fen for line in self.of(RISES))


class Raised(NamedTuple):
    """A decision of a raise: so much a month, from that month on."""

    key: str
    item_id: int
    fen: int
    from_month: str


Follower = Callable[[Sequence[Raised], str, datetime], None]
_followers: list[Follower] = []


def follows(heard: Follower) -> Follower:
    """Let a later step hear, inside the transaction, of all decisions of a raise: (decisions, who, at)."""
    if heard not in _followers:
        _followers.append(heard)
    return heard


def preview(*, programme: str, division_code: str, from_month: str, viewer: Viewer, at: datetime) -> Preview:
    """Every benefit of the programme in force there, judged by what is in force on the first day of that month."""
    book = rulebooks.in_force(at=at)
    here = items(viewer=viewer, at=at).filter(
        programme=programme, division_code__startswith=division_code, walk__state=IN_FORCE
    )  # fmt: skip
    found = [Benefit(*row[:-1], row[-1] or "") for row in here.order_by("pk").values_list(*COLUMNS)]
    near = near_households(viewer, at=at)
    return Preview(book, lines(found, programme, book, from_month=from_month, near=near))


@transaction.atomic
def raise_all(
    *, programme: str, division_code: str, from_month: str, by: Viewer, at: datetime, seen: tuple[int, int] | None = None
) -> Batch:
    """Raise what rises, from its first month on, which may lie in the past: what was paid too little for is paid with the next list.

    What falls, or cannot be said, stays as it is, and its office is asked to look: no benefit is cut without a hearing.
    seen: how many rose, and by how many fen, when it was looked at. Raises MovedOn where that is no more so, NotAllowed.
    """
    told = preview(programme=programme, division_code=division_code, from_month=from_month, viewer=by, at=at)
    rises, left = told.of(RISES), told.of(*LEFT)
    if seen is not None and seen != (len(rises), told.fen):
        raise MovedOn(f"{len(rises)} would rise by {told.fen} fen now, not {seen[0]} by {seen[1]}; look again")
    workflow = rises[0].item.workflow if rises else programme
    may_take_all(workflow, RAISE, division_code=division_code, count=len(rises), by=by, at=at)
    batch = Batch.objects.create(
        key=new_key("B"), programme=programme, division_code=division_code, rulebook=told.rulebook, from_month=from_month,
        raised=len(rises), same=len(told.of(SAME)), left=len(left), fen=told.fen, by=key_of(by), at=at,
    )  # fmt: skip
    made = _decisions(batch, rises, key_of(by), at)
    subjects = [line.item.subject for line in rises]
    walks = [line.item.walk_id for line in rises]
    event = take_all(workflow, RAISE, walks=walks, subjects=subjects, division_code=division_code, by=by, at=at)
    for heard in _followers:
        heard(made, key_of(by), at)
    for start in range(0, len(made), PORTION):
        announce(RAISED, event=event, at=at, on=Subject("raise", f"{batch.key}/{start}"))
    _ask(left, at)
    return batch


def raised_in(portion: str) -> list[Decision]:
    """The decisions of one announced portion of a raise, in their order."""
    batch, _, start = portion.partition("/")
    found = Decision.objects.filter(batch__key=batch).order_by("pk")
    first = int(start)
    return list(
        found.select_related("item__walk__text", "item__case", "item__party", "item__member", "proposal")[first : first + PORTION]
    )


def _decisions(batch: Batch, rises: Sequence[Line], who: str, at: datetime) -> list[Raised]:
    """A proposal and a decision for each, as if each had been made alone."""
    numbers = _numbers(rises)
    keys = [new_key("R") for _ in rises]
    packed = freezing.packed_many([
        (line.facts, line.brief, line.item.case_key, key) for key, line in zip(keys, rises, strict=True) if line.brief is not None
    ])  # fmt: skip
    insert_many(
        Proposal,
        same={
            "rulebook_id": batch.rulebook_id, "advised": GRANTED, "grants": True, "by": who, "at": at,
            "on": date(int(batch.from_month[:4]), int(batch.from_month[5:]), 1),
        },
        columns=("key", "item_id", "number", "advised_fen", "fen", "facts", "content"),
        rows=[
            (key, line.item.pk, numbers.get(line.item.pk, 0) + 1, line.new, line.new, facts, content)
            for key, line, (facts, content) in zip(keys, rises, packed, strict=True)
        ],
    )  # fmt: skip
    proposals = dict(Proposal.objects.filter(key__among=keys).values_list("key", "pk").iterator(chunk_size=20_000))
    made = [Raised(new_key("D"), line.item.pk, line.new or 0, line.from_month) for line in rises]
    insert_many(
        Decision,
        same={"batch_id": batch.pk, "step": RAISE, "by": who, "at": at},
        columns=("key", "item_id", "proposal_id", "fen", "from_month"),
        rows=[(one.key, one.item_id, proposals[key], one.fen, one.from_month) for one, key in zip(made, keys, strict=True)],
    )
    return made


def _numbers(rises: Sequence[Line]) -> Mapping[int, int]:
    found = Proposal.objects.filter(item__among=[line.item.pk for line in rises]).order_by("number")
    return dict(found.values_list("item_id", "number"))


def _ask(left: Sequence[Line], at: datetime) -> None:
    """A task for each family that was left out: hear them, or find out what is not known."""
    cases = Case.objects.in_bulk({line.item.case_id for line in left})
    for case in cases.values():
        new_task(case=case, kind="review", because=REASON, due_on=None, at=at)


__all__ = [
    "APART",
    "CHANGED",
    "FALLS",
    "LEFT",
    "OPEN",
    "RAISED",
    "READ",
    "RISES",
    "SAME",
    "Line",
    "Preview",
    "Raised",
    "follows",
    "preview",
    "raise_all",
    "raised_in",
]
