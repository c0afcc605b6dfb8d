"""The small files others cite by key: laws, scenarios, code lists and tables of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from jiuzhu.rules.cited import CodeList, Law, Scenario
from jiuzhu.rules.faults import Wrong, clipped
from jiuzhu.rules.reading import Reading, check_file_name
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Table, Title
from jiuzhu.rules.units import check_unit
from jiuzhu.rules.words import ENGLISH


def read_references(folders: Iterable[Path], reading: Reading) -> None:
    for folder in folders:
        for path in _there(folder / "laws.toml"):
            _read_laws(Source(path, reading.faults), reading)
        for path in _there(folder / "scenarios.toml"):
            _read_scenarios(Source(path, reading.faults), reading)
        for path in sorted((folder / "codes").glob("*.toml")):
            if path.name != ENGLISH:
                _read_codes(path, reading)
        for path in sorted((folder / "tables").glob("*.toml")):
            _read_table(path, reading)


def _there(path: Path) -> tuple[Path, ...]:
    return (path,) if path.is_file() else ()


def _entries(source: Source, inside: str) -> Iterable[tuple[str, Keys]]:
    """The tables of a file of many: `[L01]`, `[laws.L01]`, or `[[laws]]` with `code`."""
    data = source.data.get(inside, source.data)
    if isinstance(data, list):
        for index, item in enumerate(data):
            keys = Keys(source, (inside, index), item if isinstance(item, dict) else {})
            yield keys.text("code", required=True), keys
        return
    at = (inside,) if inside in source.data else ()
    for code, item in data.items():
        if not isinstance(item, dict):
            source.fault((*at, code), "wrong_kind", f"'{clipped(code)}' is not a table", f"write [{clipped(code)}]")
            continue
        keys = Keys(source, (*at, code), item)
        keys.asked.add("code")
        yield code, keys


def _read_laws(source: Source, reading: Reading) -> None:
    for code, keys in _entries(source, "laws"):
        title = keys.title("title")
        law = Law(code, title.zh, keys.text("number"), keys.day("date"), keys.day("in_force"), title.en)
        for other in ("note", "url", "issuer", "short", "source"):
            keys.text(other)
        keys.done()
        if reading.new("law", code, source):
            reading.laws[code] = law


def _read_scenarios(source: Source, reading: Reading) -> None:
    for code, keys in _entries(source, "scenarios"):
        title = Title(keys.text("zh", required=True), keys.text("en", required=True))
        scenario = Scenario(code, title, keys.text("owner", required=True), keys.text("dimension"))
        keys.text("note")
        keys.done()
        if reading.new("scenario", code, source):
            reading.scenarios[code] = scenario


def _read_codes(path: Path, reading: Reading) -> None:
    source = Source(path, reading.faults)
    if not source.data:
        return
    keys = Keys(source, (), source.data)
    code = keys.text("code", required=True)
    title = keys.title("title")
    for other in ("source", "note", "standard"):
        keys.text(other)
    listed = keys.table("words") if keys.has("words") else keys.table("codes", required=True)
    words = {}
    for value, word in listed.items():
        shown = word.get("zh", "") if isinstance(word, dict) else word
        if not isinstance(shown, str) or not shown:
            source.fault(("codes", value), "wrong_kind", f"code '{clipped(value)}' has no word", 'write "1" = "有"')
            continue
        words[value] = shown
    keys.done()
    check_file_name(source, code)
    if reading.new("code list", code, source):
        reading.codes[code] = CodeList(code, title, words)


def _read_table(path: Path, reading: Reading) -> None:
    source = Source(path, reading.faults)
    if not source.data:
        return
    keys = Keys(source, (), source.data)
    code, title = keys.text("code", required=True), keys.title("title")
    origin, unit = keys.text("source", required=True), keys.text("unit")
    keys.text("note")
    rows: dict[int, Decimal] = {}
    for key, value in keys.table("rows", required=True).items():
        try:
            rows[int(key)] = Decimal(value)
        except (ValueError, ArithmeticError, TypeError):
            source.fault(("rows", key), "number", f"'{clipped(key)}' = {clipped(repr(value))}", 'write "3" = "0.80"')
    try:
        check_unit(unit)
    except Wrong as error:
        keys.wrong("unit", error)
    keys.done()
    check_file_name(source, code)
    if rows and reading.new("table", code, source):
        reading.tables[code] = Table(code, title.zh, origin, unit, dict(sorted(rows.items())))
