"""The rulebooks families were judged by: the one in force, kept the first time somebody is judged by it, and any kept before."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from jiuzhu.casework.decisions.models import Rulebook
from jiuzhu.casework.working_rules.declared import folders
from jiuzhu.rules import judging
from jiuzhu.rules.catalogue import Catalogue


def in_force(*, at: datetime) -> Rulebook:
    """The rulebook of the folders the settings name, as they stand now, and of the place's own."""
    book = judging.rulebook(*folders())
    kept = Rulebook.objects.filter(version=book.version).first()
    if kept is not None:
        return kept
    judging.judging(book)  # what cannot be read is never kept; raises CatalogueFaults
    return Rulebook.objects.get_or_create(version=book.version, defaults={"content": book.packed(), "kept_at": at})[0]


def catalogue(book: Rulebook) -> Catalogue:
    """What judging reads of it, as it was."""
    return _read(book.version)


@lru_cache(maxsize=8)
def _read(version: str) -> Catalogue:
    return judging.judging(judging.unpacked(bytes(Rulebook.objects.get(version=version).content)))
