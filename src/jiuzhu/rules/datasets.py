"""Dataset files: what one delivered table is, whose it is and why it may be kept (K4)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from jiuzhu.rules.faults import Wrong, clipped, nearest
from jiuzhu.rules.reading import Reading, check_file_name, type_of_codes, words_of
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Column, Dataset, Type
from jiuzhu.rules.units import check_unit, scale_of

HOLDS = ("text", "code", "money", "decimal", "integer", "flag", "date", "month", "quarter", "instant", "school_year")
LEVELS = ("open", "internal", "personal", "sensitive", "sealed")
IDENTITIES = ("", "id", "name", "phone", "bank", "address", "number", "plate", "text")
HOUSEHOLD, DIVISION = "household_id", "region_code"
_AT = ("date", "month", "quarter", "instant", "school_year")


def read_datasets(folders: Iterable[Path], reading: Reading) -> None:
    for folder in folders:
        for path in sorted((folder / "datasets").glob("*.toml")):
            source = Source(path, reading.faults)
            if not source.data:
                continue
            dataset = _read(source, reading)
            if dataset.code and reading.new("dataset", dataset.code, source):
                reading.datasets[dataset.code] = dataset


def _read(source: Source, reading: Reading) -> Dataset:
    keys = Keys(source, (), source.data)
    code = keys.text("code", required=True)
    check_file_name(source, code)
    columns: dict[str, Column] = {}
    for name, values in keys.table("fields", required=True).items():
        if not isinstance(values, dict):
            source.fault(
                ("fields", name), "wrong_kind", f"field '{clipped(name)}' is not a table", f"write [fields.{clipped(name)}]"
            )
            continue
        columns[name] = read_column(Keys(source, ("fields", name), values), name, reading)
    keyed: Any = keys.text("keyed", required=True, one_of=("person", "household", "division", "none"), default="none")
    rows: Any = keys.text("rows", required=True, one_of=("event", "state", "month"), default="event")
    delivered: Any = keys.text("delivered", one_of=("full", "changes"), default="changes")
    basis = keys.words("legal_basis", required=True)
    for law in basis:
        if law not in reading.laws:
            keys.fault("legal_basis", "law", f"law '{clipped(law)}' is not in laws.toml", nearest(law, reading.laws))
    dataset = Dataset(
        code=code,
        title=keys.title("title"),
        department=keys.text("department", required=True),
        level=keys.text("level", required=True),
        refresh=keys.text("refresh", required=True),
        rows=rows,
        thing=keys.words("thing"),
        at=keys.text("at"),
        keyed=keyed,
        delivered=delivered,
        stale_after=keys.whole("stale_after", required=True, least=1),
        authorised_only=keys.flag("authorised_only"),
        purpose=keys.title("purpose"),
        legal_basis=", ".join(basis),
        owner=keys.text("owner", required=True),
        keep=_keep(keys),
        columns=columns,
        path=source.name,
    )
    keys.text("note")
    keys.done()
    _check_shape(keys, dataset)
    return dataset


def _keep(keys: Keys) -> str:
    """How long rows are kept, in the words of the file; a whole number counts years."""
    value = keys.take("keep", (str, int), "", required=True, called='"10 years"')
    return f"{value} years" if isinstance(value, int) else cast(str, value)


def read_column(keys: Keys, name: str, reading: Reading, *, derived: bool = False) -> Column:
    """A `[fields.…]` table, or the column part of a derived file."""
    title = keys.title("title")
    holds = keys.text("holds", required=True, one_of=HOLDS, default="text")
    unit = keys.text("unit")
    required = keys.flag("required")
    level = "internal" if derived else keys.text("level", required=True, one_of=LEVELS, default="internal")
    identity = keys.text("identity", one_of=IDENTITIES)
    codes = keys.text("codes")
    empty: Any = keys.text("empty", one_of=("none", "unknown"), default="unknown")
    if required and keys.has("empty"):
        keys.fault("empty", "empty", f"'{name}' is required and says what empty means", "leave out `empty` or `required`")
    if not required and not keys.has("empty") and not derived:
        keys.fault(
            "empty", "empty", f"'{name}' may be empty and does not say what that means", 'write empty = "none" or "unknown"'
        )
    try:
        check_unit(unit)
        kind = type_of_column(holds, unit, identity, codes, reading)
    except Wrong as error:
        keys.wrong("unit" if error.rule == "unit" else "codes" if error.rule == "code_list" else "holds", error)
        kind = Type("text")
    column = Column(
        name, title, holds, kind, required, identity, level, empty, keys.flag("negative"), codes, unit, keys.text("description")
    )  # fmt: skip
    if not derived:
        keys.done()
    return column


def type_of_column(holds: str, unit: str, identity: str, codes: str, reading: Reading) -> Type:
    """Raises Wrong for an unknown code list, or a unit where none can be."""
    if identity:
        return Type("person") if identity == "id" else Type("thing")
    if codes and ":" not in codes and codes not in reading.codes:
        raise Wrong("code_list", f"code list '{clipped(codes)}' does not exist", nearest(codes, reading.codes))
    if holds == "money":
        if unit and not unit.startswith("yuan"):
            raise Wrong("unit", f"money in '{unit}'", 'write unit = "yuan", or leave it out')
        return Type("number", unit or "yuan", 2)
    if holds == "decimal":
        return Type("number", unit, 4)
    if holds == "integer":
        return Type("number", unit, 0)
    if unit and scale_of(unit) == 2:
        raise Wrong("holds", f"'{holds}' with unit {unit}", 'write holds = "money"')
    if holds == "code":
        return type_of_codes(words_of(codes, reading.codes))
    if holds == "school_year":
        return Type("number")
    kind: Any = holds
    return Type(kind)


def _check_shape(keys: Keys, dataset: Dataset) -> None:
    """`at`, `thing` and `keyed` name columns that can carry them."""
    columns = dataset.columns
    if dataset.at:
        column = columns.get(dataset.at)
        if column is None:
            keys.fault("at", "column", f"at = '{clipped(dataset.at)}' is not a field", nearest(dataset.at, columns))
        elif column.holds not in _AT:
            dates = [name for name, other in columns.items() if other.holds in _AT]
            keys.fault("at", "column", f"at = '{dataset.at}' holds {column.holds}, no day", nearest(dataset.at, dates))
    elif dataset.rows != "state":
        keys.fault("at", "missing_key", f'rows = "{dataset.rows}" without `at`', "name the field that says when a row happened")
    for thing in dataset.thing:
        if thing not in columns:
            keys.fault("thing", "column", f"thing '{clipped(thing)}' is not a field", nearest(thing, columns))
    if dataset.rows == "state" and not dataset.thing and dataset.keyed == "none":
        keys.fault("thing", "missing_key", "a state without `thing`", "name the fields that make two rows the same thing")
    for name in ("record_id", "data_date"):
        if name not in columns:
            keys.fault("fields", "column", f"there is no field '{name}'", f"every dataset has {name}")
    wanted = {"household": HOUSEHOLD, "division": DIVISION}.get(dataset.keyed)
    if wanted and wanted not in columns:
        keys.fault(
            "keyed", "keyed", f'keyed = "{dataset.keyed}" without a field {wanted}', f"add {wanted}, or say whom the rows are of"
        )
    if dataset.keyed == "person" and not any(column.identity == "id" for column in columns.values()):
        keys.fault("keyed", "keyed", 'keyed = "person" without an id field', 'mark the person\'s id with identity = "id"')
