"""A report on paper is the same bytes each time, and its code leads to what was issued; an objection has its day and its answer."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.verification import asking, objecting, printing, reporting
from jiuzhu.casework.verification.models import Print, Report
from jiuzhu.casework.verification.refusals import NothingAsked, NotNow
from tests.support.verifying import AT, Home, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(home: Home) -> Report:
    home.everybody_signs()
    home.has(home.head, "bank_deposit", {"balance": "17912.30", "balance_date": "2026-11-08"})
    made = home.ask(declared={"assets": [{"member": home.head.key, "kind": "deposit", "amount": "8000"}]})
    asking.collect(made, at=AT, departments=home.departments(court=home.twin(is_down=True)), seconds=5)
    return reporting.issue(request=made, by=home.officer, at=AT)


def test_a_report_is_printed_once_and_given_out_bit_for_bit_and_says_where_it_is_checked(home: Home, report: Report) -> None:
    first = printing.printed(report, by=home.officer, at=AT)
    assert first.startswith(b"%PDF")
    assert printing.printed(report, by=home.county, at=later(900)) == first == printing.drawn(report)
    kept = Print.objects.get()
    assert kept.sha256 == hashlib.sha256(first).hexdigest()
    assert b"17912" not in bytes(kept.content)
    assert printing.address_of(report).endswith(f"/help/check/{report.number}/{report.digest[:16]}/")
    assert Event.objects.filter(operation="verification.print").count() == 2
    with pytest.raises(NotAllowed):
        printing.printed(report, by=None, at=AT)


def test_an_objection_has_a_day_and_an_owner_and_is_answered_in_words_or_by_looking_again(home: Home, report: Report) -> None:
    with pytest.raises(NothingAsked):
        objecting.object_to(report=report, party=home.head, said=" ", by=home.officer, at=AT)
    made = objecting.object_to(
        report=report, party=home.head, said="this money was lent for a treatment", item="VM05", by=home.officer, at=AT
    )
    assert (made.due_on, objecting.said_in(made)) == (date(2026, 12, 4), "this money was lent for a treatment")
    with pytest.raises(NotAllowed):
        objecting.answer(objection=made, upheld=True, because="seen", by=home.officer, at=AT)
    again = objecting.answer(objection=made, upheld=True, because="a loan, by its paper", by=home.county, at=AT)
    assert again is not None
    assert again != report.request
    asking.collect(again, at=later(1), departments=home.departments(), seconds=5)
    second = reporting.issue(request=again, by=home.county, at=later(2))
    assert (second.kind, second.follows, second.late) == ("recheck", report, 0)
    with pytest.raises(NotNow):
        objecting.answer(objection=made, upheld=False, because="no", by=home.county, at=AT)
    other = objecting.object_to(report=report, party=home.head, said="not mine", by=home.officer, at=AT)
    assert objecting.answer(objection=other, upheld=False, because="the bank confirms it", by=home.county, at=AT) is None
    other.refresh_from_db()
    assert objecting.answer_in(other) == "the bank confirms it"
