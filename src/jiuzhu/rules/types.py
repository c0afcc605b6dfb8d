"""What may be done with what: the kinds, units and scales of every operator and function, and the names in sight."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from jiuzhu.rules import units
from jiuzhu.rules.faults import Wrong, clipped, nearest
from jiuzhu.rules.tree import Arithmetic, Call, Choose, Constant, Expression, Kind, Name, Table, Type

FLAG, DATE, INSTANT = Type("flag"), Type("date"), Type("instant")
MOMENTS: Mapping[str, Type] = {"as_of": DATE, "now": INSTANT, "year_start": DATE, "month_start": DATE}
FUNCTIONS: Mapping[str, str] = {
    "given": "given(x)",
    "number": "number(yes_or_no)",
    "abs": "abs(number)",
    "least": "least(a, b, …)",
    "greatest": "greatest(a, b, …)",
    "same": "same(a, b)",
    "days": "days(from, to)",
    "months": "months(from, to)",
    "years": "years(from, to)",
    "hours": "hours(from, to)",
    "minutes": "minutes(from, to)",
    "year": "year(date)",
    "birthday": "birthday(date, years)",
    "per": "per('table', number)",
}
_ORDERED: frozenset[Kind] = frozenset({"number", "date", "month", "quarter", "instant", "text"})


@dataclass(frozen=True)
class Known:
    """A name in sight, and for codes the values it may hold with their words."""

    name: Name
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Scope:
    """The names an expression may use.

    fact: finds a fact by name where facts stand for themselves; it raises Wrong where that fact cannot be seen.
    elsewhere: names that exist but not here, with the reason. used: filled with the names that were used.
    divides: whether per(a, b) of two numbers is an exact quotient, as in the amounts of programmes.
    """

    known: Mapping[str, Known]
    tables: Mapping[str, Table] = field(default_factory=dict)
    fact: Callable[[str], Known | None] = lambda _: None
    fact_names: Collection[str] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    divides: bool = False

    def find(self, name: str) -> Known:
        if name in self.known:
            self.used.add(name)
            return self.known[name]
        if name in MOMENTS:
            return Known(Name(name, "moment", MOMENTS[name]))
        if name in self.elsewhere:
            raise Wrong("name", f"'{name}' cannot be used here", self.elsewhere[name])
        fact = self.fact(name)
        if fact is not None:
            return fact
        if name in FUNCTIONS:
            raise Wrong("name", f"'{name}' is a function", f"write {FUNCTIONS[name]}")
        raise Wrong("name", f"'{clipped(name)}' is not known here", nearest(name, [*self.known, *self.fact_names, *MOMENTS]))


def type_of(node: Expression) -> Type:
    if isinstance(node, Constant | Name | Arithmetic | Call | Choose):
        return node.type
    return FLAG


def spoken(node: Expression) -> str:
    """A short name of a part of an expression, for messages."""
    if isinstance(node, Name):
        return f"'{node.name}'"
    if isinstance(node, Constant):
        return f"'{node.value}'"
    if isinstance(node, Call):
        return f"{node.function}(…)"
    return "that part"


def called(kind: Type) -> str:
    """A type in words for messages."""
    words = {"flag": "yes or no", "number": "number", "thing": "identity text", "person": "person"}
    word = words.get(kind.kind, kind.kind)
    return f"{word} in {kind.unit}" if kind.unit else word


def need_flag(node: Expression, where: str) -> None:
    found = type_of(node)
    if found.kind == "flag":
        return
    mend = "compare it (x > 0, x == 1), or ask given(x)"
    raise Wrong("type", f"{where} needs yes or no, but {spoken(node)} is a {called(found)}", mend)


def arithmetic(operator: Literal["+", "-", "*"], left: Expression, right: Expression) -> Arithmetic:
    one, two = type_of(left), type_of(right)
    for node, found in ((left, one), (right, two)):
        if found.kind != "number":
            mend = "days(from, to) gives days" if found.kind == "date" else "only numbers are added and multiplied"
            if found.kind == "flag":
                mend = "number(x) makes 1 or 0 of yes or no"
            raise Wrong("type", f"'{operator}' with {spoken(node)}, a {called(found)}", mend)
    if operator == "*":
        scale = one.scale + two.scale
        if scale > 12:
            raise Wrong("type", f"a product with {scale} decimals", "multiply fewer numbers with decimals")
        return Arithmetic(operator, left, right, Type("number", units.product(one.unit, two.unit), scale))
    if not units.alike(one.unit, two.unit):
        raise Wrong("unit", f"'{operator}' of {one.unit} and {two.unit}", "only equal units add; see the units of both inputs")
    return Arithmetic(operator, left, right, Type("number", one.unit or two.unit, max(one.scale, two.scale)))


def check_comparison(operator: str, left: Expression, right: Expression) -> None:
    one, two = type_of(left), type_of(right)
    for node, found in ((left, one), (right, two)):
        if found.kind == "flag":
            raise Wrong("type", f"{spoken(node)} is yes or no already", "write it alone, or `not` before it")
        if found.kind in ("person", "thing"):
            raise Wrong("type", f"'{operator}' with {spoken(node)}, a {called(found)}", "write same(a, b)")
    if one.kind != two.kind or one.kind not in _ORDERED:
        raise Wrong(
            "type", f"{spoken(left)}, a {called(one)}, is compared with {spoken(right)}, a {called(two)}", _bridge(one, two)
        )
    if not units.alike(one.unit, two.unit):
        raise Wrong("unit", f"{one.unit} is compared with {two.unit}", "only equal units compare; see the units of both sides")


def _bridge(one: Type, two: Type) -> str:
    kinds = {one.kind, two.kind}
    if kinds == {"date", "month"}:
        return "months(from, to) takes a month and a date"
    if kinds == {"number", "text"}:
        return "write numbers without quotes and texts with them, as the code list has it"
    if "date" in kinds or "instant" in kinds:
        return "days(from, to) makes a number of two dates, hours(from, to) of two instants"
    return "compare like with like"


def call(function: str, arguments: Sequence[Expression], tables: Mapping[str, Table]) -> Call:
    """Checks number and types of the arguments; raises Wrong."""
    if function not in FUNCTIONS:
        raise Wrong("name", f"'{clipped(function)}' is not a function", nearest(function, FUNCTIONS))
    usage = f"write {FUNCTIONS[function]}"
    kinds = tuple(type_of(item).kind for item in arguments)
    wanted = {"least": len(kinds), "greatest": len(kinds), "given": 1, "number": 1, "abs": 1, "year": 1}.get(function, 2)
    if len(kinds) != wanted or (function in ("least", "greatest") and len(kinds) < 2):
        raise Wrong("type", f"{function} with {len(kinds)} values", usage)
    if function in ("least", "greatest"):
        return Call(function, tuple(arguments), _common(function, arguments))
    allowed: Mapping[str, Callable[[], bool]] = {
        "given": lambda: True,
        "number": lambda: kinds == ("flag",),
        "abs": lambda: kinds == ("number",),
        "same": lambda: kinds in (("person", "person"), ("thing", "thing")),
        "days": lambda: kinds == ("date", "date"),
        "years": lambda: kinds == ("date", "date"),
        "months": lambda: set(kinds) <= {"date", "month"},
        "hours": lambda: kinds == ("instant", "instant"),
        "minutes": lambda: kinds == ("instant", "instant"),
        "year": lambda: kinds[0] in ("date", "month", "quarter"),
        "birthday": lambda: kinds == ("date", "number") and not type_of(arguments[1]).scale,
        "per": lambda: isinstance(arguments[0], Constant) and kinds == ("text", "number"),
    }
    if not allowed[function]():
        found = ", ".join(called(type_of(item)) for item in arguments)
        raise Wrong("type", f"{function} of {found}", usage)
    return Call(function, tuple(arguments), _result(function, arguments, tables))


def quotient(arguments: Sequence[Expression]) -> Call:
    """per(a, b) of two numbers: a for each b, exact and never rounded. Raises Wrong for units that give nothing."""
    top, bottom = (type_of(item) for item in arguments)
    return Call("per", tuple(arguments), Type("number", units.quotient(top.unit, bottom.unit), max(top.scale, 4)))


def _common(function: str, arguments: Sequence[Expression]) -> Type:
    found = [type_of(item) for item in arguments]
    if any(item.kind != found[0].kind for item in found) or found[0].kind not in _ORDERED - {"text"}:
        raise Wrong("type", f"{function} of {', '.join(called(item) for item in found)}", "give numbers, or dates, of one kind")
    unit = next((item.unit for item in found if item.unit), "")
    if not all(units.alike(item.unit, unit) for item in found):
        raise Wrong("unit", f"{function} of {', '.join(item.unit or 'a plain number' for item in found)}", "give equal units")
    return Type(found[0].kind, unit, max(item.scale for item in found))


def _result(function: str, arguments: Sequence[Expression], tables: Mapping[str, Table]) -> Type:
    if function in ("given", "same"):
        return FLAG
    if function in ("days", "months", "years", "hours", "minutes"):
        return Type("number", function)
    if function == "birthday":
        return DATE
    if function == "abs":
        return type_of(arguments[0])
    if function == "per":
        assert isinstance(arguments[0], Constant)
        name = str(arguments[0].value)
        if name not in tables:
            raise Wrong("name", f"table '{clipped(name)}' does not exist", nearest(name, tables))
        if type_of(arguments[1]).scale:
            raise Wrong("type", f"per('{name}', …) by a number with decimals", "look up by a whole number, such as years(…)")
        exponents = [-int(value.as_tuple().exponent) for value in tables[name].rows.values()]
        return Type("number", tables[name].unit, max(0, *exponents))
    return Type("number")
