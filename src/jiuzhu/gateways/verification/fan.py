"""Many questions at once, none waiting for another: what is not back in time is late, and whoever waits goes on."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from jiuzhu.gateways.verification.base import TooMany, Unreachable

Given = TypeVar("Given")
OVER = ""  # no question is called so


def asked(calls: Mapping[str, Callable[[], Given]], *, seconds: float) -> Iterator[tuple[str, Given | Exception]]:
    """Each call's answer under its name as it comes, or the refusal of its line (Unreachable, TooMany); those not back after
    `seconds` are left out. Anything else a call raises is raised here.

    A call that hangs keeps its thread, not its caller: threads are daemons, so that no line stops the platform either.
    """
    back: queue.SimpleQueue[tuple[str, Given | Exception]] = queue.SimpleQueue()

    def run(name: str, call: Callable[[], Given]) -> None:
        try:
            back.put((name, call()))
        except Exception as wrong:  # told to whoever waits, in the thread that can act on it
            back.put((name, wrong))

    for name, call in calls.items():
        threading.Thread(target=run, args=(name, call), daemon=True, name=f"question {name}").start()
    over = threading.Timer(seconds, back.put, args=((OVER, TimeoutError()),))
    over.daemon = True
    over.start()
    try:
        for _ in calls:
            name, answer = back.get()
            if name == OVER:
                return
            if isinstance(answer, Exception) and not isinstance(answer, Unreachable | TooMany):
                raise answer
            yield name, answer
    finally:
        over.cancel()
