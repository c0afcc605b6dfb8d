"""A new standard: every benefit in force is judged again by it, those that rise are raised in one act, all others a person looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Viewer, key_of, near_households
from jiuzhu.casework.cases.actions import new_task
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions import freezing, rulebooks
from jiuzhu.casework.decisions.actions import GRANTED, advised_fen
from jiuzhu.casework.decisions.freezing import Frozen
from jiuzhu.casework.decisions.hearings import SETS_AMOUNT
from jiuzhu.casework.decisions.models import Batch, Decision, Item, Proposal, Rulebook
from jiuzhu.casework.decisions.queries import READ, items, subject
from jiuzhu.casework.decisions.refusals import MovedOn
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.roads.actions import REASON
from jiuzhu.casework.roads.batches import may_take_all, take_all
from jiuzhu.casework.trace.bulk import insert_many

RAISE, IN_FORCE = "raise", "in_force"
RISES, SAME, FALLS, OPEN, CHANGED, APART = "rises", "same", "falls", "open", "changed", "apart"
LEFT = (FALLS, OPEN, CHANGED, APART)


class Line(NamedTuple):
    """One benefit. becomes: rises, same, falls, open (the rules cannot say), changed (something was decided for a later month), apart
    (the family is near to whoever raises). fen: now; new: by the new numbers, None where not known; from_month: of the change."""

    item: Item
    becomes: str
    fen: int
    new: int | None
    from_month: str
    frozen: Frozen | None = None


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


Follower = Callable[[Sequence[Decision], str, datetime], None]
_followers: list[Follower] = []


def follows(heard: Follower) -> Follower:
    """Let a later step hear, inside the transaction, of all decisions of a raise: (decisions, who, at)."""
    if heard not in _followers:
        _followers.append(heard)
    return heard


def preview(*, programme: str, division_code: str, from_month: str, viewer: Viewer, at: datetime) -> Preview:
    """Every benefit of the programme in force there, judged by what is in force on the first day of that month."""
    book = rulebooks.in_force(at=at)
    found = list(
        items(viewer=viewer, at=at).filter(
            programme=programme, division_code__startswith=division_code, walk__state=IN_FORCE
        ).order_by("pk")
    )  # fmt: skip
    near = near_households(viewer, at=at)
    last, on = _last(found), date(int(from_month[:4]), int(from_month[5:]), 1)
    kept = freezing.opened_many(Proposal.objects.filter(pk__among=[one.proposal_id for one in last.values()]))
    lines = []
    for item in found:
        said = last.get(item.pk)
        if said is None or kept.get(said.proposal_id) is None:
            continue
        frozen = kept[said.proposal_id]
        assert frozen is not None
        lines.append(_line(item, said, frozen, book, on, from_month, apart=item.case.household_key in near))
    return Preview(book, lines)


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
    workflow = rises[0].item.walk.workflow if rises else programme
    may_take_all(workflow, RAISE, division_code=division_code, count=len(rises), by=by, at=at)
    batch = Batch.objects.create(
        key=new_key("B"), programme=programme, division_code=division_code, rulebook=told.rulebook, from_month=from_month,
        raised=len(rises), same=len(told.of(SAME)), left=len(left), fen=told.fen, by=key_of(by), at=at,
    )  # fmt: skip
    made = _decisions(batch, rises, key_of(by), at)
    subjects = [subject(line.item) for line in rises]
    walks = [line.item.walk_id for line in rises]
    take_all(workflow, RAISE, walks=walks, subjects=subjects, division_code=division_code, by=by, at=at)
    for heard in _followers:
        heard(made, key_of(by), at)
    _ask(left, at)
    return batch


def _last(found: Iterable[Item]) -> dict[int, Decision]:
    """The newest decision of each item that says an amount."""
    said = Decision.objects.filter(item__among=[one.pk for one in found], step__in=SETS_AMOUNT).order_by("pk")
    return {one.item_id: one for one in said.iterator(chunk_size=20_000)}


def _line(item: Item, said: Decision, frozen: Frozen, book: Rulebook, on: date, from_month: str, *, apart: bool) -> Line:
    if said.from_month > from_month and said.step != "confirm":
        return Line(item, CHANGED, said.fen, None, from_month)
    first = max(from_month, said.from_month)
    again = freezing.freeze_only(frozen.gathered(on=on), item.programme, book)
    answer = again.answer(item.programme, item.member.key if item.member else "")
    new = advised_fen(answer) if answer["outcome"] == GRANTED else None
    if apart:
        becomes = APART
    elif answer["outcome"] == GRANTED and new is not None:
        becomes = RISES if new > said.fen else SAME if new == said.fen else FALLS
    else:
        becomes = FALLS if answer["outcome"] == "refused" else OPEN
    return Line(item, becomes, said.fen, new, first, again if becomes == RISES else None)


def _decisions(batch: Batch, rises: Sequence[Line], who: str, at: datetime) -> list[Decision]:
    """A proposal and a decision for each, as if each had been made alone."""
    numbers = _numbers(rises)
    proposals: dict[str, Line] = {new_key("R"): line for line in rises}
    insert_many(
        Proposal,
        same={"rulebook_id": batch.rulebook_id, "advised": GRANTED, "grants": True, "by": who, "at": at},
        columns=("key", "item_id", "number", "on", "advised_fen", "fen", "content"),
        rows=[
            (
                key, line.item.pk, numbers.get(line.item.pk, 0) + 1, _day(line), line.new, line.new,
                freezing.packed(line.frozen, case=line.item.case.key, key=key),  # type: ignore[arg-type]
            )
            for key, line in proposals.items()
        ],
    )  # fmt: skip
    made = dict(Proposal.objects.filter(key__among=list(proposals)).values_list("key", "pk"))
    decisions = {new_key("D"): key for key in proposals}
    insert_many(
        Decision,
        same={"batch_id": batch.pk, "step": RAISE, "by": who, "at": at},
        columns=("key", "item_id", "proposal_id", "fen", "from_month"),
        rows=[
            (key, proposals[of].item.pk, made[of], proposals[of].new, proposals[of].from_month) for key, of in decisions.items()
        ],
    )
    return list(Decision.objects.filter(batch=batch).order_by("pk"))


def _numbers(rises: Sequence[Line]) -> Mapping[int, int]:
    found = Proposal.objects.filter(item__among=[line.item.pk for line in rises]).order_by("number")
    return dict(found.values_list("item_id", "number"))


def _day(line: Line) -> date:
    assert line.frozen is not None
    return date.fromisoformat(line.frozen.facts["on"])


def _ask(left: Sequence[Line], at: datetime) -> None:
    """A task for each family that was left out: hear them, or find out what is not known."""
    cases = Case.objects.in_bulk({line.item.case_id for line in left})
    for case in cases.values():
        new_task(case=case, kind="review", because=REASON, due_on=None, at=at)


__all__ = ["LEFT", "READ", "Line", "Preview", "follows", "preview", "raise_all"]
