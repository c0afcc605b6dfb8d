"""Kills the worker of payments with signal 9 at random moments, while the bank's line misbehaves, and counts the money afterwards.

python -m tests.property.payments.prove --kills 10000

A child grants, draws a list, has it signed by two, and works with the bank; at a drawn moment it is killed, and the next one goes
on. All are forks of one process that has done it once and closed its databases again, so that what a child would read first (the
catalogue, the modules) it finds read: nine tenths of what a kill would cost. After so many kills one child ends in peace. Then the
bank's own book and the ledger tell the same, every family was paid once for its month or is still owed it, and the ledger adds up
to nothing.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

MEMORY = Path("/dev/shm")  # what a kill leaves is in the kernel's hands, so no disk need be waited for
BATCH = 250  # kills that one database survives
LONGEST = 1.2  # times what one list takes from begin to end: a child lives so long at most, before it is killed
FAMILIES = 3  # of each list
PORTION = 2


class Broken(AssertionError):
    """A family was paid twice, or not at all, or the books do not tell what the bank's do."""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    asked.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.inside:
        print(_batch(options.inside, options.kills, options.seed))
        return 0
    print(f"seed {options.seed}", flush=True)
    done = 0
    while done < options.kills:
        kills = min(BATCH, options.kills - done)
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
            words = ["--kills", str(kills), "--seed", str(options.seed + done), "--inside", folder]
            ended = subprocess.run([sys.executable, "-m", __spec__.name, *words], check=False, capture_output=True, text=True)
        if ended.returncode:
            print(f"after {done} kills, batch of seed {options.seed + done}:\n{ended.stderr}", file=sys.stderr)
            return 1
        done += kills
        print(f"{done}/{options.kills}: {ended.stdout.strip()}", flush=True)
    print(f"{options.kills} kills, nothing paid twice, nothing lost")
    return 0


def _batch(folder: Path, kills: int, seed: int) -> str:
    from jiuzhu.portals.cli.database import open_database

    open_database(folder)
    from django.db import connection

    from tests.support.paying import Office

    Office()
    _works(_bank(folder, seed, 0, quiet=True), 0, os.open(os.devnull, os.O_WRONLY), lists=1)
    connection.close()  # a child must not share it, nor the bank's book
    gc.collect()
    random, struck = Random(seed), Counter[str]()
    longest = LONGEST * _one_list(folder, seed)
    for step in range(1, kills + 1):
        struck[_killed(folder, seed, step, random.random() * longest)] += 1
    quiet = _bank(folder, seed, kills + 1, quiet=True)
    _works(quiet, kills + 1, os.open(os.devnull, os.O_WRONLY), lists=1)
    return f"{_counted(quiet)}; struck {', '.join(f'{what} {count}' for what, count in struck.most_common())}"


def _one_list(folder: Path, seed: int) -> float:
    """Seconds a child needs for one list when nobody kills it."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _works(_bank(folder, seed, 0, quiet=True), 0, os.open(os.devnull, os.O_WRONLY), lists=1)
        os._exit(0)
    _, ended = os.waitpid(child, 0)
    if ended:
        raise Broken("a child that nobody killed failed")
    return time.monotonic() - began


def _killed(folder: Path, seed: int, step: int, after: float) -> str:
    """A child goes on with the work until it is killed; gives what it was at."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _works(_bank(folder, seed, step), step, write)
        os._exit(0)
    os.close(write)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read, "r") as told:
        return (["start", *told.read().split()])[-1]


def _works(bank: Any, step: int, told: int, lists: int = 10_000) -> None:
    """So many lists from grants to the last answer, each begun where a killed one left it."""
    from django.db import transaction

    from jiuzhu.casework.accounts.models import Officer
    from jiuzhu.casework.payments import drawing
    from jiuzhu.casework.payments import lists as signing
    from jiuzhu.casework.payments.models import BudgetLine, Instruction, PayList
    from jiuzhu.casework.payments.sending import work
    from tests.support.families import COUNTY
    from tests.support.paying import AT, MONTH, PROGRAMME, Office

    maker, checker = Officer.objects.get(account="maker"), Officer.objects.get(account="checker")
    office = Office.__new__(Office)
    office.maker, office.checker, office.line = maker, checker, BudgetLine.objects.get()
    rounds = 0

    def says(what: str) -> None:
        os.write(told, f"{what}\n".encode())

    while lists:
        at = AT + timedelta(seconds=1000 * step + rounds)
        newest = PayList.objects.order_by("-pk").first()
        state = newest.state if newest else "closed"
        if state == "closed":
            says("granting")
            for _ in range(FAMILIES):
                with transaction.atomic():
                    office.grant()
            says("drawing")
            drawing.draw(division_code=COUNTY, programme=PROGRAMME, month=MONTH, by=maker, at=at)
        elif state == "drawn":
            says("signing")
            drawing.draw(division_code=COUNTY, programme=PROGRAMME, month=MONTH, by=maker, at=at)
            signing.make(made=newest, by=maker, at=at)
        elif state == "made":
            says("checking")
            signing.check(made=newest, by=checker, at=at, because="as looked at")
        says("sending")
        work(bank, at=at, portion=PORTION, patience=timedelta(0))
        rounds += 1
        closed = not PayList.objects.exclude(state="closed").exists()
        lists -= (
            closed and not bank.telling() and not Instruction.objects.filter(state__in=("intent", "sent", "in_doubt")).exists()
        )


def _bank(folder: Path, seed: int, step: int, *, quiet: bool = False) -> Any:
    from jiuzhu.gateways.bank.twin import Twin
    from tests.support.paying import AT

    wrong = (
        dict.fromkeys(("lost", "late", "doubled", "reordered", "refused", "returned"), 0)
        if quiet
        else {"lost": 20, "returned": 5}
    )
    return Twin(folder / "bank.db", seed * 100_000 + step, AT.date(), **wrong)


def _counted(bank: Any) -> str:
    """Raises Broken where the money is not where the books say."""
    from django.db.models import Sum

    from jiuzhu.casework.payments import ledger
    from jiuzhu.casework.payments.models import Grant, Instruction, Posting

    paid = bank.paid()
    ours = dict(Instruction.objects.filter(state="confirmed").values_list("number", "fen"))
    if ours != paid:
        raise Broken(f"the bank paid {len(paid)} numbers, the books say {len(ours)}: {sorted(ours.keys() ^ paid.keys())[:5]}")
    if ledger.balance(ledger.UNDER_WAY) or Posting.objects.filter(journal__posted=True).aggregate(fen=Sum("fen"))["fen"]:
        raise Broken("something is under way, or the ledger does not add up to nothing")
    times = Counter(Instruction.objects.filter(number__in=list(paid)).values_list("grant_id", flat=True))
    came_back = Counter(Instruction.objects.filter(state__in=("refused", "returned")).values_list("grant_id", flat=True))
    for grant in Grant.objects.all():
        owed = -ledger.balance(ledger.OWED, grant=grant.pk)
        term = grant.terms.get().fen
        if (times[grant.pk], owed) not in ((1, 0), (0, term)) or (owed and came_back[grant.pk] != 1):
            raise Broken(f"grant {grant.key}: paid {times[grant.pk]} times, {owed} fen owed")
    return f"{Grant.objects.count()} families, {len(paid)} paid once, {sum(came_back.values())} came back and are owed"


if __name__ == "__main__":
    sys.exit(main())
