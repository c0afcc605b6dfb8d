"""The few SQL words this engine is built from: expression objects of sqlglot, never text of a rule."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias

from sqlglot import exp

Sql: TypeAlias = exp.Expression

TRUE = exp.true()
FALSE = exp.false()
NULL = exp.null()


def whole(number: int) -> Sql:
    """A whole number; one below zero stands in brackets, so that a minus before it cannot start a comment."""
    literal = exp.Literal.number(abs(number))
    return exp.Paren(this=exp.Neg(this=literal)) if number < 0 else literal


def text(value: str) -> Sql:
    """A text constant; the dialect's own generator quotes it."""
    return exp.Literal.string(value)


def day(value: date) -> Sql:
    return exp.Cast(this=exp.Literal.string(value.isoformat()), to=exp.DataType.build("DATE"))


def column(name: str, table: str = "") -> exp.Column:
    return exp.column(name, table=table, quoted=True) if table else exp.column(name, quoted=True)


def table(name: str, alias: str = "") -> exp.Table:
    made = exp.Table(this=exp.to_identifier(name, quoted=True))
    return made.as_(alias, quoted=True, table=True) if alias else made


def cast(of: Sql, to: str) -> Sql:
    return exp.Cast(this=of, to=exp.DataType.build(to))


def wide(of: Sql) -> Sql:
    return cast(of, "INT128")


def named(of: Sql, name: str) -> Sql:
    return exp.Alias(this=of, alias=exp.to_identifier(name, quoted=True))


def both(*parts: Sql | None) -> Sql:
    """`and` over what is there; constants fall away, since most places are delivered and most columns full."""
    kept = [part for part in parts if part is not None and part != TRUE]
    if any(part == FALSE for part in kept):
        return FALSE
    return _chain(exp.And, kept, TRUE)


def either(*parts: Sql | None) -> Sql:
    kept = [part for part in parts if part is not None and part != FALSE]
    if any(part == TRUE for part in kept):
        return TRUE
    return _chain(exp.Or, kept, FALSE)


def _chain(kind: Any, parts: list[Sql], empty: Sql) -> Sql:
    if not parts:
        return empty
    made = parts[0]
    for part in parts[1:]:
        made = kind(this=_bracketed(made, kind), expression=_bracketed(part, kind))
    return made


def _bracketed(of: Sql, inside: Any = None) -> Sql:
    if inside is not None and (type(of) is inside or isinstance(of, exp.Predicate | exp.Not)):
        return of
    return exp.Paren(this=of) if isinstance(of, exp.Binary | exp.Not | exp.Neg | exp.In) else of


def negated(of: Sql) -> Sql:
    if of == TRUE:
        return FALSE
    if of == FALSE:
        return TRUE
    if isinstance(of, exp.Not):
        return of.this.this if isinstance(of.this, exp.Paren) else of.this
    return exp.Not(this=exp.Paren(this=of))


def is_null(of: Sql) -> Sql:
    return exp.Is(this=_bracketed(of), expression=NULL)


def is_given(of: Sql) -> Sql:
    return exp.Not(this=is_null(of))


def is_true(of: Sql) -> Sql:
    """True or false, never null."""
    return of if isinstance(of, exp.Boolean) else exp.Is(this=_bracketed(of), expression=TRUE)


def not_false(of: Sql) -> Sql:
    """Whether a flag is true or unknown. A conjunction is taken apart, so that a part may filter early."""
    if isinstance(of, exp.And):
        return both(not_false(of.left), not_false(of.right))
    if isinstance(of, exp.Paren):
        return not_false(of.this)
    return of if isinstance(of, exp.Boolean) else exp.Not(this=exp.Is(this=_bracketed(of), expression=FALSE))


def compared(sign: str, left: Sql, right: Sql) -> Sql:
    return _COMPARISONS[sign](this=_bracketed(left), expression=_bracketed(right))


_COMPARISONS: dict[str, Any] = {
    "==": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def number_of(of: Sql) -> int | None:
    """The whole number that a literal is, None for anything else."""
    if isinstance(of, exp.Literal) and not of.is_string:
        return int(of.this)
    if isinstance(of, exp.Paren) and isinstance(of.this, exp.Neg):
        inner = number_of(of.this.this)
        return None if inner is None else -inner
    return None


def plus(left: Sql, right: Sql) -> Sql:
    return _reckoned(exp.Add, operator.add, left, right)


def minus(left: Sql, right: Sql) -> Sql:
    return _reckoned(exp.Sub, operator.sub, left, right)


def product(left: Sql, right: Sql) -> Sql:
    return _reckoned(exp.Mul, operator.mul, left, right)


def roomy(work: Callable[[Sql, Sql], Sql], left: Sql, right: Sql) -> Sql:
    """`plus`, `minus` or `product` in 128 bits, so that amounts cannot run over."""
    if number_of(left) is not None and number_of(right) is not None:
        return work(left, right)
    return work(left, wide(right)) if number_of(left) is not None else work(wide(left), right)


def _reckoned(kind: Any, work: Callable[[int, int], int], left: Sql, right: Sql) -> Sql:
    """Two constants are reckoned here: in SQL they would be of 32 bits and might run over."""
    one, two = number_of(left), number_of(right)
    if one is not None and two is not None:
        return whole(work(one, two))
    return kind(this=_bracketed(left), expression=_bracketed(right))


def quotient(left: Sql, right: Sql) -> Sql:
    """Whole division of numbers that are not negative: the dialects differ below zero."""
    return exp.IntDiv(this=_bracketed(left), expression=_bracketed(right))


def remainder(of: Sql, by: int) -> Sql:
    return exp.Mod(this=_bracketed(of), expression=whole(by))


def given_or(of: Sql, otherwise: Sql) -> Sql:
    return exp.Coalesce(this=of, expressions=[otherwise])


def case(*branches: tuple[Sql, Sql], otherwise: Sql = NULL) -> Sql:
    """The first branch whose condition is true; constant conditions are settled here."""
    kept = []
    for condition, value in branches:
        if condition == FALSE:
            continue
        if condition == TRUE:
            otherwise = value
            break
        kept.append(exp.If(this=condition, true=value))
    return exp.Case(ifs=kept, default=otherwise) if kept else otherwise


def call(name: str, *arguments: Sql) -> Sql:
    return exp.func(name, *arguments, dialect="duckdb", copy=False)


def inside(of: Sql, options: list[Sql]) -> Sql:
    return exp.In(this=_bracketed(of), expressions=options)


def shifted(start: Sql, number: Sql) -> Sql:
    """A date so many days later."""
    return cast(exp.DateAdd(this=start, expression=cast(number, "INT"), unit=exp.var("DAY")), "DATE")


def signed(like: Sql, of: Sql) -> Sql:
    """A number that is not negative, below zero where `like` is. SIGN would make it a float on some engines."""
    return case((compared("<", like, whole(0)), exp.Neg(this=exp.Paren(this=of))), otherwise=of)


def days_apart(start: Sql, end: Sql) -> Sql:
    return exp.DateDiff(this=end, expression=start, unit=exp.var("DAY"))
