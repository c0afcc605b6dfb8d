"""What the desk asks of the registry and the catalogue, kept for the life of the process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue


def workspace() -> Path:
    return Path(settings.WORKSPACE)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return public.catalogue()
