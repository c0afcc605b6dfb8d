"""`residents`: whom to be and which code came, for whoever tries the residents' pages of an invented workspace."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from jiuzhu.portals.cli.answers import BEIJING, Refused
from jiuzhu.portals.cli.database import open_database
from jiuzhu.registry import public


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    room = commands.add_parser("residents", help="to try the residents' pages of an invented workspace")
    acts = room.add_subparsers(dest="act_on_residents", required=True, metavar="ACT")
    someone = acts.add_parser("someone", parents=[common], help="an invented resident: id number, name and telephone to type")
    someone.set_defaults(act=_someone, operation="factors.show")
    code = acts.add_parser("code", parents=[common], help="the code that was sent last, in an invented workspace only")
    code.set_defaults(act=_code, operation="factors.show")


def _someone(asked: argparse.Namespace) -> int:
    found = public.invented_resident(asked.workspace)
    if found is None:
        raise Refused("nobody here is invented and has a telephone", code="NotInvented", next="jiuzhu demo invents a county")
    print(found.number, found.name, found.phone, sep="\n")
    return 0


def _code(asked: argparse.Namespace) -> int:
    open_database(asked.workspace)
    from jiuzhu.casework.accounts.permissions import Console
    from jiuzhu.casework.residents import codes

    try:
        print(codes.shown(by=Console(), at=datetime.now(BEIJING)))
    except (codes.NotInvented, codes.NoCode) as wrong:
        raise Refused(str(wrong), code=type(wrong).__name__) from None
    return 0
