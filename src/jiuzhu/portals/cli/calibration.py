"""`propose` asks which numbers should move, `proposals` shows all that were made, `proposal` releases or declines one."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from jiuzhu.portals.cli.answers import BEIJING, Refused, answer, day_asked, say
from jiuzhu.registry import public

COLUMNS = ("warning_id", "month", "found")
WORDS = {"yes": True, "no": False}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    made = commands.add_parser(
        "propose", parents=[common], help="ask which numbers marked adaptive should move, and write it down"
    )
    made.add_argument(
        "--outcomes", type=Path, required=True, metavar="FILE", help="CSV: warning_id, month (2026-10), found (yes, no)"
    )
    made.add_argument("--by", required=True, metavar="WHO", help="who proposes; another person decides")
    made.add_argument("--division", metavar="CODE", help="where (default: the smallest division that holds the release)")
    made.add_argument("--visits", type=int, metavar="N", help="visits there are for these indicators (default: as many as now)")
    made.add_argument("--as-of", metavar="DAY", help="default: today")
    made.add_argument("--json", action="store_true")
    made.set_defaults(act=_propose, operation="proposals.make")
    shown = commands.add_parser("proposals", parents=[common], help="show every proposal, its decision, and what came of it")
    shown.add_argument("--outcomes", type=Path, metavar="FILE", help="to count finds since; columns as for propose")
    shown.add_argument("--as-of", metavar="DAY", help="default: today")
    shown.add_argument("--json", action="store_true")
    shown.set_defaults(act=_proposals, operation="proposals.read")
    decided = commands.add_parser("proposal", parents=[common], help="release a proposal into a catalogue folder, or decline it")
    decided.add_argument("word", choices=("release", "decline"))
    decided.add_argument("id", metavar="ID")
    decided.add_argument("--by", required=True, metavar="WHO")
    decided.add_argument("--because", required=True, metavar="TEXT")
    decided.add_argument("--from", dest="holds_from", metavar="DATE", help="the first day a released number holds")
    decided.add_argument("--json", action="store_true")
    decided.set_defaults(act=_decide, operation="proposals.decide")


def _propose(asked: argparse.Namespace) -> int:
    told = public.propose(
        asked.workspace,
        outcomes=outcomes_in(asked.outcomes),
        as_of=day_asked(asked.as_of),
        by=asked.by,
        division=asked.division,
        visits=asked.visits,
    )
    if asked.json:
        answer({**asdict(told), "proposals": [{"id": one.id, **asdict(one)} for one in told.proposals]})
        return 0
    for one in told.proposals:
        print(f"{one.id} {one.owner}.{one.name} {one.division}: {one.present} → {one.proposed}\n  {one.why_zh}\n  {one.why_en}")
    for stays in told.stays:
        print(f"- {stays.owner}.{stays.name} {stays.division}: {stays.present or '-'}\n  {stays.why_zh}\n  {stays.why_en}")
    say(
        f"{len(told.proposals):,} proposals, {len(told.stays):,} numbers stay; {told.visits_now:,} visits now, {told.budget:,} there "
        f"are; {told.used:,} of {told.outcomes:,} outcomes were of warnings of these numbers. No number has changed."
    )
    return 0


def _proposals(asked: argparse.Namespace) -> int:
    outcomes = outcomes_in(asked.outcomes) if asked.outcomes is not None else None
    told = public.proposals(asked.workspace, outcomes=outcomes, as_of=day_asked(asked.as_of))
    if asked.json:
        answer({"proposals": [asdict(one) for one in told]})
        return 0
    for one in told:
        what = one.proposal
        print(f"{one.id} {what.made_on} {what.owner}.{what.name} {what.division}: {what.present} → {what.proposed}, {one.state}")
        if one.decision is not None:
            since = f", from {one.decision.holds_from}" if one.decision.holds_from else ""
            print(f"  {one.decision.by} on {one.decision.at[:10]}{since}: {one.decision.because}")
        for seen in one.since:
            print(f"  {seen.as_of}: {seen.warnings:,} warnings ({what.visits_then:,} were expected, {what.visits_now:,} before)")
        if one.visited:
            print(f"  {one.found:,} finds of {one.visited:,} visits since")
    say(f"{len(told):,} proposals")
    return 0


def _decide(asked: argparse.Namespace) -> int:
    if asked.word == "release" and not (asked.catalogue and asked.holds_from):
        raise Refused(
            "a released number is written into a catalogue folder and holds from a day",
            code="proposal",
            rule="--catalogue DIR --from 2026-12-01",
            next="give the folder of your own numbers (the last one named is written) and the first day",
        )
    told = public.decide_proposal(
        asked.workspace,
        asked.id,
        asked.word,
        by=asked.by,
        because=asked.because,
        at=datetime.now(BEIJING),
        holds_from=day_asked(asked.holds_from) if asked.holds_from else None,
        folder=asked.catalogue[-1] if asked.catalogue else None,
        catalogue=public.catalogue(*asked.catalogue),
    )
    if asked.json:
        answer(asdict(told))
    elif told.holds_from:
        print(f"{told.proposal} released: a row of {asked.catalogue[-1]}/parameters/indicators.csv holds from {told.holds_from}")
    else:
        print(f"{told.proposal} declined")
    return 0


def outcomes_in(path: Path) -> Mapping[str, public.Outcome]:
    """warning_id, month and found of a CSV file; a warning visited more than once counts by its last row."""
    if not path.exists():
        raise Refused(f"{path} is not there", code="no_file", file=str(path), next=f"give a CSV file with {', '.join(COLUMNS)}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if lacking:
            raise Refused(
                f"{path} has no column {lacking[0]}",
                code="columns",
                file=str(path),
                column=lacking[0],
                rule=f"columns {', '.join(COLUMNS)}",
            )
        answers: dict[str, public.Outcome] = {}
        for row in reader:
            if row["found"] not in WORDS:
                raise Refused(
                    "an outcome is yes or no",
                    code="found",
                    file=str(path),
                    row=reader.line_num,
                    column="found",
                    value=row["found"],
                    next="write yes where a family in need was found, no where not; leave out visits that have not ended",
                )
            answers[row["warning_id"]] = public.Outcome(WORDS[row["found"]], row["month"])
    return answers
