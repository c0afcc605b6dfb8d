"""A living household beyond its rows: what it is called outside, what facts say of it, and who owes support to its members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from jiuzhu.crypto.index import keyed_digest
from jiuzhu.crypto.keys import KeyProvider
from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.engines.reference.reader import Reader
from jiuzhu.engines.reference.values import NONE, Unknown, Value
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.household import HouseholdReader, NoHousehold

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

PURPOSE = "household"
OBLIGORS = "obligors"
_SEPARATOR = "-"


@dataclass(frozen=True)
class FactTold:
    """What a fact says. member: of whom, by place among the members; None: of the household. because: causes and what they name."""

    code: str
    member: int | None
    state: Literal["known", "none", "unknown"]
    value: str
    because: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Obligor:
    """Somebody who owes support to a member (by place among the members). person: 0 where nobody knows the number.

    able, consents: None where it was not said. month: what is paid a month, yuan as text, "" where it was not said.
    """

    member: int
    person: int
    able: bool | None
    consents: bool | None
    month: str


def key_of(division: str, number: str, *, keys: KeyProvider) -> str:
    """What a household is called in an address: its division in clear, and a digest that tells nothing (B6)."""
    return division + _SEPARATOR + keyed_digest(number, keys=keys, purpose=PURPOSE)


def number_of(reader: HouseholdReader, key: str, *, keys: KeyProvider) -> str:
    """The number behind a key: only the households of the division it names are tried, some hundreds. Raises NoHousehold."""
    division, _, _ = key.partition(_SEPARATOR)
    for number in reader.living_in(division):
        if key_of(division, number, keys=keys) == key:
            return number
    raise NoHousehold("no household of this release is called so; it may have moved since the link was made")


def facts_told(
    release: Release, catalogue: Catalogue, codes: Sequence[str], position: int, persons: range
) -> Mapping[str, tuple[FactTold, ...]]:
    """Facts by code, worked out by the reference engine: of the household, or one of each member."""
    engine, base = ReferenceEngine(catalogue), release.base
    of_people = [code for code in codes if catalogue.facts[code].of == "person"]
    of_home = [code for code in codes if catalogue.facts[code].of != "person"]
    found = {**engine.facts(base, of_people, list(persons)), **engine.facts(base, of_home, [position])}
    return {
        code: tuple(
            _told(code, value, None if catalogue.facts[code].of != "person" else at - persons.start)
            for at, value in found[code].items()
        )
        for code in codes
    }


def _told(code: str, value: Value, member: int | None) -> FactTold:
    if isinstance(value, Unknown):
        return FactTold(code, member, "unknown", "", tuple((one.cause, one.name) for one in value.because))
    if value is NONE:
        return FactTold(code, member, "none", "", ())
    return FactTold(code, member, "known", _text(value), ())


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return f"{exact:.2f}" if exact == exact.quantize(Decimal("0.01")) else f"{exact:.4f}"
    return str(value)


def obligors_of(release: Release, people: HouseholdReader, persons: range) -> tuple[Obligor, ...]:
    """Who owes support to the members, by the rows of the relation; none where the catalogue declares no such relation."""
    reader, table = Reader(release.base, many=False), f"relation {OBLIGORS}"
    told: list[Obligor] = []
    for at in persons:
        for row in reader.rows_where(table, "person", at):
            other, able, consents, month = (
                reader.cell(table, row, name) for name in ("other", "has_ability", "verify_consent", "support_amount_month")
            )
            assert isinstance(other, int)
            person = people.ids([other])[0] if other >= 0 else 0
            paid = f"{Decimal(month).scaleb(-2):f}" if isinstance(month, int) else ""
            told.append(Obligor(at - persons.start, max(person, 0), _said(able), _said(consents), paid))
    return tuple(told)


def _said(cell: object) -> bool | None:
    return cell if isinstance(cell, bool) else None
