"""The command `jiuzhu`: reads the words, calls one action, prints one answer.

Standard output carries the answer only; progress and messages go to standard error. 0 done, 1 refused, 2 fault.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from jiuzhu.portals.cli import (
    alone,
    assess,
    audit,
    calibration,
    catalogue,
    county,
    exchange,
    goals,
    issued,
    monitoring,
    officers,
    permitted,
    residents,
    site,
    sources,
    steward,
    stream,
    trying,
    verifying,
    worker,
)
from jiuzhu.portals.cli.answers import Refused
from jiuzhu.registry import public
from jiuzhu.rules.faults import Fault
from jiuzhu.rules.parameters import read_parameters

PLACE = "place"  # below a workspace: this place's own declarations, numbers released on the desk among them


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = _parser()
    permitted.declared(parser)
    asked = parser.parse_args(words)
    place = asked.workspace / PLACE
    if place.is_dir() and place.resolve() not in [folder.resolve() for folder in asked.catalogue]:
        asked.catalogue.insert(0, place)
    try:
        permitted.permit(asked)
        _refuse_invented(asked)
        code = asked.act(asked)
    except (Refused, *public.REFUSALS) as refusal:
        _tell(refusal, as_json=getattr(asked, "json", False))
        return 1
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        print("stopped; nothing half-done was kept / 已停止，没有留下做了一半的结果", file=sys.stderr)
        return 1
    except Exception:
        traceback.print_exc()
        print(
            "a fault in the platform itself; what was accepted before is kept / 平台自身故障，此前已接收的数据不受影响",
            file=sys.stderr,
        )
        return 2
    return int(code or 0)


def _refuse_invented(asked: argparse.Namespace) -> None:
    """Numbers nobody ever set serve only where everybody is invented: on a real family they would be taken for the law's."""
    if not asked.catalogue or public.is_invented(asked.workspace):
        return
    faults: list[Fault] = []  # told by whoever reads the whole of it
    names = read_parameters(asked.catalogue, faults).invented()
    if names:
        raise Refused(
            f"{len(names)} numbers of these folders are invented, {names[0]} among them, and this workspace is of real people",
            code="invented", value=names[0], next="leave that folder out, and set the numbers that the place has published",
        )  # fmt: skip


def _tell(refusal: Exception, *, as_json: bool) -> None:
    if not as_json:
        print(refusal, file=sys.stderr)
        return
    parts = refusal.parts if isinstance(refusal, Refused) else {"code": type(refusal).__name__, "message": str(refusal)}
    print(json.dumps({"error": parts}, ensure_ascii=False), file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jiuzhu", description="救助: social assistance, from departments' files to released warnings"
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--workspace", type=Path, default=Path("var"), metavar="DIR", help="where everything kept lies (default: var)"
    )
    common.add_argument(
        "--catalogue",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="a further catalogue folder, read after the national one",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    rooms = (
        county,
        steward,
        exchange,
        monitoring,
        assess,
        trying,
        calibration,
        stream,
        issued,
        goals,
        alone,
        sources,
        catalogue,
        audit,
        officers,
        residents,
        site,
        verifying,
        worker,
    )
    for room in rooms:
        room.add_commands(commands, common)
    return parser


if __name__ == "__main__":
    sys.exit(main())
