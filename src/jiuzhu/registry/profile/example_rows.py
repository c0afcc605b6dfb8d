"""Examples of the catalogue as rows of an archive: each a case of its own, with its own people, place and deliveries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from jiuzhu.registry.archived import CASE, CHANGE, DELIVERY, HASH, ROW
from jiuzhu.registry.profile.example_cells import archived, given
from jiuzhu.registry.profile.state import SINCE
from jiuzhu.registry.profile.types import archive_type
from jiuzhu.registry.profile.wanted import AUTHORISATIONS, LOW_MEMBERS, POPULATION, derived_columns
from jiuzhu.rules.tree import Dataset, Example, Indicator

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

SELF = "self"
OWN = "own"
NATION = "000000"
# What a row or a person says beside columns, relations and facts.
_ROW_WORDS = frozenset({"person", "household", "hukou", "place"})
_PEOPLE_WORDS = frozenset({"household", "hukou", "place", "apart", "authorised"})


@dataclass
class Person:
    """One person of a case. household, hukou: names of groups, with the case before them; region: a place of the case."""

    number: int
    word: str
    household: str
    hukou: str
    region: str
    authorised: bool


@dataclass
class Case:
    """One example on its way into a base. number: its place in the batch; place: its division."""

    number: int
    indicator: Indicator
    example: Example
    place: str
    people: dict[str, Person] = field(default_factory=dict)


@dataclass
class Batch:
    """Cases of one day and instant, and what they become: archived rows, relations and facts given."""

    as_of: date
    now: datetime
    cases: list[Case] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    relations: list[tuple[str, int, int, Mapping[str, Any]]] = field(default_factory=list)
    facts: list[tuple[str, int, Any]] = field(default_factory=list)
    things: dict[tuple[int, str], int] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)

    def person(self, case: Case, word: str) -> Person:
        """The person a word means in a case, made when first named."""
        if word not in case.people:
            said = case.example.people.get(word, {})
            tag = f"{case.number:05d}"
            alone = f"{tag}:alone {word}" if said.get("apart") else ""
            home = f"{tag}:{said['household']}" if said.get("household") else alone
            hukou = f"{tag}:{said['hukou']}" if said.get("hukou") else alone
            one = Person(
                number=len(self.people),
                word=word,
                household=home,
                hukou=hukou,
                region=_region(case, str(said.get("place") or case.place)),
                authorised=bool(said.get("authorised", AUTHORISATIONS not in case.example.rows)),
            )
            case.people[word] = one
            self.people.append(one)
        return case.people[word]

    def thing(self, case: Case, text: str) -> int:
        return self.things.setdefault((case.number, text), len(self.things))


def _region(case: Case, code: str) -> str:
    """A place of this case alone, so that what was delivered in one case says nothing of another."""
    return f"{code}#{case.number:05d}"


def code_of(region: str) -> str:
    """The division code of a place of a case."""
    return region.split("#", 1)[0]


def case_of(region: str) -> int:
    return int(region.split("#", 1)[1])


def add_case(batch: Batch, indicator: Indicator, example: Example, place: str, catalogue: Catalogue) -> Case:
    """Puts one example into a batch. Raises BadExample where a cell cannot be read."""
    case = Case(len(batch.cases), indicator, example, place)
    batch.cases.append(case)
    batch.person(case, SELF)
    _people(batch, case, catalogue)
    for dataset, rows in example.rows.items():
        for index, row in enumerate(rows):
            batch.rows.setdefault(dataset, []).append(_row(batch, case, dataset, index, row, catalogue))
    _house(case)
    _facts(batch, case, catalogue)
    return case


def _people(batch: Batch, case: Case, catalogue: Catalogue) -> None:
    for word, ties in case.example.people.items():
        one = batch.person(case, word)
        for tie, value in ties.items():
            if tie in catalogue.relations:
                for other, columns in _others(value):
                    batch.relations.append((tie, one.number, batch.person(case, other).number, columns))
            elif tie in catalogue.facts and tie not in _PEOPLE_WORDS:
                batch.facts.append((tie, one.number, given(value, catalogue.facts[tie])))


def _others(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The people a relation names: a word, several, or tables with `person` and columns of the relation."""
    for one in value if isinstance(value, Sequence) and not isinstance(value, str) else (value,):
        if isinstance(one, Mapping):
            yield str(one["person"]), {name: cell for name, cell in one.items() if name != "person"}
        else:
            yield str(one), {}


def _row(batch: Batch, case: Case, code: str, index: int, row: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    dataset = catalogue.datasets[code]
    tag = f"{case.number:05d}"
    owner = batch.person(case, str(row.get("person") or row.get("id_no") or SELF))
    answer: dict[str, Any] = {CASE: case.number, CHANGE: None, HASH: "", ROW: index, DELIVERY: 0}
    columns = {**dataset.columns, **{one.code: one.column for one in derived_columns(catalogue, code).values()}}
    for name, value in row.items():
        if name in _ROW_WORDS and name not in columns:
            continue
        if name.endswith(SINCE):
            continue
        column = columns[name]
        if name in ("record_id", "household_id", "hukou_household_no"):
            answer[name] = f"{tag}:{value}"
        elif column.identity and column.type.kind == "person":
            answer[name] = batch.person(case, str(value)).number if value else None
        elif column.identity:
            answer[name] = batch.thing(case, str(value)) if value else None
        else:
            answer[name] = archived(value, column)
    answer.setdefault("record_id", f"{tag}:r{index + 1:04d}")
    if answer.get("data_date") is None:
        answer["data_date"] = batch.as_of
    _happened(batch, answer, dataset)
    if row.get("household"):
        answer["household_id"] = f"{tag}:{row['household']}"
    if row.get("hukou"):
        answer["hukou_household_no"] = f"{tag}:{row['hukou']}"
    if "id_no" in dataset.columns:
        answer["id_no"] = owner.number
        _live(owner, answer, code)
    answer.setdefault("region_code", case.place)
    return answer


def _happened(batch: Batch, row: dict[str, Any], dataset: Dataset) -> None:
    """A row that does not say when it happened, though its kind always does, happened on the day of the example."""
    column = dataset.columns.get(dataset.at)
    if column is None or column.name in row or not column.required:
        return
    month = batch.as_of.year * 12 + batch.as_of.month - 1
    moments = {"date": batch.as_of, "instant": int(batch.now.timestamp()), "month": month, "quarter": month // 3}
    row[column.name] = moments.get(column.holds)


def _live(owner: Person, row: Mapping[str, Any], code: str) -> None:
    """What rows say of where people live: the low-income base before the register, as in `households`."""
    if code == LOW_MEMBERS and row.get("household_id") and row.get("member_status", 1) in (1, 3):
        owner.household = row["household_id"]
    if code == POPULATION and row.get("hukou_household_no"):
        owner.hukou = row["hukou_household_no"]


def _house(case: Case) -> None:
    """Whom no row and no word puts elsewhere lives, and is registered, together with "self"."""
    tag = f"{case.number:05d}"
    self = case.people[SELF]
    self.hukou = self.hukou or f"{tag}:{OWN}"
    self.household = self.household or f"{tag}:{OWN}"
    for one in case.people.values():
        one.hukou = one.hukou or self.hukou
        one.household = one.household or self.household


def settle(batch: Batch, catalogue: Catalogue) -> None:
    """Gives rows that name no household, or none that anyone lives in, that of their person, else of "self"."""
    for code, rows in batch.rows.items():
        columns = catalogue.datasets[code].columns
        for row in rows:
            case = batch.cases[row[CASE]]
            homes = {one.household for one in case.people.values()}
            owner = batch.people[row["id_no"]] if row.get("id_no") is not None else case.people[SELF]
            if "household_id" in columns and row.get("household_id") not in homes:
                row["household_id"] = owner.household
            if code == POPULATION and row.get("hukou_household_no") is None:
                row["hukou_household_no"] = owner.hukou


def _facts(batch: Batch, case: Case, catalogue: Catalogue) -> None:
    """Facts of an example are those of "self"; in one of a household, of all who live together and are not told apart."""
    home = case.people[SELF].household
    for code, value in case.example.facts.items():
        fact = catalogue.facts[code]
        told = given(value, fact)
        family = fact.of == "person" and case.indicator.of == "household"
        said = {word for word, ties in case.example.people.items() if code in ties}
        for word, one in case.people.items():
            if word not in said and (word == SELF or (family and one.household == home)):
                batch.facts.append((code, one.number, told))


def tables_of(batch: Batch, catalogue: Catalogue) -> dict[str, pa.Table]:
    """The rows of a batch as archived tables; datasets that are named without rows have none."""
    answer = {}
    for code, rows in batch.rows.items():
        kinds = {name: archive_type(column) for name, column in catalogue.datasets[code].columns.items()}
        extra = {one.code: archive_type(one.column) for one in derived_columns(catalogue, code).values()}
        kinds |= {name: kind for name, kind in extra.items() if any(name in row for row in rows)}
        kinds |= {CHANGE: pa.string(), HASH: pa.string(), ROW: pa.int64(), DELIVERY: pa.int32(), CASE: pa.int32()}
        answer[code] = pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in kinds.items()})
    return answer
