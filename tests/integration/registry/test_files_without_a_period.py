"""Departments that send all they have in one file, whose name says no period."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.synthetic.story import Days
from tests.integration.registry.village import PLACE, deliver, few, instant, number, person, run, write

MONTH_ENDS = (date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31), date(2028, 2, 29))


def _beneficiary(one: int, day: date) -> dict[str, object]:
    told = {"record_id": f"d{one}", "id_no": number(one), "name": person(one, "")["name"], "dibao_no": f"D{one}"}
    told |= {"household_id": f"H{one}", "dibao_type": 1, "individual_protection": "否", "monthly_amount": "400"}
    told |= {"start_date": Days(day).ago(years=1), "bank_account": f"62284800000000{one}", "dibao_status": 1}
    return {**told, "region_code": PLACE, "data_date": day}


def _payment(one: int, day: date, month: int, sent: date | None = None) -> dict[str, object]:
    days = Days(day)
    told = {
        "record_id": f"p{one} {month}",
        "id_no": number(one),
        "name": person(one, "")["name"],
        "fund_line_code": "dibao_urban",
    }
    told |= {"fund_line_name": "城市低保", "pay_month": days.month(month), "amount": "400", "pay_date": days.month_day(month, 10)}
    told |= {"bank_account": f"62284800000000{one}", "account_holder_id_no": number(one), "account_holder_name": told["name"]}
    return {**told, "pay_result": 1, "sms_sent": "是", "region_code": PLACE, "data_date": sent or days.month_day(month, 28)}


@pytest.mark.parametrize("day", MONTH_ENDS, ids=str)
def test_on_the_last_day_of_a_month_its_payments_are_not_missed_before_they_are_delivered(
    tmp_path: Path, national: Catalogue, day: date
):
    """1 was paid for last month; 2 for the month before only. A correction of 3 was sent on the day itself."""
    rules, workspace = few(national, "S31-E09"), tmp_path / "workspace"
    paid = [_payment(one, day, month) for one, months in ((1, (-2, -1)), (2, (-2,)), (3, (-2,))) for month in months]
    paid.append(_payment(3, day, -1, sent=day))
    files = [
        write(tmp_path, "police_population.csv", [person(one, f"K{one}", str(day)) for one in (1, 2, 3)]),
        write(tmp_path, "civil_dibao_member.csv", [_beneficiary(one, day) for one in (1, 2, 3)]),
        write(tmp_path, "civil_assistance_payment.csv", paid),
    ]
    deliver(workspace, rules, files)
    public.mark_invented(workspace)
    run(workspace, rules, day)
    warned = {row["subject"] for row in public.warnings(workspace, by="test", at=instant(day))}
    assert warned == {number(2)}
