"""Everything known on one day at one place, as the reference engine asks for it: people, facts, relations, parameters, places.

Where `rules.md` is silent this is the reading:
- Whoever belongs to no household is a household alone; a household's fact is none for such a person.
- A relation of one that has a row counts, even if its dataset has grown old; without a row it is none where the dataset was
  delivered, unknown where it was not. A row that names someone outside the base leads to unknown.
- A relation of a household is followed from the first of its members who has a row.
- Parameters of a place without a code are those of the nation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from jiuzhu.engines.base import Base, Known
from jiuzhu.engines.reference.answers import Answer, RowUsed, Subject
from jiuzhu.engines.reference.expressions import evaluate
from jiuzhu.engines.reference.reader import Reader, Shared
from jiuzhu.engines.reference.rows import gaps_of
from jiuzhu.engines.reference.scopes import SubjectScope
from jiuzhu.engines.reference.values import NONE, Number, Reason, Unknown, Value, either
from jiuzhu.engines.reference.windows import Moment
from jiuzhu.rules.parameters import trimmed
from jiuzhu.rules.tree import Column, Fact, Indicator, RowInput

NATION = "000000"


class OfPlaces:
    """What subjects share: the rows of each division, their cells, and which of them an input finds that asks nothing of a subject.
    Kept from one subject to the next of the same base, of which rows of divisions never change."""

    def __init__(self, base: Base, catalogue: Known) -> None:
        self.base = base
        self.read = Shared(frozenset(f"rows {code}" for code, one in catalogue.datasets.items() if one.keyed == "division"))
        self.divisions: dict[str, dict[str, list[int]]] = {}
        self.found: dict[
            tuple[int, str], tuple[RowInput, dict[int, bool | Unknown]]
        ] = {}  # by the identity of the input, and division


class World:
    """One base under one catalogue. many: see `Reader`."""

    def __init__(self, catalogue: Known, base: Base, *, many: bool, of_places: OfPlaces | None = None) -> None:
        self.of_places = OfPlaces(base, catalogue) if of_places is None else of_places
        self.catalogue = catalogue
        self.base = base
        self.moment = Moment(base.as_of, base.now)
        self.reader = Reader(base, many=many, shared=self.of_places.read)
        self._facts: dict[tuple[str, Subject], Answer] = {}
        self._parameters: dict[tuple[str, str, int], Answer] = {}
        self._columns: dict[tuple[str, str], Column] = {}

    # --- people and places ---

    def members(self, subject: Subject) -> Sequence[int]:
        if subject.kind == "person":
            return [subject.position]
        if subject.kind == "hukou":
            return self.reader.rows_where("people", "hukou", subject.position)
        first, count = (self._position("households", subject.position, column) for column in ("first", "count"))
        return range(first, first + count)

    def group_of(self, subject: Subject, declaration: Indicator | Fact) -> Subject:
        """The household that `members` of a declaration speaks of."""
        if subject.kind != "person":
            return subject
        if isinstance(declaration, Indicator) and declaration.group == "hukou":
            return self._household("hukou", subject)
        return self._household("living", subject)

    def _household(self, kind: Any, person: Subject) -> Subject:
        column = "household" if kind == "living" else "hukou"
        position = self._position("people", person.position, column)
        return Subject(kind, position) if position >= 0 else person

    def place_of(self, subject: Subject) -> int:
        table = {"person": "people", "living": "households", "hukou": "hukou"}[subject.kind]
        return self._position(table, subject.position, "place")

    def is_authorised(self, subject: Subject) -> bool:
        """For a household: everyone in it."""
        return all(self.reader.cell("people", person, "authorised") for person in self.members(subject))

    def division(self, place: int) -> str:
        """The code of a place."""
        return str(self.reader.cell("places", place, "code")) if place >= 0 else NATION

    def _position(self, table: str, row: int, column: str) -> int:
        cell = self.reader.cell(table, row, column)
        return cell if isinstance(cell, int) else -1

    # --- the catalogue ---

    def column(self, dataset: str, name: str) -> Column:
        """A delivered or derived column."""
        key = (dataset, name)
        if key not in self._columns:
            own = self.catalogue.datasets[dataset].columns
            self._columns[key] = own[name] if name in own else self.catalogue.derived[dataset][name].column
        return self._columns[key]

    def table_entry(self, table: str, key: int) -> Number:
        return Fraction(self.catalogue.tables[table].at(key))

    def parameter(self, owner: str, name: str, place: int) -> Answer:
        """The number in force there on `as_of`."""
        key = (owner, name, place)
        if key not in self._parameters:
            found = self.catalogue.parameters.value(owner, name, self.division(place), self.base.as_of)
            if found is None or found.value is None:
                reason = Reason("unset parameter", f"{owner}.{name}" if owner else name)
                self._parameters[key] = Answer(Unknown(because=(reason,)))
            else:
                self._parameters[key] = Answer(Fraction(found.value), parameter=found)
        return self._parameters[key]

    # --- rows of divisions ---

    def rows_of_division(self, dataset: str, division: str) -> Sequence[int]:
        """The rows of a division-keyed dataset that are of exactly this division (trimmed)."""
        divisions = self.of_places.divisions
        if dataset not in divisions:
            index: dict[str, list[int]] = {}
            table = f"rows {dataset}"
            for row in range(self.reader.size(table) if self.reader.has(table) else 0):
                code = self.reader.cell(table, row, "region_code")
                if isinstance(code, str):
                    index.setdefault(trimmed(code), []).append(row)
            divisions[dataset] = index
        return divisions[dataset].get(division, ())

    # --- facts and relations ---

    def fact(self, code: str, subject: Subject) -> Answer:
        """A fact as `subject` sees it: a household has a yes/no of persons if any member has."""
        key = (code, subject)
        if key not in self._facts:
            self._facts[key] = self._fact(self.catalogue.facts[code], subject)
        return self._facts[key]

    def _fact(self, fact: Fact, subject: Subject) -> Answer:
        if fact.of == "person" and subject.kind != "person":
            assert fact.type.kind == "flag", f"{fact.code} is not a yes/no; the reader of rules refuses it for a household"
            return _any([self.fact(fact.code, Subject("person", member)) for member in self.members(subject)])
        if fact.of == "household" and subject.kind != "living":
            assert subject.kind == "person", f"{fact.code} speaks of living households; the reader of rules refuses it for hukou"
            household = self._household("living", subject)
            return self.fact(fact.code, household) if household.kind == "living" else Answer(NONE)
        handed_in: Mapping[int, Any] = self.base.given.get(fact.code, {})
        if subject.position in handed_in:
            return Answer(_handed_in(handed_in[subject.position], fact.code))
        scope = SubjectScope(self, fact, subject)
        value = evaluate(fact.value, scope)
        return Answer(value, rows_of([*scope.answers.values(), *scope.facts_asked.values()]))

    def fact_via(self, code: str, relation: str, subject: Subject) -> Answer:
        """A fact of the person a relation of one leads to."""
        for person in self.members(subject):
            for _, other in self.related(relation, person):
                if other is None:
                    return Answer(Unknown(because=(Reason("person not known", relation),)))
                return self.fact(code, Subject("person", other))
        complete = self.relation_complete(relation, subject)
        return Answer(complete if isinstance(complete, Unknown) else NONE)

    def related(self, relation: str, person: int) -> list[tuple[int, int | None]]:
        """The rows of a relation of this person: which, and the other person, None if outside the base."""
        table = f"relation {relation}"
        answer: list[tuple[int, int | None]] = []
        for row in self.reader.rows_where(table, "person", person):
            other = self._position(table, row, "other")
            answer.append((row, other if other >= 0 else None))
        return answer

    def relation_complete(self, relation: str, subject: Subject) -> bool | Unknown:
        dataset = self.catalogue.datasets[self.catalogue.relations[relation].dataset]
        gaps = gaps_of(subject, dataset, self.place_of(subject), None, self)
        return Unknown(because=gaps) if gaps else True


def rows_of(answers: Sequence[Answer]) -> tuple[RowUsed, ...]:
    return tuple(dict.fromkeys(row for answer in answers for row in answer.rows))


def _any(answers: Sequence[Answer]) -> Answer:
    return Answer(either(answer.value for answer in answers), rows_of(answers))


def _handed_in(value: bool | int | Decimal | date | str | None, fact: str) -> Value:
    if value is None:
        return Unknown(because=(Reason("not given", fact),))
    return Fraction(value) if isinstance(value, Decimal) else value
