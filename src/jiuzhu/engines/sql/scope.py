"""What a name stands for while a declaration is compiled for one kind of subject, and the joins its value needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from jiuzhu.engines.sql import places, relations
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.expressions import Compiler
from jiuzhu.engines.sql.query import Join, Source
from jiuzhu.engines.sql.values import Compiled, Value
from jiuzhu.engines.sql.words import Sql
from jiuzhu.rules import tree

if TYPE_CHECKING:
    from jiuzhu.engines.sql.run import Run

Declaration = tree.Indicator | tree.Fact
MOMENTS = ("as_of", "now", "year_start", "month_start")


class Scope:
    """The subjects of one kind as `alias`: all persons, all living households or all hukou households.

    work: works out an input that is no parameter; handed in, since inputs look at scopes and scopes at inputs.
    """

    def __init__(
        self, run: Run, declaration: Declaration, kind: str, work: Callable[[tree.Input, Scope], Compiled], alias: str = "s"
    ) -> None:
        self.run = run
        self.declaration = declaration
        self.kind = kind
        self.alias = alias
        self.work = work
        self.source = Source(run.tables[kind], alias)
        self.compiler = Compiler(self.resolve, run.catalogue.tables)
        self._inputs: dict[str, Compiled] = {}

    @property
    def key(self) -> Sql:
        return w.column("subject", self.alias)

    @property
    def person(self) -> Sql:
        """The position of the person that the subject is."""
        return self.key

    # --- names ---

    def inputs(self) -> Mapping[str, tree.Input]:
        return self.declaration.inputs

    def resolve(self, name: tree.Name) -> Compiled:
        if name.source == "moment":
            return moment(name.name, self.run)
        if name.source == "fact":
            return self.fact(name.name)
        return self.input(name.name)

    def named(self, name: str) -> Compiled:
        """An earlier input, a moment or a fact by its bare name."""
        if name in self.inputs():
            return self.input(name)
        return moment(name, self.run) if name in MOMENTS else self.fact(name)

    def input(self, name: str) -> Compiled:
        if name not in self._inputs:
            given = self.inputs()[name]
            if isinstance(given, tree.ParameterInput):
                self._inputs[name] = self.run.places.parameter(given.owner, given.parameter, given.type.scale, self.place())
            else:
                self._inputs[name] = self.work(given, self)
        return self._inputs[name]

    def parameter_place(self, name: str) -> tuple[tree.ParameterInput, str]:
        """The parameter that stands for the number of a window, and whose place it is asked for."""
        given = self.inputs()[name]
        assert isinstance(given, tree.ParameterInput)
        return given, self.place()

    def fact(self, code: str) -> Compiled:
        """A fact as this subject sees it: a household has a yes/no of persons if any member has."""
        fact = self.run.catalogue.facts[code]
        if self.kind == "person":
            return relations.fact_of_person(code, self, self.alias)
        return self.run.facts[self.kind, code if fact.of == "household" else f"any {code}"](self.alias)

    # --- joins ---

    def join(self, table: str, on: Sql, column: str = "subject") -> str:
        """Joins the row of `table` whose `column` is `on`; gives its alias."""
        alias, condition = f"{self.alias} {table}", None
        taken = {join.alias: join for join in self.source.joins}
        while True:
            condition = w.compared("==", w.column(column, alias), on)
            if alias not in taken or taken[alias].on == condition:
                break
            alias += "'"
        return self.source.join(Join(table, alias, condition))

    def place(self) -> str:
        return self.join(places.TABLE, w.column("place", self.alias), "place")

    def authorised(self) -> Sql:
        return w.column("authorised", self.alias)

    # --- the rows of the subject in a dataset ---

    def rows(self, table: str, alias: str, by: str) -> tuple[Source, Sql]:
        """The rows of a dataset and the subject each belongs to; what is known of the subject may be spoken of beside them."""
        source = Source(table, alias)
        owner: Sql = w.column(self.kind, alias)
        if by and self.kind == "person":
            owner = w.column(by, alias)
        elif by:
            on = w.compared("==", w.column("subject", "named"), w.column(by, alias))
            source.joins.append(Join(self.run.tables["person"], "named", on, inner=True))
            owner = w.column(self.kind, "named")
        self.beside(source, owner)
        return source, owner

    def beside(self, source: Source, owner: Sql) -> None:
        """Lets a query over other rows speak of this subject, whose position is `owner` there."""
        source.joins.append(Join(self.source.table, self.alias, w.compared("==", self.key, owner), inner=True))
        source.beside.append(self.source)

    def aliases(self) -> set[str]:
        return {self.alias, *(join.alias for join in self.source.all_joins())}


def moment(name: str, run: Run) -> Value:
    as_of = run.moment.as_of
    if name == "now":
        return Value(w.whole(int(run.moment.now.timestamp())), present=True, kind="instant")
    days: dict[str, date] = {"as_of": as_of, "year_start": as_of.replace(month=1, day=1), "month_start": as_of.replace(day=1)}
    return Value(w.day(days[name]), present=True, kind="date")
