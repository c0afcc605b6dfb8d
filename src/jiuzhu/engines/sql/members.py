"""A condition or number over persons: those of a household, or those a relation of many leads to.

One query a question, one row a household (or person) of whom any person counts or may count; how unknowns meet is said in the
reference engine's `members.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlglot import exp

from jiuzhu.engines.sql import relations
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.aggregates import any_of
from jiuzhu.engines.sql.cells import cell
from jiuzhu.engines.sql.query import Join, Source, aliases, nested, over
from jiuzhu.engines.sql.scope import Scope
from jiuzhu.engines.sql.values import Compiled, Flag, Value, none_of, unknown_of
from jiuzhu.engines.sql.words import Sql
from jiuzhu.rules import tree
from jiuzhu.rules.reading import names_in

ALIAS = "m"


class MemberScope(Scope):
    """One person inside a subject: a row of the persons' table, grouped by household."""

    def __init__(self, outer: Scope, group: Sql | None = None) -> None:
        super().__init__(outer.run, outer.declaration, "person", outer.work, ALIAS)
        self.outer = outer
        self.group = group if group is not None else w.column(outer.kind, ALIAS)
        self._link()

    def _link(self) -> None:
        """Lets conditions on the person speak of the subject around it."""
        link = Source("", "")
        self.outer.beside(link, self.group)
        self.source.beside.append(link)

    def inputs(self) -> Mapping[str, tree.Input]:
        return self.declaration.person_inputs

    def resolve(self, name: tree.Name) -> Compiled:
        return self.outer.resolve(name) if name.source == "input" else super().resolve(name)

    def named(self, name: str) -> Compiled:
        return super().named(name) if name in self.inputs() else self.outer.named(name)

    def parameter_place(self, name: str) -> tuple[tree.ParameterInput, str]:
        return self.outer.parameter_place(name)


class PairScope(MemberScope):
    """One person beside one subject: a row of a table of pairs, since a person may stand in relation to many."""

    def __init__(self, outer: Scope, table: str, relation: str = "") -> None:
        self.relation = relation
        column = {"person": "outer"}.get(outer.kind, f"outer_{outer.kind}")
        super().__init__(outer, w.column(column, ALIAS))
        self.source.table = table

    @property
    def person(self) -> Sql:
        return w.column("other", ALIAS)

    def resolve(self, name: tree.Name) -> Compiled:
        if name.source != "column":
            return super().resolve(name)
        column = self.run.column_of(self.run.catalogue.relations[self.relation].dataset, name.name)
        return cell(column, w.column(f"column {name.name}", ALIAS), may_be_empty=True)

    def fact(self, code: str) -> Compiled:
        person = self.join(self.run.tables["person"], on=self.person)
        return self._of_somebody(relations.fact_of_person(code, self, person))

    def input(self, name: str) -> Compiled:
        return self._of_somebody(super().input(name))

    def _of_somebody(self, value: Compiled) -> Compiled:
        """Of someone outside the base nothing is known."""
        return relations.reached(value, w.FALSE, w.is_null(self.person), w.TRUE) if self.relation else value

    def rows(self, table: str, alias: str, by: str) -> tuple[Source, Sql]:
        source = Source(table, alias)
        on = w.compared("==", self.person, w.column(by or "person", alias))
        source.joins.append(Join(self.source.table, ALIAS, on, inner=True))
        source.beside.append(self.source)
        return source, self.key


def members_input(given: tree.MembersInput, scope: Scope) -> Compiled:
    """The value of `given` for the subjects of `scope`."""
    run = scope.run
    if given.among != "household":
        table = run.shown(f"pairs of {given.among}", lambda: relations.pairs(run, given.among))
        inner: MemberScope = PairScope(scope, table, given.among)
        return _Members(given, inner, scope.key, relations.complete(given.among, scope)).value()
    if scope.kind != "person":
        return _Members(given, MemberScope(scope), scope.key, w.TRUE).value()
    group = "hukou" if isinstance(scope.declaration, tree.Indicator) and scope.declaration.group == "hukou" else "household"
    if _speaks_of_subject(given, scope):
        table = run.shown(f"pairs at home by {group}", lambda: relations.home_pairs(run, group))
        return _Members(given, PairScope(scope, table), scope.key, w.TRUE).value()
    return _Members(given, MemberScope(scope, home(group, ALIAS)), home(group, scope.alias), w.TRUE).value()


def home(group: str, alias: str) -> Sql:
    """What all members of a household have in common; someone without a household is alone, under a number below zero."""
    number, own = w.column(group, alias), w.column("subject", alias)
    return w.case((w.compared(">=", number, w.whole(0)), number), otherwise=w.minus(w.whole(-2), own))


def _speaks_of_subject(given: tree.MembersInput, scope: Scope) -> bool:
    """Whether the answer for a person depends on the subject around it, by more than constants."""
    asked = [given.where, given.of]
    named: set[str] = set()
    for item in scope.declaration.person_inputs.values():
        if isinstance(item, tree.RowInput):
            asked += [item.where, item.value]
            named |= {item.after} | ({item.window.number, item.window.shift} if item.window else set())  # type: ignore[arg-type]
    named |= {name.name for expression in asked for name in names_in(expression) if name.source == "input"}
    for name in named & scope.inputs().keys():
        value = scope.input(name)
        if aliases([value.sql, unknown_of(value), none_of(value)]):
            return True
    return False


class _Members:
    """key: by what the subject finds its row in the query. complete: whether no person may be missing."""

    def __init__(self, given: tree.MembersInput, inner: MemberScope, key: Sql, complete: Sql) -> None:
        self.given = given
        self.inner = inner
        self.key = key
        self.complete = complete

    def value(self) -> Compiled:
        ways: dict[str, Callable[[], Compiled]] = {"any": self._any, "all": self._all, "count": self._count, "sum": self._sum}
        return ways.get(self.given.how, self._outermost)()

    # --- parts ---

    def _flag(self, of: tree.Expression | None) -> Flag:
        return Flag(w.TRUE, certain=True) if of is None else self.inner.compiler.flag(of)

    def _meets(self) -> Flag:
        where, of = self._flag(self.given.where), self._flag(self.given.of)
        return Flag(w.both(where.sql, of.sql), where.certain and of.certain)

    def _found(self, query: exp.Select) -> str:
        return self.inner.outer.join(self.inner.run.kept(query, "persons of input"), on=self.key)

    def _query(self, columns: dict[str, Sql], where: Sql) -> exp.Select:
        group = self.inner.group
        named = [w.named(group, "subject"), *(w.named(sql, name) for name, sql in columns.items())]
        return self.inner.source.select(named, where, [group])

    def _there(self, alias: str, name: str) -> Sql:
        return w.given_or(w.column(name, alias), w.FALSE)

    # --- the ways ---

    def _any(self) -> Flag:
        meets = self._meets()
        columns = {"v": any_of(w.is_true(meets.sql)), "u": any_of(w.is_null(meets.sql))}
        found = self._found(self._query(columns, w.not_false(meets.sql)))
        doubt = w.either(self._there(found, "u") if not meets.certain else None, w.negated(self.complete))
        sql = w.case((self._there(found, "v"), w.TRUE), (doubt, w.NULL), otherwise=w.FALSE)
        return Flag(sql, certain=doubt == w.FALSE)

    def _all(self) -> Flag:
        where = self._flag(self.given.where)
        holds = where
        if self.given.of is not None:
            of = self._flag(self.given.of)
            holds = Flag(w.either(w.negated(where.sql), of.sql), where.certain and of.certain)
        fails = w.negated(holds.sql)
        columns = {"v": any_of(w.is_true(fails)), "u": any_of(w.is_null(fails))}
        found = self._found(self._query(columns, w.not_false(fails)))
        doubt = w.either(self._there(found, "u") if not holds.certain else None, w.negated(self.complete))
        sql = w.case((self._there(found, "v"), w.FALSE), (doubt, w.NULL), otherwise=w.TRUE)
        return Flag(sql, certain=doubt == w.FALSE)

    def _count(self) -> Value:
        meets = self._meets()
        number = exp.Count(this=w.case((w.is_true(meets.sql), w.whole(1))))
        columns = {"v": number, "u": any_of(w.is_null(meets.sql))}
        found = self._found(self._query(columns, w.not_false(meets.sql)))
        doubt = w.either(self._there(found, "u") if not meets.certain else None, w.negated(self.complete))
        value = w.given_or(w.column("v", found), w.whole(0))
        if doubt == w.FALSE:
            return Value(value, present=True)
        return Value(w.case((w.negated(doubt), value)), doubt, present=True, floor=value)

    def _numbers(self) -> tuple[Value, Flag, Sql]:
        """The number of each person, whether that person counts, and which persons have to be looked at."""
        assert self.given.of is not None
        value, where = self.inner.compiler.value(self.given.of), self._flag(self.given.where)
        return value, where, w.both(w.not_false(where.sql), w.negated(none_of(value)))

    def _sum(self) -> Value:
        value, where, counted = self._numbers()
        unknown = w.either(unknown_of(value), w.FALSE if where.certain else w.is_null(where.sql))
        if unknown == w.FALSE and self.complete == w.TRUE:
            found = self._found(self._query({"v": exp.Sum(this=value.sql)}, counted))
            return replace(Value(w.given_or(w.column("v", found), w.whole(0)), present=True), scale=value.scale)
        found = self._found(self._sum_with_floor(value, where, counted, unknown))
        doubt = w.either(self._there(found, "u"), w.negated(self.complete))
        total = w.given_or(w.column("v", found), w.whole(0))
        floor = w.case((w.both(self.complete, self._there(found, "b")), total))
        return Value(w.case((w.negated(doubt), total)), doubt, True, value.scale, floor=floor)

    def _sum_with_floor(self, value: Value, where: Flag, counted: Sql, unknown: Sql) -> exp.Select:
        """v: the sum of what each adds at least. b: whether that is a floor: nothing below zero from the first unknown on."""
        low = value.sql if value.floor is None else w.given_or(value.sql, value.floor)
        if not where.certain:
            low = w.case((w.is_null(where.sql), w.case((w.compared(">=", low, w.whole(0)), w.whole(0)))), otherwise=low)
        source, person = self.inner, self.inner.key
        columns = {"subject": source.group, "low": low, "unknown": unknown, "person": person}
        rows = source.source.select([w.named(sql, name) for name, sql in columns.items()], counted)
        first = over(exp.Min(this=w.case((w.column("unknown", "k"), w.column("person", "k")))), [w.column("subject", "k")])
        marked = nested(rows, "k", [*(w.column(name, "k") for name in columns), w.named(first, "first")])
        low, before = w.column("low", "q"), w.compared("<", w.column("person", "q"), w.column("first", "q"))
        ahead = w.given_or(exp.Sum(this=w.case((before, low))), w.whole(0))
        bad = any_of(w.both(w.negated(before), w.either(w.is_null(low), w.compared("<", low, w.whole(0)))))
        made = {
            "v": exp.Sum(this=low),
            "u": any_of(w.column("unknown", "q")),
            "b": w.both(w.compared(">=", ahead, w.whole(0)), w.negated(w.given_or(bad, w.FALSE))),
        }
        subject = w.column("subject", "q")
        return nested(marked, "q", [subject, *(w.named(sql, name) for name, sql in made.items())], group=[subject])

    def _outermost(self) -> Value:
        value, where, counted = self._numbers()
        unknown = w.either(unknown_of(value), w.FALSE if where.certain else w.is_null(where.sql))
        fold = exp.Min if self.given.how == "min" else exp.Max
        found = self._found(self._query({"v": fold(this=value.sql), "u": any_of(unknown)}, counted))
        doubt = w.either(self._there(found, "u") if unknown != w.FALSE else None, w.negated(self.complete))
        sql: Sql = w.column("v", found)
        if doubt == w.FALSE:
            return Value(sql, scale=value.scale, kind=value.kind)
        return Value(w.case((w.negated(doubt), sql)), doubt, False, value.scale, value.kind)
