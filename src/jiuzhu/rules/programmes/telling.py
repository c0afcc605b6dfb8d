"""A test or a line of an amount told with its numbers, in Chinese and English, from the same tree that was worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jiuzhu.rules.phrases import PLAIN, STRONG, Language, lowered, spaced, strong
from jiuzhu.rules.telling import Teller
from jiuzhu.rules.tree import Arithmetic, Both, Call, Compare, Constant, Either, Expression, Name, Title
from jiuzhu.rules.types import type_of

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

# What a name is called; what it, or an expression, is worth here in the words of a language ("" where nobody is spoken of).
Titles = Callable[[Name], Title]
Shown = Callable[[Expression, Language], str]
Codes = Callable[[Name], Mapping[str, Title]]
Truth = Callable[[Expression], "bool | None"]


class ProgrammeTeller(Teller):
    """Says each name with its value the first time, and what a sum comes to."""

    def __init__(self, catalogue: Catalogue, lang: Language, titles: Titles, shown: Shown, codes: Codes, truth: Truth) -> None:
        super().__init__(catalogue, lang, "household", {}, {}, lambda _: "")
        self.titles, self.shown, self.codes_of, self.truth = titles, shown, codes, truth
        self.said: set[str] = set()

    def sentence(self, expression: Expression) -> str:
        """For a page without strong type."""
        self.said = set()
        return spaced(self.say(expression)).replace(STRONG, "").replace(PLAIN, "").strip()

    def _logic(self, node: Both | Either, *, negative: bool) -> str:
        """Of what holds because one of several conditions does, that one; of what fails, the conditions that fail."""
        truth = self.truth(node)
        if truth is isinstance(node, Either):
            deciding = tuple(part for part in node.of if self.truth(part) is truth)
            if len(deciding) == 1 or isinstance(node, Either):
                return self.say(deciding[0], negative=negative)
            node = Both(deciding)
        return super()._logic(node, negative=negative)

    def _name(self, node: Name, *, negative: bool) -> str:
        title = self.titles(node)
        told = title.zh if self.lang == "zh" else lowered(title.en)
        if node.type.kind == "flag":
            told = f"“{told}”"
        told = self.p("not", told) if negative and node.type.kind == "flag" else told
        if node.name in self.said:
            return told
        self.said.add(node.name)
        shown = self.shown(node, self.lang)
        if not shown:
            return told
        value = strong(shown)
        return f"{told}（{value}）" if self.lang == "zh" else f"{told} ({value})"

    def constant(self, node: Constant, beside: Expression | None) -> str:
        codes = self.codes_of(beside) if isinstance(beside, Name) else {}
        word = codes.get(str(node.value))
        return f"“{word.zh if self.lang == 'zh' else word.en}”" if word else super().constant(node, None)

    def _compare(self, node: Compare) -> str:
        """Each side that is a sum also with what it comes to."""
        kind = " day" if type_of(node.left).kind == "date" and node.operator not in ("==", "!=") else ""
        return self.p(node.operator + kind, self._side(node.left, node.right), self._side(node.right, node.left))

    def _side(self, node: Expression, other: Expression) -> str:
        if isinstance(node, Constant):
            return self.constant(node, other)
        told = self.say(node)
        if not isinstance(node, (Arithmetic, Call)):
            return told
        shown = self.shown(node, self.lang)
        if not shown:
            return told
        worth = strong(shown)
        return f"{told}（即 {worth}）" if self.lang == "zh" else f"{told} ({worth})"

    def _call(self, node: Call, *, negative: bool) -> str:
        if node.function == "per" and not isinstance(node.arguments[0], Constant):
            parts = [self._bracketed(part) for part in node.arguments]
            return f"{parts[0]}除以{parts[1]}" if self.lang == "zh" else f"{parts[0]} divided by {parts[1]}"
        if node.function == "greatest" and isinstance(node.arguments[0], Constant) and node.arguments[0].value == 0:
            told = self._bracketed(node.arguments[1])
            return f"{told}（低于 0 按 0 计）" if self.lang == "zh" else f"{told} (nothing if below 0)"
        return super()._call(node, negative=negative)

    def _bracketed(self, node: Expression) -> str:
        told = self.say(node)
        return self.p("bracket", told) if isinstance(node, Arithmetic) else told
