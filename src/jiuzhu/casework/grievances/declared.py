"""What catalogue/grievances.toml says, read once a process; a fault in it stops the start."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from jiuzhu.rules.faults import CatalogueFaults
from jiuzhu.rules.grieving import GrievanceKind, load_grieving


def kinds() -> Mapping[str, GrievanceKind]:
    return _loaded(tuple(Path(folder) for folder in settings.CATALOGUE_FOLDERS))


@register("grievances")
def every_grievance_can_be_answered(**_: Any) -> list[CheckMessage]:
    try:
        kinds()
    except CatalogueFaults as wrong:
        return [Error(str(wrong), id="jiuzhu.K2")]
    return []


@lru_cache(maxsize=4)
def _loaded(folders: tuple[Path, ...]) -> Mapping[str, GrievanceKind]:
    return load_grieving(*folders)
