"""`worker`: what the platform does by itself, round after round."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from jiuzhu.portals.cli.answers import BEIJING, answer
from jiuzhu.portals.cli.banking import money_moves
from jiuzhu.portals.cli.beside import beside
from jiuzhu.portals.cli.messaging import messages_leave
from jiuzhu.portals.cli.site import prepare_desk, take_in
from jiuzhu.registry import public

EVERY = 3.0  # seconds between two rounds while the desk is served


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    worker = commands.add_parser("worker", parents=[common], help="do once what is due in the background; twice is harmless")
    worker.add_argument("--once", action="store_true", required=True, help="one round; `serve` goes on by itself")
    worker.set_defaults(act=_worker, operation="worker.run")


def _worker(asked: argparse.Namespace) -> int:
    prepare_desk(asked.workspace, public.current(asked.workspace) if asked.workspace.exists() else None)
    at = datetime.now(BEIJING)
    answer(round_of_work(at=at) | money_moves(asked.workspace, at=at) | messages_leave(asked.workspace, at=at))
    return 0


def work_beside(workspace: Path) -> None:
    """A round every few seconds in this process, as long as it lives: what the registry issued meanwhile, and what is due."""
    beside("worker", EVERY, Rounds(workspace))


class Rounds:
    """One round a call; gives what went wrong, in words, else nothing. What the registry says is read only where it says more."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._taken: tuple[str, int] | None = None

    def __call__(self) -> str:
        from django.db import DatabaseError, connection

        try:
            release = public.current(self._workspace)
            standing = (release or "", public.stream_size(self._workspace))
            if release is not None and standing != self._taken:
                take_in(self._workspace, release)
                self._taken = standing
            at = datetime.now(BEIJING)
            round_of_work(at=at)
            money_moves(self._workspace, at=at)
            messages_leave(self._workspace, at=at)
        except (DatabaseError, OSError) as wrong:
            connection.close()
            return f"worker / 后台: {wrong}"
        return ""


def round_of_work(*, at: datetime) -> dict[str, int]:
    """Everything that is due at that instant, each part in a transaction of its own; gives how much of each was done.

    The database is open, and what the registry issued is on the desk.
    """
    from jiuzhu.casework.bundles import actions as bundles
    from jiuzhu.casework.cases import events, tags, tasks
    from jiuzhu.casework.dispatch import actions, following, tally
    from jiuzhu.casework.grievances import actions as grievances
    from jiuzhu.casework.keeping import rounds
    from jiuzhu.casework.notices import actions as notices
    from jiuzhu.casework.payments import recovering
    from jiuzhu.casework.referrals import actions as referrals
    from jiuzhu.casework.reviews import rounds as reviews
    from jiuzhu.casework.supervision import actions as supervision
    from jiuzhu.casework.supervision import reconciling
    from jiuzhu.casework.verification import rounds as verification

    today = at.astimezone(BEIJING).date()
    return {
        "followed": following.follow_divisions(at=at, today=today),
        "given back": tasks.give_back_of_left(at=at),
        "escalated": tasks.escalate_due(at=at, today=today),
        "unreleased": actions.escalate_unreleased(at=at, today=today),
        "raised": referrals.raise_overdue(at=at),
        "letters late": notices.raise_unserved(at=at),
        "taken down": notices.take_down_due(at=at),
        "answered as one": bundles.answer_due(at=at),
        "unanswered": grievances.raise_overdue(at=at),
        "folded": tally.fold(),
        "lifted": actions.lift_snoozes(at=at, today=today),
        "run out": tags.run_out(at=at, today=today),
        **verification.work(at=at),
        **reviews.work(at=at),
        "instalments late": recovering.remind(at=at),
        "heard": events.hear(at=at),
        "odd": supervision.find_yesterdays(at=at),
        "reconciled": reconciling.reconcile_due(at=at),
        "kept long enough": rounds.apply(at=at),
    }
