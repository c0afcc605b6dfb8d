"""What actions on cases and tasks refuse, and what to do next."""

from __future__ import annotations

from jiuzhu.casework.trace.seen import Moved as Moved


class NotOpen(Exception):
    """It is done, withdrawn or closed already."""


class CannotHold(ValueError):
    """The officer has no live role in whose division the task lies, so nobody would do it."""


class NothingNew(ValueError):
    """The act would change nothing."""


class StillOpen(Exception):
    """The case has tasks to be done first."""


class NoFeedback(ValueError):
    """Nothing closes without saying what was found: a visit ends by its form, everything else by a sentence."""


class DutyHeld(Exception):
    """The same person did the other of two things that are held apart, under whichever account (A8)."""
