"""What several sources say of the same person's same thing: `comparisons.toml`, for holding their words side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from jiuzhu.rules import types, units
from jiuzhu.rules.expression import parse, parse_flag
from jiuzhu.rules.faults import Wrong, clipped, nearest
from jiuzhu.rules.reading import Reading, check_traits, expression_columns, read_basis
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Column, Expression, Name, Title, Type
from jiuzhu.rules.types import Known, Scope

FILE = "comparisons.toml"
# The number itself as a source: what everybody can read off it (GB 11643).
ID_NUMBER = "id_number"
ID_NUMBER_TITLE = Title("公民身份号码", "Citizen identity number")
ID_NUMBER_COLUMNS: Mapping[str, Type] = {"birth_date": Type("date"), "sex": Type("number")}
_ID_NUMBER_CODES: Mapping[str, Mapping[str, str]] = {"sex": {"1": "男性", "2": "女性"}}
PARTS = ("completeness", "validity", "timeliness", "agreement")

Take = Literal["latest", "count", "sum", "max", "min"]
_TOLERANCE = re.compile(r"([0-9]+(?:\.[0-9]+)?) (percent|days|[a-z0-9]+)")


@dataclass(frozen=True)
class Statement:
    """What one source says of a person, made of the person's rows in force that meet `where`.

    take: the newest row's value, or the count, sum, greatest or least over all. says: the word that any such row stands for.
    means: code to word; a code that is not in it says nothing. none: what it says of somebody without a row where the
    dataset is delivered and not stale; "" for nothing. digits: how many characters of a text are compared, 0 all.
    """

    dataset: str
    take: Take
    value: Expression | None
    says: str
    means: Mapping[str, str]
    where: Expression | None
    none: str
    digits: int
    type: Type

    @property
    def type_of_value(self) -> str:
        """The kind of `value` before its codes are given their meaning; "" without one."""
        return types.type_of(self.value).kind if self.value is not None else ""

    @property
    def columns(self) -> frozenset[str]:
        return expression_columns(self.value) | expression_columns(self.where)


@dataclass(frozen=True)
class Comparison:
    """One thing that several sources state. statements: in order of trust, the authority first.

    answers: word to its title, for things said in words. because: why the first is the authority.
    tolerance, tolerance_of: how far two may lie apart: "percent" of the larger, "days", or the unit of the numbers.
    changes: the thing changes with time, so that an older statement than the authority's that differs is outdated and no conflict.
    """

    code: str
    title: Title
    because: Title
    basis: tuple[Mapping[str, str], ...]
    statements: tuple[Statement, ...]
    answers: Mapping[str, Title]
    type: Type
    tolerance: Decimal
    tolerance_of: str
    changes: bool
    path: str


@dataclass
class Comparisons:
    """All comparisons by code, and how much each part of a source's score weighs (of their sum)."""

    by_code: dict[str, Comparison] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)

    def columns(self) -> dict[str, set[str]]:
        """Dataset to the columns that are compared."""
        answer: dict[str, set[str]] = {}
        for comparison in self.by_code.values():
            for statement in comparison.statements:
                if statement.dataset != ID_NUMBER:
                    answer.setdefault(statement.dataset, set()).update(statement.columns)
        return answer


def read_comparisons(folders: Iterable[Path], reading: Reading) -> Comparisons:
    """The comparisons of these folders; a known code, or a second set of weights, is a fault."""
    found = Comparisons()
    for folder in folders:
        if not (folder / FILE).is_file():
            continue
        source = Source(folder / FILE, reading.faults)
        keys = Keys(source, (), source.data)
        if keys.has("score"):
            _read_weights(Keys(source, ("score",), keys.table("score")), found, reading, source)
        for code, item in keys.table("comparisons").items():
            if not isinstance(item, dict):
                mend = f"write [comparisons.{clipped(code)}]"
                source.fault(("comparisons", code), "wrong_kind", f"'{clipped(code)}' is not a table", mend)
                continue
            comparison = _read_comparison(Keys(source, ("comparisons", code), item), code, reading)
            if comparison is not None and reading.new("comparison", code, source):
                found.by_code[code] = comparison
        keys.done()
    return found


def _read_weights(keys: Keys, found: Comparisons, reading: Reading, source: Source) -> None:
    weights = {name: keys.whole(name, required=True) for name in PARTS}
    keys.done()
    if not sum(weights.values()):
        keys.fault("", "wrong_number", "all parts of the score weigh nothing", "give at least one part a weight")
    elif reading.new("weights of the score", "score", source):
        found.weights.update(weights)


def _read_comparison(keys: Keys, code: str, reading: Reading) -> Comparison | None:
    title, because = keys.title("title"), keys.title("because")
    basis = read_basis(keys, reading.laws, required=False)
    answers = {word: _answer(keys, word) for word in keys.table("answers")}
    changes = keys.flag("changes")
    tolerance_text = keys.text("tolerance")
    lines = keys.tables("statements", required=True)
    statements = []
    for index, line in enumerate(lines):
        part = Keys(keys.source, (*keys.at, "statements", index), line)
        try:
            statements.append(_read_statement(part, answers, reading))
        except Wrong as error:
            part.wrong("", error)
    keys.done()
    if lines and len(lines) < 2:
        keys.fault("statements", "comparison", f"'{clipped(code)}' has one statement", "name at least two sources")
    if len(statements) != len(lines) or len(lines) < 2:
        return None
    check_traits(keys, frozenset(name for one in statements for name in one.columns), basis)
    try:
        kind = _common([(statement.dataset, statement.type) for statement in statements])
        tolerance, of = _tolerance(tolerance_text, kind)
    except Wrong as error:
        keys.wrong("tolerance" if error.rule == "tolerance" else "statements", error)
        return None
    _check_answers(keys, answers, statements)
    return Comparison(
        code, title, because, basis, tuple(statements), answers, kind, tolerance, of, changes, keys.source.name
    )  # fmt: skip


def _answer(keys: Keys, word: str) -> Title:
    return Keys(keys.source, (*keys.at, "answers"), keys.values["answers"]).title(word)


def _read_statement(keys: Keys, answers: Mapping[str, Title], reading: Reading) -> Statement:
    """Raises Wrong for what cannot be read at all."""
    dataset = keys.text("dataset", required=True)
    known, columns = _in_sight(dataset, reading)
    scope = Scope(known, reading.tables)
    take: Any = keys.text("take", one_of=("latest", "count", "sum", "max", "min"), default="latest")
    where = parse_flag(keys.text("where"), scope, "'where'") if keys.has("where") else None
    says, means = keys.text("says"), {code: str(word) for code, word in keys.table("means").items()}
    value = parse(keys.text("value"), scope) if keys.has("value") else None
    none, digits = keys.text("none"), keys.whole("digits", least=1)
    keys.done()
    if sum((bool(says), value is not None, take == "count")) != 1:
        raise Wrong("comparison", "a statement gives one of `value`, `says` and a count", 'value = "column", or says = "word"')
    for word in (*means.values(), *([says] if says else [])):
        if word not in answers:
            raise Wrong("answer", f"'{clipped(word)}' is not among the answers", nearest(word, answers))
    found = Type("text") if says or means else Type("number") if value is None else types.type_of(value)
    if value is not None:
        _check_value(value, means, take, digits, known, columns)
    _check_none(none, found, take, answers)
    return Statement(dataset, take, value, says, means, where, none, digits, found)


def _in_sight(dataset: str, reading: Reading) -> tuple[Mapping[str, Known], Mapping[str, Column]]:
    """The names an expression may use. Raises Wrong for a dataset that says nothing of single people."""
    if dataset == ID_NUMBER:
        known = {
            name: Known(Name(name, "column", kind), _ID_NUMBER_CODES.get(name, {})) for name, kind in ID_NUMBER_COLUMNS.items()
        }
        return known, {}
    own = reading.dataset(dataset)
    if own.keyed != "person" or "id_no" not in own.columns:
        raise Wrong("dataset", f"the rows of {dataset} are not of single people", 'name a dataset with keyed = "person"')
    return reading.known_columns(dataset), reading.columns(dataset)


def _check_value(
    value: Expression,
    means: Mapping[str, str],
    take: str,
    digits: int,
    known: Mapping[str, Known],
    columns: Mapping[str, Column],
) -> None:
    """Raises Wrong where the value is of no use in a comparison."""
    codes = known[value.name].codes if isinstance(value, Name) and value.name in known else {}
    found = types.type_of(value)
    flag = found.kind == "flag"
    if (codes or flag) and not means:
        raise Wrong("code", "a code means something only in its own list", 'map it to answers: means = { "1" = "yes" }')
    allowed = ("true", "false") if flag else tuple(codes)
    for code in means:
        if code not in allowed:
            raise Wrong("code", f"'{clipped(code)}' is not among the codes", nearest(code, allowed))
    if means:
        if take != "latest":
            raise Wrong("comparison", f"take = '{take}' of words", "leave `take` out: the newest row speaks")
        return
    if found.kind not in ("number", "date", "text"):
        raise Wrong("type", f"a {types.called(found)} cannot be compared", "compare numbers, dates, texts, or map codes to words")
    if isinstance(value, Name) and value.name in columns and columns[value.name].identity:
        raise Wrong("type", f"'{value.name}' lies in the vault", "compare a column that is no identity")
    if (take != "latest" and found.kind == "text") or (take == "sum" and found.kind != "number"):
        raise Wrong("comparison", f"take = '{take}' of {types.called(found)}", "leave `take` out: the newest row speaks")
    if digits and found.kind != "text":
        raise Wrong("type", f"digits of a {types.called(found)}", "only a text is cut")


def _check_none(none: str, found: Type, take: str, answers: Mapping[str, Title]) -> None:
    if not none:
        return
    if found.kind == "number" and take in ("count", "sum"):
        if none != "0":
            raise Wrong("comparison", f"none = '{clipped(none)}' of a {take}", 'without a row there are none: write none = "0"')
    elif none not in answers:
        raise Wrong("answer", f"'{clipped(none)}' is not among the answers", nearest(none, answers))


def _common(found: list[tuple[str, Type]]) -> Type:
    """The type all statements share, at the finest scale. Raises Wrong."""
    first, one = found[0]
    for dataset, other in found[1:]:
        if other.kind != one.kind:
            problem = f"{first} states a {types.called(one)}, {dataset} a {types.called(other)}"
            raise Wrong("type", problem, "compare like with like")
        if not units.alike(one.unit, other.unit):
            raise Wrong("unit", f"{first} counts in {one.unit}, {dataset} in {other.unit}", "bring both to one unit")
    return Type(one.kind, next((kind.unit for _, kind in found if kind.unit), ""), max(kind.scale for _, kind in found))


def _tolerance(text: str, kind: Type) -> tuple[Decimal, str]:
    """Raises Wrong."""
    if not text:
        return Decimal(0), ""
    found = _TOLERANCE.fullmatch(text)
    if found is None:
        raise Wrong("tolerance", f"tolerance = '{clipped(text)}'", 'write "31 days", "20 percent" or "100 yuan"')
    number, of = Decimal(found[1]), found[2]
    if kind.kind == "date" and of == "days" and number == int(number):
        return number, of
    if kind.kind == "number" and (of == "percent" or of == kind.unit):
        return number, of
    fits = {"date": '"31 days"', "number": f'"20 percent" or "100 {kind.unit}"'}.get(kind.kind, "nothing: words agree or differ")
    raise Wrong("tolerance", f"tolerance = '{text}' for {types.called(kind)}", f"write {fits}")


def _check_answers(keys: Keys, answers: Mapping[str, Title], statements: list[Statement]) -> None:
    said = {word for one in statements for word in (*one.means.values(), one.says, one.none)}
    for word in answers:
        if word not in said:
            keys.fault("answers", "answer", f"no statement gives the answer '{clipped(word)}'", "use it, or leave it out")


def word_of(comparison: Comparison, text: str) -> Title:
    """An answer in both languages; what is no word stands for itself."""
    return comparison.answers.get(text, Title(text, text))


__all__ = ["FILE", "ID_NUMBER", "PARTS", "Comparison", "Comparisons", "Statement", "read_comparisons", "word_of"]
