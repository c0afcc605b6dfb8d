"""The page after an incident: who was reached, what of them was open, to read and to take away; nothing typed wrongly is a fault."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.trace.models import Event
from tests.integration.desk.conftest import AT, HERE, signed_in
from tests.support.officers import officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk")]
WHY = "账号被盗，依法告知"


@pytest.fixture(autouse=True)
def thief(settings: Any, tmp_path: Path) -> None:
    settings.WORKSPACE = tmp_path
    thief = officer("zhou", "township_officer", HERE[:9])
    for n in (1, 2, 2):
        family = looks.Family(f"H{n}", HERE)
        looks.open_family(family=family, by=thief, at=AT + timedelta(minutes=n), reason="a neighbour called")


@pytest.mark.requirement("K5")
def test_an_auditor_reads_whom_an_account_reached_and_takes_the_list_away():
    page = signed_in(officer("xu", "auditor", "370502"))
    told = page.post("/audit/reached/", {"who": "zhou", "because": WHY}).content.decode()
    assert '<span class="id">H1</span>' in told
    assert "打开家庭档案" in told
    assert "证件号、电话、账户、疾病和残疾" in told
    taken = page.post("/audit/reached/", {"who": "zhou", "because": WHY, "act": "csv"})
    rows = list(csv.DictReader(io.StringIO(taken.content.decode("utf-8-sig"))))
    assert {(row["key"], row["times"], row["accounts"], row["level"]) for row in rows} == {
        ("H1", "1", "zhou", "sensitive"), ("H2", "2", "zhou", "sensitive"),
    }  # fmt: skip
    assert Event.objects.filter(operation="incidents.list", who="xu").count() == 2


@pytest.mark.parametrize(
    "asked",
    [
        {"because": WHY},
        {"who": "zhou", "because": "why"},
        {"since": "2026-02-30", "until": "2026-11-30", "because": WHY},
        {"entry": "desk:²", "because": WHY},
        {"entry": "desk:" + "9" * 40, "because": WHY},
    ],
)
def test_what_is_vague_or_impossible_is_told_and_lists_nobody(asked: dict[str, str]):
    answer = signed_in(officer("xu", "auditor", "370502")).post("/audit/reached/", asked)
    assert answer.status_code == 422
    assert "H1" not in answer.content.decode()
    assert not Event.objects.filter(operation="incidents.list", outcome="done").exists()


def test_an_impossible_day_in_an_address_narrows_nothing():
    assert signed_in(officer("xu", "auditor", "370502")).get("/audit/events/?since=2026-02-30").status_code == 200
