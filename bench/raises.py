"""A new standard over the benefits of a county: all of them judged again, shown, and raised in one act.

python -m bench.raises [--grants 100000]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

DIFFERENT = 300  # families that differ in members, income and savings; the others are as one of these
HEAD = "item,division,place,from,to,value,unit,source,confidence,set_by\n"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--grants", type=int, default=100_000)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        from jiuzhu.portals.cli.database import open_database

        open_database(Path(folder))
        return _measured(options.grants, Path(folder))


def _measured(grants: int, folder: Path) -> int:
    from jiuzhu.casework.decisions import raising
    from jiuzhu.casework.payments.models import Term
    from tests.support.deciding import Room
    from tests.support.families import COUNTY

    numbers = _own_numbers(folder)
    room = Room()
    at = _benefits(grants)
    with numbers.open("a") as file:
        file.write("dibao.urban_monthly,370502,here,2027-01-01,,820,yuan,invented,high,county\n")
        file.write("dibao.asset.financial_per_capita_multiple,370502,here,2027-01-01,,20,times,invented,high,county\n")
    where = {"programme": "dibao", "division_code": COUNTY, "from_month": "2027-01"}
    told = _timed("judged again and shown", lambda: raising.preview(**where, viewer=room.reviewer, at=at))
    seen = (len(told.of(raising.RISES)), told.fen)
    print(f"{len(told.lines):,} benefits: " + ", ".join(f"{len(told.of(kind)):,} {kind}" for kind in _kinds(told.lines)))
    batch = _timed("judged again and raised in one act", lambda: raising.raise_all(**where, by=room.reviewer, at=at, seen=seen))
    again = _timed("looked at once more", lambda: raising.preview(**where, viewer=room.reviewer, at=at))
    terms = Term.objects.filter(kind="raise").count()
    print(
        f"{batch.raised:,} raised by {batch.fen / 100:,.0f} yuan a month, {terms:,} terms; then {len(again.of(raising.RISES))} more"
    )
    return 0 if (batch.raised, terms, len(again.of(raising.RISES))) == (seen[0], seen[0], 0) else 1


def _kinds(lines: Sequence[Any]) -> Sequence[str]:
    return sorted({line.becomes for line in lines})


def _own_numbers(folder: Path) -> Path:
    """The file of the place's own numbers."""
    from django.conf import settings

    settings.PLACE_FOLDER = folder / "place"
    (settings.PLACE_FOLDER / "parameters").mkdir(parents=True)
    path = Path(settings.PLACE_FOLDER) / "parameters" / "own.csv"
    path.write_text(
        f"{HEAD}dibao.urban_monthly,370502,here,2026-01-01,,770,yuan,invented,high,county\n"
        "dibao.asset.financial_per_capita_multiple,370502,here,2026-01-01,,24,times,invented,high,county\n"
    )
    return path


def _benefits(count: int) -> Any:
    """Straight into the tables: a case on its road, a frozen proposal, a decision and a grant each. Gives a day in January."""
    from datetime import timedelta

    from django.db import transaction

    from jiuzhu.casework.decisions import freezing, rulebooks
    from jiuzhu.casework.decisions.facts import Gathered
    from tests.integration.decisions.test_frozen import SET
    from tests.support.deciding import AT, told_of

    class Member:
        def __init__(self, number: int) -> None:
            self.key = f"M{number}"

    book = rulebooks.in_force(at=AT)
    frozen = []
    for number in range(DIFFERENT):
        without = {
            name: value for name, value in SET.items() if name != "dibao.asset.financial_per_capita_multiple" or number % 2
        }
        people: Any = [Member(each) for each in range(1 + number % 5)]
        facts = told_of(people, income=6000 + 37 * number, numbers=without)
        # Some have savings that the next standard allows no more.
        facts["members"][0]["financial_assets"] = 17_500 * len(people) if number % 50 == 0 else 10 * number
        dated = {**facts, "on": AT.date().isoformat(), "applied_on": AT.date().isoformat()}
        frozen.append(freezing.freeze(Gathered(dated), "dibao", book))
    with transaction.atomic():
        _rows(count, [one for one in frozen if one.answer("dibao")["outcome"] == "granted"], book)
    return AT + timedelta(days=90)


def _rows(count: int, frozen: Sequence[Any], book: Any) -> None:
    from jiuzhu.casework.cases.models import Case
    from jiuzhu.casework.decisions import freezing
    from jiuzhu.casework.decisions.models import Decision, Item, Proposal
    from jiuzhu.casework.parties.keys import new_key
    from jiuzhu.casework.parties.models import Party
    from jiuzhu.casework.payments.models import Grant, Term
    from jiuzhu.casework.roads.declared import kept_text, workflows
    from jiuzhu.casework.roads.models import Walk
    from jiuzhu.casework.trace.bulk import insert_many
    from jiuzhu.casework.trace.own_keys import sealed_each
    from tests.support.deciding import AT
    from tests.support.families import VILLAGE

    keys = [new_key("P")[1:] for _ in range(count)]
    text = kept_text(workflows()["dibao"])
    same: dict[str, Any] = {"division_code": VILLAGE, "opened_at": AT, "opened_because": "by_warnings"}
    insert_many(Case, same=same, columns=("key", "household_key"), rows=[(f"C{key}", key) for key in keys])
    insert_many(Party, same={"proved_by": "paper", "met_at": AT}, columns=("key",), rows=[(f"P{key}",) for key in keys])
    cases, parties = _numbers(Case), _numbers(Party)
    same = {
        "workflow": "dibao", "text_id": text.pk, "round": 1, "subject_kind": "item", "division_code": VILLAGE, "state": "in_force",
        "since": AT, "begun_at": AT,
    }  # fmt: skip
    rows: list[Any] = [(f"W{key}", cases[f"C{key}"], parties[f"P{key}"], f"I{key}") for key in keys]
    insert_many(Walk, same=same, columns=("key", "case_id", "party_id", "subject_key"), rows=rows)
    walks = _numbers(Walk)
    same = {"programme": "dibao", "division_code": VILLAGE, "applied_on": AT.date(), "opened_at": AT}
    rows = [(f"I{key}", walks[f"W{key}"], cases[f"C{key}"], parties[f"P{key}"]) for key in keys]
    insert_many(Item, same=same, columns=("key", "walk_id", "case_id", "party_id"), rows=rows)
    items = _numbers(Item)
    contents = [freezing.unsealed(one) for one in frozen]
    fen = [freezing.fen_of(one.answer("dibao")["amount"]) for one in frozen]
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
    same = {"programme": "dibao", "division_code": VILLAGE, "begun_at": AT}
    insert_many(Grant, same=same, columns=("key", "case_id", "party_id"), rows=rows)
    grants = _numbers(Grant)
    same = {"number": 1, "kind": "start", "from_month": "2026-12", "by": "checker", "at": AT}
    rows = [(grants[f"G{key}"], fen[place], f"D{key}") for key, place in zip(keys, whose, strict=True)]
    insert_many(Term, same=same, columns=("grant_id", "fen", "decision"), rows=rows)


def _numbers(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("key", "pk").iterator(chunk_size=20_000))


def _timed(what: str, work: Callable[[], Any]) -> Any:
    wall, cpu = time.monotonic(), time.process_time()
    found = work()
    print(f"{what}: {time.monotonic() - wall:.1f} s, {time.process_time() - cpu:.1f} CPU s", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
