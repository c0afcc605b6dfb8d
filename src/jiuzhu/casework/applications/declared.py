"""What the catalogue says of applications, read once a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.registry import public
from jiuzhu.rules.application_form import ApplicationForm
from jiuzhu.rules.catalogue import Catalogue


def catalogue() -> Catalogue:
    """Of the folders the settings name; a fault in them stops the start."""
    return _loaded(tuple(Path(folder) for folder in settings.CATALOGUE_FOLDERS))


def application_form() -> ApplicationForm:
    return catalogue().application_form


@lru_cache(maxsize=4)
def _loaded(folders: tuple[Path, ...]) -> Catalogue:
    return public.catalogue(*(folder for folder in folders if folder.resolve() != public.NATIONAL.resolve()))
