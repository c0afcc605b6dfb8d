"""Values, tests and reasons of an assessment in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from jiuzhu.engines.programmes.answers import Missing
from jiuzhu.engines.programmes.world import Seen
from jiuzhu.engines.reference.expressions import evaluate, holds
from jiuzhu.engines.reference.values import NONE, Unknown, Value
from jiuzhu.rules.phrases import Language, number_words
from jiuzhu.rules.programmes.telling import ProgrammeTeller
from jiuzhu.rules.programmes.tree import HOUSEHOLD, MEMBERS, NumberInput, ProgrammeInput, Stated
from jiuzhu.rules.tree import Expression, FactInput, Name, Title
from jiuzhu.rules.types import type_of

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

_SAYS: Mapping[str, Title] = {
    "unset parameter": Title(
        "当地未设置这个标准，请按程序补录后再办", "this local number is not set; have it set, then judge again"
    ),
    "not given": Title("没有申报也没有查到", "nobody has stated it"),
    "in conflict": Title(
        "申报与其他材料推算的结果不一致，请先核实",
        "what is stated and what follows from other facts differ; find out which is right",
    ),
    "not in order": Title("手续不齐，不能提出意见", "this must be in order before there is a proposal"),
}
_MOMENTS = {"as_of": Title("认定之日", "the day of the decision")}


class Voice:
    """Says what one subject's programme says."""

    def __init__(self, catalogue: Catalogue, seen: Seen) -> None:
        self.catalogue, self.seen = catalogue, seen

    def sentence(self, expression: Expression) -> Title:
        told = {}
        languages: tuple[Language, Language] = ("zh", "en")
        for lang in languages:
            told[lang] = ProgrammeTeller(self.catalogue, lang, self.title, self.shown, self.codes, self.truth).sentence(
                expression
            )
        return Title(told["zh"], told["en"])

    # --- names ---

    def title(self, name: Name) -> Title:
        if name.source == "moment":
            return _MOMENTS.get(name.name, Title(name.name, name.name))
        if name.source == "input":
            return self._title_of_input(name.name)
        one = self._stated(name.name)
        return one.title if one is not None else Title(name.name, name.name.replace("_", " "))

    def _title_of_input(self, name: str) -> Title:
        item = self.seen.inputs.get(name)
        if name in self.seen.titles or item is None:
            return self.seen.titles.get(name, Title(name, name.replace("_", " ")))
        if isinstance(item, NumberInput):
            filled = self.seen.filled(item)
            return self.catalogue.programmes.numbers[filled if isinstance(filled, str) else self._any_of(item)].title
        if isinstance(item, FactInput):
            one = self._stated(item.fact)
            return one.title if one is not None else Title(name, name)
        if isinstance(item, ProgrammeInput):
            title = self.catalogue.programmes.texts[item.programme][0].title
            return title if item.gives == "holds" else Title(f"{title.zh}金额", f"amount of {title.en}")
        return Title(name.replace("_", " "), name.replace("_", " "))

    def _any_of(self, item: NumberInput) -> str:
        """The name of one of the numbers that an input may mean, where the fact that says which is not known."""
        pattern = re.sub(r"\\\{[a-z_]+\\\}", "[a-z0-9_]+", re.escape(item.parameter))
        return next(name for name in self.catalogue.programmes.numbers if re.fullmatch(pattern, name))

    def _stated(self, name: str) -> Stated | None:
        facts = self.catalogue.programmes.vocabulary.facts
        for level in (self.seen.level, HOUSEHOLD, MEMBERS):
            if name in facts.get(level, {}):
                return facts[level][name]
        return None

    def codes(self, name: Name) -> Mapping[str, Title]:
        item = self.seen.inputs.get(name.name) if name.source == "input" else None
        if isinstance(item, NumberInput) and not item.by:
            return self.catalogue.programmes.numbers[item.parameter].words
        one = self._stated(item.fact if isinstance(item, FactInput) else name.name)
        return one.codes if one is not None else {}

    # --- values ---

    def truth(self, node: Expression) -> bool | None:
        found = holds(node, self.seen)
        return None if isinstance(found, Unknown) else found

    def shown(self, node: Expression, lang: Language) -> str:
        value = evaluate(node, self.seen)
        if isinstance(value, str) and isinstance(node, Name):
            word = self.codes(node).get(value)
            return value if word is None else word.zh if lang == "zh" else word.en
        return value_words(value, type_of(node).unit, lang)

    # --- reasons ---

    def missing(self, values: Iterable[Value]) -> Iterable[Missing]:
        """Each reason once."""
        reasons = dict.fromkeys(reason for value in values if isinstance(value, Unknown) for reason in value.because)
        for reason in reasons:
            yield Missing(reason.cause, reason.name, self._whose(reason.name, reason.column, reason.cause), _SAYS[reason.cause])

    def _whose(self, name: str, where: str, cause: str) -> Title:
        programmes = self.catalogue.programmes
        if cause == "unset parameter":
            return programmes.numbers[name].title
        if cause == "not in order":
            return next((test.title for test in self.seen.needs if test.name == name), Title(name, name))
        if name in LISTED and not where:
            return LISTED[name]
        level, _, number = where.partition(" ")
        one = programmes.vocabulary.facts.get(level or HOUSEHOLD, {}).get(name)
        title = one.title if one is not None else Title(name, name.replace("_", " "))
        if not where:
            return title
        called = LISTED[level]
        word = self.seen.world.family.name_of(int(number) - 1) if level == MEMBERS else number
        return Title(f"{called.zh}{word}的{title.zh}", f"{title.en} of {called.en} {word}")


LISTED: Mapping[str, Title] = {
    "members": Title("成员", "member"),
    "obligors": Title("义务人", "obligor"),
    "incomes": Title("收入", "income"),
    "expenses": Title("支出", "expense"),
    "deductions": Title("扣减", "deduction"),
    "assets": Title("金融资产", "asset"),
    "homes": Title("房屋", "home"),
    "vehicles": Title("车辆", "vehicle"),
    "businesses": Title("经营主体", "business"),
    "events": Title("事件", "event"),
}


def value_words(value: Value, unit: str, lang: Language) -> str:
    """A value as people read it: 18,000 元, 是, 未知."""
    zh = lang == "zh"
    if isinstance(value, Unknown):
        return "未知" if zh else "not known"
    if value is NONE:
        return "无" if zh else "none"
    if isinstance(value, bool):
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, Fraction)):
        number = Decimal(Fraction(value).numerator) / Decimal(Fraction(value).denominator)
        places = Decimal("0.01") if "yuan" in unit else Decimal("0.0001")
        whole = number if number == number.to_integral_value() else number.quantize(places)
        return number_words(whole, _shown_unit(unit), lang)
    return str(value)


def _shown_unit(unit: str) -> str:
    """Of a product of units the measured one."""
    return "yuan" if "yuan" in unit else unit if "*" not in unit else ""
