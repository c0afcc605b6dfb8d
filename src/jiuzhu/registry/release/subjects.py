"""Whom the positions of a release stand for: numbers of households, people by the vault, and the names of warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiuzhu.crypto.index import keyed_digest
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.households import ALONE
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.vault.vault import Vault

PURPOSE = "warning"
Whole = npt.NDArray[Any]


@dataclass(frozen=True)
class Subjects:
    """Positions of one release. kind: person, living or hukou."""

    release: Release

    # Columns as they lie, not lists: of a province these would be gigabytes, and whoever receives records holds them for good.

    @cached_property
    def persons(self) -> list[int]:
        """The person id of each position; below zero of a record that stands alone."""
        ids: list[int] = self.sealed["person"].to_pylist()
        return ids

    @cached_property
    def sealed(self) -> pa.Table:
        """What `Release.subjects` gives, opened once."""
        table = self.release.subjects()
        return pa.table({name: _lying(table[name]) for name in table.column_names})

    @cached_property
    def _numbers(self) -> pa.Array:
        return _lying(self.release.numbers["number"])

    @cached_property
    def _kinds(self) -> Whole:
        return np.asarray(self.release.numbers["kind"])

    @cached_property
    def _hukou(self) -> pa.Array:
        return _lying(self.release.hukou_numbers["number"])

    @cached_property
    def _places(self) -> Mapping[str, Whole]:
        base = self.release.base
        tables = {"person": base.people, "living": base.households, "hukou": base.hukou}
        return {kind: np.asarray(table["place"]) for kind, table in tables.items()}

    @cached_property
    def _codes(self) -> list[str]:
        codes: list[str] = self.release.base.places["code"].to_pylist()
        return codes

    @cached_property
    def _homes(self) -> Whole:
        return np.asarray(self.release.base.people["household"])

    @cached_property
    def _first(self) -> Whole:
        return np.asarray(self.release.base.households["first"])

    @cached_property
    def _hukou_first(self) -> tuple[Whole, Whole]:
        """Each hukou household that somebody belongs to, ascending, and its first member."""
        found, first = np.unique(self.release.base.people["hukou"].to_numpy(), return_index=True)
        return found, first

    def division(self, kind: str, position: int) -> str:
        return self._codes[int(self._places[kind][position])]

    def living(self, position: int) -> str:
        """The number of a living household; "" for somebody alone."""
        return str(self._numbers[position].as_py())

    def person_of(self, kind: str, position: int) -> int:
        """The person a subject is, or who stands first in it."""
        if kind == "person":
            return position
        if kind == "living":
            return int(self._first[position])
        found, first = self._hukou_first
        return int(first[np.searchsorted(found, found.dtype.type(position))])

    def household_id(self, kind: str, position: int) -> str:
        """The number of the household a subject is or lives in."""
        if kind == "hukou":
            return str(self._hukou[position].as_py())
        return self.living(int(self._homes[position]) if kind == "person" else position)

    def number(self, kind: str, position: int) -> str | None:
        """What a household is called; None for a person, and for a household of somebody alone."""
        if kind == "person" or (kind == "living" and self._kinds[position] == ALONE):
            return None
        return self.household_id(kind, position)

    def key(self, kind: str, position: int) -> tuple[str, str]:
        """What names a subject in every release alike, never shown to anybody."""
        number = self.number(kind, position)
        if number is not None:
            return (kind if kind == "hukou" else f"living {self._kinds[position]}", number)
        person = self.person_of(kind, position)
        record = self.sealed["record"][person].as_py()
        return (f"{kind} record", str(record)) if record else (f"{kind} person", str(self.sealed["person"][person].as_py()))

    def warning_id(self, indicator: str, kind: str, position: int) -> str:
        return named_warning(self.release.workspace, indicator, self.key(kind, position))


def _lying(column: pa.ChunkedArray) -> pa.Array:
    """In one piece; what lies in one is not copied."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def named_warning(workspace: Workspace, indicator: str, key: tuple[str, str]) -> str:
    """The number of a warning, the same in every release. key: of its subject."""
    return keyed_digest(indicator, *key, keys=workspace.keys, purpose=PURPOSE)


def id_numbers(vault: Vault, persons: Sequence[int]) -> dict[int, str]:
    """The 18 characters of each person's number, of those who have one."""
    known = np.unique(np.array([person for person in persons if person > 0], dtype=np.int64))
    return {int(one): text for one, text in zip(known, vault.id_number_of(known), strict=True) if text}


def display_names(vault: Vault, persons: Iterable[int]) -> dict[int, str]:
    """One name a person, the first of those delivered; of a record that stands alone none."""
    return {person: names[0] for person, names in vault.names_of(one for one in persons if one > 0).items() if names}


def is_invented(workspace: Workspace) -> bool:
    """Whether everybody in the workspace is invented, so that numbers may be shown without a purpose."""
    return (workspace.folder / "invented").exists()
