"""What was found beside the numbers of that day. A number nobody has set is shown as unset, and what a silent source may add as unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.models import Request
from jiuzhu.rules.parameters import Parameters
from jiuzhu.rules.verifying import Item

if TYPE_CHECKING:
    from jiuzhu.casework.verification.reporting import Row

CLASSES = ("dibao", "near_dibao", "rigid", "tekun")
PREFIX = {"near_dibao": "near"}
LIMITED = ("car", "truck", "farm_machine", "boat")
MONTHS = 12


@dataclass(frozen=True)
class Limit:
    """A number in force that day, and where it comes from. value: "" where it is not set."""

    name: str
    value: str
    unit: str
    since: str
    source: str


@dataclass(frozen=True)
class Held:
    """One line of the comparison. found: of the household, or per head. at_least: a source is silent, so it is this much or more.

    state: within, over, unknown (it depends on who is silent), unset (no number is in force here).
    """

    code: str
    found: str
    at_least: bool
    limit: str
    unit: str
    state: str
    rests_on: tuple[Limit, ...]


def limit_of(item: Item, request: Request, numbers: Parameters, on: date) -> Limit | None:
    return _number(f"{_class(request)}.asset.{item.limit}", request, numbers, on) if item.limit else None


def limits_of(request: Request, declared: Mapping[str, Any], rows: Sequence[Row], numbers: Parameters, on: date) -> list[Held]:
    """Income and financial assets per head, vehicles, homes and businesses of the members, each beside its number."""
    obligors = set(request.subjects.filter(is_obligor=True).values_list("party__key", flat=True))
    mine = [one for one in rows if one.person not in obligors]
    size = len({one.person for one in mine})
    prefix = _class(request)
    area = (
        str((declared.get("household") or {}).get("residence_kind", "")) if isinstance(declared.get("household"), Mapping) else ""
    )
    standard = _number(f"dibao.{area}_monthly" if area else "", request, numbers, on)
    times = _number(f"{prefix}.asset.financial_per_capita_multiple", request, numbers, on)
    per_head = _product(standard, times)
    lines = [
        _held("income_per_head", _incomes(mine) / size / MONTHS, _silent(mine, "incomes"), standard.value, "yuan", (standard,)),
        _held("assets_per_head", _sum(mine, "assets") / size, _silent(mine, "assets"), per_head, "yuan", (times, standard)),
    ]
    for code, of, kinds in (
        ("vehicles", "vehicles", LIMITED),
        ("residence", "homes", ("house",)),
        ("shops", "homes", ("shop",)),
        ("businesses", "businesses", ()),
    ):
        number = _number(f"{prefix}.asset.{code}_max", request, numbers, on)
        lines.append(_held(code, Decimal(_count(mine, of, kinds)), _silent(mine, of), number.value, number.unit, (number,)))
    return lines


def _held(code: str, found: Decimal, at_least: bool, limit: str, unit: str, rests_on: tuple[Limit, ...]) -> Held:
    state = "unset" if not limit else "over" if found > Decimal(limit) else "unknown" if at_least else "within"
    return Held(code, f"{found:.2f}" if unit == "yuan" else f"{found:f}", at_least, limit, unit, state, rests_on)


def _incomes(rows: Sequence[Row]) -> Decimal:
    """Of items that tell the same kind of income of one person the lowest rank speaks, as in `reporting.found`."""
    items, led = verifying().items, {}
    for row in rows:
        tells = items[row.item].tells
        if tells is not None and tells.of == "incomes" and row.entries:
            key = (row.person, tells.kind)
            if key not in led or tells.rank < led[key][0]:
                led[key] = (tells.rank, Decimal(row.entries[0]["amount"]))
    return sum((amount for _, amount in led.values()), Decimal(0))


def _sum(rows: Sequence[Row], of: str) -> Decimal:
    return sum((Decimal(entry["amount"]) for row in _telling(rows, of) for entry in row.entries), Decimal(0))


def _count(rows: Sequence[Row], of: str, kinds: tuple[str, ...]) -> int:
    return sum(1 for row in _telling(rows, of) for entry in row.entries if not kinds or entry["kind"] in kinds)


def _silent(rows: Sequence[Row], of: str) -> bool:
    return any(row.state in ("late", "refused") for row in _telling(rows, of))


def _telling(rows: Sequence[Row], of: str) -> list[Row]:
    items = verifying().items
    return [row for row in rows if (tells := items[row.item].tells) is not None and tells.of == of]


def _product(one: Limit, other: Limit) -> str:
    return f"{Decimal(one.value) * Decimal(other.value):.2f}" if one.value and other.value else ""


def _class(request: Request) -> str:
    """The class whose limits stand beside the report: that of the business, else dibao's, the strictest."""
    code = request.template if request.template in CLASSES else "dibao"
    return PREFIX.get(code, code)


def _number(name: str, request: Request, numbers: Parameters, on: date) -> Limit:
    row = numbers.value("", name, request.division_code, on) if name else None
    if row is None or row.value is None:
        return Limit(name, "", "", "", "")
    return Limit(name, f"{row.value:f}", row.unit, "" if row.since == date.min else row.since.isoformat(), row.source)
