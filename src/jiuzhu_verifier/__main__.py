"""`python -m jiuzhu_verifier EXPORT`: says whether a log is whole and names the first bad event. 0 whole, 1 not, 2 cannot tell."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from jiuzhu_verifier.checks import Report, verify

SHOWN = 20


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="jiuzhu-verify", description="check an exported event log / 核验导出的操作记录")
    parser.add_argument("export", type=Path, help="what `jiuzhu audit export` wrote")
    parser.add_argument(
        "--keys", type=Path, nargs="+", metavar="PEM", help="public keys of the seals, as somebody else kept them"
    )
    parser.add_argument("--heads", type=Path, metavar="FILE", help="heads.jsonl of the second keeper")
    parser.add_argument("--rows", type=Path, metavar="FILE", help="events.jsonl of the second sink")
    asked = parser.parse_args(words)
    try:
        with ExitStack() as files:
            opened = [files.enter_context(path.open("rb")) if path else None for path in (asked.export, asked.heads, asked.rows)]
            keys = [path.read_bytes() for path in asked.keys] if asked.keys else None
            assert opened[0] is not None
            report = verify(opened[0], keys=keys, heads=opened[1], rows=opened[2])
    except (OSError, ValueError) as wrong:
        print(wrong, file=sys.stderr)
        return 2
    return tell(report)


def tell(report: Report) -> int:
    """Print what was found, the first bad event first; returns the exit code."""
    for unasked in report.unasked:
        print(f"not checked / 未核验: {unasked}")
    print(
        f"{report.events:,} events, {report.seals:,} seals, {report.unsealed:,} events not sealed yet, {report.not_kept:,} seals not kept yet"
    )
    if report.first_bad is None:
        print("the log is whole / 操作记录完整")
        return 0
    print(f"first bad / 首处异常: {report.first_bad.says}")
    for one in report.findings[:SHOWN]:
        print(f"  {one.kind}: {one.says}")
    if len(report.findings) > SHOWN:
        print(f"  … and {len(report.findings) - SHOWN:,} more / 另有 {len(report.findings) - SHOWN:,} 处")
    return 1


if __name__ == "__main__":
    sys.exit(main())
