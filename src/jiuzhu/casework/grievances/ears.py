"""Who decides anew what a grievance was upheld about: later steps register themselves, so that this one need not know them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from jiuzhu.casework.accounts.permissions import Viewer

Decides = Callable[[str, str, Viewer, datetime], None]
_decides: dict[str, Decides] = {}


class ToldTwice(ValueError):
    """Two functions decide one kind of thing anew."""


class NobodyDecides(LookupError):
    """Nobody decides this kind of thing anew; an upheld appeal would change nothing."""


def decides_anew(kind: str) -> Callable[[Decides], Decides]:
    """Let a function decide things of that kind anew, by key, inside the transaction of the answer: f(key, because, by, at)."""

    def kept(decides: Decides) -> Decides:
        if _decides.setdefault(kind, decides) is not decides:
            raise ToldTwice(f"'{kind}' is decided anew by two functions")
        return decides

    return kept


def decide_anew(kind: str, key: str, *, because: str, by: Viewer, at: datetime) -> None:
    """Raises NobodyDecides, and whatever the decision refuses: then nothing is answered."""
    if kind not in _decides:
        raise NobodyDecides(f"nobody decides a '{kind}' anew here; answer when its step can, or settle it by hand and reject")
    _decides[kind](key, because, by, at)
