"""`receive` takes records as they come, one JSON object a line, and says of each what it changed."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from jiuzhu.portals.cli.answers import Progress, answer, say
from jiuzhu.portals.cli.site import prepare_desk
from jiuzhu.registry import public

Answer = TypeVar("Answer")
_AGAIN = 0.2  # seconds until it is tried again whether another command still writes


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    receive = commands.add_parser(
        "receive", parents=[common], help="take records one by one from standard input, and answer for each at once"
    )
    receive.add_argument("dataset", help="the code of their dataset")
    receive.add_argument("--source", default="", metavar="OFFICE", help="who sends them")
    receive.add_argument("--together", type=int, default=1, metavar="N", help="take up to N lines at a time")
    receive.set_defaults(act=_receive, operation="deliveries.hand_in")


def _receive(asked: argparse.Namespace) -> int:
    catalogue = public.catalogue(*asked.catalogue)
    door = public.receiving(asked.workspace, catalogue=catalogue, clock=time.time)
    progress = Progress()
    _when_free(lambda: door.prepare(progress))
    progress.close()
    say("ready / 就绪")
    refused = 0
    waiting: list[bytes] = []
    for line in sys.stdin.buffer:
        if line.strip():
            waiting.append(line.rstrip(b"\r\n"))
        if len(waiting) >= asked.together:
            refused += _take(door, asked, waiting)
            waiting = []
    if waiting:
        refused += _take(door, asked, waiting)
    return 1 if refused else 0


def _take(door: public.Receiving, asked: argparse.Namespace, lines: list[bytes]) -> int:
    """Take some lines, answer, and put what changed on the desk; returns how many were refused."""
    try:
        found = _when_free(lambda: door.take(asked.dataset, b"\n".join(lines), source=asked.source))
    except public.FileRefused as refusal:  # these lines cannot be read as records; those after them may
        answer({"accepted": 0, "waits": [], "refused": [], "asked": 0, "entries": [], "error": refusal.fault.as_json()})
        sys.stdout.flush()
        return len(lines)
    answer(found.as_json())
    sys.stdout.flush()
    if found.entries:
        prepare_desk(asked.workspace, public.current(asked.workspace))
    return len(found.refused)


def _when_free(work: Callable[[], Answer]) -> Answer:
    """The work, as soon as no other command writes: a run must not end a stream of records."""
    told = False
    while True:
        try:
            return work()
        except public.WorkspaceBusy as busy:
            if not told:
                say(str(busy))
            told = True
            time.sleep(_AGAIN)
