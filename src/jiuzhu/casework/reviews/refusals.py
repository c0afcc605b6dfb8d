"""Why a review or a life event was not written down, and what to do next."""

from __future__ import annotations


class NotKnown(ValueError):
    """No such kind of event, no member of this family, or a day that has not come."""


class Unproved(ValueError):
    """A death is entered with what proves it."""


class NeedsSuccessor(ValueError):
    """Whoever stood for the family is gone: another adult of it is named first."""


class SaysOtherwise(ValueError):
    """The facts come to something else than is paid now: propose a change, or say why it stays."""


class AlreadyOpen(Exception):
    """A review of this benefit is open already."""


class NotThisOne(ValueError):
    """A review that is due by its rhythm is done, not dropped."""
