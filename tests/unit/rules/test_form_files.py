"""Forms, outcomes, needs and cards: read strictly, each fault by file, line, rule and mend; and a form as an XLSForm workbook."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from jiuzhu.registry import public
from jiuzhu.rules import xlsform
from jiuzhu.rules.catalogue import Catalogue, read_catalogue
from jiuzhu.rules.check import check_folder
from jiuzhu.rules.duties import duty_list
from jiuzhu.rules.forms import asked
from tests.unit.rules.one_file import Wrong, faults_told, given_twice

FORM = """\
code = "F90"
version = "1"
title = { zh = "表", en = "Form" }
persons = 2
basis = [{ law = "L04", says = "visit" }]

[[groups]]
name = "members"
title = { zh = "成员", en = "Members" }
rows = 3

[[questions]]
name = "met"
asks = { zh = "见到谁", en = "Whom" }
type = "one"
required = true
level = "personal"
options = { self = { zh = "本人", en = "Self" }, nobody = { zh = "没人", en = "Nobody" } }

[[questions]]
name = "sum"
asks = { zh = "支出", en = "Spending" }
type = "money"
unit = "yuan"
level = "sensitive"
when = { met = ["self"] }

[[questions]]
name = "member_name"
asks = { zh = "姓名", en = "Name" }
type = "text"
group = "members"
level = "sensitive"
"""
BETWEEN = (
    'options = { self = { zh = "本人", en = "Self" }, nobody = { zh = "没人", en = "Nobody" } }\n\n[[questions]]\nname = "sum"'
)
TWICE = (BETWEEN, f'tells = "phone"\n{BETWEEN}\ntells = "phone"')
WRONG_FORMS: dict[str, Wrong] = {
    "an unknown key": (('unit = "yuan"', 'units = "yuan"'), "unknown_key", "'units'", "'unit'", 24),
    "a type that is none": (('type = "money"', 'type = "cash"'), "wrong_word", "cash", "money", 23),
    "money in another unit": (('unit = "yuan"', 'unit = "days"'), "unit", "'days'", "yuan", 24),
    "a unit of a text": (('type = "text"', 'type = "text"\nunit = "yuan"'), "unit", "no unit", "out", 32),
    "a question twice": (('name = "sum"', 'name = "met"'), "twice", "'met'", "own name", 21),
    "a name every visit has": (('name = "sum"', 'name = "outcome"'), "name", "every visit", "another", 21),
    "a name with a capital": (('name = "sum"', 'name = "Sum"'), "name", "'Sum'", "small", 21),
    "a group that is not there": (('group = "members"', 'group = "member"'), "group", "'member'", "'members'", 32),
    "a condition on no question": (("when = { met", "when = { seen"), "question", "'seen'", "met", 0),
    "a condition on no answer": (('met = ["self"]', 'met = ["family"]'), "option", "'family'", "self", 0),
    "a choice without options": (('type = "money"\nunit = "yuan"', 'type = "one"'), "options", "type one", "one of", 0),
    "options of a text": (('type = "text"', 'type = "text"\noptions = { a = { zh = "甲", en = "A" } }'), "options", "type text", "out", 0),
    "a list that is not there": (('type = "money"\nunit = "yuan"', 'type = "many"\ncodes = "wants"'), "codes", "'wants'", "needs", 0),
    "a fact with a capital": (('unit = "yuan"', 'unit = "yuan"\ntells = "Phone"'), "name", "'Phone'", "small", 25),
    "a fact of the family told by a row": (('group = "members"', 'group = "members"\ntells = "phone"'), "fact", "'phone'", "member_name", 33),
    "a fact told twice": (TWICE, "twice", "'phone'", "one question", 0),
    "a law nobody knows": (('law = "L04"', 'law = "L99"'), "law", "'L99'", "", 0),
    "nobody to go": (("persons = 2", "persons = 0"), "wrong_number", "0", "at least 1", 4),
    "too many rows": (("rows = 3", "rows = 300"), "wrong_number", "300", "at most", 0),
    "another file name": (('code = "F90"', 'code = "F91"'), "file_name", "F91", "F91.toml", 1),
}  # fmt: skip

OUTCOMES = """\
[ends]
passed_on = { zh = "推送", en = "passed on" }

[outcomes]
referred = { zh = "转介", en = "Referred", sides = ["entry"], next = "referral", result = "helped", end = "passed_on" }
"""
WRONG_OUTCOMES: dict[str, Wrong] = {
    "a side that is none": (('["entry"]', '["enter"]'), "wrong_word", "'enter'", "entry", 5),
    "a next that is none": (('"referral"', '"refer"'), "wrong_word", "refer", "referral", 5),
    "a result that is none": (('"helped"', '"help"'), "wrong_word", "help", "helped", 5),
    "an end that is not there": (('end = "passed_on"', 'end = "passed"'), "end", "'passed'", "passed_on", 5),
}  # fmt: skip

NEEDS = """\
[needs.medical]
zh = "医疗"
en = "Medical"
department = "医疗保障"
days = 7
shows = []
basis = [{ law = "L04", says = "help" }]

[[discovery]]
tier = "village"
zh = "走访"
en = "Visit"
scenarios = ["S01"]
every = 1
pressed = 2
"""
WRONG_NEEDS: dict[str, Wrong] = {
    "no department": (('department = "医疗保障"\n', ""), "missing_key", "'department'", "department", 0),
    "no days": (("days = 7", "days = 0"), "wrong_number", "0", "at least 1", 5),
    "a question nobody asks": (("shows = []", 'shows = ["purse"]'), "question", "'purse'", "", 6),
    "a tier that is none": (('tier = "village"', 'tier = "hamlet"'), "wrong_word", "hamlet", "village", 10),
    "a scenario that is none": (('["S01"]', '["S77"]'), "scenario", "'S77'", "S01", 13),
}  # fmt: skip


@pytest.fixture(scope="module")
def national() -> Catalogue:
    return public.catalogue()


@pytest.fixture
def forms(folder: Path) -> Path:
    (folder / "forms").mkdir()
    return folder


def test_files_of_visits_are_read_whole(forms: Path):
    (forms / "forms" / "F90.toml").write_text(FORM, encoding="utf-8")
    (forms / "outcomes.toml").write_text(OUTCOMES, encoding="utf-8")
    (forms / "needs.toml").write_text(NEEDS.replace("shows = []", 'shows = ["sum"]'), encoding="utf-8")
    catalogue, faults = read_catalogue(forms)
    assert faults == ()
    assert check_folder(forms) == []
    form = catalogue.forms["F90"]
    assert [question.name for question in form.of_group("members")] == ["member_name"]
    assert form.groups["members"].rows == 3
    assert not asked(form, form.questions["sum"], {"met": "nobody"}, {})
    assert asked(form, form.questions["sum"], {"met": "self"}, {})
    assert catalogue.outcomes.by_code["referred"].end == "passed_on"
    assert catalogue.duties.needs["medical"].shows == ("sum",)


@pytest.mark.parametrize("what", WRONG_FORMS)
def test_a_fault_of_a_form_names_the_line_the_rule_and_the_mend(forms: Path, what: str):
    assert faults_told(forms, "forms/F90.toml", FORM, WRONG_FORMS[what])


@pytest.mark.parametrize("what", WRONG_OUTCOMES)
def test_a_fault_of_an_outcome_names_the_line_the_rule_and_the_mend(folder: Path, what: str):
    assert faults_told(folder, "outcomes.toml", OUTCOMES, WRONG_OUTCOMES[what])


@pytest.mark.parametrize("what", WRONG_NEEDS)
def test_a_fault_of_a_need_names_the_line_the_rule_and_the_mend(folder: Path, what: str):
    assert faults_told(folder, "needs.toml", NEEDS, WRONG_NEEDS[what])


def test_the_same_outcome_in_two_folders_is_a_fault_that_names_both(folder: Path, tmp_path: Path):
    assert len(given_twice(folder, tmp_path / "local", "outcomes.toml", OUTCOMES)) == 2  # the end and the outcome


def test_every_department_that_an_indicator_is_routed_to_answers_for_a_need(national: Catalogue):
    routed = {place for one in national.indicators.values() for place in one.route if place.startswith("department:")}
    assert {place.removeprefix("department:") for place in routed} <= {need.department for need in national.duties.needs.values()}


def test_every_scenario_is_looked_for_by_some_tier(national: Catalogue):
    assert {code for line in national.duties.discovery for code in line.scenarios} == set(national.scenarios)
    assert len({line.tier for line in national.duties.discovery}) == 4


def test_the_list_of_a_department_holds_all_it_delivers_answers_and_is_asked_to_look_at(national: Catalogue):
    lines = duty_list(national.duties.needs, national.datasets, national.indicators, national.scenarios)
    health = {(line.kind, line.code): line.days for line in lines if line.department == "医疗保障"}
    delivered = {("deliver", one.code) for one in national.datasets.values() if one.department == "医疗保障"}
    routed = [one for one in national.indicators.values() if "department:医疗保障" in one.route]
    shortest = {("look", one.scenario): min(other.days for other in routed if other.scenario == one.scenario) for one in routed}
    assert health == {**dict.fromkeys(delivered, 0), ("answer", "medical"): 7, **shortest}
    assert len({line.department for line in lines}) >= 18
    assert len(lines) >= 34


def test_every_outcome_of_the_design_and_every_end_of_the_opinion_is_there(national: Catalogue):
    seven = {
        "already_covered",
        "policy_told",
        "application_opened",
        "referred",
        "helped_on_the_spot",
        "no_difficulty",
        "cannot_be_found",
    }
    assert seven <= set(national.outcomes.by_code)
    assert {one.end for one in national.outcomes.by_code.values()} - {""} == set(national.outcomes.ends)
    assert len(national.outcomes.ends) == 4
    for side in ("entry", "exit", "oversight"):
        assert {one.next for one in national.outcomes.of([side]).values()} >= {"nothing", "second_visit"}


@pytest.mark.parametrize("code", ["F04", "F05", "F17"])
def test_a_form_is_a_valid_xlsform(national: Catalogue, code: str):
    """By the rules of xlsform.org, read back from the workbook: names once, lists there, groups closed, conditions on questions."""
    form = national.forms[code]
    told = xlsform.sheets(form, national.outcomes, {name: card.title for name, card in national.duties.cards.items()})
    book = CalamineWorkbook.from_filelike(BytesIO(xlsform.workbook(told)))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in ("survey", "choices", "settings")}
    rows = [dict(zip(sheets["survey"][0], row, strict=True)) for row in sheets["survey"][1:]]
    lists = {row[0] for row in sheets["choices"][1:]}
    names = [row["name"] for row in rows if row["name"]]
    assert len(names) == len(set(names))
    assert set(form.questions) <= set(names)
    open_groups: list[str] = []
    for row in rows:
        kind, _, wanted = row["type"].partition(" ")
        if kind.startswith("begin_"):
            open_groups.append(kind.removeprefix("begin_"))
        elif kind.startswith("end_"):
            assert open_groups.pop() == kind.removeprefix("end_")
        else:
            assert kind in {
                "start",
                "end",
                "geopoint",
                "text",
                "integer",
                "decimal",
                "date",
                "image",
                "select_one",
                "select_multiple",
            }
        assert not wanted or wanted in lists
        assert set(re.findall(r"\$\{(\w+)\}", row["relevant"])) <= set(names)
    assert open_groups == []
    assert len({tuple(row[:2]) for row in sheets["choices"][1:]}) == len(sheets["choices"]) - 1
    assert sheets["settings"][1][1:3] == [code, form.version]
