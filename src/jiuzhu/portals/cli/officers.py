"""`officers`: the first accounts of a workspace and their roles, given from the machine; afterwards the administrators give them."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, time
from getpass import getpass
from typing import Any

from jiuzhu.portals.cli.answers import BEIJING, Refused, day_asked, say
from jiuzhu.portals.cli.database import open_database
from jiuzhu.registry import public

SHORTEST_PASSWORD = 12


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    room = commands.add_parser("officers", help="accounts and roles, given from the machine")
    acts = room.add_subparsers(dest="act_on_officers", required=True, metavar="ACT")
    opened = acts.add_parser(
        "open", parents=[common], help="open an account; the password is asked for, or read from standard input"
    )
    opened.add_argument("account", metavar="ACCOUNT")
    opened.add_argument(
        "--staff-number", required=True, metavar="NUMBER", help="whose account: a second one is of the same person"
    )
    opened.add_argument("--name", required=True, metavar="NAME")
    opened.add_argument("--department", default="民政", metavar="NAME", help="of the office (default: 民政)")
    opened.add_argument("--division", required=True, metavar="CODE", help="of the office")
    opened.add_argument("--duty", default="", metavar="DUTY", help="system_administrator, … for who does no casework, for good")
    opened.set_defaults(act=_open, operation="accounts.open")
    given = acts.add_parser("assign", parents=[common], help="give an account a role until a day")
    given.add_argument("account", metavar="ACCOUNT")
    given.add_argument("role", metavar="ROLE")
    given.add_argument("--division", required=True, metavar="CODE")
    given.add_argument("--department", default="民政", metavar="NAME", help="of the office (default: 民政)")
    given.add_argument("--office-division", metavar="CODE", help="of the office (default: the division of the role)")
    given.add_argument("--until", required=True, metavar="DAY", help="the first day it no longer holds")
    given.set_defaults(act=_assign, operation="roles.assign")
    enrolled = acts.add_parser(
        "enrol", parents=[common], help="open the enrolment of a second factor; prints the word to hand over in person"
    )
    enrolled.add_argument("account", metavar="ACCOUNT")
    enrolled.add_argument("--because", default="first enrolment", metavar="WORDS", help="why; an old factor is void at once")
    enrolled.set_defaults(act=_enrol, operation="factors.open")
    shown = acts.add_parser("code", parents=[common], help="the code of a demo officer now, in an invented workspace only")
    shown.add_argument("account", metavar="ACCOUNT")
    shown.set_defaults(act=_code, operation="factors.show")


def _open(asked: argparse.Namespace) -> int:
    _database(asked)
    from django.db import IntegrityError, transaction

    from jiuzhu.casework.accounts import actions
    from jiuzhu.casework.accounts.permissions import Console

    at, by = datetime.now(BEIJING), Console()
    password = getpass("password / 密码: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST_PASSWORD:
        raise Refused("the password is too short", code="password", rule=f"at least {SHORTEST_PASSWORD} characters")
    told = {"account": asked.account, "staff_number": asked.staff_number, "name": asked.name, "duty": asked.duty}
    try:
        with transaction.atomic():  # a refused account leaves no office behind
            office = _office(asked.department, asked.division, at)
            actions.open_account(**told, password=password, office=office, by=by, at=at)
    except IntegrityError:
        raise Refused(
            f"account '{asked.account}' cannot be opened",
            code="account",
            next="choose another account, and a duty of permissions.toml",
        ) from None
    say(f"{asked.account} is open; it may do nothing until it has a role / 账号已开，授予角色后方可使用")
    return 0


def _assign(asked: argparse.Namespace) -> int:
    _database(asked)
    from django.db import transaction

    from jiuzhu.casework.accounts import actions, roles
    from jiuzhu.casework.accounts.permissions import Console

    at, by, officer = datetime.now(BEIJING), Console(), _officer(asked.account)
    until = datetime.combine(day_asked(asked.until), time(), BEIJING)
    term = {"since": at, "until": until}
    try:
        with transaction.atomic():
            office = _office(asked.department, asked.office_division or asked.division, at)
            roles.assign(officer=officer, role=asked.role, division_code=asked.division, office=office, by=by, at=at, **term)
    except (roles.WrongRole, actions.NoSuchDivision) as wrong:
        raise Refused(str(wrong), code=type(wrong).__name__) from None
    say(f"{asked.account}: {asked.role} in {asked.division} until {until.date()}")
    return 0


def _enrol(asked: argparse.Namespace) -> int:
    _database(asked)
    from jiuzhu.casework.accounts import factors
    from jiuzhu.casework.accounts.permissions import Console

    at, officer = datetime.now(BEIJING), _officer(asked.account)
    print(factors.open_enrolment(officer=officer, because=asked.because, by=Console(), at=at))
    days = factors.TICKET_HOLDS.days
    say(f"hand this over in person; it holds {days} days, once / 请当面交给本人，{days} 天内有效，只能用一次")
    return 0


def _code(asked: argparse.Namespace) -> int:
    _database(asked)
    from jiuzhu.casework.accounts import factors
    from jiuzhu.casework.accounts.permissions import Console
    from jiuzhu.crypto import one_time

    at = datetime.now(BEIJING)
    try:
        secret = factors.show_secret(officer=_officer(asked.account), by=Console(), at=at)
    except (factors.NotInvented, factors.WrongCode) as wrong:
        raise Refused(str(wrong), code=type(wrong).__name__) from None
    print(one_time.code_of(secret, one_time.step_of(at)))
    return 0


def _officer(account: str) -> Any:
    from jiuzhu.casework.accounts.models import Officer

    officer = Officer.objects.filter(account=account).first()
    if officer is None:
        raise Refused(f"there is no account '{account}'", code="account", next="open it first: jiuzhu officers open")
    return officer


def _database(asked: argparse.Namespace) -> None:
    """Accounts may be the first thing a workspace holds."""
    asked.workspace.mkdir(parents=True, exist_ok=True)
    open_database(asked.workspace)


def _office(department: str, division: str, at: datetime) -> Any:
    from jiuzhu.casework.accounts import actions
    from jiuzhu.casework.accounts.permissions import Console

    name = f"{public.division_name(division)}{department}" if division.isdigit() else department
    try:
        return actions.open_office(department=department, division_code=division, name=name, by=Console(), at=at)
    except actions.NoSuchDivision as wrong:
        raise Refused(str(wrong), code="NoSuchDivision") from None
