"""What an application may say: `application/*.toml`, a file for the household, one for its members, one for each list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from jiuzhu.rules import types
from jiuzhu.rules.expression import parse, parse_flag
from jiuzhu.rules.faults import Fault, Wrong, clipped, nearest, shown
from jiuzhu.rules.programmes.inputs import Sight, read_inputs
from jiuzhu.rules.programmes.tree import LEVELS, NumberName, Stated, Vocabulary
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Constant, Expression, Title, Type
from jiuzhu.rules.units import alike, check_unit, scale_of

FOLDER, NUMBERS = "application", "numbers.toml"
_HOLDS = ("flag", "money", "number", "date", "text", "words")
_YES, _NO = Constant(True, Type("flag")), Constant(False, Type("flag"))


def read_numbers(folders: Iterable[Path], reading: Reading) -> dict[str, NumberName]:
    """The names of local numbers, with their titles; their values are rows of `parameters/`."""
    found: dict[str, NumberName] = {}
    for folder in folders:
        path = folder / FOLDER / NUMBERS
        if not path.is_file():
            continue
        source = Source(path, reading.faults)
        whole = Keys(source, (), source.data)
        for name, keys in whole.named("numbers", required=True):
            title = Title(keys.text("zh", required=True), keys.text("en", required=True))
            words = {code: _titled(keys, code, word) for code, word in keys.table("words").items()}
            one = NumberName(name, title, words, keys.words("also"), keys.text("unit"), keys.text("yearly"))
            _check_number(one, keys, reading)
            keys.done()
            if reading.new("number", name, source):
                found[name] = one
        whole.done()
    return found


def _check_number(one: NumberName, keys: Keys, reading: Reading) -> None:
    try:
        check_unit(one.unit)
        if ("", one.name) in reading.parameters.rows and not alike(reading.parameters.unit("", one.name), one.unit):
            raise Wrong(
                "unit", f"'{one.name}' is in {reading.parameters.unit('', one.name)} in parameters/", "write the same unit"
            )
    except Wrong as error:
        keys.wrong("unit", error)


def _titled(keys: Keys, code: str, word: Any) -> Title:
    if isinstance(word, dict) and isinstance(word.get("zh"), str) and isinstance(word.get("en"), str) and len(word) == 2:
        return Title(word["zh"], word["en"])
    keys.fault("words", "wrong_kind", f"code '{clipped(code)}' has no words", f'write {code} = {{ zh = "…", en = "…" }}')
    return Title("", "")


def read_vocabulary(
    folders: Iterable[Path], numbers: Mapping[str, NumberName], programmes: tuple[str, ...], reading: Reading
) -> Vocabulary:
    """Names and types of all levels first, then how each follows from others: a way may name any fact."""
    files = [(level, folder / FOLDER / f"{level}.toml") for folder in folders for level in LEVELS]
    _check_files(folders, reading)
    sources = [(level, Source(path, reading.faults)) for level, path in files if path.is_file()]
    facts: dict[str, dict[str, Stated]] = {level: {} for level in LEVELS}
    for level, source in sources:
        for name, keys in Keys(source, (), source.data).named("facts", required=True):
            one = _stated(keys, name, level)
            if reading.new(f"fact of {level}", name, source):
                _check_words(one, facts[level].values(), keys)
                facts[level][name] = one
    inputs: dict[str, dict[str, Any]] = {level: {} for level in LEVELS}
    for level, source in sources:
        sight = Sight(level, facts, numbers, reading.tables, programmes)
        whole = Keys(source, (), source.data)
        read_inputs(source, "inputs", whole.table("inputs"), sight)
        inputs[level] = sight.inputs
        for name, keys in whole.named("facts"):
            if name in facts[level]:
                facts[level][name] = _with_ways(keys, facts[level][name], sight)
        whole.done()
    return Vocabulary(facts, inputs)


def _check_files(folders: Iterable[Path], reading: Reading) -> None:
    """A file of no level would be passed over in silence."""
    for folder in folders:
        for path in sorted((folder / FOLDER).glob("*.toml")):
            if path.stem not in LEVELS and path.name != NUMBERS:
                mend = nearest(path.stem, [*LEVELS, "numbers"])
                reading.faults.append(Fault(shown(path), 0, "unread", "this file is not read", mend))


def _stated(keys: Keys, name: str, level: str) -> Stated:
    """What a fact is; how it follows from others is read when all names are known."""
    title = Title(keys.text("zh", required=True), keys.text("en", required=True))
    holds: str = keys.text("holds", required=True, one_of=_HOLDS, default="number")
    unit = "yuan" if holds == "money" else keys.text("unit")
    try:
        check_unit(unit)
    except Wrong as error:
        keys.wrong("unit", error)
        unit = ""
    code_words: dict[str, str] = {}
    codes = {code: _titled(keys, code, _without_also(code, word, code_words)) for code, word in keys.table("codes").items()}
    kind: Mapping[str, Type] = {
        "flag": Type("flag"),
        "date": Type("date"),
        "text": Type("text"),
        "money": Type("number", unit, 2),
        "number": Type("number", unit, keys.whole("decimals", default=scale_of(unit) if unit else 0)),
        "words": Type("number"),
    }
    return Stated(
        name, level, title, kind[holds], codes, code_words, keys.words("also"), stated=not keys.flag("derived"),
        several=holds == "words", negative=keys.flag("negative"),
    )  # fmt: skip


def _without_also(code: str, word: Any, code_words: dict[str, str]) -> Any:
    """The titles of a code; other words for it are put beside."""
    if not isinstance(word, dict) or not isinstance(word.get("also"), list):
        return word
    code_words |= {str(other): code for other in word["also"]}
    return {key: value for key, value in word.items() if key != "also"}


def _check_words(one: Stated, others: Iterable[Stated], keys: Keys) -> None:
    for other in (each for each in others if one.stated and each.stated):
        for word in {one.name, *one.also} & {other.name, *other.also}:
            keys.fault("also", "twice", f"'{word}' already means '{other.name}'", "one word means one fact")


def _with_ways(keys: Keys, one: Stated, sight: Sight) -> Stated:
    for asked in ("zh", "en", "holds", "unit", "codes", "also", "derived", "decimals", "negative"):
        keys.asked.add(asked)
    ways: list[tuple[Expression | None, Expression]] = []
    instead: Expression | None = None
    absent: Expression | Literal["none"] | None = None
    try:
        for index, line in enumerate(keys.tables("ways")):
            part = Keys(keys.source, (*keys.at, "ways", index), line)
            when = parse_flag(part.text("when"), sight.scope(), "'when'") if part.has("when") else None
            ways.append((when, _fitting(one, parse(part.text("value", required=True), sight.scope()))))
            part.done()
        if keys.has("value"):
            ways.append((None, _fitting(one, parse(keys.text("value"), sight.scope()))))
        if keys.has("else"):
            instead = _fitting(one, parse(keys.text("else"), sight.scope()))
        absent = _absent(keys.text("absent", default="unknown"), one, sight)
    except Wrong as error:
        keys.wrong("", error)
    keys.done()
    return replace(one, ways=tuple(ways), instead=instead, absent=absent)


def _absent(word: str, one: Stated, sight: Sight) -> Expression | Literal["none"] | None:
    """unknown; yes; no; none; or an expression: what is so where nobody says otherwise."""
    if word == "unknown":
        return None
    if word == "none":
        return "none"
    if one.type.kind == "flag" and word in ("yes", "no"):
        return _YES if word == "yes" else _NO
    return _fitting(one, parse(word, sight.scope()))


def _fitting(one: Stated, value: Expression) -> Expression:
    found = types.type_of(value)
    if found.kind != one.type.kind or (found.kind == "number" and not alike(found.unit, one.type.unit)):
        raise Wrong("type", f"'{one.name}' is a {types.called(one.type)}, its value a {types.called(found)}", "mend one of them")
    if one.codes and isinstance(value, Constant) and value.value not in one.codes:
        raise Wrong("code", f"'{value.value}' is not a code of '{one.name}'", nearest(str(value.value), one.codes))
    return value
