"""`look` takes in at once what was delivered; `stream` lists what that changed."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from typing import Any

from jiuzhu.portals.cli.answers import BEIJING, Refused, answer, moment, say
from jiuzhu.portals.cli.site import prepare_desk
from jiuzhu.registry import public


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    look = commands.add_parser(
        "look", parents=[common], help="ask again about those whom new deliveries touch, and put what changed on the desk"
    )
    look.add_argument("--as-of", metavar="DAY", help="the day it is (default: that of the current release)")
    look.add_argument("--engine", choices=tuple(public.ENGINES), default="columnar")
    look.add_argument("--json", action="store_true")
    look.set_defaults(act=_look, operation="monitoring.run")
    stream = commands.add_parser("stream", parents=[common], help="list what new deliveries changed, in order, as JSON lines")
    stream.add_argument("--after", type=int, default=0, metavar="N", help="only entries with a greater number")
    stream.set_defaults(act=_stream, operation="warnings.export")


def _look(asked: argparse.Namespace) -> int:
    if asked.as_of is None and public.current(asked.workspace) is None:
        raise Refused(
            f"{asked.workspace}: there is no release whose day could be meant", code="as_of", next="say the day with --as-of"
        )
    as_of, now = moment(asked.as_of or public.release(asked.workspace).as_of.isoformat())
    report = public.look(
        asked.workspace,
        as_of=as_of,
        now=now.astimezone(BEIJING),
        catalogue=public.catalogue(*asked.catalogue),
        clock=time.time,
        engine=asked.engine,
    )
    prepare_desk(asked.workspace, report.release)
    if asked.json:
        answer(report.as_json())
    found = ", ".join(f"{count:,} {change}" for change, count in report.entries.items()) or "nothing changed"
    say(f"{report.deliveries:,} deliveries, {report.asked:,} people asked about; {found}; the stream stands at {report.last:,}")
    if report.whole:
        say(f"whole run, because {report.whole}")
    if report.latency is not None:
        told = report.latency
        say(
            f"from delivery to entry {told.last.seconds:.1f} s; of the last {told.looks:,} looks "
            f"p50 {told.p50:.1f} s, p95 {told.p95:.1f} s, longest {told.longest:.1f} s"
        )
    return 0


def _stream(asked: argparse.Namespace) -> int:
    for entry in public.stream(asked.workspace, after=asked.after):
        answer(asdict(entry))
    return 0
