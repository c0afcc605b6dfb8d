"""`what-if` tries a number or a rule on the people of a release, and changes nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from jiuzhu.portals.cli.answers import Refused, answer
from jiuzhu.registry import public


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    tried = commands.add_parser(
        "what-if", parents=[common], help="try another number or rule on a release: who would be added, who lost"
    )
    tried.add_argument(
        "number", nargs="?", metavar="S01-E01.annual_self_pay_limit=8000", help="owner.name=value; .name=value for a shared one"
    )
    tried.add_argument("--rule", type=Path, metavar="FILE", help="an indicator's file, tried in the place of the one of its code")
    tried.add_argument("--division", default="000000", metavar="CODE", help="where the number holds (default: everywhere)")
    tried.add_argument("--release", metavar="R")
    tried.add_argument("--json", action="store_true")
    tried.set_defaults(act=_what_if, operation="what_if.run")


def _what_if(asked: argparse.Namespace) -> int:
    if (asked.number is None) == (asked.rule is None):
        raise Refused(
            "say what to try: one number, or one rule",
            code="what_if",
            rule="a number such as S01-E01.annual_self_pay_limit=8000, or --rule FILE",
            next="docs/reference/parameters.md lists the numbers",
        )
    change = _rule(asked) if asked.rule is not None else _number(asked.number, asked.division)
    told = public.what_if(asked.workspace, change, release=asked.release)
    if asked.json:
        answer(asdict(told))
        return 0
    print(f"{', '.join(told.indicators)}: {told.live:,} now, {told.tried:,} then; +{len(told.added):,} -{len(told.lost):,}")
    for line in told.lines:
        if line.live != line.tried:
            name = public.division_name(line.township)
            print(f"  {line.indicator} {line.township} {name} {line.grade}: {line.live:,} → {line.tried:,}")
    _list("+", told.added)
    _list("-", told.lost)
    return 0


def _list(sign: str, moved: Iterable[Any]) -> None:
    for one in moved:
        print(f"  {sign} {one.warning_id} {one.division} {one.live or 'none'} → {one.tried or 'none'}")


def _number(text: str, division: str) -> public.OtherNumber:
    name, _, value = text.partition("=")
    owner, dot, parameter = name.rpartition(".")
    try:
        if not dot:
            raise InvalidOperation
        return public.OtherNumber(owner, parameter, Decimal(value), division)
    except InvalidOperation:
        raise Refused(
            f"{text!r} is no number to try",
            code="what_if",
            rule="owner.name=value",
            next="write it like S01-E01.annual_self_pay_limit=8000",
        ) from None


def _rule(asked: argparse.Namespace) -> public.OtherRule:
    if not asked.rule.exists():
        raise Refused(f"{asked.rule} is not there", code="no_file", file=str(asked.rule), next="give the file of an indicator")
    text = asked.rule.read_text(encoding="utf-8")
    return public.rule_from(asked.workspace, text, asked.rule, release=asked.release)
