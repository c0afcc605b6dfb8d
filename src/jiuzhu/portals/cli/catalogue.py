"""`catalogue check`: every fault of the declarations, with file, line, rule and mend; then every example on every engine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from jiuzhu.portals.cli import pages
from jiuzhu.portals.cli.answers import say
from jiuzhu.registry import public
from jiuzhu.rules.check import check_folder


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    room = commands.add_parser("catalogue", help="the declarations: datasets, facts, indicators, parameters")
    acts = room.add_subparsers(dest="act_on_catalogue", required=True, metavar="ACT")
    check = acts.add_parser("check", parents=[common], help="check every declaration and run every example")
    check.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="a further folder, checked on top of the national one")
    check.add_argument("--no-examples", action="store_true", help="only read the declarations")
    check.set_defaults(act=_check, operation="catalogue.check")
    pages.add_commands(acts, common)


def _check(asked: argparse.Namespace) -> int:
    folders = [public.NATIONAL, *asked.catalogue, *([asked.folder] if asked.folder else [])]
    faults = check_folder(*folders)
    for fault in faults:
        print(fault)
    if faults:
        say(f"{len(faults)} faults in the declarations; mend them and check again")
        return 1
    catalogue = public.catalogue(*folders[1:])
    wrong = [] if asked.no_examples else public.run_examples(catalogue)
    for example in wrong:
        print(example)
    examples = sum(len(item.examples) for item in catalogue.indicators.values())
    say(
        f"{len(catalogue.datasets)} datasets, {len(catalogue.facts)} facts, {len(catalogue.indicators)} indicators, "
        f"{examples} examples; {len(wrong)} wrong"
    )
    return 1 if wrong else 0
