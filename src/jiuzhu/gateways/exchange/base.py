"""What every way of exchanging with a body can do, and what may go wrong on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

MANIFEST, SIGNATURE, RECEIPT, RECEIPT_SIGNATURE = "manifest.json", "manifest.sig", "receipt.json", "receipt.sig"
LONGEST_NAME = 120
Answer = TypeVar("Answer")


class Unreachable(Exception):
    """The body or the way to it does not answer. Nobody's message is at fault; it may work in a minute."""


class MessageRefused(Exception):
    """A message that may not be taken in. code: a stable word; the text says what, which rule and the next step."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class Exchange(Protocol):
    """One body's outbox and inbox. Every method may raise Unreachable and may be called again with the same words."""

    def waiting(self) -> list[str]:
        """Names of messages that are complete and not acknowledged: in any order, perhaps doubled."""

    def fetch(self, message: str, name: str, target: Path, most: int) -> None:
        """Bring one file of a message to `target`, going on after the bytes that already lie there.

        Raises MessageRefused where there is no such file, or where it has more than `most` bytes.
        """

    def answer(self, message: str, files: Mapping[str, bytes]) -> None:
        """Lay an answer into the body's inbox, each file whole; the same again replaces it."""

    def acknowledge(self, message: str) -> None:
        """Say that the message is kept here for good: the body may clear it away."""


def checked_name(name: str, what: str) -> str:
    """A name from outside that will be a name on our disk: no folder, no dots in front, nothing that is not printed."""
    if not name or len(name) > LONGEST_NAME or name[0] in ".-" or not name.isprintable() or any(sign in name for sign in '/\\:"'):
        shown = "".join(letter if letter.isprintable() else "?" for letter in name[:40])
        raise MessageRefused(
            "bad_name",
            f"{what} {shown!r}: a name has 1 to {LONGEST_NAME} printed characters, no / \\ : and no dot or dash in front",
        )
    return name


def too_large(name: str, most: int) -> MessageRefused:
    return MessageRefused(
        "too_large", f"{name}: it has more than the {most} bytes that are announced or allowed; send it in parts"
    )


def not_there(message: str, name: str) -> MessageRefused:
    return MessageRefused(
        "file_missing", f"message {message}: {name} is not there; send the message again, whole, under a new number"
    )


def patiently(act: Callable[[], Answer], pauses: Sequence[float], wait: Callable[[float], None]) -> Answer:
    """Do it, and again after each pause as long as the other side is unreachable. The pauses are the caller's, and grow."""
    for pause in pauses:
        try:
            return act()
        except Unreachable:
            wait(pause)
    return act()
