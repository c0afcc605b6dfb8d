"""Indicator files: who is looked at, from which rows, from which number on, and what follows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jiuzhu.rules.dependencies import datasets_of_inputs
from jiuzhu.rules.examples import read_examples
from jiuzhu.rules.faults import clipped, nearest
from jiuzhu.rules.grades import read_rule
from jiuzhu.rules.inputs import Inputs
from jiuzhu.rules.reading import Reading, check_file_name, check_traits, read_basis
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Indicator

_CODE = re.compile(r"S[0-9]{2}-[ER][0-9]{2}")
_ROUTE = re.compile(r"province|city|county|township|village|department:\S{1,30}")


def read_indicators(folders: Iterable[Path], reading: Reading) -> dict[str, Indicator]:
    answer: dict[str, Indicator] = {}
    for folder in folders:
        for path in sorted((folder / "indicators").glob("*.toml")):
            source = Source(path, reading.faults)
            if not source.data:
                continue
            indicator = read_indicator(source, reading)
            if reading.new("indicator", indicator.code, source):
                answer[indicator.code] = indicator
    return answer


def read_indicator(source: Source, reading: Reading) -> Indicator:
    """One file; every fault is left in `reading`."""
    keys = Keys(source, (), source.data)
    code = keys.text("code", required=True)
    _check_code(keys, code, reading)
    of: Any = keys.text("of", required=True, one_of=("person", "household"), default="person")
    group: Any = keys.text("group", one_of=("living", "hukou"), default="living")
    if keys.has("group") and of == "person":
        keys.fault("group", "group", "`group` of a rule about one person", 'leave it out, or write of = "household"')
    side: Any = keys.text("side", required=True, one_of=("entry", "exit", "oversight"), default="entry")
    kind: Any = keys.text("kind", required=True, one_of=("warning", "hint"), default="warning")
    basis = read_basis(keys, reading.laws, required=True)
    inputs = Inputs(reading, source, code, of, group)
    inputs.read(keys.table("inputs"), keys.table("person"))
    rule = read_rule(Keys(source, ("rule",), keys.table("rule", required=True)), inputs)
    inputs.finish()
    datasets = datasets_of_inputs(inputs.inputs, inputs.person, rule, reading)
    indicator = Indicator(
        code=code,
        title=keys.title("title"),
        scenario=code[:3],
        side=side,
        kind=kind,
        of=of,
        group=group,
        route=_route(keys),
        days=keys.whole("days", required=True, least=1),
        action=keys.title("action"),
        basis=basis,
        reviewed=_reviewed(keys),
        inputs=inputs.inputs,
        person_inputs=inputs.person,
        rule=rule,
        # With a faulty input it is not known what the rule reads: then any dataset is let pass.
        examples=read_examples(keys, rule, reading.datasets if inputs.faulty or inputs.doubtful else datasets, reading),
        note=keys.text("note"),
        path=source.name,
    )
    keys.done()
    check_traits(keys, frozenset(inputs.columns), basis)
    return indicator


def _check_code(keys: Keys, code: str, reading: Reading) -> None:
    if not code:
        return
    if not _CODE.fullmatch(code):
        keys.fault("code", "code", f"code '{clipped(code)}'", "write scenario, side and number: S15-E08")
    elif code[:3] not in reading.scenarios:
        keys.fault("code", "scenario", f"scenario {code[:3]} is not in scenarios.toml", nearest(code[:3], reading.scenarios))
    check_file_name(keys.source, code)


def _route(keys: Keys) -> tuple[str, ...]:
    route = keys.words("route", required=True)
    for place in route:
        if not _ROUTE.fullmatch(place):
            keys.fault("route", "route", f"route '{clipped(place)}'", 'write "township", "county" or "department:医疗保障"')
    return route


def _reviewed(keys: Keys) -> Mapping[str, Any]:
    """Who looked at the rule, when, and when again: a rule nobody reviewed is not run."""
    part = Keys(keys.source, ("reviewed",), keys.table("reviewed", required=True))
    if not keys.has("reviewed"):
        return {}
    by, on, again = part.text("by", required=True), part.day("date", required=True), part.day("again", required=True)
    part.done()
    if on and again and again <= on:
        part.fault(
            "again", "reviewed", f"again = {again} is not after date = {on}", "write the day by which it is looked at again"
        )
    return {"by": by, "date": on, "again": again}
