"""Both roads from the archive to the base, with SQL and without, give the same bytes."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from jiuzhu.registry.profile.build import BaseBuilder
from jiuzhu.registry.profile.placing import People, in_order, numbers_of
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.profile.straight import is_plain
from jiuzhu.registry.profile.wanted import wanted_columns
from jiuzhu.registry.release.folder import BASE, Writer
from jiuzhu.rules.catalogue import Catalogue
from tests.support.random_archive import RandomArchive

AS_OF = date(2026, 11, 20)
MOMENT = Moment(AS_OF, datetime(2026, 11, 21, tzinfo=timezone(timedelta(hours=8))))
# An event by day, one by month, one by instant; states with and without things; rows only an authorisation opens; texts; other persons.
DATASETS = [
    "medins_settlement",
    "hr_pension_contribution",
    "hr_employment_difficulty",
    "land_real_estate",
    "bank_deposit",
    "health_death_certificate",
    "hotline_case",
    "edu_student_enrollment",
]
OTHERS = ["power_usage", "civil_support_obligor", "land_expropriation", "police_residence_permit"]  # only whom they name


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / BASE).iterdir()}


@pytest.mark.parametrize("seed", range(8))
def test_both_roads_give_the_same_bytes(seed: int, national: Catalogue, tmp_path: Path) -> None:
    wanted = wanted_columns(national)
    assert all(is_plain(national.datasets[code], wanted) for code in DATASETS)
    drawn = RandomArchive(national, seed, AS_OF, tmp_path)
    archive = drawn.made([*DATASETS, *OTHERS], 300)
    laid = []
    for name in ("straight", "sql"):
        (tmp_path / name / BASE).mkdir(parents=True)
        writer = Writer(tmp_path / name)
        built = BaseBuilder(
            archive,
            national,
            MOMENT,
            drawn.order(),
            links=drawn.links(),
            keeper=writer,
            layer=writer if name == "straight" else None,
            signed=pa.table({"person": pa.array(range(1, 20), pa.int64())}),
        ).build()
        laid.append(files(tmp_path / name))
        assert sum(built.base.rows[code].num_rows for code in DATASETS) > 100
        assert any(-1 in built.base.rows[code]["person"].to_pylist() for code in DATASETS)
    assert laid[0].keys() == laid[1].keys()
    assert [name for name in laid[0] if laid[0][name] != laid[1][name]] == []


def test_rows_stand_by_person_then_home_then_record_however_many_one_has() -> None:
    random = np.random.default_rng(5)
    person = np.concatenate([np.full(3000, 2), random.integers(-1, 400, 3000)]).astype(np.int32)
    record = random.permutation(len(person))
    home = random.integers(0, 3, len(person)).astype(np.int32)
    nobody = np.empty(0, np.int32)
    assert in_order(person, home, record, 400).tolist() == np.lexsort((record, home, person)).tolist()
    assert in_order(person, nobody, record, 400).tolist() == np.lexsort((record, person)).tolist()
    assert in_order(nobody, nobody, np.empty(0, np.int64), 3).tolist() == []


def test_a_person_is_found_by_number_and_a_stranger_is_not() -> None:
    persons = np.array([7, -3, 2**62, 0, 8, 9])
    people = People(persons)
    assert people.find(persons).tolist() == [0, 1, 2, 3, 4, 5]
    assert people.find(np.array([1, -2])).tolist() == [-1, -1]
    assert People(persons[:0]).find(persons[:2]).tolist() == [-1, -1]


def test_digits_are_read_off_texts_that_begin_alike() -> None:
    def told(*texts: str) -> tuple[bytes, int, list[int]] | None:
        letters = np.array([list(text.encode()) for text in texts], np.uint8)
        found = numbers_of(letters, 4)
        return None if found is None else (*found[:2], found[2].tolist())

    assert told("ab07", "ab12") == (b"ab", 2, [7, 12])
    assert told("ab07", "ac12") is None
    assert told("1234567", "1239999") == (b"123", 4, [4567, 9999])
    assert told("abc", "abd") is None
