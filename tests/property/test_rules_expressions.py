"""Expressions: whatever the text, a tree or a refusal; and a tree means what the same text means to Python."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu.rules.expression import DEEPEST, MOST_NODES, ExpressionRefused, parse
from jiuzhu.rules.tree import Arithmetic, Both, Call, Compare, Constant, Either, Expression, Name, Not, OneOf, Type
from jiuzhu.rules.types import FUNCTIONS, Known, Scope, type_of

NUMBERS = {"a": 7, "b": -3, "c": 0}
FLAGS = {"p": True, "q": False}
SCOPE_NAMES = {name: Type("number") for name in NUMBERS} | {name: Type("flag") for name in FLAGS}


def scope() -> Scope:
    kinds = SCOPE_NAMES | {"born": Type("date"), "paid": Type("number", "yuan", 2), "word": Type("text")}
    return Scope({name: Known(Name(name, "input", kind)) for name, kind in kinds.items()})


def outcome(text: str) -> Expression | ExpressionRefused:
    try:
        return parse(text, scope())
    except ExpressionRefused as refusal:
        return refusal


# --- the meaning, worked out the plainest way -----------------------------------------------------------------

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SUM: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_CALL: dict[str, Callable[..., Any]] = {"abs": abs, "least": min, "greatest": max, "number": int}


def meaning(node: Expression) -> Any:
    match node:
        case Constant():
            return node.value
        case Name():
            return {**NUMBERS, **FLAGS}[node.name]
        case Not():
            return not meaning(node.of)
        case Both():
            return all(meaning(part) for part in node.of)
        case Either():
            return any(meaning(part) for part in node.of)
        case Compare():
            return _COMPARE[node.operator](meaning(node.left), meaning(node.right))
        case OneOf():
            return meaning(node.of) in [option.value for option in node.options]
        case Arithmetic():
            return _SUM[node.operator](meaning(node.left), meaning(node.right))
        case Call():
            return _CALL[node.function](*(meaning(part) for part in node.arguments))
    raise AssertionError(node)


def numbers(deep: int) -> st.SearchStrategy[str]:
    plain = st.sampled_from([*NUMBERS, "0", "1", "12", "305"])
    if not deep:
        return plain
    inner = numbers(deep - 1)
    return st.one_of(
        plain,
        st.tuples(inner, st.sampled_from([" + ", " - ", " * ", "*", "-"]), inner).map("".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"-{text}"),
        inner.map(lambda text: f"abs({text})"),
        st.tuples(inner, inner).map(lambda two: f"least({two[0]}, {two[1]})"),
        conditions(deep - 1).map(lambda text: f"number({text})"),
    )


def conditions(deep: int) -> st.SearchStrategy[str]:
    plain = st.sampled_from([*FLAGS])
    if not deep:
        return plain
    inner, number = conditions(deep - 1), numbers(deep - 1)
    return st.one_of(
        plain,
        st.tuples(number, st.sampled_from([" < ", " <= ", " > ", " >= ", " == ", " != "]), number).map("".join),
        st.tuples(number, number, number).map(lambda three: f"{three[0]} < {three[1]} <= {three[2]}"),
        st.tuples(number, st.sampled_from([" in (1, 7)", " in (0)", " not in (7, 12, 305)"])).map("".join),
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map("".join),
        inner.map(lambda text: f"not ({text})"),
        inner.map(lambda text: f"({text})"),
    )


@settings(max_examples=400, deadline=None)
@given(conditions(4))
def test_a_tree_means_what_the_text_means_to_python(text: str) -> None:
    tree = outcome(text)
    if isinstance(tree, ExpressionRefused):
        assert tree.rule == "size"
        return
    names = {**NUMBERS, **FLAGS, "least": min, "greatest": max, "number": int, "abs": abs}
    # `x in (0)` is one code here and a type error in Python.
    expected = eval(text.replace("in (0)", "in (0,)"), {"__builtins__": {}}, names)  # noqa: S307  (the oracle, on our own text)
    assert meaning(tree) is bool(expected)


def size(node: Expression) -> tuple[int, int]:
    """Nodes and depth of a tree."""
    parts: list[Expression] = []
    match node:
        case Not():
            parts = [node.of]
        case Both() | Either():
            parts = list(node.of)
        case Compare() | Arithmetic():
            parts = [node.left, node.right]
        case OneOf():
            parts = [node.of, *node.options]
        case Call():
            parts = list(node.arguments)
    sizes = [size(part) for part in parts]
    return 1 + sum(count for count, _ in sizes), 1 + max((deep for _, deep in sizes), default=0)


_ODD = "== != >= 1 0.5 'x' class if else is lambda for . / ** [ ] { } := = _ __class__ é 低保 （ 1e9 0x1 f'{p}' @ ; # % None ~ ->"
_KNOWN = ["born", "paid", "word", "as_of", "now", "and", "or", "not", "in", "(", ")", ",", "+", "-", "*", "<"]
WORDS = st.sampled_from([*SCOPE_NAMES, *FUNCTIONS, *_KNOWN, *_ODD.split(), "...", "\\", "\n", "\x00"])


@pytest.mark.requirement("F1")
@settings(max_examples=600, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join), st.lists(WORDS, max_size=40).map("".join)))
def test_any_text_gives_a_bounded_tree_or_a_refusal(text: str) -> None:
    tree = outcome(text)
    if isinstance(tree, ExpressionRefused):
        assert tree.position >= 1
        assert tree.problem
        assert tree.mend
        return
    nodes, deep = size(tree)
    assert nodes <= 3 * MOST_NODES  # a chain a < b < c becomes three comparisons, a minus sign a subtraction
    assert deep <= 2 * DEEPEST
    assert type_of(tree).kind


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9 - 1), st.integers(0, 10**6 - 1))
def test_a_written_number_is_exact(whole: int, part: int) -> None:
    text = f"{whole}.{part:06d}"
    tree = parse(f"paid > {text}", scope())
    assert isinstance(tree, Compare)
    assert isinstance(tree.right, Constant)
    assert tree.right.value == Decimal(text)
