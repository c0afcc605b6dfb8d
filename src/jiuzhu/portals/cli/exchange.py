"""Exchange with the bodies that send data: `exchange`, what is `due`, what was set `aside`, and the bodies' keys."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any

from jiuzhu.crypto.signing import KeyUnfit, SigningKey, new_signing_key, read_signing_key
from jiuzhu.gateways.exchange.base import MessageRefused
from jiuzhu.gateways.exchange.book import Book, KeyNotAllowed
from jiuzhu.gateways.exchange.ledger import ExchangeBusy, Ledger, alone
from jiuzhu.gateways.exchange.messages import write_message
from jiuzhu.gateways.exchange.receipts import FileTaken
from jiuzhu.gateways.exchange.round import Connection, Desk, Round, go_round
from jiuzhu.gateways.exchange.settings import Settings, SettingsWrong, read_settings
from jiuzhu.portals.cli.answers import BEIJING, Act, Progress, Refused, answer, day_asked, moment, say
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.vocabulary.working_days import YearNotLoaded

# Seconds between tries to reach a body: a restart of its server is waited for, a night is not.
PAUSES = (1.0, 5.0, 25.0)
MOST_ROUNDS = 6  # a message that fails three times is set aside in the third; the others are for what comes meanwhile


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    exchange = commands.add_parser(
        "exchange", parents=[common], help="fetch from the bodies of exchange.toml, take in, answer, and run if there is a reason"
    )
    exchange.add_argument("--body", metavar="BODY", help="only this one")
    exchange.add_argument("--once", action="store_true", help="one round: try again only with the next command")
    exchange.add_argument("--as-of", metavar="DAY", help="the day it is (default: today)")
    exchange.add_argument("--json", action="store_true")
    exchange.set_defaults(act=_refusing(_exchange), operation="deliveries.hand_in")
    due = commands.add_parser("due", parents=[common], help="what should have come by a day, and which monthly checks wait")
    due.add_argument("--as-of", metavar="DAY", help="default: today")
    due.add_argument("--json", action="store_true")
    due.set_defaults(act=_due, operation="deliveries.read")
    aside = commands.add_parser("aside", parents=[common], help="list messages that failed three times, each with its reason")
    aside.add_argument("--again", metavar="NUMBER", help="try this one again with the next exchange")
    aside.add_argument("--json", action="store_true")
    aside.set_defaults(act=_refusing(_aside), operation="deliveries.read")
    _add_keys(commands, common)
    send = commands.add_parser(
        "exchange-send", parents=[common], help="for a body: sign files as a message and lay it into an outbox"
    )
    send.add_argument("files", type=Path, nargs="+", metavar="FILE")
    for name, words in (("body", "the code of the body"), ("to", "the division it is meant for")):
        send.add_argument(f"--{name}", required=True, metavar=name.upper(), help=words)
    send.add_argument("--number", type=int, required=True, metavar="N", help="counts up, each number once")
    send.add_argument("--key", type=Path, required=True, metavar="FILE", help="the body's private key; made if it is not there")
    send.add_argument("--outbox", type=Path, required=True, metavar="DIR")
    send.add_argument("--made-at", metavar="TIME", help="default: now")
    send.set_defaults(act=_refusing(_send), operation="deliveries.hand_in")


def _add_keys(commands: Any, common: argparse.ArgumentParser) -> None:
    room = commands.add_parser("exchange-keys", help="the keys of the bodies: one officer proposes, another confirms")
    acts = room.add_subparsers(dest="act_on_keys", required=True, metavar="ACT")
    listed = acts.add_parser("list", parents=[common], help="every page of the book, oldest first")
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(act=_keys, operation="keys.read")
    ours = acts.add_parser("ours", parents=[common], help="our public key, by which a body checks our receipts")
    ours.set_defaults(act=_refusing(_ours), operation="keys.read")
    propose = acts.add_parser("propose", parents=[common], help="bring the public key of a body")
    propose.add_argument("body", metavar="BODY")
    propose.add_argument("file", type=Path, metavar="FILE")
    confirm = acts.add_parser("confirm", parents=[common], help="let a proposed key count, after comparing it with the body")
    confirm.add_argument("body", metavar="BODY")
    confirm.add_argument("fingerprint", metavar="FINGERPRINT")
    for parser, act, operation in ((propose, _propose, "keys.propose"), (confirm, _confirm, "keys.confirm")):
        parser.add_argument("--by", required=True, metavar="WHO")
        parser.add_argument("--because", required=True, metavar="REASON")
        parser.set_defaults(act=_refusing(act), operation=operation)


def _refusing(act: Act) -> Act:
    """Refusals of the exchange are refusals of the command."""

    @wraps(act)
    def acting(asked: Any) -> int | None:
        try:
            return act(asked)
        except (SettingsWrong, KeyUnfit, KeyNotAllowed, ExchangeBusy, MessageRefused) as refusal:
            raise Refused(str(refusal), code=type(refusal).__name__) from None

    return acting


# --- exchange --------------------------------------------------------------------------------------------------------


def _exchange(asked: argparse.Namespace) -> int:
    """Exit code 1 if a body could not be reached or a message was set aside; the others are in force all the same."""
    workspace: Path = asked.workspace
    as_of, at = day_asked(asked.as_of), moment(asked.as_of)[1] if asked.as_of else datetime.now(BEIJING)
    catalogue = public.catalogue(*asked.catalogue)
    settings = read_settings(workspace, catalogue.bodies, invented=public.is_invented(workspace))
    bodies = [asked.body] if asked.body else list(settings.ways)
    if asked.body and asked.body not in settings.ways:
        raise Refused(
            f"{asked.body} is not in exchange.toml", code="body", value=asked.body, next=f"there are {', '.join(settings.ways)}"
        )
    with alone(_home(workspace)):
        desk = _desk(workspace, catalogue, settings, as_of=as_of, at=at)
        rounds = [_rounds(workspace, catalogue, settings, desk, body, once=asked.once) for body in bodies]
        why = _reasons(workspace, catalogue, as_of)
        release = _run(workspace, catalogue, as_of, why) if why else ""
    if asked.json:
        answer({"bodies": [asdict(one) for one in rounds], "run": release, "because": why})
    for one in rounds:
        _tell(one)
    say(f"release {release}: " + "; ".join(why) if why else "no run: nothing new arrived and no monthly check is due")
    return 1 if any(one.unreachable or one.aside for one in rounds) else 0


def _tell(one: Round) -> None:
    say(
        f"{one.body}: {one.taken} messages taken in ({one.new_files} new files), {one.known} known before, {one.waiting} to try again"
    )
    for trial in one.aside:
        say(f"  set aside {trial.trial} (message {trial.message}): {trial.reason}")
    if one.unreachable:
        say(f"  not reached: {one.unreachable}")


def _rounds(workspace: Path, catalogue: Catalogue, settings: Settings, desk: Desk, body: str, *, once: bool) -> Round:
    """Rounds with one body until a second look finds nothing to take or to try again; their sum."""
    way, declared = settings.ways[body], catalogue.bodies[body]
    connection = Connection(body, way.exchange, way.divisions, _book(workspace).key(body), declared.rows_back)
    ledger = Ledger(_home(workspace) / body)
    taken = new_files = known = 0
    aside: list[Any] = []
    for number in range(1 if once else MOST_ROUNDS):
        made = go_round(connection, ledger, desk)
        taken, new_files, known = taken + made.taken, new_files + made.new_files, known + made.known
        aside += made.aside
        if number and not made.taken and not made.waiting:
            break
    return Round(body, taken, new_files, known, made.waiting, tuple(aside), made.unreachable)


def _desk(workspace: Path, catalogue: Catalogue, settings: Settings, *, as_of: date, at: datetime) -> Desk:
    def deliver(paths: Sequence[Path], body: str, divisions: tuple[str, ...], day: date) -> list[FileTaken]:
        # Written first: killed after the delivery and before the run, the next command knows that there is a reason to run.
        _arrived(workspace).touch()
        reports = public.deliver(
            paths, workspace=workspace, catalogue=catalogue, as_of=as_of, source=body, divisions=divisions, sent=day
        )
        return [_taken(workspace, report, by=f"exchange with {body}", at=at) for report in reports]

    key = _our_key(workspace)
    return Desk(settings.place, key, deliver, at, public.REFUSALS, PAUSES, time.sleep)


def _taken(workspace: Path, report: public.DeliveryReport, *, by: str, at: datetime) -> FileTaken:
    rows = public.quarantine(workspace, report.delivery, by=by, at=at) if report.rejected and report.delivery else ""
    return FileTaken(
        name=report.file,
        dataset=report.dataset,
        received=report.received,
        accepted=report.accepted,
        rejected=report.rejected,
        reasons=report.reasons,
        error=report.error.as_json() if report.error else None,
        rows=rows,
        new=report.state in ("accepted", "held"),
    )


def _reasons(workspace: Path, catalogue: Catalogue, as_of: date) -> list[str]:
    """Why a run is due: something arrived since the last one, or the day of a monthly check has come."""
    why = ["new deliveries arrived"] if _arrived(workspace).exists() else []
    try:
        checks = public.due(workspace, as_of=as_of, catalogue=catalogue)[1]
    except YearNotLoaded as missing:
        # What arrived is looked at all the same; only the days of the monthly checks cannot be told.
        say(f"no monthly check can be told: {missing}")
        checks = []
    return why + [f"the monthly check {one.schedule} fell due on {one.day}" for one in checks if not one.done]


def _run(workspace: Path, catalogue: Catalogue, as_of: date, why: Sequence[str]) -> str:
    say("running the monitoring: " + "; ".join(why))
    progress = Progress()
    report = public.run(workspace, as_of=as_of, now=moment(as_of.isoformat())[1], catalogue=catalogue, progress=progress)
    progress.close()
    _arrived(workspace).unlink(missing_ok=True)
    return report.release


def _home(workspace: Path) -> Path:
    return workspace / "exchange"


def _arrived(workspace: Path) -> Path:
    return _home(workspace) / "arrived"


def _book(workspace: Path) -> Book:
    return Book(_home(workspace) / "keys")


def _our_key(workspace: Path) -> SigningKey:
    path = workspace / "keys" / "exchange.pem"
    return read_signing_key(path) if path.exists() else new_signing_key(path)


def bounds_of(workspace: Path, catalogue: Catalogue, source: str | None, on: date) -> dict[str, Any]:
    """For whom and up to which day a source may speak whose files are delivered by hand; empty for one that nobody declared."""
    if source not in catalogue.bodies:
        return {}
    found: dict[str, Any] = {"sent": on}
    if (workspace / "exchange.toml").exists():
        try:
            settings = read_settings(workspace, catalogue.bodies, invented=public.is_invented(workspace))
        except SettingsWrong as wrong:
            raise Refused(str(wrong), code="SettingsWrong") from None
        way = settings.ways.get(source)
        found |= {"divisions": way.divisions} if way else {}
    return found


# --- what is due, what was set aside ---------------------------------------------------------------------------------


def _due(asked: argparse.Namespace) -> int:
    as_of = day_asked(asked.as_of)
    datasets, checks = public.due(asked.workspace, as_of=as_of, catalogue=public.catalogue(*asked.catalogue))
    if asked.json:
        answer({"datasets": [asdict(one) for one in datasets], "checks": [asdict(one) for one in checks]})
        return 0
    for one in datasets:
        if one.state != "here":
            late = f" by {one.late_by} working days" if one.state == "late" else ""
            print(f"{one.body} {one.dataset}: {one.state}{late}; " + (f"speaks up to {one.until}" if one.until else "never came"))
    for check in checks:
        print(f"check {check.schedule}: fell due on {check.day}, " + ("done" if check.done else "waits for a run"))
    here = sum(one.state == "here" for one in datasets)
    say(f"{here} of {len(datasets)} datasets are here, as of {as_of}")
    return 0


def _aside(asked: argparse.Namespace) -> int:
    ledgers = {path.parent.name: Ledger(path.parent) for path in sorted(_home(asked.workspace).glob("*/tried"))}
    found = [(body, ledger, one) for body, ledger in ledgers.items() for one in ledger.aside()]
    if asked.again:
        matching = [(ledger, one) for _, ledger, one in found if one.trial == asked.again]
        if not matching:
            raise Refused(f"no message {asked.again!r} is aside", code="aside", next="`jiuzhu aside` lists them")
        for ledger, one in matching:
            ledger.forget(one.trial)
        say("the next exchange tries it again, as if for the first time")
        return 0
    if asked.json:
        answer({"aside": [{"body": body, **asdict(one)} for body, _, one in found]})
        return 0
    for body, _, one in found:
        print(f"{one.trial} {body} message {one.message}: {one.reason}")
    say(f"{len(found)} messages are aside")
    return 0


# --- keys, and the other side ----------------------------------------------------------------------------------------


def _keys(asked: argparse.Namespace) -> int:
    book = _book(asked.workspace)
    if asked.json:
        answer({"pages": [asdict(page) for page in book.pages()]})
        return 0
    for page in book.pages():
        print(f"{page.at} {page.body} {page.fingerprint} {page.act} by {page.by}: {page.because}")
    for page in book.waiting():
        say(f"waits for another officer: jiuzhu exchange-keys confirm {page.body} {page.fingerprint}")
    return 0


def _ours(asked: argparse.Namespace) -> int:
    public_key = _our_key(asked.workspace).public
    print(public_key.as_pem().decode(), end="")
    say(f"fingerprint {public_key.fingerprint}")
    return 0


def _propose(asked: argparse.Namespace) -> int:
    declared = public.catalogue(*asked.catalogue).bodies.get(asked.body)
    if declared is None:
        raise Refused(
            f"there is no source {asked.body!r}", code="body", value=asked.body, next="catalogue/sources has one file a body"
        )
    if not asked.file.is_file():
        raise Refused(
            f"{asked.file} is not there", code="no_file", file=str(asked.file), next="give the public key as a PEM file"
        )
    told = {"by": asked.by, "because": asked.because, "at": datetime.now(BEIJING)}
    found = _book(asked.workspace).propose(asked.body, asked.file.read_bytes(), declared.signing, **told)
    say(f"key {found} of {asked.body} waits for another officer, who compares it with the body by telephone:")
    say(f"  jiuzhu exchange-keys confirm {asked.body} {found} --by WHO --because REASON")
    return 0


def _confirm(asked: argparse.Namespace) -> int:
    at = datetime.now(BEIJING)
    _book(asked.workspace).confirm(asked.body, asked.fingerprint, by=asked.by, because=asked.because, at=at)
    say(f"messages of {asked.body} count from now on if they are signed with key {asked.fingerprint}")
    return 0


def _send(asked: argparse.Namespace) -> int:
    for path in asked.files:
        if not path.is_file():
            raise Refused(f"{path} is not there", code="no_file", file=str(path), next="give files that exist")
    if asked.made_at and "T" not in asked.made_at:
        raise Refused(f"{asked.made_at!r} is no instant", code="made_at", value=asked.made_at, next="write 2026-11-20T09:30")
    made_at = moment(asked.made_at)[1] if asked.made_at else datetime.now(BEIJING)
    key = read_signing_key(asked.key) if asked.key.exists() else new_signing_key(asked.key)
    told = {"body": asked.body, "to": asked.to, "number": asked.number, "made_at": made_at}
    folder = write_message(asked.outbox, asked.files, key=key, **told)
    asked.key.with_suffix(".public.pem").write_bytes(key.public.as_pem())
    say(f"message {folder.name} lies in {asked.outbox}; signed with key {key.public.fingerprint}")
    return 0
