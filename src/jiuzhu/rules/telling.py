"""Expressions and inputs of a tree in words; each thing a tree can hold has one template in `phrases`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from jiuzhu.rules.phrases import LABELS, Language, lowered, number_words, phrase, strong, yes_or_no
from jiuzhu.rules.reading import words_of
from jiuzhu.rules.tree import (
    Arithmetic,
    Both,
    Call,
    Choose,
    Compare,
    Constant,
    Either,
    Expression,
    FactInput,
    Input,
    MembersInput,
    Name,
    Not,
    OneOf,
    ParameterInput,
    RowInput,
    Subject,
    Title,
    Window,
)
from jiuzhu.rules.types import type_of

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

_DAYS = ("date", "month", "quarter", "instant")


class Teller:
    """Says the parts of one rule or fact.

    number: the words of a parameter. repeated: inputs named more than once, which get a letter the first time.
    words: the codes a text fact may be.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        lang: Language,
        of: Subject,
        inputs: Mapping[str, Input],
        persons: Mapping[str, Input],
        number: Callable[[ParameterInput], str],
        repeated: frozenset[str] = frozenset(),
        words: Mapping[str, str] | None = None,
    ) -> None:
        self.catalogue, self.lang, self.of, self.inputs, self.persons = catalogue, lang, of, inputs, persons
        self.number, self.repeated, self.words = number, repeated, words or {}
        self.labels: dict[str, str] = {}
        self.dataset = ""  # whose columns are spoken of, inside a `where`
        self.of_one_person = of == "person"

    def p(self, key: str, *parts: str) -> str:
        return phrase(key, self.lang, *parts)

    def title(self, title: Title, code: str) -> str:
        if self.lang == "zh":
            return title.zh
        return lowered(title.en or code.replace("_", " "))

    # --- expressions ---

    def say(self, node: Expression, *, negative: bool = False) -> str:
        """Words for an expression; `negative` for a condition that must not hold."""
        match node:
            case Both() | Either():
                return self._logic(node, negative=negative)
            case Not():
                return self.say(node.of, negative=not negative)
            case Compare():
                told = self._compare(node)
                return self.p("not", told) if negative else told
            case OneOf():
                options = [self.constant(option, node.of) for option in node.options]
                key = ("not in" if negative else "in") if len(options) > 1 else "!=" if negative else "=="
                return self.p(key, self.say(node.of), self._joined(options, "options"))
            case Arithmetic():
                return self.p(node.operator, self._operand(node.left, node), self._operand(node.right, node))
            case Constant():
                return self.constant(node, None)
            case Call():
                return self._call(node, negative=negative)
            case Choose():
                return self._choose(node)
            case Name():
                return self._name(node, negative=negative)

    def _logic(self, node: Both | Either, *, negative: bool) -> str:
        """By De Morgan a denied `and` is an `or` of denied parts, which reads better than a denied bracket."""
        key = "and" if isinstance(node, Both) != negative else "or"
        parts = []
        for part in node.of:
            told = self.say(part, negative=negative)
            inner = part.of if isinstance(part, Not) else part
            parts.append(self.p("bracket", told) if isinstance(inner, Both | Either) else told)
        answer = parts[0]
        for part_told in parts[1:]:
            answer = self.p(key, answer, part_told)
        return answer

    def _compare(self, node: Compare) -> str:
        left, right = self.say(node.left), self._against(node.right, node.left)
        if isinstance(node.left, Constant) and not isinstance(node.right, Constant):
            left = self._against(node.left, node.right)
        day = type_of(node.left).kind in _DAYS and node.operator not in ("==", "!=")
        if self.lang == "zh" and "年龄" in left:
            right = right.replace(" 年", " 岁")
        return self.p(f"{node.operator} day" if day else node.operator, left, right)

    def _against(self, node: Expression, other: Expression) -> str:
        return self.constant(node, other) if isinstance(node, Constant) else self.say(node)

    def _operand(self, node: Expression, inside: Arithmetic) -> str:
        told = self.say(node)
        bracket = isinstance(node, Arithmetic) and (node.operator != "*" or inside.operator == "-") and inside.operator != "+"
        return self.p("bracket", told) if bracket else told

    def constant(self, node: Constant, other: Expression | None) -> str:
        """A written value; beside a code column the word of the code, beside a number with a unit that unit."""
        value = node.value
        words = self._codes(other) if other is not None else {}
        shown = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
        if shown in words:
            return self._word(shown, words)
        if isinstance(value, Decimal):
            unit = type_of(other).unit.split("*")[0] if other is not None else node.type.unit
            return strong(number_words(value, unit if unit != "ratio" else "", self.lang))
        return strong(f"“{shown}”")

    def _word(self, code: str, words: Mapping[str, str]) -> str:
        """A code as people know it; English shows the code beside, as the delivered file has it."""
        if self.lang == "zh":
            return strong(words[code])
        said, word = code.replace("_", " "), self.catalogue.english(words[code])
        return strong(word if word == said else f"{said} ({word})")

    def _codes(self, node: Expression) -> Mapping[str, str]:
        """The words of the codes a name may hold."""
        if not isinstance(node, Name):
            return {}
        codes = self.catalogue.codes
        if node.source == "fact":
            return words_of(self.catalogue.facts[node.name].codes, codes)
        if node.source == "column":
            column = self.catalogue.columns(self.dataset).get(node.name) if self.dataset else None
            return words_of(column.codes, codes) if column else {}
        item = (self.persons if node.source == "person_input" else self.inputs).get(node.name)
        if isinstance(item, FactInput):
            return words_of(self.catalogue.facts[item.fact].codes, codes)
        if isinstance(item, RowInput) and isinstance(item.value, Name) and item.value.source == "column":
            return words_of(self.catalogue.columns(item.dataset)[item.value.name].codes, codes)
        return {}

    def _call(self, node: Call, *, negative: bool) -> str:
        if node.function == "per":
            name = str(node.arguments[0].value) if isinstance(node.arguments[0], Constant) else ""
            return self.p("per", self.catalogue.tables[name].title, self.say(node.arguments[1]))
        parts = [self.say(part) for part in node.arguments]
        if node.function == "abs" and isinstance(node.arguments[0], Arithmetic):
            parts = [self.p("bracket", *parts)]
        if node.function in ("least", "greatest"):
            key = f"{node.function} day" if node.type.kind in _DAYS else node.function
            return self.p(key, self._joined(parts))
        if node.function in ("given", "same"):
            return self.p(f"not {node.function}" if negative else node.function, *parts)
        return self.p(node.function, *parts)

    def _choose(self, node: Choose) -> str:
        told = [self.p("case", self.say(when), self._case(value)) for when, value in node.cases]
        told.append(self.p("otherwise", self._case(node.otherwise) if node.otherwise is not None else self.p("none")))
        answer = told[0]
        for part in told[1:]:
            answer = self.p("cases", answer, part)
        return answer

    def _case(self, node: Expression) -> str:
        """The value of a case; a code in the words of the fact it belongs to."""
        if isinstance(node, Constant) and str(node.value) in self.words:
            return self._word(str(node.value), self.words)
        return self.say(node)

    def _joined(self, parts: list[str], key: str = "list") -> str:
        """A, B and C."""
        answer = parts[0]
        for part in parts[1:-1]:
            answer = self.p("comma", answer, part)
        return self.p(key, answer, parts[-1]) if len(parts) > 1 else answer

    # --- names ---

    def _name(self, node: Name, *, negative: bool) -> str:
        if node.source == "moment":
            return self.p(node.name)
        if node.source == "fact":
            return self._fact(node.name, "", negative=negative)
        if node.source == "column":
            column = self.catalogue.columns(self.dataset).get(node.name) if self.dataset else None
            told = self.title(column.title, node.name) if column else node.name.replace("_", " ")
            if node.type.kind != "flag":
                return told
            if self.lang == "zh":
                return yes_or_no(told, negative=negative)
            return f"not {told}" if negative else told
        if node.source == "person_input":
            return self._input(self.persons[node.name], negative=negative)
        if node.name in self.labels:
            told = self.labels[node.name]
            return self.p("not", told) if negative else told
        told = self._input(self.inputs[node.name], negative=negative)
        if node.name in self.repeated and node.type.kind != "flag" and not isinstance(self.inputs[node.name], ParameterInput):
            letters = LABELS[self.lang]
            self.labels[node.name] = letters[len(self.labels) % len(letters)]
            told = self.p("labelled", told, self.labels[node.name])
        return told

    def _fact(self, code: str, via: str, *, negative: bool) -> str:
        fact = self.catalogue.facts[code]
        told = self.title(fact.title, code)
        if via:
            relation = self.title(self.catalogue.relations[via].title, via)
            if fact.type.kind != "flag":
                return self.p("via", relation, told)
            return self.p("not via fact" if negative else "via fact", relation, told)
        if fact.type.kind != "flag":
            return told
        key = "fact" if fact.of == "household" or self.of_one_person else "member fact"
        return self.p(f"not {key}" if negative else key, told)

    def _input(self, item: Input, *, negative: bool = False) -> str:
        if isinstance(item, ParameterInput):
            return strong(self.number(item))
        if isinstance(item, FactInput):
            return self._fact(item.fact, item.via, negative=negative)
        return self._members(item, negative=negative) if isinstance(item, MembersInput) else self._rows(item, negative=negative)

    def _members(self, item: MembersInput, *, negative: bool) -> str:
        relation = self.catalogue.relations.get(item.among)
        who = self.p("household") if relation is None else self.title(relation.title, item.among)
        before, self.of_one_person = (self.dataset, self.of_one_person), True
        self.dataset = relation.dataset if relation is not None else ""
        where = self.say(item.where) if item.where is not None else ""
        of = self.say(item.of) if item.of is not None else ""
        self.dataset, self.of_one_person = before
        if item.how in ("any", "all"):
            return self.p(f"not {item.how}" if negative else item.how, who, where)
        if item.how == "count":
            return self.p("count members", who, where) if where else self.p("count all members", who)
        return self.p(f"{item.how} members", self.p("such members", who, where) if where else who, of)

    # --- rows ---

    def _rows(self, item: RowInput, *, negative: bool) -> str:
        dataset = self.catalogue.datasets[item.dataset]
        before, self.dataset = self.dataset, item.dataset
        named = dataset.title.en or dataset.code if self.lang == "en" else dataset.title.zh
        rows = self.p("rows", named)
        if item.where is not None:
            rows = self.p("rows where", named, self.say(item.where))
        if item.by:
            rows = self.p("by", rows, self._column(item.by))
        if item.newest:
            rows = self.p("newest", rows, strong(str(item.newest)))
        when = self._window(item.window) if item.window is not None else ""
        value = self._joined([self._column(name) for name in item.columns]) if item.aggregate == "distinct" else ""
        if item.value is not None:
            value = self.say(item.value)
        self.dataset = before
        if item.after:
            of_person = item is self.persons.get(item.name) and item.after in self.persons
            source: Literal["person_input", "input"] = "person_input" if of_person else "input"
            bound = (self.persons if of_person else self.inputs)[item.after]
            when += self.p("after", self._name(Name(item.after, source, bound.type), negative=False))
        if item.at and when:
            self.dataset = item.dataset
            when += self.p("at", self._column(item.at))
            self.dataset = before
        key: str = f"run {item.run}" if item.aggregate == "run" else item.aggregate
        if item.aggregate in ("min", "max") and item.type.kind in _DAYS:
            key += " day"
        if item.aggregate == "exists" and negative:
            key = "not exists"
        told = self.p(key, rows, when, value)
        if item.type.kind == "flag" and item.aggregate in ("latest", "first"):
            told = self.p("not yes" if negative else "yes", told)
        if item.keep:
            names = self._joined([self.title(self.catalogue.columns(item.dataset)[name].title, name) for name in item.each])
            told = self.p(f"each {item.keep}", names, told)
        return told

    def _column(self, name: str) -> str:
        return self.title(self.catalogue.columns(self.dataset)[name].title, name)

    def _window(self, window: Window) -> str:
        if window.measure in ("this year", "school year", "last month", "this month"):
            return self.p(window.measure)
        told = self._counted(window.number, window.measure)
        if window.ahead:
            return self.p("ahead", told)
        if window.measure.startswith("closed"):
            figures = [self._figure(window.number)] + ([self._figure(window.shift)] if window.shift else [])
            return self.p(f"{window.measure} window before" if window.shift else f"{window.measure} window", *figures)
        if window.shift:
            return self.p("window before", told, self._counted(window.shift, window.measure))
        return self.p("window", told)

    def _figure(self, number: int | str) -> str:
        """The bare number of a window; of a parameter without its unit."""
        if isinstance(number, int):
            return strong(str(number))
        item = self.inputs[number]
        assert isinstance(item, ParameterInput)
        return strong(self.number(item).split(" ")[0])

    def _counted(self, number: int | str, unit: str) -> str:
        if isinstance(number, int):
            return strong(number_words(Decimal(number), unit, self.lang))
        item = self.inputs[number]
        assert isinstance(item, ParameterInput)
        return strong(self.number(item))
