"""The keeping times of catalogue/keeping.toml: data, with the law they follow, checked before they are used."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from jiuzhu.rules.tree import Title

FILE = "keeping.toml"
CODES = frozenset({"case", "draft", "form_key", "sign_in", "backup"})


class WrongKeeping(ValueError):
    """A keeping time that cannot be followed; nothing is removed before it is mended."""


@dataclass(frozen=True)
class Keeping:
    """What is kept, for how many months, and how many the law asks at the least."""

    code: str
    title: Title
    months: int
    least: int

    def before(self, at: datetime) -> datetime:
        """What is older than this instant has been kept long enough."""
        return _months_from(at, -self.months)

    def ends(self, since: datetime) -> datetime:
        """When something that was over at `since` has been kept long enough."""
        return _months_from(since, self.months)


def keeping() -> Mapping[str, Keeping]:
    """Code to its time, of the folders the settings name; a later one counts. Raises WrongKeeping."""
    return _read((*map(str, settings.CATALOGUE_FOLDERS), str(settings.PLACE_FOLDER)))


@register("keeping")
def every_keeping_time_can_be_followed(**_: Any) -> list[CheckMessage]:
    try:
        keeping()
    except WrongKeeping as wrong:
        return [Error(str(wrong), id="jiuzhu.C8")]
    return []


@lru_cache(maxsize=4)
def _read(folders: tuple[str, ...]) -> Mapping[str, Keeping]:
    found: dict[str, Keeping] = {}
    for path in (Path(folder) / FILE for folder in folders):
        told = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        for code, item in told.items():
            found[code] = _checked(code, item, found.get(code))
    if missing := CODES - found.keys():
        raise WrongKeeping(f"{FILE}: {', '.join(sorted(missing))} has no keeping time; write how many months it is kept, and why")
    return MappingProxyType(found)


def _checked(code: str, item: Mapping[str, object], before: Keeping | None) -> Keeping:
    """before: the nation's, whose least a place cannot go under, and whose words it may leave out."""
    months, least = item.get("months"), before.least if before else item.get("least")
    zh, en = item.get("zh", before and before.title.zh), item.get("en", before and before.title.en)
    if (
        code not in CODES
        or not isinstance(months, int)
        or not isinstance(least, int)
        or not zh
        or not en
        or not item.get("basis")
    ):
        raise WrongKeeping(f"{FILE}: '{code}' needs zh, en, months, least and basis, and is one of {', '.join(sorted(CODES))}")
    if months < least or months < 1:
        raise WrongKeeping(f"{FILE}: '{code}' is kept for {months} months; the law asks for {max(least, 1)} at the least")
    return Keeping(code, Title(zh=str(zh), en=str(en)), months, least)


def _months_from(at: datetime, months: int) -> datetime:
    """The same day so many months on; the last day of a month that is shorter."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    for day in range(at.day, at.day - 4, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("a month has 28 days at the least")
