"""How soon an edited rule or a changed number answers, and a what-if over everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from bench.figures import Figure, not_here
from bench.machine import cpu
from bench.rules import with_other_numbers
from bench.stand import COUNTY, Stand
from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue

# Rules of many shapes, each edited in one place as an official would.
EDITS = {
    "S01-E01": ('over = "12 months"', 'over = "11 months"'),
    "S01-E03": ("max =", "sum ="),
    "S05-E01": ("income_item in (1, 2)", "income_item in (1, 2, 3)"),
    "S24-R03": ('red = "2"', 'red = "3"'),
    "S28-R01": ('red = "2 x"', 'red = "2.5 x"'),
}
NUMBERS = ("S01-E01", "S05-E01", "S24-R02", "S28-R01", "S32-R04")
TRIED = {
    "S01-E01": ("annual_self_pay_limit", "8000"),
    "S05-E01": ("drop_ratio", "0.4"),
    "S24-R02": ("vehicle_value_limit", "60000"),
}


def figures(stand: Stand) -> tuple[list[Figure], list[str]]:
    catalogue, base = stand.catalogue, stand.release().base
    columns = Columns(base, catalogue)
    engine = ColumnarEngine(catalogue, columns=columns)
    engine.run(base, list(catalogue.indicators.values()), households=[0])

    def answered(wider: Catalogue, code: str) -> None:
        ColumnarEngine(wider, columns=columns).run(base, [wider.indicators[code]], households=[0])

    edited = {code: cpu(_edited(stand, catalogue, code, answered))[0] for code in EDITS}
    numbers = {}
    for code in NUMBERS:
        wider, _ = with_other_numbers(catalogue, [code], [1])
        numbers[code] = 1000 * cpu(lambda wider=wider, code=code: answered(wider, f"{code}-1"))[0]  # type: ignore[misc]
    lines = [
        Figure("an edited rule: read, checked, and one household answered", "s", 1, max(edited.values()), _of(edited, "s")),
        Figure("a changed number: one household answered", "ms", 50, max(numbers.values()), _of(numbers, "ms")),
    ]
    return [*lines, *_what_if(stand)], []


def _what_if(stand: Stand) -> list[Figure]:
    first, again = {}, {}
    for code, (name, value) in TRIED.items():
        change = public.OtherNumber(code, name, Decimal(value))
        first[code] = cpu(lambda change=change: public.what_if(stand.workspace, change))[0]  # type: ignore[misc]
        again[code] = cpu(lambda change=change: public.what_if(stand.workspace, change))[0]  # type: ignore[misc]
    told = f"{stand.people:,} people; {_of(again, 's')}"
    county, province = "another number tried on a county", "another number tried on a province"
    if stand.people <= 2 * COUNTY:
        lines = [
            Figure(county, "ms", 300, 1000 * max(again.values()), told),
            not_here(province, "s", 5, "the stand is a county; `make bench SCALE=1`"),
        ]
    else:
        lines = [
            not_here(county, "ms", 300, "the stand is larger than a county; `make bench SCALE=0.02`"),
            Figure(province, "s", 5, max(again.values()), told),
        ]
    return [*lines, Figure("the first try on a release", "s", None, max(first.values()), "reads what the others find read")]


def _edit(catalogue: Catalogue, code: str) -> str:
    text = Path(catalogue.indicators[code].path).read_text(encoding="utf-8")
    old, new = EDITS[code]
    assert old in text, f"{code} has changed: what is edited here is not there any more"
    return text.replace(old, new)


def _edited(stand: Stand, catalogue: Catalogue, code: str, answered: Callable[[Catalogue, str], None]) -> Callable[[], None]:
    text = _edit(catalogue, code)
    path = Path(catalogue.indicators[code].path)

    def work() -> None:
        rule = public.rule_from(stand.workspace, text, path).indicator
        answered(replace(catalogue, indicators={**catalogue.indicators, code: rule}), code)

    return work


def _of(told: dict[str, float], unit: str) -> str:
    return "the slowest of " + ", ".join(f"{code} {value:.3g} {unit}" for code, value in told.items())
