"""The words of casework: kinds of task, reasons, outcomes and measures of catalogue/codes, tags of catalogue/case_tags.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from django.conf import settings

from jiuzhu.rules.faults import nearest
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.references import read_references
from jiuzhu.rules.tree import Title
from jiuzhu.rules.words import read_words

TAGS = "case_tags.toml"


class UnknownCode(ValueError):
    """The code is not among those of its list."""


@dataclass(frozen=True)
class Tag:
    """scenarios: those whose warnings set it by rule, for that many months. dataset, column, code_is: it stands with such a row."""

    code: str
    title: Title
    scenarios: tuple[str, ...] = ()
    months: int = 0
    dataset: str = ""
    column: str = ""
    code_is: str = ""


def titles(codes: str) -> Mapping[str, Title]:
    """The codes of a list of catalogue/codes with their words, in its order. Raises KeyError for a list that is not there."""
    return _read(_folders())[codes]


def reason(code: str, note: str) -> str:
    """What the record says of why: the sentence that was typed, else the words of the code of handling_reason, "" for none."""
    return note or (titles("handling_reason")[code].zh if code else "")


def known(codes: str, code: str) -> str:
    """The code itself. Raises UnknownCode, naming the nearest."""
    if code not in titles(codes):
        raise UnknownCode(f"{codes}: '{code}' is not in catalogue/codes/{codes}.toml; {nearest(code, titles(codes))}")
    return code


def tags() -> Mapping[str, Tag]:
    return _tags(_folders())


def known_tag(code: str) -> str:
    """The code itself. Raises UnknownCode."""
    if code not in tags():
        raise UnknownCode(f"tag '{code}' is not in catalogue/{TAGS}; {nearest(code, tags())}")
    return code


def _folders() -> tuple[Path, ...]:
    return tuple(Path(folder) for folder in settings.CATALOGUE_FOLDERS)


@lru_cache(maxsize=4)
def _read(folders: tuple[Path, ...]) -> Mapping[str, Mapping[str, Title]]:
    reading = Reading()
    read_references(folders, reading)
    read_words(folders, reading)
    return MappingProxyType(
        {
            name: MappingProxyType({code: Title(word, reading.english.get(word, word)) for code, word in one.words.items()})
            for name, one in reading.codes.items()
        }
    )


@lru_cache(maxsize=4)
def _tags(folders: tuple[Path, ...]) -> Mapping[str, Tag]:
    found: dict[str, Tag] = {}
    for folder in folders:
        told = tomllib.loads((folder / TAGS).read_text(encoding="utf-8")) if (folder / TAGS).is_file() else {}
        for code, item in told.items():
            title = Title(item["zh"], item["en"])
            row = item.get("class", {"dataset": "", "column": "", "is": ""})
            scenarios, months = tuple(item.get("scenarios", ())), item.get("months", 0)
            found[code] = Tag(code, title, scenarios, months, row["dataset"], row["column"], row["is"])
    return MappingProxyType(found)
