"""What is asked of a department's interface, whichever department or region it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

Says = Literal["answered", "later", "refused"]


class Unreachable(Exception):
    """No answer came. Whether the department has heard is not known; the same question may be put again under its number."""


class TooMany(Exception):
    """The department takes no more questions in this minute."""


@dataclass(frozen=True)
class Copy:
    """The authorisation as it was signed: whoever is asked can check it without asking back. statement: canonical JSON."""

    number: str
    statement: str = field(repr=False)
    signature: str = field(repr=False)


@dataclass(frozen=True)
class Question:
    """About one person. number: ours, fixed for good; asked twice it is one question. columns: by dataset, and nothing else is asked.

    division: of the office that asks. on: the day it is asked for.
    """

    number: str
    purpose: str
    on: date
    division: str
    columns: Mapping[str, tuple[str, ...]]
    authorisation: Copy
    id_number: str = field(repr=False)
    name: str = field(repr=False, default="")


@dataclass(frozen=True)
class Sent:
    """One row of an answer: column to text, as the data dictionary writes it."""

    record_id: str
    columns: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What a department says to a question. rows: by dataset, also those without one; a dataset that is left out was not answered.

    day: to which it is true. why: of a refusal, in the department's words.
    """

    number: str
    says: Says
    rows: Mapping[str, Sequence[Sent]] = field(default_factory=dict, repr=False)
    day: date | None = None
    why: str = ""


class Department(Protocol):
    """Every call may raise Unreachable or TooMany, and may take as long as it likes: whoever calls waits only so long."""

    def ask(self, question: Question) -> Answer:
        """Put a question. `later`: it is worked on, and fetched under its number."""

    def fetch(self, numbers: Sequence[str]) -> Sequence[Answer]:
        """What became of questions that were to be answered later, or whose answer was lost; unknown numbers are left out."""
