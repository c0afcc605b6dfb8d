"""A rule told to the person it is about, in Chinese and English, from the same tree the engines run (F5)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.dependencies import expressions_of
from jiuzhu.rules.parameters import ParameterValue
from jiuzhu.rules.phrases import GRADE_WORDS, PLAIN, STRONG, Language, number_words, phrase, spaced, strong
from jiuzhu.rules.reading import names_in, words_of
from jiuzhu.rules.telling import Teller
from jiuzhu.rules.tree import Both, Fact, GradeLine, Indicator, MembersInput, Name, ParameterInput, RowInput

NATION = "000000"


def explain(
    indicator: Indicator,
    catalogue: Catalogue,
    lang: Language,
    limit: ParameterValue | None = None,
    *,
    division: str = NATION,
    on: date | None = None,
) -> str:
    """The rule as one sentence. limit: the number in force there and then.

    Other numbers, and the limit if none is given, are those of `division` on day `on`; without a day the newest.
    """
    return "".join(text for text, _ in pieces(indicator, catalogue, lang, limit, division=division, on=on))


def pieces(
    indicator: Indicator,
    catalogue: Catalogue,
    lang: Language,
    limit: ParameterValue | None = None,
    *,
    division: str = NATION,
    on: date | None = None,
) -> list[tuple[str, bool]]:
    """The same in pieces: text, and whether a page sets it in strong type (numbers, windows, grades)."""
    return _split(_Sentence(indicator, catalogue, lang, limit, division, on).whole(), lang)


def explain_fact(fact: Fact, catalogue: Catalogue, lang: Language, *, division: str = NATION, on: date | None = None) -> str:
    """How a fact is found, as one sentence."""

    def number(item: ParameterInput) -> str:
        return _number(catalogue, item, lang, division, on)

    words = words_of(fact.codes, catalogue.codes)
    teller = Teller(catalogue, lang, fact.of, fact.inputs, fact.person_inputs, number, words=words)
    title = fact.title.en if lang == "en" and fact.title.en else fact.title.zh
    told = phrase("sentence", lang, phrase("about", lang, title, teller.say(fact.value)))
    return "".join(text for text, _ in _split(told, lang))


def _number(catalogue: Catalogue, item: ParameterInput, lang: Language, division: str, on: date | None) -> str:
    row = catalogue.parameters.value(item.owner, item.parameter, division, on or date.max)
    return phrase("local limit", lang) if row is None or row.value is None else number_words(row.value, item.type.unit, lang)


class _Sentence:
    def __init__(
        self,
        indicator: Indicator,
        catalogue: Catalogue,
        lang: Language,
        limit: ParameterValue | None,
        division: str,
        on: date | None,
    ) -> None:
        self.item, self.rule, self.catalogue, self.lang = indicator, indicator.rule, catalogue, lang
        self.limit, self.division, self.on = limit, division, on
        uses = Counter(name.name for node in expressions_of(indicator.rule) for name in names_in(node) if name.source == "input")
        for item in indicator.inputs.values():
            inside = (item.where, item.value) if isinstance(item, RowInput) else ()
            inside = (item.where, item.of) if isinstance(item, MembersInput) else inside
            uses.update(name.name for node in inside for name in names_in(node) if name.source == "input")
            if isinstance(item, RowInput) and item.after:
                uses[item.after] += 1
        repeated = frozenset(name for name, count in uses.items() if count > 1)
        self.teller = Teller(catalogue, lang, indicator.of, indicator.inputs, indicator.person_inputs, self.number, repeated)

    def number(self, item: ParameterInput) -> str:
        if self.limit is not None and self.limit.value is not None and item.name == self.rule.limit:
            return number_words(self.limit.value, item.type.unit, self.lang)
        return _number(self.catalogue, item, self.lang, self.division, self.on)

    def limit_value(self) -> Decimal | None:
        """The limit as a number, where it is known."""
        if self.limit is not None:
            return self.limit.value
        item = self.item.inputs.get(self.rule.limit)
        if not isinstance(item, ParameterInput):
            return None
        row = self.catalogue.parameters.value(item.owner, item.parameter, self.division, self.on or date.max)
        return row.value if row is not None else None

    def p(self, key: str, *parts: str) -> str:
        return phrase(key, self.lang, *parts)

    def whole(self) -> str:
        rule = self.rule
        parts = [] if rule.when is None else [self.teller.say(rule.when)]
        if rule.measure is not None:
            measure = self.teller.say(rule.measure)
            parts.append(measure if rule.base is None else self.p("ratio", measure, self.teller.say(rule.base)))
        told = parts[0] if len(parts) == 1 else self.p("and", *parts) if self.lang == "en" else "，".join(parts)
        grades = self._grades()
        if self.lang == "zh" and "年龄" in parts[-1]:
            grades = grades.replace(" 年", " 岁")
        told = self.p("measured", told, grades)
        if rule.also is not None:
            told = self.p("then", told, self.p("also", self.teller.say(rule.also), self._grade(rule.grades[-1])))
        if self._begins_with_person():
            return self.p("sentence", told)
        kind = "person" if self.item.of == "person" else f"{self.item.group} household"
        return self.p("sentence", self.p("about", self.p(kind), told))

    def _begins_with_person(self) -> bool:
        """Whether the sentence begins by saying who is meant: then it needs no "个人：" before it."""
        when = self.rule.when
        first = when.of[0] if isinstance(when, Both) else when
        told = isinstance(first, Name) and first.source == "fact" and first.type.kind == "flag"
        return told and self.item.of == "person" and self.lang == "zh"

    def _grade(self, line: GradeLine) -> str:
        return strong(GRADE_WORDS[line.grade][self.lang == "en"])

    def _bound(self, line: GradeLine) -> str:
        """The number of a line with its way; a line at one time the limit is the limit itself."""
        item = self.item.inputs[self.rule.limit]
        if line.how == "number":
            return self.p(self.rule.way, strong(number_words(line.number, item.type.unit, self.lang)))
        if line.number == 1 and isinstance(item, ParameterInput):
            return self.p(self.rule.way, strong(self.number(item)))
        # Beside a limit that is a ratio itself ("3 倍"), "1.5 倍" alone would be read as the ratio.
        key = "times ratio" if item.type.unit == "ratio" else "times"
        return self.p(self.rule.way, strong(self.p(key, f"{line.number.normalize():f}")))

    def _reachable(self) -> list[GradeLine]:
        """The lines that can fire: none after one that holds as soon as the limit is reached."""
        lines = []
        limit = self.limit_value()
        for line in self.rule.grades:
            lines.append(line)
            rising = self.rule.way in ("at least", "above")
            bound = Decimal(1) if line.how == "times" else limit
            if line.how == "hit" or (
                line.how != "condition" and bound is not None and (line.number <= bound if rising else line.number >= bound)
            ):
                break
        return lines

    def _grades(self) -> str:
        """From the lightest grade to the gravest: the first names the limit, the others how far beyond."""
        lines = list(reversed(self._reachable()))
        if self.rule.measure is not None:
            item = self.item.inputs[self.rule.limit]
            limit = self.p(self.rule.way, strong(self.number(item))) if isinstance(item, ParameterInput) else ""
            first, rest = lines[0], lines[1:]
            at_limit = first.how == "hit" or (first.how == "times" and first.number == 1)
            at_limit = at_limit or (first.how == "number" and first.number == self.limit_value())
            told = self._raises(limit, first) if at_limit else ""
            if not at_limit:
                # The lightest grade begins elsewhere than the limit: both numbers are said.
                told = self.p("reached", limit) + self._raises(self._line(first), first)
            for line in rest:
                told = self.p("then", told, self.p("grade", self._line(line), self._grade(line)))
            return told
        if len(lines) == 1:
            return self._raises("", lines[0]).strip()
        graver = list(reversed(lines))
        told = self._raises(self._line(graver[0]), graver[0])
        for line in graver[1:]:
            last = (
                self.p("rest", self._grade(line)) if line.how == "hit" else self.p("grade", self._line(line), self._grade(line))
            )
            told = self.p("then", told, last)
        return told

    def _raises(self, bound: str, line: GradeLine) -> str:
        article = "an" if line.grade == "orange" else "a"
        return self.p(f"raises {self.item.kind}", bound, self._grade(line), article)

    def _line(self, line: GradeLine) -> str:
        if line.how == "condition" and line.condition is not None:
            return self.teller.say(line.condition)
        return self._bound(line) if line.how in ("times", "number") else ""


def _split(told: str, lang: Language) -> list[tuple[str, bool]]:
    """Marked text to pieces, neighbours of one kind joined."""
    answer: list[tuple[str, bool]] = []
    told = spaced(told) if lang == "zh" else told
    for index, part in enumerate(told.split(STRONG)):
        inside, _, after = part.partition(PLAIN) if index else ("", "", part)
        for text, mark in ((inside, True), (after, False)):
            if text:
                answer.append((text, mark))
    return answer
