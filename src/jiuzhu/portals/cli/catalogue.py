"""`catalogue check`: every fault of the declarations, with file, line, rule and mend; then every example on every engine.

`catalogue form`: a form of visits as an XLSForm workbook.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from jiuzhu.portals.cli import pages
from jiuzhu.portals.cli.answers import Refused, say
from jiuzhu.registry import public
from jiuzhu.rules import xlsform
from jiuzhu.rules.check import check_folder
from jiuzhu.rules.faults import nearest


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    room = commands.add_parser("catalogue", help="the declarations: datasets, facts, indicators, parameters")
    acts = room.add_subparsers(dest="act_on_catalogue", required=True, metavar="ACT")
    check = acts.add_parser("check", parents=[common], help="check every declaration and run every example")
    check.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="a further folder, checked on top of the national one")
    check.add_argument("--no-examples", action="store_true", help="only read the declarations")
    check.set_defaults(act=_check, operation="catalogue.check")
    form = acts.add_parser("form", parents=[common], help="write a form of visits as an XLSForm workbook")
    form.add_argument("code", metavar="FORM", help="its code, such as F04")
    form.add_argument("--out", type=Path, required=True, metavar="FILE.xlsx")
    form.set_defaults(act=_form, operation="catalogue.check")
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


def _form(asked: argparse.Namespace) -> int:
    catalogue = public.catalogue(*asked.catalogue)
    form = catalogue.forms.get(asked.code)
    if form is None:
        raise Refused(
            f"there is no form '{asked.code}'", code="form", value=asked.code, next=nearest(asked.code, catalogue.forms)
        )
    told = xlsform.sheets(form, catalogue.outcomes, {code: card.title for code, card in catalogue.duties.cards.items()})
    asked.out.write_bytes(xlsform.workbook(told))
    say(f"{form.code} {form.version} in {asked.out}: {len(form.questions)} questions")
    return 0
