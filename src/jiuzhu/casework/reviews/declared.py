"""What catalogue/life_events.toml says, read once a process; a fault in it stops the start."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from jiuzhu.rules.faults import CatalogueFaults
from jiuzhu.rules.reviewing import LifeEventKind, load_reviewing


def kinds() -> Mapping[str, LifeEventKind]:
    return _loaded(tuple(Path(folder) for folder in settings.CATALOGUE_FOLDERS))


@register("reviews")
def every_life_event_can_be_read(**_: Any) -> list[CheckMessage]:
    try:
        kinds()
    except CatalogueFaults as wrong:
        return [Error(str(wrong), id="jiuzhu.R1")]
    return []


@lru_cache(maxsize=4)
def _loaded(folders: tuple[Path, ...]) -> Mapping[str, LifeEventKind]:
    return load_reviewing(*folders)
