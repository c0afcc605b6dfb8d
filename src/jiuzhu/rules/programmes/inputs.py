"""The inputs of a programme or of a stated fact: local numbers, facts, members and lists, other programmes, and what is worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Literal, cast

from jiuzhu.rules import types
from jiuzhu.rules.cases import read_value
from jiuzhu.rules.expression import parse, parse_flag
from jiuzhu.rules.faults import Wrong, clipped, nearest
from jiuzhu.rules.programmes.tree import (
    HOUSEHOLD,
    LEVELS,
    MEMBERS,
    Input,
    NumberInput,
    NumberName,
    ProgrammeInput,
    Stated,
    WorkedInput,
)
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Expression, FactInput, MembersInput, Name, Table, Title, Type
from jiuzhu.rules.types import Known, Scope
from jiuzhu.rules.units import alike, check_unit, scale_of

KINDS = ("parameter", "fact", "members", "programme", "value", "choose")
MINE = "mine"  # of a thing listed: it is of the member who is the subject
_HOW = ("any", "all", "count", "sum", "min", "max")
_PLACE = re.compile(r"\{([a-z_]+)\}")
_WINDOW = re.compile(r"(?P<number>[0-9]+|[a-z_]+(?:\.[a-z_]+)*) months")
FLAG = Type("flag")


@dataclass
class Sight:
    """What the reader of one file can name. level: of its subject."""

    level: str
    facts: Mapping[str, Mapping[str, Stated]]
    numbers: Mapping[str, NumberName]
    tables: Mapping[str, Table]
    programmes: tuple[str, ...]
    inputs: dict[str, Input] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    titles: dict[str, Title] = field(default_factory=dict)

    def scope(self, among: str = "") -> Scope:
        """The names an expression about the subject may use, or one about the things it lists."""
        known = {name: _known(one, "fact") for name, one in self._own().items()} | self.known
        if among:
            known |= {name: _known(one, "column") for name, one in self.facts.get(among, {}).items()}
            if self.level == MEMBERS and among != MEMBERS:
                known[MINE] = Known(Name(MINE, "column", FLAG))
        return Scope(known, self.tables, divides=True)

    def _own(self) -> dict[str, Stated]:
        """Facts of the subject; of a household also the yes/no facts of its members, which mean any of them."""
        flags = {name: one for name, one in self.facts.get(MEMBERS, {}).items() if one.type.kind == "flag"}
        household = self.facts.get(HOUSEHOLD, {})
        return {**flags, **household} if self.level == HOUSEHOLD else {**household, **self.facts.get(self.level, {})}

    def add(self, item: Input) -> None:
        self.inputs[item.name] = item
        self.known[item.name] = Known(Name(item.name, "input", item.type), self._codes(item))

    def _codes(self, item: Input) -> Mapping[str, str]:
        if isinstance(item, NumberInput):
            words = self.numbers[item.parameter].words if not item.by else {}
            return {code: title.zh for code, title in words.items()}
        return _words(self._own()[item.fact]) if isinstance(item, FactInput) else {}


def _known(one: Stated, source: Literal["fact", "column"]) -> Known:
    return Known(Name(one.name, source, one.type), _words(one))


def _words(one: Stated) -> Mapping[str, str]:
    """Of several words a fact holds only how many."""
    return {} if one.several else {code: title.zh for code, title in one.codes.items()}


def read_inputs(source: Source, at: str, declared: Mapping[str, Any], sight: Sight) -> None:
    """Each input sees those above it; a wrong one is a fault and left out."""
    for name, item in declared.items():
        if not isinstance(item, dict):
            source.fault(
                (at, name), "wrong_kind", f"input '{clipped(name)}' is not a table", f'write {at}.{name} = {{ fact = "…" }}'
            )
            continue
        keys = Keys(source, (at, name), item)
        try:
            sight.add(_input(keys, name, sight))
        except Wrong as error:
            source.wrong((at, name), error)
            continue
        keys.done()


def _input(keys: Keys, name: str, sight: Sight) -> Input:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name) or name in types.MOMENTS:
        raise Wrong(
            "name",
            f"'{clipped(name)}' cannot be the name of an input",
            "write small letters, digits and _; as_of and now are taken",
        )
    kinds = [kind for kind in KINDS if keys.has(kind)]
    if len(kinds) != 1:
        raise Wrong(
            "input", f"input '{name}' has {' and '.join(kinds) or 'none'} of its kinds", f"give one of {', '.join(KINDS)}"
        )
    if keys.has("title"):
        sight.titles[name] = keys.title("title")
    if kinds[0] == "parameter":
        return read_number(keys, name, keys.text("parameter", required=True), sight)
    if kinds[0] == "members":
        return _members(keys, name, sight)
    if kinds[0] == "fact":
        return _fact(keys, name, sight)
    if kinds[0] == "programme":
        return _programme(keys, name, sight)
    if kinds[0] == "choose":
        value = read_value(_as_cases(keys), sight.scope(), {})
    else:
        value = parse(keys.text("value", required=True), sight.scope())
    return WorkedInput(name, value, _unit_of(keys, types.type_of(value)))


def _as_cases(keys: Keys) -> Keys:
    """`choose` is read as the `cases` of a fact are."""
    keys.asked.add("choose")
    return Keys(keys.source, keys.at, {"cases": keys.values["choose"]})


def read_number(keys: Keys, name: str, parameter: str, sight: Sight) -> NumberInput:
    """A local number whose name may hold codes of facts in braces. Raises Wrong for a name no number has."""
    by = tuple(_PLACE.findall(parameter))
    found = [_number_name(each, sight) for each in _expanded(parameter, by, sight)]
    if any(not alike(one.unit, found[0].unit) or bool(one.words) != bool(found[0].words) for one in found):
        raise Wrong("unit", f"numbers called '{parameter}' are in different units", "let one name stand for numbers of one unit")
    on = cast("Literal['decision', 'application']", keys.text("on", one_of=("decision", "application"), default="decision"))
    kind = Type("text") if found[0].words else Type("number", found[0].unit, scale_of(found[0].unit, 1))
    kind = kind if found[0].words else _unit_of(keys, kind)
    return NumberInput(name, parameter, by, on, keys.flag("optional"), kind)


def _expanded(parameter: str, by: tuple[str, ...], sight: Sight) -> Iterator[str]:
    lists = []
    for name in by:
        known = sight.scope().known.get(name)
        if known is None or not known.codes:
            coded = [each for each, one in sight.scope().known.items() if one.codes]
            raise Wrong(
                "parameter", f"'{{{name}}}' in '{parameter}' is no fact with a closed list of codes", nearest(name, coded)
            )
        lists.append(list(known.codes))
    for codes in product(*lists):
        filled = parameter
        for name, code in zip(by, codes, strict=True):
            filled = filled.replace(f"{{{name}}}", code)
        yield filled


def _number_name(name: str, sight: Sight) -> NumberName:
    if name not in sight.numbers:
        raise Wrong("parameter", f"'{clipped(name, 64)}' is not in application/numbers.toml", nearest(name, sight.numbers))
    return sight.numbers[name]


def _fact(keys: Keys, name: str, sight: Sight) -> FactInput:
    """`over` and `before` say of which stretch the fact speaks; they are checked, and the fact itself is of that stretch."""
    code = keys.text("fact", required=True)
    own = sight._own()
    if code not in own:
        raise Wrong("fact", f"fact '{clipped(code)}' is not one an application states of {sight.level}", nearest(code, own))
    over, before = keys.text("over"), keys.text("before", one_of=("", "application", "decision"))
    if bool(over) != bool(before) or (over and not _WINDOW.fullmatch(over)):
        raise Wrong("input", f"over = '{clipped(over)}'", 'write over = "income.window_months months", before = "application"')
    return FactInput(name, code, _unit_of(keys, own[code].type))


def _programme(keys: Keys, name: str, sight: Sight) -> ProgrammeInput:
    code = keys.text("programme", required=True)
    if code not in sight.programmes:
        raise Wrong("programme", f"programme '{clipped(code)}' does not exist", nearest(code, sight.programmes))
    gives = cast("Literal['holds', 'amount']", keys.text("gives", one_of=("holds", "amount"), default="holds"))
    return ProgrammeInput(name, code, gives, FLAG if gives == "holds" else Type("number", "yuan", 2))


def _members(keys: Keys, name: str, sight: Sight) -> MembersInput:
    how = cast("Any", keys.text("members", required=True, one_of=_HOW, default="any"))
    among = keys.text("among", default=HOUSEHOLD)
    level = MEMBERS if among == HOUSEHOLD else among
    if level not in LEVELS[1:]:
        raise Wrong("input", f"among = '{clipped(among)}'", nearest(among, [HOUSEHOLD, *LEVELS[2:]]))
    scope = sight.scope(level)
    where = parse_flag(keys.text("where"), scope, "'where'") if keys.has("where") else None
    of: Expression | None = parse(keys.text("of"), scope) if keys.has("of") else None
    if (how in ("sum", "min", "max")) != (of is not None):
        raise Wrong("input", f'members = "{how}" {"without" if of is None else "with"} `of`', "only sum, min and max take `of`")
    kind = FLAG if how in ("any", "all") else Type("number", "persons" if level == MEMBERS else "")
    return MembersInput(name, how, _unit_of(keys, types.type_of(of) if of is not None else kind), where, of, among)


def _unit_of(keys: Keys, kind: Type) -> Type:
    """The type with the unit the input says, which must fit."""
    unit = keys.text("unit")
    if not unit:
        return kind
    check_unit(unit)
    if kind.kind != "number" or not alike(kind.unit, unit):
        raise Wrong("unit", f"unit = '{unit}' of a {types.called(kind)}", "mend the unit, or leave it out")
    return replace(kind, unit=unit)
