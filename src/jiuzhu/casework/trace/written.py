"""How an event is written as bytes, and what is made of these bytes: codes, leaves of the tree, hashes of before and after."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from jiuzhu.casework.trace.keys import keys
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.own_keys import opened_text, sealed_text

CODE_KEY = "trace event code"
STATE_KEY = "trace event state"
REASON = "trace_event.because"
HASHES = {"gm": "sm3", "international": "sha256"}
_FIELDS = tuple(field.name for field in Event._meta.concrete_fields if field.name != "id")


def canonical(value: object) -> bytes:
    """The one way a value is written as JSON: keys in order, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode()


def instant(at: datetime | None) -> str:
    """`2026-11-21T01:00:00.000000Z`; empty for none."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at else ""


def content_of(event: Event) -> dict[str, Any]:
    """Every field of an event but its row number, as it is coded, sealed and exported."""
    content = {name: getattr(event, name) for name in _FIELDS}
    return content | {"at": instant(event.at), "device_at": instant(event.device_at), "outcome": str(event.outcome)}


def code_of(event: Event) -> str:
    """The keyed hash of an event and, through `previous_code`, of all before it in its chain."""
    content = content_of(event)
    del content["code"]
    key = keys().index_key(CODE_KEY)
    return key.suite.mac(key.secret, canonical(content)).hex()


def leaf_of(event: Event) -> bytes:
    """The leaf of the tree that stands for this event, its code among the rest."""
    return digest(b"\x00" + canonical(content_of(event)))


def digest(content: bytes) -> bytes:
    return keys().index_key(CODE_KEY).suite.digest(content)


def hash_name() -> str:
    return HASHES[keys().index_key(CODE_KEY).suite.name]


def keyed_hash(state: Mapping[str, Any] | None, *, about: str) -> str:
    """Hash of what a thing was before or after; empty for none. Bound to the thing, so that equal values of two things differ:
    few grades or amounts exist, and equal hashes would tell them by counting."""
    if state is None:
        return ""
    key = keys().index_key(STATE_KEY)
    return key.suite.mac(key.secret, canonical([about, state])).hex()


def subjects_hash(subjects: Sequence[tuple[str, str, str, str, str]]) -> str:
    """Hash of the subjects of a list or bulk act in their order: kind, key, division, household, case. Empty for none."""
    return digest(b"\n".join(canonical(list(one)) for one in subjects)).hex() if subjects else ""


def sealed_reason(reason: str, event: Event) -> str:
    """A typed reason may name people, so it is encrypted, for this place in the chain alone, under the key of the case or family."""
    return sealed_text(reason, of=event.case_key or event.household_key, name=REASON, about=_place(event))


def opened_reason(event: Event) -> str:
    """ "" where the family was erased since."""
    return opened_text(event.because, name=REASON, about=_place(event))


def _place(event: Event) -> str:
    return f"{event.writer}/{event.number}"


def _plain(value: object) -> object:
    if isinstance(value, date):
        return instant(value) if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(
        f"{type(value).__name__} cannot stand in the state of an event; hand in text, whole numbers, days or instants"
    )
