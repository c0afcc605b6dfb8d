"""Why a warning stands: the rule in words, the value on its scale, the rows behind it, and what was not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from jiuzhu.casework.accounts.permissions import Grant
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.templatetags.words import grouped_digits
from jiuzhu.registry import public
from jiuzhu.rules.tree import Column, Dataset

SHOWN_ROWS = 6
SHOWN_COLUMNS = 5
WIDTH = 500.0


@dataclass(frozen=True)
class Step:
    """One grade on the scale: from where to where it reaches, in drawing units, and its limit in words."""

    grade: str
    x: float
    width: float
    label: str


@dataclass(frozen=True)
class Table:
    """Rows of one dataset behind the value."""

    title: str
    total: int
    head: list[str]
    figures: list[bool]
    rows: list[list[str]]


@dataclass(frozen=True)
class Evidence:
    rule: list[tuple[str, bool]]
    limit: Mapping[str, str]
    limit_place: str
    scale: list[Step]
    mark: float
    tables: list[Table]
    unknown: list[tuple[str, str]]
    due_days: int
    action: str
    basis: list[str]


def evidence(item: Warning, grant: Grant, *, english: bool) -> Evidence:
    """Everything the drawer shows of one warning; figures as text, ready to read. Columns above the level of the grant are left out."""
    catalogue = known.catalogue()
    told = public.explain(known.workspace(), item.warning_id)
    indicator = catalogue.indicators[item.indicator_id]
    scale, mark = _scale(item, [line for line in indicator.rule.grades if line.how in ("times", "number")])
    by_dataset: dict[str, list[Mapping[str, str]]] = {}
    for row in told.rows:
        by_dataset.setdefault(row.dataset, []).append(row.columns)
    return Evidence(
        rule=told.pieces_en if english else told.pieces_zh,
        limit={**told.limit, "source": catalogue.source(told.limit.get("source", ""), "en" if english else "zh")},
        limit_place=_place_of(told.limit.get("division", ""), english),
        scale=scale,
        mark=mark,
        tables=[_table(catalogue.datasets[code], rows, grant, english) for code, rows in by_dataset.items()],
        unknown=[(gap.title_en if english else gap.title_zh, gap.why_en if english else gap.why_zh) for gap in told.unknown],
        due_days=indicator.days,
        action=indicator.action.en if english else indicator.action.zh,
        basis=[_basis(entry) for entry in indicator.basis],
    )


def _place_of(division: str, english: bool) -> str:
    if division in ("", "000000"):
        return "national" if english else "全国"
    return public.division_name(division)


def _basis(entry: Mapping[str, str]) -> str:
    law = known.catalogue().laws.get(entry.get("law", ""))
    named = law.title if law else entry.get("law", "")
    return f"《{named}》{entry.get('article', '')}".strip()


def _scale(item: Warning, grades: list) -> tuple[list[Step], float]:  # type: ignore[type-arg]
    """Where each grade begins between zero and a little beyond value and highest limit; empty when there is no scale."""
    if not item.value or not item.threshold or len(grades) < 2:
        return [], 0.0
    limit, value = Decimal(item.threshold), Decimal(item.value)
    bounds = sorted((line.number * limit if line.how == "times" else line.number, line.grade) for line in grades)
    top = max(value, bounds[-1][0]) * Decimal("1.15")
    if top <= 0 or bounds[0][0] < 0:
        return [], 0.0
    starts = [float(bound / top) * WIDTH for bound, _ in bounds] + [WIDTH]
    steps = [
        Step(
            grade=grade,
            x=starts[at],
            width=max(starts[at + 1] - starts[at] - 2, 1),
            label=grouped_digits(f"{bound.normalize():f}"),
        )
        for at, (bound, grade) in enumerate(bounds)
    ]
    return steps, float(value / top) * WIDTH


def _table(dataset: Dataset, rows: list[Mapping[str, str]], grant: Grant, english: bool) -> Table:
    """The newest rows first, the columns that say something first."""
    opened = [column for column in dataset.columns.values() if grant.opens(column.level) and _worth_showing(column)]
    kept = [column for column in opened if any(row.get(column.name) for row in rows)]
    kept.sort(key=lambda column: (column.name != dataset.at, column.holds != "money"))
    kept = kept[:SHOWN_COLUMNS]
    newest = sorted(rows, key=lambda row: row.get(dataset.at, ""), reverse=True)
    return Table(
        title=dataset.title.en if english else dataset.title.zh,
        total=len(rows),
        head=[(column.title.en or column.name.replace("_", " ")) if english else column.title.zh for column in kept],
        figures=[column.holds in ("money", "decimal", "integer") for column in kept],
        rows=[[_cell(column, row.get(column.name, ""), english) for column in kept] for row in newest[:SHOWN_ROWS]],
    )


def _worth_showing(column: Column) -> bool:
    return column.name not in ("record_id", "region_code", "data_date") and not column.identity


def _cell(column: Column, text: str, english: bool) -> str:
    """Money with separators, a code as its word, yes and no as words."""
    if column.holds == "money" and text:
        return grouped_digits(text, "yuan")
    if column.holds == "flag":
        return {"true": "yes" if english else "是", "false": "no" if english else "否"}.get(text, text)
    word = known.catalogue().words(column).get(text, text)
    return known.catalogue().english(word) if english else word
