"""The pages of payments: drawn, signed by two, sent; what stops and who is held back is seen and done there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jiuzhu.casework.payments.models import Instruction, PayList
from jiuzhu.casework.payments.sending import work
from jiuzhu.casework.trace.models import Event
from tests.integration.desk.conftest import AT, signed_in
from tests.support import casework
from tests.support.families import TOWNSHIP
from tests.support.officers import officer
from tests.support.paying import MONTH, Office, lines_of, quiet

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def office() -> Office:
    return Office()


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.requirement("D5")
def test_a_list_is_drawn_made_checked_by_another_and_seen_to_arrive(office: Office, tmp_path: Path):
    for _ in range(3):
        office.grant()
    casework.warning("W1", household_id="H1", indicator_id="S21-R01", scenario_id="S21", side="exit")
    held = office.grant(household="H1")
    maker, checker = signed_in(office.maker), signed_in(office.checker)
    assert "还没有名册" in text(maker.get("/payments/"))
    drawn = maker.post("/payments/draw/", {"line": office.line.code, "month": MONTH})
    made = PayList.objects.get()
    assert drawn.url == f"/payments/{made.key}/"
    page = text(maker.get(drawn.url))
    assert "新增 4 行，其中扣住 1 行" in page
    assert "疑似死亡" in page
    number = lines_of(held)[0].number
    assert maker.post(f"/payments/lines/{number}/pay/").url == drawn.url
    assert maker.post(f"{drawn.url}make/").url == drawn.url
    assert "由另一位同事复核" in text(maker.get(drawn.url))
    assert maker.post(f"{drawn.url}check/", {"because": "x"}).status_code == 409
    stopped = checker.post(f"{drawn.url}check/")
    assert stopped.status_code == 409
    assert "闸门拦下了" in text(stopped)
    assert checker.post(f"{drawn.url}check/", {"because": "the first list of the county"}).url == drawn.url
    work(quiet(tmp_path, AT.date()), at=AT)
    page = text(checker.get(f"{drawn.url}?lang=en"))
    assert "3,080.00" in page
    assert set(Instruction.objects.values_list("state", flat=True)) == {"confirmed"}
    assert Event.objects.filter(operation="payments.read", subject_key=made.key).count() >= 3


def test_a_line_is_taken_off_and_a_list_given_back(office: Office):
    grant = office.grant(account="-")
    client = signed_in(office.maker)
    client.post("/payments/draw/", {"line": office.line.code, "month": MONTH})
    made = PayList.objects.get()
    assert "没有复核过的账户" in text(client.get(f"/payments/{made.key}/"))
    assert client.post(f"/payments/lines/{lines_of(grant)[0].number}/off/").status_code == 302
    office.grant()
    client.post("/payments/draw/", {"line": office.line.code, "month": MONTH})
    client.post(f"/payments/{made.key}/make/")
    assert signed_in(office.checker).post(f"/payments/{made.key}/back/").status_code == 302
    made.refresh_from_db()
    assert (made.state, made.maker_signature) == ("drawn", "")
    wrong = client.post("/payments/draw/", {"line": office.line.code, "month": "2026-10"})
    assert (wrong.status_code, "只能为本月或下月" in text(wrong)) == (409, True)


@pytest.mark.requirement("A3")
def test_who_has_nothing_to_do_with_payments_does_not_see_that_they_exist(office: Office):
    grant = office.grant()
    signed_in(office.maker).post("/payments/draw/", {"line": office.line.code, "month": MONTH})
    made = PayList.objects.get()
    for who in (officer("t", "township_officer", TOWNSHIP), officer("far", "county_officer", "370503")):
        client = signed_in(who)
        assert client.get(f"/payments/{made.key}/").status_code == 404
        for address in (f"/payments/{made.key}/make/", f"/payments/lines/{lines_of(grant)[0].number}/off/"):
            assert client.post(address).status_code == 404
    assert signed_in(officer("a", "auditor", "370502")).get(f"/payments/{made.key}/").status_code == 200
