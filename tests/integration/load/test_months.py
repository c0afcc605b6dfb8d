"""The archive is cut by dataset and month: only files of the months asked are opened, and a delivery of many months is whole."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jiuzhu.registry import public
from jiuzhu.registry.ingest import months
from jiuzhu.registry.ingest.archive import deliveries
from jiuzhu.registry.ingest.records import records
from jiuzhu.registry.ingest.workspace import Workspace
from tests.integration.load.population import AS_OF, GONE, NOW, Population, catalogue, deliver

PEOPLE = 3_000
DATASET = "police_population"
DAYS = (date(2026, 7, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 11, 2))
ARCHIVED = ("2026-07", "2026-09", "2026-11")


@pytest.fixture
def population() -> Population:
    return Population.of(PEOPLE)


@pytest.fixture
def workspace(tmp_path: Path, population: Population) -> Path:
    """The register in one file without a period, its rows of four days mixed; the low-income base as of September."""
    told = [pq.read_table(path) for path in deliver(population, tmp_path / "made")]
    register = pa.concat_tables(told[0::2]).sort_by("record_id")
    days = pa.array([DAYS[row % len(DAYS)] for row in range(PEOPLE)], pa.date32())
    base = pa.concat_tables(told[1::2])
    pq.write_table(
        register.set_column(register.column_names.index("data_date"), "data_date", days), tmp_path / f"{DATASET}.parquet"
    )
    september = pa.array([date(2026, 9, 28)] * PEOPLE, pa.date32())
    base = base.set_column(base.column_names.index("data_date"), "data_date", september)
    pq.write_table(base, tmp_path / "civil_lowincome_member.parquet")
    paths = [tmp_path / f"{DATASET}.parquet", tmp_path / "civil_lowincome_member.parquet"]
    reports = public.deliver(paths, workspace=tmp_path / "workspace", catalogue=catalogue(), as_of=AS_OF)
    assert [one.state for one in reports] == ["accepted", "accepted"]
    return tmp_path / "workspace"


def _files(workspace: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted((workspace / "archive" / DATASET).glob("*/*.parquet"))}


def _spoil(path: Path) -> None:
    """Nobody can open the file as Parquet any more."""
    path.write_bytes(b"not a table")


@pytest.mark.feature("SF052")
def test_a_delivery_that_spans_months_stands_in_one_file_a_month_with_every_row_once(workspace: Path) -> None:
    files = _files(workspace)
    assert tuple(files) == ARCHIVED
    held = {month: pq.read_table(path, columns=["record_id", "data_date"]).to_pylist() for month, path in files.items()}
    for month, rows in held.items():
        assert {row["data_date"].isoformat()[:7] for row in rows} == {month}
    assert Counter(row["record_id"] for rows in held.values() for row in rows) == Counter(f"p{one}" for one in range(PEOPLE))


@pytest.mark.feature("SF052")
def test_whoever_asks_for_some_months_opens_no_file_of_another(workspace: Path) -> None:
    files, home = _files(workspace), Workspace(workspace)
    for month in ("2026-07", "2026-11"):
        _spoil(files[month])
    table = records(home, DATASET, first=date(2026, 8, 15), last=date(2026, 10, 1))
    assert table is not None
    assert sorted(table["record_id"].to_pylist()) == sorted(f"p{one}" for one in _of_days(1, 2))
    with pytest.raises(pa.ArrowInvalid):  # the others would have been missed
        records(home, DATASET, first=date(2026, 7, 31), last=date(2026, 10, 1))


def test_a_run_of_an_earlier_day_opens_no_file_of_a_later_month_and_finds_the_same(
    workspace: Path, population: Population
) -> None:
    _spoil(_files(workspace)["2026-11"])
    day = date(2026, 9, 30)
    made = public.run(workspace, as_of=day, now=datetime(2026, 9, 30, 16, tzinfo=UTC), catalogue=catalogue())
    seen = np.zeros(PEOPLE, bool)
    seen[_of_days(0, 1, 2)] = True
    found = {one.indicator: one.count for one in made.tallies}
    assert found[GONE] == int((seen & (population.hukou == 3) & (population.listed == 1)).sum()) > 0
    with pytest.raises(Exception, match=r"2026-11\.parquet"):
        public.run(workspace, as_of=AS_OF, now=NOW, catalogue=catalogue())


def test_a_month_whose_file_is_gone_is_an_error_and_not_a_month_without_rows(workspace: Path) -> None:
    _files(workspace)["2026-09"].unlink()
    with pytest.raises(Exception, match=r"2026-09\.parquet"):
        public.run(workspace, as_of=AS_OF, now=NOW, catalogue=catalogue())


def test_rows_of_many_months_wait_in_bounded_number_and_keep_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(months, "ROW_GROUP", 50)
    monkeypatch.setattr(months, "_MOST_WAITING", 120)
    random = np.random.default_rng(3)
    days = random.integers(20_000, 20_400, 2_000).astype(np.int32)
    files = months.MonthFiles(tmp_path, ["data_date"], ["row"])
    for start in range(0, 2_000, 70):
        rows = {
            "data_date": pa.array(days[start : start + 70], pa.date32()),
            "row": pa.array(np.arange(start, min(start + 70, 2_000))),
        }
        files.add(pa.RecordBatch.from_pydict(rows))
        assert sum(files._counts.values()) <= 120
    files.close()
    for path in tmp_path.iterdir():
        expected = [row for row, day in enumerate(days.tolist()) if str(np.datetime64(day, "D"))[:7] == path.stem]
        assert pq.read_table(path)["row"].to_pylist() == expected
    assert sum(pq.read_metadata(path).num_rows for path in tmp_path.iterdir()) == 2_000


def test_what_a_manifest_says_of_a_delivery_is_what_its_rows_say(workspace: Path) -> None:
    for one in deliveries(Workspace(workspace)):
        table = records(Workspace(workspace), one.dataset)
        assert table is not None
        assert one.statistics["first_day"] == min(table["data_date"].cast(pa.int32()).to_pylist())
        assert one.statistics["last_day"] == max(table["data_date"].cast(pa.int32()).to_pylist())
        assert set(one.divisions) == set(table["region_code"].to_pylist())


def _of_days(*wanted: int) -> list[int]:
    """The people whose row in the register is of these of DAYS; rows were sorted by record id as text."""
    order = sorted(range(PEOPLE), key=lambda one: f"p{one}")
    return [one for place, one in enumerate(order) if place % len(DAYS) in wanted]
