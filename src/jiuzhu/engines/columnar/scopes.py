"""What a name stands for while a declaration is worked out for a group of subjects; each input once a group."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar import steps
from jiuzhu.engines.columnar.calendar import day_number
from jiuzhu.engines.columnar.columns import as_value
from jiuzhu.engines.columnar.groups import Group, Members, of_somebody
from jiuzhu.engines.columnar.members import members_input
from jiuzhu.engines.columnar.rare import Rare
from jiuzhu.engines.columnar.relations import fact_via
from jiuzhu.engines.columnar.row_inputs import row_input
from jiuzhu.engines.columnar.sweeps import possible
from jiuzhu.engines.columnar.values import Index, Mask, Number, Value
from jiuzhu.rules import tree

Whole = npt.NDArray[Any]
Declaration = tree.Indicator | tree.Fact
_NOBODY = np.empty(0, np.intp)
MOMENTS = ("as_of", "now", "year_start", "month_start")


class Scope:
    """A declaration asked of a group."""

    def __init__(self, group: Group, declaration: Declaration) -> None:
        self.group = group
        self.world = group.world
        self.declaration = declaration
        self.words = group.world.columns.words

    def inputs(self) -> Mapping[str, tree.Input]:
        return self.declaration.inputs

    def table(self, code: str) -> tree.Table:
        return self.world.catalogue.tables[code]

    def outermost(self) -> Scope:
        """The scope of the subject around, whose place says which parameters count."""
        return self

    def owner_in_outermost(self) -> Whole:
        return np.arange(self.group.count)

    def parameter(self, name: str) -> tree.ParameterInput:
        given = self.inputs()[name]
        assert isinstance(given, tree.ParameterInput)
        return given

    def of(self, group: Group) -> Scope:
        """The same declaration, asked of others."""
        return Scope(group, self.declaration)

    def by_place(self, given: tree.RowInput) -> bool:
        """Whether an input over rows of divisions asks nothing of a subject but its place."""
        names = [name for one in (given.where, given.value) for name in self.world.keys.names(one)]
        asked = {name.name for name in names if name.source == "input"} | ({given.after} if given.after else set())
        others = [self.inputs().get(name) for name in asked - set(MOMENTS)]
        return all(name.source in ("column", "moment", "input") for name in names) and all(map(self._of_place, others))

    def _of_place(self, given: tree.Input | None) -> bool:
        if isinstance(given, tree.RowInput) and not given.by:
            return self.world.catalogue.datasets[given.dataset].keyed == "division" and self.by_place(given)
        return isinstance(given, tree.ParameterInput)

    def costs(self, expression: tree.Expression) -> int:
        """How dear it is to ask this of everybody: moments and numbers, then facts others ask too, then what is this rule's alone."""
        named = self.world.keys.names(expression)
        if any(name.source == "fact" and name.name not in self.world.shared for name in named):
            return 2
        inputs = [self.inputs()[name.name] for name in named if name.source == "input"]
        return 2 if any(not isinstance(one, tree.ParameterInput) for one in inputs) else 1

    # --- names ---

    def resolve(self, name: tree.Name, at: Index | None) -> Value:
        value = self.whole(name)
        return value if at is None else value.take(at)

    def whole(self, name: tree.Name) -> Value:
        if name.source == "moment":
            return moment(name.name, self)
        return self.fact(name.name) if name.source == "fact" else self.input(name.name)

    def named(self, name: str) -> Value:
        """An earlier input, a moment or a fact by its bare name."""
        if name in self.inputs():
            return self.input(name)
        return moment(name, self) if name in MOMENTS else self.fact(name)

    def key(self, name: str) -> Any:
        """What one input is known by in its group: rules that ask the same share the answer."""
        return self.world.keys.of(self.declaration, name, person=False)

    def input(self, name: str) -> Value:
        given = self.inputs()[name]
        if isinstance(given, tree.ParameterInput):
            return self._number(given)
        key = self.key(name)
        return self.group.spread(key, self._found(given, key))

    def found(self, name: str) -> Value | Rare:
        """An input as it was found: few may have it."""
        given = self.inputs()[name]
        return self._number(given) if isinstance(given, tree.ParameterInput) else self._found(given, self.key(name))

    def _number(self, given: tree.ParameterInput) -> Number:
        places = self.world.places
        return self.group.number_by_place(lambda of: places.number(given.owner, given.parameter, given.type.scale, of))

    def _found(self, given: tree.Input, key: Any) -> Value | Rare:
        group = self.group
        if isinstance(given, tree.RowInput) and self._sooner_for_all(given) and self.alone(given):
            whole, at = group.whole, group.at
            assert whole is not None
            assert at is not None
            return group.found(key, lambda: Scope(whole, self.declaration)._found(given, key).take(at))
        return group.found(key, lambda: self.work(given, key))

    def _sooner_for_all(self, given: tree.RowInput) -> bool:
        """Whether an input is sooner worked out for all that these were chosen from."""
        if self.world.many and possible(given):
            return self.group.most
        return self.group.many_of(given.dataset, given.by)

    def alone(self, given: tree.RowInput) -> bool:
        """Whether an input asks nothing of a subject but its rows and numbers of its place: it may be worked out for others too."""
        if self.world.catalogue.datasets[given.dataset].keyed == "division" and not given.by:
            return False
        names = [name for one in (given.where, given.value) for name in self.world.keys.names(one)]
        asked = {name.name for name in names if name.source == "input"} | ({given.after} if given.after else set())
        others = [self.inputs().get(name) for name in asked - set(MOMENTS)]
        return all(name.source in ("column", "moment", "input") for name in names) and all(map(self._alone, others))

    def _alone(self, given: tree.Input | None) -> bool:
        return isinstance(given, tree.ParameterInput) or (isinstance(given, tree.RowInput) and self.alone(given))

    def few(self, expressions: Iterable[tree.Expression | None]) -> Index | None:
        """The subjects of whom alone these know something that few have; None: there is nothing that few have, or it cannot be told."""
        return self.few_named(name for one in expressions for name in self.world.keys.names(one))

    def few_named(self, names: Iterable[tree.Name]) -> Index | None:
        """The same of what stands under these names."""
        few: list[Index] = []
        for name in names:
            value = self._told(name)
            if value is None:
                return None
            if isinstance(value, Rare):
                few.append(value.at)
        return reduce(steps.united, few) if few else None

    def _told(self, name: tree.Name) -> Value | Rare | None:
        """What a name stands for, as it was found; None where that is not looked up for everybody."""
        if name.source == "moment":
            return moment(name.name, self)
        if name.source == "fact":
            return self.group.fact_found(name.name)
        given = self.inputs().get(name.name) if name.source == "input" else None
        if isinstance(given, tree.FactInput) and not given.via:
            return self.group.fact_found(given.fact)
        return self.found(name.name) if isinstance(given, tree.RowInput | tree.ParameterInput) else None

    def rest(self) -> Scope:
        """The scope of everybody else; only for expressions of which `few` is known.

        What is not alike for all of them stands there as of nobody: as arrays of no entry. A plain answer holds whatever they are.
        """
        return RestScope(self.group, self.declaration)

    def work(self, given: tree.Input, key: Hashable) -> Value | Rare:
        """key: what the input is known by."""
        match given:
            case tree.RowInput():
                return row_input(given, self, key)
            case tree.MembersInput():
                return members_input(given, self)
            case tree.FactInput(via=""):
                return self.fact(given.fact)
            case tree.FactInput():
                return fact_via(given, self)
        raise TypeError(f"a parameter needs no working out: {given}")

    def fact(self, code: str) -> Value:
        return self.group.fact(code)

    def beside(self, members: Members, relation: str = "", rows: Any = None) -> MemberScope:
        """The people of these subjects, asked beside them. relation, rows: the relation of many that led to them, and its rows."""
        return MemberScope(self, members, relation, rows)


class RestScope(Scope):
    """Those who have nothing that only few have: one answer for all of them, where it is plain."""

    def input(self, name: str) -> Value:
        given = self.inputs()[name]
        return self.fact(given.fact) if isinstance(given, tree.FactInput) else _of_rest(self.found(name))

    def fact(self, code: str) -> Value:
        return _of_rest(self.group.fact_found(code))


def _of_rest(value: Value | Rare) -> Value:
    return value.rest if isinstance(value, Rare) else value.take(_NOBODY)


class MemberScope(Scope):
    """People beside the subjects they belong to: members of a household, or those a relation of many leads to."""

    def __init__(self, outer: Scope, members: Members, relation: str = "", rows: Any = None) -> None:
        super().__init__(members.group, outer.declaration)
        self.outer = outer
        self.owner = members.owner
        self.relation = relation
        self.rows = rows
        self.nobody: Mask = members.group.positions < 0 if relation else False

    def inputs(self) -> Mapping[str, tree.Input]:
        return self.declaration.person_inputs

    def key(self, name: str) -> Any:
        return self.world.keys.of(self.declaration, name, person=True)

    def only(self, at: Index) -> MemberScope:
        """Some of these people."""
        rows = None if self.rows is None else self.rows[at]
        return MemberScope(self.outer, Members(self.group.among(at), self.owner[at]), self.relation, rows)

    def by_place(self, given: tree.RowInput) -> bool:
        """People beside a subject may live elsewhere than it, and it says which numbers count."""
        return False

    def alone(self, given: tree.RowInput) -> bool:
        names = [name for one in (given.where, given.value) for name in self.world.keys.names(one)]
        sizes = (given.window.number, given.window.shift) if given.window is not None else ()
        bare = given.after in ("", *MOMENTS) and not any(isinstance(size, str) for size in sizes)
        keyed = self.world.catalogue.datasets[given.dataset].keyed == "division" and not given.by
        return bare and not keyed and all(name.source in ("column", "moment") for name in names)

    def outermost(self) -> Scope:
        return self.outer.outermost()

    def owner_in_outermost(self) -> Whole:
        return self.outer.owner_in_outermost()[self.owner]

    def parameter(self, name: str) -> tree.ParameterInput:
        return self.outer.parameter(name)

    def resolve(self, name: tree.Name, at: Index | None) -> Value:
        if name.source == "input":
            return self.outer.resolve(name, self.owner if at is None else self.owner[at])
        if name.source == "column":
            dataset = self.world.catalogue.relations[self.relation].dataset
            cells = self.world.columns.relation_cells(self.relation, name.name)
            return as_value(cells, self.world.columns.column_of(dataset, name.name), self.rows if at is None else self.rows[at])
        return super().resolve(name, at)

    def named(self, name: str) -> Value:
        if name in self.inputs():
            return self.input(name)
        return self.outer.named(name).take(self.owner) if name in self.outer.inputs() else super().named(name)

    def input(self, name: str) -> Value:
        return of_somebody(super().input(name), self.nobody)

    def fact(self, code: str) -> Value:
        return of_somebody(super().fact(code), self.nobody)


def moment(name: str, scope: Scope) -> Number:
    as_of = scope.world.moment.as_of
    if name == "now":
        return Number(int(scope.world.moment.now.timestamp()), kind="instant")
    days = {"as_of": as_of, "year_start": as_of.replace(month=1, day=1), "month_start": as_of.replace(day=1)}
    return Number(day_number(days[name]), kind="date")
