"""What was looked at, what was done and what was paid stand in one record that only grows, on the auditor's pages and to the verifier."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.cases import plans
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.sealing import forward, seal
from jiuzhu.casework.trace.sentences import words
from tests.integration.desk.conftest import signed_in, warning
from tests.support import event_log
from tests.support.officers import officer
from tests.support.paying import AT, Office

pytestmark = pytest.mark.usefixtures("desk")
DATA, ACTS, MONEY = ("family.open",), ("cases.plan", "grants.decide"), ("payments.draw", "payments.make", "payments.check")


@pytest.mark.feature("SF185")
def test_a_look_an_act_and_a_payment_are_traced_for_the_auditor_and_none_can_be_changed_unnoticed(
    now: Callable[[datetime], None], tmp_path: Path, settings: Any
):
    settings.SEAL_KEEPER, settings.SEAL_SINK = tmp_path / "keeper", tmp_path / "sink"
    office = Office()
    case = office.grant(household="H1").case
    family = looks.Family("H1", case.division_code, case.key)
    looks.open_family(family=family, by=office.maker, at=AT, reason="telephone of the family")
    plans.write_plan(case=case, goal="稳定", items=[], based_on=0, by=office.maker, at=AT)
    made = office.checked()
    warning("here", household_id="H1")
    now(AT + timedelta(hours=1))
    client = signed_in(officer("xu", "auditor", "370502"))
    said = {code: title.zh for code, title in words("operation").items()}
    trace = client.post("/audit/family/", {"household": "H1", "because": "a complaint of the family"}).content.decode()
    assert all(f"maker（县级审核，东营区）{said[code]}" in trace for code in (*DATA, *ACTS))
    assert "telephone of the family" in trace
    record = client.get("/audit/events/").content.decode()
    assert all(said[code] in record for code in (*DATA, *ACTS, *MONEY))
    assert f"checker（县级审核，东营区）{said['payments.check']}" in record
    assert made.key in record
    for code in (*DATA, *ACTS, *MONEY):
        one = Event.objects.filter(operation=code).first()
        assert one is not None
        rows = Event.objects.filter(pk=one.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(who="nobody")
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete(rows.db)
    seal(at=AT + timedelta(hours=2))
    forward(at=AT + timedelta(hours=2))
    log, seen = event_log.held(), event_log.witnesses()
    assert seen.of(log, code=True).findings == []
    for code in (DATA[0], ACTS[0], MONEY[2]):
        changed = log.copy()
        row = next(one for one in changed.events if one["event"]["operation"] == code)
        row["event"]["who"] = "nobody"
        assert seen.of(changed, code=True).findings
        left_out = log.copy()
        left_out.events.remove(next(one for one in left_out.events if one["event"]["operation"] == code))
        assert seen.of(left_out, code=True).findings
