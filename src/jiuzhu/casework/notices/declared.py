"""What catalogue/notices.toml says, read once a process; a fault in it stops the start."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from jiuzhu.rules.faults import CatalogueFaults, nearest
from jiuzhu.rules.noticing import Kind, Noticing, load_noticing


class UnknownKind(ValueError):
    """notices.toml has no such kind, or it is of another sort."""


def noticing() -> Noticing:
    return _loaded(tuple(Path(folder) for folder in settings.CATALOGUE_FOLDERS))


def kind_of(code: str) -> Kind:
    """Raises UnknownKind, naming the nearest."""
    kinds = noticing().kinds
    if code not in kinds:
        raise UnknownKind(f"notice '{code[:8]}' is not in notices.toml; {nearest(code[:8], kinds)}")
    return kinds[code]


@register("notices")
def every_notice_says_what_it_must(**_: Any) -> list[CheckMessage]:
    try:
        noticing()
    except CatalogueFaults as wrong:
        return [Error(str(wrong), id="jiuzhu.F5")]
    return []


@lru_cache(maxsize=4)
def _loaded(folders: tuple[Path, ...]) -> Noticing:
    return load_noticing(*folders)
