"""Why a step is not taken."""

from __future__ import annotations


class NotNow(ValueError):
    """No step of that name leads out of where the walk stands, or it was taken as often as it may be."""


class NotYet(ValueError):
    """Something the step waits for is not there: work not done, a paper, a notice not over."""


class NeedsReason(ValueError):
    """The step says why in words, and none were given."""


class Undecided(ValueError):
    """A local number the road needs is not set: nobody knows who takes this step here."""
