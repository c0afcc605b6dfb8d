"""What one application saves families is an estimate that says its formula and its numbers, and none where a number is not set."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from jiuzhu.casework.applications.papers import before
from jiuzhu.casework.bundles import saving
from jiuzhu.casework.bundles.saving import COPY, DAYS, FARE, TRIPS, WORK, Saved, saved
from jiuzhu.casework.working_rules import queries as rules
from tests.integration.bundles.test_one_thing import BEGUN, accepted, answers
from tests.support import families
from tests.support.deciding import Room
from tests.support.families import NOW
from tests.support.officers import officer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.mark.feature("SF092")
def test_trips_copies_and_days_are_reckoned_by_the_formula_from_the_numbers_of_the_place(room: Room):
    families.department("司法行政")
    justice = families.Officer.objects.get(account="司法行政")
    application = accepted(room, ["dibao", "medical"], ["legal_aid"])
    answers(justice, "司法行政", application, sentence="yes", at=BEGUN + 7 * DAY)
    told = saved(viewer=room.clerk, division="370502001", at=NOW, since=BEGUN - DAY, until=NOW)
    # By hand: three items; before, three trips of 20 + 80 yuan each; now one, to the window. 35 working days before, 5 for the lawyer.
    papers = sum(len(before([item])) for item in ("dibao", "medical", "other"))
    assert (told.applications, told.items, told.came, told.settled) == (1, 3, 1, 1)
    assert told.trips == 3 * 3 - 1
    assert told.papers_before == papers
    assert told.copies == papers - told.papers_now
    assert told.yuan == 8 * (20 + 80) + told.copies * 2
    assert told.share == int(100 * told.yuan / (9 * 100 + papers * 2))
    assert (told.days, told.days_saved) == (Decimal(5), Decimal(30))
    far = saved(viewer=officer("far", "county_officer", "370503"), division="370503", at=NOW, since=BEGUN - DAY, until=NOW)
    assert (far.applications, far.items, far.yuan, far.share, far.days) == (0, 0, 0, None, None)


def test_without_one_of_its_numbers_there_is_no_estimate(monkeypatch: pytest.MonkeyPatch, room: Room):
    monkeypatch.setattr(
        saving, "number", lambda rule, *, division, on: None if rule == FARE else rules.number(rule, division=division, on=on)
    )
    told = saved(viewer=room.clerk, division="370502", at=NOW, since=BEGUN, until=NOW)
    assert told.unset == [FARE]


def test_nobody_is_told_that_less_than_nothing_was_saved():
    numbers = {TRIPS: Decimal(1), FARE: Decimal(20), WORK: Decimal(0), COPY: Decimal(1), DAYS: Decimal(35)}
    told = Saved(2, 2, 5, 1, 3, 0, None, numbers)
    assert (told.trips, told.copies, told.yuan) == (0, 0, 0)


@pytest.mark.feature("SF092")
def test_the_page_says_that_it_is_an_estimate_with_its_formula_and_its_numbers(room: Room, client: Client):
    accepted(room, ["dibao"])
    client.force_login(room.clerk)
    page = client.get(reverse("application-figures")).content.decode()
    for text in ("估算", "少跑次数 ×（路费 + 误工）+ 少交份数 × 复印费", "测算：跑一次的路费", "不是统计数据"):
        assert text in page
