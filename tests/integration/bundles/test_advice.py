"""What a family could have: each item by its own rule, with reasons in the rule's words, the best first; and its portrait beside it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from jiuzhu.casework.applications.scopes import subject
from jiuzhu.casework.bundles.advice import Advice, advice
from jiuzhu.casework.bundles.declared import library
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions.facts import Gathered
from jiuzhu.casework.files.portrait import Portrait, portrait
from jiuzhu.casework.payments import grants
from jiuzhu.casework.referrals import actions as referrals
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.verification import asking, reporting
from tests.integration.decisions.test_frozen import standard
from tests.support import applying, families
from tests.support.deciding import AT, NUMBERS, Room
from tests.support.families import COUNTY, NOW, TOWNSHIP
from tests.support.officers import officer
from tests.support.verifying import Home

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SET = {
    **NUMBERS, "near.income_multiplier": "1.5", "near.asset.financial_per_capita_multiple": 24, "near.asset.vehicles_max": 0,
    "near.asset.residence_max": 1, "near.asset.shops_max": 0, "near.asset.businesses_max": 0, "two.nursing_monthly": 120,
    "two.living_monthly": 110, "old_age.monthly_80_89": 100,
}  # fmt: skip


def family(*, income: int = 18_000, **household: Any) -> Gathered:
    """A mother out of work, a severely disabled father who needs care, a child at school, and a grandmother of 82."""
    members = [
        {"name": "mother", "age": 40, "financial_assets": 0, "is_tekun": False, "able_to_work": True, "unemployed": True},
        {"name": "father", "age": 44, "financial_assets": 0, "is_tekun": False, "disability_grade": 1, "long_term_care": True},
        {"name": "child", "age": 10, "financial_assets": 0, "is_tekun": False, "school_stage": "compulsory", "student": True},
        {"name": "grandmother", "age": 82, "financial_assets": 0, "is_tekun": False, "medical_insured": True},
    ]
    facts = {
        "division": "370502", "residence_kind": "urban", "counted_income": income, "authorised": True, "members": members,
        "parameters": SET, **household,
    }  # fmt: skip
    return Gathered(facts)


def told(known: Gathered) -> dict[str, Advice]:
    return {one.item.code: one for one in advice(known, division="370502", at=AT)}


@pytest.mark.feature("SF223")
def test_every_item_of_the_library_is_judged_by_its_rule_and_says_why():
    found = told(family())
    assert set(found) == set(library().items)
    fits = {code for code, one in found.items() if one.outcome == "fits"}
    # By hand: income 18,000 a year of four is below 770 a month each, so the family is dibao; the rest follows from who they are.
    assert fits == {
        "dibao", "disability", "poor_elderly", "premium", "education", "living_subsidy", "employment", "training", "serious_insurance",
        "funeral", "home_care", "left_behind", "family_doctor", "treat_first", "home_adaptation", "day_care", "assistive_devices",
        "pension_premium", "unemployment", "notary", "court_fees", "water_discount", "electricity", "hope",
    }  # fmt: skip
    assert set(found["living_subsidy"].members) == {"child"}
    assert set(found["disability"].members) == {"father"}
    assert found["disability"].yuan == 120 + 110
    # (770 × 12 × 4 − 18,000) ÷ 12 = 1,580
    assert (found["dibao"].yuan, found["dibao"].pays) == (Decimal(1580), "monthly")
    assert any("770" in one.zh and "18000" in one.zh.replace(",", "") for one in found["dibao"].why)
    assert found["public_rental"].outcome == "not"
    assert any("住房困难" in one.zh for one in found["public_rental"].why)
    assert found["mediation"].outcome == "anyone"


@pytest.mark.feature("SF223")
def test_the_plan_puts_the_class_first_then_what_gives_more_and_what_is_not_known_after_what_fits():
    plan = advice(family(), division="370502", at=AT)
    assert plan[0].item.code == "dibao"
    groups = [one.outcome for one in plan]
    assert groups == sorted(groups, key=["fits", "unknown", "anyone", "not"].index)
    paying = [one.yearly for one in plan if one.outcome == "fits" and not one.opens]
    assert paying == sorted(paying, reverse=True)
    assert paying[0] == 12 * 230


def test_what_is_not_known_is_not_refused_and_says_what_is_missing():
    known = family()
    members = [{name: value for name, value in one.items() if name != "age"} for one in known.facts["members"]]
    found = told(Gathered({**known.facts, "members": members}))
    assert found["home_care"].outcome == "unknown"
    assert any("年龄" in one.zh for one in found["home_care"].why)
    nothing = told(Gathered({}))
    assert {one.outcome for one in nothing.values()} == {"unknown", "anyone"}


def test_another_income_makes_another_plan():
    found = told(family(income=12 * 4 * 770))
    # Equal to the standard is not below it. Of a single person's dibao the county has not set the share, and says so.
    assert found["dibao"].outcome == "unknown"
    assert all("单人保" in one.zh for one in found["dibao"].why)
    assert found["near_dibao"].outcome == "fits"
    assert found["electricity"].outcome == "not"


@pytest.mark.feature("SF224")
def test_the_portrait_joins_the_newest_report_with_past_aid_and_judges_by_what_the_report_found(tmp_path: Path, settings: Any):
    settings.PLACE_FOLDER = tmp_path / "place"
    (settings.PLACE_FOLDER / "parameters").mkdir(parents=True)
    for name, value in {**SET, "dibao.rural_monthly": 600}.items():
        standard(settings.PLACE_FOLDER, value, "2026-01-01", name)
    room = Room()
    application = applying.accepted(room.clerk, at=NOW - DAY, fields=applying.typed())
    case, (head, spouse) = application.case, [one.party for one in application.named.order_by("line")]
    home = Home(case=case, officer=room.clerk, county=room.reviewer, head=head, spouse=spouse)
    before = {one.item.code: one for one in portrait_of(room, case, NOW).advice}
    assert before["dibao"].outcome == "unknown"
    home.sent[applying.number_of("37050219630101001"), "bank_deposit"] = [{"balance": "179120.30", "balance_date": "2026-11-08"}]
    home.signed(head)
    home.signed(spouse)
    asked = home.ask(head, spouse, about=subject(application), declared={"assets": []})
    asking.collect(asked, at=NOW, departments=home.departments(), seconds=5)
    report = reporting.issue(request=asked, by=room.clerk, at=NOW)
    with transaction.atomic():
        grants.begin(
            case=case, party=head, programme="old_age_allowance", from_month="2026-01", fen=100_00, decision="D", by=room.reviewer, at=NOW
        )  # fmt: skip
    justice = families.department("司法行政")
    made = referrals.make(case=case, need="legal_aid", item="legal_aid", asked="a lawyer", who="x", by=room.clerk, at=NOW)
    referrals.report(referral=Referral.objects.get(pk=made.pk), said="done", sentence="done", by=justice, at=NOW)
    found = portrait_of(room, case, NOW + DAY)
    assert found.report == report
    assert {(one.title.zh, one.running) for one in found.had} == {("高龄津贴", True), ("法律援助", False)}
    # 179,120.30 yuan of savings stand against 24 × 600 × 2 = 28,800.
    after = {one.item.code: one for one in found.advice}["dibao"]
    assert after.outcome == "not"
    assert any("179120.3" in one.zh.replace(",", "") and "28800" in one.zh.replace(",", "") for one in after.why)
    assert Event.objects.filter(operation="decisions.read", subject_key=case.key, who="clerk").count() == 2


def portrait_of(room: Room, case: Case, at: datetime) -> Portrait:
    found = portrait(viewer=room.clerk, case_key=case.key, at=at)
    assert found is not None
    return found


def test_a_portrait_is_not_there_for_who_may_not_decide():
    room = Room()
    case = room.confirmed().item.case
    for other in (
        officer("next", "township_officer", "370502002"), officer("far", "county_officer", "370503"),
        officer("grid", "grid_worker", f"{TOWNSHIP}001"), officer("auditor", "auditor", COUNTY),
    ):  # fmt: skip
        assert portrait(viewer=other, case_key=case.key, at=AT) is None
    assert portrait(viewer=room.clerk, case_key="none", at=AT) is None
