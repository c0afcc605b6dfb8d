"""The neutral tree: what a rule says, apart from any engine; every reader of a rule reads this and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["flag", "number", "date", "month", "quarter", "instant", "text", "person", "thing"]
Side = Literal["entry", "exit", "oversight"]
Subject = Literal["person", "household"]
Grade = Literal["red", "orange", "yellow", "blue"]
GRADES: tuple[Grade, ...] = ("red", "orange", "yellow", "blue")


@dataclass(frozen=True)
class Type:
    """What a value is: its kind, its unit ("" for a plain number) and how many decimals its whole number carries.

    A number is held as a whole number times ten to the minus `scale`: money 2 (fen), other decimals 4, counts 0.
    Codes whose list is numeric are numbers without unit; other codes are text. `month` and `quarter` are whole
    numbers counted from year 0 (year * 12 + month - 1, year * 4 + quarter - 1). `person` and `thing` compare only with `same`.
    """

    kind: Kind
    unit: str = ""
    scale: int = 0


# --- expressions -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Constant:
    value: bool | Decimal | str | date
    type: Type


@dataclass(frozen=True)
class Name:
    """A value by name. `source` says where it comes from; a `fact` stands for itself without a declared input."""

    name: str
    source: Literal["column", "input", "person_input", "fact", "moment"]
    type: Type


@dataclass(frozen=True)
class Not:
    of: Expression


@dataclass(frozen=True)
class Both:
    """Kleene `and`."""

    of: tuple[Expression, ...]


@dataclass(frozen=True)
class Either:
    """Kleene `or`."""

    of: tuple[Expression, ...]


@dataclass(frozen=True)
class Compare:
    operator: Literal["==", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression


@dataclass(frozen=True)
class OneOf:
    """`of in (a, b, c)`."""

    of: Expression
    options: tuple[Constant, ...]


@dataclass(frozen=True)
class Arithmetic:
    operator: Literal["+", "-", "*"]
    left: Expression
    right: Expression
    type: Type


@dataclass(frozen=True)
class Call:
    """given, number, abs, least, greatest, same, days, months, years, hours, minutes, year, birthday, per."""

    function: str
    arguments: tuple[Expression, ...]
    type: Type


@dataclass(frozen=True)
class Choose:
    """The value of the first case that holds; unknown if an unknown case stands before it; else `otherwise` (None: none).

    Only the whole value of a fact is one (`cases` in its file): the class of a person, the birth date of two sources.
    """

    cases: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression | None
    type: Type


Expression = Constant | Name | Not | Both | Either | Compare | OneOf | Arithmetic | Call | Choose


# --- inputs ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """The stretch of `at` that counts; `rules.md`, "Windows".

    measure: what `number` counts, or a calendar stretch (then `number` is 0).
    number: a whole number, or the name of a parameter input of the same rule.
    shift: how far the whole window is moved back, in the same measure, or the name of a parameter input.
    ahead: looks forward from `as_of`.
    """

    measure: Literal[
        "days", "months", "hours", "closed months", "closed quarters", "this year", "school year", "last month", "this month"
    ]
    number: int | str = 0
    shift: int | str = 0
    ahead: bool = False


AggregateKind = Literal["exists", "count", "sum", "min", "max", "latest", "first", "distinct", "run", "since"]


@dataclass(frozen=True)
class RowInput:
    """One aggregate over the rows of the subject in one dataset.

    value: what is aggregated (none for exists, count, run); distinct counts different tuples of `columns`.
    run: "days" or "months"; with `until` each row fills the stretch from `at` to that column, both ends in.
    newest: only rows whose `at` is among the so many newest different ones the subject has, after `where` and window.
    each, keep: aggregate per value of these columns, then keep the max, min or sum of the groups.
    by: the rows in which this person column names the subject, instead of the subject's own rows.
    at: another date column than the dataset's own.
    """

    name: str
    dataset: str
    aggregate: AggregateKind
    type: Type
    value: Expression | None = None
    columns: tuple[str, ...] = ()
    run: Literal["days", "months", ""] = ""
    until: str = ""
    where: Expression | None = None
    window: Window | None = None
    after: str = ""
    by: str = ""
    each: tuple[str, ...] = ()
    keep: Literal["max", "min", "sum", ""] = ""
    newest: int = 0
    at: str = ""
    non_negative: bool = False  # every value summed is declared not negative, so a known part is a lower bound


@dataclass(frozen=True)
class FactInput:
    name: str
    fact: str
    type: Type
    via: str = ""  # a relation of one


@dataclass(frozen=True)
class MembersInput:
    """A condition or number over the persons of the subject's household, or of a relation of many."""

    name: str
    how: Literal["any", "all", "count", "sum", "min", "max"]
    type: Type
    where: Expression | None = None
    of: Expression | None = None
    among: str = "household"


@dataclass(frozen=True)
class ParameterInput:
    """A dated local number: `owner` is an indicator or fact, or "" for a shared one (`like`)."""

    name: str
    owner: str
    parameter: str
    type: Type


Input = RowInput | FactInput | MembersInput | ParameterInput


# --- declarations ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Title:
    zh: str
    en: str


@dataclass(frozen=True)
class GradeLine:
    """One line of `grades`: reached at `number` times the limit, at `number` itself, always, or under a condition."""

    grade: Grade
    how: Literal["times", "number", "hit", "condition"]
    number: Decimal = Decimal(0)
    condition: Expression | None = None


@dataclass(frozen=True)
class Rule:
    """`limit` names a parameter input (put among `inputs` by the reader even where the file only says its name)."""

    when: Expression | None
    measure: Expression | None
    base: Expression | None
    limit: str
    way: Literal["at least", "at most", "below", "above"]
    also: Expression | None
    grades: tuple[GradeLine, ...]


@dataclass(frozen=True)
class Example:
    """Rows of datasets and a day, and what the rule says then: a grade, "none" or "unknown".

    rows: dataset to rows as the file has them; a row may name its person by `person` ("self" if absent), other
    people by their own word; id columns name people by the same words. people: word to {relation: word}.
    """

    as_of: date
    expect: str
    rows: Mapping[str, tuple[Mapping[str, Any], ...]]
    facts: Mapping[str, Any] = field(default_factory=dict)
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    division: str = ""
    now: str = ""
    value: str = ""
    note: str = ""
    line: int = 0


@dataclass(frozen=True)
class Indicator:
    code: str
    title: Title
    scenario: str
    side: Side
    kind: Literal["warning", "hint"]
    of: Subject
    group: Literal["living", "hukou"]
    route: tuple[str, ...]
    days: int
    action: Title
    basis: tuple[Mapping[str, str], ...]
    reviewed: Mapping[str, Any]
    inputs: Mapping[str, Input]
    person_inputs: Mapping[str, Input]
    rule: Rule
    examples: tuple[Example, ...]
    note: str
    path: str


@dataclass(frozen=True)
class Fact:
    """What is, for one person or one household: inputs and one expression. codes: the words of a text fact, as in `Column`."""

    code: str
    title: Title
    of: Subject
    type: Type
    inputs: Mapping[str, Input]
    person_inputs: Mapping[str, Input]
    value: Expression
    basis: tuple[Mapping[str, str], ...]
    path: str
    codes: str = ""


@dataclass(frozen=True)
class Column:
    """A field of a dataset, or a derived one.

    holds: text, code, money (fen), decimal (ten-thousandths), integer, flag, date, month, quarter, instant, school_year.
    identity: "" or id, name, phone, bank, address: kept in the vault; id columns become person positions, bank, phone
    and other identity texts that rules compare become numbers of things.
    empty: what an empty cell means, "none" or "unknown". negative: amounts may be below zero.
    """

    name: str
    title: Title
    holds: str
    type: Type
    required: bool
    identity: str
    level: str
    empty: Literal["none", "unknown"]
    negative: bool
    codes: str
    unit: str
    description: str = ""


@dataclass(frozen=True)
class Dataset:
    """What one delivered table is. `rows`, `thing`, `at`, `keyed`, `delivered`: see `rules.md`."""

    code: str
    title: Title
    department: str
    level: str
    refresh: str
    rows: Literal["event", "state", "month"]
    thing: tuple[str, ...]
    at: str
    keyed: Literal["person", "household", "division", "none"]
    delivered: Literal["full", "changes"]
    stale_after: int  # days
    authorised_only: bool
    purpose: Title
    legal_basis: str
    owner: str
    keep: str
    columns: Mapping[str, Column]
    path: str


@dataclass(frozen=True)
class Relation:
    """How one person is tied to another: in `dataset`, the person of `subject` has the person of `to`.

    many: all such persons, with `columns` of the row; otherwise the newest row by `at` counts.
    """

    code: str
    title: Title
    dataset: str
    subject: str
    to: str
    where: Expression | None
    many: bool
    columns: tuple[str, ...]
    path: str


@dataclass(frozen=True)
class Derived:
    """A column of `dataset` worked out once in `profile`: from other rows, or from the row's own columns.

    source: the dataset looked at ("" for an expression over own columns). match: own column to column of `source`
    ("person" and "household" stand for whom the row belongs to, on both sides). where: sees the columns of `source`,
    and own ones as `own_<column>`. aggregate, value: as in a RowInput; value alone when `source` is "".
    digits: how many characters of a text are kept (0: all).
    """

    code: str
    title: Title
    dataset: str
    source: str
    match: Mapping[str, str]
    where: Expression | None
    aggregate: str
    value: Expression | None
    column: Column
    path: str
    digits: int = 0


@dataclass(frozen=True)
class Table:
    """A number per whole number (the worth of a thing by its age); keys beyond the last take the last."""

    code: str
    title: str
    source: str
    unit: str
    rows: Mapping[int, Decimal]

    def at(self, key: int) -> Decimal:
        """The number for `key`; below the first key, the first."""
        return self.rows[max((k for k in self.rows if k <= key), default=min(self.rows))]
