"""The spark engine on the county: a part of the indicators, as `make prove-spark` asks all of them, and the way to it by command."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.engines.sql import spark_settings
from jiuzhu.engines.sql.spark_settings import SparkMissing, WrongSettings
from jiuzhu.portals.cli.main import main
from jiuzhu.registry import public
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.folder import Release
from tests.support.county import AS_OF, County
from tests.support.spark import spark_engine

EVERY = 12


@pytest.mark.feature("SF280")
def test_spark_finds_what_the_run_found(county: County) -> None:
    base = Release(Workspace(county.workspace), county.run.release).base
    indicators = list(county.catalogue.indicators.values())[::EVERY]
    here = ColumnarEngine(county.catalogue).run(base, indicators)
    there = spark_engine("spark", county.catalogue).run(base, indicators)
    assert here.signals.num_rows > 50
    assert there.tallies(indicators) == here.tallies(indicators)
    assert there.signals.equals(here.signals)
    assert there.unknown.equals(here.unknown)


def test_a_run_on_spark_without_java_is_refused_and_nothing_changes(
    county: County, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(spark_settings.shutil, "which", lambda name: None)
    words = ["run", "--workspace", str(county.workspace), "--as-of", AS_OF.isoformat(), "--engine", "spark", "--sample", "3"]
    before = public.releases(county.workspace)
    assert main(words) == 1
    assert "needs Java 17" in capsys.readouterr().err
    assert public.releases(county.workspace) == before


def test_a_run_on_spark_reads_the_settings_of_its_workspace(tmp_path: Path, county: County) -> None:
    (tmp_path / "spark.toml").write_text('master = "yarn"\n', encoding="utf-8")
    with pytest.raises(WrongSettings, match=r"spark\.toml: master 'yarn' needs `tables`"):
        public.run(tmp_path, as_of=AS_OF, now=datetime(2026, 11, 21, tzinfo=UTC), catalogue=county.catalogue, engine="spark")


def test_what_spark_lacks_is_a_refusal_of_the_door() -> None:
    assert {SparkMissing, WrongSettings} <= set(public.REFUSALS)
