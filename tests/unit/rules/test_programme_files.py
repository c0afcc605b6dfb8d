"""Programme files, their amendments and the facts a family states: every fault is named with its mend, nothing wins silently."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from jiuzhu.rules.cited import Law
from jiuzhu.rules.faults import Fault
from jiuzhu.rules.parameters import ancestors, read_parameters
from jiuzhu.rules.programmes.family import CONFLICT, FamilyRefused, read_family
from jiuzhu.rules.programmes.reading import read_programmes
from jiuzhu.rules.programmes.tree import Programmes
from jiuzhu.rules.reading import Reading

NUMBERS = """
[numbers]
"aid.urban_monthly" = { zh = "城市标准", en = "Urban standard", unit = "yuan" }
"aid.rural_monthly" = { zh = "农村标准", en = "Rural standard", unit = "yuan" }
"aid.way" = { zh = "方式", en = "Way", words = { up = { zh = "进", en = "up" }, down = { zh = "舍", en = "down" } } }
"aid.step" = { zh = "单位", en = "Step", unit = "yuan" }
"""
HOUSEHOLD = """
[inputs]
persons = { members = "count" }
[facts.kind]
zh = "城乡"
en = "kind"
holds = "text"
codes.urban = { zh = "城", en = "urban", also = ["city"] }
codes.rural = { zh = "乡", en = "rural" }
[facts.income]
zh = "收入"
en = "income"
holds = "money"
also = ["counted_income"]
[facts.size]
zh = "人数"
en = "size"
holds = "number"
unit = "persons"
value = "persons"
"""
MEMBERS = """
[facts]
name = { zh = "称呼", en = "name", holds = "text", absent = "none" }
age = { zh = "年龄", en = "age", holds = "number", unit = "years" }
ill = { zh = "患病", en = "ill", holds = "flag", absent = "no" }
counted = { zh = "计入", en = "counted", holds = "flag", derived = true, absent = "yes" }
"""
AID = """
code = "aid"
title = { zh = "救助", en = "Aid" }
of = "household"
in_force = { from = 2021-07-01 }
basis = [{ law = "L02", article = "18" }]
pays = "monthly"
evidence = ["申请书"]
open = ["tests", "total"]
[inputs]
standard = { parameter = "aid.{kind}_monthly", unit = "yuan" }
[tests]
income = "income < standard * size"
[amount]
base = "per(standard * size - income, 1)"
total = "base"
round = { to = "aid.step", how = "aid.way" }
"""
ROWS = (
    "item,division,place,from,to,value,unit,source,confidence,set_by\n"
    "aid.urban_monthly,000000,China,2021-01-01,,700,yuan,,high,nation\n"
    "other.number,000000,China,2021-01-01,,7,days,,high,nation\n"
)


def _catalogue(tmp_path: Path, aid: str = AID, **files: str) -> tuple[Programmes, list[Fault]]:
    """files: further ones by path, `/` written as two underscores and without the ending."""
    written = {
        "application/numbers.toml": NUMBERS,
        "application/household.toml": HOUSEHOLD,
        "application/members.toml": MEMBERS,
        "programmes/aid.toml": aid,
        "parameters/shared.csv": ROWS,
        **{f"{name.replace('__', '/')}.toml": text for name, text in files.items()},
    }
    for name, text in written.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    reading = Reading(laws={"L02": Law("L02", "法", "", None, None), "L23": Law("L23", "地方", "", None, None)})
    reading.parameters = read_parameters([tmp_path], reading.faults)
    return read_programmes([tmp_path], reading), reading.faults


def _faults(tmp_path: Path, aid: str = AID, **files: str) -> str:
    return "\n".join(str(fault) for fault in _catalogue(tmp_path, aid, **files)[1])


def test_the_small_programme_reads_without_a_fault(tmp_path: Path) -> None:
    found, faults = _catalogue(tmp_path)
    assert faults == []
    assert [line.name for line in found.texts["aid"][0].amount] == ["base", "total"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"income < standard * size"', '"incom < standard * size"', "did you mean 'income'"),
        ("aid.{kind}_monthly", "aid.{kin}_monthly", "no fact with a closed list of codes"),
        ("aid.{kind}_monthly", "aid.{kind}_yearly", "not in application/numbers.toml"),
        ('unit = "yuan" }\n[tests]', 'unit = "months" }\n[tests]', "unit = 'months'"),
        ('"income < standard * size"', '"income < size"', "yuan is compared with persons"),
        ('"income < standard * size"', '"income"', "needs yes or no"),
        ('law = "L02"', 'law = "L99"', "law 'L99' is not in laws.toml"),
        ('article = "18"', 'artikel = "18"', "did you mean 'article'"),
        ('of = "household"', 'of = "family"', "of = 'family'"),
        ('to = "aid.step"', 'to = "aid.stop"', "did you mean 'aid.step'"),
        ("[tests]\n", '[tests]\nfit = "standard / 2 > 1"\n', "there is no division"),
        ('open = ["tests"', 'opens = ["tests"', "'opens' is not a key here"),
    ],
)
def test_a_fault_of_a_programme_names_file_and_mend(old: str, new: str, says: str, tmp_path: Path) -> None:
    told = _faults(tmp_path, AID.replace(old, new))
    assert says in told
    assert "programmes/aid.toml:" in told


def test_a_place_amends_what_the_text_opens_and_nothing_else(tmp_path: Path) -> None:
    place = 'amends = "aid"\nbasis = [{ law = "L23", article = "3" }]\n[tests]\nincome = "income <= standard * size"\n'
    found, faults = _catalogue(tmp_path, places__500000__programmes__aid=place)
    assert faults == []
    here = found.of("aid", ancestors("500103"), date(2026, 1, 1))
    elsewhere = found.of("aid", ancestors("320200"), date(2026, 1, 1))
    assert here is not None
    assert elsewhere is not None
    assert [here.tests[0].holds.operator, elsewhere.tests[0].holds.operator] == ["<=", "<"]
    assert [line["law"] for line in here.basis] == ["L02", "L23"]


def test_a_key_that_is_not_open_may_not_be_amended(tmp_path: Path) -> None:
    place = 'amends = "aid"\nbasis = [{ law = "L23", article = "3" }]\nworkflow = "short"\n'
    assert "'workflow' may not be amended; the text opens: tests, total" in _faults(
        tmp_path, places__500000__programmes__aid=place
    )


def test_one_key_amended_twice_stops_the_start_with_both_files(tmp_path: Path) -> None:
    place = 'amends = "aid"\nbasis = [{ law = "L23", article = "3" }]\n[tests]\nincome = "income <= standard * size"\n'
    told = _faults(tmp_path, places__500000__programmes__aid=place, places__500103__programmes__aid=place)
    assert "'tests.income' is amended twice, first in" in told
    assert "places/500000/programmes/aid.toml" in told


def test_an_amendment_cites_the_local_text(tmp_path: Path) -> None:
    told = _faults(tmp_path, places__500000__programmes__aid='amends = "aid"\ntotal = "base + 1"\n')
    assert "'basis' is missing; cite the local text" in told


def test_an_amendment_holds_from_its_day_on(tmp_path: Path) -> None:
    place = 'amends = "aid"\nin_force = { from = 2025-04-14 }\nbasis = [{ law = "L23", article = "3" }]\ntotal = "base + 1"\n'
    found, faults = _catalogue(tmp_path, places__500000__programmes__aid=place)
    assert faults == []
    days = [found.of("aid", ancestors("500103"), day) for day in (date(2025, 4, 13), date(2025, 4, 14))]
    assert [text.place if text else None for text in days] == ["", "50"]


def test_an_older_text_follows_a_newer_one_but_for_what_it_says_itself(tmp_path: Path) -> None:
    older = 'code = "aid"\nfollows = 2021-07-01\nin_force = { from = 2014-05-01, to = 2021-07-01 }\nbasis = [{ law = "L23", article = "9" }]\n'
    found, faults = _catalogue(tmp_path, programmes__old=older)
    assert faults == []
    then, now = (found.of("aid", ("",), day) for day in (date(2021, 6, 30), date(2021, 7, 1)))
    assert then is not None
    assert now is not None
    assert [text.basis[0]["law"] for text in (then, now)] == ["L23", "L02"]
    assert then.tests == now.tests
    assert found.of("aid", ("",), date(2014, 4, 30)) is None


def test_two_facts_may_not_share_a_word(tmp_path: Path) -> None:
    other = HOUSEHOLD + '[facts.pay]\nzh = "工资"\nen = "pay"\nholds = "money"\nalso = ["counted_income"]\n'
    assert "'counted_income' already means 'income'" in _faults(tmp_path, application__household=other)


def test_a_file_of_no_level_is_not_passed_over(tmp_path: Path) -> None:
    assert "application/cars.toml: unread" in _faults(tmp_path, application__cars="[facts]\n")


# --- what a family states ---

FACTS = 'division = "500103"\non = 2026-11-20\nkind = "urban"\nincome = 100\n[[members]]\nage = 40\n'


def _refused(facts: str, tmp_path: Path) -> str:
    found, _ = _catalogue(tmp_path)
    with pytest.raises(FamilyRefused) as refusal:
        read_family(Path("family.toml"), found, facts)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (
            FACTS.replace("income", "incom"),
            "family.toml:4: unknown_name: 'incom' is no fact of the household; did you mean 'income'",
        ),
        (FACTS.replace("age", "agee"), "'agee' is no fact of [[members]]; did you mean 'age'"),
        (FACTS.replace('"urban"', '"town"'), "'kind' = 'town'"),
        (FACTS.replace("= 100", "= -100"), "is below zero"),
        (FACTS.replace("= 100", "= 100.005"), "write at most 2 decimals"),
        (FACTS.replace("= 100", "= 1\ncounted_income = 1"), "'income' is stated twice, here as 'counted_income'"),
        (FACTS.replace('"500103"', '"5001"'), "write its code of 6, 9 or 12 digits"),
        (FACTS.replace("on = 2026-11-20", ""), "'on' is missing"),
        (FACTS.replace("income", "applied_on = 2026-12-01\nincome"), "the decision comes after the application"),
        (FACTS + '[parameters]\n"aid.urban_montly" = 7\n', "did you mean 'aid.urban_monthly'"),
        (FACTS + '[parameters]\n"aid.step" = -1\n', "'aid.step' = -1 is below zero"),
        (FACTS + '[parameters]\n"aid.way" = "sideways"\n', "'aid.way' = 'sideways'"),
        (FACTS + "[[incomes]]\namount = 3\n", "'amount' is no fact of [[incomes]]"),
        (FACTS + "ill = 1\n", 'write true, false, or "unknown"'),
    ],
)
def test_what_a_family_may_not_state_is_refused_with_what_is_near(facts: str, says: str, tmp_path: Path) -> None:
    assert says in _refused(facts, tmp_path)


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    told = _refused(FACTS.replace("income", "incom").replace("age", "agee"), tmp_path)
    assert told.count("unknown_name") == 2


def test_a_refusal_repeats_no_text_a_family_wrote_beyond_forty_letters(tmp_path: Path) -> None:
    long = "x" * 200
    assert long not in _refused(FACTS.replace('"urban"', f'"{long}"'), tmp_path)


def test_dotted_and_quoted_names_of_numbers_mean_the_same(tmp_path: Path) -> None:
    found, _ = _catalogue(tmp_path)
    for form in (
        "[parameters]\naid.urban_monthly = 7\n",
        '[parameters]\n"aid.urban_monthly" = "7"\n',
        '[[parameters]]\nitem = "aid.urban_monthly"\nvalue = 7\n',
    ):
        family = read_family(Path("f.toml"), found, FACTS + form)
        assert family.parameters["aid.urban_monthly"].value == Decimal(7)


def test_a_number_of_the_catalogue_that_no_programme_reads_may_be_brought(tmp_path: Path) -> None:
    found, _ = _catalogue(tmp_path)
    assert read_family(Path("f.toml"), found, FACTS + '[parameters]\n"other.number" = 9\n').parameters == {}


def test_another_word_for_a_code_is_the_code(tmp_path: Path) -> None:
    found, _ = _catalogue(tmp_path)
    assert read_family(Path("f.toml"), found, FACTS.replace('"urban"', '"city"')).household["kind"] == "urban"


def test_sources_that_agree_give_the_value_and_those_that_do_not_a_conflict(tmp_path: Path) -> None:
    found, _ = _catalogue(tmp_path)
    agree = read_family(Path("f.toml"), found, FACTS.replace("= 100", "= { report = 100, declaration = 100.00 }"))
    differ = read_family(Path("f.toml"), found, FACTS.replace("= 100", "= { report = 120, declaration = 100 }"))
    assert agree.household["income"] == 100
    assert differ.household["income"] is CONFLICT
    assert "sources are report, visit, declaration" in _refused(
        FACTS.replace("= 100", '= { value = 1, source = "rumour" }'), tmp_path
    )


def test_a_number_of_members_alone_makes_that_many(tmp_path: Path) -> None:
    found, _ = _catalogue(tmp_path)
    family = read_family(Path("f.toml"), found, FACTS[: FACTS.index("[[")] + "size = 3\n")
    assert len(family.things["members"]) == 3
