"""`working_rules.toml`: the three sets of rules on exchange, handling and checks; each a dated number that an act asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from jiuzhu.rules.outcomes import titled
from jiuzhu.rules.reading import Reading, read_basis
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Title

FILE = "working_rules.toml"
_NEWEST = date(9999, 12, 31)


@dataclass(frozen=True)
class WorkingRule:
    """code: also the item of its number in parameters/. obeyed: what the number does. least, most: between which it may be put."""

    code: str
    set: str
    title: Title
    obeyed: Title
    unit: str
    least: Decimal
    most: Decimal
    basis: tuple[Mapping[str, str], ...]


@dataclass
class WorkingRules:
    """By code, in the order of the files. sets: the titles of the sets."""

    sets: dict[str, Title] = field(default_factory=dict)
    by_code: dict[str, WorkingRule] = field(default_factory=dict)


def read_working_rules(folders: Iterable[Path], reading: Reading) -> WorkingRules:
    """reading: with laws and parameters already read. A rule without a national number between its bounds is a fault."""
    found = WorkingRules()
    for folder in folders:
        if (folder / FILE).is_file():
            _read(Source(folder / FILE, reading.faults), found, reading)
    return found


def _read(source: Source, found: WorkingRules, reading: Reading) -> None:
    whole = Keys(source, (), source.data)
    for code, keys in whole.named("sets"):
        title = titled(keys)
        keys.done()
        if reading.new("set of working rules", code, source):
            found.sets[code] = title
    for code, keys in whole.named("rules", required=True):
        least, most = _number(keys, "least"), _number(keys, "most")
        row = reading.parameters.value("", code, "000000", _NEWEST)
        one = WorkingRule(
            code,
            keys.text("set", required=True, one_of=tuple(found.sets)),
            titled(keys),
            Title(keys.text("obeyed_zh", required=True), keys.text("obeyed_en", required=True)),
            row.unit if row is not None else "",
            least,
            most,
            read_basis(keys, reading.laws, required=True),
        )
        keys.done()
        if row is None or row.value is None or not least <= row.value <= most:
            told = "none" if row is None or row.value is None else f"{row.value}"
            keys.fault(
                "least", "number", f"its national number is {told}", f"write a row '{code}' in parameters/, {least} to {most}"
            )
        if reading.new("working rule", code, source):
            found.by_code[code] = one
    whole.done()


def _number(keys: Keys, name: str) -> Decimal:
    text = keys.text(name, required=True, default="0")
    try:
        return Decimal(text)
    except InvalidOperation:
        keys.fault(name, "number", f"'{text[:20]}' is no number", 'write digits in quotes, such as "10" or "0.05"')
        return Decimal(0)
