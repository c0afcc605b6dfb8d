"""`verify`: many people at once, each under a live authorisation, answered item by item; nobody else's record is read."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from jiuzhu.portals.cli.answers import BEIJING, Refused, moment, say
from jiuzhu.portals.cli.database import open_database
from jiuzhu.registry import public


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    verify = commands.add_parser("verify", parents=[common], help="verify people who signed an authorisation, item by item")
    verify.add_argument(
        "--ids", metavar="FILE|-", help="id numbers, one a line, from a file or standard input; without it all who signed"
    )
    verify.add_argument(
        "--authorisation", required=True, metavar="NO", help="its number, or 'each' for everybody's own, whichever number it has"
    )
    verify.add_argument(
        "--for", dest="template", default="assistance", metavar="BUSINESS", help="a business of catalogue/verification"
    )
    verify.add_argument("--as-of", metavar="DAY", help="the day on which an authorisation must be live (default: now)")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(act=_verify, operation="verification.batch")


def _verify(asked: argparse.Namespace) -> int:
    public.release(asked.workspace)  # without one there is nothing to read
    open_database(asked.workspace)
    from jiuzhu.casework.accounts.permissions import Console
    from jiuzhu.casework.verification.batch import verify_many
    from jiuzhu.casework.verification.refusals import NotAuthorised, NothingAsked

    at = moment(asked.as_of)[1] if asked.as_of else datetime.now(BEIJING)
    begun = time.perf_counter()
    try:
        batch = verify_many(
            workspace=asked.workspace, authorisation=asked.authorisation, id_numbers=_numbers(asked.ids), by=Console(), at=at,
            template=asked.template,
        )  # fmt: skip
    except NotAuthorised as refusal:
        raise Refused(
            str(refusal), code="not_authorised", rule="K1: each adult signs", next="have them sign, then verify again"
        ) from None
    except NothingAsked:
        raise Refused(
            f"there is no business '{asked.template}'", code="business", value=asked.template, next="see catalogue/verification"
        ) from None
    seconds = time.perf_counter() - begun
    say(
        f"{batch.number}: {len(batch.people):,} people, {len(batch.items)} items, release of {batch.as_of}, {seconds:.1f} s; "
        f"{len(batch.refused):,} without authorisation, {batch.unknown:,} id numbers nobody has"
    )
    shown = _shown(asked.workspace, [*batch.people, *batch.refused], at)
    _tell(batch, shown, as_json=asked.json)
    return 0


def _numbers(ids: str | None) -> list[str] | None:
    """Id numbers never stand on the command line, where every process of the machine reads them."""
    if ids is None:
        return None
    if ids != "-" and not Path(ids).is_file():
        raise Refused(
            f"{ids} is not there", code="no_file", file=ids, next="give a file with one id number a line, or - for standard input"
        )
    text = sys.stdin.read() if ids == "-" else Path(ids).read_text(encoding="utf-8-sig")
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if not found:
        raise Refused("no id number was given", code="no_ids", next="write one a line")
    return found


def _shown(workspace: Path, people: list[int], at: datetime) -> dict[int, str]:
    """How a person is called: by id number in an invented workspace, else by the number this workspace gave."""
    if not public.is_invented(workspace):
        return {person: str(person) for person in people}
    known = public.identities(workspace, people, full=True, by="console", purpose="verification of many", at=at)
    return {person: known[person].number if person in known else str(person) for person in people}


def _tell(batch: Any, shown: dict[int, str], *, as_json: bool) -> None:
    """Written line by line: a million people are answered without being held at once."""
    head = {"report_no": batch.number, "as_of": batch.as_of.isoformat(), "authorisation": batch.authorisation}
    if as_json:
        print(json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": [')
    before = ""
    for line in batch.lines():
        row = {
            "item_id": line.item, "person": shown[line.person], "declared": "", "found": line.found, "source": line.source,
            "data_date": line.data_date.isoformat() if line.data_date else "", "state": line.state, "limit": line.limit,
        }  # fmt: skip
        if as_json:
            sys.stdout.write(before + json.dumps(row, ensure_ascii=False))
            before = ",\n"
        else:
            print("\t".join(row.values()))
    if as_json:
        print("]}")
