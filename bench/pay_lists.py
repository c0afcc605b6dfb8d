"""A list of payments of a province: drawn, signed by two, and drawn a second time, which must add nothing.

python -m bench.pay_lists [--lines 500000]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BUDGET = 10**15  # fen


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--lines", type=int, default=500_000)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        from jiuzhu.portals.cli.database import open_database

        open_database(Path(folder))
        return _measured(options.lines)


def _measured(lines: int) -> int:
    from jiuzhu.casework.payments import lists
    from tests.support.paying import AT, Office

    office = Office()
    _families(office, lines)
    drawn = _told("drawn", office.draw)
    made = _told("signed by its maker", lambda: lists.make(made=drawn.list, by=office.maker, at=AT))
    _told("checked", lambda: lists.check(made=made, by=office.checker, at=AT, because="the first list"))
    again = _told("drawn a second time", office.draw)
    print(f"{drawn.added:,} lines, {drawn.held:,} held; the second time {again.added:,} more")
    return 0 if (drawn.added, again.added) == (lines, 0) else 1


def _families(office: Any, count: int) -> None:
    """Straight into the tables: a case, a person, an account and a grant each, one term of 770 yuan."""
    from django.db import transaction

    from jiuzhu.casework.cases.models import Case
    from jiuzhu.casework.parties.keys import new_key
    from jiuzhu.casework.parties.models import Party
    from jiuzhu.casework.payments import ledger
    from jiuzhu.casework.payments.models import Grant, Payee, Term
    from jiuzhu.casework.trace.bulk import insert_many
    from tests.support.families import VILLAGE
    from tests.support.paying import AT, MONTH, PROGRAMME, STANDARD

    ledger.appropriate(office.line, BUDGET, about="bench", at=AT)
    keys = [new_key("P")[1:] for _ in range(count)]
    with transaction.atomic():
        same = {"division_code": VILLAGE, "opened_at": AT, "opened_because": "by_warnings"}
        insert_many(Case, same=same, columns=("key", "household_key"), rows=[(f"C{key}", key) for key in keys])
        insert_many(Party, same={"proved_by": "paper", "met_at": AT}, columns=("key",), rows=[(f"P{key}",) for key in keys])
        cases, parties = _numbers(Case), _numbers(Party)
        same = {
            "holder": "self", "account": "sealed", "name": "sealed", "bank": "sealed", "state": "confirmed", "from_month": MONTH,
            "proposed_by": "maker", "proposed_at": AT, "looked_by": "checker", "looked_at": AT,
        }  # fmt: skip
        insert_many(
            Payee,
            same=same,
            columns=("key", "party_id", "account_index"),
            rows=[(f"A{key}", parties[f"P{key}"], key) for key in keys],
        )
        same = {"programme": PROGRAMME, "division_code": VILLAGE, "begun_at": AT}
        rows = [(f"G{key}", cases[f"C{key}"], parties[f"P{key}"]) for key in keys]
        insert_many(Grant, same=same, columns=("key", "case_id", "party_id"), rows=rows)
        same = {"number": 1, "kind": "start", "from_month": MONTH, "fen": STANDARD, "decision": "bench", "by": "maker", "at": AT}
        insert_many(Term, same=same, columns=("grant_id",), rows=[(number,) for number in _numbers(Grant).values()])


def _numbers(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("key", "pk").iterator(chunk_size=20_000))


def _told(what: str, work: Callable[[], Any]) -> Any:
    wall, cpu = time.monotonic(), time.process_time()
    found = work()
    print(f"{what}: {time.monotonic() - wall:.1f} s, {time.process_time() - cpu:.1f} CPU s", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
