"""What a person is told is declared, and a letter that lacks what the law asks stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.rules.faults import CatalogueFaults
from jiuzhu.rules.noticing import BOTH_REMEDIES, Noticing, check_steps, load_noticing, placeholders
from jiuzhu.rules.permissions import read_permissions
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.references import read_references
from jiuzhu.rules.workflows import load_workflows, read_workflows

NATIONAL = Path(__file__).parents[3] / "catalogue"


def written(folder: Path, change: tuple[str, str] = ("", "")) -> Path:
    """The national file with one thing changed, and the laws and numbers it names."""
    (folder / "laws.toml").write_text((NATIONAL / "laws.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "parameters").mkdir()
    numbers = (NATIONAL / "parameters/procedure.csv").read_text(encoding="utf-8")
    (folder / "parameters/procedure.csv").write_text(numbers, encoding="utf-8")
    text = (NATIONAL / "notices.toml").read_text(encoding="utf-8")
    assert change[0] in text
    (folder / "notices.toml").write_text(text.replace(*change, 1) if change[0] else text, encoding="utf-8")
    return folder


def test_every_letter_that_harms_says_why_and_names_both_remedies(tmp_path: Path):
    found = load_noticing(written(tmp_path))
    harming = [one for one in found.kinds.values() if one.harms]
    assert {"N03", "N09", "N10", "N11", "N16"} <= {one.code for one in harming}
    for one in harming:
        assert set(one.remedies) >= BOTH_REMEDIES
        assert "{reason}" in one.text.zh
        assert "{reason}" in one.text.en
        assert "sms" not in one.ways


def test_every_code_of_the_house_has_both_texts_with_the_same_words(tmp_path: Path):
    found = load_noticing(written(tmp_path))
    assert {f"N{number:02}" for number in range(1, 19)} <= set(found.kinds)
    for one in found.kinds.values():
        assert placeholders(one.text.zh) == placeholders(one.text.en)


def test_the_steps_of_the_roads_give_notices_that_are_there(tmp_path: Path):
    found, workflows = load_noticing(written(tmp_path)), load_workflows(NATIONAL)
    named = {step.notice for one in workflows.values() for step in one.steps.values()} - {""}
    assert named
    assert named <= set(found.kinds)
    reading = Reading()
    read_references([NATIONAL], reading)
    roads = read_workflows([NATIONAL], reading, read_permissions([NATIONAL], reading))
    reading.faults.clear()
    check_steps(found, roads, reading)
    assert reading.faults == []
    kinds = {code: one for code, one in found.kinds.items() if code != "N09"}
    check_steps(Noticing(kinds=kinds), roads, reading)
    assert any("N09" in fault.problem for fault in reading.faults)


def test_without_a_file_nothing_can_be_given(tmp_path: Path):
    assert load_noticing(tmp_path) == Noticing()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("理由和依据：{reason}。您还可以", "您还可以"), "reason"),  # only the English text says why
        (('remedies = ["reconsideration", "litigation"]', 'remedies = ["reconsideration"]'), "both remedies"),
        (('ways = ["portal", "hand", "post"]\nharms', 'ways = ["portal", "sms"]\nharms'), "short message"),
        (('never = ["id_number", "phone", "account", "illness", "child"]', 'never = ["phone"]'), "village"),
        (("经申请、核对和入户调查，拟对", "因患病，拟对"), "illness"),
        (("{benefit} {amount}元", "{name} {benefit} {amount}元"), "name"),
        (('serve = "3 working days"', 'serve = "soon"'), "soon"),
        (('term = "appeal.litigation_months"', 'term = "appeal.no_such"'), "no_such"),
        (("{missing}。请在", "{missing!r}。请在"), "no word in braces"),
        (("{missing}。请在", "{missing.x}。请在"), "no word in braces"),
        (('law = "L02"', 'law = "L99"'), "L99"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, change: tuple[str, str], told: str):
    with pytest.raises(CatalogueFaults, match=told):
        load_noticing(written(tmp_path, change))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("证件 110105194912310021 号", "id_number"),
        ("电话 13905461234", "phone"),
        ("卡号 6217000012345678901", "account"),
        ("因患癌症", "illness"),
        ("孤儿一名", "child"),
        ("共 4 人，每月 1342.00 元，2026-11-25 起", ""),
        ("N07-370502001-2026-000047", ""),
    ],
)
def test_what_a_village_may_not_read_is_found(text: str, found: str):
    noticing = load_noticing(NATIONAL)
    assert noticing.found(text, noticing.never) == found
