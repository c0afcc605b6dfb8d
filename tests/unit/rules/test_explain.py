"""A rule told in words: what a resident reads, in both languages, for everything the language can say (F5)."""

# ruff: noqa: E501  (rules stand in one line, as in their files)

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from jiuzhu.rules import phrases
from jiuzhu.rules.catalogue import Catalogue, from_text
from jiuzhu.rules.explain import explain, explain_fact, pieces
from jiuzhu.rules.phrases import Language, number_words, spaced
from jiuzhu.rules.tree import GradeLine, Indicator
from jiuzhu.rules.units import UNITS
from tests.unit.rules.test_hostile import EXAMPLES, HEAD

# What would be Python, or a name nobody outside the catalogue knows.
SYNTAX = re.compile(r"[a-z]_[a-z]|==|!=|<=|>=|[\[\]{}\x00-\x1f]|\b(None|True|False|Decimal)\b")

# Rules that between them say everything the language has words for.
RULES: dict[str, str] = {
    "comparisons": "rule = { when = \"age > 5 and age != 6 and age <= 90 and not (age < 7) and class != 'old' and now == now\", grades = { red = 'hit' } }",
    "one of several": "rule = { when = \"class in ('low', 'old') or class not in ('old', 'general')\", grades = { red = 'hit' } }",
    "days compared": 'rule = { when = "birth_date < as_of and birth_date <= as_of and birth_date > year_start and birth_date >= month_start", '
    "grades = { red = 'hit' } }",
    "arithmetic": 'rule = { when = "(age + 1) * 2 - age > abs(age - 3) + least(age, 4) + greatest(age, 4, 5) + number(low) + number(not low)", '
    "grades = { red = 'hit' } }",
    "dates": 'rule = { when = "days(birth_date, as_of) > 0 and months(birth_date, as_of) > 0 and least(birth_date, as_of) < greatest(birth_date, as_of) '
    "and year(birth_date) > 1900 and birthday(birth_date, 18) < as_of and given(birth_date) and not given(birth_date)\", grades = { red = 'hit' } }",
    "a table": "rule = { when = \"per('car_worth', age) > 0\", grades = { red = 'hit' } }",
    "flags denied": 'inputs.dad = { fact = "low", via = "father" }\ninputs.dad_age = { fact = "age", via = "father" }\n'
    "rule = { when = \"not low and not dad and dad or dad_age > 60 or low\", grades = { red = 'hit' } }",
    "windows": 'inputs.a = { dataset = "medins_settlement", exists = true, over = "this year" }\n'
    'inputs.b = { dataset = "medins_settlement", exists = true, over = "school year" }\n'
    'inputs.c = { dataset = "medins_settlement", exists = true, over = "last month" }\n'
    'inputs.d = { dataset = "medins_settlement", exists = true, over = "this month" }\n'
    'inputs.e = { dataset = "medins_settlement", exists = true, ahead = "60 days" }\n'
    'inputs.f = { dataset = "medins_settlement", exists = true, over = "12 months", shift = "12 months" }\n'
    'inputs.g = { dataset = "medins_settlement", exists = true, over = "3 closed months", shift = "3 months" }\n'
    'inputs.h = { dataset = "medins_settlement", exists = true, over = "4 closed quarters", shift = "1 quarter" }\n'
    'inputs.i = { dataset = "medins_settlement", exists = true, over = "4 closed quarters", at = "admission_date" }\n'
    'inputs.j = { dataset = "medins_settlement", exists = true, over = "2 closed months" }\n'
    "rule = { when = \"a or b or c or d or e or f or g or h or i or not j\", grades = { red = 'hit' } }",
    "aggregates": 'inputs.a = { dataset = "medins_settlement", count = true, unit = "times" }\n'
    'inputs.b = { dataset = "medins_settlement", distinct = ["visit_type", "region_code"], unit = "kinds" }\n'
    'inputs.c = { dataset = "medins_settlement", min = "self_pay_amount", where = "is_remote and not is_remote", unit = "yuan" }\n'
    'inputs.d = { dataset = "medins_settlement", max = "self_pay_amount", newest = 3, unit = "yuan" }\n'
    'inputs.e = { dataset = "medins_settlement", min = "settlement_date" }\n'
    'inputs.f = { dataset = "medins_settlement", max = "settlement_date" }\n'
    'inputs.g = { dataset = "medins_settlement", latest = "is_remote" }\n'
    'inputs.h = { dataset = "medins_settlement", run = "months", at = "admission_date", until = "discharge_date", unit = "months" }\n'
    'inputs.i = { dataset = "medins_settlement", run = "days", unit = "days" }\n'
    'inputs.j = { dataset = "civil_lowincome_member", since = "member_status" }\n'
    'inputs.k = { dataset = "medins_settlement", sum = "self_pay_amount", each = ["visit_type"], keep = "max", unit = "yuan" }\n'
    'inputs.l = { dataset = "medins_settlement", sum = "self_pay_amount", each = ["visit_type", "region_code"], keep = "min", unit = "yuan" }\n'
    'inputs.m = { dataset = "medins_settlement", sum = "self_pay_amount", each = ["visit_type"], keep = "sum", unit = "yuan", after = "e" }\n'
    'inputs.n = { dataset = "civil_support_obligor", exists = true, by = "obligee_id_no" }\n'
    'rule = { when = "a > 1 and b > 1 and c > 1 and d > 1 and e < f and g and not g and h > 1 and i > 1 and j < as_of and k > l and m > 1 and n and e < f", '
    "grades = { red = 'hit' } }",
    "instants": 'of_household\ninputs.a = { dataset = "civil_home_sensor_event", latest = "event_time", over = "12 hours" }\n'
    "rule = { when = \"hours(a, now) > 1 or minutes(a, now) > 1 or a > now\", grades = { red = 'hit' } }",
    "members": 'of_household\nperson.died = { fact = "death_date" }\n'
    'inputs.a = { members = "any", where = "given(died)" }\ninputs.b = { members = "all", where = "low" }\n'
    'inputs.c = { members = "count", where = "low" }\ninputs.d = { members = "sum", of = "number(low)", unit = "persons" }\n'
    'inputs.e = { members = "min", of = "age", unit = "years" }\ninputs.f = { members = "max", of = "age", where = "not low", unit = "years" }\n'
    'inputs.g = { members = "count" }\n'
    "rule = { when = \"a and not a and b and not b and c > 1 and d > 1 and e > f and g > 1 and low and not low and size > 1\", "
    "grades = { red = 'hit' } }",
    "hukou": 'of_hukou\nrule = { when = "low", grades = { red = \'hit\' } }',
    "same": 'inputs.a = { dataset = "civil_support_obligor", latest = "obligee_id_no" }\n'
    'inputs.b = { dataset = "police_population", latest = "father_id_no" }\n'
    "rule = { when = \"same(a, b) or not same(a, b)\", grades = { red = 'hit' } }",
    "a denied comparison and an oversight hint": 'rule = { when = "not (age < 5 and low)", grades = { red = "low", orange = "age > 5", blue = "else" } }',
}  # fmt: skip


def indicator(rule: str, catalogue: Catalogue) -> Indicator:
    head = HEAD
    if rule.startswith("of_household\n"):
        head, rule = head.replace('of = "person"', 'of = "household"'), rule.removeprefix("of_household\n")
    if rule.startswith("of_hukou\n"):
        head, rule = head.replace('of = "person"', 'of = "household"\ngroup = "hukou"'), rule.removeprefix("of_hukou\n")
    return from_text(head + EXAMPLES.replace('"red"', '"red"') + rule + "\n", catalogue)


@pytest.mark.requirement("F5")
@pytest.mark.parametrize("name", RULES)
def test_everything_the_language_says_is_told_without_syntax(name: str, small: Catalogue) -> None:
    item = indicator(RULES[name], small)
    chinese, english = explain(item, small, "zh"), explain(item, small, "en")
    assert not SYNTAX.search(chinese), chinese
    assert not SYNTAX.search(english), english
    assert not re.search(r"[A-Za-z]{2}", chinese), chinese


@pytest.mark.requirement("F5")
def test_no_template_is_without_a_rule_that_uses_it(small: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    used: set[str] = set()

    class Recording(dict):  # type: ignore[type-arg]
        def __getitem__(self, key: str) -> tuple[str, str]:
            used.add(key)
            return super().__getitem__(key)  # type: ignore[no-any-return]

    monkeypatch.setattr(phrases, "PHRASES", Recording(phrases.PHRASES))
    items = [indicator(rule, small) for rule in RULES.values()] + list(small.indicators.values())
    for item in items:
        explain(item, small, "zh")
    measured = small.indicators["S01-E08"]
    for change in (
        {"way": "at most"},
        {"way": "above"},
        {"also": measured.rule.when},
        {"grades": (GradeLine("red", "number", Decimal(9_000)), GradeLine("blue", "number", Decimal(5_000)))},
    ):
        explain(replace(measured, rule=replace(measured.rule, **change)), small, "zh")  # type: ignore[arg-type]
    nowhere = replace(small, parameters=type(small.parameters)())
    explain(measured, nowhere, "zh")
    for fact in small.facts.values():
        explain_fact(fact, small, "zh")
    explain_fact(replace(small.facts["birth_date"], value=replace(small.facts["birth_date"].value, otherwise=None)), small, "zh")  # type: ignore[type-var]
    assert set(phrases.PHRASES) - used == set()


def test_the_sentence_a_resident_reads(small: Catalogue) -> None:
    assert explain(small.indicators["S01-E08"], small, "zh") == (
        "在册低收入人员，且最近 6 个月最早一条“医保结算”（政策范围内个人自付金额超过 0 元）的结算日期之后没有“医疗救助”记录，"
        "最近 6 个月“医保结算”的政策范围内个人自付金额之和，达到 2,000 元即蓝色预警；达到 1.5 倍为黄色；达到 2 倍为橙色；达到 3 倍为红色。"
    )
    assert explain(small.indicators["S01-E10"], small, "zh") == (
        "个人：年龄达到 60 岁，且不符合“在册低收入人员”，赡养抚养扶养义务人中符合“有履行能力，且没有死亡日期”的人数，低于 1 人即橙色预警。"
    )
    assert explain(small.indicators["S24-R02"], small, "en") == (
        "A household: a member for whom holds: is a registered low-income person, and the highest present worth in “Vehicles” "
        "(vehicle class is 1 (乘用车), and vehicle status is 1 (正常)): at least 80,000 yuan raises a blue warning; "
        "at least 1.5 times that makes it yellow; at least 2 times that makes it orange; at least 3 times that makes it red."
    )


def test_the_limit_in_force_there_and_then_is_the_one_told(small: Catalogue) -> None:
    item = small.indicators["S01-E08"]
    city = small.parameters.value("S01-E08", "aid_floor", "370502", date(2025, 6, 1))
    assert "达到 3,000 元" in explain(item, small, "zh", city)
    assert "达到 3,000 元" in explain(item, small, "zh", division="370502", on=date(2025, 6, 1))
    assert "达到 2,000 元" in explain(item, small, "zh", division="110101", on=date(2025, 6, 1))
    # Where the number is unset nothing is made up.
    assert "达到当地限值" in explain(item, small, "zh", division="370502", on=date(2026, 6, 1))


def test_an_input_named_twice_is_told_once_and_called_by_a_letter(small: Catalogue) -> None:
    told = explain(small.indicators["S05-E01"], small, "zh")
    assert told.count("（记作甲）") == 1
    assert "与甲相比，达到 50% 即蓝色预警；达到该限值的 1.2 倍为黄色" in told


def test_grades_that_can_never_fire_are_not_promised(small: Catalogue) -> None:
    item = small.indicators["S01-E10"]
    lines = tuple(GradeLine(grade, "number", Decimal(number)) for grade, number in (("red", 3), ("orange", 2), ("yellow", 1)))  # type: ignore[arg-type]
    rising = replace(item, rule=replace(item.rule, way="at least", grades=lines))
    two = replace(small.parameters.of("S01-E10", "min_obligors")[0], value=Decimal(2))
    told = explain(rising, small, "zh", two)
    assert told.endswith("达到 2 人即橙色预警；达到 3 人为红色。")
    assert "黄色" not in told


def test_the_pieces_make_the_sentence_and_mark_numbers_windows_and_grades(small: Catalogue) -> None:
    item = small.indicators["S01-E08"]
    for lang in ("zh", "en"):
        parts = pieces(item, small, lang)  # type: ignore[arg-type]
        assert "".join(text for text, _ in parts) == explain(item, small, lang)  # type: ignore[arg-type]
    marked = [text for text, strong in pieces(item, small, "zh") if strong]
    assert {"6 个月", "2,000 元", "蓝色", "红色", "3 倍"} <= set(marked)


def test_facts_are_told_too(small: Catalogue) -> None:
    assert explain_fact(small.facts["low"], small, "zh") == "在册低收入人员：有“低收入人口成员”（成员状态为在册）记录。"
    assert (
        explain_fact(small.facts["class"], small, "zh")
        == "人员类别：若在册低收入人员，取低收入；若年龄达到 60 岁，取老年人；否则取一般。"
    )
    assert "otherwise the birth date of the newest record of “Members of low-income households”" in explain_fact(
        small.facts["birth_date"], small, "en"
    )


@pytest.mark.parametrize(
    ("value", "unit", "chinese", "english"),
    [
        ("5000", "yuan", "5,000 元", "5,000 yuan"),
        ("5000.50", "yuan", "5,000.5 元", "5,000.5 yuan"),
        ("1E+4", "yuan", "10,000 元", "10,000 yuan"),
        ("0.4", "ratio", "40%", "40%"),
        ("1.5", "ratio", "1.5 倍", "1.5"),
        ("1", "persons", "1 人", "1 person"),
        ("300", "yuan/month", "300 元/月", "300 yuan/month"),
        ("3", "level", "3 级", "3"),
        ("7", "", "7", "7"),
    ],
)
def test_numbers_as_people_write_them(value: str, unit: str, chinese: str, english: str) -> None:
    assert number_words(Decimal(value), unit, "zh") == chinese
    assert number_words(Decimal(value), unit, "en") == english


def test_every_unit_has_words_in_both_languages() -> None:
    assert UNITS - set(phrases.UNIT_WORDS) == {"ratio"}


def test_blanks_stand_between_figures_and_words_only() -> None:
    assert spaced("达到 该限值的 2 倍") == "达到该限值的 2 倍"
    assert spaced("人数为1 人") == "人数为 1 人"
    assert spaced("“甲”指明本人的的金额") == "“甲”指明本人的金额"


def test_the_languages_are_two(small: Catalogue) -> None:
    languages: tuple[Language, ...] = ("zh", "en")
    item = small.indicators["S01-E07"]
    assert len({explain(item, small, lang) for lang in languages}) == 2
