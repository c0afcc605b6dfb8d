"""A small county, whole: the same bytes for a seed, files that ingest takes without a murmur, a truth that can be asked."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from jiuzhu.registry.ingest.checks import Checker
from jiuzhu.registry.ingest.child import READERS
from jiuzhu.registry.ingest.content import unzipped
from jiuzhu.registry.ingest.headers import Titles
from jiuzhu.registry.ingest.limits import Limits
from jiuzhu.registry.ingest.naming import named
from jiuzhu.registry.ingest.shapes import shape_of
from jiuzhu.rules.catalogue import Catalogue, read_catalogue
from jiuzhu.synthetic.county import Summary, synthesise

CATALOGUE = Path(__file__).parents[3] / "catalogue"
RESIDENTS = 1500


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(CATALOGUE)[0]


@pytest.fixture(scope="module")
def county(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    out = tmp_path_factory.mktemp("county")
    return out, synthesise(out=out, catalogue=catalogue, residents=RESIDENTS)


def bytes_of(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_a_seed_gives_the_same_bytes_and_another_gives_others(
    county: tuple[Path, Summary], catalogue: Catalogue, tmp_path: Path
) -> None:
    synthesise(out=tmp_path / "again", catalogue=catalogue, residents=RESIDENTS)
    assert bytes_of(tmp_path / "again") == bytes_of(county[0])
    synthesise(out=tmp_path / "other", catalogue=catalogue, residents=RESIDENTS, seed=8)
    same = bytes_of(tmp_path / "other").items() & bytes_of(county[0]).items()
    assert len(same) < 5


def test_every_dataset_is_delivered(county: tuple[Path, Summary], catalogue: Catalogue) -> None:
    delivered = {named(path.name, "", catalogue.datasets).dataset for path in (county[0] / "deliveries").iterdir()}
    assert delivered == set(catalogue.datasets)


def test_ingest_takes_every_row(county: tuple[Path, Summary], catalogue: Catalogue) -> None:
    received, rejected = 0, Counter[tuple[str, str, str]]()
    for path in sorted((county[0] / "deliveries").iterdir()):
        naming = named(path.name, "", catalogue.datasets)
        dataset = catalogue.datasets[naming.dataset]
        content = pa.py_buffer(path.read_bytes())
        content = unzipped(content, file=path.name, limits=Limits()) if naming.packed else content
        for batch in READERS[naming.form](content, Titles(dataset), file=path.name, limits=Limits()):
            checked = Checker(shape_of(dataset, catalogue.codes), period_end=None).check(batch)
            received += len(batch.rows)
            for bad in checked.rejected.to_pylist():
                rejected[path.name, bad["column"], bad["reason"]] += 1
    assert not rejected
    assert received >= county[1].records


def test_the_truth_is_unique_and_its_quiet_families_are_of_many_shapes(county: tuple[Path, Summary]) -> None:
    truth = rows_of(county[0] / "truth" / "warnings.csv")
    assert list(truth[0]) == ["indicator_id", "subject_kind", "subject", "household_id", "grade", "as_of", "story"]
    assert max(Counter((line["indicator_id"], line["subject"]) for line in truth).values()) == 1
    quiet = {line["story"] for line in truth if line["indicator_id"] == "*"}
    assert len(quiet) >= 50
    assert {line["grade"] for line in truth} <= {"red", "orange", "yellow", "blue", ""}
    assert {line["as_of"] for line in truth} == {"2026-11-20"}


def test_mistyped_numbers_are_listed_with_the_true_ones(catalogue: Catalogue, tmp_path: Path) -> None:
    synthesise(out=tmp_path, catalogue=catalogue, residents=20_000, as_of=date(2027, 3, 31), seed=3)
    links = rows_of(tmp_path / "truth" / "links.csv")
    assert len(links) > 10
    assert all(len(line["id_no"]) == 18 for line in links)
    assert len({(line["dataset"], line["record_id"]) for line in links}) == len(links)
