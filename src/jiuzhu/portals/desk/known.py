"""What the desk asks of the registry and the catalogue."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue


def workspace() -> Path:
    return Path(settings.WORKSPACE)


def catalogue() -> Catalogue:
    """The declarations of the release on the desk; before the first release the national ones."""
    return public.catalogue_of(workspace()) if public.current(workspace()) else _national()


@lru_cache(maxsize=1)
def _national() -> Catalogue:
    return public.catalogue()
