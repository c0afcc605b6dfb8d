"""What the catalogue says of items, read once a process with the rest of it."""

from __future__ import annotations

from jiuzhu.casework.applications.declared import catalogue
from jiuzhu.casework.roads.declared import workflows
from jiuzhu.rules.library import Library, LibraryItem


def library() -> Library:
    return catalogue().library


def has_road(item: LibraryItem) -> bool:
    """Whether it is decided by us, on a road of its own."""
    texts = catalogue().programmes.texts
    return any(texts[code][0].workflow in workflows() for code in item.programmes)


def is_class(item: LibraryItem) -> bool:
    """Whether it makes a family one of a class, on which other items rest."""
    texts = catalogue().programmes.texts
    return has_road(item) and any(texts[code][0].rank for code in item.programmes)


def decides_class(programme: str) -> bool:
    """Whether a decision on this programme says of which class the family is."""
    return any(programme in one.programmes for one in library().items.values() if is_class(one))
