"""Small cases for engines: a rule, a few rows, and what must come out. Cases of one day run together in one base."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from jiuzhu.engines import engine
from jiuzhu.engines.base import LEVELS, Base, Engine, Known, Result, value_scale
from jiuzhu.rules.tree import Call, Constant, Expression, GradeLine, Indicator, Name, ParameterInput, Rule, Type
from jiuzhu.rules.types import type_of
from tests.support.small_base import AS_OF, Delivered, Person, SmallBase
from tests.support.small_catalogue import DATASETS, Shelf, small_catalogue

EPOCH = date(2000, 1, 1)
# Every rule of a base is asked of all its people: too many cases together cost the judge their square.
TOGETHER = 50
PLACE = "370502001001"


@dataclass(frozen=True)
class AtLeast:
    """Unknown, with a floor."""

    floor: Any


@dataclass(frozen=True)
class Hit:
    """value and threshold as the result has them: whole numbers."""

    grade: str
    value: int | None = 1
    threshold: int | None = None


Gives = bool | int | float | str | date | Decimal | AtLeast | Hit


@dataclass(frozen=True)
class Case:
    """text: inputs and rule as in a file. asks: "rule", or the name of an input whose value is asked for.

    gives: of a rule Hit, "no" or "unknown"; of an input its value, "none", "unknown" or AtLeast.
    about: the person, living household or hukou household of `people` that is meant. delivered: by dataset at the first place,
    "dataset@1" at the second, what differs from a fresh delivery; None: never delivered. alone: in a base of its own.
    """

    says: str
    text: str
    gives: Gives
    asks: str = "rule"
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    people: Sequence[Person] = (Person(),)
    places: Sequence[str] = (PLACE,)
    relations: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    delivered: Mapping[str, Delivered | None] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Mapping[int, Any]] = field(default_factory=dict)
    about: int = 0
    as_of: date = AS_OF
    now: datetime | None = None
    alone: bool = False


def value(says: str, x: str, *, gives: Gives, before: str = "", **more: Any) -> Case:
    """A case about the input `x` of a rule; before: further lines of the file (other inputs, `of`)."""
    rule = 'rule = { when = "given(x)", grades = { blue = "hit" } }'
    return Case(says, f"{before}\ninputs.x = {{ {x} }}\n{rule}", gives, "x", **more)


@dataclass(frozen=True)
class _Batch:
    base: Base
    indicators: tuple[Indicator, ...]
    # Per case: its indicators, the one that says whether there is a value and the one that says which, and the subject.
    asked: Mapping[int, tuple[Indicator, Indicator | None, int]]


class Cases:
    """Lays cases out in a few bases and runs each engine once on each. made: an engine of a name for a catalogue."""

    def __init__(self, cases: Sequence[Case], made: Callable[[str, Known], Engine] = engine) -> None:
        self.cases = cases
        self.made = made
        self.shelf: Shelf = small_catalogue()
        groups: dict[Any, list[int]] = {}
        for index, case in enumerate(cases):
            part = index if case.alone else -1 - index // TOGETHER
            groups.setdefault((case.as_of, case.now, part), []).append(index)
        self.group_of = {index: key for key, group in groups.items() for index in group}
        self.groups = groups
        self._batches: dict[Any, _Batch] = {}
        self._results: dict[Any, Mapping[str, Any]] = {}

    def answer(self, engine_name: str, index: int) -> Gives:
        """What an engine says of one case, in the words of `gives`."""
        key = self.group_of[index]
        if (engine_name, key) not in self._results:
            self._results[engine_name, key] = self._run(engine_name, self.batch(key))
        found = self._results[engine_name, key]
        first, second, subject = self.batch(key).asked[index]
        outcome = _outcome(found[first.code], subject)
        return outcome if second is None else _valued(outcome, found[second.code], second, subject)

    def batch(self, key: Any) -> _Batch:
        if key not in self._batches:
            self._batches[key] = self._laid_out(self.groups[key])
        return self._batches[key]

    def _run(self, engine_name: str, batch: _Batch) -> dict[str, Any]:
        """The result by indicator; where a rule breaks the engine, the others still run, and the fault stands in its place."""
        made = self.made(engine_name, self.shelf.catalogue)
        try:
            return dict(outcomes(made.run(batch.base, batch.indicators), batch.indicators))
        except Exception:
            found: dict[str, Any] = {}
            for indicator in batch.indicators:
                try:
                    found |= outcomes(made.run(batch.base, [indicator]), [indicator])
                except Exception as fault:
                    found[indicator.code] = fault
            return found

    def _laid_out(self, indexes: Sequence[int]) -> _Batch:
        first = self.cases[indexes[0]]
        small = SmallBase(self.shelf.catalogue, first.as_of, first.now)
        asked = {}
        for index in indexes:
            case = self.cases[index]
            subject = _added(case, small)
            indicators = self._indicators(index, case)
            asked[index] = (*indicators, subject[_subject_kind(indicators[0])])
        every = [indicator for one, two, _ in asked.values() for indicator in (one, two) if indicator is not None]
        return _Batch(small.made(), tuple(every), asked)

    def _indicators(self, index: int, case: Case) -> tuple[Indicator, Indicator | None]:
        first = self.shelf.indicator(f"C{index:03}", case.text, case.parameters)
        if case.asks == "rule":
            return first, None
        kind = first.inputs[case.asks].type
        if kind.kind == "flag":
            rule = replace(first.rule, when=Name(case.asks, "input", kind))
            return replace(first, rule=rule), None
        limit = ParameterInput("any", "", "any.number", kind)
        lines = (GradeLine("blue", "times", Decimal(1)),)
        rule = Rule(None, _as_number(Name(case.asks, "input", kind)), None, "any", "at least", None, lines)
        return first, replace(first, code=f"C{index:03}-value", inputs={**first.inputs, "any": limit}, rule=rule)


def _as_number(name: Name) -> Expression:
    if name.type.kind == "date":
        return Call("days", (Constant(EPOCH, Type("date")), name), Type("number", "days"))
    if name.type.kind == "month":
        return Call("months", (Constant(EPOCH, Type("date")), name), Type("number", "months"))
    return name


def _subject_kind(indicator: Indicator) -> Literal["person", "living", "hukou"]:
    return "person" if indicator.of == "person" else indicator.group


def _added(case: Case, small: SmallBase) -> Mapping[str, int]:
    """Puts the people and rows of a case behind those already there; gives the position of who is meant, by kind."""
    first_person, first_place = len(small.people), len(small.places)
    first_household = max((person.household for person in small.people), default=-1) + 1
    first_hukou = max((person.hukou for person in small.people), default=-1) + 1

    def moved(number: Any, first: int) -> Any:
        return number if number is None or number < 0 else number + first

    small.places.extend(case.places)
    for person in case.people:
        household, hukou = moved(person.household, first_household), moved(person.hukou, first_hukou)
        small.people.append(Person(household, hukou, person.place + first_place, person.authorised))
    for code, rows in case.rows.items():
        ids = {"person": first_person, "household": first_household}
        ids |= {name: first_person for name, column in small.catalogue.columns(code).items() if column.type.kind == "person"}
        for number, row in enumerate(rows):
            own = {"person": 0, "record_id": f"r{number:03}", **row}
            small.rows.setdefault(code, []).append(
                {name: moved(cell, ids[name]) if name in ids else cell for name, cell in own.items()}
            )
    for code, rows in case.relations.items():
        for row in rows:
            ends = {"person": moved(row.get("person", 0), first_person), "other": moved(row["other"], first_person)}
            small.relations.setdefault(code, []).append({**row, **ends})
    for code in DATASETS:
        for place in range(len(case.places)):
            one = case.delivered.get(f"{code}@{place}" if place else code, Delivered())
            if one is not None:
                small.delivered[(code, first_place + place)] = one
    for code, values in case.given.items():
        of = small.catalogue.facts[code].of
        first = first_person if of == "person" else first_household
        small.given.setdefault(code, {}).update({position + first: given for position, given in values.items()})
    return {"person": first_person + case.about, "living": first_household + case.about, "hukou": first_hukou + case.about}


def _outcome(found: Mapping[int, Gives] | Exception, subject: int) -> Gives:
    if isinstance(found, Exception):
        raise found
    return found.get(subject, "no")


def outcomes(result: Result, indicators: Sequence[Indicator]) -> dict[str, dict[int, Gives]]:
    """What a run says, by indicator and subject; who is not there was not hit."""
    grades = {level: grade for grade, level in LEVELS.items()}
    found: dict[str, dict[int, Gives]] = {indicator.code: {} for indicator in indicators}
    for row in result.unknown.to_pylist():
        found[row["indicator"]][row["subject"]] = "unknown"
    for row in result.signals.to_pylist():
        assert row["subject"] not in found[row["indicator"]], f"{row}: twice, or a hit and unknown at once"
        found[row["indicator"]][row["subject"]] = Hit(grades[row["level"]], row["value"], row["threshold"])
    return found


def _valued(is_given: Gives, found: Mapping[int, Gives] | Exception, second: Indicator, subject: int) -> Gives:
    """The value that both indicators together tell."""
    outcome = _outcome(found, subject)
    if is_given == "no":
        assert outcome == "no", f"none, and yet {outcome}"
        return "none"
    if outcome == "unknown":
        assert is_given == "unknown", f"{is_given}, and yet without a value"
        return "unknown"
    assert isinstance(outcome, Hit), outcome
    assert outcome.value is not None
    assert second.rule.measure is not None
    scale = value_scale(type_of(second.rule.measure))
    number: Any = Decimal(outcome.value).scaleb(-scale) if scale else outcome.value
    return AtLeast(number) if is_given == "unknown" else number


def expected(case: Case) -> Gives:
    """`gives` in the shape of an answer: a yes/no as its rule tells it, a day by its number, yuan exactly."""
    if case.asks != "rule" and case.gives is True:
        return Hit("blue")
    if case.asks != "rule" and case.gives is False:
        return "no"
    if isinstance(case.gives, float):
        return Decimal(str(case.gives))
    return (case.gives - EPOCH).days if isinstance(case.gives, date) else case.gives
