"""Random journals, mistakes, counter-entries and rollbacks on the ledger, held against a plain model of it.

python -m tests.property.payments.prove_ledger --steps 1000000
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

ACCOUNTS = ("fund:dibao", "fund:tekun", "appropriated", "benefit", "owed", "under_way")
LOOK, TOLD = 1000, 50_000  # steps after which every balance is held against the model, and after which it is said how far it is


class Broken(AssertionError):
    """The ledger is not what a plain model of it is."""


def main(arguments: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--steps", type=int, default=1_000_000)
    asked.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    options = asked.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        from jiuzhu.portals.cli.database import open_database

        open_database(Path(folder))
        print(walked(options.steps, Random(options.seed)))
    return 0


def walked(steps: int, draw: Random) -> str:
    """Take so many steps; raises Broken where ledger and model part. The model is a dictionary of sums."""
    from django.db import DatabaseError, transaction

    from jiuzhu.casework.payments.ledger import Line, Unequal, post, reverse
    from jiuzhu.casework.payments.models import Journal
    from tests.support.paying import AT

    model: Counter[str] = Counter()
    posted: list[tuple[int, Counter[str]]] = []  # journals and what they moved
    mended: set[int] = set()  # places among them
    taken: Counter[str] = Counter()

    def mend(place: int) -> None:
        journal, moved = posted[place]
        try:
            with transaction.atomic():
                reverse(Journal.objects.get(pk=journal), about="x", at=AT)
        except DatabaseError:
            if place not in mended:
                raise Broken(f"journal {journal} could not be reversed") from None
            taken["refused twice"] += 1
            return
        if place in mended:
            raise Broken(f"journal {journal} was reversed twice")
        model.subtract(moved)
        mended.add(place)
        taken["reversed"] += 1

    def write(lines: Counter[str]) -> None:
        even = not sum(lines.values()) and any(lines.values())
        try:
            made = post("due", [Line(account, fen) for account, fen in lines.items()], about="x", at=AT)
        except Unequal:
            made = None
        if (made is not None) != even:
            raise Broken(f"{dict(lines)} was {'posted' if made else 'refused'}")
        if made is not None:
            model.update(lines)
            posted.append((made.pk, lines))
        taken["posted" if made else "refused"] += 1

    step = 0
    while step < steps:
        undone = draw.random() < 0.1
        kept = (Counter(model), len(posted), set(mended)) if undone else None
        with transaction.atomic():
            for _ in range(min(draw.randint(1, 50), steps - step)):
                step += 1
                if posted and draw.random() < 0.15:
                    mend(draw.randrange(len(posted)))
                else:
                    write(_lines(draw))
                if step % LOOK == 0:
                    _held(model, step)
                if step % TOLD == 0:
                    print(f"{step}/{steps}", flush=True)
            if undone:
                transaction.set_rollback(True)
        if kept is not None:
            model, mended = kept[0], kept[2]
            del posted[kept[1] :]
            taken["rolled back"] += 1
    _held(model, step)
    return (
        f"{step} steps, the ledger is what a plain model of it is: {', '.join(f'{what} {n}' for what, n in taken.most_common())}"
    )


def _lines(draw: Random) -> Counter[str]:
    """A journal of two to four accounts; one in ten does not add up."""
    some = draw.sample(ACCOUNTS, draw.randint(2, 4))
    lines = Counter({account: draw.randint(-100_000, 100_000) for account in some[1:]})
    lines[some[0]] = -sum(lines.values()) + (draw.choice([-1, 1, 100]) if draw.random() < 0.1 else 0)
    return lines


def _held(model: Counter[str], step: int) -> None:
    """Every account, and that all of them add up to nothing, by one question to the database."""
    from django.db.models import Sum

    from jiuzhu.casework.payments.models import Posting

    rows: Any = Posting.objects.filter(journal__posted=True).values_list("account").annotate(fen=Sum("fen"))
    found = {account: fen for account, fen in rows.order_by() if fen}
    expected = {account: fen for account, fen in model.items() if fen}
    if found != expected or sum(found.values()):
        raise Broken(f"after {step} steps: the ledger says {found}, the model {expected}")


if __name__ == "__main__":
    sys.exit(main())
