"""The chain of assistance: acts in time order on six lanes, runs of payments as one, and the gaps between."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from jiuzhu.casework.files.chain import chain_of, day_of
from jiuzhu.casework.files.lanes import ChainAct
from jiuzhu.portals.desk.chain_drawing import LEFT, RIGHT, WIDTH, drawing
from jiuzhu.rules.family import LANES, Act, Expected
from jiuzhu.rules.tree import Title
from tests.integration.files.conftest import AS_OF, Make, row

VISITS = Act("visits", "civil_home_visit", "visit_date", "", "visit_type", "", False)
PAYMENTS = Act("grants", "civil_assistance_payment", "pay_month", "", "fund_line_name", "amount", True)
RULE = Expected(Title("没有走访", "no visit"), "signals", "visits", 30)


def signal(day: date, level: int = 4) -> ChainAct:
    return ChainAct("signals", day, Title("预警", "warning"), level=level)


@pytest.mark.feature("SF072")
def test_acts_of_every_source_stand_in_time_order_and_nothing_after_the_day_of_the_release(family: Make):
    visit = row("civil_home_visit", visit_date="2026-03-01", visit_type="1")
    made = family(acts=(VISITS,), rows=[visit])
    chain = chain_of(made, [signal(date(2026, 2, 1)), signal(AS_OF + timedelta(days=1)), signal(date(2026, 3, 1))])
    assert [(act.lane, act.day) for act in chain.acts] == [
        ("signals", date(2026, 2, 1)), ("signals", date(2026, 3, 1)), ("visits", date(2026, 3, 1)),
    ]  # fmt: skip
    assert chain.lanes == ("signals", "visits")


def test_months_of_one_allowance_are_one_run_and_a_pause_begins_another(family: Make):
    rows = [
        row("civil_assistance_payment", number=month, pay_month=month, fund_line_name="低保金", amount="500.10")
        for month in ("2026-01", "2026-02", "2026-03", "2026-06")
    ]
    chain = chain_of(family(acts=(PAYMENTS,), rows=rows), [])
    assert [(act.day, act.until, act.times, act.amount) for act in chain.acts] == [
        (date(2026, 1, 1), date(2026, 3, 1), 3, "1500.30"),
        (date(2026, 6, 1), None, 1, "500.10"),
    ]


@pytest.mark.feature("SF072")
def test_a_signal_that_nobody_followed_in_time_leaves_a_gap_that_says_how_long(family: Make):
    made = family(acts=(VISITS,), expected=(RULE,), rows=[row("civil_home_visit", visit_date="2026-06-30", visit_type="1")])
    (gap,) = chain_of(made, [signal(date(2026, 3, 3)), signal(date(2026, 4, 1)), signal(date(2026, 6, 1))]).gaps
    assert (gap.lane, gap.since, gap.days, gap.open) == ("visits", date(2026, 3, 3), 119, False)
    (gap,) = chain_of(made, [signal(date(2026, 7, 1))]).gaps
    assert (gap.until, gap.open) == (AS_OF, True)
    assert chain_of(made, [signal(date(2026, 5, 31))]).gaps == ()  # thirty days are in time


def test_a_gap_stands_exactly_where_a_plain_walk_over_random_days_finds_one(family: Make):
    chance = random.Random(11)
    for _ in range(40):
        signals = sorted(date(2026, 1, 1) + timedelta(days=chance.randrange(300)) for _ in range(chance.randrange(6)))
        visits = sorted({date(2026, 1, 1) + timedelta(days=chance.randrange(300)) for _ in range(chance.randrange(4))})
        rows = [row("civil_home_visit", number=str(day), visit_date=str(day), visit_type="1") for day in visits]
        chain = chain_of(family(acts=(VISITS,), expected=(RULE,), rows=rows), [signal(day) for day in signals])
        missed = set()
        for day in signals:
            after = [visit for visit in visits if visit >= day]
            end = after[0] if after else AS_OF
            if (end - day).days > 30:
                missed.add(end)
        assert {gap.until for gap in chain.gaps} == missed


def test_days_are_read_of_every_kind_of_cell():
    assert day_of("") is None
    assert day_of("2026-11") == date(2026, 11, 1)
    assert day_of("2026Q3") == date(2026, 7, 1)
    assert day_of("2025-2026") == date(2025, 9, 1)
    assert day_of("2026-11-20T08:00:00+08:00") == date(2026, 11, 20)


def test_the_picture_keeps_every_act_inside_and_in_order(family: Make):
    chance = random.Random(3)
    acts = [ChainAct(chance.choice(LANES), AS_OF - timedelta(days=chance.randrange(700)), Title("事", "act")) for _ in range(200)]
    chain = chain_of(family(), acts)
    drawn = drawing(chain, since=AS_OF - timedelta(days=365))
    shown = sum(mark.count for lane in drawn.lanes for mark in lane.marks)
    assert shown == sum((AS_OF - act.day).days <= 365 for act in acts)
    for lane in drawn.lanes:
        places = [mark.x for mark in lane.marks]
        assert places == sorted(places)
        assert all(LEFT <= x <= WIDTH - RIGHT for x in places)
