"""Kills the desk and its worker with signal 9 at random moments, again and again, and holds what is left against what was answered.

python -m tests.property.kills.prove_desk --kills 5000

Two children work on one database: one sends the forms of an officer through every gate of the desk, with token and key, and says
which were answered; the other does what the worker and the sealer do. One of them is killed at a drawn moment, sometimes both. The
next ones begin with the form that was not answered, sent once more under its key. After each kill: everything answered stands
there, once; no act stands half, since each warning, its task and its case are what the last event of the record about it says; what
was issued is conserved. After so many kills the whole record is exported and proved with what keeper and sink have.

The cases lie in SQLite, in a folder that is thrown away: it is part of the processes that are killed. A PostgreSQL is not. All are
forks of one process that has done each thing once and closed its database again: what a child would read first (the catalogue, the
divisions, the pages) it finds read, which is nine tenths of what a kill would cost.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.property.kills.prove import Broken, _ended, _forked

MEMORY = Path("/dev/shm")  # what a kill leaves is in the kernel's hands, so no disk need be waited for
DESK = 50  # kills that one desk survives, before its record is proved and a new one begins
FORMS = 4  # the desk may answer so many forms less one, before it is struck
LONGEST = 0.12  # seconds into the next one, at most
HOUSEHOLDS, EACH = 12, 2
LEVELS = ("red", "orange", "yellow", "blue")
TOWNSHIP = "370502001"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Ledger:
    """What was answered. asked: number and choice of the form that was sent last, and of which nothing is known yet."""

    cookies: dict[str, str] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)  # key to where it went on
    asked: tuple[int, int] | None = None
    forms: int = 0
    seals: int = 0
    stream: int = 0
    struck: Counter[str] = field(default_factory=Counter)

    def hear(self, line: str) -> None:
        told = json.loads(line)
        match told["did"]:
            case "ask":
                self.asked, self.forms = (told["number"], told["choice"]), max(self.forms, told["number"])
            case "answered":
                self.answered[told["key"]] = told["to"]
                self.asked = None
            case "kept":
                self.seals = told["seal"]
            case "stream":
                self.stream = told["number"]


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if nothing answered was ever lost, and nothing stood half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=Random().randrange(1_000_000))
    options = parser.parse_args(arguments)
    chance, began, done = Random(options.seed), time.monotonic(), 0
    struck: Counter[str] = Counter()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        _set_up(Path(folder))
        while done < options.kills:
            count = min(DESK, options.kills - done)
            ledger = _desk(Path(folder), chance, count)
            struck.update(ledger.struck)
            done += count
            spent = time.monotonic() - began
            print(
                f"{done:,} kills {dict(struck)}, {len(ledger.answered)} forms answered by the last desk, {spent:.0f} s",
                flush=True,
            )
    print(f"seed {options.seed}: {done:,} kills, nothing answered lost, no act half done")
    return 0


def _set_up(folder: Path) -> None:
    """Do everything once that the children will do, so that what they need is read already. A fork must copy no connection: it is
    closed, and the parent never opens the database again.
    """
    os.environ |= {"JIUZHU_WORKSPACE": str(folder), "JIUZHU_DATABASE": ""}
    os.environ["DJANGO_SETTINGS_MODULE"] = "jiuzhu.config.settings"
    import django

    django.setup()
    from django.db import connections

    ledger = Ledger()
    _lay_out(folder, ledger.cookies.update)
    client = _signed_in(ledger)
    for number, what in enumerate((0, 0, 2, 4)):  # the second is refused: it was done already
        _send(client, number, what * HOUSEHOLDS)
        _work(lambda line: None)
    _check_acts()
    _proved(ledger)
    connections.close_all()


def _desk(folder: Path, chance: Random, kills: int) -> Ledger:
    ledger = Ledger()
    _laid_out(folder, ledger)
    for _ in range(kills):
        _struck(ledger, chance)
        _ended(_forked(lambda say: _check(ledger)))
    _ended(_forked(lambda say: _proved(ledger)))
    return ledger


def _laid_out(folder: Path, ledger: Ledger) -> None:
    child, pipe = _forked(lambda say: _lay_out(folder, say))
    with os.fdopen(pipe) as said:
        lines = list(said)
    if os.waitpid(child, 0)[1] or not lines:
        raise Broken("the desk could not be laid out")
    ledger.cookies = json.loads(lines[0])


# --- the one that kills ----------------------------------------------------------------------------------------------


def _struck(ledger: Ledger, chance: Random) -> None:
    """Start both, let the desk answer so many forms, and strike one of them, or both, so many seconds into the next."""
    first = chance.randrange(1 << 30)
    desk, heard = _forked(lambda say: _officer(ledger, first, say))
    worker, beside = _forked(_worker)
    whom = chance.choices(("desk", "worker", "both"), (5, 3, 2))[0]
    with os.fdopen(heard) as said, os.fdopen(beside) as worked:
        for _ in range(1 + 2 * chance.randrange(FORMS)):
            _hear(ledger, said.readline(), desk)
        time.sleep(chance.random() * LONGEST)  # the moment is what is drawn: nothing is waited for
        for struck in {"desk": (desk,), "worker": (worker,), "both": (desk, worker)}[whom]:
            os.kill(struck, signal.SIGKILL)
        if whom == "worker":
            for _ in range(2):  # the desk goes on without it
                _hear(ledger, said.readline(), desk)
        for one in {desk, worker}:
            os.kill(one, signal.SIGKILL)  # so that the next ones begin alone
        for line in [*said, *worked]:
            if line.endswith("\n"):
                ledger.hear(line)
    for one in (desk, worker):
        if not os.WIFSIGNALED(os.waitpid(one, 0)[1]):
            raise Broken("a child ended by itself")
    ledger.struck[whom] += 1


def _hear(ledger: Ledger, line: str, child: int) -> None:
    if not line:
        raise Broken(f"a child ended by itself, with {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}")
    ledger.hear(line)


# --- those that are killed -------------------------------------------------------------------------------------------


def _lay_out(folder: Path, say: Any) -> None:
    """An empty desk with an officer of the township, signed in, and warnings of families there."""
    import shutil

    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from jiuzhu.casework.dispatch import actions
    from tests.support.officers import officer
    from tests.support.signing_in import let_in

    for kept in (settings.SEAL_KEEPER, settings.SEAL_SINK):
        shutil.rmtree(kept, ignore_errors=True)
    for path in folder.glob("casework.sqlite3*"):
        path.unlink()
    empty = folder / "empty.sqlite3"
    if empty.exists():
        shutil.copy(empty, folder / "casework.sqlite3")
    else:
        call_command("migrate", verbosity=0)
        connection.close()
        shutil.copy(folder / "casework.sqlite3", empty)
    at = datetime.now(UTC)
    rows = [_entry(0, n) | {"kind": "warning"} for n in range(HOUSEHOLDS * EACH)]
    actions.take_release(release="r1", as_of=at.date(), warnings=rows, due=lambda _: None, at=at)
    client = Client()
    let_in(client, officer("zhou", "township_officer", TOWNSHIP))
    say({name: kept.value for name, kept in client.cookies.items()})


def _entry(number: int, warning: int, grade: str = "red") -> dict[str, Any]:
    """What the registry says of one warning; number: of the entry in the stream."""
    return {
        "number": number, "warning_id": f"w{warning}", "indicator_id": "S01-E01", "subject_kind": "person", "grade": grade,
        "household_id": f"H{warning // EACH}", "division_code": f"{TOWNSHIP}011", "value": "31460.00", "threshold": "5000.00",
        "unit": "yuan", "kind": "warning", "side": "entry",
    }  # fmt: skip


def _officer(ledger: Ledger, seed: int, say: Any) -> None:
    """Send one form after another; the first is the one of which nothing is known."""
    client, chance, again, number = _signed_in(ledger), Random(seed), ledger.asked, ledger.forms
    while True:
        choice = chance.randrange(1 << 20)
        number += 1
        if again is not None:
            (number, choice), again = again, None
        say({"did": "ask", "number": number, "choice": choice})
        answer = _send(client, number, choice)
        # A form that is refused is answered too, but leaves nothing.
        say(
            {
                "did": "answered",
                "key": f"form-{number}" if answer.status_code == 302 else "",
                "to": answer.headers.get("Location", ""),
            }
        )


def _signed_in(ledger: Ledger) -> Any:
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    for name, value in ledger.cookies.items():
        client.cookies[name] = value
    return client


def _send(client: Any, number: int, choice: int) -> Any:
    """Fetch a page for its token, send the form with it; the answer."""
    token = TOKEN.search(client.get("/account/").content.decode())
    address, form = _form(choice)
    answer = client.post(address, {**form, "key": f"form-{number}", "csrfmiddlewaretoken": token[1] if token else ""})
    if answer.status_code not in (302, 409):
        raise Broken(f"{address} was answered with {answer.status_code}: {answer.content.decode()[:500]}")
    return answer


def _form(choice: int) -> tuple[str, dict[str, Any]]:
    """A form and what it says, always the same for a choice: warnings of one or two families released, taken back or snoozed."""
    first, what = choice % HOUSEHOLDS, choice // HOUSEHOLDS % 5
    families = {first, (first + 1 + choice // 60 % 3) % HOUSEHOLDS} if choice % 2 else {first}
    numbers = [f"w{household * EACH + n}" for household in sorted(families) for n in range(EACH)]
    if what in (0, 1):
        return "/warnings/release/", {"w": numbers, "because": "released_as_found", "confirmed": "1"}
    if what in (2, 3):
        return "/warnings/take-back/", {"w": numbers, "because": "by_mistake", "confirmed": "1"}
    until = datetime.now(UTC).date() + timedelta(days=400)
    return "/warnings/snooze/", {"w": numbers, "because": "already_in_hand", "until": f"{until:%Y}-01-05", "confirmed": "1"}


def _worker(say: Any) -> None:
    while True:
        _work(say)


def _work(say: Any) -> None:
    """What the registry issued meanwhile, what is due, and the seals."""
    from jiuzhu.casework.dispatch import actions
    from jiuzhu.casework.dispatch.models import Load
    from jiuzhu.casework.trace import sealing
    from jiuzhu.portals.cli.worker import round_of_work

    at = datetime.now(UTC)
    stands = Load.objects.get().stream_number
    # Every entry is of a new warning of a family that has some, so that nothing an officer did is undone by it.
    fresh = [_entry(stands + n, HOUSEHOLDS * EACH + stands + n - 1) | {"household_id": f"H{stands % HOUSEHOLDS}"} for n in (1, 2)]
    number = actions.take_stream(entries=fresh, as_of=at.date(), due=lambda _: None, at=at)
    say({"did": "stream", "number": number})
    round_of_work(at=at)
    made = sealing.seal(at=at)
    sealing.forward(at=at)
    if made is not None:
        say({"did": "kept", "seal": made.number})


# --- what must hold --------------------------------------------------------------------------------------------------


def _check(ledger: Ledger) -> None:
    from jiuzhu.casework.dispatch.models import Load, Warning
    from jiuzhu.casework.dispatch.queries import conserved
    from jiuzhu.casework.trace.models import Answer, Kept

    kept = dict(Answer.objects.values_list("key", "told"))
    lost = {key for key in ledger.answered if key} - kept.keys()
    if lost:
        raise Broken(f"{len(lost)} forms were answered and are gone: {sorted(lost)[:3]}")
    if "" in kept.values():
        raise Broken("a form is kept without what it was answered")
    if Kept.objects.filter(seal__number=ledger.seals).count() != min(ledger.seals, 1):
        raise Broken(f"seal {ledger.seals} was said to be kept and is not")
    load = Load.objects.get()
    if load.stream_number < ledger.stream:
        raise Broken(f"the desk stood at entry {ledger.stream} of the stream and stands at {load.stream_number}")
    if Warning.objects.count() != HOUSEHOLDS * EACH + load.stream_number or not conserved().holds:
        raise Broken(f"what was issued is not conserved: {asdict(conserved())}")
    _check_acts()


def _check_acts() -> None:
    """Each warning, its task and its case stand as the last event about it says; each answer has its one event, and no other."""
    from jiuzhu.casework.cases.models import Task
    from jiuzhu.casework.dispatch.models import Warning
    from jiuzhu.casework.trace.models import Answer, Event

    acts = {"warnings.release": "released", "warnings.take_back": "waiting", "warnings.snooze": "snoozed"}
    says: dict[str, str] = {}
    events = Event.objects.filter(operation__in=acts, outcome="done").order_by("pk").prefetch_related("subjects")
    for event in events:
        numbers = [one.key for one in event.subjects.all()]
        if len(numbers) != event.subject_count:
            raise Broken(f"event {event.pk} speaks of {event.subject_count} warnings and names {len(numbers)}")
        says |= dict.fromkeys(numbers, acts[event.operation])
    if len(events) != Answer.objects.count():
        raise Broken(f"{len(events)} acts in the record, {Answer.objects.count()} answers")
    for one in Warning.objects.select_related("task", "case"):
        if one.handling != says.get(one.warning_id, "waiting"):
            raise Broken(f"{one.warning_id} is {one.handling}, the record says {says.get(one.warning_id, 'waiting')}")
        if one.handling == "released" and (one.task is None or one.task.state != "open" or one.task.case_id != one.case_id):
            raise Broken(f"{one.warning_id} is released, and its task is not open on its case")
    idle = Task.objects.filter(state="open").exclude(pk__in=Warning.objects.filter(handling="released").values("task"))
    if idle.exists():
        raise Broken(f"{idle.count()} tasks are open for no warning")


def _proved(ledger: Ledger) -> None:
    """The record from its beginning, with the heads and rows that keeper and sink have."""
    from django.conf import settings

    from jiuzhu.casework.trace import exported, sealing, written
    from jiuzhu.casework.trace.keys import keys
    from jiuzhu_verifier.checks import verify

    _check(ledger)
    at = datetime.now(UTC)
    sealing.seal(at=at)
    sealing.forward(at=at)
    keeper, sink = Path(settings.SEAL_KEEPER), Path(settings.SEAL_SINK)
    with (keeper / sealing.HEADS).open("rb") as heads, (sink / sealing.ROWS).open("rb") as rows:
        report = verify(
            exported.lines(sealing.signing_key().public),
            keys=[path.read_bytes() for path in sorted(keeper.glob("*.pem"))], heads=heads, rows=rows,
            code_key=keys().index_key(written.CODE_KEY).secret,
        )  # fmt: skip
    if report.findings or not report.events:
        raise Broken(f"the record does not hold: {report.findings[:3]}")


if __name__ == "__main__":
    sys.exit(main())
