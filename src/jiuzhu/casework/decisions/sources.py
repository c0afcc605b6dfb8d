"""Where the facts of a decision come from: each source that may be asked says what it knows of an item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from jiuzhu.casework.decisions import freezing
from jiuzhu.casework.decisions.facts import Gathered, Told, gathered
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.roads.refusals import NotYet

Source = Callable[[Item, datetime], Told | None]
Change = Callable[[Item, Gathered, datetime], Gathered]
_sources: dict[str, Source] = {}
_changes: dict[str, Change] = {}


class AskedTwice(ValueError):
    """Two sources have one name."""


def gives(name: str) -> Callable[[Source], Source]:
    """Let a function say what it knows of an item: what was declared, what the report found, what was seen. None where nothing."""

    def kept(source: Source) -> Source:
        if _sources.setdefault(name, source) is not source:
            raise AskedTwice(f"two sources are called '{name}'")
        return source

    return kept


def changes(name: str) -> Callable[[Change], Change]:
    """Let a function say what life changed in what the sources know: who belongs to the family no longer, and who does since."""

    def kept(change: Change) -> Change:
        if _changes.setdefault(name, change) is not change:
            raise AskedTwice(f"two changes are called '{name}'")
        return change

    return kept


def facts_of(
    item: Item, *, at: datetime, chosen: Mapping[str, str] | None = None, because: Mapping[str, str] | None = None
) -> Gathered:
    """The facts as they are known now; where no source knows of this item, those of its newest proposal.

    chosen, because: as `facts.gathered` has them. Raises NotYet where nothing is known at all.
    """
    known = _told(item, at, chosen, because)
    for change in _changes.values():
        known = change(item, known, at)
    return known


def _told(item: Item, at: datetime, chosen: Mapping[str, str] | None, because: Mapping[str, str] | None) -> Gathered:
    told = [one for one in (source(item, at) for source in _sources.values()) if one is not None]
    if told:
        return gathered(told, chosen=chosen, because=because)
    last = item.proposals.order_by("-number").first()
    frozen = freezing.opened(last) if last else None
    if frozen is None:
        raise NotYet(f"{item.key}: nothing was declared, found or seen of this family yet; finish the examination first")
    return frozen.gathered()
