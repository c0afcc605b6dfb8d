"""Divisions that were merged or split are read by the day of the run (Chongqing, 2025-12)."""

from __future__ import annotations

from datetime import date

import pytest

from jiuzhu.registry.profile.build import BaseBuilder
from jiuzhu.registry.profile.today import codes_on
from jiuzhu.vocabulary.divisions import Divisions
from tests.unit.registry_profile.rows import NATIONAL, archive, id_order, moment, national

D = date
YUBEI_TOWN, NOW_BEIBEI = "500112135", "500109123"
JIANGBEI_STREET, NOW_LIANGJIANG = "500105001", "500157020"


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return Divisions.load(NATIONAL / "divisions")


def places(divisions: Divisions, day: date):
    rows = [
        ("police_population", f"p{person}", D(2025, 6, 1),
         {"id_no": person, "hukou_household_no": f"K{person}", "hukou_status": 1, "region_code": code})
        for person, code in ((1, YUBEI_TOWN), (2, JIANGBEI_STREET), (3, "370502104237"), (4, "370502999888"))
    ]  # fmt: skip
    made = BaseBuilder(archive(rows), national(), moment(day), id_order([1, 2, 3, 4]), divisions=divisions).build()
    codes = made.base.places["code"].to_pylist()
    people = made.people["person"].to_pylist()
    where = dict(zip(people, (codes[place] for place in made.base.people["place"].to_pylist()), strict=True))
    return where, made.base


def test_people_stand_where_their_town_belongs_on_the_day(divisions: Divisions):
    before, _ = places(divisions, D(2025, 6, 30))
    after, base = places(divisions, D(2026, 11, 20))
    assert (before[1], before[2]) == (YUBEI_TOWN, JIANGBEI_STREET)
    assert (after[1], after[2]) == (NOW_BEIBEI, NOW_LIANGJIANG)
    assert (after[3], after[4]) == (before[3], before[4]) == ("370502104237", "370502999888")
    codes = base.places["code"].to_pylist()
    assert all(("police_population", codes.index(code)) in base.coverage.fresh for code in (NOW_BEIBEI, NOW_LIANGJIANG))


def test_a_code_of_a_county_in_force_stands_as_it_is_even_where_nobody_knows_the_village(divisions: Divisions):
    assert codes_on(["370502", "370502999888", "", "000000", "37"], divisions, D(2026, 11, 20)) == {}


def test_a_split_county_is_what_became_of_it_the_greatest_part_first(divisions: Divisions):
    assert codes_on(["500112"], divisions, D(2026, 11, 20)) == {"500112": ["500157", "500109"]}
