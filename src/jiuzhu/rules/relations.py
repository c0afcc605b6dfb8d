"""Relations between people, and columns worked out from other rows: made once in `profile`, read by every rule."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jiuzhu.rules import types, units
from jiuzhu.rules.cases import read_value
from jiuzhu.rules.datasets import HOUSEHOLD, read_column
from jiuzhu.rules.expression import parse_flag
from jiuzhu.rules.faults import Wrong, clipped, nearest
from jiuzhu.rules.reading import Reading, check_file_name
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Column, Derived, Expression, Name, Relation, Type
from jiuzhu.rules.types import Known, Scope

_AGGREGATES = ("exists", "count", "sum", "min", "max", "latest", "first", "distinct")
# Whom a row belongs to, as `profile` found it; seen only where identities are compared, never by a rule.
_OWNERS = {"person": Type("person"), "household": Type("thing")}


def read_relations(folders: Iterable[Path], reading: Reading) -> None:
    for folder in folders:
        for path in sorted((folder / "relations").glob("*.toml")):
            source = Source(path, reading.faults)
            if source.data:
                try:
                    _read_relation(source, reading)
                except Wrong as error:
                    source.wrong(("where" if error.rule in ("name", "type", "syntax", "code") else "dataset",), error)


def _read_relation(source: Source, reading: Reading) -> None:
    keys = Keys(source, (), source.data)
    code, title = keys.text("code", required=True), keys.title("title")
    check_file_name(source, code)
    dataset = reading.dataset(keys.text("dataset", required=True))
    subject, to = keys.text("subject", required=True), keys.text("to", required=True)
    for key, name in (("subject", subject), ("to", to)):
        column = reading.column(dataset.code, name)
        if column.type.kind != "person" and not (key == "subject" and name == HOUSEHOLD):
            people = [other for other, item in dataset.columns.items() if item.type.kind == "person"]
            keys.fault(key, "column", f"{key} = '{name}' names no person", nearest(name, people))
    columns = keys.words("columns")
    for name in columns:
        reading.column(dataset.code, name)
    where = None
    if keys.has("where"):
        where = parse_flag(keys.text("where"), Scope(reading.known_columns(dataset.code), reading.tables), "'where'")
    many = keys.flag("many")
    keys.text("note")
    keys.done()
    if columns and not many:
        keys.fault("columns", "input", "columns of a relation of one", "only a relation of many has columns; set many = true")
    if reading.new("relation", code, source):
        reading.relations[code] = Relation(code, title, dataset.code, subject, to, where, many, columns, source.name)


def read_derived(folders: Iterable[Path], reading: Reading) -> None:
    """Names and types of all derived columns first, so that one may look at another; then how each is worked out."""
    files = []
    for folder in folders:
        for path in sorted((folder / "derived").glob("*.toml")):
            source = Source(path, reading.faults)
            if not source.data:
                continue
            keys = Keys(source, (), source.data)
            column = _derived_column(keys, reading)
            if column is not None:
                files.append((keys, column))
    for keys, column in files:
        try:
            derived = _read_derived(keys, column, reading)
        except Wrong as error:
            keys.wrong("value" if keys.has("value") else "source", error)
            continue
        keys.text("note")
        keys.done()
        reading.derived.setdefault(derived.dataset, {})[derived.code] = derived


def _derived_column(keys: Keys, reading: Reading) -> Column | None:
    code, dataset = keys.text("code", required=True), keys.text("dataset", required=True)
    check_file_name(keys.source, f"{dataset}.{code}")
    try:
        columns = reading.dataset(dataset).columns
    except Wrong as error:
        keys.wrong("dataset", error)
        return None
    column = read_column(keys, code, reading, derived=True)
    if code in columns:
        keys.fault("code", "twice", f"'{code}' is a field of {dataset} already", "call the derived column something else")
        return None
    if not reading.new("derived column", f"{dataset}.{code}", keys.source):
        return None
    reading.derived_columns.setdefault(dataset, {})[code] = column
    return column


def _read_derived(keys: Keys, column: Column, reading: Reading) -> Derived:
    dataset, origin = keys.text("dataset"), keys.text("source")
    match: dict[str, str] = {}
    where: Expression | None = None
    known = {**_owners(), **reading.known_columns(dataset)}
    aggregate = keys.text("aggregate", one_of=(*_AGGREGATES, ""))
    if origin:
        reading.dataset(origin)
        match = _match(keys, dataset, origin, reading)
        known = {**_owners("own_"), **_owners(), **reading.known_columns(dataset, "own_"), **reading.known_columns(origin)}
        if not aggregate:
            raise Wrong("input", "`source` without `aggregate`", f"give one of {', '.join(_AGGREGATES)}")
        if keys.has("where"):
            where = parse_flag(keys.text("where"), Scope(known, reading.tables), "'where'")
    elif aggregate or keys.has("match") or keys.has("where"):
        raise Wrong("input", "match, where or aggregate without `source`", 'write source = "dataset"')
    value = read_value(keys, Scope(known, reading.tables)) if keys.has("value") or keys.has("cases") else None
    if (value is None) != (aggregate in ("exists", "count")):
        raise Wrong(
            "input", f"aggregate '{aggregate}' and value do not fit", "exists and count have no value, all others have one"
        )
    counted = value is None or aggregate == "distinct"
    found = Type("flag") if aggregate == "exists" else Type("number") if counted or value is None else types.type_of(value)
    digits = keys.whole("digits", least=1)
    if digits and found.kind != "text":
        raise Wrong("type", f"digits of a {types.called(found)}", "only a text is cut")
    if found.kind != column.type.kind or not units.alike(found.unit, column.type.unit):
        problem = f"'{column.name}' holds {column.holds}, its value is a {types.called(found)}"
        raise Wrong("type", problem, "mend holds and unit, or the value")
    return Derived(column.name, column.title, dataset, origin, match, where, aggregate, value, column, keys.source.name, digits)


def _owners(prefix: str = "") -> dict[str, Known]:
    return {prefix + name: Known(Name(prefix + name, "column", kind)) for name, kind in _OWNERS.items()}


def _match(keys: Keys, dataset: str, origin: str, reading: Reading) -> dict[str, str]:
    match = {}
    for own, theirs in keys.table("match", required=True).items():
        if not isinstance(theirs, str):
            raise Wrong("wrong_kind", f"match of '{clipped(own)}'", 'write match = { own_column = "column of the source" }')
        there = _OWNERS[theirs] if theirs in _OWNERS else reading.column(origin, theirs).type
        here = _OWNERS[own] if own in _OWNERS else reading.column(dataset, own).type
        if here.kind != there.kind:
            raise Wrong(
                "type", f"match of {own}, a {types.called(here)}, with {theirs}, a {types.called(there)}", "match like with like"
            )
        match[own] = theirs
    return match
