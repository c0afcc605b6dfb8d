"""What an application keeps sealed: what was typed, what was read of it, what was told to be missing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jiuzhu.casework.applications.form import Typed
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.parties.sealed import opened, sealed

TYPED, ANSWERS, WANTING = "application.typed", "application.answers", "application.wanting"


def kept(told: Any, *, column: str, key: str, case: str) -> str:
    return sealed(json.dumps(told, ensure_ascii=False), column=column, row=key, of=case)


def typed_of(application: Application) -> dict[str, list[str]]:
    """What was typed so far; nothing where it was erased."""
    return _opened(application.typed, TYPED, application) or {}


def answers_of(application: Application) -> Mapping[str, Any]:
    """The answers of one that was handed in, as `form.answered` has them; each member with the key of their party under `party`."""
    return _opened(application.answers, ANSWERS, application) or {}


def wanting_of(application: Application) -> Sequence[Mapping[str, str]]:
    """What was told to be missing: `kind` (paper, field or said), `what`, and `why`."""
    return _opened(application.wanting, WANTING, application) or []


def as_kept(typed: Typed) -> dict[str, list[str]]:
    return {name: list(given) for name, given in typed.items() if any(text.strip() for text in given)}


def _opened(content: str, column: str, application: Application) -> Any:
    text = opened(content, column=column, row=application.key)
    return json.loads(text) if text else None
