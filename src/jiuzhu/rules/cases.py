"""The value of a fact or derived column: one expression, or the first of several cases that holds."""

from __future__ import annotations

from collections.abc import Collection

from jiuzhu.rules import types, units
from jiuzhu.rules.expression import parse, parse_flag
from jiuzhu.rules.faults import Wrong, nearest
from jiuzhu.rules.source import Keys
from jiuzhu.rules.tree import Choose, Constant, Expression, Type
from jiuzhu.rules.types import Scope


def read_value(keys: Keys, scope: Scope, words: Collection[str] = ()) -> Expression:
    """`value = "…"`, or `cases = [{ when = "…", value = "…" }, …, { value = "…" }]`. Raises Wrong.

    words: the codes a text may be, where the file lists them.
    """
    if not keys.has("cases"):
        return parse(keys.text("value", required=True), scope)
    if keys.has("value"):
        raise Wrong("input", "both `value` and `cases`", "keep one")
    cases: list[tuple[Expression, Expression]] = []
    otherwise: Expression | None = None
    lines = keys.tables("cases", required=True)
    for index, line in enumerate(lines):
        part = Keys(keys.source, ("cases", index), line)
        value = parse(part.text("value", required=True), scope)
        if part.has("when"):
            cases.append((parse_flag(part.text("when"), scope, "'when'"), value))
        elif index == len(lines) - 1:
            otherwise = value
        else:
            part.fault("when", "missing_key", "a case without `when` before the last", "only the last case may be without")
        if words and isinstance(value, Constant) and str(value.value) not in words:
            raise Wrong("code", f"'{value.value}' is not among the codes", nearest(str(value.value), words))
        part.done()
    if not cases:
        raise Wrong("input", "cases without one `when`", 'write value = "…" instead')
    values = [value for _, value in cases] + ([otherwise] if otherwise is not None else [])
    return Choose(tuple(cases), otherwise, _common([types.type_of(value) for value in values]))


def _common(found: list[Type]) -> Type:
    if any(item.kind != found[0].kind for item in found):
        raise Wrong("type", f"cases give {', '.join(types.called(item) for item in found)}", "let each give the same kind")
    unit = next((item.unit for item in found if item.unit), "")
    if not all(units.alike(item.unit, unit) for item in found):
        raise Wrong("unit", f"cases in {', '.join(item.unit or 'a plain number' for item in found)}", "give all in one unit")
    return Type(found[0].kind, unit, max(item.scale for item in found))
