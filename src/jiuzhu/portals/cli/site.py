"""Showing the county: `serve` the desk, `demo` from nothing to a page."""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from jiuzhu.portals.cli import serving
from jiuzhu.portals.cli.answers import BEIJING, Progress, moment, say
from jiuzhu.portals.cli.audit import seal_beside
from jiuzhu.portals.cli.database import open_database
from jiuzhu.portals.cli.demo_work import begin_work
from jiuzhu.registry import public
from jiuzhu.rules.permissions import ADMINISTRATORS
from jiuzhu.vocabulary.working_days import YearNotLoaded

DEMO_PASSWORD = "jiuzhu-demo-2026"
DEMO_SEED = 7
DEMO_RESIDENTS = 300_000
DEMO_DIVISION = "370502"
BEFORE = timedelta(
    days=60
)  # how long before its release the county's officers got their roles: there is work of theirs to look at


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    serve = commands.add_parser("serve", parents=[common], help="serve the desk on this machine")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--processes", type=int, default=1, help="that answer beside one another: one a core (default: 1)")
    serve.set_defaults(act=_serve, operation="platform.serve")
    demo = commands.add_parser(
        "demo", parents=[common], help="invent a county, deliver its files, run the monitoring, serve the desk"
    )
    demo.add_argument("--as-of", default="2026-11-20")
    demo.add_argument("--residents", type=int, default=DEMO_RESIDENTS)
    demo.add_argument("--division", default=DEMO_DIVISION)
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--no-serve", action="store_true", help="stop before serving")
    demo.set_defaults(act=_demo, operation="county.invent")


def _demo(asked: argparse.Namespace) -> int:
    """Each step is skipped when its result is already there, so a second start takes seconds."""
    from jiuzhu.synthetic.county import synthesise

    workspace: Path = asked.workspace
    _reached_at(asked.port)
    as_of, now = moment(asked.as_of)
    catalogue = public.catalogue(*asked.catalogue)
    progress = Progress()
    began = time.monotonic()
    invented = workspace / "county" / f"{asked.division}-{asked.residents}-{as_of}-{DEMO_SEED}"
    if not (invented / "truth" / "warnings.csv").exists():
        say(f"1/4 inventing {asked.residents:,} residents / 造一个县")
        synthesise(
            division=asked.division,
            residents=asked.residents,
            months=24,
            as_of=as_of,
            seed=DEMO_SEED,
            out=invented,
            catalogue=catalogue,
            progress=progress,
        )
        progress.close()
    public.mark_invented(workspace)
    if public.current(workspace) is None:
        say("2/4 delivering its files / 报送数据")
        public.deliver([invented / "deliveries"], workspace=workspace, catalogue=catalogue, as_of=as_of, progress=progress)
        progress.close()
    say("3/4 running the monitoring / 运行监测")
    report = public.run(workspace, as_of=as_of, now=now, catalogue=catalogue, progress=progress)
    progress.close()
    say("4/4 putting the warnings on the desk / 预警上工作台")
    prepare_desk(workspace, report.release)
    if applied := begin_work(workspace, at=min(datetime.now(BEIJING), now.astimezone(BEIJING))):
        say(f"{applied} families applied, their applications at every step / {applied} 户已申请，分别办到各个环节")
    found = sum(tally.count for tally in report.tallies)
    say(f"{found:,} warnings and hints in {time.monotonic() - began:.0f} s / 共 {found:,} 条预警和提示")
    if asked.no_serve:
        return 0
    return _listen(workspace, asked.port)


def _reached_at(port: int) -> None:
    """The address that printed codes lead to, where no other is set: that of this machine."""
    os.environ.setdefault("JIUZHU_ADDRESS", f"http://127.0.0.1:{port}")


def _serve(asked: argparse.Namespace) -> int:
    _reached_at(asked.port)
    release = public.current(asked.workspace)
    prepare_desk(asked.workspace, release)
    return _listen(asked.workspace, asked.port, asked.processes)


def prepare_desk(workspace: Path, release: str | None) -> None:
    """Database in shape, demo accounts there (in an invented workspace only), newest release and its stream taken in."""
    workspace.mkdir(parents=True, exist_ok=True)
    open_database(workspace)
    if public.is_invented(workspace):
        _demo_accounts(workspace)
    if release is not None:
        take_in(workspace, release)


def _demo_accounts(workspace: Path) -> None:
    """The demo's officers with their roles and second factors, given from the machine; a role that has ended since is given again
    for a year."""
    from jiuzhu.casework.accounts import actions, factors, roles
    from jiuzhu.casework.accounts.models import Officer
    from jiuzhu.casework.accounts.permissions import Console
    from jiuzhu.crypto import one_time

    at, by = datetime.now(BEIJING), Console()
    release = public.current(workspace)
    day = public.release(workspace, release).as_of if release else at.date()
    since = min(at, datetime(day.year, day.month, day.day, tzinfo=BEIJING)) - BEFORE
    for one in demo_accounts(workspace):
        place = public.division_name(one.division)
        office = actions.open_office(
            department=one.department, division_code=one.division, name=f"{place}{one.department}", by=by, at=at
        )
        officer = Officer.objects.filter(account=one.account).first() or actions.open_account(
            account=one.account,
            password=DEMO_PASSWORD,
            staff_number=f"demo {one.account}",
            name=one.title,
            office=office,
            duty=one.role if one.role in ADMINISTRATORS else "",
            by=by,
            at=at,
        )
        if not officer.assignments.filter(role=one.role, since__lte=at, until__gt=at).exists():
            term = {"since": since, "until": at + timedelta(days=365)}
            roles.assign(officer=officer, role=one.role, division_code=one.division, office=office, by=by, at=at, **term)
        if not factors.is_enrolled(officer):
            ticket = factors.open_enrolment(officer=officer, because="demo", by=by, at=at)
            secret = one_time.new_secret()
            shown = one_time.code_of(secret, one_time.step_of(at) - 1)  # so that the code of now is still to be used
            factors.enrol(officer=officer, ticket=ticket, secret=secret, code=shown, at=at)


@dataclass(frozen=True)
class DemoAccount:
    """title: what the account is called. place: where it works, as shown when the desk starts. department: whose office it is of."""

    account: str
    title: str
    role: str
    division: str
    place: str
    department: str = "民政"


def demo_accounts(workspace: Path) -> list[DemoAccount]:
    """An officer of each kind for the county that was invented, of the township with most people, and for policy of the city above."""
    township = public.largest_township(workspace)
    if township is None:
        return []
    county = township[:6]
    city = f"{county[:4]}00"
    above = city if public.division_name(city) != city else f"{county[:2]}0000"  # counties of a municipality have no city above
    names = {code: public.division_name(code) for code in (county, township)}
    return [
        DemoAccount("county", "县级审核员", "county_officer", county, names[county]),
        DemoAccount("township", "乡镇经办员", "township_officer", township, f"{names[county]} {names[township]}"),
        DemoAccount("steward", "数据管理员", "data_steward", county, names[county]),
        DemoAccount("steward2", "数据管理员（第二人）", "data_steward", county, names[county]),
        DemoAccount("county2", "县级复核员", "county_officer", county, names[county]),
        DemoAccount("township2", "乡镇经办员（第二人）", "township_officer", township, f"{names[county]} {names[township]}"),
        DemoAccount("surveyor", "入户调查员", "surveyor", township, f"{names[county]} {names[township]}"),
        DemoAccount("surveyor2", "入户调查员（第二人）", "surveyor", township, f"{names[county]} {names[township]}"),
        DemoAccount("policy", "政策管理员", "policy_officer", above, public.division_name(above)),
        DemoAccount("worker", "网格员", "grid_worker", township, f"{names[county]} {names[township]}"),
        DemoAccount("housing", "住建经办员", "department_officer", county, names[county], "住房城乡建设"),
        DemoAccount("medical", "医保经办员", "department_officer", county, names[county], "医疗保障"),
        DemoAccount("station", "社区救助站", "station_worker", township, f"{names[county]} {names[township]}"),
        DemoAccount("charity", "慈善总会联络员", "society_partner", county, names[county], "慈善总会"),
        DemoAccount("auditor", "审计监督员", "auditor", county, names[county]),
        DemoAccount("system", "系统管理员", "system_administrator", county, names[county]),
        DemoAccount("security", "安全管理员", "security_administrator", county, names[county]),
    ]


def take_in(workspace: Path, release: str) -> None:
    """The current release, if the desk has not got it, and what the stream added since."""
    from jiuzhu.casework.accounts import kin
    from jiuzhu.casework.calibration import actions as calibration
    from jiuzhu.casework.dispatch import actions, queries

    summary = public.release(workspace, release)
    catalogue = public.catalogue_of(workspace, release)
    calendar = public.working_days()

    def due(indicator: str) -> date | None:
        """The working day a warning must be decided by; None where it lies in a year whose calendar is not loaded."""
        try:
            return calendar.add(summary.as_of, catalogue.indicators[indicator].days)
        except YearNotLoaded:
            return None

    at = datetime.now(BEIJING)
    load = queries.newest_load()
    if load is None or load.release != release:
        rows = public.warnings(workspace, release=release, by="desk", named=False)
        number = public.joined_at(workspace, release)
        load = actions.take_release(release=release, as_of=summary.as_of, warnings=rows, due=due, at=at, stream_number=number)
        kin.find_households(near_of=kin.in_all_records(by="desk", at=at), at=at)
    entries = [asdict(entry) for entry in public.stream(workspace, after=load.stream_number)]
    actions.take_stream(entries=entries, as_of=summary.as_of, due=due, at=at)
    calibration.follow_release(release=release, at=at)


def _listen(workspace: Path, port: int, processes: int = 1) -> int:
    held = serving.taken(port)
    say(f"\n  http://127.0.0.1:{port}/   工作台 desk")
    if public.is_invented(workspace):
        for account in demo_accounts(workspace):
            say(f"  {account.account:<10} {DEMO_PASSWORD}   {account.place} {account.title}")
        say(f"  one-time code / 动态口令: jiuzhu officers code ACCOUNT --workspace {workspace}")
        say(f"\n  http://127.0.0.1:{port}/help/   群众端 residents")
        say(f"  whom to be / 用谁登录: jiuzhu residents someone --workspace {workspace}; 短信验证码: jiuzhu residents code")
        say("  所有人和数字都是虚构的 / every person and figure here is invented")
    say("  the mapped base is plain (without names): keep the workspace on an encrypted disk / 工作目录请放在加密磁盘上\n")
    from jiuzhu.portals.cli.worker import work_beside

    seal_beside()
    work_beside(workspace)
    if processes > 1:
        serving.answer_in(processes, held)
    serving.answer(held)
    return 0
