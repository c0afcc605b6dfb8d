"""What may be verified is declared, dated, and belongs to a business; what does not fit stops the start."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from jiuzhu.registry import public
from jiuzhu.rules.faults import CatalogueFaults
from jiuzhu.rules.verifying import Verifying, load_verifying

NATIONAL = public.NATIONAL
DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def told() -> Verifying:
    return load_verifying(NATIONAL)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "verification").mkdir()
    return tmp_path


@pytest.mark.feature("SF079")
def test_fourteen_kinds_of_people_have_templates_of_their_own_items(told: Verifying) -> None:
    kinds = {code for code, one in told.templates.items() if one.is_kind}
    assert len(kinds) == 14
    assert len(told.asked("dibao", DAY)) == 58
    assert [one.code for one in told.asked("old_age", DAY)] == ["VM02", "VC01", "VC03", "VC04", "VX22"]
    for code in kinds:
        assert told.asked(code, DAY), code


@pytest.mark.feature("SF125", "SF126")
def test_eight_items_are_of_ministries_and_fifty_of_a_city(told: Verifying) -> None:
    levels = [one.level for one in told.items.values()]
    assert (levels.count("ministry"), levels.count("city")) == (8, 50)


def test_each_dataset_is_opened_by_one_consent_and_banks_by_one_of_their_own(told: Verifying) -> None:
    assert {one: told.consent_of(one) for one in ("traffic_vehicle", "bank_deposit", "medins_settlement")} == {
        "traffic_vehicle": "register", "bank_deposit": "finance", "medins_settlement": "medical",
    }  # fmt: skip
    closed = {one.dataset for one in told.items.values() if one.authorised_only}
    assert closed
    assert {told.consent_of(one) for one in closed} == {"finance"}


@pytest.mark.feature("SF013", "SF225")
def test_an_item_of_a_place_is_asked_from_its_first_day_to_before_its_last(place: Path) -> None:
    (place / "verification" / "place.toml").write_text(
        '[VP01]\ntitle = { zh = "游船", en = "Boats" }\nlevel = "city"\nabout = "property"\ndataset = "maritime_vessel"\nasks = "count"\n'
        'columns = ["vessel_name"]\nsince = 2026-12-01\nuntil = 2027-12-01\n',
        encoding="utf-8",
    )
    told = load_verifying(NATIONAL, place)
    asked = {
        day: "VP01" in {one.code for one in told.asked("dibao", day)}
        for day in (date(2026, 11, 30), date(2026, 12, 1), date(2027, 12, 1))
    }
    assert list(asked.values()) == [False, True, False]
    assert told.items["VP01"].source == "maritime"


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ('dataset = "no_such"', "no_such"),
        ('columns = ["no_such"]', "no_such"),
        ('columns = ["vessel_name", "id_no"]', "id_no"),
        ('where = { share_ratio = ["1"] }', "share_ratio"),
        ('asks = "amount"', "amount"),
        ('asks = "guess"', "guess"),
    ],
)
def test_an_item_that_cannot_be_asked_stops_the_start(place: Path, wrong: str, rule: str) -> None:
    lines = {"title": '{ zh = "船", en = "Boats" }', "level": '"city"', "about": '"property"', "dataset": '"maritime_vessel"',
             "asks": '"count"', "columns": '["vessel_name"]', "since": "2026-12-01"}  # fmt: skip
    name, _, value = wrong.partition(" = ")
    text = "\n".join(f"{key} = {word}" for key, word in (lines | {name: value}).items())
    (place / "verification" / "place.toml").write_text(f"[VP01]\n{text}\n", encoding="utf-8")
    with pytest.raises(CatalogueFaults) as faults:
        load_verifying(NATIONAL, place)
    assert rule in str(faults.value)


def test_a_known_code_is_never_replaced(place: Path) -> None:
    shutil.copy(NATIONAL / "verification" / "ministry.toml", place / "verification" / "mine.toml")
    with pytest.raises(CatalogueFaults):
        load_verifying(NATIONAL, place)
