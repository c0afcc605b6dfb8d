"""`sources` scores who delivers, `conflicts` shows whose words differ, `retracted` what warnings no longer rest on."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from jiuzhu.portals.cli.answers import BEIJING, answer, day_asked, say
from jiuzhu.registry import public

CONFLICT_COLUMNS = (
    "comparison",
    "subject",
    "name",
    "division_code",
    "dataset",
    "department",
    "source",
    "value",
    "said_on",
    "age_days",
    "verdict",
    "record_id",
)
PARTS = ("completeness", "validity", "timeliness", "agreement")


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    sources = commands.add_parser("sources", parents=[common], help="score every source: complete, valid, timely, agreeing")
    sources.add_argument("--release", metavar="R")
    sources.add_argument("--json", action="store_true")
    sources.set_defaults(act=_sources, operation="sources.read")
    conflicts = commands.add_parser("conflicts", parents=[common], help="list the people of whom sources say different things")
    conflicts.add_argument("--comparison", metavar="CODE", help="only this comparison of comparisons.toml")
    conflicts.add_argument("--division", default="", metavar="CODE", help="only people who live there")
    conflicts.add_argument("--limit", type=int, metavar="N", help="no more than N people")
    conflicts.add_argument("--format", choices=("text", "csv"), default="text")
    conflicts.add_argument("--by", required=True, metavar="WHO", help="who looks: it is written down")
    conflicts.add_argument("--release", metavar="R")
    conflicts.set_defaults(act=_conflicts, operation="sources.conflicts")
    retracted = commands.add_parser(
        "retracted", parents=[common], help="list warnings that rested on rows retracted or corrected since"
    )
    retracted.add_argument("--release", metavar="R", help="only this release (default: every release, the newest first)")
    retracted.add_argument("--as-of", metavar="DAY", help="what was known on that day (default: today)")
    retracted.add_argument("--json", action="store_true")
    retracted.set_defaults(act=_retracted, operation="sources.retracted")


def _sources(asked: argparse.Namespace) -> int:
    told = public.sources(asked.workspace, release=asked.release)
    if asked.json:
        answer({"sources": [_as_json(one) for one in told]})
        return 0
    for one in told:
        parts = ", ".join(f"{name} {_percent(getattr(one, name).percent)}" for name in PARTS)
        print(f"{_percent(one.score):>5} {one.dataset} {one.source}: {parts}; newest {one.newest or 'none'}")
    say(f"{len(told):,} sources; - is a part that could not be measured and does not count")
    return 0


def _as_json(one: public.SourceQuality) -> dict[str, Any]:
    parts = {name: {"good": getattr(one, name).good, "of": getattr(one, name).whole} for name in PARTS}
    return {**asdict(one), **parts, "score": str(one.score) if one.score is not None else None}


def _percent(number: object) -> str:
    return "-" if number is None else str(number)


def _conflicts(asked: argparse.Namespace) -> int:
    told = public.conflicts(
        asked.workspace,
        asked.comparison,
        by=asked.by,
        at=datetime.now(BEIJING),
        division=asked.division,
        limit=asked.limit,
        release=asked.release,
    )
    if asked.format == "csv":
        writer = csv.DictWriter(sys.stdout, CONFLICT_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _as_text(cell) for name, cell in line.items()} for line in _lines(told))
    else:
        for one in told:
            print(f"{one.comparison} {one.subject} {one.name} {one.division}")
            for said in one.statements:
                since = f" {said.said_on}" if said.said_on else ""
                print(f"  {said.verdict:<9} {said.value_zh} / {said.value_en}: {said.dataset}{since} {said.record_id}".rstrip())
    say(f"{len(told):,} conflicts")
    return 0


def _lines(told: Iterable[public.SideBySide]) -> Iterable[dict[str, Any]]:
    """One line a source's word."""
    for one in told:
        whom = {"comparison": one.comparison, "subject": one.subject, "name": one.name, "division_code": one.division}
        for said in one.statements:
            yield {**whom, **{name: getattr(said, name) for name in CONFLICT_COLUMNS if name not in whom}}


def _as_text(cell: Any) -> str:
    """A cell that a sheet would take for a formula is text (H2)."""
    text = "" if cell is None else str(cell)
    return "'" + text if text[:1] in ("=", "+", "@", "\t", "\r") or (text[:1] == "-" and not text[1:2].isdigit()) else text


def _retracted(asked: argparse.Namespace) -> int:
    """A warning that several releases gave is told once for each row and change, of the newest of them."""
    made = [public.release(asked.workspace, name) for name in public.releases(asked.workspace)]
    newest_first = sorted(made, key=lambda one: (one.as_of, one.release), reverse=True)
    names = [asked.release] if asked.release else [one.release for one in newest_first]
    found: dict[tuple[str, ...], public.RestedOn] = {}
    for name in names:
        for one in public.rested_on_retracted(asked.workspace, as_of=day_asked(asked.as_of), release=name):
            found.setdefault((one.warning_id, one.dataset, one.record_id, one.what, one.delivery), one)
    if asked.json:
        answer({"retracted": [asdict(one) for one in found.values()]})
        return 0
    for one in found.values():
        since = f" on {one.on}" if one.on else ""
        print(
            f"{one.warning_id} {one.indicator_id} {one.household_id} of {one.as_of}: {one.dataset} {one.record_id} {one.what}{since}"
        )
        for column, (before, after) in one.columns.items():
            print(f"  {column}: {before or '-'} -> {after or '-'}")
    say(f"{len(found):,} rows behind warnings changed since; look at each warning again, the next run evaluates it anyway")
    return 0
