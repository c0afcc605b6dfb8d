"""Verification of one family while departments are slow and down, and of many people at once.

python -m bench.verification [--residents 20000] [--workspace FOLDER]

The family: five people, the 58 items of ministry and city, every department that answers for one of them; two take a minute, one is down.
Many: everybody who signed in the workspace (an invented county, unless one is named), every item, each answer read as the command writes
it; a million is in proportion.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

PEOPLE, SLOW, DOWN, MOST = 5, ("bank", "tax"), "court", 10.0  # seconds
USUAL, LONG = 0.2, 60.0  # seconds a department takes
MILLION = 1_000_000
AS_OF = date(2026, 11, 20)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--residents", type=int, default=20_000)
    asked.add_argument("--workspace", type=Path)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        from jiuzhu.portals.cli.database import open_database

        open_database(Path(folder))
        seconds = _one_family()
        workspace = options.workspace or _county(Path(folder), options.residents)
        _many(workspace)
    return 0 if seconds < MOST else 1


def _one_family() -> float:
    from jiuzhu.casework.verification import asking, reporting
    from jiuzhu.casework.verification.models import Question
    from jiuzhu.gateways.verification.twin import Twin, from_rows
    from tests.support.verifying import AT, TODAY, Home, person

    home = Home()
    people = [home.head, home.spouse, person("19800101", 4, "丁"), person("19810101", 5, "戊"), person("19820101", 6, "己")]
    for one in people:
        home.signed(one)
    made = home.ask(*people)
    book = from_rows(home.sent)
    sources = sorted(set(Question.objects.values_list("source", flat=True)))

    def waits(source: str) -> Callable[[], object]:
        return partial(threading.Event().wait, LONG if source in SLOW else USUAL)

    departments = {one: Twin(book, TODAY, is_down=one == DOWN, waits=waits(one)) for one in sources}
    begun = time.monotonic()
    answered = asking.collect(made, at=AT, departments=departments)
    report = reporting.issue(request=made, by=home.officer, at=AT + timedelta(seconds=10))
    took = time.monotonic() - begun
    said = reporting.statement_of(report)
    items = len({row["item"] for row in said["rows"]})
    print(
        f"one family: {len(people)} people x {items} items x {len(sources)} departments, {len(SLOW)} slow and one down: {took:.1f} s; "
        f"{answered} of {Question.objects.count()} questions answered, report {report.kind}, late: {', '.join(said['late'])}",
        flush=True,
    )
    assert (len(people), items, said["late"]) == (PEOPLE, 58, sorted((*SLOW, DOWN)))
    return took


def _county(folder: Path, residents: int) -> Path:
    from jiuzhu.registry import public
    from tests.support.county import invent, monitored

    catalogue = public.catalogue()
    return monitored(invent(folder / "county", catalogue, residents=residents), folder / "workspace", catalogue).workspace


def _many(workspace: Path) -> None:
    from jiuzhu.casework.accounts.permissions import Console
    from jiuzhu.casework.verification.batch import EACH, verify_many
    from tests.support.verifying import AT

    begun = time.process_time()
    told: Any = verify_many(workspace=workspace, authorisation=EACH, id_numbers=None, by=Console(), at=AT)
    read = time.process_time() - begun
    lines = sum(1 for _ in told.lines())
    both = time.process_time() - begun
    people = len(told.people)
    print(
        f"many: {people:,} people x {len(told.items)} items: {read:.1f} CPU s to look up, {both:.1f} with each of {lines:,} lines written out"
    )
    print(
        f"      {people / both:,.0f} people a CPU second; a million takes {MILLION / people * both / 60:.0f} minutes of one core"
    )


if __name__ == "__main__":
    sys.exit(main())
