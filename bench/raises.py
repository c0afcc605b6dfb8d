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
    from tests.support.benefits import laid
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
        laid(count, [one for one in frozen if one.answer("dibao")["outcome"] == "granted"], "dibao", book)
    return AT + timedelta(days=90)


def _timed(what: str, work: Callable[[], Any]) -> Any:
    wall, cpu = time.monotonic(), time.process_time()
    found = work()
    print(f"{what}: {time.monotonic() - wall:.1f} s, {time.process_time() - cpu:.1f} CPU s", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
