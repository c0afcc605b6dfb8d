"""The examples of an indicator: rows of datasets and a day, and what the rule must say; checked before any engine runs them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from jiuzhu.rules.faults import clipped, nearest
from jiuzhu.rules.reading import Reading, words_of
from jiuzhu.rules.source import Keys
from jiuzhu.rules.tree import Column, Example, Rule

# What a row or a person of an example may say besides columns, relations and facts.
_ROW_WORDS = ("person", "household", "hukou", "place")
_SINCE = "__since"  # the day from which a state has held its value, given instead of a history
_PEOPLE_WORDS = ("household", "hukou", "place", "apart", "authorised")


def read_examples(keys: Keys, rule: Rule, datasets: Collection[str], reading: Reading) -> tuple[Example, ...]:
    """datasets: what the rule reads, directly or through facts; a row of any other would say nothing."""
    answer = []
    lines = keys.tables("examples", required=True)
    for index, line in enumerate(lines):
        part = Keys(keys.source, ("examples", index), line)
        answer.append(_example(part, rule, datasets, reading))
    _check_kinds(keys, answer)
    return tuple(answer)


def _example(part: Keys, rule: Rule, datasets: Collection[str], reading: Reading) -> Example:
    expect = part.text("expect", required=True)
    fair = [*(line.grade for line in rule.grades), "none", "unknown"]
    if expect and expect not in fair:
        part.fault("expect", "example", f"expect = '{clipped(expect)}'", nearest(expect, fair))
    facts = part.table("facts")
    for code in facts:
        if code not in reading.fact_names:
            part.fault("facts", "fact", f"fact '{clipped(code)}' does not exist", nearest(code, reading.fact_names))
    people = part.table("people")
    for word, ties in people.items():
        if not isinstance(ties, dict):
            part.fault("people", "wrong_kind", f"person '{clipped(word)}'", 'write people = { self = { father = "dad" } }')
            continue
        for tie in ties:
            known = [*reading.relations, *reading.fact_names, *_PEOPLE_WORDS]
            if tie not in known:
                part.fault("people", "relation", f"'{clipped(tie)}' of a person is no relation and no fact", nearest(tie, known))
    rows = _rows(part, datasets, reading)
    example = Example(
        as_of=part.day("as_of", required=True) or date(2000, 1, 1),
        expect=expect,
        rows=rows,
        facts=facts,
        people={word: ties for word, ties in people.items() if isinstance(ties, dict)},
        division=part.text("division"),
        now=_instant(part),
        value=part.text("value"),
        note=part.text("note"),
        line=part.source.line_of(*part.at),
    )
    part.done()
    return example


def _instant(part: Keys) -> str:
    value = part.take("now", object, "", required=False, called='"2026-11-20T09:30:00+08:00"')
    return value if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else ""


def _rows(part: Keys, datasets: Collection[str], reading: Reading) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    answer: dict[str, tuple[Mapping[str, Any], ...]] = {}
    for dataset, rows in part.table("rows").items():
        if dataset not in reading.datasets or dataset not in datasets:
            problem = f"rows of '{clipped(dataset)}', which the rule does not read"
            part.fault("rows", "example", problem, nearest(dataset, datasets))
            continue
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            part.fault(
                "rows", "wrong_kind", f"rows of {dataset} are no list of tables", f"write rows = {{ {dataset} = [{{ … }}] }}"
            )
            continue
        columns = reading.columns(dataset)
        for row in rows:
            for name, value in row.items():
                column = columns.get(name.removesuffix(_SINCE))
                if column is not None:
                    _check_cell(part, column, value, reading)
                elif name not in _ROW_WORDS:
                    part.fault("rows", "column", f"'{clipped(name)}' is not a column of {dataset}", nearest(name, columns))
        answer[dataset] = tuple(rows)
    return answer


def _check_cell(part: Keys, column: Column, value: Any, reading: Reading) -> None:
    """A code its list has, a number that can be held: an example that could not be delivered shows nothing."""
    if value == "" or column.identity:
        return
    if column.holds == "code":
        words = words_of(column.codes, reading.codes)
        if words and str(value) not in words:
            part.fault("rows", "example", f"{column.name} = {clipped(repr(value))} is not a code", nearest(str(value), words))
    if column.holds in ("money", "decimal", "integer"):
        try:
            whole = Decimal(str(value)).scaleb(column.type.scale)
        except ArithmeticError:
            whole = Decimal("NaN")
        if not whole.is_finite() or whole != whole.to_integral_value():
            problem = f"{column.name} = {clipped(repr(value))} is no {column.holds}"
            part.fault("rows", "example", problem, f"write a number with at most {column.type.scale} decimals")


def _check_kinds(keys: Keys, examples: list[Example]) -> None:
    expected = [example.expect for example in examples]
    if len(expected) < 3:
        keys.fault(
            "examples",
            "examples",
            f"{len(expected)} examples",
            "write at least three: a hit, one just below, one with missing data",
        )
        return
    for kind, mend in (("none", "one just below the limit"), ("unknown", "one whose data is missing")):
        if kind not in expected:
            keys.fault("examples", "examples", f'no example with expect = "{kind}"', f"add {mend}")
    if all(word in ("none", "unknown") for word in expected):
        keys.fault("examples", "examples", "no example that hits", "add one that expects a grade")
