"""`assess`: one family judged by the programmes of the catalogue, from a file of facts; nothing of it is kept."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from jiuzhu.engines.programmes import Assessment, ProgrammeAnswer, TestAnswer, assess, plain
from jiuzhu.portals.cli.answers import Refused, answer
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.faults import nearest
from jiuzhu.rules.phrases import Language, number_words
from jiuzhu.rules.programmes.family import FamilyRefused, read_family
from jiuzhu.rules.tree import Title

ALL = "all"
# Asked for by the name of the whole: who may enter dibao alone is told with dibao.
_WITH = {"dibao": ("single_person_dibao",), "tekun": ("tekun_care",)}
_WORDS: Mapping[str, tuple[str, str]] = {
    "granted": ("符合", "granted"),
    "recognised": ("符合，予以认定", "recognised"),
    "refused": ("不符合", "not granted"),
    "unknown": ("不能判断", "cannot be decided yet"),
    "monthly": ("每月 {0}", "{0} a month"),
    "yearly": ("每年 {0}", "{0} a year"),
    "once": ("一次性 {0}", "{0} once"),
    "true": ("符合", "holds"),
    "false": ("不符合", "does not hold"),
    "open": ("不明", "not known"),
    "class": ("家庭主类别：{0}", "Main class of the household: {0}"),
    "none": ("不属于任何一类", "none"),
    "no class": ("还不能确定", "cannot be decided yet"),
    "days": ("申请 {0}，认定 {1}，适用 {2} 的标准", "applied {0}, decided {1}, numbers of {2}"),
    "member": ("成员{0}", "member {0}"),
    "missing": ("缺少：{0}——{1}", "missing: {0}: {1}"),
    "unmet": ("不符合之处：{0}", "does not fit: {0}"),
    "numbers": ("所用标准：", "Numbers used:"),
    "number": ("{0} {1}：{2}（{3}）", "{0} {1}: {2} ({3})"),
    "brought": ("随事实带来", "brought along"),
    "instead": ("随事实带来，目录中为 {0}", "brought along; the catalogue has {0}"),
    "since": ("{0}，{1} 起，{2}", "{0}, from {1}, {2}"),
    "low": ("{0}，可信度低，须核实", "{0}, low confidence, to be verified"),
    "undated": ("{0}，{1}", "{0}, {1}"),
    "would": ("如其余条件成立，金额为 {0}", "if the rest holds, the amount is {0}"),
    "note": ("注意：{0}", "note: {0}"),
    "exclusion": ("排除情形", "exclusion"),
    "article": ("《{0}》第{1}条", "{0}, art. {1}"),
    "part": ("《{0}》{1}", "{0}, {1}"),
}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    judged = commands.add_parser(
        "assess", parents=[common], help="judge one family from a file of facts: class, programmes, amounts, and why"
    )
    judged.add_argument("programme", metavar="PROGRAMME|all", help="the code of a programme, such as dibao, or all")
    judged.add_argument("facts", type=Path, metavar="FACTS.toml", help="docs/how-to/assess-a-family.md says what it holds")
    judged.add_argument("--english", action="store_true", help="answer in English")
    judged.add_argument("--json", action="store_true")
    judged.set_defaults(act=_assess, operation="family.assess")


def _assess(asked: argparse.Namespace) -> int:
    catalogue = public.catalogue(*asked.catalogue)
    if not asked.facts.is_file():
        raise Refused(f"{asked.facts} is not there", code="no_file", file=str(asked.facts), next="give the file of one family")
    code = ALL if asked.programme == ALL else catalogue.programmes.named(asked.programme)
    if code is None:
        raise Refused(
            f"there is no programme '{asked.programme}'",
            code="programme",
            value=asked.programme,
            next=nearest(asked.programme, [ALL, *catalogue.programmes.words()]),
        )
    try:
        family = read_family(asked.facts, catalogue.programmes)
    except FamilyRefused as refusal:
        raise Refused(str(refusal), code="facts", file=str(asked.facts), next="mend the file and judge again") from None
    codes = () if code == ALL else (code, *_WITH.get(code, ()))
    if codes and code not in catalogue.programmes.codes(family.on):
        raise Refused(
            f"'{code}' has no text in force on {family.on}",
            code="programme",
            rule="a text holds from its day on",
            next="see catalogue/programmes",
        )
    told = assess(catalogue, family, codes)
    if asked.json:
        answer(plain(told, _wanted(told, code)))
    else:
        print("\n".join(_Page(catalogue, told, "en" if asked.english else "zh").lines(code)))
    return 0


def _wanted(told: Assessment, programme: str) -> list[ProgrammeAnswer]:
    """What was asked for; what is told with it only where it is given."""
    return [one for one in told.answers if programme in (ALL, one.code) or one.outcome == "granted"]


class _Page:
    """The answer in the words of one language."""

    def __init__(self, catalogue: Catalogue, told: Assessment, lang: Language) -> None:
        self.catalogue, self.told, self.lang = catalogue, told, lang

    def w(self, key: str, *parts: object) -> str:
        return _WORDS[key][self.lang == "en"].format(*parts)

    def t(self, title: Title) -> str:
        return title.zh if self.lang == "zh" else title.en

    def lines(self, programme: str) -> Iterable[str]:
        told = self.told
        yield self.w("class", self.class_word(told.household_class))
        if told.household_class is None:
            states = {True: "true", False: "false", None: "open"}
            yield "  " + self.semicolon.join(
                f"{self.class_word(code)}{self.colon}{self.w(states[held])}" for code, held in told.classes
            )
        place = f"{told.division} {public.division_name(told.division)}".strip()
        yield self.w("days", told.applied_on, told.on, place)
        answers = _wanted(told, programme)
        for one in answers:
            if programme != ALL or one.rank or one.outcome != "refused":
                yield ""
                yield from self.programme(one, whole=programme != ALL or one.outcome != "refused")
        short = [one for one in answers if programme == ALL and not one.rank and one.outcome == "refused"]
        if short:
            yield ""
            yield from (self.short(one) for one in short)
        yield ""
        yield self.w("numbers")
        yield from (f"  {self.number(one)}" for one in told.numbers if one.value is not None)

    def class_word(self, code: str | None) -> str:
        if code is None:
            return self.w("no class")
        return self.w("none") if code == "none" else self.t(self.catalogue.programmes.texts[code][0].title)

    def head(self, one: ProgrammeAnswer) -> str:
        who = (
            f"（{self.w('member', one.called)}）"
            if one.called and self.lang == "zh"
            else f" ({self.w('member', one.called)})"
            if one.called
            else ""
        )
        return f"{self.t(one.title)}{who}"

    def programme(self, one: ProgrammeAnswer, *, whole: bool) -> Iterable[str]:
        if not whole:
            yield self.short(one)
            yield from (f"  {self.test(test)}" for test in one.tests if test.holds is (test.kind == "exclusion"))
            return
        said = self.w("recognised" if one.outcome == "granted" and one.pays == "status" else one.outcome)
        amount = "" if one.amount is None or one.pays not in _WORDS else self.join(self.w(one.pays, self.yuan(one.amount)))
        yield f"{self.head(one)}{self.colon}{said}{amount}"
        for test in one.tests:
            yield f"  {self.test(test)}"
        for line in one.lines if one.outcome != "refused" else ():
            worth = self.w("open") if line.value is None else self.yuan(line.value)
            says = f"{self.t(line.sentence)} = " if self.t(line.sentence) else ""
            yield f"  {self.t(line.title)}{self.colon}{says}{worth}"
        if one.outcome == "unknown" and one.would_be is not None and one.lines:
            yield f"  {self.w('would', self.yuan(one.would_be))}"
        yield from (f"  {self.w('note', self.t(note))}" for note in one.notes)
        for gap in one.missing:
            yield f"  {self.w('missing', self.named(gap), self.t(gap.says))}"
        yield f"  {self.laws(one.basis)}"

    def named(self, gap: Any) -> str:
        return f"{self.t(gap.title)} {gap.name}" if gap.cause == "unset parameter" else self.t(gap.title)

    def short(self, one: ProgrammeAnswer) -> str:
        unmet = [self.t(test.title) for test in one.tests if test.holds is (test.kind == "exclusion")]
        told = self.w("unmet", ("、" if self.lang == "zh" else ", ").join(unmet))
        return f"{self.head(one)}{self.colon}{self.w('refused')}{self.join(told)}"

    def test(self, test: TestAnswer) -> str:
        state = {True: "true", False: "false", None: "open"}[test.holds]
        mark = "·" if test.holds is None else "✓" if test.holds is (test.kind != "exclusion") else "✗"
        kind = f"{self.w('exclusion')} " if test.kind == "exclusion" else ""
        said = (
            self.w(state)
            if test.kind != "exclusion"
            else {"true": self.yes(True), "false": self.yes(False), "open": self.w("open")}[state]
        )
        basis = f"  {self.laws(test.basis)}" if test.basis else ""
        return f"{mark} {kind}{self.t(test.title)}{self.colon}{self.t(test.sentence)}{self.join(said)}{basis}"

    def yes(self, value: bool) -> str:
        return ("是" if value else "否") if self.lang == "zh" else ("yes" if value else "no")

    @property
    def colon(self) -> str:
        return "：" if self.lang == "zh" else ": "

    @property
    def semicolon(self) -> str:
        return "；" if self.lang == "zh" else "; "

    def join(self, text: str) -> str:
        return f"，{text}" if self.lang == "zh" else f", {text}"

    def yuan(self, value: Decimal) -> str:
        return number_words(value, "yuan", self.lang)

    def laws(self, basis: Iterable[Mapping[str, str]]) -> str:
        cited = []
        for line in basis:
            law = self.catalogue.laws[line["law"]]
            article = line["article"]
            cited.append(self.w("article" if article[:1].isdigit() else "part", law.title, article))
        return ("依据" if self.lang == "zh" else "basis ") + self.semicolon.join(cited)

    def number(self, one: Any) -> str:
        if isinstance(one.value, Decimal):
            worth = number_words(one.value, one.unit, self.lang)
        else:
            words = self.catalogue.programmes.numbers[one.name].words
            worth = self.t(words[one.value]) if one.value in words else one.value
        return self.w("number", self.t(one.title), one.name, worth, self.origin(one))

    def origin(self, one: Any) -> str:
        if one.source == "brought along":
            return self.w("brought") if one.instead_of is None else self.w("instead", one.instead_of)
        source = self.catalogue.source(one.source, self.lang)
        if one.confidence == "low":
            source = self.w("low", source)
        undated = one.since is None or one.since.year < 1900
        return self.w("undated", one.division, source) if undated else self.w("since", one.division, one.since, source)
