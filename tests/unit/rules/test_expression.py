"""Text to typed trees: what is understood, what is refused, and where the refusal points."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jiuzhu.rules.expression import DEEPEST, LONGEST, MOST_NODES, ExpressionRefused, parse
from jiuzhu.rules.tree import (
    Arithmetic,
    Both,
    Call,
    Compare,
    Constant,
    Either,
    Expression,
    Name,
    Not,
    OneOf,
    Table,
    Type,
)
from jiuzhu.rules.types import Known, Scope, type_of

KINDS = {
    "low": Type("flag"),
    "dead": Type("flag"),
    "paid": Type("number", "yuan", 2),
    "income": Type("number", "yuan", 2),
    "standard": Type("number", "yuan/month", 2),
    "ratio": Type("number", "ratio", 4),
    "age": Type("number", "years"),
    "size": Type("number", "persons"),
    "status": Type("number"),
    "class": Type("text"),
    "born": Type("date"),
    "died": Type("date"),
    "pay_month": Type("month"),
    "start_at": Type("instant"),
    "mother": Type("person"),
    "father": Type("person"),
    "account": Type("thing"),
}
CODES = {"status": {"1": "在册", "2": "退出"}, "class": {"low": "低收入", "dibao": "低保"}}
WORTH = Table("worth", "折旧", "x", "ratio", {0: Decimal(1), 1: Decimal("0.93")})


def scope() -> Scope:
    known = {name: Known(Name(name, "input", kind), CODES.get(name, {})) for name, kind in KINDS.items()}
    return Scope(known, {"worth": WORTH})


def tree(text: str) -> Expression:
    return parse(text, scope())


def refusal(text: str) -> ExpressionRefused:
    with pytest.raises(ExpressionRefused) as caught:
        tree(text)
    return caught.value


def name(word: str) -> Name:
    return Name(word, "input", KINDS[word])


def number(text: str) -> Constant:
    return Constant(Decimal(text), Type("number", "", len(text.partition(".")[2])))


def test_a_number_keeps_every_digit() -> None:
    assert tree("ratio > 0.1") == Compare(">", name("ratio"), number("0.1"))
    assert tree("paid > 123456789012.345") == Compare(">", name("paid"), number("123456789012.345"))


def test_and_binds_closer_than_or_and_not_closest() -> None:
    low, dead = name("low"), name("dead")
    assert tree("low or dead and not low") == Either((low, Both((dead, Not(low)))))
    assert tree("(low or dead) and not (low)") == Both((Either((low, dead)), Not(low)))


def test_times_binds_closer_than_plus_and_minus_goes_left() -> None:
    yuan = Type("number", "yuan", 2)
    product = Arithmetic("*", number("2"), name("income"), yuan)
    assert tree("paid + 2 * income > 0") == Compare(">", Arithmetic("+", name("paid"), product, yuan), number("0"))
    left = Arithmetic("-", Arithmetic("-", name("paid"), name("income"), yuan), name("paid"), yuan)
    assert tree("paid - income - paid > 0") == Compare(">", left, number("0"))


def test_a_chain_of_comparisons_is_all_of_them() -> None:
    assert tree("18 <= age < 60") == Both((Compare("<=", number("18"), name("age")), Compare("<", name("age"), number("60"))))


def test_in_takes_constants_and_not_in_denies_it() -> None:
    options = (number("1"), number("2"))
    assert tree("status in (1, 2)") == OneOf(name("status"), options)
    assert tree("status not in (1, 2)") == Not(OneOf(name("status"), options))
    assert tree("status in (1)") == OneOf(name("status"), options[:1])


def test_the_fact_class_may_be_named_though_python_keeps_the_word() -> None:
    assert tree("class == 'low' and low") == Both((Compare("==", name("class"), Constant("low", Type("text"))), name("low")))
    # The word shown to Python's parser instead is an ordinary name here.
    assert "'klass' is not known" in refusal("klass == 'low'").problem


def test_an_expression_may_run_over_lines() -> None:
    assert tree("low\n  and\tdead") == tree("low and dead")


def test_a_minus_before_a_number_is_part_of_it() -> None:
    assert tree("paid > -5") == Compare(">", name("paid"), Constant(Decimal(-5), Type("number")))
    assert tree("-paid < 0") == Compare(
        "<", Arithmetic("-", Constant(Decimal(0), Type("number")), name("paid"), Type("number", "yuan", 2)), number("0")
    )


def test_products_multiply_units_and_scales() -> None:
    assert type_of(tree("paid * ratio")) == Type("number", "yuan", 6)
    assert type_of(tree("standard * size")) == Type("number", "yuan", 2)
    assert type_of(tree("age * size")) == Type("number", "persons*years", 0)


def test_functions_know_their_types() -> None:
    assert type_of(tree("days(born, died)")) == Type("number", "days")
    assert type_of(tree("months(pay_month, died)")) == Type("number", "months")
    assert type_of(tree("hours(start_at, now)")) == Type("number", "hours")
    assert type_of(tree("least(paid, income)")) == Type("number", "yuan", 2)
    assert type_of(tree("greatest(born, died)")) == Type("date")
    assert type_of(tree("number(low) + number(dead)")) == Type("number")
    assert type_of(tree("per('worth', years(born, as_of))")) == Type("number", "ratio", 2)
    assert tree("same(mother, father)") == Call("same", (name("mother"), name("father")), Type("flag"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("paid > age", "yuan is compared with years"),
        ("paid + age > 0", "'+' of yuan and years"),
        ("paid", None),
        ("low > 1", "'low' is yes or no already"),
        ("mother == father", "person"),
        ("account == account", "identity text"),
        ("born > pay_month", "is compared with"),
        ("born + 1 > 0", "'+' with 'born', a date"),
        ("low + 1 > 0", "yes or no"),
        ("not age", "'not' needs yes or no"),
        ("low and age", "'and' needs yes or no"),
        ("days(born, pay_month) > 1", "days of date, month"),
        ("same(mother, account)", "same of person, identity text"),
        ("number(age) > 1", "number of number in years"),
        ("least(paid, age) > 1", "least of yuan, years"),
        ("least(paid) > 1", "least with 1 values"),
        ("per('worth', paid) > 1", "by a number with decimals"),
        ("status == 3", "'3' is not a code of 'status'"),
        ("status == '1'", "code 1 of 'status'"),
        ("3 == status", "'3' is not a code"),
        ("class in ('low', 'rich')", "'rich' is not a code of 'class'"),
        ("paid * paid * ratio * ratio * ratio > 1", "a product with 16 decimals"),
        ("nobody", "'nobody' is not known here"),
        ("lows", "'lows' is not known here"),
    ],
)
def test_what_does_not_fit_together_is_refused(text: str, problem: str | None) -> None:
    if problem is None:
        assert type_of(tree(text)) == KINDS[text]
    else:
        assert problem in refusal(text).problem


def test_a_refusal_says_where_what_and_how_to_mend() -> None:
    wrong = refusal("low and paid / 2 > 1")
    assert wrong.position == 14
    assert "character 14: the sign /" in wrong.problem
    assert "multiply out" in wrong.mend


def test_a_misspelt_name_is_told_its_neighbour() -> None:
    assert "'paid'" in refusal("payd > 1").mend


def test_positions_count_characters_also_after_chinese() -> None:
    assert refusal("class == '低收入' and nobody").position == 1  # the code is wrong before the name is
    assert refusal("nobody == '低收入'").position == 1
    text = "low and given('低收入') and nobody"
    assert refusal(text).position == text.index("nobody") + 1


@pytest.mark.requirement("F1")
def test_size_and_depth_are_bounded() -> None:
    assert refusal("low and " * 300 + "low").rule == "size"
    nodes = " or ".join(["low"] * (MOST_NODES - 1))
    assert len(nodes) <= LONGEST
    assert tree(nodes)
    assert refusal(nodes + " or low").rule == "size"
    deep = "abs(" * (DEEPEST - 2) + "paid" + ")" * (DEEPEST - 2) + " > 1"
    assert tree(deep)
    assert refusal("abs(" + deep.replace(" > 1", ") > 1")).rule == "size"
    assert tree("paid > " + "9" * 15)
    assert refusal("paid > " + "9" * 16).rule == "number"
    assert tree("class != 'low'")
    assert refusal(f"account == '{'a' * 65}'").rule == "size"
