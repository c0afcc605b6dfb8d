"""A simulated platform of electronic licences: it checks what was signed, gives what its book holds, and keeps its own log of purposes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from jiuzhu.gateways.licences.base import Licence, Unreachable, Wanted
from jiuzhu.gateways.verification.base import Copy

Shelf = Mapping[tuple[str, str], Licence]


@dataclass
class Twin:
    """book: id number and kind to the licence. believes: whether an authorisation is what was signed. log: number and purpose of calls."""

    book: Shelf | Callable[[str, str], Licence | None]
    is_down: bool = False
    believes: Callable[[Copy], bool] = lambda _: True
    log: list[tuple[str, str]] = field(default_factory=list)

    def licence(self, wanted: Wanted) -> Licence | None:
        if self.is_down or not self.believes(wanted.authorisation):
            raise Unreachable("the platform of licences gives nothing")
        self.log.append((wanted.number, wanted.purpose))
        if callable(self.book):
            return self.book(wanted.id_number, wanted.kind)
        return self.book.get((wanted.id_number, wanted.kind))
