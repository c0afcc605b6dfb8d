"""Fact files: what is, for one person or one household; read when first named, so that facts may stand on facts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jiuzhu.rules import types, units
from jiuzhu.rules.cases import read_value
from jiuzhu.rules.faults import Wrong, clipped, nearest
from jiuzhu.rules.inputs import Inputs
from jiuzhu.rules.reading import Reading, check_file_name, check_traits, read_basis, words_of
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Constant, Expression, Fact, Type
from jiuzhu.rules.units import check_unit, scale_of

_KINDS = ("flag", "number", "date", "month", "text")


class FactShelf:
    """All fact files; `find` reads one, and those it names before it."""

    def __init__(self, folders: Iterable[Path], reading: Reading) -> None:
        self.reading, self.files, self.made = reading, {}, {}  # type: Reading, dict[str, Source], dict[str, Fact]
        self.open: list[str] = []
        for folder in folders:
            for path in sorted((folder / "facts").glob("*.toml")):
                source = Source(path, reading.faults)
                code = source.data.get("code")
                if source.data and not isinstance(code, str):
                    source.fault(("code",), "missing_key", "'code' is missing", f'write code = "{path.stem}"')
                elif isinstance(code, str) and reading.new("fact", code, source):
                    self.files[code] = source
        reading.fact, reading.fact_names = self.find, tuple(self.files)

    def find(self, code: str) -> Fact | None:
        """None if there is no such file. Raises Wrong where a fact would stand on itself."""
        if code in self.made or code not in self.files:
            return self.made.get(code)
        if code in self.open:
            ring = " → ".join([*self.open[self.open.index(code) :], code])
            raise Wrong("cycle", f"fact '{code}' stands on itself: {ring}", "take one of them out of the ring")
        self.open.append(code)
        try:
            self.made[code] = _read(self.files[code], self.reading)
        finally:
            self.open.pop()
        return self.made[code]

    def read_all(self) -> dict[str, Fact]:
        for code in self.files:
            self.find(code)
        return self.made


def _read(source: Source, reading: Reading) -> Fact:
    keys = Keys(source, (), source.data)
    code, title = keys.text("code", required=True), keys.title("title")
    check_file_name(source, code)
    of: Any = keys.text("of", required=True, one_of=("person", "household"), default="person")
    kind: Any = keys.text("kind", required=True, one_of=_KINDS, default="flag")
    unit, codes = keys.text("unit"), keys.text("codes")
    basis = read_basis(keys, reading.laws, required=False)
    inputs = Inputs(reading, source, code, of)
    inputs.read(keys.table("inputs"), keys.table("person"))
    declared = Type(kind, unit, scale_of(unit) if kind == "number" else 0)
    value: Expression = Constant("", declared)
    try:
        check_unit(unit)
        if codes and ":" not in codes and codes not in reading.codes:
            raise Wrong("code_list", f"code list '{clipped(codes)}' does not exist", nearest(codes, reading.codes))
        scope = inputs.rule_scope()
        value = read_value(keys, scope, words_of(codes, reading.codes))
        inputs.mark(scope)
        declared = _checked(keys, declared, types.type_of(value))
    except Wrong as error:
        keys.wrong("cases" if "cases" in source.data else "value", error)
        inputs.doubtful = True
    inputs.finish()
    keys.text("note")
    keys.done()
    check_traits(keys, frozenset(inputs.columns), basis)
    return Fact(code, title, of, declared, inputs.inputs, inputs.person, value, basis, source.name, codes)


def _checked(keys: Keys, declared: Type, found: Type) -> Type:
    """The declared kind and unit with the scale of the value. Raises Wrong where they differ."""
    if declared.kind != found.kind:
        raise Wrong("type", f'kind = "{declared.kind}", but the value is a {types.called(found)}', "mend kind or value")
    if declared.kind != "number":
        if declared.unit:
            keys.fault("unit", "unit", f"unit = '{declared.unit}' of a {declared.kind}", "leave it out")
        return declared
    if found.unit and not declared.unit:
        raise Wrong("unit", "a number without `unit`", f'write unit = "{found.unit}"')
    if not units.alike(declared.unit, found.unit):
        raise Wrong("unit", f"unit = '{declared.unit}', but the value is in {found.unit}", "mend unit or value")
    return Type("number", declared.unit, found.scale)
