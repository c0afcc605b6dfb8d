"""What is told of declarations by reading them: which inputs of different rules ask the same, which names and facts they use.

Declarations and their expressions are known by what they are, not by their codes: an edited rule is another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from jiuzhu.rules import tree
from jiuzhu.rules.dependencies import expressions_of, facts_of
from jiuzhu.rules.reading import names_in

Declaration = tree.Indicator | tree.Fact
Told = TypeVar("Told")


class Keys:
    """Lives as long as its engine; each thing is read once."""

    def __init__(self) -> None:
        self._told: dict[tuple[Any, ...], Any] = {}
        self._alive: dict[int, object] = {}  # what is known by its identity must not make room for another
        self._numbers: dict[Hashable, int] = {}
        self._shared: dict[tuple[int, ...], dict[str, int]] = {}

    def _of_one(self, one: object, asked: Hashable, work: Callable[[], Told]) -> Told:
        key = (id(one), asked)
        if key not in self._told:
            self._alive[id(one)] = one
            self._told[key] = work()
        told: Told = self._told[key]
        return told

    def of(self, declaration: Declaration, name: str, *, person: bool) -> int:
        """A number for an input of a declaration (person: one of its `[person]` part), equal where another asks the same."""
        return self._of_one(declaration, (name, person), lambda: self._number(self._asked(declaration, name, person)))

    def condition(self, expression: tree.Expression) -> int:
        """A number for an expression, equal where another says the same."""
        return self._of_one(expression, "number", lambda: self._number(expression))

    def names(self, expression: tree.Expression | None) -> list[tree.Name]:
        """All names in an expression."""
        return self._of_one(expression, "names", lambda: names_in(expression))

    def shared(self, indicators: tuple[tree.Indicator, ...], facts: Mapping[str, tree.Fact]) -> Mapping[str, int]:
        """The facts that more than one of these rules and of all facts names, and how many do."""
        asked = tuple(map(id, indicators))  # reading their facts keeps them alive
        if asked not in self._shared:
            declarations: list[Declaration] = [*indicators, *facts.values()]
            named = Counter(code for one in declarations for code in self._facts(one))
            self._shared[asked] = {code: times for code, times in named.items() if times > 1}
        return self._shared[asked]

    def _facts(self, one: Declaration) -> frozenset[str]:
        def work() -> frozenset[str]:
            expressions = expressions_of(one.rule) if isinstance(one, tree.Indicator) else (one.value,)
            return facts_of([*one.inputs.values(), *one.person_inputs.values()], expressions)

        return self._of_one(one, "facts", work)

    def _number(self, asked: Hashable) -> int:
        return self._numbers.setdefault(asked, len(self._numbers))

    def _asked(self, declaration: Declaration, name: str, person: bool) -> Hashable:
        given = (declaration.person_inputs if person else declaration.inputs)[name]
        group = declaration.group if isinstance(declaration, tree.Indicator) else "living"
        others = tuple(sorted(set(self._others(declaration, given, person))))
        return replace(given, name=""), group, others

    def _others(self, declaration: Declaration, given: tree.Input, person: bool) -> Iterable[tuple[str, int]]:
        """The other inputs it names: the same words may mean something else in another rule."""
        named: set[tuple[str, bool]] = set()
        expressions: list[tree.Expression | None] = []
        if isinstance(given, tree.RowInput):
            expressions += [given.where, given.value]
            bare = [given.after, *((given.window.number, given.window.shift) if given.window else ())]
            named |= {(name, person and name in declaration.person_inputs) for name in bare if isinstance(name, str)}
        elif isinstance(given, tree.MembersInput):
            expressions += [given.where, given.of]
        named |= {
            (name.name, name.source == "person_input")
            for expression in expressions
            for name in self.names(expression)
            if name.source in ("input", "person_input")
        }
        for name, inner in named:
            if name in (declaration.person_inputs if inner else declaration.inputs):
                yield f"{name} {inner}", self.of(declaration, name, person=inner)
