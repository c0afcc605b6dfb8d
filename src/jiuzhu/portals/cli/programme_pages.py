"""The reference pages of programmes, and of what a file of facts may state, written from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from jiuzhu.rules.phrases import Language, unit_words
from jiuzhu.rules.programmes.telling import ProgrammeTeller
from jiuzhu.rules.programmes.tree import (
    HOUSEHOLD,
    LEVELS,
    MEMBERS,
    NumberInput,
    NumberName,
    Programme,
    ProgrammeInput,
    Stated,
    Test,
)
from jiuzhu.rules.tree import Expression, FactInput, Name, Title

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

MADE = "Made from the catalogue by `make docs`; never by hand."
_PAYS = {
    "monthly": "每月 · monthly",
    "yearly": "每年 · yearly",
    "once": "一次性 · once",
    "service": "服务 · a service",
    "status": "认定 · a status",
}
_LEVELS = {
    "household": "top of the file, or `[household]`",
    **{level: f"`[[{level}]]`" for level in LEVELS if level != HOUSEHOLD},
}


def programmes(catalogue: Catalogue) -> Iterable[str]:
    """Every text in force last, its tests and amount in words, and what places amend."""
    texts = catalogue.programmes.texts
    yield f"# Programmes 救助项目\n\n{MADE} What each gives, to whom, and by which article; the sentences are told from the tree that is"
    yield "worked out. `jiuzhu assess` judges a family by them: [how](../how-to/assess-a-family.md);"
    yield f"what a family may state: [application](application.md). {len(texts)} programmes.\n"
    yield "| programme | title | of | gives | rank |\n| --- | --- | --- | --- | --- |"
    for code in _in_order(catalogue):
        one = texts[code][0]
        yield f"| [`{code}`](#{code}) | {_both(one.title)} | {one.of} | {_PAYS[one.pays]} | {one.rank or ''} |"
    for code in _in_order(catalogue):
        yield from _programme(code, catalogue)


def _in_order(catalogue: Catalogue) -> list[str]:
    texts = catalogue.programmes.texts
    return sorted(texts, key=lambda code: (texts[code][0].rank or 99, code))


def _programme(code: str, catalogue: Catalogue) -> Iterable[str]:
    texts = catalogue.programmes.texts[code]
    national = max((text for text in texts if not text.place), key=lambda text: text.since)
    yield f"\n## {code}\n\n{_both(national.title)}; {national.department}; numbers of the {national.numbers_of}"
    for text in sorted((text for text in texts if not text.place), key=lambda text: text.since):
        until = f" to {text.until}" if text.until else ""
        yield f"- in force from {text.since}{until}: {_laws(text.basis, catalogue)}"
    words = _Words(catalogue, national)
    for kind, tests in (("need", national.needs), ("test", national.tests), ("exclusion", national.exclusions)):
        for test in tests:
            yield from _test(kind, test, words)
    for line in national.amount:
        yield f"- amount, {_both(line.title)}: {words.say(line.value, 'zh')} · {words.say(line.value, 'en')}"
    if national.rounding is not None:
        yield f"- rounded by `{national.rounding.how.parameter}` to `{national.rounding.to.parameter}`"
    if national.topups:
        yield f"- top-ups: {', '.join(f'`{one.pays.parameter}`' for one in national.topups)}"
    yield f"- evidence {'；'.join(national.evidence)}"
    if national.review or national.validity:
        yield f"- reviewed by {', '.join(f'`{name}`' for name in (*national.review, *([national.validity] if national.validity else [])))}"
    numbers = sorted({item.parameter for item in national.inputs.values() if isinstance(item, NumberInput)})
    if numbers:
        yield f"- numbers {', '.join(f'`{name}`' for name in numbers)}"
    for text in texts:
        if text.place and text.until is None:
            yield f"- amended in {text.place.ljust(6, '0')} from {text.since}: {_laws(text.basis[len(national.basis) :], catalogue)}"
            yield from (f"  {line}" for test in text.tests if test not in national.tests for line in _test("test", test, words))


def _test(kind: str, test: Test, words: _Words) -> Iterable[str]:
    basis = f" ({_laws(test.basis, words.catalogue)})" if test.basis else ""
    yield f"- {kind} `{test.name}`{basis}: {words.say(test.holds, 'zh')} · {words.say(test.holds, 'en')}"


class _Words:
    """Tells the expressions of one programme without a family."""

    def __init__(self, catalogue: Catalogue, text: Programme) -> None:
        self.catalogue, self.text = catalogue, text
        self.lines = {line.name: line.title for line in text.amount} | {"topups": Title("分类施保增发", "top-ups")}

    def say(self, node: Expression, lang: Language) -> str:
        return ProgrammeTeller(self.catalogue, lang, self.title, lambda *_: "", self.codes, lambda _: None).sentence(node)

    def title(self, name: Name) -> Title:
        plain = Title(name.name, name.name.replace("_", " "))
        item = self.text.inputs.get(name.name) if name.source == "input" else None
        if name.source == "moment":
            return Title("认定之日", "the day of the decision")
        if name.name in self.text.titles:
            return self.text.titles[name.name]
        if isinstance(item, NumberInput):
            return self._number(item)
        if isinstance(item, ProgrammeInput):
            return self.catalogue.programmes.texts[item.programme][0].title
        if name.source == "input" and not isinstance(item, FactInput):
            return self.lines.get(name.name, plain)
        one = self._stated(item.fact if isinstance(item, FactInput) else name.name)
        return one.title if one is not None else plain

    def _number(self, item: NumberInput) -> Title:
        """Of a name with codes in it the words that its numbers share are not told apart: the name itself says it."""
        known: Mapping[str, NumberName] = self.catalogue.programmes.numbers
        return known[item.parameter].title if item.parameter in known else Title(f"`{item.parameter}`", f"`{item.parameter}`")

    def _stated(self, name: str) -> Stated | None:
        facts = self.catalogue.programmes.vocabulary.facts
        levels = (MEMBERS, HOUSEHOLD) if self.text.of == "person" else (HOUSEHOLD, MEMBERS)
        return next((facts[level][name] for level in levels if name in facts.get(level, {})), None)

    def codes(self, name: Name) -> Mapping[str, Title]:
        item = self.text.inputs.get(name.name)
        if isinstance(item, NumberInput) and item.parameter in self.catalogue.programmes.numbers:
            return self.catalogue.programmes.numbers[item.parameter].words
        one = self._stated(name.name)
        return one.codes if one is not None else {}


def application(catalogue: Catalogue) -> Iterable[str]:
    """The names a file of facts may use."""
    facts = catalogue.programmes.vocabulary.facts
    yield f"# What a family may state 申报事实\n\n{MADE} `jiuzhu assess PROGRAMME|all FACTS.toml` reads these names and refuses any other,"
    yield "with what is near. How such a file is written: [assess a family](../how-to/assess-a-family.md).\n"
    yield "The head of the file: `division` (6, 9 or 12 digits), `on` (the day of the decision), `applied_on` (the day of application; `on` if"
    yield 'absent), `residence_division` and `emergency_division` where they differ. Any fact may be `"unknown"`, or tell its source:'
    yield '`{ value = 18000, source = "report" }`; sources that differ, `{ report = 18000, declaration = 15000 }`, are a conflict.\n'
    yield "*absent* says what is so where nobody states a fact and it does not follow from others."
    for level in LEVELS:
        stated = [one for one in facts.get(level, {}).values() if one.stated]
        if stated:
            yield f"\n## {level}\n\n{_LEVELS[level]}\n\n| fact | other words | title | holds | absent |\n| --- | --- | --- | --- | --- |"
            yield from (_fact(one) for one in stated)
    yield "\n## parameters\n\nNumbers a file may bring along under `[parameters]`; they go before those of the catalogue, and the answer says so.\n"
    yield "| number | other words | title | unit |\n| --- | --- | --- | --- |"
    for number in catalogue.programmes.numbers.values():
        words = "; ".join(f"`{word}` {title.zh}" for word, title in number.words.items())
        also = ", ".join(f"`{word}`" for word in number.also)
        yield f"| `{number.name}` | {also} | {_both(number.title)} | {words or number.unit} |"


def _fact(one: Stated) -> str:
    holds = one.type.kind if one.type.kind != "number" else unit_words(one.type.unit, "en") or "number"
    if one.codes:
        holds = "; ".join(f"`{code}` {_both(title)}" for code, title in one.codes.items())
        holds = f"several of {holds}" if one.several else holds
    absent = "follows from others" if one.ways or one.instead else ""
    if one.absent is not None:
        absent = f"{absent}, else {_absent(one)}".removeprefix(", else ")
    elif not absent:
        absent = "unknown"
    return f"| `{one.name}` | {', '.join(f'`{word}`' for word in one.also)} | {_both(one.title)} | {holds} | {absent} |"


def _absent(one: Stated) -> str:
    """What is so where nobody states it."""
    value = "none" if one.absent == "none" else getattr(one.absent, "value", "worked out")
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _both(title: Title) -> str:
    return f"{title.zh} · {title.en}"


def _laws(basis: Iterable[Mapping[str, str]], catalogue: Catalogue) -> str:
    cited = []
    for line in basis:
        article = line["article"]
        cited.append(f"《{catalogue.laws[line['law']].title}》" + (f"第{article}条" if article[:1].isdigit() else article))
    return "；".join(cited)
