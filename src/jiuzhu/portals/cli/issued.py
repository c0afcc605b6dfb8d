"""`issued` says how many warnings were ever issued, and by what."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from jiuzhu.portals.cli.answers import answer, say
from jiuzhu.registry import public

SUBJECTS = {
    "person": ("个人", "people"),
    "living": ("共同生活家庭", "living households"),
    "hukou": ("户籍家庭", "hukou households"),
}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    issued = commands.add_parser("issued", parents=[common], help="count the warnings that were ever issued")
    issued.add_argument("--by", choices=("indicator", "division", "month"), help="also line by line")
    issued.add_argument("--json", action="store_true")
    issued.set_defaults(act=_issued, operation="warnings.count")


def _issued(asked: argparse.Namespace) -> int:
    told = public.issued(asked.workspace)
    if asked.json:
        answer(told.as_json())
        return 0
    print(f"累计发布预警 / warnings issued: {_line(told.total)}")
    for kind, (zh, en) in SUBJECTS.items():
        print(f"  {zh} / {en}: {_line(told.by_subject.get(kind, public.Count()))}")
    print(f"  不重复 / different ones: {told.different:,}")
    if asked.by == "division":
        _lines(told.by_county)
        _lines(told.by_township)
    elif asked.by:
        _lines(told.by_indicator if asked.by == "indicator" else told.by_month)
    say(f"from the release of {told.since} to that of {told.until}, entries up to {told.last:,}")
    return 0


def _lines(counts: Mapping[str, public.Count]) -> None:
    for key, count in counts.items():
        name = public.division_name(key) if key.isdigit() else ""
        print(f"{key or '不详 / not known'}{' ' + name if name else ''}: {_line(count)}")


def _line(count: public.Count) -> str:
    repaired = f", 修复 / repaired {count.repaired:,}" if count.repaired else ""
    return f"预警 / warnings {count.warnings:,}, 提示 / hints {count.hints:,}{repaired}"
