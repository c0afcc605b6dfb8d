"""Files of sources and schedules: every dataset has exactly one source, and what is wrong is said with file, line and mend."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from jiuzhu.rules.catalogue import Catalogue, read_catalogue
from jiuzhu.rules.check import check_folder

NATIONAL = Path(__file__).parents[3] / "catalogue"
CIVIL = """code = "civil"
title = { zh = "民政局", en = "Civil affairs" }
level = "county"
departments = ["民政"]
signing = "ed25519"
gets_back = "rows"
rhythm = { daily = 1 }
within = { medins_settlement = 3 }
"""
CHECK = """code = "bills"
title = { zh = "费用", en = "Bills" }
working_day = 6
indicators = ["S01-E08"]
basis = [{ law = "L04", says = "monitor households with heavy spending" }]
"""


@pytest.fixture(scope="module")
def national() -> Catalogue:
    return read_catalogue(NATIONAL)[0]


@pytest.mark.feature("SF247")
def test_each_of_the_national_datasets_is_stated_by_exactly_one_source(national: Catalogue) -> None:
    whose = {
        code: [body.code for body in national.bodies.values() if body.states(one)] for code, one in national.datasets.items()
    }
    assert {code: bodies for code, bodies in whose.items() if len(bodies) != 1} == {}
    assert len(whose) == 145
    # The four bodies of the city that asked for it, with the datasets one would look for there.
    for code, body in {
        "police_population": "police",
        "police_death_cancellation": "police",
        "traffic_vehicle": "police",
        "medins_settlement": "medical_insurance",
        "medins_medical_aid": "medical_insurance",
        "emerg_disaster_victim": "emergency",
        "dpf_disability_certificate": "disabled_persons_federation",
    }.items():
        assert whose[code] == [body]


@pytest.mark.requirement("E6")
def test_each_dataset_is_expected_before_it_counts_as_old(national: Catalogue) -> None:
    """Late is said before silent: a rhythm that came after `stale_after` would never be late."""
    length = {"realtime": 1, "daily": 1, "monthly": 31, "quarterly": 92}
    for body in national.bodies.values():
        for dataset in national.datasets.values():
            if body.states(dataset):
                # Working days stretch by half, and by a week of holidays when they are many.
                days = body.working_days(dataset)
                assert length[dataset.refresh] + days * 1.5 + (7 if days > 2 else 0) <= dataset.stale_after + 7, dataset.code


def test_a_monthly_check_falls_on_a_working_day_that_every_month_has(national: Catalogue) -> None:
    months: dict[str, int] = {}
    with (NATIONAL / "calendar" / "workdays.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            months[row["date"][:7]] = months.get(row["date"][:7], 0) + int(row["working"])
    assert max(one.working_day for one in national.schedules.values()) <= min(months.values())
    assert national.schedules["self_paid_medical"].indicators == ("S01-E01", "S01-E02", "S01-E04")


def faults(folder: Path, name: str, text: str) -> list[tuple[str, int, str, str]]:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [(Path(one.path).name, one.line, one.rule, f"{one.problem}; {one.mend}") for one in check_folder(folder)]


def test_a_good_source_and_schedule_have_no_fault_and_a_folder_without_sources_needs_none(folder: Path) -> None:
    assert check_folder(folder) == []
    assert faults(folder, "sources/civil.toml", CIVIL) == []
    assert faults(folder, "schedules/bills.toml", CHECK) == []
    read = read_catalogue(folder)[0]
    assert read.bodies["civil"].working_days(read.datasets["medins_settlement"]) == 3
    assert read.bodies["civil"].working_days(read.datasets["police_population"]) == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "rule", "said"),
    [
        (
            'departments = ["民政"]',
            'departments = ["民政局"]',
            0,
            "no_source",
            "no source has the department '民政'; correct the department",
        ),
        ("daily = 1", "monthly = 1", 0, "rhythm", "comes daily, and source civil has no day for that; write rhythm.daily = 5"),
        ("daily = 1", "daily = 1, weekly = 2", 7, "wrong_word", "'weekly' is no rhythm of a dataset"),
        ("daily = 1", "daily = 0", 7, "wrong_number", "write at least 1"),
        ("daily = 1", 'daily = "soon"', 7, "wrong_kind", "a whole number"),
        ("medins_settlement", "medins_setlement", 8, "dataset", "did you mean 'medins_settlement'"),
        ('signing = "ed25519"', 'signing = "rsa"', 5, "wrong_word", "rsa"),
        ("gets_back", "gives_back", 6, "unknown_key", "did you mean 'gets_back'"),
        ('code = "civil"', 'code = "civils"', 1, "file_name", "call it civils.toml"),
        ('level = "county"', 'level = "village"', 3, "wrong_word", "village"),
    ],
)
def test_a_fault_of_a_source_is_said_with_its_line_and_mend(
    old: str, new: str, line: int, rule: str, said: str, folder: Path
) -> None:
    assert old in CIVIL
    found = faults(folder, "sources/civil.toml", CIVIL.replace(old, new, 1))
    assert any(one[1:3] == (line, rule) and said in one[3] for one in found), found


def test_a_department_of_two_sources_and_a_dataset_of_another_are_faults(folder: Path) -> None:
    assert faults(folder, "sources/civil.toml", CIVIL) == []
    second = CIVIL.replace('"civil"', '"health"')
    found = faults(folder, "sources/health.toml", second)
    assert [one[:3] for one in found] == [("health.toml", 4, "twice")]
    found = faults(folder, "sources/health.toml", second.replace('["民政"]', '["卫生健康"]'))
    assert [one[:3] for one in found] == [("health.toml", 8, "dataset")]


@pytest.mark.parametrize(
    ("old", "new", "line", "rule", "said"),
    [
        ("working_day = 6", "working_day = 16", 3, "wrong_number", "every month has so many working days"),
        ("working_day = 6", "day = 6", 3, "unknown_key", "'day' is not a key here"),
        ("S01-E08", "S01-E99", 4, "indicator", "indicator 'S01-E99' does not exist"),
        ("L04", "L99", 5, "law", "law 'L99' is not in laws.toml"),
    ],
)
def test_a_fault_of_a_schedule_is_said_with_its_line_and_mend(
    old: str, new: str, line: int, rule: str, said: str, folder: Path
) -> None:
    assert old in CHECK
    found = faults(folder, "schedules/bills.toml", CHECK.replace(old, new, 1))
    assert any(one[1:3] == (line, rule) and said in one[3] for one in found), found
