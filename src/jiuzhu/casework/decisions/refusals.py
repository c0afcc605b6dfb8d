"""Why nothing was decided, and what to do next."""

from __future__ import annotations


class Blocked(ValueError):
    """A local number is not set, or something is not in order: nothing is proposed until it is, and nothing is guessed."""


class Differs(ValueError):
    """The officer's choice is not what the rules say, and no reason was given."""


class NoSuchAmount(ValueError):
    """The amount is no whole number of fen above nought, or not what its step says: a cut that is no cut."""


class MovedOn(ValueError):
    """Facts or rules moved since the proposal: it is sent back, or confirmed as it was noticed with a reason."""


class Unheard(ValueError):
    """The record of a hearing says nothing, or was held after today."""


class EnginesDiffer(ValueError):
    """Families judged many at once were answered otherwise than the judge of one family answers them: nothing is decided on it."""


class NotUrgent(ValueError):
    """Nothing says what happened, or what was proposed for it already waits."""
