"""Rows found by record id, persons by theirs: every one there is, the first of several, and nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from jiuzhu.engines.mapped import Cells
from jiuzhu.registry.overlay.numbered import Numbered, Persons
from jiuzhu.registry.vault.texts import text_numbers

COUNT = 3_000  # more than are told apart without a compiled step, and fewer


class _Lying:
    """Ids as a table of the base keeps them: digits as numbers, or texts."""

    def __init__(self, texts: list[str], digits: int = 0) -> None:
        self.num_rows, self._texts, self._digits = len(texts), pa.array(texts, pa.string()), digits

    def numbered(self, name: str) -> tuple[bytes, int] | None:
        first = self._texts[0].as_py()
        return (first[: len(first) - self._digits].encode(), self._digits) if self._digits else None

    def cells(self, name: str, rows: Any) -> Cells:
        whole = np.array([int(text[-self._digits :]) for text in self._texts.to_pylist()], np.int32)
        return Cells(whole[rows], None)

    def wide_column(self, name: str, rows: Any) -> pa.Array:
        return self._texts.take(pa.array(np.arange(self.num_rows)[rows]))


def _numbers(texts: list[str]) -> Any:
    return text_numbers(pa.array(texts, pa.string()))


@pytest.mark.parametrize("count", [3, COUNT])
@pytest.mark.parametrize("digits", [0, 6])
def test_each_id_is_found_at_its_first_row_and_others_nowhere(tmp_path: Path, count: int, digits: int) -> None:
    texts = [f"R-{one:06}" if digits else f"R{'-' * (one % 7)}{one}" for one in np.random.default_rng(7).permutation(count)]
    texts.append(texts[1])  # a record that stands twice
    found = Numbered(_Lying(texts, digits), tmp_path / "kept" / "ids")  # type: ignore[arg-type]
    assert found.rows(_numbers(texts)).tolist() == [*range(count), 1]
    assert found.rows(_numbers([texts[2], "R-999999", "", texts[0]])).tolist() == [2, -1, -1, 0]
    again = Numbered(_Lying(texts, digits), tmp_path / "kept" / "ids")  # type: ignore[arg-type]
    assert again.rows(_numbers(texts)).tolist() == [*range(count), 1]


def test_what_was_made_for_a_release_before_is_thrown_away(tmp_path: Path) -> None:
    for release in ("one", "two"):
        Numbered(_Lying(["a", "b"]), tmp_path / "known" / release / "ids")  # type: ignore[arg-type]
    assert [path.name for path in (tmp_path / "known").iterdir()] == ["two"]


@pytest.mark.parametrize("count", [0, 3, COUNT])
def test_a_person_is_found_at_their_position_and_a_stranger_nowhere(count: int) -> None:
    ids = np.random.default_rng(7).choice(np.arange(-count, 10 * count), count, replace=False)
    assert Persons(ids).find(ids).tolist() == list(range(count))
    assert Persons(ids).find(np.array([10 * count + 1, -count - 1])).tolist() == [-1, -1]
