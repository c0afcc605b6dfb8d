"""Files of sources and schedules: which body states which datasets and by when, and which checks fall due each month.

A body states what its departments state, so that a new dataset needs no second edit: its `department` says whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jiuzhu.rules.faults import Fault, clipped, nearest
from jiuzhu.rules.reading import Reading, check_file_name, read_basis
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Dataset, Indicator, Title

RHYTHMS = ("realtime", "daily", "monthly", "quarterly")
SIGNING = ("ed25519",)
LEVELS = ("national", "province", "city", "county")
MOST_WORKING_DAYS = 15  # a month with the Spring Festival may have only 16


@dataclass(frozen=True)
class Body:
    """A source: one body that states the datasets of its `departments`, and those only.

    level: of the office that sends. signing: the algorithm of its signatures. rows_back: rejected rows go back to it.
    rhythm: `refresh` of a dataset to the working days after the end of a period by which it must be there; within: the
    same for single datasets.
    """

    code: str
    title: Title
    level: Literal["national", "province", "city", "county"]
    departments: tuple[str, ...]
    signing: str
    rows_back: bool
    rhythm: Mapping[str, int]
    within: Mapping[str, int]

    def states(self, dataset: Dataset) -> bool:
        return dataset.department in self.departments

    def working_days(self, dataset: Dataset) -> int:
        """After how many working days a period of the dataset must be there."""
        return self.within.get(dataset.code, self.rhythm[dataset.refresh])


@dataclass(frozen=True)
class Schedule:
    """A check that falls due each month on that working day, whether or not anything arrived."""

    code: str
    title: Title
    working_day: int
    indicators: tuple[str, ...]


def read_bodies(folders: Iterable[Path], reading: Reading) -> dict[str, Body]:
    """All bodies by code. Each department belongs to one, and each dataset, where there are bodies at all, to a department."""
    bodies: dict[str, Body] = {}
    whose: dict[str, str] = {}
    for source in _sources(folders, "sources", reading):
        keys = Keys(source, (), source.data)
        body = _body(keys)
        if not reading.new("source", body.code, source):
            continue
        bodies[body.code] = body
        for department in body.departments:
            other = whose.setdefault(department, body.code)
            if other != body.code:
                problem = f"'{clipped(department)}' is a department of {other} too"
                keys.fault(
                    "departments", "twice", problem, "each department belongs to one source: take it out of one of the two"
                )
        for dataset in body.within:
            known = reading.datasets.get(dataset)
            if known is None:
                keys.fault(
                    "within", "dataset", f"dataset '{clipped(dataset)}' does not exist", nearest(dataset, reading.datasets)
                )
            elif known.department not in body.departments:
                problem = f"{dataset} is stated by '{known.department}', which is no department of this source"
                keys.fault("within", "dataset", problem, "leave it out, or correct the department of the dataset")
    if bodies:
        for declared in reading.datasets.values():
            _check_dataset(declared, bodies, whose, reading)
    return bodies


def read_schedules(folders: Iterable[Path], indicators: dict[str, Indicator], reading: Reading) -> dict[str, Schedule]:
    """All monthly checks by code."""
    schedules: dict[str, Schedule] = {}
    for source in _sources(folders, "schedules", reading):
        keys = Keys(source, (), source.data)
        code = keys.text("code", required=True)
        check_file_name(source, code)
        title = keys.title("title")
        day = keys.whole("working_day", required=True, default=1, least=1)
        if day > MOST_WORKING_DAYS:
            mend = f"write 1 to {MOST_WORKING_DAYS}: every month has so many working days"
            keys.fault("working_day", "wrong_number", f"working_day = {day}", mend)
        named = keys.words("indicators", required=True)
        for indicator in named:
            if indicator not in indicators:
                mend = nearest(indicator, indicators)
                keys.fault("indicators", "indicator", f"indicator '{clipped(indicator)}' does not exist", mend)
        read_basis(keys, reading.laws, required=True)
        keys.done()
        if reading.new("schedule", code, source):
            schedules[code] = Schedule(code, title, day, named)
    return schedules


def _sources(folders: Iterable[Path], kind: str, reading: Reading) -> Iterable[Source]:
    for folder in folders:
        for path in sorted((folder / kind).glob("*.toml")):
            source = Source(path, reading.faults)
            if source.data:
                yield source


def _body(keys: Keys) -> Body:
    code = keys.text("code", required=True)
    check_file_name(keys.source, code)
    level: Any = keys.text("level", required=True, one_of=LEVELS, default="county")
    body = Body(
        code=code,
        title=keys.title("title"),
        level=level,
        departments=keys.words("departments", required=True),
        signing=keys.text("signing", required=True, one_of=SIGNING, default=SIGNING[0]),
        rows_back=keys.text("gets_back", required=True, one_of=("counts", "rows"), default="rows") == "rows",
        rhythm=_working_days(keys, "rhythm", required=True),
        within=_working_days(keys, "within", required=False),
    )
    for name in body.rhythm:
        if name not in RHYTHMS:
            keys.fault("rhythm", "wrong_word", f"'{clipped(name)}' is no rhythm of a dataset", nearest(name, RHYTHMS))
    keys.done()
    return body


def _working_days(keys: Keys, key: str, *, required: bool) -> dict[str, int]:
    table = Keys(keys.source, (*keys.at, key), keys.table(key, required=required))
    found = {name: table.whole(name, default=1, least=1) for name in table.values}
    table.done()
    return found


def _check_dataset(dataset: Dataset, bodies: dict[str, Body], whose: dict[str, str], reading: Reading) -> None:
    """It has a source, and that source a day for its rhythm."""
    if dataset.department not in whose:
        problem = f"{dataset.code}: no source has the department '{clipped(dataset.department)}'"
        mend = f"correct the department, or add it to a file of sources/; {nearest(dataset.department, whose)}"
        reading.faults.append(Fault(dataset.path, 0, "no_source", problem, mend))
        return
    body = bodies[whose[dataset.department]]
    if dataset.code not in body.within and dataset.refresh not in body.rhythm:
        problem = f"{dataset.code} comes {clipped(dataset.refresh)}, and source {body.code} has no day for that"
        mend = f"write rhythm.{clipped(dataset.refresh)} = 5 (working days) in sources/{body.code}.toml"
        reading.faults.append(Fault(dataset.path, 0, "rhythm", problem, mend))
