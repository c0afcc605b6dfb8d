"""Which inputs of different rules ask the same, so that it is worked out once a group."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

from jiuzhu.rules import tree
from jiuzhu.rules.reading import names_in

Declaration = tree.Indicator | tree.Fact


class Keys:
    def __init__(self) -> None:
        self._known: dict[tuple[str, str, bool], int] = {}
        self._numbers: dict[Hashable, int] = {}

    def of(self, declaration: Declaration, name: str, *, person: bool) -> int:
        """A number for an input of a declaration (person: one of its `[person]` part), equal where another asks the same."""
        key = (declaration.code, name, person)
        if key not in self._known:
            self._known[key] = self._numbers.setdefault(self._asked(declaration, name, person), len(self._numbers))
        return self._known[key]

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
            for name in names_in(expression)
            if name.source in ("input", "person_input")
        }
        for name, inner in named:
            if name in (declaration.person_inputs if inner else declaration.inputs):
                yield f"{name} {inner}", self.of(declaration, name, person=inner)
