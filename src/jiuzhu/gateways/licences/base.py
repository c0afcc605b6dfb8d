"""What is asked of a platform of electronic licences, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from jiuzhu.gateways.verification.base import Copy
from jiuzhu.gateways.verification.base import Unreachable as Unreachable


@dataclass(frozen=True)
class Wanted:
    """One licence. number: ours, of this call. kind: code of licence_kind. purpose: in words, as the platform logs it.

    authorisation: as the holder signed it, so that the platform can check it without asking back.
    """

    number: str
    kind: str
    purpose: str
    authorisation: Copy
    id_number: str = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True)
class Licence:
    """A licence as it was given out. until: None where it has no end. is_valid: not revoked, by the authority's own word.

    content: the file; media: of what kind it is, `application/pdf` or `image/png`.
    """

    kind: str
    licence_no: str = field(repr=False)
    issued_on: date
    until: date | None
    is_valid: bool
    content: bytes = field(repr=False)
    media: str


class Licences(Protocol):
    """The call may raise Unreachable, and may take as long as it likes: whoever calls waits only so long."""

    def licence(self, wanted: Wanted) -> Licence | None:
        """None where the holder has no licence of that kind."""
