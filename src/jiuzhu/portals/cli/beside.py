"""What goes on beside the pages while the desk is served, each in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from jiuzhu.portals.cli.answers import say


def beside(name: str, every: float, once: Callable[[], str]) -> None:
    """Do something every so many seconds as long as this process lives. once: gives what went wrong, in words, else nothing."""
    threading.Thread(target=going_on, args=(every, once), name=name, daemon=True).start()


def going_on(every: float, once: Callable[[], str]) -> None:
    """The same in this thread, without an end. What goes wrong is said once and tried again."""
    said = ""
    while True:
        wrong = once()
        if wrong and wrong != said:
            say(wrong)
        said = wrong
        time.sleep(every)
