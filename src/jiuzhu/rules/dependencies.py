"""Which datasets and columns an answer depends on: through inputs, facts, relations and derived columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from jiuzhu.rules.reading import Reading, names_in
from jiuzhu.rules.tree import (
    Dataset,
    Derived,
    Expression,
    Fact,
    FactInput,
    Indicator,
    Input,
    MembersInput,
    ParameterInput,
    Relation,
    RowInput,
    Rule,
)

Columns = dict[str, set[str]]  # dataset to its columns that are read


class Facts(Protocol):
    """Facts by code: a mapping, or the shelf they are read from."""

    def get(self, code: str, /) -> Fact | None: ...


class _Found:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def get(self, code: str, /) -> Fact | None:
        return self.reading.fact(code)


class Shelf(Protocol):
    """What dependencies are looked up in: a catalogue, or one still being read."""

    @property
    def datasets(self) -> Mapping[str, Dataset]: ...
    @property
    def derived(self) -> Mapping[str, Mapping[str, Derived]]: ...
    @property
    def relations(self) -> Mapping[str, Relation]: ...


def columns_of_indicator(indicator: Indicator, shelf: Shelf, facts: Facts) -> Mapping[str, frozenset[str]]:
    """Dataset to the columns the indicator reads, facts and relations followed to their rows."""
    walk = _Walk(shelf, facts)
    walk.inputs([*indicator.inputs.values(), *indicator.person_inputs.values()])
    walk.rule(indicator.rule)
    return {dataset: frozenset(columns) for dataset, columns in sorted(walk.columns.items())}


def columns_of_fact(fact: Fact, shelf: Shelf, facts: Facts) -> Mapping[str, frozenset[str]]:
    walk = _Walk(shelf, facts)
    walk.fact(fact.code)
    return {dataset: frozenset(columns) for dataset, columns in sorted(walk.columns.items())}


def datasets_of_inputs(inputs: Mapping[str, Input], persons: Mapping[str, Input], rule: Rule, reading: Reading) -> frozenset[str]:
    """The datasets of a rule while its catalogue is still being read."""
    walk = _Walk(reading, _Found(reading))
    walk.inputs([*inputs.values(), *persons.values()])
    walk.rule(rule)
    return frozenset(walk.columns)


def facts_of(inputs: Iterable[Input], expressions: Iterable[Expression | None]) -> frozenset[str]:
    """Codes of the facts named, declared or standing for themselves."""
    found = set()
    asked: list[Expression | None] = list(expressions)
    for item in inputs:
        if isinstance(item, FactInput):
            found.add(item.fact)
        elif isinstance(item, MembersInput):
            asked += [item.where, item.of]
        elif isinstance(item, RowInput):
            asked += [item.where, item.value]
    found.update(name.name for node in asked for name in names_in(node) if name.source == "fact")
    return frozenset(found)


def expressions_of(rule: Rule) -> tuple[Expression | None, ...]:
    return (rule.when, rule.measure, rule.base, rule.also, *(line.condition for line in rule.grades))


class _Walk:
    def __init__(self, shelf: Shelf, facts: Facts) -> None:
        self.shelf, self.facts = shelf, facts
        self.columns: Columns = {}
        self.done: set[str] = set()

    def inputs(self, inputs: Iterable[Input]) -> None:
        for item in inputs:
            if isinstance(item, RowInput):
                self.rows(item)
            elif isinstance(item, FactInput):
                self.fact(item.fact)
                self.relation(item.via)
            elif isinstance(item, MembersInput):
                self.relation(item.among)
                self.expression(item.where)
                self.expression(item.of)
            else:
                assert isinstance(item, ParameterInput)

    def rule(self, rule: Rule) -> None:
        for node in expressions_of(rule):
            self.expression(node)

    def expression(self, node: Expression | None) -> None:
        for name in names_in(node):
            if name.source == "fact":
                self.fact(name.name)

    def rows(self, item: RowInput) -> None:
        dataset = self.shelf.datasets[item.dataset]
        self.column(item.dataset, item.at or dataset.at, *item.columns, item.until, item.by, *item.each)
        for node in (item.where, item.value):
            for name in names_in(node):
                if name.source == "column":
                    self.column(item.dataset, name.name)
            self.expression(node)

    def column(self, dataset: str, *names: str) -> None:
        """Columns read; a derived one brings what it is made of."""
        seen = self.columns.setdefault(dataset, set())
        for name in names:
            # `person` and `household` stand for whom a row belongs to: that is no column.
            if not name or name in seen or name in ("person", "household"):
                continue
            seen.add(name)
            derived = self.shelf.derived.get(dataset, {}).get(name)
            if derived is None:
                continue
            self.column(dataset, *derived.match)
            if derived.source:
                self.column(derived.source, self.shelf.datasets[derived.source].at, *derived.match.values())
            for found in (*names_in(derived.where), *names_in(derived.value)):
                if found.source != "column":
                    continue
                own = not derived.source or found.name.startswith("own_")
                self.column(dataset if own else derived.source, found.name.removeprefix("own_") if derived.source else found.name)

    def fact(self, code: str) -> None:
        fact = self.facts.get(code)
        if fact is None or code in self.done:
            return
        self.done.add(code)
        self.inputs([*fact.inputs.values(), *fact.person_inputs.values()])
        self.expression(fact.value)

    def relation(self, code: str) -> None:
        relation = self.shelf.relations.get(code)
        if relation is None or code in self.done:
            return
        self.done.add(code)
        self.column(relation.dataset, self.shelf.datasets[relation.dataset].at, relation.subject, relation.to, *relation.columns)
        for name in names_in(relation.where):
            if name.source == "column":
                self.column(relation.dataset, name.name)
