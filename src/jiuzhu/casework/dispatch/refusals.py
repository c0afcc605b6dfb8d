"""What actions on warnings refuse, and what to do next."""

from __future__ import annotations


class NotThere(LookupError):
    """Some of the warnings are out of reach, or were dealt with meanwhile: nothing was done to any of them."""


class Grown(Exception):
    """A filter covers another number of warnings than were looked at. found: how many it covers now."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"the filter covered {expected} warnings when you looked and covers {found} now; look again and confirm")
        self.found = found


class TooMany(Exception):
    """More households at once than any role of the officer may release. most: how many it may, 0 where it may none."""

    def __init__(self, households: int) -> None:
        super().__init__(f"{households} households at once are more than your role may release; choose fewer, or ask the county")
        self.households = households


class WrongDay(ValueError):
    """A snooze ends on a day to come."""


class Unfounded(ValueError):
    """The warning no longer stands, so it cannot be opened again; or it cannot be joined to that one."""
