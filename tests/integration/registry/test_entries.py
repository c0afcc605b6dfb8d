"""What became of households: when rows of their people begin, with nobody's name or number."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.registry import public
from jiuzhu.registry.public import Entry
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import PLACE, deliver, few, files, person, run, write


def assisted(record: str, one: int, day: str) -> dict[str, Any]:
    """A line of temporary assistance."""
    known = person(one, "")
    told = {
        "record_id": record,
        "id_no": known["id_no"],
        "name": known["name"],
        "household_id": "",
        "assist_type": 1,
        "reason": 1,
    }
    told |= {
        "amount": "1000.00",
        "approve_date": day,
        "pay_date": day,
        "case_no": record,
        "is_small_first": "否",
        "is_local_hukou": "是",
    }
    return {**told, "region_code": PLACE, "data_date": day}


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory, national: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("entries")
    rules = few(national, "S01-E01", "S14-E01")
    rows = [assisted("t1", 1, "2026-11-10"), assisted("t2", 2, "2026-10-01"), assisted("t4", 4, "2026-11-12")]
    aid = write(folder / "in", "civil_temporary_assistance-2026.csv", rows)
    deliver(folder / "workspace", rules, [*files(folder / "in"), aid])
    run(folder / "workspace", rules)
    return folder / "workspace"


@pytest.mark.feature("SF056")
def test_a_household_has_the_days_on_which_rows_of_its_people_begin(village: Path):
    datasets = ("civil_temporary_assistance", "civil_dibao_member")
    looks = sorted((village / "vault").rglob("*"))
    found = public.entries(village, ["H1", "nobody"], datasets)
    assert found["H1"] == (
        Entry("civil_temporary_assistance", date(2026, 10, 1)),
        Entry("civil_temporary_assistance", date(2026, 11, 10)),
    )
    assert found["nobody"] is None
    assert public.entries(village, ["H1"], ["civil_dibao_member"]) == {"H1": ()}
    assert sorted((village / "vault").rglob("*")) == looks  # nobody's name was looked at, so no look is written
