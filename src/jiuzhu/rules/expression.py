"""Text of an expression to a typed tree: a small part of Python's syntax, read by Python's own parser and never run.

The text is cut into words first, and only words the language knows go on to the parser; so its cost and depth are
bounded by `LONGEST`, and nothing that Python would understand and we do not can reach it.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Literal, cast

from jiuzhu.rules import types
from jiuzhu.rules.faults import Wrong, clipped
from jiuzhu.rules.tree import Both, Compare, Constant, Either, Expression, Name, Not, OneOf, Type
from jiuzhu.rules.types import Known, Scope

LONGEST, MOST_NODES, DEEPEST, MOST_DIGITS, LONGEST_TEXT = 2_000, 200, 20, 15, 64

_WORD = re.compile(
    r"(?P<space>[ \t\n]+)|(?P<number>[0-9][0-9A-Za-z_]*(?:\.[0-9A-Za-z_]*)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>'[^'\\\n]*'|\"[^\"\\\n]*\")|(?P<sign>==|!=|<=|>=|[<>+\-,()]|\*(?!\*))"
)
_NUMBER = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_WORDS_OF_LOGIC = {"and", "or", "not", "in"}
# The fact `class` (the class of a person) is a word of Python's; its parser is shown another of the same length.
_CLASS, _STAND_IN = "class", "klass"
_REFUSED_WORDS = {
    "is": "write == or !=",
    "if": "there is no choice inside an expression; a fact may have `cases`",
    "else": "there is no choice inside an expression; a fact may have `cases`",
    "None": "write given(x) or not given(x)",
    "True": "a yes/no stands alone: write `x` or `not x`",
    "False": "a yes/no stands alone: write `x` or `not x`",
}
_REFUSED_SIGNS = {
    "/": "there is no division: put the divisor into `base`, or multiply out",
    "**": "there is no power: use a table with per('table', n)",
    "%": "there is no remainder",
    "=": "write == to compare",
    ".": "a column is named alone, and 0.5 has its nought",
    "[": "write in (1, 2) with round brackets",
    ":": "there is no `:`",
    "!": "write `not x`, or !=",
    "&": "write `and`",
    "|": "write `or`",
    "\\": "there is no backslash",
    "，": "write an ASCII comma",
    "（": "write ASCII brackets",
    "）": "write ASCII brackets",
    "“": "write ASCII quotes",
    "”": "write ASCII quotes",
}


class ExpressionRefused(Wrong):
    """An expression the language does not know; `position` counts characters from 1."""

    def __init__(self, rule: str, position: int, found: str, mend: str) -> None:
        self.position = position
        super().__init__(rule, f"character {position}: {found}", mend)


def parse(text: str, scope: Scope) -> Expression:
    """The typed tree of `text`, all names found in `scope`. Raises ExpressionRefused."""
    numbers, classes = _words(text)
    source = text.replace("\n", " ").replace("\t", " ")
    for at in classes:
        source = source[:at] + _STAND_IN + source[at + len(_CLASS) :]
    # Brackets around the whole let it break over lines and begin with a blank; positions move by one.
    try:
        tree = ast.parse(f"({source})", mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        position = max(1, min(len(text), (getattr(error, "offset", None) or 2) - 1))
        raise ExpressionRefused("syntax", position, "this is not an expression", "check brackets and operators there") from None
    return _Reader(source, numbers, frozenset(classes), scope).read(tree.body)


def parse_flag(text: str, scope: Scope, where: str) -> Expression:
    """As `parse`, for a condition."""
    node = parse(text, scope)
    types.need_flag(node, where)
    return node


def _words(text: str) -> tuple[dict[int, Decimal], list[int]]:
    """Checks every word of the text; gives the numbers by their place, and the places of `class`. Raises ExpressionRefused."""
    if len(text) > LONGEST:
        raise ExpressionRefused(
            "size", LONGEST, f"the expression has {len(text)} characters", f"at most {LONGEST}: split into inputs"
        )
    if not text.strip():
        raise ExpressionRefused("syntax", 1, "the expression is empty", "write a condition, or leave the key out")
    numbers: dict[int, Decimal] = {}
    classes: list[int] = []
    depth, at, before = 0, 0, ""
    while at < len(text):
        found = _WORD.match(text, at)
        if found is None:
            raise _unknown_sign(text, at)
        kind, word = str(found.lastgroup), found[0]
        if kind == "number":
            numbers[at] = _number(word, at)
        elif word == _CLASS:
            classes.append(at)
        elif kind == "name":
            _check_name(word, at)
        elif kind == "text":
            _check_text(word, at, before)
        elif word in "()":
            depth += 1 if word == "(" else -1
            if depth < 0:
                # The brackets put around the whole for Python's parser must not be closed from inside.
                raise ExpressionRefused("syntax", at + 1, "a closing bracket without an opening one", "check the brackets")
            if depth > DEEPEST:
                raise ExpressionRefused("size", at + 1, f"more than {DEEPEST} brackets inside each other", "split into inputs")
        if kind != "space":
            before = kind if kind != "name" or word not in _WORDS_OF_LOGIC else "logic"
        at = found.end()
    return numbers, classes


def _number(word: str, at: int) -> Decimal:
    if not _NUMBER.fullmatch(word):
        raise ExpressionRefused(
            "number", at + 1, f"the number '{clipped(word)}'", "write digits and at most one point: 5000 or 0.4"
        )
    if len(word.replace(".", "")) > MOST_DIGITS:
        raise ExpressionRefused("number", at + 1, f"a number of {len(word)} digits", f"at most {MOST_DIGITS} digits")
    return Decimal(word)


def _check_name(word: str, at: int) -> None:
    if word.startswith("_") or len(word) > LONGEST_TEXT:
        mend = "names begin with a letter" if word.startswith("_") else f"names have at most {LONGEST_TEXT} characters"
        raise ExpressionRefused("name", at + 1, f"the name '{clipped(word)}'", mend)
    if keyword.iskeyword(word) and word not in _WORDS_OF_LOGIC:
        mend = _REFUSED_WORDS.get(word, "only and, or, not, in; comparisons; + - *; and the functions of the language")
        raise ExpressionRefused("syntax", at + 1, f"the word '{word}'", mend)


def _check_text(word: str, at: int, before: str) -> None:
    if before in ("name", "text", "number"):
        raise ExpressionRefused("syntax", at + 1, "a text right after another word", "put an operator between them")
    if len(word) - 2 > LONGEST_TEXT:
        raise ExpressionRefused("size", at + 1, f"a text of {len(word) - 2} characters", f"at most {LONGEST_TEXT}")
    if not word.isprintable():
        raise ExpressionRefused("syntax", at + 1, "a text with a control character", "write visible characters only")


def _unknown_sign(text: str, at: int) -> ExpressionRefused:
    sign = "**" if text.startswith("**", at) else text[at]
    mend = _REFUSED_SIGNS.get(sign, "only names, numbers, 'texts', and, or, not, in, comparisons, + - *, and functions")
    if sign in "'\"":
        mend = "close the text with the same quote, on the same line and without a backslash"
    shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
    return ExpressionRefused("syntax", at + 1, f"the sign {shown}", mend)


_COMPARISONS: dict[type[ast.cmpop], Literal["==", "!=", "<", "<=", ">", ">="]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_SUMS: dict[type[ast.operator], Literal["+", "-", "*"]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}


class _Reader:
    """One walk over Python's tree. What is not named here is refused."""

    def __init__(self, source: str, numbers: dict[int, Decimal], classes: frozenset[int], scope: Scope) -> None:
        self.bytes, self.numbers, self.classes, self.scope = f"({source})".encode(), numbers, classes, scope
        self.nodes = self.depth = 0
        # The code lists of the nodes that have one, by identity of the node made.
        self.codes: dict[int, Known] = {}

    def place(self, node: ast.expr) -> int:
        """Where the node begins in the text, from 0; Python counts UTF-8 bytes, and a bracket before."""
        return len(self.bytes[: node.col_offset].decode()) - 1

    def refuse(self, rule: str, node: ast.expr, found: str, mend: str) -> ExpressionRefused:
        return ExpressionRefused(rule, max(1, self.place(node) + 1), found, mend)

    def read(self, node: ast.expr) -> Expression:
        self.nodes += 1
        self.depth += 1
        if self.nodes > MOST_NODES or self.depth > DEEPEST:
            bound = f"more than {MOST_NODES} parts" if self.nodes > MOST_NODES else f"more than {DEEPEST} levels"
            raise self.refuse("size", node, bound, "split into inputs")
        reader = cast("Callable[[ast.expr], Expression] | None", getattr(self, f"read_{type(node).__name__.lower()}", None))
        if reader is None:
            raise self.refuse("syntax", node, f"a {type(node).__name__.lower()}", "the language has no such form")
        try:
            answer = reader(node)
        except ExpressionRefused:
            raise
        except Wrong as error:
            raise self.refuse(error.rule, node, error.problem, error.mend) from None
        self.depth -= 1
        return answer

    def read_constant(self, node: ast.Constant) -> Expression:
        if isinstance(node.value, str):
            return Constant(node.value, Type("text"))
        value = self.numbers[self.place(node)]
        return Constant(value, Type("number", "", max(0, -int(value.as_tuple().exponent))))

    def read_name(self, node: ast.Name) -> Expression:
        known = self.scope.find(_CLASS if self.place(node) in self.classes else node.id)
        self.codes[id(known.name)] = known
        return known.name

    def read_boolop(self, node: ast.BoolOp) -> Expression:
        parts = tuple(self.read(value) for value in node.values)
        word = "and" if isinstance(node.op, ast.And) else "or"
        for part in parts:
            types.need_flag(part, f"'{word}'")
        return Both(parts) if word == "and" else Either(parts)

    def read_unaryop(self, node: ast.UnaryOp) -> Expression:
        inner = self.read(node.operand)
        if isinstance(node.op, ast.Not):
            types.need_flag(inner, "'not'")
            return Not(inner)
        if isinstance(node.op, ast.USub):
            if isinstance(inner, Constant) and isinstance(inner.value, Decimal):
                return Constant(-inner.value, inner.type)
            return types.arithmetic("-", Constant(Decimal(0), Type("number")), inner)
        raise self.refuse("syntax", node, "a sign before a value", "leave it out")

    def read_binop(self, node: ast.BinOp) -> Expression:
        if type(node.op) not in _SUMS:
            raise self.refuse("syntax", node, f"the operator {type(node.op).__name__}", "only + - *")
        return types.arithmetic(_SUMS[type(node.op)], self.read(node.left), self.read(node.right))

    def read_call(self, node: ast.Call) -> Expression:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise self.refuse("syntax", node, "this call", "write function(value, value) with a function of the language")
        arguments = [self.read(value) for value in node.args]
        if self.scope.divides and node.func.id == "per" and [types.type_of(item).kind for item in arguments] == ["number"] * 2:
            return types.quotient(arguments)
        return types.call(node.func.id, arguments, self.scope.tables)

    def read_compare(self, node: ast.Compare) -> Expression:
        parts: list[Expression] = []
        left = self.read(node.left)
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, ast.In | ast.NotIn):
                one_of = self.one_of(left, right)
                parts.append(one_of if isinstance(operator, ast.In) else Not(one_of))
                if right is not node.comparators[-1]:
                    raise self.refuse("syntax", node, "'in' inside a chain of comparisons", "join two comparisons with `and`")
                continue
            if type(operator) not in _COMPARISONS:
                raise self.refuse("syntax", node, f"the comparison {type(operator).__name__}", "write == != < <= > >= or in")
            value = self.read(right)
            sign = _COMPARISONS[type(operator)]
            self.check_codes(left, value)
            self.check_codes(value, left)
            types.check_comparison(sign, left, value)
            parts.append(Compare(sign, left, value))
            left = value
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def one_of(self, left: Expression, right: ast.expr) -> OneOf:
        items = right.elts if isinstance(right, ast.Tuple) else [right]
        options = [self.read(item) for item in items]
        if not options or not all(isinstance(item, Constant) for item in options):
            raise self.refuse("syntax", right, "'in' without constants", "write in (1, 2) or in ('a', 'b')")
        for option in options:
            self.check_codes(left, option)
            types.check_comparison("in", left, option)
        return OneOf(left, tuple(cast("list[Constant]", options)))

    def check_codes(self, value: Expression, other: Expression) -> None:
        """A code is only compared with codes its list has."""
        known = self.codes.get(id(value)) if isinstance(value, Name) else None
        if known is None or not known.codes or not isinstance(other, Constant):
            return
        if str(other.value) not in known.codes:
            words = ", ".join(f"{code} {word}" for code, word in list(known.codes.items())[:30])
            raise Wrong("code", f"'{clipped(str(other.value))}' is not a code of '{known.name.name}'", f"its codes are: {words}")
        written = isinstance(other.value, str)
        if written != (known.name.type.kind == "text"):
            raise Wrong(
                "code",
                f"code {other.value} of '{known.name.name}'",
                "write it without quotes" if written else "write it in quotes",
            )
