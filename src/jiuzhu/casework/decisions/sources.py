"""Where the facts of a decision come from: each source that may be asked says what it knows of an item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from jiuzhu.casework.decisions import freezing
from jiuzhu.casework.decisions.facts import Gathered, Told, gathered
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.roads.refusals import NotYet

Source = Callable[[Item, datetime], Told | None]
_sources: dict[str, Source] = {}


class AskedTwice(ValueError):
    """Two sources have one name."""


def gives(name: str) -> Callable[[Source], Source]:
    """Let a function say what it knows of an item: what was declared, what the report found, what was seen. None where nothing."""

    def kept(source: Source) -> Source:
        if _sources.setdefault(name, source) is not source:
            raise AskedTwice(f"two sources are called '{name}'")
        return source

    return kept


def facts_of(
    item: Item, *, at: datetime, chosen: Mapping[str, str] | None = None, because: Mapping[str, str] | None = None
) -> Gathered:
    """The facts as they are known now; where no source knows of this item, those of its newest proposal.

    chosen, because: as `facts.gathered` has them. Raises NotYet where nothing is known at all.
    """
    told = [one for one in (source(item, at) for source in _sources.values()) if one is not None]
    if told:
        return gathered(told, chosen=chosen, because=because)
    last = item.proposals.order_by("-number").first()
    frozen = freezing.opened(last) if last else None
    if frozen is None:
        raise NotYet(f"{item.key}: nothing was declared, found or seen of this family yet; finish the examination first")
    return frozen.gathered()
