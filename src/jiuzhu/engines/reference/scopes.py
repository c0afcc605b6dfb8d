"""What a name stands for: in a declaration about one subject, about one person inside it, and on one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jiuzhu.engines.reference.aggregates import aggregated
from jiuzhu.engines.reference.answers import Answer, Asking, RowUsed, Subject
from jiuzhu.engines.reference.calendar import seconds
from jiuzhu.engines.reference.expressions import Scope, evaluate
from jiuzhu.engines.reference.members import members_answer
from jiuzhu.engines.reference.reader import value_of_cell
from jiuzhu.engines.reference.rows import find
from jiuzhu.engines.reference.values import Number, Reason, Unknown, Value
from jiuzhu.rules.tree import Fact, FactInput, Indicator, Input, Kind, MembersInput, Name, ParameterInput, RowInput
from jiuzhu.vocabulary.period import month_first, month_number

if TYPE_CHECKING:
    from jiuzhu.engines.reference.world import World

MOMENT_KINDS: dict[str, Kind] = {"as_of": "date", "now": "instant", "year_start": "date", "month_start": "date"}


class SubjectScope:
    """The names of one declaration for one subject; every input is worked out once, when it is first asked for."""

    def __init__(self, world: World, declaration: Indicator | Fact, subject: Subject) -> None:
        self.world = world
        self.declaration = declaration
        self.subject = subject
        self.answers: dict[str, Answer] = {}
        self.facts_asked: dict[str, Answer] = {}

    def value_of(self, name: Name) -> Value:
        if name.source == "moment":
            return moment_value(self.world, name.name)
        if name.source == "fact":
            return self.fact(name.name).value
        return self.answer(name.name).value

    def fact(self, code: str) -> Answer:
        if code not in self.facts_asked:
            self.facts_asked[code] = self.world.fact(code, self.subject)
        return self.facts_asked[code]

    def answer(self, name: str) -> Answer:
        if name not in self.answers:
            given = self.declaration.inputs[name]
            if isinstance(given, MembersInput):
                self.answers[name] = members_answer(given, self)
            else:
                self.answers[name] = input_answer(given, self, self.world)
        return self.answers[name]

    def named(self, name: str) -> tuple[Value, Kind]:
        if name in self.declaration.inputs:
            return self.answer(name).value, self.declaration.inputs[name].type.kind
        if name in MOMENT_KINDS:
            return moment_value(self.world, name), MOMENT_KINDS[name]
        return self.fact(name).value, self.world.catalogue.facts[name].type.kind

    def persons(self, among: str) -> tuple[Sequence[PersonScope], Value]:
        """The persons of the subject's household or of a relation, and true, or the unknown that says some may be missing."""
        group = self.world.group_of(self.subject, self.declaration)
        if among == "household":
            return [PersonScope(self, person) for person in self.world.members(group)], True
        subjects = [self.subject.position] if self.subject.kind == "person" else self.world.members(self.subject)
        scopes = [PersonScope(self, other, among, row) for person in subjects for row, other in self.world.related(among, person)]
        return scopes, self.world.relation_complete(among, self.subject)

    def for_row(self, dataset: str, row: int) -> RowScope:
        return RowScope(self, self.world, f"rows {dataset}", dataset, row)

    def table_entry(self, table: str, key: int) -> Number:
        return self.world.table_entry(table, key)


class PersonScope:
    """One person of a household or relation. person: None where the relation names someone outside the base."""

    def __init__(self, outer: SubjectScope, person: int | None, relation: str = "", row: int = -1) -> None:
        self.outer = outer
        self.person = person
        self.relation = relation
        self.row = row
        self.answers: dict[str, Answer] = {}
        self.facts_asked: dict[str, Answer] = {}

    @property
    def subject(self) -> Subject:
        assert self.person is not None
        return Subject("person", self.person)

    def value_of(self, name: Name) -> Value:
        if name.source == "person_input":
            return self.answer(name.name).value
        if name.source == "fact":
            return self.fact(name.name).value
        if name.source == "column":
            dataset = self.outer.world.catalogue.relations[self.relation].dataset
            cell = self.outer.world.reader.cell(f"relation {self.relation}", self.row, name.name)
            return value_of_cell(cell, self.outer.world.column(dataset, name.name), dataset)
        return self.outer.value_of(name)

    def fact(self, code: str) -> Answer:
        if self.person is None:
            return self._nobody()
        if code not in self.facts_asked:
            self.facts_asked[code] = self.outer.world.fact(code, self.subject)
        return self.facts_asked[code]

    def answer(self, name: str) -> Answer:
        if self.person is None:
            return self._nobody()
        if name not in self.answers:
            self.answers[name] = input_answer(self.outer.declaration.person_inputs[name], self, self.outer.world)
        return self.answers[name]

    def _nobody(self) -> Answer:
        return Answer(Unknown(because=(Reason("person not known", self.relation),)))

    def named(self, name: str) -> tuple[Value, Kind]:
        if name in self.outer.declaration.person_inputs:
            return self.answer(name).value, self.outer.declaration.person_inputs[name].type.kind
        return self.outer.named(name)

    def rows_used(self) -> tuple[RowUsed, ...]:
        found = (*self.answers.values(), *self.facts_asked.values())
        return tuple(dict.fromkeys(row for answer in found for row in answer.rows))

    def for_row(self, dataset: str, row: int) -> RowScope:
        return RowScope(self, self.outer.world, f"rows {dataset}", dataset, row)

    def table_entry(self, table: str, key: int) -> Number:
        return self.outer.table_entry(table, key)


class RowScope:
    """One row of a dataset: its columns, and around them what the subject or person sees."""

    def __init__(self, outer: Scope, world: World, table: str, dataset: str, row: int) -> None:
        self._outer = outer
        self._world = world
        self._table = table
        self._dataset = dataset
        self._row = row

    def value_of(self, name: Name) -> Value:
        if name.source != "column":
            return self._outer.value_of(name)
        cell = self._world.reader.cell(self._table, self._row, name.name)
        return value_of_cell(cell, self._world.column(self._dataset, name.name), self._dataset)

    def table_entry(self, table: str, key: int) -> Number:
        return self._outer.table_entry(table, key)


class _InputCells:
    """The cells of an input's dataset, as its aggregate asks for them."""

    def __init__(self, given: RowInput, scope: Asking, world: World) -> None:
        self._given = given
        self._scope = scope
        self._world = world
        self._table = f"rows {given.dataset}"
        self._at = given.at or world.catalogue.datasets[given.dataset].at
        self.as_of = world.moment.as_of

    def value(self, row: int) -> Value:
        assert self._given.value is not None, f"{self._given.name}: {self._given.aggregate} of nothing"
        return evaluate(self._given.value, self._scope.for_row(self._given.dataset, row))

    def at(self, row: int) -> Any:
        return self.cell(row, self._at)

    def at_holds(self) -> str:
        return self._world.column(self._given.dataset, self._at).holds

    def until(self, row: int) -> Value:
        column = self._world.column(self._given.dataset, self._given.until)
        return value_of_cell(self.cell(row, self._given.until), column, self._given.dataset)

    def until_holds(self) -> str:
        return self._world.column(self._given.dataset, self._given.until).holds

    def since(self, row: int) -> Value:
        assert isinstance(self._given.value, Name)
        column = f"{self._given.value.name}__since"
        found = self.cell(row, column)
        return Unknown(because=(Reason("empty cell", self._given.dataset, column),)) if found is None else found

    def cell(self, row: int, column: str) -> Any:
        return self._world.reader.cell(self._table, row, column)


def input_answer(given: Input, scope: Asking, world: World) -> Answer:
    """An input of rows, a fact or a parameter, for the subject of `scope`."""
    if isinstance(given, RowInput):
        found = find(given, scope, world)
        if isinstance(found, Unknown):
            return Answer(found)
        value, used = aggregated(given, found, _InputCells(given, scope, world))
        rows = tuple(RowUsed(given.dataset, row) for row in used)
        return Answer(value, rows + tuple(RowUsed(given.dataset, row, certain=False) for row in found.doubtful))
    if isinstance(given, FactInput):
        return world.fact_via(given.fact, given.via, scope.subject) if given.via else world.fact(given.fact, scope.subject)
    assert isinstance(given, ParameterInput), given
    return world.parameter(given.owner, given.parameter, world.place_of(scope.subject))


def moment_value(world: World, name: str) -> Value:
    as_of = world.moment.as_of
    match name:
        case "as_of":
            return as_of
        case "now":
            return seconds(world.moment.now)
        case "year_start":
            return as_of.replace(month=1, day=1)
        case "month_start":
            return month_first(month_number(as_of))
    raise KeyError(name)
