"""`audit`: the record of acts. Take it away, prove it, seal it, look for odd looks in it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from jiuzhu.portals.cli.answers import BEIJING, Refused, answer, day_asked, say
from jiuzhu.portals.cli.beside import beside, going_on
from jiuzhu.portals.cli.database import open_database

EVERY = 1.0


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    audit = commands.add_parser("audit", help="the record of acts: export, verify, seal, odd looks")
    parts = audit.add_subparsers(dest="part", required=True, metavar="PART")
    export = parts.add_parser("export", parents=[common], help="write the whole record as JSON lines, for the verifier")
    export.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    export.set_defaults(act=_export, operation="events.verify")
    verify = parts.add_parser("verify", parents=[common], help="prove the record, and name the first bad event")
    verify.add_argument("export", type=Path, nargs="?", metavar="EXPORT", help="an export; default: the record as it stands")
    verify.add_argument(
        "--keys", type=Path, nargs="+", metavar="PEM", help="public keys of the seals, as the second keeper has them"
    )
    verify.add_argument("--heads", type=Path, metavar="FILE", help="heads.jsonl of the second keeper")
    verify.add_argument("--rows", type=Path, metavar="FILE", help="events.jsonl of the second sink")
    verify.set_defaults(act=_verify, operation="events.verify")
    odd = parts.add_parser("odd", parents=[common], help="look for odd looks of a day; run it every night")
    odd.add_argument("--day", metavar="DAY", help="default: yesterday")
    odd.add_argument("--json", action="store_true", help="each as a line of JSON")
    odd.set_defaults(act=_odd, operation="oddities.find")
    looks = parts.add_parser("looks", parents=[common], help="who looked at one family's file, as the family may be told")
    looks.add_argument("household", metavar="HOUSEHOLD", help="its number, as on its file")
    looks.add_argument("--proof", required=True, metavar="WORDS", help="who asks, and which paper was seen; kept encrypted")
    looks.add_argument("--json", action="store_true", help="each as a line of JSON")
    looks.set_defaults(act=_looks, operation="looks.tell")
    reached = parts.add_parser(
        "reached", parents=[common], help="after an incident: whom it reached, what of them, and when; as CSV"
    )
    reached.add_argument("--account", default="", metavar="ACCOUNT")
    reached.add_argument("--address", default="", metavar="ADDRESS", help="of the network, at signing in")
    reached.add_argument("--entry", default="", metavar="WRITER:NUMBER", help="one entry of the record, as of an export")
    reached.add_argument("--since", metavar="DAY")
    reached.add_argument("--until", metavar="DAY", help="that day too")
    reached.add_argument("--because", required=True, metavar="WORDS", help="why it is asked; kept encrypted")
    reached.set_defaults(act=_reached, operation="incidents.list")
    seal = parts.add_parser("seal", parents=[common], help="seal what is new and send it on; `serve` does so by itself")
    seal.add_argument("--every", type=float, metavar="SECONDS", help="go on until stopped")
    seal.set_defaults(act=_seal, operation="platform.serve")
    grant = parts.add_parser(
        "grant", parents=[common], help="let the platform run as an account of PostgreSQL that cannot change the record"
    )
    grant.add_argument("account", metavar="ACCOUNT", help="of the database, made with createuser; it owns nothing")
    grant.set_defaults(act=_grant, operation="platform.serve")


def _export(asked: argparse.Namespace) -> int:
    _open(asked.workspace)
    _record()
    if asked.out is None:
        for line in _lines():
            sys.stdout.buffer.write(line + b"\n")
        return 0
    from jiuzhu.crypto.files import appearing

    with appearing(asked.out) as file:
        file.writelines(line + b"\n" for line in _lines())
    return 0


def _verify(asked: argparse.Namespace) -> int:
    """Without EXPORT the platform asks the verifier about its own record, with all it knows; keeper and sink as the settings say."""
    from jiuzhu_verifier.__main__ import tell
    from jiuzhu_verifier.checks import verify

    for path in (asked.export, asked.heads, asked.rows, *(asked.keys or ())):
        if path is not None and not path.is_file():
            raise Refused(f"{path} is not there", code="file", file=str(path), next="name a file that can be read")
    secret, heads, rows, pems = None, asked.heads, asked.rows, asked.keys
    if asked.export is None:
        _open(asked.workspace)
        from django.conf import settings

        from jiuzhu.casework.trace import sealing, written
        from jiuzhu.casework.trace.keys import keys

        _record()
        secret = keys().index_key(written.CODE_KEY).secret
        keeper = Path(settings.SEAL_KEEPER)
        heads = heads or _there(keeper / sealing.HEADS)
        rows = rows or _there(Path(settings.SEAL_SINK) / sealing.ROWS)
        pems = pems or sorted(keeper.glob("*.pem")) or None
    with ExitStack() as files:
        told: Iterable[bytes] = files.enter_context(asked.export.open("rb")) if asked.export else _lines()
        opened = [files.enter_context(path.open("rb")) if path else None for path in (heads, rows)]
        known = [path.read_bytes() for path in pems] if pems else None
        return tell(verify(told, keys=known, heads=opened[0], rows=opened[1], code_key=secret))


def _odd(asked: argparse.Namespace) -> int:
    """Accounts, days and signs, never which family: that is seen on the desk, by who may."""
    _open(asked.workspace)
    from jiuzhu.casework.accounts.permissions import Console
    from jiuzhu.casework.supervision.actions import find_odd_looks

    at = datetime.now(BEIJING)
    day = day_asked(asked.day) if asked.day else at.date() - timedelta(days=1)
    found = find_odd_looks(day=day, by=Console(), at=at)
    for one in found:
        told = {"who": one.who, "day": one.day, "weight": one.weight, "reasons": one.reasons, "looks": len(one.events)}
        if asked.json:
            answer(told)
        else:
            print(f"{one.day}  {one.who:<16} {one.weight:>3}  {', '.join(one.reasons)}  ({len(one.events)})")
    say(f"{len(found)} odd looks on {day}; settle them on the desk / {day} 有 {len(found)} 件异常查看，请在工作台处理")
    return 0


def _reached(asked: argparse.Namespace) -> int:
    """Keys and divisions of families and people, no name: those whom the desk then tells are opened there."""
    _open(asked.workspace)
    from jiuzhu.casework.accounts.permissions import Console
    from jiuzhu.casework.supervision.incidents import Incident, TooVague, reached, write_csv

    since, until = (day_asked(day) if day else None for day in (asked.since, asked.until))
    incident = Incident(
        who=asked.account, address=asked.address, entry=asked.entry,
        since=datetime.combine(since, time(), BEIJING) if since else None,
        until=datetime.combine(until + timedelta(days=1), time(), BEIJING) if until else None,
    )  # fmt: skip
    try:
        found = reached(incident, because=asked.because, by=Console(), at=datetime.now(BEIJING))
    except TooVague as vague:
        raise Refused(str(vague), code="incident", next="--account, --address, --entry, or --since and --until") from None
    write_csv(found, sys.stdout)
    say(f"{len(found)} families and people reached / 涉及 {len(found)} 户、人")
    return 0


def _looks(asked: argparse.Namespace) -> int:
    """Offices, times and purposes, never an officer's name or a typed reason."""
    _open(asked.workspace)
    from jiuzhu.casework.accounts.permissions import Console
    from jiuzhu.casework.supervision import queries, residents

    at, where = datetime.now(BEIJING), queries.division_of(asked.household)
    try:
        told = residents.told_to_family(household=asked.household, division_code=where, proof=asked.proof, by=Console(), at=at)
    except residents.ProofMissing as missing:
        raise Refused(str(missing), code="proof", next="name the person and the paper with --proof") from None
    for one in told:
        first, last = (each.astimezone(BEIJING) for each in (one.first, one.last))
        if asked.json:
            words = {name: getattr(one, name).zh for name in ("office", "role", "what", "why")}
            answer(
                {"first": first.isoformat(), "last": last.isoformat(), "times": one.times, "on_a_list": one.on_a_list, **words}
            )
        else:
            among = f" ×{one.times}" if one.times > 1 else ""
            print(f"{first:%Y-%m-%d %H:%M}  {one.office.zh}  {one.role.zh}  {one.what.zh}{among}  {one.why.zh}")
    say(
        f"{len(told)} entries; protected investigations follow when they are released / 共 {len(told)} 条，受保护的调查解除后列出"
    )
    return 0


def _seal(asked: argparse.Namespace) -> int:
    _open(asked.workspace)
    if asked.every is not None:
        going_on(asked.every, _sealed_once)
    wrong = _sealed_once()
    if wrong:
        raise Refused(wrong, code="sealing")
    return 0


def seal_beside() -> None:
    """Seal once a second in this process, as long as it lives; what goes wrong `sealing_late` tells everybody else."""
    beside("sealer", EVERY, _sealed_once)


def _sealed_once() -> str:
    """Seal and forward; gives what went wrong, in words, else nothing."""
    from django.db import DatabaseError

    from jiuzhu.casework.trace import sealing
    from jiuzhu.crypto.keys import KeyMissing, KeyWrong
    from jiuzhu.crypto.signing import KeyUnfit

    try:
        at = datetime.now(BEIJING)
        sealing.seal(at=at)
        sealing.forward(at=at)
    except (sealing.ChainBroken, DatabaseError, KeyMissing, KeyWrong, KeyUnfit, OSError) as wrong:
        return f"sealing / 封存: {wrong}"
    return ""


def _grant(asked: argparse.Namespace) -> int:
    _open(asked.workspace)
    from jiuzhu.casework.trace.grants import NoSuchAccount, grant_to

    try:
        tables = grant_to(asked.account)
    except NoSuchAccount as wrong:
        raise Refused(str(wrong), code="account", value=asked.account) from None
    say(f"{asked.account}: {tables} tables; rows of the record can be added and read by it, never changed or removed")
    return 0


def _record() -> None:
    from django.db import transaction

    from jiuzhu.casework.trace.actions import Actor, record

    with transaction.atomic():
        record("events.verify", by=Actor("console", role="console"), at=datetime.now(BEIJING))


def _lines() -> Iterator[bytes]:
    from jiuzhu.casework.trace import exported, sealing

    return exported.lines(sealing.signing_key().public)


def _there(path: Path) -> Path | None:
    return path if path.is_file() else None


def _open(workspace: Path) -> None:
    """The database of a workspace, in shape. Raises Refused where there is no workspace."""
    if not workspace.is_dir():
        raise Refused(
            f"{workspace} is no workspace", code="workspace", next="name one with --workspace, or make one: jiuzhu demo"
        )
    open_database(workspace)
