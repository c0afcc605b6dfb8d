"""Why a client is not registered, and why one of its requests is not answered."""

from __future__ import annotations


class NotRegistered(ValueError):
    """What is to be registered does not fit; nothing was."""


class NotNow(ValueError):
    """The client has moved on."""


class Refused(Exception):
    """A request that is not answered. code: for the asker's program; its words say what to mend and nothing of any person."""

    def __init__(self, code: str, words: str) -> None:
        self.code = code
        super().__init__(words)
