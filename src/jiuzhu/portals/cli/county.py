"""`synthesise` invents a county; `deliver` takes in what departments hand over."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from jiuzhu.portals.cli.answers import Progress, Refused, answer, day_asked, moment, say
from jiuzhu.portals.cli.exchange import bounds_of
from jiuzhu.registry import public


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    invent = commands.add_parser("synthesise", parents=[common], help="invent a county with all datasets and known truth")
    invent.add_argument("--division", default="370502", help="county code of six digits")
    invent.add_argument("--residents", type=int, default=300_000)
    invent.add_argument("--months", type=int, default=24)
    invent.add_argument("--as-of", default=date(2026, 11, 20).isoformat())
    invent.add_argument("--seed", type=int, default=7)
    invent.add_argument("--out", type=Path, required=True, metavar="DIR")
    invent.add_argument("--json", action="store_true")
    invent.set_defaults(act=_synthesise, operation="county.invent")
    deliver = commands.add_parser("deliver", parents=[common], help="take in files or folders of deliveries")
    deliver.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    deliver.add_argument("--source", help="the office that delivers, if not the dataset's own department")
    deliver.add_argument("--as-of", metavar="DAY", help="say what a run on that day would hold back (default: today)")
    deliver.add_argument("--json", action="store_true")
    deliver.set_defaults(act=_deliver, operation="deliveries.hand_in")


def _synthesise(asked: argparse.Namespace) -> int:
    from jiuzhu.synthetic.county import synthesise

    day, _ = moment(asked.as_of)
    progress = Progress()
    made = synthesise(
        division=asked.division,
        residents=asked.residents,
        months=asked.months,
        as_of=day,
        seed=asked.seed,
        out=asked.out,
        catalogue=public.catalogue(*asked.catalogue),
        progress=progress,
    )
    progress.close()
    public.mark_invented(asked.workspace)
    told = {"out": str(asked.out), "residents": made.residents, "records": made.records, "files": made.files, "seed": asked.seed}
    if asked.json:
        answer(told)
    else:
        say(f"{made.records:,} records in {made.files:,} files under {asked.out}/deliveries; truth in {asked.out}/truth")
    return 0


def _deliver(asked: argparse.Namespace) -> int:
    """Exit code 1 if any file was refused; the others are in force all the same."""
    missing = [path for path in asked.paths if not path.exists()]
    if missing:
        raise Refused(
            f"{missing[0]} is not there", code="no_file", file=str(missing[0]), next="give a file or a folder that exists"
        )
    progress = Progress()
    catalogue, as_of = public.catalogue(*asked.catalogue), day_asked(asked.as_of)
    reports = public.deliver(
        asked.paths,
        workspace=asked.workspace,
        catalogue=catalogue,
        as_of=as_of,
        source=asked.source,
        progress=progress,
        **bounds_of(asked.workspace, catalogue, asked.source, as_of),
    )
    progress.close()
    if asked.json:
        answer({"deliveries": [report.as_json() for report in reports]})
    refused = [report for report in reports if report.state == "refused"]
    for report in refused:
        say(str(report.error))
    states = {state: sum(report.state == state for report in reports) for state in ("accepted", "duplicate", "held", "refused")}
    counted = {name: sum(getattr(report, name) for report in reports) for name in ("received", "accepted", "rejected")}
    say(
        f"{len(reports):,} deliveries: "
        + ", ".join(f"{n:,} {state}" for state, n in states.items() if n)
        + f"; rows {counted['received']:,} received = {counted['accepted']:,} accepted + {counted['rejected']:,} rejected"
    )
    return 1 if refused else 0
