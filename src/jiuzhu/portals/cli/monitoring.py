"""`run` evaluates the rules, `warnings` lists what they found, `explain` says why one of them stands."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jiuzhu.portals.cli.answers import Progress, Refused, answer, moment, say
from jiuzhu.registry import public


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    run = commands.add_parser("run", parents=[common], help="evaluate all indicators and release what they find")
    run.add_argument("--as-of", required=True, metavar="DAY", help="2026-11-20 (24:00 Beijing time) or 2026-11-20T09:30")
    run.add_argument("--engine", choices=tuple(public.ENGINES), default="columnar")
    only = run.add_mutually_exclusive_group()
    only.add_argument("--sample", type=int, metavar="N", help="only N households, the same ones for every engine")
    only.add_argument(
        "--households", type=Path, metavar="FILE", help="only the households whose numbers stand in this file, one a line"
    )
    run.add_argument("--json", action="store_true")
    run.set_defaults(act=_run, operation="monitoring.run")
    warnings = commands.add_parser("warnings", parents=[common], help="list the warnings of a release")
    warnings.add_argument("--release", metavar="R")
    warnings.add_argument("--unknown", action="store_true", help="list what could not be decided instead")
    warnings.add_argument("--format", choices=("csv", "parquet", "json"), default="csv")
    warnings.add_argument("--out", type=Path, metavar="FILE")
    warnings.set_defaults(act=_warnings, operation="warnings.export")
    explain = commands.add_parser("explain", parents=[common], help="say why one warning stands")
    explain.add_argument("warning_id", metavar="WARNING_ID")
    explain.add_argument("--json", action="store_true")
    explain.set_defaults(act=_explain, operation="warnings.read")


def _run(asked: argparse.Namespace) -> int:
    as_of, now = moment(asked.as_of)
    if asked.engine == "reference" and asked.sample is None and asked.households is None:
        raise Refused(
            "the reference engine judges samples",
            code="engine",
            rule="reference needs --sample or --households",
            next="add --sample 500",
        )
    households = None
    if asked.households is not None:
        if not asked.households.exists():
            raise Refused(
                f"{asked.households} is not there",
                code="no_file",
                file=str(asked.households),
                next="give a file with one household number a line",
            )
        households = [line.strip() for line in asked.households.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    progress = Progress()
    report = public.run(
        asked.workspace,
        as_of=as_of,
        now=now,
        catalogue=public.catalogue(*asked.catalogue),
        engine=asked.engine,
        sample=asked.sample,
        households=households,
        progress=progress,
    )
    progress.close()
    told = report.as_json()
    if asked.json:
        answer(told)
    count = sum(line["count"] for line in told["indicators"])
    say(
        f"release {report.release}: {count:,} warnings and hints of {told['people']:,} people "
        f"in {told['seconds']:.1f} s; hash {told['hash'][:16]}"
    )
    if report.repaired:
        say(
            f"a fault of the platform: the stream said something else of {report.repaired:,} warnings on the same deliveries; "
            "marked entries mend it: `jiuzhu stream` lists them"
        )
    return 0


def _warnings(asked: argparse.Namespace) -> int:
    rows = public.warnings(asked.workspace, release=asked.release, unknown=asked.unknown, by="command")
    if asked.format == "parquet":
        if asked.out is None:
            raise Refused(
                "Parquet is no text", code="out", rule="--format parquet needs --out FILE", next="add --out warnings.parquet"
            )
        public.write_parquet(rows, asked.out)
    elif asked.out is not None:
        with asked.out.open("w", encoding="utf-8", newline="") as file:
            _write(rows, file, asked.format)
    else:
        _write(rows, sys.stdout, asked.format)
    return 0


def _write(rows: Iterable[Mapping[str, str]], file: Any, form: str) -> None:
    if form == "json":
        json.dump(list(rows), file, ensure_ascii=False)
        file.write("\n")
        return
    writer = csv.DictWriter(file, public.WARNING_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _explain(asked: argparse.Namespace) -> int:
    told = public.explain(asked.workspace, asked.warning_id)
    if asked.json:
        answer(told.as_json())
        return 0
    print(told.rule_zh)
    print(told.rule_en)
    limit = " ".join(told.limit.get(name, "") for name in ("value", "division", "from"))
    print(f"{told.value} {told.unit}; limit {limit}")
    for row in told.rows:
        print(f"  {row.dataset} {row.record_id} " + " ".join(f"{name}={text}" for name, text in row.columns.items() if text))
    for gap in told.unknown:
        print(f"  ? {gap.title_zh} {gap.why_zh} / {gap.title_en} {gap.why_en}")
    return 0
