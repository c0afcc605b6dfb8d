"""A base on the disk: narrow columns that are read where they lie, and give back what was stored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from jiuzhu.engines.base import Base
from jiuzhu.engines.columnar.words import Words
from jiuzhu.engines.mapped import Mapped, few_rows
from jiuzhu.registry.profile.narrow import record_ids
from jiuzhu.registry.release.layout import Layout
from tests.support.agreement import random_case
from tests.support.laid_out import laid_out

IDS = ["A07", "A08", "A19", "A20", "A21"]


def base_of(rows: dict[str, pa.Table], people: int = 4) -> Base:
    """Two households of two, and everybody's hukou elsewhere."""
    made = random_case(1, rules=1, rows=100)[2]
    homes = {"household": np.arange(people) // 2, "hukou": np.arange(people) // 2, "place": np.zeros(people)}
    table = pa.table({name: pa.array(cells, pa.int32()) for name, cells in homes.items()})
    return replace(made, people=table.append_column("authorised", pa.array([True] * people)), rows=rows, relations={})


def rows(person: list[int], **columns: pa.Array) -> pa.Table:
    home = [one // 2 if one >= 0 else -1 for one in person]
    owners = {name: pa.array(cells, pa.int32()) for name, cells in {"person": person, "household": home, "hukou": home}.items()}
    return pa.table({**owners, "record_id": pa.array(IDS[: len(person)]), **columns})


@pytest.mark.parametrize("seed", range(4))
def test_a_base_reads_back_as_it_was_stored(seed: int, tmp_path: Path) -> None:
    base = random_case(seed, rules=1, rows=3000)[2]
    back = laid_out(base, tmp_path)
    for before, after in ((base.rows, back.rows), (base.relations, back.relations)):
        assert list(after) == sorted(before)
        for code, table in before.items():
            assert after[code].equals(table.combine_chunks()), code


def test_the_same_base_has_the_same_bytes_however_its_tables_lay_in_memory(tmp_path: Path) -> None:
    base = random_case(7, rules=1, rows=2000)[2]
    cut = {code: pa.concat_tables([table.slice(0, 3), table.slice(3)]) for code, table in base.rows.items()}
    laid_out(base, tmp_path / "one")
    laid_out(replace(base, rows=dict(reversed(cut.items()))), tmp_path / "two")
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name / "base").iterdir()} for name in ("one", "two"))
    assert one == two


def test_columns_are_as_narrow_as_what_they_hold_and_lie_in_the_file(tmp_path: Path) -> None:
    table = rows(
        [0, 1, 2],
        small=pa.array([1, -128, 127], pa.int64()),
        wider=pa.array([0, 128, None], pa.int64()),
        great=pa.array([1, 2, 2**40], pa.int64()),
        day=pa.array([20_000, 20_001, None], pa.int32()).cast(pa.date32()),
        yes=pa.array([True, None, False]),
        text=pa.array(["b", None, "a"]),
    )
    back = laid_out(base_of({"one": table}), tmp_path).rows
    assert isinstance(back, Mapped)
    lying = back.narrow("one")
    kinds = {name: str(lying.cells(name).cells.dtype) for name in ("small", "wider", "great", "day", "yes", "text")}
    assert kinds == {"small": "int8", "wider": "int16", "great": "int64", "day": "int16", "yes": "bool", "text": "int8"}
    assert all(not lying.cells(name).cells.flags.owndata for name in kinds)
    assert lying.cells("small").empty is None
    assert lying.cells("wider").empty.tolist() == [False, False, True]
    assert back["one"].equals(table)


def test_codes_sort_as_their_texts_do_in_all_columns(tmp_path: Path) -> None:
    one = rows([0, 1, 2], text=pa.array(["b", "汉", "a"]))
    two = rows([0, 1], other=pa.array(["c", "b"]))
    back = laid_out(base_of({"one": one, "two": two}), tmp_path).rows
    assert isinstance(back, Mapped)
    assert back.words.to_pylist() == ["a", "b", "c", "汉"]
    assert back.narrow("one").cells("text").cells.tolist() == [1, 3, 0]
    assert back.narrow("two").cells("other").cells.tolist() == [2, 1]


def test_owners_that_follow_from_the_person_are_not_stored(tmp_path: Path) -> None:
    follows, own = rows([-1, 0, 0, 3], x=pa.array([1, 2, 3, 4])), rows([0, 1, 2], x=pa.array([1, 2, 3]))
    own = own.set_column(1, "household", pa.array([0, 1, 1], pa.int32()))
    few = rows([3], x=pa.array([1]))
    back = laid_out(base_of({"follows": follows, "own": own, "few": few}), tmp_path).rows
    assert isinstance(back, Mapped)
    stored = {
        code: [name for name in back.narrow(code).table.column_names if name in ("person", "household", "hukou")] for code in back
    }
    assert stored == {"follows": [], "own": ["household"], "few": ["person"]}  # one row for four people: a column
    assert back.narrow("follows").starts.tolist() == [1, 3, 3, 3, 4]
    assert back["follows"].equals(follows)
    assert back["own"].equals(own)
    assert few_rows(back, "follows", np.array([0, 2])) == follows.take([0, 2]).to_pylist()


@pytest.mark.parametrize(
    "ids", [["007", "010"], ["x9", "x10"], ["7", "07"], ["a", "b"], ["", "1"], ["9" * 19, "1" * 19], ["汉1", "汉2"], ["5"], []]
)
def test_record_ids_come_back_whatever_they_look_like(ids: list[str], tmp_path: Path) -> None:
    """Digits as a number only where all ids are as long: else 7 and 07 were one."""
    people = list(range(len(ids)))
    table = rows(people).drop_columns("record_id").append_column("record_id", pa.array(ids, pa.string()))
    back = laid_out(base_of({"one": table}), tmp_path).rows
    assert back["one"]["record_id"].to_pylist() == ids
    assert [row["record_id"] for row in few_rows(back, "one", slice(None))] == ids


def test_more_ids_than_one_array_of_texts_holds_come_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    back = laid_out(base_of({"one": rows([0, 1, 2, 3])}), tmp_path).rows
    monkeypatch.setattr("jiuzhu.engines.mapped._TEXTS", 3)
    assert back["one"]["record_id"].num_chunks == 2
    assert back["one"]["record_id"].to_pylist() == IDS[:4]


def test_record_ids_with_digits_behind_one_beginning_sort_as_numbers() -> None:
    kept = record_ids(pa.array(["NX0100", "NX0090", "NX1000"]))
    assert kept.holds == "number"
    assert np.argsort(kept.cells).tolist() == [1, 0, 2]


def test_words_met_later_sort_among_those_of_the_base() -> None:
    words = Words(pa.array(["b", "d", "f"], pa.large_string()))
    texts = ["f", "e", "a", "b", "g", "c", "d", ""]
    numbers = np.array([words.number(text) for text in texts])
    assert [words.number(text) for text in ("b", "d", "f")] == [0, 1, 2]
    assert words.texts(numbers) == texts
    ranks = words.ranks(numbers)
    assert [texts[at] for at in np.argsort(ranks)] == sorted(texts)
    assert words.of_ranks(ranks).tolist() == numbers.tolist()


def test_a_base_without_texts_is_settled_too(tmp_path: Path) -> None:
    back = laid_out(base_of({"one": rows([0, 1])}), tmp_path).rows
    assert isinstance(back, Mapped)
    assert back.words.to_pylist() == []


def test_settling_twice_changes_nothing(tmp_path: Path) -> None:
    laid_out(base_of({"one": rows([0], text=pa.array(["a"]))}), tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / "base").iterdir()}
    Layout(tmp_path / "base").settle()
    assert {path.name: path.read_bytes() for path in (tmp_path / "base").iterdir()} == before
