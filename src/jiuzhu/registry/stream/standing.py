"""What stands on whom, named so that it means the same in every release: of a release, and of a release with its stream."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from jiuzhu.registry.release.counted import kind_of
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.listed import found
from jiuzhu.registry.release.subjects import Subjects
from jiuzhu.registry.stream.entries import Entry, Key, State

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

Standing = dict[tuple[str, Key], State]  # by indicator and subject


@dataclass(frozen=True)
class Asked:
    """Whose answers a look asks about. persons: by person id; records: of people known by one record alone, dataset and
    record; low, hukou: numbers of households."""

    persons: Collection[int]
    records: Collection[str]
    low: Collection[str]
    hukou: Collection[str]

    def holds(self, key: Key) -> bool:
        """Whether the subject of this key is asked about: a person, a household of that number, or somebody alone."""
        kind, name = key
        if kind in ("person person", "living person"):
            return int(name) in self.persons
        if kind in ("person record", "living record"):
            return name in self.records
        return name in (self.low if kind == "living 1" else self.hukou)


def standing_in(release: Release, catalogue: Catalogue) -> Mapping[tuple[str, Key], State]:
    """Everything a release found or could not decide."""
    return _standing(release, catalogue.version, _Kinds(catalogue))


def after(standing: Mapping[tuple[str, Key], State], entries: Iterable[Entry]) -> Standing:
    """What stands once the entries were followed, in order."""
    answer = dict(standing)
    for entry in entries:
        if entry.after is None:
            answer.pop((entry.indicator, entry.key), None)
        else:
            answer[entry.indicator, entry.key] = entry.after
    return answer


def among(standing: Mapping[tuple[str, Key], State], asked: Asked) -> Standing:
    return {what: state for what, state in standing.items() if asked.holds(what[1])}


@dataclass(frozen=True, eq=False)
class _Kinds:
    """The kind of subject of each indicator; compares equal to every other, because the version beside it tells."""

    catalogue: Catalogue

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kinds)


@lru_cache(maxsize=3)
def _standing(release: Release, version: str, kinds: _Kinds) -> Mapping[tuple[str, Key], State]:
    """Kept, because a release never changes and each look asks again."""
    who = Subjects(release)
    answer: Standing = {}
    for unknown in (True, False):
        for row in found(release, unknown=unknown).to_pylist():
            kind = kind_of(kinds.catalogue, row["indicator"])
            where = who.household_id(kind, row["subject"]), who.division(kind, row["subject"])
            state = State(row["level"], row["value"], row["threshold"], *where)
            answer[row["indicator"], who.key(kind, row["subject"])] = state
    return answer
