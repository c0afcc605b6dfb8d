"""Benefits in force as they lie in the tables, many at once: a case on its road, a frozen proposal, a decision and a grant each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions import freezing
from jiuzhu.casework.decisions.freezing import Frozen
from jiuzhu.casework.decisions.models import Decision, Item, Proposal, Rulebook
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.payments.models import Grant, Term
from jiuzhu.casework.roads.declared import kept_text, workflows
from jiuzhu.casework.roads.models import Walk
from jiuzhu.casework.trace.bulk import insert_many
from jiuzhu.casework.trace.own_keys import sealed_each
from tests.support.deciding import AT
from tests.support.families import VILLAGE, family


def laid(count: int, frozen: Sequence[Frozen], programme: str, book: Rulebook) -> None:
    """So many, paid by the first answer for that programme from December on; the families are as those frozen, in turn."""
    keys = [new_key("P")[1:] for _ in range(count)]
    text = kept_text(workflows()[programme])
    same: dict[str, Any] = {"division_code": VILLAGE, "opened_at": AT, "opened_because": "by_warnings"}
    insert_many(Case, same=same, columns=("key", "household_key"), rows=[(f"C{key}", key) for key in keys])
    insert_many(Party, same={"proved_by": "paper", "met_at": AT}, columns=("key",), rows=[(f"P{key}",) for key in keys])
    cases, parties = _numbers(Case), _numbers(Party)
    same = {
        "workflow": programme, "text_id": text.pk, "round": 1, "subject_kind": "item", "division_code": VILLAGE, "state": "in_force",
        "since": AT, "begun_at": AT,
    }  # fmt: skip
    rows: list[Any] = [(f"W{key}", cases[f"C{key}"], parties[f"P{key}"], f"I{key}") for key in keys]
    insert_many(Walk, same=same, columns=("key", "case_id", "party_id", "subject_key"), rows=rows)
    walks = _numbers(Walk)
    same = {"programme": programme, "division_code": VILLAGE, "applied_on": AT.date(), "opened_at": AT}
    rows = [(f"I{key}", walks[f"W{key}"], cases[f"C{key}"], parties[f"P{key}"]) for key in keys]
    insert_many(Item, same=same, columns=("key", "walk_id", "case_id", "party_id"), rows=rows)
    items = _numbers(Item)
    contents = [freezing.unsealed(one) for one in frozen]
    fen = [freezing.fen_of(one.answer(programme)["amount"]) for one in frozen]
    whose = [place % len(frozen) for place in range(count)]
    parts = []
    for key, place in zip(keys, whose, strict=True):
        facts, content = contents[place]
        parts += [(facts, f"C{key}", freezing.FACTS, f"R{key}"), (content, f"C{key}", freezing.COLUMN, f"R{key}")]
    sealed = sealed_each(parts)
    same = {"rulebook_id": book.pk, "advised": "granted", "grants": True, "by": "maker", "at": AT, "number": 1, "on": AT.date()}
    insert_many(
        Proposal, same=same, columns=("key", "item_id", "advised_fen", "fen", "facts", "content"),
        rows=[
            (f"R{key}", items[f"I{key}"], fen[place], fen[place], sealed[2 * number], sealed[2 * number + 1])
            for number, (key, place) in enumerate(zip(keys, whose, strict=True))
        ],
    )  # fmt: skip
    proposals = _numbers(Proposal)
    same = {"step": "confirm", "from_month": "2026-12", "by": "checker", "at": AT}
    rows = [(f"D{key}", items[f"I{key}"], proposals[f"R{key}"], fen[place]) for key, place in zip(keys, whose, strict=True)]
    insert_many(Decision, same=same, columns=("key", "item_id", "proposal_id", "fen"), rows=rows)
    rows = [(f"G{key}", cases[f"C{key}"], parties[f"P{key}"]) for key in keys]
    same = {"programme": programme, "division_code": VILLAGE, "begun_at": AT}
    insert_many(Grant, same=same, columns=("key", "case_id", "party_id"), rows=rows)
    grants = _numbers(Grant)
    same = {"number": 1, "kind": "start", "from_month": "2026-12", "by": "checker", "at": AT}
    rows = [(grants[f"G{key}"], fen[place], f"D{key}") for key, place in zip(keys, whose, strict=True)]
    insert_many(Term, same=same, columns=("grant_id", "fen", "decision"), rows=rows)


def decided_about(programme: str, member: str = "") -> Item:
    """What could be decided about: an item on the road of dibao, of that programme, for a member by that name or for the household."""
    case, party = family(), Party.objects.create(key=new_key("P"), proved_by="paper", met_at=AT)
    whom = Party.objects.get_or_create(key=member, defaults={"proved_by": "paper", "met_at": AT})[0] if member else None
    key = new_key("I")
    walk = Walk.objects.create(
        key=new_key("W"), workflow="dibao", text=kept_text(workflows()["dibao"]), case=case, round=1, party=party,
        subject_kind="item", subject_key=key, division_code=VILLAGE, state="in_force", since=AT, begun_at=AT,
    )  # fmt: skip
    return Item.objects.create(
        key=key, walk=walk, case=case, party=party, member=whom, programme=programme, division_code=VILLAGE, applied_on=AT.date(),
        opened_at=AT,
    )  # fmt: skip


def _numbers(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("key", "pk").iterator(chunk_size=20_000))
