"""The roads of the catalogue, those that running cases began by, and the shared numbers their terms count with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.casework.roads.models import Text, Walk
from jiuzhu.casework.working_rules.declared import numbers
from jiuzhu.rules.parameters import ParameterValue
from jiuzhu.rules.workflows import Workflow, load_workflows, workflow_of


def workflows() -> Mapping[str, Workflow]:
    """Of the folders the settings name; a fault in them stops the start."""
    return _loaded(_folders())


def kept_text(workflow: Workflow) -> Text:
    """The row that keeps this road as it is now."""
    digest = hashlib.sha256(workflow.text.encode()).hexdigest()
    return Text.objects.get_or_create(digest=digest, defaults={"workflow": workflow.code, "text": workflow.text})[0]


def road_of(walk: Walk) -> Workflow:
    """The road by which this walk began."""
    return _read(walk.text_id, walk.workflow)


def told(name: str, *, division: str, on: date) -> ParameterValue | None:
    """The row of a shared number in force there and then; None where none is, or its number was not found."""
    row = numbers().lookup("", name, division, on)
    return row if row is not None and (row.value is not None or row.text) else None


def whole(amount: int | str, *, division: str, on: date) -> int | None:
    """A number as it stands, or what the shared number of that name says; None where it is not known: nothing is guessed."""
    if isinstance(amount, int):
        return amount
    row = told(amount, division=division, on=on)
    return None if row is None or row.value is None else int(row.value)


def role_of(by: str, *, division: str, on: date) -> str:
    """The role itself, or the one that the shared number of that name says; "" where nobody said which."""
    if not numbers().of("", by):
        return by
    row = told(by, division=division, on=on)
    return "" if row is None else row.text


def _folders() -> tuple[Path, ...]:
    return tuple(Path(folder) for folder in settings.CATALOGUE_FOLDERS)


@lru_cache(maxsize=4)
def _loaded(folders: tuple[Path, ...]) -> Mapping[str, Workflow]:
    return load_workflows(*folders)


@lru_cache(maxsize=64)
def _read(text: int, workflow: str) -> Workflow:
    # Both name the text: a number is given again where a transaction was rolled back.
    return workflow_of(Text.objects.get(pk=text, workflow=workflow).text)
