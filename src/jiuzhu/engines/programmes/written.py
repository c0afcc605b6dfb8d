"""An assessment as plain values and as bytes: the same judgement always gives the same bytes, and they name no folder of a machine."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from jiuzhu.engines.programmes.answers import Assessment, ProgrammeAnswer
from jiuzhu.rules.tree import Title

_ROOTS = ("places", "programmes")  # below which a text is found in any catalogue


def plain(told: Assessment, answers: Iterable[ProgrammeAnswer] | None = None) -> dict[str, Any]:
    """Amounts are texts of yuan, so that nothing is rounded on the way; null is not known. answers: those to tell, if not all."""
    return {
        "class": told.household_class,
        "classes": dict(told.classes),
        "on": told.on,
        "applied_on": told.applied_on,
        "division": told.division,
        "members": [{"name": name, "class": code} for name, code in told.members],
        "programmes": [_programme(one) for one in (told.answers if answers is None else answers)],
        "parameters": [
            {
                "name": one.name, "title": _both(one.title), "division": one.division, "on": one.on, "value": _text(one.value),
                "unit": one.unit, "from": one.since, "source": one.source, "confidence": one.confidence,
                "instead_of": _text(one.instead_of),
            }
            for one in told.numbers
        ],
        "catalogue": told.catalogue_version,
    }  # fmt: skip


def written(told: Assessment) -> bytes:
    """`plain` as JSON in one fixed form."""
    return json.dumps(plain(told), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_day).encode()


def _programme(one: ProgrammeAnswer) -> dict[str, Any]:
    return {
        "code": one.code,
        "title": _both(one.title),
        "member": one.called or None,
        "outcome": one.outcome,
        "granted": {"granted": True, "refused": False, "unknown": None}[one.outcome],
        "amount": _text(one.amount),
        "pays": one.pays,
        "would_be": _text(one.would_be),
        "tests": [
            {
                "name": test.name,
                "kind": test.kind,
                "title": _both(test.title),
                "holds": test.holds,
                "says": _both(test.sentence),
                "basis": [dict(line) for line in test.basis],
            }
            for test in one.tests
        ],
        "lines": [
            {"name": line.name, "title": _both(line.title), "value": _text(line.value), "says": _both(line.sentence)}
            for line in one.lines
        ],
        "notes": [_both(note) for note in one.notes],
        "missing": [
            {"cause": gap.cause, "name": gap.name, "title": _both(gap.title), "says": _both(gap.says)} for gap in one.missing
        ],
        "basis": [dict(line) for line in one.basis],
        "evidence": list(one.evidence),
        "review_months": {name: _text(value) for name, value in one.review.items()},
        "validity_months": _text(one.validity),
        "text": _file(one.text),
        "amended_by": [_file(path) for path in one.amended_by],
    }


def _file(path: str) -> str:
    parts = PurePosixPath(path).parts
    at = next((parts.index(root) for root in _ROOTS if root in parts), 0)
    return "/".join(parts[at:])


def _both(title: Title) -> dict[str, str]:
    return {"zh": title.zh, "en": title.en}


def _text(value: Decimal | str | None) -> str | None:
    return f"{value:f}" if isinstance(value, Decimal) else value


def _day(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no fixed form")
