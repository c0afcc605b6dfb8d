"""What an officer or a family can mend; a page shows it without a trace."""

from __future__ import annotations


class NotAuthorised(Exception):
    """Somebody has not signed, has withdrawn, or signed for something else: nothing was asked."""


class NeedsGuardian(Exception):
    """Whoever is to sign is no adult, or the guardian is none."""


class WrongTerm(Exception):
    """The days of an authorisation do not fit."""


class DeadLink(Exception):
    """The link was used, has run out, or was tried too often; ask the window for another."""


class NotYours(Exception):
    """The id number is not that of the person the link was made for."""


class NotNow(Exception):
    """It has moved on, or is not so far yet."""


class NothingAsked(Exception):
    """No item of the business is chosen, or the same is being verified already."""
