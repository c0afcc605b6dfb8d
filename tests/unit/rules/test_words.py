"""Code words in English: one file a folder, complete or named."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from jiuzhu.rules.catalogue import read_catalogue
from jiuzhu.rules.check import check_folder
from jiuzhu.rules.explain import explain, explain_fact
from jiuzhu.rules.faults import Fault
from tests.unit.registry_profile.rows import national
from tests.unit.rules.conftest import SMALL, Broken

FILE = "codes/words.en.toml"


def words(folder: Path) -> set[str]:
    """Every word of the small catalogue, found with nothing but the text of its files."""
    lists = [*folder.glob("datasets/*.toml"), *folder.glob("facts/*.toml"), *folder.glob("derived/*.toml")]
    inline = [line.split('codes = "')[1].split('"')[0] for path in lists for line in path.read_text(encoding="utf-8").splitlines()
              if 'codes = "' in line]  # fmt: skip
    found = {entry.split(":")[1] for text in inline if ":" in text for entry in text.split("|")}
    sex = (folder / "codes" / "sex.toml").read_text(encoding="utf-8").split("[codes]")[1]
    return found | {line.split('"')[-2] for line in sex.splitlines() if "=" in line}


def translated(folder: Path, without: str = "", also: str = "") -> tuple[Fault, ...]:
    lines = [f'"{word}" = "English of {number}"' for number, word in enumerate(sorted(words(folder) - {without}))]
    (folder / FILE).write_text("\n".join(["[words]", *lines, also]) + "\n", encoding="utf-8")
    return read_catalogue(folder)[1]


def test_a_folder_that_translates_all_its_words_has_no_fault(folder: Path) -> None:
    assert len(words(folder)) > 5
    assert translated(folder) == ()


def test_a_word_without_english_is_named_with_the_line_that_uses_it(folder: Path) -> None:
    for word, path in (("住院", "datasets/medins_settlement.toml"), ("男", "codes/sex.toml")):
        found = [fault for fault in translated(folder, without=word) if fault.rule == "word"]
        text = (folder / path).read_text(encoding="utf-8").splitlines()
        assert [Path(fault.path).as_posix().endswith(path) for fault in found] == [True]
        assert word in found[0].problem
        assert f":{word}" in text[found[0].line - 1] or f'"{word}"' in text[found[0].line - 1]
        assert "codes/words.en.toml" in found[0].mend


def test_a_translation_that_no_code_uses_is_named(folder: Path) -> None:
    found = translated(folder, also='"住完" = "inpatient"')
    assert [(fault.rule, "住完" in fault.problem, fault.line > 1) for fault in found] == [("word", True, True)]


def test_a_translation_that_says_nothing_is_named(folder: Path) -> None:
    assert "wrong_kind" in {fault.rule for fault in translated(folder, without="住院", also='"住院" = " "')}


def test_a_place_may_add_words_but_not_call_one_otherwise(folder: Path, tmp_path: Path) -> None:
    assert translated(folder) == ()
    place = tmp_path / "place"
    (place / "codes").mkdir(parents=True)
    (place / FILE).write_text('[words]\n"住院" = "in a hospital bed"\n', encoding="utf-8")
    assert [fault.rule for fault in read_catalogue(folder, place)[1]] == ["twice"]


def test_a_folder_without_the_file_is_read_and_shows_its_own_words(broken: Broken) -> None:
    assert broken("laws.toml") == ()
    small = read_catalogue(SMALL)[0]
    assert small.english("住院") == "住院"


def test_a_phrase_of_a_source_without_chinese_is_named_with_the_line_that_uses_it(folder: Path) -> None:
    path = folder / "parameters" / "indicators.csv"
    with path.open(encoding="utf-8", newline="") as file:
        found = {part.strip() for row in csv.DictReader(file) for part in row["source"].split(";")} - {""}
    phrases = sorted(found | {part.strip() for other in folder.glob("parameters/*.csv") if other != path
                              for row in csv.DictReader(other.open(encoding="utf-8")) for part in row["source"].split(";")} - {""})  # fmt: skip
    left_out = next(phrase for phrase in phrases if phrase in found)
    lines = [f'"{phrase}" = "第{number}种来源"' for number, phrase in enumerate(phrases) if phrase != left_out]
    (folder / "parameters" / "sources.zh.toml").write_text("\n".join(["[phrases]", *lines]) + "\n", encoding="utf-8")
    faults = [fault for fault in check_folder(folder) if fault.rule in ("word", "unread")]
    assert {fault.rule for fault in faults} == {"word"}
    assert all(left_out in fault.problem and fault.line > 1 for fault in faults)


def test_sources_are_told_in_both_languages() -> None:
    catalogue = national()
    told = "ministry text; 民发〔2024〕8号; threshold own design"
    assert catalogue.source(told, "zh") == "部委文件；民发〔2024〕8号；阈值自行设计"
    assert catalogue.source(told, "en") == told
    rows = [row for same in catalogue.parameters.rows.values() for row in same]
    spoken = re.compile(r"[a-z]{3,} [a-z]{3,}")
    assert [row.source for row in rows if spoken.search(catalogue.source(row.source, "zh"))] == []


def test_every_word_of_the_national_catalogue_has_english_and_no_two_words_of_a_list_share_it() -> None:
    catalogue = national()
    assert [fault for fault in check_folder(*catalogue.folders) if fault.rule == "word"] == []
    columns = [column for dataset in catalogue.datasets for column in catalogue.columns(dataset).values() if column.codes]
    assert len(columns) > 200
    for column in columns:
        chinese = set(catalogue.words(column).values())
        english = {catalogue.english(word) for word in chinese}
        assert len(english) == len(chinese), column
        assert all(word.isascii() for word in english)


def test_an_english_sentence_says_the_code_and_its_word() -> None:
    catalogue = national()
    told = explain(catalogue.indicators["S01-E06"], catalogue, "en")
    assert "1 (inpatient)" in told
    assert "住院" not in told


def test_no_english_sentence_of_the_national_catalogue_falls_back_to_chinese_words() -> None:
    catalogue = national()
    words = {word for dataset in catalogue.datasets for column in catalogue.columns(dataset).values()
             for word in catalogue.words(column).values()}  # fmt: skip
    told = [explain(item, catalogue, "en") for item in catalogue.indicators.values()]
    told += [explain_fact(fact, catalogue, "en") for fact in catalogue.facts.values()]
    assert [(word, text) for text in told for word in words if f"({word})" in text] == []


def test_the_purpose_of_a_dataset_is_kept_in_both_languages() -> None:
    purposes = [dataset.purpose for dataset in national().datasets.values()]
    assert all(purpose.zh and purpose.en.isascii() and purpose.en for purpose in purposes)
