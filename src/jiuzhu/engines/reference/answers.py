"""Who is asked about, and what an input answers: its value with the rows and the parameter it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from jiuzhu.engines.reference.expressions import Scope
from jiuzhu.engines.reference.values import Value
from jiuzhu.rules.tree import Kind

if TYPE_CHECKING:
    from jiuzhu.rules.parameters import ParameterValue


@dataclass(frozen=True)
class Subject:
    """A person, a living household or a hukou household, by its position in the base."""

    kind: Literal["person", "living", "hukou"]
    position: int


@dataclass(frozen=True)
class RowUsed:
    """A row that made a value what it is. row: its index in the table of `Base.rows`. certain: its condition is known to hold."""

    dataset: str
    row: int
    certain: bool = True


@dataclass(frozen=True)
class Answer:
    """rows: every row that counted, through facts as well; of latest, first, since, min and max only those that decided."""

    value: Value
    rows: tuple[RowUsed, ...] = ()
    parameter: ParameterValue | None = None


class Asking(Scope, Protocol):
    """A scope in which inputs are worked out: that of a subject, or that of one person inside it."""

    @property
    def subject(self) -> Subject: ...

    def named(self, name: str) -> tuple[Value, Kind]:
        """An earlier input, a moment or a fact by its bare name, and what kind it is."""
        ...

    def for_row(self, dataset: str, row: int) -> Scope: ...


class AskingMembers(Asking, Protocol):
    def persons(self, among: str) -> tuple[Sequence[MemberScope], Value]:
        """The persons of the subject's household or of a relation, and true, or the unknown that says some may be missing."""
        ...


class MemberScope(Scope, Protocol):
    def rows_used(self) -> tuple[RowUsed, ...]: ...
