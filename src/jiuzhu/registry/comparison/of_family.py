"""What sources say of the same thing of one family's people, from rows that were read already: as `compared`, without a look at others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from jiuzhu.engines.reference.expressions import evaluate, holds
from jiuzhu.engines.reference.values import NONE, Number, Reason, Unknown, Value, is_known
from jiuzhu.registry.release.household import Household, KnownRow
from jiuzhu.rules.comparisons import ID_NUMBER, Comparison, Statement
from jiuzhu.rules.tree import Column, Dataset, Name
from jiuzhu.vocabulary.period import month_first, month_last, month_number

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

Verdict = Literal["authority", "agrees", "differs", "older"]


@dataclass(frozen=True)
class Word:
    """One source's word on one thing. value: as text. said_on: the day it speaks of, None for a missing row that speaks."""

    dataset: str
    value: str
    said_on: date | None
    verdict: Verdict


@dataclass(frozen=True)
class Stated:
    """Everything said of one thing of one member (by place), the authority first. The number itself is no source here."""

    comparison: str
    member: int
    words: tuple[Word, ...]


@dataclass(frozen=True)
class _Row:
    """Names as one row has them. Sees moments and its own columns; rules of comparisons use nothing else."""

    row: KnownRow
    columns: Mapping[str, Column]
    tables: Mapping[str, Mapping[int, Number]]
    as_of: date

    def value_of(self, name: Name) -> Value:
        if name.source == "moment":
            return {
                "as_of": self.as_of,
                "year_start": self.as_of.replace(month=1, day=1),
                "month_start": month_first(month_number(self.as_of)),
            }[name.name]
        return _value(self.row.columns.get(name.name, ""), self.columns[name.name], self.row.dataset)

    def table_entry(self, table: str, key: int) -> Number:
        raise KeyError(f"a comparison reads no table; {table}")


@dataclass(frozen=True)
class _Said:
    number: int
    dataset: str
    value: Value
    said_on: date | None


def stated(household: Household, catalogue: Catalogue) -> tuple[Stated, ...]:
    """Every thing of every member of which at least one source says something, in the order of the file and of the members."""
    found = []
    for code, comparison in catalogue.comparisons.by_code.items():
        for member in range(len(household.people)):
            words = _words(household, catalogue, comparison, member)
            if words:
                found.append(Stated(code, member, words))
    return tuple(found)


def _words(household: Household, catalogue: Catalogue, comparison: Comparison, member: int) -> tuple[Word, ...]:
    said: list[_Said] = []
    for number, one in enumerate(comparison.statements):
        if one.dataset != ID_NUMBER:
            said += _statement(household, catalogue, one, number, member)
    if said:
        said += [
            _Said(number, one.dataset, _typed(one, one.none), None)
            for number, one in enumerate(comparison.statements)
            if one.none and number not in {other.number for other in said} and _delivers(household, one.dataset)
        ]
    said.sort(key=lambda one: one.number)
    return tuple(
        Word(one.dataset, _text(one.value), one.said_on, _verdict(comparison, one, said[0]))
        for one in said
        if is_known(one.value)
    )


def _statement(household: Household, catalogue: Catalogue, one: Statement, number: int, member: int) -> list[_Said]:
    """Nothing, or one word."""
    dataset, columns = catalogue.datasets[one.dataset], catalogue.columns(one.dataset)
    rows = [row for row in household.rows.get(one.dataset, ()) if row.member == member]
    rows.sort(key=lambda row: (row.columns.get(dataset.at, "") if dataset.at else "", row.sent or date.min, row.record_id))
    scopes = [_Row(row, columns, {}, household.as_of) for row in rows]
    judged = [(scope, holds(one.where, scope)) for scope in scopes]
    kept = [(scope, judgement) for scope, judgement in judged if judgement is not False]
    if not kept:
        return []
    newest, certain = kept[-1]
    if one.take == "latest":
        value = _meant(one, newest) if certain is True else Unknown()
        return [_Said(number, one.dataset, value, _day(newest.row, dataset))] if is_known(value) else []
    if any(judgement is not True for _, judgement in kept):
        return []
    taken = _taken(one, [scope for scope, _ in kept])
    return [_Said(number, one.dataset, taken, max(filter(None, (_day(scope.row, dataset) for scope, _ in kept)), default=None))]


def _taken(one: Statement, scopes: Sequence[_Row]) -> Value:
    if one.take == "count":
        return len(scopes)
    values = [_meant(one, scope) for scope in scopes]
    known = [Fraction(value) for value in values if isinstance(value, int | Fraction)]
    if len(known) < len(values):
        return Unknown()
    if one.take == "sum":
        return sum(known, Fraction(0))
    return max(known) if one.take == "max" else min(known)


def _meant(one: Statement, scope: _Row) -> Value:
    if one.says:
        return one.says
    assert one.value is not None, "a statement without a value counts, or says a word"
    value = evaluate(one.value, scope)
    if not is_known(value):
        return value
    if one.means:
        return one.means.get(_text(value), Unknown())
    return _text(value)[: one.digits] if one.digits else value


def _typed(one: Statement, text: str) -> Value:
    return Fraction(text) if one.type.kind == "number" else text


def _verdict(comparison: Comparison, one: _Said, first: _Said) -> Verdict:
    if one is first:
        return "authority"
    if _agree(comparison, one.value, first.value):
        return "agrees"
    older = comparison.changes and one.said_on is not None and first.said_on is not None and one.said_on < first.said_on
    return "older" if older else "differs"


def _agree(comparison: Comparison, left: Value, right: Value) -> bool:
    if isinstance(left, date) and isinstance(right, date):
        return abs((left - right).days) <= (comparison.tolerance if comparison.tolerance_of else 0)
    if comparison.tolerance_of and isinstance(left, int | Fraction) and isinstance(right, int | Fraction):
        allowed, one, other = Fraction(comparison.tolerance), Fraction(left), Fraction(right)
        if comparison.tolerance_of == "percent":
            allowed = allowed / 100 * max(abs(one), abs(other))
        return abs(one - other) <= allowed
    return left == right


def _delivers(household: Household, dataset: str) -> bool:
    """Whether a missing row means that there is none: the source delivers for that place and is not stale."""
    return household.silent.get(dataset) == "none" or (dataset in household.rows and dataset not in household.late)


def _day(row: KnownRow, dataset: Dataset) -> date | None:
    """The day a row speaks of: of a state when it was sent as true, of all else when it happened, of a period its last day."""
    column = dataset.columns.get(dataset.at)
    text = row.columns.get(dataset.at, "")
    if dataset.rows == "state" or column is None:
        return row.sent
    if not text:
        return None
    if column.holds == "school_year":
        return date(int(text[:4]), 9, 1)
    if column.holds in ("month", "quarter"):
        number = int(text[:4]) * 12 + (int(text[5]) * 3 - 1 if column.holds == "quarter" else int(text[5:7]) - 1)
        return month_last(number)
    return date.fromisoformat(text[:10])


def _value(text: str, column: Column, dataset: str) -> Value:
    """A cell as the reference engine has it."""
    if not text:
        return NONE if column.empty == "none" else Unknown(because=(Reason("empty cell", dataset, column.name),))
    if column.holds == "flag":
        return text == "true"
    if column.holds == "date":
        return date.fromisoformat(text)
    if column.holds == "month":
        return int(text[:4]) * 12 + int(text[5:7]) - 1
    if column.holds == "quarter":
        return int(text[:4]) * 4 + int(text[5]) - 1
    if column.holds == "school_year":
        return int(text[:4])
    if column.holds == "instant":
        return int(datetime.fromisoformat(text).timestamp())
    return Fraction(text) if column.type.kind == "number" else text


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction) and value.denominator != 1:
        return f"{Decimal(value.numerator) / Decimal(value.denominator):.2f}"
    return str(value)
