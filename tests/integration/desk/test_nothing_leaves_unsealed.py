"""While the record of acts is not sealed in time, somebody is told, and then nothing leaves; reading goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from jiuzhu.casework.accounts.permissions import table
from jiuzhu.casework.trace import sealing
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.models import Event
from tests.integration.desk.conftest import AT, signed_in, warning
from tests.support.officers import officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk")]
BANNER = "请检查封存进程"


@pytest.fixture
def waiting(tmp_path: Path, settings: Any) -> None:
    """An act at AT whose seal does not come."""
    settings.SEAL_KEEPER, settings.SEAL_SINK = tmp_path / "keeper", tmp_path / "sink"
    with transaction.atomic():
        record("family.open", by=Actor("zhou"), at=AT, on=Subject("household", "H1"))


@pytest.mark.requirement("C7")
@pytest.mark.usefixtures("waiting")
def test_after_ten_minutes_no_list_is_taken_away_and_pages_still_open(now: Callable[[datetime], None]):
    warning("here")
    client = signed_in(officer("wu", "township_officer", "370502001"))
    for after, status in ((599, 200), (600, 503)):
        now(AT + timedelta(seconds=after))
        assert client.get("/warnings/export.csv").status_code == status
        assert client.get("/warnings/").status_code == 200
    answer = client.get("/warnings/export.csv")
    assert "没有封存" in answer.content.decode()
    assert "name-of" not in answer.content.decode()
    assert Event.objects.filter(operation="warnings.export", outcome="refused", who="wu").count() == 2
    later = AT + timedelta(seconds=601)
    now(later)
    sealing.seal(at=later)
    sealing.forward(at=later)
    assert client.get("/warnings/export.csv").status_code == 200


@pytest.mark.requirement("C7")
@pytest.mark.usefixtures("waiting")
def test_whoever_answers_for_the_record_is_told_after_a_minute(now: Callable[[datetime], None]):
    keeper = signed_in(officer("qian", "auditor", "370502"))
    other = signed_in(officer("wu", "township_officer", "370502001"))
    for after, told in ((59, False), (60, True)):
        now(AT + timedelta(seconds=after))
        assert (BANNER in keeper.get("/warnings/").content.decode()) is told
        assert BANNER not in other.get("/warnings/").content.decode()


def test_everything_that_takes_a_file_away_waits_for_the_seal():
    assert {code for code, operation in table().operations.items() if operation.only_sealed} >= {
        code for code in table().operations if code.endswith(".export")
    }
