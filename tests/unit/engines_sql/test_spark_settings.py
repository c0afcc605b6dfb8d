"""Where Spark runs: what may be asked for, and what is said where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.engines.sql import spark_settings
from jiuzhu.engines.sql.spark import SparkEngine
from jiuzhu.engines.sql.spark_settings import Settings, SparkMissing, WrongSettings
from tests.support.small_catalogue import small_catalogue

TOML = """
master = "spark://one.example:7077"
memory = "8g"
ranges = 200
tables = "/shared/jiuzhu"

[options]
"spark.executor.memory" = "6g"
"""


def test_without_a_file_spark_runs_on_this_machine_alone(tmp_path: Path) -> None:
    told = Settings.read(tmp_path / "spark.toml", {}).all()
    assert told["spark.master"] == "local[2]"
    assert told["spark.driver.bindAddress"] == "127.0.0.1"
    assert told["spark.sql.ansi.enabled"] == "true"


def test_a_file_says_where_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    file = tmp_path / "spark.toml"
    file.write_text(TOML, encoding="utf-8")
    told = Settings.read(file, {"JIUZHU_SPARK_RANGES": "400", "JIUZHU_SPARK_MEMORY": "12g"})
    assert told == Settings("spark://one.example:7077", "12g", 400, "/shared/jiuzhu", (("spark.executor.memory", "6g"),))
    assert told.all()["spark.executor.memory"] == "6g"
    assert told.all()["spark.sql.shuffle.partitions"] == "400"


def test_between_machines_everything_is_encrypted() -> None:
    there = Settings(master="spark://one.example:7077", tables="/shared").all()
    assert there["spark.authenticate"] == there["spark.network.crypto.enabled"] == there["spark.io.encryption.enabled"] == "true"
    assert "spark.authenticate" not in Settings().all()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ('maste = "local"', "'maste' is no setting"),
        ("ranges = 0", "whole number from 1 on"),
        ('ranges = "many"', "whole number from 1 on"),
        ("ranges = true", "whole number from 1 on"),
        ("memory = 4", "must be a text"),
        ("master =", "spark.toml"),
        ('master = "yarn"', "needs `tables`"),
        ('[options]\n"spark.sql.ansi.enabled" = "false"', "set by the platform"),
        ('[options]\n"spark.network.crypto.enabled" = "false"', "nothing goes in the clear"),
        ('[options]\n"spark.executor.cores" = 4', "as texts"),
        ("options = 3", "as texts"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_its_file(told: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "spark.toml"
    file.write_text(told, encoding="utf-8")
    with pytest.raises(WrongSettings, match=why) as refused:
        Settings.read(file, {})
    assert str(file) in str(refused.value)


def test_without_java_it_says_what_is_missing_and_what_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_settings.shutil, "which", lambda name: None)
    with pytest.raises(SparkMissing, match=r"needs Java 17.*make java.*--engine sql"):
        SparkEngine(small_catalogue().catalogue)


def test_without_pyspark_it_says_what_is_missing_and_what_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_settings, "find_spec", lambda name: None)
    with pytest.raises(SparkMissing, match=r"needs PySpark.*jiuzhu\[spark\].*--engine sql"):
        SparkEngine(small_catalogue().catalogue)
