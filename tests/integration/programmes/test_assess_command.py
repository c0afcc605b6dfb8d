"""The command: its answer in two languages and as JSON, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.portals.cli.main import main

FACTS = """
division = "500103"
on = 2026-11-20
applied_on = 2026-11-02
residence_kind = "urban"
counted_income = 18000
members = [
  { name = "甲", age = 72, disability_grade = 2, financial_assets = 0 },
  { name = "乙", age = 45, financial_assets = 0 },
  { name = "丙", age = 43, financial_assets = 0 },
]
"""


def _family(tmp_path: Path, text: str = FACTS) -> str:
    path = tmp_path / "family.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def _told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main(["assess", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_each_test_and_line_is_a_sentence_with_its_numbers_and_article(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assess", "dibao", _family(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "家庭主类别：最低生活保障" in said
    assert "最低生活保障：符合，每月 910 元" in said
    assert (
        "18,000 元）低于城市低保月标准（770 元）乘以收入核算月数（12 个月）乘以共同生活家庭成员人数（3 人）（即 27,720 元）"
        in said
    )
    assert "《中华人民共和国社会救助法》第18条" in said
    assert "成员甲70 周岁及以上老年人增发 60 元、成员甲残疾人增发 40 元 = 100 元" in said


def test_in_english_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assess", "dibao", _family(tmp_path), "--english"]) == 0
    said = capsys.readouterr().out
    assert "Minimum living guarantee (dibao): granted, 910 yuan a month" in said
    assert "is below urban dibao standard a month (770 yuan)" in said


def test_of_what_is_missing_the_number_the_fact_and_the_person_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = FACTS.replace("500103", "320400").replace('"乙", age = 45, financial_assets = 0', '"乙", age = 45')
    told = _told(capsys, "dibao", _family(tmp_path, text))
    dibao = told["programmes"][0]
    assert (told["class"], dibao["granted"], dibao["amount"]) == (None, None, None)
    gaps = {gap["name"]: gap["title"]["zh"] for gap in dibao["missing"]}
    assert gaps["dibao.urban_monthly"] == "城市低保月标准"
    assert gaps["financial_assets"] == "成员乙的本人金融资产"


def test_a_number_brought_along_is_shown_with_the_one_it_replaces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = _told(capsys, "dibao", _family(tmp_path, FACTS + '[parameters]\n"dibao.urban_monthly" = 800\n'))
    used = {one["name"]: one for one in told["parameters"]}
    assert told["programmes"][0]["amount"] == "1000"
    assert (used["dibao.urban_monthly"]["source"], used["dibao.urban_monthly"]["instead_of"]) == ("brought along", "770")


def test_all_programmes_in_force_are_answered_each_once_for_its_subject(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _told(capsys, "all", _family(tmp_path))
    answered = [(one["code"], one["member"]) for one in told["programmes"]]
    assert len(answered) == len(set(answered))
    assert {("dibao", None), ("near_dibao", None), ("rigid", None), ("tekun", "甲"), ("tekun", "丙")} <= set(answered)


def test_the_same_file_gives_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    family = _family(tmp_path)
    answers = []
    for _ in range(2):
        assert main(["assess", "all", family, "--json"]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("words", "text", "says"),
    [
        (["diba"], FACTS, "did you mean 'dibao'"),
        (["dibao"], FACTS.replace("counted_income", "counted_incom"), "did you mean 'counted_income'"),
        (["dibao"], FACTS.replace("age = 72", "ages = 72"), "'ages' is no fact of [[members]]; did you mean 'age'"),
        (["dibao"], FACTS + '[parameters]\n"dibao.urban_montly" = 1\n', "did you mean 'dibao.urban_monthly'"),
        (["dibao"], FACTS.replace("2026-11", "2019-11"), "has no text in force on 2019-11-20"),
        (["dibao"], "division = ", "family.toml: file: Invalid value"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_the_next_step(
    words: list[str], text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assess", *words, _family(tmp_path, text)]) == 1
    assert says in capsys.readouterr().err


def test_another_word_for_a_programme_is_that_programme(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = _told(capsys, "temporary", _family(tmp_path))
    assert [one["code"] for one in told["programmes"]] == ["temporary_assistance"]


def test_a_wrong_programme_of_a_further_folder_is_a_fault_of_the_catalogue(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "own" / "places" / "370300" / "programmes"
    folder.mkdir(parents=True)
    (folder / "dibao.toml").write_text('amends = "dibao"\nbasis = [{ law = "L24", article = "6" }]\nrank = 9\n', encoding="utf-8")
    assert main(["catalogue", "check", str(tmp_path / "own"), "--no-examples"]) == 1
    assert "'rank' may not be amended" in capsys.readouterr().out
