"""What declarations cite by key: scenarios, laws, lists of codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from jiuzhu.rules.tree import Title


@dataclass(frozen=True)
class Scenario:
    """A group of indicators: S01 … S33."""

    code: str
    title: Title
    owner: str
    dimension: str


@dataclass(frozen=True)
class Law:
    """title: in Chinese, as it is cited; english: for readers of English."""

    code: str
    title: str
    number: str
    issued: date | None
    in_force: date | None
    english: str = ""


@dataclass(frozen=True)
class CodeList:
    """The values a code column may hold and their words, in the order of the file."""

    code: str
    title: Title
    words: Mapping[str, str]
