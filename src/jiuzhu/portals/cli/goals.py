"""`goals` measures the four goals: coverage, connection, delay and precision."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jiuzhu.portals.cli.answers import BEIJING, answer, day_asked, say
from jiuzhu.portals.cli.calibration import outcomes_in
from jiuzhu.portals.cli.database import open_database
from jiuzhu.registry import public

UNKNOWN = "未知 / not known"


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    goals = commands.add_parser("goals", parents=[common], help="measure the goals: coverage, connection, delay, precision")
    ends = goals.add_mutually_exclusive_group()
    ends.add_argument("--outcomes", type=Path, metavar="FILE", help="how visits ended; columns as for propose")
    ends.add_argument("--desk", action="store_true", help="how visits recorded on the desk ended")
    goals.add_argument("--as-of", metavar="DAY", help="default: today")
    goals.add_argument("--json", action="store_true")
    goals.set_defaults(act=_goals, operation="sources.read")


def _goals(asked: argparse.Namespace) -> int:
    outcomes = (
        outcomes_in(asked.outcomes) if asked.outcomes is not None else _of_the_desk(asked.workspace) if asked.desk else None
    )
    told = public.goals(asked.workspace, day_asked(asked.as_of), outcomes=outcomes)
    if asked.json:
        answer(told.as_json())
        return 0
    for part in (_coverage, _connection, _delay, _precision):
        for line in part(told):
            print(line)
    say(f"as of {told.as_of}, release {told.release}")
    return 0


def _of_the_desk(workspace: Path) -> Mapping[str, public.Outcome]:
    """The outcomes of the visits that were recorded on the desk of this workspace."""
    open_database(workspace)
    from jiuzhu.casework.accounts.permissions import Console
    from jiuzhu.casework.supervision.yields import outcomes_for_goals

    return outcomes_for_goals(viewer=Console(), at=datetime.now(BEIJING))


def _coverage(told: public.Goals) -> list[str]:
    one = told.coverage
    lines = [
        f"覆盖无死角 / coverage without dead corner: {_share(one.fresh, one.pairs)}",
        f"  规则所读数据集 {one.datasets:,} 个 × 县 {one.counties:,} 个，数据起于 {one.since or '-'} / "
        f"datasets that rules read, in each county of the release; their data begin {one.since or '-'}",
    ]
    for corner in one.dead_corners:
        where = (
            f"{corner.dataset} {corner.title_zh} ({corner.department}), {corner.division} {public.division_name(corner.division)}"
        )
        if corner.since is None:
            lines.append(f"  死角 / dead corner: {where}: 从未报送 / never came")
        else:
            lines.append(f"  死角 / dead corner: {where}: 自 / since {corner.since}, 数据到 / newest {corner.newest}")
    return lines


def _connection(told: public.Goals) -> list[str]:
    one = told.connection
    lines = [
        f"数据全联通 / data all connected: {_share(one.delivered, one.datasets)} 报送过 / ever came, "
        f"{_share(one.in_force, one.datasets)} 有效 / in force",
        f"  目录全部数据集，数据起于 {one.since or '-'}；无单位认领 {one.unclaimed:,} 个 / "
        f"all datasets of the catalogue; data begin {one.since or '-'}; {one.unclaimed:,} that no body states",
    ]
    for part in one.departments:
        missing = f"; 未报送 / never came: {', '.join(part.missing)}" if part.missing else ""
        unclaimed = f"; 无认领 / stated by no body: {', '.join(part.unclaimed)}" if part.unclaimed else ""
        lines.append(
            f"  {part.department}: {part.delivered} / {part.datasets}, 有效 / in force {part.in_force}{missing}{unclaimed}"
        )
    return lines


def _delay(told: public.Goals) -> list[str]:
    looks, records = told.delay.looks, told.delay.records
    lines = ["更新零时延 / no update delay"]
    if looks is None:
        lines.append(f"  批次，报送至预警流 / deliveries, from acknowledged to in the stream: {UNKNOWN}")
    else:
        lines.append(
            f"  批次，报送至预警流 / deliveries, from acknowledged to in the stream: {_spread(looks, _seconds)}; "
            f"最近 {looks.looks:,} 次 / the last {looks.looks:,} looks, 自 / since {_moment(looks.since)}"
        )
    if records is None:
        lines.append(f"  逐条，递交至预警流 / single records, from handed in to in the stream: {UNKNOWN}")
    else:
        lines.append(
            f"  逐条，递交至预警流 / single records, from handed in to in the stream: {_spread(records, _milliseconds)}; "
            f"最近 {records.records:,} 条 / the last {records.records:,} records, 自 / since {_moment(records.since)}; "
            f"其中 {records.waited:,} 条留待下次比对，等待未计入 / {records.waited:,} of them wait for a look, and how long is not in it"
        )
    return lines


def _precision(told: public.Goals) -> list[str]:
    one = told.precision
    whole = UNKNOWN if one.whole is None else _finds(one.whole)
    lines = [f"洞察全智能，预警准确率 / insight, precision of warnings: {whole}"]
    if one.whole is None:
        lines.append("  尚无走访结果 / no outcome of a visit was given")
    else:
        lines.append(f"  有走访结果的已发布预警 / issued warnings with an outcome, {one.since} – {one.until}")
    if one.not_issued:
        lines.append(f"  {one.not_issued:,} 条结果不属于已发布预警 / {one.not_issued:,} outcomes are of no warning ever issued")
    return lines + [f"  {code}: {_finds(share)}" for code, share in one.by_indicator.items()]


def _finds(one: public.Share) -> str:
    low, high = one.interval
    return f"{_share(one.finds, one.visits)}, 95%: {low:.1%} – {high:.1%}"


def _share(good: int, whole: int) -> str:
    return f"{good / whole:.1%} ({good:,} / {whole:,})" if whole else UNKNOWN


def _spread(one: Any, shown: Callable[[float], str]) -> str:
    """one: a Latency or the same of takings."""
    if one.p50 is None:
        return UNKNOWN
    return f"p50 {shown(one.p50)}, p95 {shown(one.p95)}, 最长 / longest {shown(one.longest)}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def _moment(seconds: float | None) -> str:
    return UNKNOWN if seconds is None else datetime.fromtimestamp(seconds, BEIJING).strftime("%Y-%m-%d %H:%M")
