"""Warnings, cases and tasks for tests, put straight into the tables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.dispatch.models import Load, Warning
from jiuzhu.casework.parties.keys import new_key

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
TODAY = date(2026, 11, 20)
COUNTY, TOWNSHIP, VILLAGE, ELSEWHERE = "370502", "370502001", "370502001011", "370503001001"


def warning(number: str, **other: Any) -> Warning:
    """A waiting warning of a household of its own, in the village."""
    told = {
        "warning_id": number, "indicator_id": "S01-E01", "scenario_id": "S01", "subject_kind": "person", "household_id": f"H-{number}",
        "division_code": VILLAGE, "level": 4, "value": "31460.00", "threshold": "5000.00", "unit": "yuan", "kind": "warning",
        "side": "entry", "changed": "new", "first_seen": TODAY, "as_of": TODAY, "due_on": date(2026, 11, 27),
    } | other  # fmt: skip
    return Warning.objects.create(registry_division=told["division_code"], **told)


def loaded(release: str = "r0", *, brought: int = 0) -> Load:
    """A release on the desk, for what is counted against it."""
    return Load.objects.create(
        release=release, as_of=TODAY, loaded_at=AT, issued=0, opened=0, raised=0, lowered=0, closed=0, brought=brought
    )


def case(**other: Any) -> Case:
    told = {"key": new_key("C"), "division_code": VILLAGE, "household_key": "", "opened_at": AT, "opened_because": "by_warnings"}
    return Case.objects.create(**told | other)


def task(of: Case | None = None, **other: Any) -> Task:
    of = of or case()
    told = {
        "key": new_key("T"), "case": of, "round": of.round, "kind": "visit", "division_code": of.division_code,
        "office": of.division_code[:9], "made_at": AT, "due_on": date(2026, 11, 27), "rises_on": date(2026, 11, 28),
        "because": "released_as_found",
    } | other  # fmt: skip
    return Task.objects.create(**told)
