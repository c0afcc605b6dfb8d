"""Warnings that nobody releases in their legal days: the office above is told, one tier at a time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jiuzhu.casework.dispatch import actions
from jiuzhu.casework.dispatch.chosen import These
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.trace.models import Event
from jiuzhu.portals.cli.worker import round_of_work
from tests.support.casework import AT, COUNTY, ELSEWHERE, TODAY, TOWNSHIP, loaded, warning
from tests.support.officers import officer

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 19)


def after(day: date) -> int:
    return actions.escalate_unreleased(at=AT, today=day)


def stands(number: str) -> tuple[int, str, date | None]:
    one = Warning.objects.get(warning_id=number)
    return one.tier_up, one.raised_to, one.rises_on


@pytest.mark.requirement("F7")
def test_a_warning_nobody_releases_goes_up_a_tier_the_day_after_its_deadline_and_stops_at_the_province():
    warning("a", due_on=DUE)
    warning("in time", due_on=TODAY)
    warning("without a day", due_on=None)
    assert (after(DUE), stands("a")) == (0, (0, "", None))
    assert (after(TODAY), stands("a")) == (1, (1, COUNTY, date(2026, 11, 24)))  # two working days later, over a weekend
    assert after(TODAY) == 0  # the same day again
    assert (after(date(2026, 11, 24)), stands("a")) == (2, (2, "370500", date(2026, 11, 26)))  # and the other one begins
    assert stands("in time") == (1, COUNTY, date(2026, 11, 26))
    assert after(date(2026, 11, 26)) == 2
    assert stands("a") == (3, "370000", None)
    assert after(date(2027, 1, 26)) == 1  # only the other one
    assert stands("without a day") == (0, "", None)
    first = Event.objects.filter(operation="warnings.escalate").earliest("pk")
    assert list(first.subjects.values_list("key", flat=True)) == ["a"]
    assert Warning.objects.filter(state="open", handling="waiting").count() == 3


def test_what_is_released_snoozed_closed_or_a_hint_goes_nowhere():
    zhou = officer("zhou", "township_officer", TOWNSHIP)
    for number in ("released", "snoozed"):
        warning(number, due_on=DUE)
    warning("hint", kind="hint", due_on=DUE)
    warning("closed", due_on=DUE, state="closed", handling="lapsed", stands=False)
    actions.release(chosen=These(("released",)), because="released_as_found", by=zhou, at=AT)
    later = TODAY + timedelta(days=5)
    actions.snooze(chosen=These(("snoozed",)), until=later, because="known_false", by=zhou, at=AT)
    assert after(TODAY) == 0
    actions.lift_snoozes(at=AT, today=later)
    assert after(later) == 1
    assert stands("snoozed")[:2] == (1, COUNTY)


def test_whoever_gets_a_warning_passed_on_has_it_first_again_and_a_reopened_one_begins_anew():
    county = officer("county", "county_officer", COUNTY)
    one = warning("a", due_on=DUE)
    after(TODAY)
    actions.transfer(chosen=These(("a",)), division_code=ELSEWHERE[:9], because="lives_elsewhere", by=county, at=AT)
    assert stands("a") == (0, "", None)
    after(TODAY)
    assert stands("a")[:2] == (1, "370503")
    loaded("r1")
    Warning.objects.update(division_code=one.division_code)
    Warning.objects.update(state="closed", handling="lapsed", stands=True)
    actions.reopen(warning=Warning.objects.get(), because="new_facts", by=county, at=AT)
    assert stands("a") == (0, "", None)


def test_the_worker_tells_them():
    warning("a", due_on=DUE)
    assert round_of_work(at=AT)["unreleased"] == 1
    assert round_of_work(at=AT)["unreleased"] == 0
