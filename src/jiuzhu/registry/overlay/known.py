"""Which records are known already: those whose row stands in the base, and those that lie in the archive without counting."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from jiuzhu.crypto.files import synced
from jiuzhu.engines.ascending import distinct
from jiuzhu.engines.base import Base
from jiuzhu.engines.mapped import Mapped
from jiuzhu.registry.ingest.archive import Manifest, row_files
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.overlay.numbered import Numbered, mapped, ready
from jiuzhu.registry.stream.log import folder_of
from jiuzhu.registry.vault.texts import text_numbers

Whole = npt.NDArray[Any]
ABSENT = -1  # never seen
ELSEWHERE = -2  # archived, but not in the base: retracted, followed by another, of a later day, of nobody
_AT_ONCE = 1 << 18  # record ids of the archive


@dataclass
class KnownRecords:
    """Record ids by dataset, in files beside the stream that are mapped: where to look in the base for an id, and the other ids.

    Made when a dataset is first asked about. An id is known by its 64-bit number: two share one once in 2^64.
    """

    workspace: Workspace
    release: str
    base: Base
    archived: Sequence[Manifest]
    _read: dict[str, tuple[Numbered | None, Whole]] = field(default_factory=dict, init=False)

    def rows(self, dataset: str, numbers: Whole) -> Whole:
        """For each number of a record id its row in the base, ABSENT, or ELSEWHERE."""
        based, others = self._of(dataset)
        found = np.full(len(numbers), ABSENT, np.int64) if based is None else based.rows(numbers)
        if len(others):
            place = np.minimum(np.searchsorted(others, numbers), len(others) - 1)
            found[(found == ABSENT) & (others[place] == numbers)] = ELSEWHERE
        return found

    def _of(self, dataset: str) -> tuple[Numbered | None, Whole]:
        if dataset not in self._read:
            based = self._based(dataset)
            mine = [one for one in self.archived if one.dataset == dataset]
            path = self._folder / f"{dataset}-{_digest(mine)}.npy"
            if not path.exists():
                self._write(path, self._others(based, mine))
            self._read[dataset] = based, mapped(path)
        return self._read[dataset]

    def _based(self, dataset: str) -> Numbered | None:
        """The ids of the rows in the base."""
        tables = self.base.rows
        assert isinstance(tables, Mapped), "records are laid over a base that lies on the disk"
        return Numbered(tables.narrow(dataset), self._folder / f"{dataset}.based") if dataset in tables else None

    def _others(self, based: Numbered | None, mine: Sequence[Manifest]) -> Whole:
        """The numbers of the ids that are archived and have no row in the base, ascending."""
        parts = [np.empty(0, np.uint64)]
        for one in mine:
            for file in row_files(self.workspace, one):
                for batch in pq.ParquetFile(file).iter_batches(_AT_ONCE, columns=["record_id"]):
                    numbers = text_numbers(batch.column(0))
                    parts.append(numbers if based is None else numbers[based.rows(numbers) < 0])
        return distinct(np.concatenate(parts))

    @cached_property
    def _folder(self) -> Path:
        return kept_in(self.workspace, self.release)

    def _write(self, path: Path, numbers: Whole) -> None:
        ready(path.parent)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            np.save(file, numbers)
        synced(Path(file.name))
        Path(file.name).rename(path)


def kept_in(workspace: Workspace, release: str) -> Path:
    """The folder of what is made once for a release by whoever lays records over it; nothing in it names anybody."""
    return folder_of(workspace) / "known" / release


def _digest(deliveries: Sequence[Manifest]) -> str:
    return hashlib.sha256("\n".join(sorted(one.delivery for one in deliveries)).encode()).hexdigest()[:16]
