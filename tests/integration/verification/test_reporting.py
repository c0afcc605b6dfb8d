"""One click asks everybody's sources; every item of every person stands in the report in one of six states, as it was that day."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from jiuzhu.casework.cases.models import Announcement
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.verification import asking, queries, reporting
from jiuzhu.casework.verification.comparing import STATES
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.models import Minute, Question, Report, Request
from jiuzhu.casework.verification.refusals import NothingAsked, NotNow
from jiuzhu.gateways.verification.twin import Twin
from jiuzhu.rules.parameters import Parameters, ParameterValue
from tests.support.flushing import without_guards
from tests.support.verifying import AT, TODAY, Home, later

pytestmark = pytest.mark.django_db
DECLARED = {
    "household": {"residence_kind": "urban"},
    "incomes": [
        {"member": "HEAD", "kind": "wage", "amount": "12000"},
        {"member": "SPOUSE", "kind": "wage", "monthly": "1000"},
    ],
    "assets": [{"member": "HEAD", "kind": "deposit", "amount": "8000"}],
    "vehicles": [],
    "expenses": [{"member": "HEAD", "kind": "medical", "amount": "25000"}],
}


def declared(home: Home) -> dict[str, object]:
    keys = {"HEAD": home.head.key, "SPOUSE": home.spouse.key}
    return {
        name: [one | {"member": keys[one["member"]]} for one in told] if isinstance(told, list) else told
        for name, told in DECLARED.items()
    }


def rich(home: Home) -> None:
    """What departments know of the family."""
    month = {"income_item": "1", "income_amount": "1200.00"}
    home.has(home.head, "tax_individual_income", *({**month, "tax_month": f"2026-{m:02}"} for m in range(1, 12)))
    home.has(
        home.spouse,
        "tax_individual_income",
        {**month, "income_amount": "14400.00", "tax_month": "2026-03"},
        {**month, "income_amount": "9000.00", "tax_month": "2025-10"},
    )
    home.has(home.head, "bank_deposit", {"balance": "17912.30", "balance_date": "2026-11-08"})
    home.has(home.spouse, "bank_deposit", {"balance": "3168.25", "balance_date": "2026-11-08"})
    home.has(
        home.head,
        "traffic_vehicle",
        {"vehicle_class": "1", "vehicle_status": "1", "purchase_price": "80000.00"},
        {"vehicle_class": "1", "vehicle_status": "2"},
    )
    home.has(home.head, "medins_settlement", {"self_pay_amount": "25340.00", "settlement_date": "2026-05-01"})
    home.has(home.head, "civil_dibao_member", {"dibao_status": "3", "dibao_type": "1", "monthly_amount": "500.00"})


@pytest.fixture
def family(home: Home) -> Home:
    home.everybody_signs()
    rich(home)
    return home


def collected(home: Home, **twins: Twin) -> Request:
    made = home.ask(declared=declared(home))
    asking.collect(made, at=AT, departments=home.departments(**twins), seconds=5)
    return made


def state(made: Request, item: str, person: str) -> tuple[str, str, str]:
    (row,) = (one for one in reporting.rows_of(made, AT) if (one.item, one.person) == (item, person))
    return row.state, row.declared, row.found


@pytest.mark.feature("SF016", "SF125", "SF126", "SF177", "SF195")
def test_one_click_asks_every_source_about_everybody_and_holds_what_is_found_against_what_was_declared(family: Home) -> None:
    made = collected(family)
    head, spouse, child = family.head.key, family.spouse.key, family.child.key
    rows = reporting.rows_of(made, AT)
    levels = {code: item.level for code, item in verifying().items.items()}
    assert {level: len({row.item for row in rows if levels[row.item] == level}) for level in ("ministry", "city")} == {
        "ministry": 8,
        "city": 50,
    }
    assert len(rows) == 58 * 3
    assert Question.objects.filter(request=made, state="answered").count() == Question.objects.filter(request=made).count()
    # 11 x 1200 against 12000 is within a tenth; 14400 against 12 x 1000 is not, and what was earned thirteen months ago is past.
    assert state(made, "VM04", head) == ("consistent", "12000.00", "13200.00")
    assert state(made, "VM04", spouse) == ("inconsistent", "12000.00", "14400.00")
    assert state(made, "VM05", head) == ("inconsistent", "8000.00", "17912.30")
    # An asset list was handed in, and it names nothing of the spouse: that is a declaration of none.
    assert state(made, "VM05", spouse) == ("inconsistent", "0.00", "3168.25")
    assert state(made, "VC29", head) == ("inconsistent", "0", "1")
    assert state(made, "VC39", head) == ("consistent", "25000.00", "25340.00")
    assert state(made, "VM05", child)[0] == "none"
    assert state(made, "VC43", head)[0] == "none"  # a row with a code that does not count


def test_what_nobody_was_asked_to_declare_is_no_concealment_and_no_record_is_not_none(family: Home) -> None:
    made = family.ask()
    asking.collect(made, at=AT, departments=family.departments(), seconds=5)
    assert state(made, "VM05", family.head.key) == ("not_declared", "", "17912.30")
    assert state(made, "VC30", family.head.key) == ("none", "", "")
    assert {one.state for one in reporting.rows_of(made, AT)} == {"not_declared", "none"}


@pytest.mark.feature("SF124", "SF230")
def test_a_partial_report_is_out_within_its_hours_names_who_is_late_and_the_rest_is_a_supplement(family: Home) -> None:
    bank, tax = family.twin(later=100), family.twin(is_down=True)
    made = collected(family, bank=bank, tax=tax)
    departments = family.departments(bank=bank, tax=tax)
    assert state(made, "VM05", family.head.key) == ("late", "8000.00", "")
    assert reporting.issue_due(at=later(47)) == 0
    assert reporting.issue_due(at=later(48)) == 1
    first = Report.objects.get()
    said = reporting.statement_of(first)
    assert (first.kind, said["late"]) == ("partial", ["bank", "tax"])
    assert sum(getattr(first, name) for name in STATES) == len(said["rows"]) == 58 * 3
    assert all(row["state"] in STATES for row in said["rows"])
    assert reporting.issue_due(at=later(49)) == 0
    # The bank has it now; the tax office is there again and never heard of it, so it is asked once more.
    tax.is_down = False
    asking.chase(made, at=later(50), departments=departments)
    assert reporting.issue_due(at=later(51)) == 1
    second = Report.objects.get(kind="supplement")
    assert (second.follows, second.late, reporting.statement_of(second)["late"]) == (first, 0, [])
    assert Request.objects.get().ended_at == later(51)
    assert state(made, "VM05", family.head.key)[0] == "inconsistent"
    assert Announcement.objects.filter(kind="report.issued").count() == 2


def test_a_lost_answer_is_fetched_under_the_number_it_was_asked_by(family: Home) -> None:
    bank = family.twin(lost=100)
    made = collected(family, bank=bank)
    asked = set(bank.heard)
    assert asking.chase(made, at=later(1), departments=family.departments(bank=bank)) == 3
    assert set(bank.heard) == asked
    assert not queries.late(made).exists()


@pytest.mark.feature("SF014", "SF123")
def test_two_slow_sources_and_one_that_is_down_keep_nobody_waiting_and_the_report_says_so_by_level(family: Home) -> None:
    never = threading.Event()
    slow = {name: family.twin(waits=never.wait) for name in ("bank", "education")}
    made = family.ask(declared=declared(family))
    asking.collect(made, at=AT, departments=family.departments(**slow, court=family.twin(is_down=True)), seconds=0.5)
    report = reporting.issue(request=made, by=family.officer, at=AT)
    said = reporting.statement_of(report)
    never.set()
    assert said["late"] == ["bank", "court", "education"]
    levels = {one["level"]: one for one in said["levels"]}
    assert levels["national"]["late"] >= 3
    assert all(one["asked"] == one["answered"] + one["late"] + one["refused"] for one in said["levels"])
    assert sum(one["asked"] for one in said["levels"]) == made.questions.count()


def test_a_source_is_asked_so_often_in_a_minute_and_the_rest_waits_for_the_next(family: Home) -> None:
    made = family.ask()
    Minute.objects.create(source="bank", minute=AT, asked=59)
    bank = family.twin()
    departments = family.departments(bank=bank)
    asking.collect(made, at=AT, departments=departments, seconds=5)
    assert (len(bank.heard), queries.late(made).count()) == (1, 2)
    asking.collect(made, at=AT + timedelta(seconds=59), departments=departments, seconds=5)
    assert len(bank.heard) == 1
    asking.collect(made, at=AT + timedelta(seconds=60), departments=departments, seconds=5)
    assert (len(bank.heard), queries.late(made).count()) == (3, 0)


def test_a_source_that_says_it_is_too_much_is_asked_again_and_one_that_refuses_is_named(family: Home) -> None:
    bank, police = family.twin(most=2), family.twin(refused=100)
    made = collected(family, bank=bank, police=police)
    assert queries.late(made).count() == 1
    (row,) = (one for one in reporting.rows_of(made, AT) if (one.item, one.person) == ("VC29", family.head.key))
    assert (row.state, row.why) == ("refused", "机构要求书面函")
    bank.most = None
    asking.collect(made, at=later(1), departments=family.departments(bank=bank), seconds=5)
    assert queries.late(made).count() == 0


def test_a_report_is_signed_frozen_and_found_out_when_changed(family: Home) -> None:
    report = reporting.issue(request=collected(family), by=family.officer, at=AT)
    assert (report.kind, reporting.holds(report), report.valid_until) == ("whole", True, date(2027, 5, 20))
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(digest="0" * 64)
    with transaction.atomic(), without_guards():
        Report.objects.filter(pk=report.pk).update(digest="0" * 64)
    assert not reporting.holds(Report.objects.get(pk=report.pk))
    with pytest.raises(NotNow):
        reporting.issue(request=report.request, by=family.officer, at=later(1))
    family.has(family.head, "bank_deposit", {"balance": "1.00"})
    assert reporting.statement_of(report)["rows"] == reporting.statement_of(Report.objects.get(pk=report.pk))["rows"]


def test_numbers_of_that_day_stand_beside_what_was_found_and_an_unset_one_is_said_to_be_unset(
    family: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def number(name: str, value: str) -> ParameterValue:
        return ParameterValue("", name, "370502", date(2026, 1, 1), None, Decimal(value), value, "yuan", "a notice", "high")

    names = {"dibao.urban_monthly": "900", "dibao.asset.financial_per_capita_multiple": "24"}
    rows = {("", name): [number(name, value)] for name, value in names.items()}
    monkeypatch.setattr(reporting, "numbers", lambda: Parameters(rows))
    report = reporting.issue(request=collected(family, securities=family.twin(is_down=True)), by=family.officer, at=AT)
    limits = {one["code"]: one for one in reporting.statement_of(report)["limits"]}
    assets = limits["assets_per_head"]
    assert Decimal(assets["found"]) == ((Decimal("17912.30") + Decimal("3168.25")) / 3).quantize(Decimal("0.01"))
    assert (assets["at_least"], assets["state"], assets["limit"]) == (True, "unknown", "21600.00")
    assert (limits["income_per_head"]["limit"], limits["income_per_head"]["state"]) == ("900", "within")
    vehicles = limits["vehicles"]
    assert (vehicles["found"], vehicles["at_least"], vehicles["limit"], vehicles["state"]) == ("1", False, "", "unset")


@pytest.mark.feature("SF015")
def test_what_was_found_is_handed_to_a_decision_in_the_words_of_an_application_and_counted_once(family: Home) -> None:
    family.has(
        family.head, "hr_pension_contribution", {"contribution_base": "60000.00", "pay_status": "1", "pay_month": "2026-05"}
    )
    report = reporting.issue(request=collected(family, land_registry=family.twin(is_down=True)), by=family.officer, at=AT)
    found = queries.found(report)
    head = family.head.key
    assert [one for one in found["incomes"] if one["member"] == head] == [
        {"member": head, "kind": "wage", "amount": "13200.00", "source": "report"}
    ]
    assert {"member": head, "kind": "car", "price": "80000.00", "source": "report"} in found["vehicles"]
    assert "homes" not in found
    assert queries.unknown_lists(report) >= {"homes"}


def test_what_is_verified_already_is_not_begun_twice_and_reading_is_an_event_of_each_person(family: Home) -> None:
    made = family.ask()
    assert family.ask() == made
    with pytest.raises(NothingAsked):
        family.ask(items=("VX99",), template="orphan")
    asking.collect(made, at=AT, departments=family.departments(), seconds=5)
    report = reporting.issue(request=made, by=family.officer, at=AT)
    queries.read(report, by=family.officer, at=AT)
    told = Event.objects.filter(operation="verification.read").get()
    assert set(told.subjects.values_list("key", flat=True)) == {family.head.key, family.spouse.key, family.child.key}
    assert not queries.reports(viewer=None, at=AT).exists()
    assert TODAY.isoformat() == reporting.statement_of(report)["as_of"]
