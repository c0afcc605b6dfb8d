"""Facts as columns beside the subjects: each is worked out once a run, after those it stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlglot import exp

from jiuzhu.engines.decimals import whole_number
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.aggregates import any_of
from jiuzhu.engines.sql.cells import ARROW
from jiuzhu.engines.sql.functions import lifted
from jiuzhu.engines.sql.inputs import worked_out
from jiuzhu.engines.sql.query import Source, aliases
from jiuzhu.engines.sql.run import Run
from jiuzhu.engines.sql.scope import MOMENTS, Declaration, Scope
from jiuzhu.engines.sql.values import Compiled, Flag, Value, scaled
from jiuzhu.engines.sql.words import Sql
from jiuzhu.rules import tree
from jiuzhu.rules.dependencies import expressions_of
from jiuzhu.rules.reading import names_in

Node = tuple[str, str]  # kind of subject, fact; for a household "any " and a fact of persons


def named(run: Run, declarations: Iterable[tuple[Declaration, str]]) -> set[Node]:
    """The facts that declarations, each of a kind of subject, name."""
    return {node for declaration, kind in declarations for node in _named(run, declaration, kind)}


def layered(run: Run, nodes: Iterable[Node]) -> list[list[Node]]:
    """These facts and all below them, in layers: each stands only on layers before it."""
    depth: dict[Node, int] = {}

    def visit(node: Node) -> int:
        if node not in depth:
            depth[node] = 1 + max((visit(other) for other in _below(run, node)), default=-1)
        return depth[node]

    for node in nodes:
        visit(node)
    layers: list[list[Node]] = [[] for _ in range(1 + max(depth.values(), default=-1))]
    for node, level in depth.items():
        layers[level].append(node)
    return layers


def _below(run: Run, node: Node) -> set[Node]:
    kind, code = node
    if code.startswith("any "):
        return {("person", code.removeprefix("any "))}
    return _named(run, run.catalogue.facts[code], kind)


def seen(run: Run, code: str, kind: str) -> Node:
    """The column in which a subject of this kind finds a fact."""
    if run.catalogue.facts[code].of == "household":
        return "household", code
    return (kind, code) if kind == "person" else (kind, f"any {code}")


def _named(run: Run, declaration: Declaration, kind: str) -> set[Node]:
    found: set[Node] = set()

    def names(expressions: Iterable[tree.Expression | None], of: str) -> None:
        for expression in expressions:
            found.update(seen(run, name.name, of) for name in names_in(expression) if name.source == "fact")

    def inputs(given: Mapping[str, tree.Input], of: str) -> None:
        for item in given.values():
            if isinstance(item, tree.FactInput):
                found.add(seen(run, item.fact, "person" if item.via else of))
            elif isinstance(item, tree.MembersInput):
                names([item.where, item.of], "person")
            elif isinstance(item, tree.RowInput):
                names([item.where, item.value], of)
                if (
                    item.after
                    and item.after not in {**declaration.inputs, **declaration.person_inputs}
                    and item.after not in MOMENTS
                ):
                    found.add(seen(run, item.after, of))

    inputs(declaration.inputs, kind)
    inputs(declaration.person_inputs, "person")
    if isinstance(declaration, tree.Fact):
        names([declaration.value], kind)
    else:
        names(expressions_of(declaration.rule), kind)
    return found


def work_out(run: Run, layers: list[list[Node]]) -> None:
    """Adds the facts to the tables of subjects."""
    for layer in layers:
        for kind in ("person", "household", "hukou"):
            codes = sorted(code for of, code in layer if of == kind and (of, code) not in run.facts)
            if codes:
                _add(run, kind, codes)
                run.let_go()


def _add(run: Run, kind: str, codes: list[str]) -> None:
    """A new table of subjects with these facts in it, in place of the old one."""
    old = run.tables[kind]
    source = Source(old, "s")
    columns: list[Sql] = [exp.Column(this=exp.Star(), table=exp.to_identifier("s", quoted=True))]
    made: dict[str, Compiled] = {}
    for code in codes:
        if code.startswith("any "):
            made[code] = _any_member(run, kind, code.removeprefix("any "), source)
        else:
            fact = run.catalogue.facts[code]
            scope = Scope(run, fact, kind, worked_out)
            source.beside.append(scope.source)
            made[code] = _given(run, code, scope, scope.compiler.compile(fact.value))
        columns += [w.named(sql, name) for name, sql in _columns(code, made[code]).items()]
    new = run.new_name(kind)
    run.make(new, _merged(source).select(columns))
    run.tables[kind] = new
    run.session.drop(old)
    for code, compiled in made.items():
        run.facts[kind, code] = _reader(code, compiled)


def _merged(source: Source) -> Source:
    """All joins of the scopes once: scopes of one table give equal joins equal names."""
    merged = Source(source.table, source.alias)
    for join in source.all_joins():
        if join not in merged.joins:
            merged.joins.append(join)
    return merged


def _columns(code: str, value: Compiled) -> dict[str, Sql]:
    """What is kept of a value; what does not differ between subjects is not."""
    if isinstance(value, Flag):
        parts: dict[str, Sql | None] = {code: value.sql, f"{code} none": value.none}
    else:
        parts = {code: value.sql, f"{code} unknown": value.unknown, f"{code} floor": value.floor}
    return {name: sql for name, sql in parts.items() if sql is not None and aliases([sql])}


def _reader(code: str, value: Compiled) -> Callable[[str], Compiled]:
    kept = _columns(code, value)

    def part(name: str, sql: Sql | None, alias: str) -> Any:
        return w.column(name, alias) if name in kept else sql

    def read(alias: str) -> Compiled:
        if isinstance(value, Flag):
            return Flag(part(code, value.sql, alias), value.certain, part(f"{code} none", value.none, alias))
        unknown, floor = part(f"{code} unknown", value.unknown, alias), part(f"{code} floor", value.floor, alias)
        return Value(part(code, value.sql, alias), unknown, value.present, value.scale, value.kind, floor)

    return read


def _any_member(run: Run, kind: str, code: str, source: Source) -> Flag:
    """A yes/no of persons for their household: Kleene's `or` over its members."""
    fact = run.facts["person", code]("m")
    assert isinstance(fact, Flag)
    group = w.column(kind, "m")
    columns = [w.named(group, "subject"), w.named(any_of(w.is_true(fact.sql)), "v"), w.named(any_of(w.is_null(fact.sql)), "u")]
    where = w.both(w.not_false(fact.sql), w.compared(">=", group, w.whole(0)))
    members = Source(run.tables["person"], "m")
    scope = Scope(run, run.catalogue.facts[code], kind, worked_out)
    found = scope.join(run.kept(members.select(columns, where, [group]), "any member"), on=scope.key)
    source.beside.append(scope.source)
    there = w.given_or(w.column("v", found), w.FALSE)
    if fact.certain:
        return Flag(there, certain=True)
    doubt = w.given_or(w.column("u", found), w.FALSE)
    return Flag(w.case((there, w.TRUE), (doubt, w.NULL), otherwise=w.FALSE))


def _given(run: Run, code: str, scope: Scope, worked: Compiled) -> Compiled:
    """What was handed in for some subjects, in the place of what is worked out."""
    given = run.base.given.get(code)
    if not given:
        return worked
    values = list(given.values())
    scale = worked.scale if isinstance(worked, Value) else 0
    numbers = [value for value in values if isinstance(value, Decimal | int) and not isinstance(value, bool)]
    scale = max([scale, *(whole_number(Decimal(number))[0] for number in numbers)])
    kind = "flag" if isinstance(worked, Flag) else worked.kind
    held = [_whole(value, scale) for value in values]
    table = {"subject": pa.array(list(given), pa.int32()), "v": pa.array(held, ARROW[kind])}
    found = scope.join(run.shown(f"handed in {code}", lambda: pa.table(table)), on=scope.key)
    own, value = w.is_given(w.column("subject", found)), w.column("v", found)
    if isinstance(worked, Flag):
        none = None if worked.none is None else w.both(w.negated(own), worked.none)
        return Flag(w.case((own, value), otherwise=worked.sql), none=none)
    unknown = w.case((own, w.is_null(value)), otherwise=worked.unknown if worked.unknown is not None else w.FALSE)
    sql = w.case((own, value), otherwise=lifted(worked, scale))
    floor = None if worked.floor is None else w.case((w.negated(own), scaled(worked.floor, scale - worked.scale)))
    return Value(sql, unknown, worked.present, scale, worked.kind, floor)


def _whole(value: Any, scale: int) -> Any:
    return int(Decimal(value).scaleb(scale)) if isinstance(value, Decimal | int) and not isinstance(value, bool) else value
