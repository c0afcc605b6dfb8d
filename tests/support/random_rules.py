"""Random rules over the small catalogue, as trees typed like the reader types them: every input, window, expression, grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from jiuzhu.rules import types
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.parameters import ParameterValue
from jiuzhu.rules.tree import (
    GRADES,
    Arithmetic,
    Choose,
    Column,
    Constant,
    Expression,
    Fact,
    FactInput,
    GradeLine,
    Indicator,
    Input,
    MembersInput,
    Name,
    ParameterInput,
    RowInput,
    Rule,
    Title,
    Type,
    Window,
)
from jiuzhu.rules.units import scale_of
from tests.support.random_expressions import DATE, FLAG, MOMENTS, Expressions
from tests.support.small_catalogue import Shelf, made_indicator

_PERSON_ROWS = ("bill", "bill", "bill", "card", "wage", "tax", "call", "course", "stay", "note", "slip", "secret", "birth")
_HOUSEHOLD_ROWS = (*_PERSON_ROWS, "meter", "home")
_DAYS = (("days", (1, 5, 10, 30, 90)), ("months", (1, 2, 3, 12)), ("closed months", (1, 2, 3)), ("closed quarters", (1, 2)))
_CALENDAR = ("this year", "this month", "last month")
_WINDOWS: Mapping[str, tuple[str, ...]] = {
    "date": ("days", "months", "closed months", "closed quarters", *_CALENDAR, "school year"),
    "instant": ("days", "hours", "months", *_CALENDAR),
    "month": ("days", "months", "closed months", "closed quarters", *_CALENDAR, "school year"),
    "quarter": ("months", "closed quarters", *_CALENDAR),
    "school_year": ("school year",),
}
_SIZES: Mapping[str, tuple[int, ...]] = {
    "days": (1, 5, 10, 30, 90),
    "months": (1, 2, 3, 12),
    "hours": (1, 2, 12, 24),
    "closed months": (1, 2, 3, 6),
    "closed quarters": (1, 2, 3),
}


class RuleMaker:
    """Makes rules one after the other from one seed. Random facts are put beside those of the catalogue first."""

    def __init__(self, shelf: Shelf, seed: int, facts: int = 6) -> None:
        self.random = Random(seed)
        self.shelf = shelf
        self.facts: dict[str, Fact] = dict(shelf.catalogue.facts)
        self.taken = 0
        for number in range(facts):
            fact = self._fact(f"random_{number}")
            self.facts[fact.code] = fact

    @property
    def catalogue(self) -> Catalogue:
        return replace(self.shelf.catalogue, facts=self.facts)

    def indicators(self, count: int) -> list[Indicator]:
        return [self._indicator(f"R{number:03}") for number in range(count)]

    # --- declarations ---

    def _indicator(self, code: str) -> Indicator:
        of, group = self.random.choice(
            [("person", "living"), ("household", "living"), ("person", "living"), ("household", "hukou")]
        )
        drawn = _Drawing(self, code, of, group)
        drawn.draw_inputs(self.random.randint(1, 4))
        return made_indicator(code, of, group, drawn.inputs, drawn.person_inputs, drawn.rule())

    def _fact(self, code: str) -> Fact:
        of = self.random.choice(["person", "person", "household"])
        drawn = _Drawing(self, code, of, "living")
        drawn.draw_inputs(self.random.randint(1, 2))
        names = drawn.names()
        kind = self.random.choice(["flag", "number", "number", "date"])
        if kind == "date" and any(name.type.kind == "date" for name in names):
            value: Expression = drawn.date(names)
        elif kind == "number":
            value = drawn.number(names, 2)
        else:
            value = drawn.flag(names, 2)
        if self.random.random() < 0.3:
            other = value if types.type_of(value).kind != "number" else Constant(Decimal(7), Type("number"))
            value = Choose(((drawn.flag(names, 1), value),), other if self.random.random() < 0.5 else None, types.type_of(value))
        title = Title(code, code)
        return Fact(code, title, of, types.type_of(value), drawn.inputs, drawn.person_inputs, value, (), f"facts/{code}.toml")


class _Drawing(Expressions):
    """The inputs of one declaration while they are drawn, and expressions over them."""

    def __init__(self, maker: RuleMaker, owner: str, of: Any, group: Any) -> None:
        super().__init__(maker.random, maker.shelf.catalogue.tables)
        self.maker, self.owner, self.of, self.group = maker, owner, of, group
        self.inputs: dict[str, Input] = {}
        self.person_inputs: dict[str, Input] = {}

    def names(self) -> list[Name]:
        """What an expression over the subject sees: inputs, moments, and facts that stand for themselves."""
        found = [Name(name, "input", item.type) for name, item in self.inputs.items()]
        return [*found, *MOMENTS, *self._facts("subject")]

    def _facts(self, level: str) -> list[Name]:
        return [
            Name(fact.code, "fact", fact.type)
            for fact in self.maker.facts.values()
            if not (fact.of == "household" and self.group == "hukou")
            and not (level == "subject" and self.of == "household" and fact.of == "person" and fact.type.kind != "flag")
            and fact.code != self.owner
        ]

    def draw_inputs(self, count: int) -> None:
        self._parameter("n", "span.days", Type("number", "days"))
        self._parameter("m", "span.months", Type("number", "months"))
        self._parameter("local", "span.local", Type("number", "days"))
        for number in range(self.random.randint(0, 2)):
            name = f"p{number}"
            known = [Name(other, "person_input", item.type) for other, item in self.person_inputs.items()]
            self.person_inputs[name] = self._rows_or_fact(name, "person", [*known, *self._parameters()])
        for number in range(count):
            name = f"i{number}"
            if self.random.random() < 0.25:
                self.inputs[name] = self._members(name)
            else:
                known = [Name(other, "input", item.type) for other, item in self.inputs.items()]
                self.inputs[name] = self._rows_or_fact(name, "subject", known)

    def _parameter(self, name: str, item: str, kind: Type) -> None:
        self.inputs[name] = ParameterInput(name, "", item, kind)

    def _parameters(self) -> list[Name]:
        return [Name(name, "input", item.type) for name, item in self.inputs.items() if isinstance(item, ParameterInput)]

    def _rows_or_fact(self, name: str, level: str, known: Sequence[Name]) -> Input:
        facts = self._facts(level)
        if facts and self.random.random() < 0.15:
            fact = self.random.choice(facts)
            via = "parent" if (level == "person" or self.of == "person") and self.random.random() < 0.5 else ""
            return FactInput(name, fact.name, fact.type, via)
        return self._rows(name, level, known)

    def _members(self, name: str) -> MembersInput:
        among = self.random.choice(["household", "household", "helpers"])
        seen = [Name(other, "person_input", item.type) for other, item in self.person_inputs.items()]
        seen += [Name(other, "input", item.type) for other, item in self.inputs.items()]
        seen += [*MOMENTS, *self._facts("person")]
        if among == "helpers":
            columns = self.maker.shelf.catalogue.columns("kin")
            seen += [Name(column, "column", columns[column].type) for column in ("can_pay", "pays")] * 2
        how = self.random.choice(["any", "all", "count", "sum", "min", "max"])
        where = self.flag(seen, 1) if how in ("any", "all") or self.random.random() < 0.5 else None
        if how in ("any", "all"):
            return MembersInput(name, how, FLAG, where, None, among)  # type: ignore[arg-type]
        if how == "count":
            return MembersInput(name, "count", Type("number", "persons"), where, None, among)
        of = self.number(seen, 1)
        return MembersInput(name, how, types.type_of(of), where, of, among)  # type: ignore[arg-type]

    # --- rows ---

    def _rows(self, name: str, level: str, known: Sequence[Name]) -> RowInput:
        pick = self.random.choice
        code = pick(_PERSON_ROWS if level == "person" or self.of == "person" or self.group == "hukou" else _HOUSEHOLD_ROWS)
        dataset = self.maker.shelf.catalogue.datasets[code]
        columns = self.maker.shelf.catalogue.columns(code)
        seen = [Name(column.name, "column", column.type) for column in columns.values()] * 2 + [*known, *MOMENTS]
        at = pick(["due", "lost_on"]) if code == "bill" and self.random.random() < 0.15 else ""
        at_holds = columns[at or dataset.at].holds
        aggregate = pick(_aggregates(code, at_holds))
        value, kind, names = self._aggregated(aggregate, columns, seen)
        where = self.flag(seen, 2) if self.random.random() < 0.6 else None
        window = self._window(at_holds) if self.random.random() < 0.6 else None
        if window is None and at == "due" and self.random.random() < 0.7:
            window = Window("days", pick((5, 10, 30)), ahead=True)
        drawn = RowInput(
            name, code, aggregate, kind, value, names, where=where, window=window, at=at, after=self._after(known, at_holds),
            by=self._by(code), non_negative=aggregate in ("sum", "max") and _non_negative(value, columns),
        )  # fmt: skip
        return self._shaped(drawn, columns)

    def _shaped(self, drawn: RowInput, columns: Mapping[str, Column]) -> RowInput:
        """With groups, the newest, or a stretch that a run fills."""
        random = self.random
        if drawn.aggregate == "run":
            run = "months" if columns[drawn.at or self.maker.shelf.catalogue.datasets[drawn.dataset].at].holds == "month" else ""
            until = random.choice(["", "went", "left"]) if drawn.dataset == "stay" else ""
            chosen: Any = run or random.choice(["days", "months"])
            return replace(drawn, run=chosen, until=until, type=Type("number", chosen))
        if (
            drawn.aggregate in ("count", "sum", "max", "min", "distinct")
            and drawn.type.kind == "number"
            and random.random() < 0.2
        ):
            by = [column.name for column in columns.values() if column.codes or column.holds in ("integer", "month")]
            if by:
                keep: Any = random.choice(["max", "min", "sum"])
                return replace(drawn, each=tuple(random.sample(by, min(len(by), random.randint(1, 2)))), keep=keep)
        if drawn.aggregate in ("count", "sum", "max", "exists", "distinct") and random.random() < 0.1:
            return replace(drawn, newest=random.randint(1, 3))
        return drawn

    def _aggregated(
        self, aggregate: str, columns: Mapping[str, Column], seen: Sequence[Name]
    ) -> tuple[Expression | None, Type, tuple[str, ...]]:
        if aggregate == "exists":
            return None, FLAG, ()
        if aggregate == "count":
            return None, Type("number", "records"), ()
        if aggregate == "run":
            return None, Type("number", "days"), ()
        if aggregate == "distinct":
            some = [name for name, column in columns.items() if column.name != "region_code"]
            return None, Type("number", "kinds"), tuple(self.random.sample(some, self.random.randint(1, 2)))
        if aggregate == "since":
            column = self.random.choice([column for column in columns.values() if column.name != "region_code"])
            return Name(column.name, "column", column.type), DATE, (column.name,)
        kinds = {"sum": ("number",), "min": ("number", "date", "month"), "max": ("number", "date", "month")}
        fits = [
            column for column in columns.values() if column.type.kind in kinds.get(aggregate, ("number", "date", "flag", "text"))
        ]
        column = self.random.choice(fits)
        name = Name(column.name, "column", column.type)
        if column.type.kind == "number" and self.random.random() < 0.25:
            value = self.number([other for other in seen if other.source == "column"], 1)
            return value, types.type_of(value), ()
        return name, column.type, ()

    def _window(self, at_holds: str) -> Window:
        measure: Any = self.random.choice(_WINDOWS[at_holds])
        number: int | str = self.random.choice(_SIZES.get(measure, (0,)))
        if measure in ("days", "months") and self.random.random() < 0.15:
            number = self.random.choice(["n", "local"]) if measure == "days" else "m"
        shift: int | str = self.random.choice([0, 0, 0, 1, 2]) * (number if isinstance(number, int) and number else 1)
        if measure == "days" and self.random.random() < 0.05:
            shift = "n"
        if measure in (*_CALENDAR, "school year"):
            shift = 0
        return Window(measure, number, shift)

    def _after(self, known: Sequence[Name], at_holds: str) -> str:
        fits = {"date": ("date",), "instant": ("date", "instant"), "month": ("date", "month"), "quarter": ()}.get(at_holds, ())
        found = [name for name in known if name.type.kind in fits]
        return self.random.choice(found).name if found and self.random.random() < 0.6 else ""

    def _by(self, dataset: str) -> str:
        return "helper" if dataset == "bill" and self.random.random() < 0.1 else ""

    # --- the rule ---

    def rule(self) -> Rule:
        names = self.names()
        inputs = [name for name in names if name.source == "input" and name.name.startswith("i")]
        numbers = [name for name in inputs if name.type.kind == "number"]
        when = self.flag(names, 2) if self.random.random() < 0.5 or not numbers else None
        if not numbers or self.random.random() < 0.2:
            lines = self._lines(names, measured=False)
            return Rule(when or self.flag(inputs, 1), None, None, "", "at least", None, lines)
        measure: Expression = self.random.choice(numbers)
        if self.random.random() < 0.35:
            measure = self.number([*inputs, *numbers], 1)
        base = self.number(numbers, 1) if self.random.random() < 0.3 else None
        way: Any = self.random.choice(["at least", "at least", "at least", "at most", "below", "above"])
        also = self.flag(names, 1) if self.random.random() < 0.15 else None
        self._limit(types.type_of(measure), base is not None)
        return Rule(
            when, measure, base, "limit", way, also, self._lines(names, measured=True, rising=way in ("at most", "below"))
        )

    def _limit(self, measure: Type, ratio: bool) -> None:
        """A parameter of its own, in some divisions other than in the nation, in one unset."""
        unit = "ratio" if ratio else measure.unit or "times"
        kind = Type("number", unit, 4 if ratio or "*" in unit else scale_of(unit, measure.scale))
        choices = (
            ("0.5", "1", "2", "10")
            if ratio
            else ("0", "1", "2", "3")
            if measure.scale == 0
            else ("0", "1", "500", "1000.01", "3000")
        )
        rows = []
        for division, since in (
            ("000000", "2020-01-01"),
            ("370502", "2020-01-01"),
            ("370502", "2026-06-01"),
            ("370502001001", "2020-01-01"),
        ):
            text = "" if division == "370502001001" and self.random.random() < 0.5 else self.random.choice(choices)
            if division == "000000" or self.random.random() < 0.6:
                number = Decimal(text) if text else None
                start = date.fromisoformat(since)
                rows.append(ParameterValue(self.owner, "limit", division, start, None, number, text, unit, "test", "sure"))
        self.maker.shelf.reading.parameters.rows[(self.owner, "limit")] = rows
        self.inputs["limit"] = ParameterInput("limit", self.owner, "limit", kind)

    def _lines(self, names: Sequence[Name], *, measured: bool, rising: bool = False) -> tuple[GradeLine, ...]:
        how = self.random.choice(["times", "times", "number", "condition", "hit"] if measured else ["condition", "hit"])
        grades = sorted(self.random.sample(GRADES, self.random.randint(1, 4)), key=GRADES.index)
        if how == "hit":
            return (GradeLine(grades[0], "hit"),)
        if how == "condition":
            lines = [GradeLine(grade, "condition", condition=self.flag(names, 0)) for grade in grades]
            return (*lines[:-1], GradeLine(grades[-1], "hit")) if self.random.random() < 0.7 else tuple(lines)
        steps = sorted(self.random.sample(["0.5", "1", "1.5", "2", "3", "6"], len(grades)), key=Decimal, reverse=not rising)
        return tuple(GradeLine(grade, how, Decimal(step)) for grade, step in zip(grades, steps, strict=True))  # type: ignore[arg-type]


def _aggregates(dataset: str, at_holds: str) -> tuple[str, ...]:
    found = ["exists", "exists", "count", "sum", "sum", "min", "max", "distinct"]
    if at_holds != "school_year":
        found += ["latest", "first", "latest"]
    if at_holds in ("date", "month"):
        found += ["run"]
    if dataset == "card":
        found += ["since", "since"]
    return tuple(kind for kind in found if not (kind == "sum" and dataset in ("call", "stay", "birth")))


def _non_negative(value: Expression | None, columns: Mapping[str, Column]) -> bool:
    """As the reader marks it: no row can make the value negative."""
    match value:
        case Constant():
            return isinstance(value.value, Decimal) and value.value >= 0
        case Name():
            return value.source == "column" and value.type.kind == "number" and not columns[value.name].negative
        case Arithmetic():
            return value.operator != "-" and _non_negative(value.left, columns) and _non_negative(value.right, columns)
    return False
