"""The library of items and the bundles: what is wrong is named, nothing is said twice, and a place adds its own without code."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from jiuzhu.registry.public import NATIONAL
from jiuzhu.rules.catalogue import Catalogue, read_catalogue
from jiuzhu.rules.faults import Fault
from jiuzhu.rules.library import BUNDLES, ITEMS, read_library
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.source import Source

FILE = """
department = "人民法院"
owner = { zh = "法院", en = "Court" }
where = { zh = "立案窗口", en = "the counter" }

[items.fees]
zh = "缓交"
en = "Pay later"
tells_zh = "交不起的可以缓交。"
tells_en = "Who cannot pay may pay later."
need = "court"
pays = "service"
brings = { zh = "不用带", en = "nothing" }
basis = [{ law = "L61", article = "47", says = "who may pay later" }]
[items.fees.tests]
class = { holds = "is_dibao", title = { zh = "低保", en = "dibao" } }
"""
BUNDLE = """
[bundles.court]
zh = "打官司一件事"
en = "Going to court as one thing"
tells_zh = "法律援助和诉讼费一起办。"
tells_en = "Legal aid and court fees together."
items = ["legal_aid", "fees"]
basis = [{ law = "L02", article = "5", says = "handled together" }]
"""
WRONG = {
    "a need that is none": (('"court"', '"courts"'), "need 'courts' is not in needs.toml", 11),
    "a need of another department": (('"court"', '"housing"'), "住房城乡建设 answers for 'housing'", 11),
    "a fact that is none": (("is_dibao", "is_rich"), "is_rich", 16),
    "a law that is none": (('"L61"', '"L999"'), "law 'L999' is not in laws.toml", 0),
    "a programme that is none": (('need = "court"', 'programmes = ["dibaos"]'), "no programme 'dibaos'", 11),
    "a card that is none": (('tells_zh = "交不起的可以缓交。"', 'policy = "dibaos"'), "policy 'dibaos'", 9),
    "tests beside a programme": (('need = "court"', 'programmes = ["dibao"]'), "is decided by a programme already", 0),
}  # fmt: skip


@pytest.fixture(scope="module")
def national() -> Catalogue:
    return read_catalogue(NATIONAL)[0]


def place(folder: Path, items: str = FILE, bundles: str = BUNDLE) -> Path:
    (folder / ITEMS).mkdir(parents=True)
    (folder / ITEMS / "court.toml").write_text(items, encoding="utf-8")
    (folder / BUNDLES).write_text(bundles, encoding="utf-8")
    return folder


def faults(national: Catalogue, folder: Path) -> list[Fault]:
    """What is wrong in a place's folder, beside the nation's."""
    reading = Reading(laws=dict(national.laws), tables=dict(national.tables))
    reading.first_seen.update({("bundle", "family"): NATIONAL / BUNDLES})
    read_library((folder,), national.duties, national.programmes, national.application_form, reading)
    return reading.faults


@pytest.mark.feature("SF134")
def test_a_place_adds_an_item_and_a_bundle_by_two_files_and_the_form_offers_it(tmp_path: Path):
    catalogue, faults = read_catalogue(NATIONAL, place(tmp_path / "place"))
    assert faults == ()
    assert catalogue.library.bundles["court"].items == ("legal_aid", "fees")
    assert catalogue.application_form.form.questions["others"].options["fees"].zh == "缓交"
    assert [one.name for one in catalogue.library.rules["fees"].tests] == ["class"]


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named_with_its_line(national: Catalogue, tmp_path: Path, what: str):
    (old, new), told, line = WRONG[what]
    assert old in FILE
    found = faults(national, place(tmp_path / "place", FILE.replace(old, new, 1), ""))
    assert any(told in one.problem and line in (0, one.line) for one in found), found


def test_a_bundle_names_items_that_are_there_and_a_code_stands_once(national: Catalogue, tmp_path: Path):
    wrong = BUNDLE.replace('"fees"]', '"fee"]') + BUNDLE.replace("bundles.court", "bundles.family")
    found = [one.problem for one in faults(national, place(tmp_path / "place", bundles=wrong))]
    assert any("no item 'fee' in items/" in one for one in found)
    assert any("bundle 'family' is there twice" in one for one in found)


@pytest.mark.feature("SF134")
def test_schooling_work_workers_and_disabled_people_have_bundles_of_their_own(national: Catalogue):
    departments = {
        code: {national.library.items[one].department for one in bundle.items}
        for code, bundle in national.library.bundles.items()
    }
    assert "教育" in departments["schooling"]
    assert departments["work"] == {"人力资源社会保障"}
    assert "总工会" in departments["workers"]
    assert {"残疾人联合会", "民政"} == departments["disabled"]


def test_the_library_holds_sixty_items_of_fourteen_departments_each_with_owner_rule_form_and_law(national: Catalogue):
    items = national.library.items
    assert len(items) >= 60
    assert len({one.department for one in items.values()}) >= 14
    assert sum(bool(one.need) for one in items.values()) >= 32
    texts = national.programmes.texts
    unjudged = set()
    for one in items.values():
        assert all(title.zh and title.en for title in (one.title, one.owner, one.tells, one.where))
        assert one.basis or all(texts[code][0].basis for code in one.programmes)
        assert one.brings.zh or all(texts[code][0].evidence for code in one.programmes)
        if not one.programmes and not one.rule:
            unjudged.add(one.code)
        # Whoever wants it can ask for it here: on the form's own list, or as an item of another department.
        assert one.on_form or one.code in national.application_form.form.questions["others"].options
    assert unjudged == {
        "mediation",
        "registration",
        "veteran_hardship",
        "women_care",
    }  # for whoever needs it, or not in our facts


def test_no_item_says_again_what_the_form_says(national: Catalogue):
    for path in sorted((NATIONAL / ITEMS).glob("*.toml")):
        for code, told in tomllib.loads(path.read_text(encoding="utf-8"))["items"].items():
            if code in national.application_form.items:
                assert not {"zh", "en", "programmes"} & set(told), code
    missing = set(national.application_form.items) - set(national.library.items)
    assert missing == {"other"}  # what "other" stands for is asked one by one


def test_faults_of_tests_stand_on_the_lines_of_the_file(tmp_path: Path):
    source = Source(place(tmp_path / "place") / ITEMS / "court.toml", [])
    assert source.line_of("items", "fees", "tests", "class") == 16
