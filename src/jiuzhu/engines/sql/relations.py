"""Follows relations: the one person a relation of one leads to, and the pairs of a relation of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.query import aliases
from jiuzhu.engines.sql.values import Compiled, Flag, Value, none_of, unknown_of
from jiuzhu.engines.sql.words import Sql
from jiuzhu.rules import tree

if TYPE_CHECKING:
    from jiuzhu.engines.sql.run import Run
    from jiuzhu.engines.sql.scope import Scope

_EMPTY = pa.schema([("person", pa.int32()), ("other", pa.int32())])


def complete(relation: str, scope: Scope) -> Sql:
    """Whether the relation was delivered for the subject, so that a missing row means that there is no one."""
    dataset = scope.run.catalogue.datasets[scope.run.catalogue.relations[relation].dataset]
    places = scope.run.places
    covered = places.covered(dataset.code, [(None, None)] * len(places.used), scope.place())
    return w.both(covered, scope.authorised() if dataset.authorised_only else None)


def fact_via(given: tree.FactInput, scope: Scope) -> Compiled:
    """A fact of the person a relation of one leads to; of a household, from its first member who has a row."""
    run = scope.run
    table = run.shown(f"{given.via} of {scope.kind}", lambda: _one_each(run, given.via, scope.kind))
    found = scope.join(table, on=scope.person if scope.kind == "person" else scope.key)
    other = w.column("other", found)
    person = scope.join(run.tables["person"], on=other)
    fact = fact_of_person(given.fact, scope, person)
    no_row, nobody = w.is_null(w.column("subject", found)), w.is_null(other)
    return reached(fact, no_row, w.both(w.negated(no_row), nobody), complete(given.via, scope))


def reached(fact: Compiled, no_row: Sql, nobody: Sql, all_there: Sql) -> Compiled:
    """A fact behind a join. no_row: there is no one (unknown unless all_there). nobody: someone outside the base, unknown."""
    lost = w.either(nobody, w.both(no_row, w.negated(all_there)))
    unknown = w.either(lost, w.both(w.negated(no_row), unknown_of(fact)))
    if isinstance(fact, Flag):
        none = w.both(no_row, all_there)
        sql = w.case((lost, w.NULL), (no_row, w.FALSE), otherwise=fact.sql)
        return Flag(
            sql, certain=unknown == w.FALSE, none=w.either(none, w.both(w.negated(w.either(no_row, nobody)), none_of(fact)))
        )
    nothing = w.either(no_row, nobody)
    sql = fact.sql if aliases([fact.sql]) else w.case((nothing, w.NULL), otherwise=fact.sql)
    floor = None if fact.floor is None else w.case((w.negated(nothing), fact.floor))
    return Value(sql, None if unknown == w.FALSE else unknown, False, fact.scale, fact.kind, floor)


def fact_of_person(code: str, scope: Scope, person: str) -> Compiled:
    """A fact as the person sees it who is joined as `person`: one of households is that of the household lived in."""
    run = scope.run
    if run.catalogue.facts[code].of == "person":
        return run.facts["person", code](person)
    home = w.column("household", person)
    fact = run.facts["household", code](scope.join(run.tables["household"], on=home))
    if run.all_housed and person == scope.alias:
        return fact
    homeless = w.either(w.is_null(home), w.compared("<", home, w.whole(0)))
    return reached(fact, homeless, w.FALSE, w.TRUE)


def _related(run: Run, relation: str) -> pa.Table:
    return run.base.relations.get(relation, _EMPTY.empty_table())


def _one_each(run: Run, relation: str, kind: str) -> pa.Table:
    """subject, other: the first row of each person, or of the first member who has one; other is null outside the base."""
    table = _related(run, relation)
    person, other = table["person"].to_numpy(), _inside(table)
    order = np.argsort(person, kind="stable")
    owner = person[order]
    if kind != "person":
        owner = run.base.people[kind].to_numpy()[owner]
    subject, first = np.unique(owner, return_index=True)
    chosen = other.take(pa.array(order[first]))
    return pa.table({"subject": pa.array(subject, pa.int32()), "other": chosen})


def _inside(table: pa.Table) -> pa.Array:
    """The other persons, null where they are outside the base."""
    other = table["other"].combine_chunks()
    return pc.if_else(pc.less(other, 0), pa.scalar(None, pa.int32()), other)


def pairs(run: Run, relation: str) -> pa.Table:
    """One row a row of a relation of many: whose it is, the other person with place and household, and the relation's columns."""
    return _pairs(run, _related(run, relation))


def _pairs(run: Run, table: pa.Table) -> pa.Table:
    people, other = run.base.people, _inside(table)
    mine, theirs = people.take(table["person"]), people.take(other)
    columns = {
        "subject": pa.array(np.arange(table.num_rows), pa.int32()),
        "outer": table["person"],
        "outer_household": mine["household"],
        "outer_hukou": mine["hukou"],
        "other": other,
        **{name: theirs[name] for name in ("household", "hukou", "place", "authorised")},
    }
    own = {f"column {name}": table[name] for name in table.column_names if name not in ("person", "other")}
    return pa.table({**columns, **own})


def home_pairs(run: Run, group: str) -> pa.Table:
    """One row a person and member of that person's household (of `group`); whoever has none is alone."""
    people = run.base.people
    home = people[group].to_numpy().astype(np.int64)
    alone = -2 - np.arange(len(home))
    home = np.where(home >= 0, home, alone)
    order = np.argsort(home, kind="stable")
    _, start, size = np.unique(home[order], return_index=True, return_counts=True)
    repeats = np.repeat(size, size)
    outer = np.repeat(order, repeats)
    begin = np.repeat(np.repeat(start, size), repeats)
    within = np.arange(len(outer)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    other = order[begin + within]
    made = pa.table({"person": pa.array(outer, pa.int32()), "other": pa.array(other, pa.int32())})
    return _pairs(run, made)
