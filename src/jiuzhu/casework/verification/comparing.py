"""What rows of a source say of one item, held against what was declared. Nothing here asks, keeps or knows who somebody is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from jiuzhu.rules.verifying import Item, Verifying

STATES = ("consistent", "inconsistent", "not_declared", "none", "late", "refused")
MONTHS = 12  # what is declared of incomes and spending is of twelve months (L05)
Declared = Mapping[str, Any]
Rows = Sequence[Mapping[str, str]]
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Found:
    """What the rows come to. value: "" where no row counts; an amount in yuan, a count, or `true`. rows: those that count.

    is_least: a row gives no amount, so that it is this much or more: what is empty is unknown, never nought.
    """

    value: str
    number: Decimal
    rows: Rows
    is_least: bool = False


def found_in(item: Item, rows: Rows, as_of: date) -> Found:
    """The rows of one person in the item's dataset: those with a code that counts, of sums only those of the last twelve months."""
    counted = [row for row in rows if all(row.get(column, "") in codes for column, codes in item.where.items())]
    if item.events and item.asks in ("amount", "count"):
        counted = [row for row in counted if _is_recent(row.get(item.at, ""), as_of)]
    if not counted:
        return Found("", NOTHING, ())
    if item.asks == "amount" or item.sum:
        cells = [row.get(column, "") for row in counted for column in item.sum]
        total = sum((_number(cell) for cell in cells if cell), NOTHING) * (MONTHS if item.monthly and not item.events else 1)
        return Found(f"{total:.2f}" if item.asks == "amount" else f"{total:f}", total, counted, "" in cells)
    return Found("true" if item.asks == "boolean" else str(len(counted)), Decimal(len(counted)), counted)


def declared_of(item: Item, declared: Declared, party: str) -> Decimal | None:
    """What was declared of this thing by or for one person: yuan of an amount, else how many. None where nobody was asked, or said.

    declared: lists of catalogue/application; each entry names its `member` by the key of the party. An empty list that is there
    says that there is none; a list that is not there says nothing.
    """
    if item.tells is None or item.tells.of not in declared:
        return None
    kinds = {item.tells.kind, *item.tells.kinds.values()} - {""}
    mine = [one for one in declared[item.tells.of] if one.get("member") == party and one.get("kind", _usual(item)) in kinds]
    if item.asks != "amount":
        return Decimal(len(mine))
    return sum((_declared_amount(one) for one in mine), NOTHING)


def state_of(item: Item, found: Found, declared: Decimal | None, told: Verifying) -> str:
    """One of STATES, `late` only where an amount is not known yet.

    What nobody declared is no concealment: what a department can answer is not asked for.
    """
    if not found.rows:
        return "none"
    if declared is None:
        return "not_declared"
    leeway = max(Decimal(told.yuan), abs(declared) * told.percent / 100) if item.asks == "amount" else NOTHING
    # Of spending it is more than was found that needs a look, of everything else less.
    over = declared - found.number if item.about == "expenditure" else found.number - declared
    if over > leeway:
        return "inconsistent"
    return "late" if found.is_least else "consistent"


def entries(item: Item, found: Found) -> list[dict[str, str]]:
    """What was found as entries of a list of catalogue/application, without whose they are."""
    tells = item.tells
    if tells is None or not found.rows:
        return []
    if item.asks == "amount" and not tells.each:
        return [{"kind": tells.kind, "amount": found.value, "source": "report"}]
    told = []
    for row in found.rows:
        kind = tells.kind or tells.kinds.get(row.get(tells.kind_by, ""), "")
        if kind:
            each = {fact: row[column] for fact, column in tells.each.items() if row.get(column)}
            told.append({"kind": kind, **each, "source": "report"})
    return told


def _usual(item: Item) -> str:
    """The kind of an entry that names none: the first of those the item tells of."""
    assert item.tells is not None
    return item.tells.kind or next(iter(item.tells.kinds.values()))


def _declared_amount(entry: Mapping[str, Any]) -> Decimal:
    for name, times in (("amount", 1), ("value", 1), ("balance", 1), ("monthly", MONTHS)):
        if entry.get(name) not in (None, ""):
            return _number(str(entry[name])) * times
    return NOTHING


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _is_recent(text: str, as_of: date) -> bool:
    """Within the twelve months up to that day: by the day, else by the month or quarter the row names."""
    if len(text) >= 10:
        return _a_year_before(as_of).isoformat() < text[:10] <= as_of.isoformat()
    is_quarter = len(text) == 6 and text[4] == "Q"
    month = f"{text[:4]}-{int(text[5]) * 3:02}" if is_quarter else text[:7]
    last = f"{as_of:%Y}-{(as_of.month + 2) // 3 * 3:02}" if is_quarter else f"{as_of:%Y-%m}"
    return _a_year_before(as_of).isoformat()[:7] < month <= last


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
