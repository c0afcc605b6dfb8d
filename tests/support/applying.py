"""Applications for tests: what a family types, and one brought to where a test begins, by the actions a person would take."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.applications import actions
from jiuzhu.casework.applications.models import Application
from tests.support.families import NOW, photograph

VILLAGE, ELSEWHERE = "370502001011", "370503001011"  # both are in force
PHONE = "13905460001"
Fields = dict[str, list[str]]


def number_of(first: str) -> str:
    """The id number that begins with these seventeen digits, with its check digit reckoned by hand."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True)) % 11]


def typed(*, head: str = "37050219630101001", spouse: str = "37050219650202002", **other: Any) -> Fields:
    """The least a family types: two people, dibao; everything else left to the records."""
    said: dict[str, Any] = {
        "items": ["dibao"], "applicant_name": "甲一", "id_kind": "id_card", "id_number": number_of(head), "phone": PHONE, "residence": VILLAGE,
        "address": "一号", "residence_kind": "rural", "agent": "no", "members.1.member_name": "乙二", "members.1.member_relation": "spouse",
        "members.1.member_id_kind": "id_card", "members.1.member_id_number": number_of(spouse), "kin_declared": "no", "truth": "yes",
        "consent_check": "yes", "consent_finance": "yes", "consent_medical": "no", "consent_notice": "yes",
    }  # fmt: skip
    told = {**said, **{name.replace("__", "."): value for name, value in other.items()}}
    return {name: value if isinstance(value, list) else [value] for name, value in told.items() if value is not None}


def drafted(
    by: Viewer, *, at: datetime = NOW, fields: Fields | None = None, channel: str = "window", place: str = VILLAGE
) -> Application:
    made = actions.draft(channel=channel, by=by, at=at, division_code=place)
    return actions.save(application=made, typed=fields or typed(), by=by, at=at)


def submitted(by: Officer, *, at: datetime = NOW, fields: Fields | None = None, **other: Any) -> Application:
    """Filled in by an officer for somebody who signed a page."""
    made = drafted(by, at=at, fields=fields, **other)
    actions.attach(application=made, paper="consent", content=photograph(), name="c.jpg", source="scan", by=by, at=at)
    return actions.submit(application=made, by=by, at=at)


def accepted(by: Officer, *, at: datetime = NOW, fields: Fields | None = None) -> Application:
    return actions.accept(application=submitted(by, at=at - timedelta(minutes=5), fields=fields), by=by, at=at)
