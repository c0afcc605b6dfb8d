"""Which records are known already: those whose row stands in the base, and those that lie in the archive without counting."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jiuzhu.engines.base import Base
from jiuzhu.registry.ingest.archive import Manifest, row_files
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.stream.log import folder_of
from jiuzhu.registry.vault.texts import text_numbers

Whole = npt.NDArray[Any]
ABSENT = -1  # never seen
ELSEWHERE = -2  # archived, but not in the base: retracted, followed by another, of a later day, of nobody


@dataclass
class KnownRecords:
    """Record ids by dataset, as sorted 64-bit numbers with the row of each, in files beside the stream that are mapped.

    Made when a dataset is first asked about. Two ids share a number once in 2^64.
    """

    workspace: Workspace
    release: str
    base: Base
    archived: Sequence[Manifest]
    _read: dict[str, tuple[Whole, Whole]] = field(default_factory=dict, init=False)

    def rows(self, dataset: str, numbers: Whole) -> Whole:
        """For each number of a record id its row in the base, ABSENT, or ELSEWHERE."""
        known, rows = self._of(dataset)
        if not len(known):
            return np.full(len(numbers), ABSENT, np.int64)
        place = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
        return np.where(known[place] == numbers, rows[place].astype(np.int64), ABSENT)

    def _of(self, dataset: str) -> tuple[Whole, Whole]:
        if dataset not in self._read:
            mine = [one for one in self.archived if one.dataset == dataset]
            path = self._folder / f"{dataset}-{_digest(mine)}.npy"
            if not path.exists():
                self._write(path, dataset, mine)
            # A row of numbers of their own: looking into numbers that have others between them copies them all each time.
            self._read[dataset] = _mapped(path), _mapped(_beside(path))
        return self._read[dataset]

    @property
    def _folder(self) -> Path:
        return folder_of(self.workspace) / "known" / self.release

    def _write(self, path: Path, dataset: str, mine: Sequence[Manifest]) -> None:
        if not self._folder.exists():
            shutil.rmtree(self._folder.parent, ignore_errors=True)  # of releases before
            self._folder.mkdir(parents=True, mode=0o700)
        table = self.base.rows.get(dataset)
        own = np.empty(0, np.uint64) if table is None else _numbers(table["record_id"])
        parts = [
            _numbers(pq.read_table(file, columns=["record_id"])["record_id"])
            for one in mine
            for file in row_files(self.workspace, one)
        ]
        others = np.setdiff1d(np.unique(np.concatenate([np.empty(0, np.uint64), *parts])), own)
        numbers = np.concatenate([own, others])
        order = np.argsort(numbers, kind="stable")
        rows = np.concatenate([np.arange(len(own)), np.full(len(others), ELSEWHERE)])
        for target, cells in ((_beside(path), rows[order].astype(np.int32)), (path, numbers[order])):
            aside = target.with_suffix(".part")
            with aside.open("wb") as file:
                np.save(file, cells)
            aside.rename(target)


def _mapped(path: Path) -> Whole:
    return np.load(path, mmap_mode="r").view(np.ndarray)  # type: ignore[no-any-return]


def _beside(path: Path) -> Path:
    """Where the rows stand of the numbers in a file; they are there before it."""
    return path.with_suffix(".rows.npy")


def _numbers(texts: pa.ChunkedArray) -> Whole:
    return np.concatenate([np.empty(0, np.uint64), *(text_numbers(chunk) for chunk in texts.chunks)])


def _digest(deliveries: Sequence[Manifest]) -> str:
    return hashlib.sha256("\n".join(sorted(one.delivery for one in deliveries)).encode()).hexdigest()[:16]
