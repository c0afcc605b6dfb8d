"""What actions on applications refuse, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from jiuzhu.casework.trace.seen import Moved as Moved
from jiuzhu.casework.visits.answers import Fault


class NotFilled(ValueError):
    """Fields that keep the form from being handed in; each is named, and nothing was changed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.field}: {fault.kind}" for fault in self.faults))


class NotADraft(ValueError):
    """It was handed in already; what is to be added is supplied, what is wrong is said to the office."""


class NoPlace(ValueError):
    """Nobody knows where they live: say in which village or community."""


class NothingMissing(ValueError):
    """There is nothing to ask for; accept it."""


class StillMissing(ValueError):
    """Something is missing that was never told: tell it, once and wholly, before it is accepted."""

    def __init__(self, wanting: Sequence[str]) -> None:
        self.wanting = tuple(wanting)
        super().__init__(f"missing, and not told yet: {', '.join(self.wanting)}")
