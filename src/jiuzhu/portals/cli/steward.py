"""The data steward's commands: what was delivered, what waits for a verdict, and the rows that were sent back."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

from jiuzhu.portals.cli.answers import BEIJING, answer, day_asked, say
from jiuzhu.registry import public


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    listed = commands.add_parser("deliveries", parents=[common], help="list what was delivered, and what the gate holds and why")
    listed.add_argument("--held", action="store_true", help="only what waits for a person")
    listed.add_argument("--as-of", metavar="DAY", help="what a run on that day would hold back (default: today)")
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(act=_deliveries, operation="deliveries.read")
    verdict = commands.add_parser("verdict", parents=[common], help="let a held delivery through, or send it back")
    verdict.add_argument("delivery", metavar="DELIVERY")
    verdict.add_argument("word", choices=("release", "send_back"))
    verdict.add_argument("--by", required=True, metavar="WHO")
    verdict.add_argument("--because", required=True, metavar="REASON")
    verdict.set_defaults(act=_verdict, operation="deliveries.decide")
    rejected = commands.add_parser(
        "quarantine", parents=[common], help="write the rejected rows of a delivery as CSV, with reasons"
    )
    rejected.add_argument("delivery", metavar="DELIVERY")
    rejected.add_argument("--by", required=True, metavar="WHO", help="who looks: it is written down")
    rejected.set_defaults(act=_quarantine, operation="quarantine.read")


def _deliveries(asked: argparse.Namespace) -> int:
    delivered = public.deliveries(asked.workspace, as_of=day_asked(asked.as_of))
    told = [one for one in delivered if one.held or not asked.held]
    if asked.json:
        answer({"deliveries": [asdict(one) for one in told]})
        return 0
    for one in told:
        print(f"{one.delivery} {one.dataset} {one.period} {one.source}: {one.received} = {one.accepted} + {one.rejected}")
        for reason in one.held:
            print(f"  held: {reason}")
    say(f"{len(told):,} deliveries")
    return 0


def _verdict(asked: argparse.Namespace) -> int:
    now = datetime.now(BEIJING)
    public.verdict(asked.workspace, asked.delivery, asked.word, by=asked.by, because=asked.because, at=now)
    say(f"{asked.word} {asked.delivery}; the next run reads accordingly")
    return 0


def _quarantine(asked: argparse.Namespace) -> int:
    sys.stdout.write(public.quarantine(asked.workspace, asked.delivery, by=asked.by, at=datetime.now(BEIJING)))
    return 0
