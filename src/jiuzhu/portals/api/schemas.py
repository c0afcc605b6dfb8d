"""What each operation takes and gives, as JSON Schema; a request is checked against the same words the document prints.

Of JSON Schema this knows type, required, properties, items, enum, pattern, minLength, maxLength, minItems, maxItems; no object has
other properties than those named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


class Misshapen(ValueError):
    """A body that is not of its schema; says where, and what would be."""


def thing(*required: str, **properties: Schema) -> dict[str, Any]:
    """An object with these properties and no others."""
    return {"type": "object", "required": list(required), "properties": dict(properties), "additionalProperties": False}


def text(most: int, pattern: str = "", *, least: int = 1, says: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"type": "string", "minLength": least, "maxLength": most}
    return made | ({"pattern": pattern} if pattern else {}) | ({"description": says} if says else {})


def one_of(*words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


def some(of: Schema, most: int, *, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": dict(of), "minItems": least, "maxItems": most}


CASE_NUMBER = text(
    40, r"^[A-Za-z0-9_-]{3,40}$", says="your own number of the case, the same whenever you send it again; of a result, ours"
)
DIVISION = text(12, r"^[0-9]{12}$", says="village or community, twelve digits")
BOTH = thing("zh", "en", zh=text(400, least=0), en=text(400, least=0))
PROBLEM = thing("code", "says", code=text(24), says=text(400))

ASKED = thing(
    "purpose", "authorisation", "id_number", "name",
    purpose=text(24, r"^[a-z_]{2,24}$", says="the business it is for, one of those your client is registered for"),
    authorisation=text(40, says="number of the authorisation the person signed for that purpose"), id_number=text(18, r"^[0-9]{17}[0-9Xx]$"),
    name=text(80),
)  # fmt: skip
ANSWERED = thing(
    "result", "sentence", "items", "as_of",
    result=one_of("fits", "fits_not", "unknown"), sentence=BOTH, as_of=text(10, r"^\d{4}-\d{2}-\d{2}$"),
    items=some(
        thing("code", "title", "says", code=text(12), title=BOTH, says=one_of("record", "none", "late", "not_consented")), 100
    ),
)  # fmt: skip
APPLIED = thing(
    "case_number", "applicant_name", "residence", "items",
    case_number=CASE_NUMBER, applicant_name=text(80), id_number=text(18, r"^[0-9]{17}[0-9Xx]$"), phone=text(20, r"^[0-9+ -]{5,20}$"),
    address=text(200), residence=DIVISION, items=some(text(24, r"^[a-z_]{2,24}$"), 20, least=1), words=text(2000),
)  # fmt: skip
STANDING = thing("case_number", "application", "state", case_number=CASE_NUMBER, application=text(40), state=text(24))
INTAKE = thing(
    "referrals",
    referrals=some(
        thing(
            "case_number", "need", "asked", "who", "answers", "state", "due_on",
            case_number=CASE_NUMBER, need=text(24), asked=text(4000, least=0), who=text(4000, least=0), answers={"type": "object"},
            state=text(12), due_on={"type": ["string", "null"]},
        ), 200,
    ),
)  # fmt: skip
RESULT = thing("case_number", "done", case_number=CASE_NUMBER, done=text(2000), sentence=text(400))
TAKEN = thing("case_number", "state", case_number=CASE_NUMBER, state=text(12))


def check(value: Any, schema: Schema, at: str = "body") -> None:
    """Raises Misshapen for the first place that does not fit."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(_is(value, kind) for kind in kinds):
        raise Misshapen(f"{at}: write {' or '.join(kinds)}")
    if isinstance(value, str):
        _check_text(value, schema, at)
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            raise Misshapen(f"{at}: write {schema.get('minItems', 0)} to {schema['maxItems']} entries")
        for place, one in enumerate(value):
            check(one, schema["items"], f"{at}[{place}]")
    elif isinstance(value, dict) and "properties" in schema:
        missing = [name for name in schema["required"] if name not in value]
        unknown = [name for name in value if name not in schema["properties"]]
        if missing or unknown:
            # A name nobody knows is told by its place alone: it may be anything somebody typed.
            raise Misshapen(f"{at}: " + (f"'{missing[0]}' is missing" if missing else "a property is not known"))
        for name, one in value.items():
            check(one, schema["properties"][name], f"{at}.{name}")


def _check_text(value: str, schema: Schema, at: str) -> None:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        raise Misshapen(f"{at}: write {schema.get('minLength', 0)} to {schema['maxLength']} characters")
    if "enum" in schema and value not in schema["enum"]:
        raise Misshapen(f"{at}: write one of {', '.join(schema['enum'])}")
    if "pattern" in schema and not re.search(schema["pattern"], value, re.ASCII):
        raise Misshapen(f"{at}: write it as {schema['pattern']}")


def _is(value: Any, kind: str) -> bool:
    if kind == "null":
        return value is None
    return isinstance(value, {"object": dict, "array": list, "string": str}[kind])
