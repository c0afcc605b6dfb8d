"""What an assessment answers, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from jiuzhu.rules.tree import Title

Outcome = Literal["granted", "refused", "unknown"]


@dataclass(frozen=True)
class Missing:
    """Why something is not known. cause: as in the values of the reference engine; name: of the number, fact or need."""

    cause: str
    name: str
    title: Title
    says: Title


@dataclass(frozen=True)
class TestAnswer:
    """kind: a test and a need must hold, an exclusion must not. holds: None where it is not known."""

    name: str
    kind: Literal["need", "test", "exclusion"]
    title: Title
    holds: bool | None
    sentence: Title
    basis: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class LineAnswer:
    """One line of an amount; value in yuan, months or what the line counts, None where it is not known."""

    name: str
    title: Title
    value: Decimal | None
    sentence: Title


@dataclass(frozen=True)
class ProgrammeAnswer:
    """What one programme says of the household, or of one member (its position). amount: whole fen as yuan, None if unknown
    or not granted; would_be: what the amount would come to, known also where a test is not.
    """

    code: str
    title: Title
    of: str
    member: int | None
    called: str
    rank: int
    pays: str
    outcome: Outcome
    amount: Decimal | None
    would_be: Decimal | None
    tests: tuple[TestAnswer, ...]
    lines: tuple[LineAnswer, ...]
    missing: tuple[Missing, ...]
    notes: tuple[Title, ...]
    basis: tuple[Mapping[str, str], ...]
    evidence: tuple[str, ...]
    review: Mapping[str, Decimal | None]
    validity: Decimal | None
    department: str
    text: str
    amended_by: tuple[str, ...]


@dataclass(frozen=True)
class UsedNumber:
    """A local number that the answers stand on. source: of the row, or "brought along"; instead_of: the value it goes before."""

    name: str
    title: Title
    division: str
    on: date
    value: Decimal | str | None
    unit: str
    since: date | None
    source: str
    confidence: str
    instead_of: Decimal | str | None = None


@dataclass(frozen=True)
class Assessment:
    """household_class: the code of the main class, "none", or None where it is not known. classes: whether each class holds of
    the household, in the order of rank. members: the class of each.
    """

    on: date
    applied_on: date
    division: str
    household_class: str | None
    classes: tuple[tuple[str, bool | None], ...]
    members: tuple[tuple[str, str | None], ...]
    answers: tuple[ProgrammeAnswer, ...]
    numbers: tuple[UsedNumber, ...]
    catalogue_version: str
