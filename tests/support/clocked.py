"""The command `jiuzhu` by a clock that a test moves: `python -m tests.support.clocked FILE words…`, where FILE says how far it is ahead.

Weeks of a public notice pass between two clicks. Only the places where the platform asks for the time are changed.
"""

from __future__ import annotations

import pkgutil
import sys
from datetime import datetime, timedelta, tzinfo
from importlib import import_module
from pathlib import Path


class Clock:
    """How far ahead of the machine's clock the platform's is, kept in a file that every process of the test reads."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @property
    def ahead(self) -> timedelta:
        return timedelta(seconds=float(self.file.read_text()))

    def now(self, zone: tzinfo | None = None) -> datetime:
        return datetime.now(zone) + self.ahead

    def set(self, instant: datetime) -> None:
        aside = self.file.with_suffix(".new")
        aside.write_text(str((instant - datetime.now(instant.tzinfo)).total_seconds()))
        aside.replace(self.file)


def obeyed(clock: Clock) -> None:
    """Let the platform in this process go by that clock: commands and the worker ask `datetime`, pages ask Django."""
    from django.utils import timezone

    from jiuzhu.portals import cli
    from jiuzhu.portals.cli.answers import BEIJING

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now(tz)

    timezone.now = lambda: clock.now(BEIJING)
    for one in pkgutil.iter_modules(cli.__path__):
        module = import_module(f"{cli.__name__}.{one.name}")
        if getattr(module, "datetime", None) is datetime:
            module.datetime = Moved  # type: ignore[attr-defined]


if __name__ == "__main__":
    obeyed(Clock(Path(sys.argv[1])))
    from jiuzhu.portals.cli.main import main

    sys.exit(main(sys.argv[2:]))
