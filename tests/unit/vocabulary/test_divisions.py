"""Divisions by day: Chongqing 2025 is the case, the rest follows the same rows."""

import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from jiuzhu.vocabulary.division import ancestors
from jiuzhu.vocabulary.divisions import Change, Division, Divisions

FOLDER = Path(__file__).parents[3] / "catalogue" / "divisions"
TURN = date(2025, 11, 6)
BEFORE, AFTER = TURN - timedelta(days=1), TURN
TO_BEIBEI = {"500112133": "统景镇", "500112135": "大湾镇", "500112138": "兴隆镇", "500112140": "茨竹镇", "500112143": "大盛镇"}
FROM_BEIBEI = {"500109006": "蔡家岗街道", "500109008": "水土街道", "500109009": "复兴街道", "500109104": "童家溪镇"}


@pytest.fixture(scope="module")
def table() -> Divisions:
    return Divisions.load(FOLDER)


def test_merged_districts_of_chongqing_resolve_by_the_day(table: Divisions) -> None:
    assert table.resolve("500105", BEFORE) == ["500105"]
    assert table.resolve("500105", AFTER) == ["500157"]
    assert table.resolve("500112", BEFORE) == ["500112"]
    assert table.resolve("500112", AFTER) == ["500157", "500109"], "the greater part comes first"
    assert table.resolve("500109", AFTER) == table.resolve("500109", BEFORE) == ["500109"]


def test_the_new_area_looked_at_from_before_is_what_it_was_made_of(table: Divisions) -> None:
    assert table.resolve("500157", BEFORE) == ["500105", "500112", "500109"]
    assert table.resolve("500157", AFTER) == ["500157"]


def test_five_towns_go_to_beibei_and_every_other_township_to_liangjiang(table: Divisions) -> None:
    for district in ("500105", "500112"):
        for township in table.children(district, on=BEFORE):
            (found,) = table.resolve(township.code, AFTER)
            assert table.name(found) == township.name
            assert found[:6] == ("500109" if township.code in TO_BEIBEI else "500157")
    assert {code: table.name(code) for code in TO_BEIBEI} == TO_BEIBEI


def test_townships_of_beibei_that_left_it_resolve_too(table: Divisions) -> None:
    for code, name in FROM_BEIBEI.items():
        (found,) = table.resolve(code, AFTER)
        assert (found[:6], table.name(found)) == ("500157", name)
        assert table.resolve(found, BEFORE) == [code]


def test_the_districts_have_as_many_townships_as_was_announced(table: Divisions) -> None:
    streets = Counter(
        ("街道" in each.name, each.code[:6]) for code in ("500157", "500109") for each in table.children(code, on=AFTER)
    )
    assert streets == {(True, "500157"): 31, (False, "500157"): 11, (True, "500109"): 6, (False, "500109"): 11}


def test_a_village_moves_with_its_town(table: Divisions) -> None:
    village = next(code for code in table.villages if code.startswith("500109124"))
    assert table.resolve("500112133" + village[9:], AFTER) == [village]
    assert table.full_name(village) == "重庆市北碚区统景镇" + table.villages[village]


def test_a_township_unknown_to_the_table_counts_as_its_county(table: Divisions) -> None:
    assert table.resolve("500112999", AFTER) == ["500157", "500109"]
    assert table.resolve("370502999001", AFTER) == ["370502"]
    assert table.resolve("999999", AFTER) == []


@pytest.mark.parametrize(
    ("code", "on", "found"),
    [
        ("371202", date(2026, 1, 1), ["370116"]),  # 莱城区, with 莱芜市 into 济南市 2018
        ("371202", date(2010, 1, 1), ["371202"]),
        ("320405", date(2026, 1, 1), ["320412"]),  # 戚墅堰区 into 武进区 2015
        ("320483", date(2026, 1, 1), ["320412"]),  # 武进市, 2002 武进区
        ("320412", date(2000, 1, 1), ["320483"]),
        ("510211", date(2026, 1, 1), ["500157"]),  # 江北区 of Sichuan, 1997 of Chongqing, 2025 gone
        ("510211", date(1990, 1, 1), ["510211"]),
        ("330104", date(2026, 1, 1), ["330102", "330114"]),  # 江干区 to 上城区 and 钱塘区
        ("431121", date(2026, 1, 1), ["431181"]),
    ],
)
def test_abolished_and_renumbered_counties_are_followed(table: Divisions, code: str, on: date, found: list[str]) -> None:
    assert table.resolve(code, on) == found


def test_whatever_is_found_is_in_force_on_that_day(table: Divisions) -> None:
    for on in (date(1985, 6, 1), date(1997, 6, 1), date(2012, 6, 1), AFTER):
        for county in table.each("county", on=date(2003, 6, 1)):
            for found in table.resolve(county.code, on):
                assert table.find(found, on=on) is not None, (county.code, on, found)


def test_the_official_list_of_the_end_of_2025_is_all_there(table: Divisions) -> None:
    on = date(2025, 12, 31)
    counts = {tier: sum(1 for _ in table.each(tier, on=on)) for tier in ("province", "prefecture", "county", "township")}
    assert counts == {"province": 34, "prefecture": 333, "county": 2_845, "township": 38_723}  # 33 of the list and Taiwan
    shandong = [each for each in table.each("township", on=on) if each.code.startswith("37")]
    assert len(shandong) == 1_826


def test_every_division_in_force_hangs_below_its_province(table: Divisions) -> None:
    seen, waiting = set(), ["000000"]
    while waiting:
        below = [each.code for each in table.children(waiting.pop(), on=AFTER)]
        seen.update(below)
        waiting.extend(code for code in below if len(code) < 9)
    assert {each.code for tier in ("county", "township") for each in table.each(tier, on=AFTER)} <= seen


def test_counties_of_beijing_and_jiyuan_stand_directly_under_their_province(table: Divisions) -> None:
    assert table.parent("110101") == "110000"
    assert table.parent("419001") == "410000"
    assert table.parent("370502") == "370500"
    assert table.full_name("110101") == "北京市东城区"


def test_statistical_codes_are_translated_and_not_taken_for_keys(table: Divisions) -> None:
    assert table.from_nbs("500109003") == "500109004"  # 北温泉街道
    assert table.from_nbs("500112133001") == "500109124001"
    assert table.from_nbs("370176001") == "370102016", "a township the statistics count in a zone"
    assert table.from_nbs("370502001") == "370502001"
    assert table.from_nbs("371122116") is None
    assert table.from_nbs("110101001") is None
    assert table.from_nbs("370502") == "370502"


def test_a_zone_has_a_name_and_a_place_in_the_tree(table: Divisions) -> None:
    zone = table.find("370571")
    assert zone is not None
    assert zone.is_zone
    assert list(ancestors(zone.code)) == ["370500", "370000", "000000"]
    assert table.full_name("370571") == "山东省东营市东营经济技术开发区"
    assert "370571" in [each.code for each in table.children("370500", on=AFTER)]
    assert table.resolve("370502400", AFTER) == ["370502400"]


def test_the_demo_county_has_its_townships_and_villages(table: Divisions) -> None:
    townships = [each for each in table.children("370502", on=AFTER) if not each.is_zone]
    assert len(townships) == 10
    assert all(table.children(each.code, on=AFTER) for each in townships)


def test_a_code_given_anew_resolves_by_the_life_of_that_day() -> None:
    table = Divisions(
        [
            Division("110101", "old", None, date(2000, 1, 1)),
            Division("110101", "new", date(2010, 1, 1), None),
            Division("110102", "heir", date(2000, 1, 1), None),
        ],
        [Change(date(2000, 1, 1), "110101", "110102")],
    )
    assert table.resolve("110101", date(1999, 1, 1)) == ["110101"]
    assert table.resolve("110101", date(2005, 1, 1)) == ["110102"]
    assert table.resolve("110101", date(2015, 1, 1)) == ["110101"]
    assert table.resolve("110102", date(1999, 1, 1)) == ["110101"]
    assert table.find("110101", on=date(2005, 1, 1)) is None


def test_a_kept_table_is_read_again_once_its_files_are_others(tmp_path: Path) -> None:
    folder = tmp_path / "divisions"
    shutil.copytree(FOLDER, folder)
    before = Divisions.kept(folder)
    assert Divisions.kept(folder) is before
    with (folder / "zones.csv").open("a", encoding="utf-8") as file:
        file.write("370599,新区\n")
    assert Divisions.kept(folder).name("370599") == "新区"
    assert before.name("370599") == ""
