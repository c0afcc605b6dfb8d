"""Where Spark runs and with how much: a file `spark.toml`, the environment over it, one plain machine where neither says more."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ENVIRONMENT = "JIUZHU_SPARK_"
FIXED = {
    "spark.app.name": "jiuzhu",
    "spark.sql.ansi.enabled": "true",  # a number that runs over stops the run
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.variable.substitute": "false",  # a text of a rule that looks like ${...} stays what it is
    "spark.sql.execution.arrow.localRelationThreshold": "0",  # rows inside a plan are weighed anew by every rule of the planner
    "spark.buffer.pageSize": "1m",  # a rule joins dozens of tables in one task, and each sort of them holds at least one page
    "spark.ui.enabled": "false",  # its pages show statements to whoever reaches the port
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
# Between machines nothing goes in the clear, nor does what tasks spill to their disks lie there so.
BETWEEN_MACHINES = {
    "spark.authenticate": "true",
    "spark.network.crypto.enabled": "true",
    "spark.network.crypto.cipher": "AES/GCM/NoPadding",
    "spark.io.encryption.enabled": "true",
}
AT_HOME = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


class SparkMissing(Exception):
    """Java or PySpark is not installed here."""


class WrongSettings(ValueError):
    """spark.toml, or a variable of the environment, cannot be followed."""


@dataclass(frozen=True)
class Settings:
    """master: `local[2]`, or a cluster's address; "" leaves it to spark-submit. memory: of the driver.

    ranges: into how many ranges of households rows are cut, and how many tasks join them. tables: the folder, on storage that
    every executor reaches by the same path, for the tables of a run. options: Spark's own further settings.
    """

    master: str = "local[2]"
    memory: str = "2g"
    ranges: int = 2
    tables: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, path: Path, environment: Mapping[str, str]) -> Settings:
        """Those of a file, which may be missing, and of variables such as JIUZHU_SPARK_MASTER. Raises WrongSettings."""
        try:
            return cls.told(tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}, environment)
        except (tomllib.TOMLDecodeError, WrongSettings) as fault:
            raise WrongSettings(f"{path}: {fault}") from None

    @classmethod
    def told(cls, given: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
        """Raises WrongSettings."""
        kinds: dict[str, Any] = {"master": str, "memory": str, "ranges": int, "tables": str}
        unknown = sorted(given.keys() - kinds.keys() - {"options"})
        if unknown:
            raise WrongSettings(f"{unknown[0]!r} is no setting; there are {', '.join(kinds)} and the table [options]")
        asked: dict[str, Any] = {name: given[name] for name in kinds if name in given}
        asked |= {name: environment[key] for name in kinds if (key := f"{ENVIRONMENT}{name.upper()}") in environment}
        if isinstance(asked.get("ranges"), str) and asked["ranges"].isdecimal():
            asked["ranges"] = int(asked["ranges"])
        for name, value in asked.items():
            if type(value) is not kinds[name] or (name == "ranges" and value < 1):
                raise WrongSettings(f"{name} = {value!r} must be {'a whole number from 1 on' if name == 'ranges' else 'a text'}")
        return cls(**asked, options=_options(given.get("options", {}), asked))

    @property
    def at_home(self) -> bool:
        """Whether everything stays in one process on this machine."""
        return self.master == "local" or self.master.startswith("local[")

    def all(self) -> dict[str, str]:
        """Every setting Spark is started with."""
        own = {"spark.driver.memory": self.memory, "spark.sql.shuffle.partitions": str(self.ranges)}
        if self.master:
            own["spark.master"] = self.master
        return {**(AT_HOME if self.at_home else BETWEEN_MACHINES), **dict(self.options), **FIXED, **own}


def _options(given: Any, asked: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise WrongSettings('[options] holds Spark\'s own settings as texts, such as "spark.executor.memory" = "8g"')
    for name in given:
        if name in FIXED or name in ("spark.master", "spark.driver.memory", "spark.sql.shuffle.partitions"):
            raise WrongSettings(f"[options] {name} is set by the platform; leave it out")
        if name in BETWEEN_MACHINES and given[name] != BETWEEN_MACHINES[name]:
            raise WrongSettings(f"[options] {name}: between machines nothing goes in the clear; leave it out")
    master = asked.get("master", Settings.master)
    if not master.startswith("local") and not asked.get("tables"):
        raise WrongSettings(f"master {master!r} needs `tables`, a folder that every executor reaches by the same path")
    return tuple(sorted(given.items()))


def must_be_here() -> None:
    """Raises SparkMissing: before any work is done, since opening Spark comes late in a run."""
    if find_spec("pyspark") is None:
        raise SparkMissing("the engine spark needs PySpark, which is not installed: pip install 'jiuzhu[spark]', or --engine sql")
    if shutil.which("java") is None:
        raise SparkMissing(
            "the engine spark needs Java 17, and there is no `java` here: `make java`, or apt-get install "
            "openjdk-17-jre-headless; or --engine sql, which needs neither"
        )


@lru_cache(maxsize=1)
def opened(settings: Settings) -> Any:
    """The Spark session of this process; it ends with the process, and so there is one of one kind in it."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    for name, value in settings.all().items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
