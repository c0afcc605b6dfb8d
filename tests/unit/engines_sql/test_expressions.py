"""Expressions as SQL over every mix of plain, none and unknown; what must come out is said here in the plainest way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pyarrow as pa
import pytest
from sqlglot import exp

from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.expressions import Compiler
from jiuzhu.engines.sql.session import DuckSession
from jiuzhu.engines.sql.values import Compiled, Flag, Value, none_of, unknown_of
from jiuzhu.rules import tree

NONE, UNKNOWN = "none", "unknown"
NUMBER, FLAG, DATE = tree.Type("number", "yuan", 2), tree.Type("flag"), tree.Type("date")
NUMBERS = (1, 2, -3, NONE, UNKNOWN)
FLAGS = (True, False, UNKNOWN)


def answers(expression: tree.Expression, columns: dict[str, list[Any]], types: dict[str, tree.Type]) -> list[Any]:
    """The value of an expression on each row; a cell is a plain value, NONE or UNKNOWN. Numbers are held in hundredths."""
    table, names = {}, {}
    for name, cells in columns.items():
        table[name] = pa.array([None if cell in (NONE, UNKNOWN) else held(cell) for cell in cells])
        table[f"{name} unknown"] = pa.array([cell == UNKNOWN for cell in cells])
        names[name] = column(name, types[name])
    compiled = Compiler(lambda name: names[name.name]).compile(expression)
    parts = {"value": compiled.sql, "none": none_of(compiled), "unknown": unknown_of(compiled)}
    session = DuckSession()
    session.show("t", pa.table(table))
    rows = session.fetch(exp.select(*(w.named(sql, name) for name, sql in parts.items())).from_(w.table("t"))).to_pylist()
    session.close()
    scale = compiled.scale if isinstance(compiled, Value) else 0
    return [NONE if row["none"] else UNKNOWN if row["unknown"] else said(row["value"], scale) for row in rows]


def held(cell: Any) -> Any:
    return cell * 100 if isinstance(cell, int) and not isinstance(cell, bool) else cell


def said(value: Any, scale: int) -> Any:
    return value if isinstance(value, bool | date) else Decimal(int(value)).scaleb(-scale)


def column(name: str, of: tree.Type) -> Compiled:
    if of.kind == "flag":
        return Flag(w.column(name))
    return Value(w.column(name), w.column(f"{name} unknown"), scale=of.scale, kind=of.kind)


def name(of: str, type_: tree.Type = NUMBER) -> tree.Name:
    return tree.Name(of, "input", type_)


def number(text: str) -> tree.Constant:
    return tree.Constant(Decimal(text), tree.Type("number"))


def missing(*values: Any) -> Any:
    """None goes before unknown, unknown before a value."""
    return NONE if NONE in values else UNKNOWN if UNKNOWN in values else None


PAIRS = list(product(NUMBERS, NUMBERS))
COLUMNS = {"a": [a for a, _ in PAIRS], "b": [b for _, b in PAIRS]}
TYPES = {"a": NUMBER, "b": NUMBER}


@pytest.mark.parametrize(
    ("sign", "holds"),
    [
        ("==", lambda a, b: a == b),
        ("!=", lambda a, b: a != b),
        ("<", lambda a, b: a < b),
        ("<=", lambda a, b: a <= b),
        (">", lambda a, b: a > b),
        (">=", lambda a, b: a >= b),
    ],
)
def test_a_comparison_with_none_is_false_and_else_with_unknown_unknown(sign: Any, holds: Callable[[int, int], bool]) -> None:
    wanted = [{NONE: False, UNKNOWN: UNKNOWN}.get(missing(a, b)) for a, b in PAIRS]
    wanted = [holds(a, b) if gone is None else gone for gone, (a, b) in zip(wanted, PAIRS, strict=True)]
    assert answers(tree.Compare(sign, name("a"), name("b")), COLUMNS, TYPES) == wanted


@pytest.mark.parametrize(("sign", "work"), [("+", lambda a, b: a + b), ("-", lambda a, b: a - b), ("*", lambda a, b: a * b)])
def test_arithmetic_with_none_is_none_and_else_with_unknown_unknown(sign: Any, work: Callable[[int, int], int]) -> None:
    wanted = [missing(a, b) or work(a, b) for a, b in PAIRS]
    found = answers(tree.Arithmetic(sign, name("a"), name("b"), NUMBER), COLUMNS, TYPES)
    assert [Decimal(one) if isinstance(one, int) else one for one in wanted] == found


@pytest.mark.parametrize(("function", "work"), [("least", min), ("greatest", max)])
def test_the_least_of_some_is_none_where_one_is(function: str, work: Callable[[int, int], int]) -> None:
    wanted = [missing(a, b) or Decimal(work(a, b)) for a, b in PAIRS]
    assert answers(tree.Call(function, (name("a"), name("b")), NUMBER), COLUMNS, TYPES) == wanted


def test_a_number_counts_as_given_unless_it_is_none() -> None:
    wanted = [{NONE: False, UNKNOWN: UNKNOWN}.get(a, True) for a in NUMBERS]
    assert answers(tree.Call("given", (name("a"),), FLAG), {"a": list(NUMBERS)}, TYPES) == wanted


def test_one_of_several_compares_numbers_of_different_decimals() -> None:
    options = (number("2.00"), number("-3"), number("0.5"))
    wanted = [{NONE: False, UNKNOWN: UNKNOWN}.get(a, a in (2, -3)) for a in NUMBERS]
    assert answers(tree.OneOf(name("a"), options), {"a": list(NUMBERS)}, TYPES) == wanted


def test_and_or_not_are_those_of_kleene() -> None:
    pairs = list(product(FLAGS, FLAGS))
    columns = {"a": [a for a, _ in pairs], "b": [b for _, b in pairs]}
    types = {"a": FLAG, "b": FLAG}
    one, two = name("a", FLAG), name("b", FLAG)
    both = [False if False in pair else UNKNOWN if UNKNOWN in pair else True for pair in pairs]
    either = [True if True in pair else UNKNOWN if UNKNOWN in pair else False for pair in pairs]
    assert answers(tree.Both((one, two)), columns, types) == both
    assert answers(tree.Either((one, two)), columns, types) == either
    assert answers(tree.Not(one), {"a": list(FLAGS)}, types) == [False, True, UNKNOWN]


def test_a_product_of_great_amounts_does_not_run_over() -> None:
    great = 9 * 10**15
    square = tree.Arithmetic("*", name("a"), name("a"), NUMBER)
    assert answers(square, {"a": [great]}, TYPES) == [Decimal(great) ** 2]


def test_constants_of_a_rule_may_be_greater_than_32_bits_together() -> None:
    million = number("3000000")
    total = tree.Arithmetic("*", tree.Arithmetic("*", million, million, NUMBER), name("a"), NUMBER)
    assert answers(total, {"a": [1]}, TYPES) == [Decimal(3_000_000) ** 2]


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-01-31", "2026-02-28", 1),  # the last day of a month completes one begun on a day it does not have
        ("2026-01-31", "2026-02-27", 0),
        ("2024-02-29", "2025-02-28", 12),
        ("2026-11-20", "2026-11-20", 0),
        ("2026-11-20", "2026-11-19", -1),
        ("2026-11-20", "2025-11-20", -12),
        ("2026-11-20", "2025-11-19", -13),
    ],
)
def test_completed_months_and_years(start: str, end: str, months: int) -> None:
    columns = {"a": [date.fromisoformat(start)], "b": [date.fromisoformat(end)]}
    types = {"a": DATE, "b": DATE}
    arguments = (name("a", DATE), name("b", DATE))
    assert answers(tree.Call("months", arguments, NUMBER), columns, types) == [months]
    assert answers(tree.Call("years", arguments, NUMBER), columns, types) == [months // 12]


def test_the_first_case_that_holds_gives_the_value_and_an_unknown_one_before_it_none() -> None:
    positive = tree.Compare(">", name("a"), number("0"))
    chosen = tree.Choose(((positive, name("b")),), number("7"), NUMBER)
    wanted = [UNKNOWN if a == UNKNOWN else b if a in (1, 2) else 7 for a, b in PAIRS]
    assert answers(chosen, COLUMNS, TYPES) == wanted
