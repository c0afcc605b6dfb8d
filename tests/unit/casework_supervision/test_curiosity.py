"""Curious looks are found among honest ones: each sign alone and together, and a thousand planted in an invented office's year."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from jiuzhu.casework.supervision.curiosity import BACK, Known, Look, odd_looks
from tests.support.snoops import BEGINS, BEIJING, DAYS, PLANTED, year

pytestmark = pytest.mark.requirement("A7")
DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=BEIJING)
HOUR = timedelta(hours=1)
NEAR = Known(
    own={"zhou": frozenset({"mine"})},
    kin={"zhou": frozenset({"sisters"})},
    address={"zhou": frozenset({"neighbours"})},
    colleagues={"zhou": frozenset({"lis"})},
)


def found(*looks: tuple[str, datetime, bool], day: date = DAY) -> dict[str, tuple[str, ...]]:
    told = [Look(number, "zhou", at, household, task) for number, (household, at, task) in enumerate(looks)]
    return {one.household: one.reasons for one in odd_looks(told, NEAR, day=day)}


@pytest.mark.parametrize(
    ("household", "has_task", "first"),
    [
        ("mine", False, "own"), ("mine", True, "own"), ("sisters", False, "kin"), ("sisters", True, "kin"),
        ("neighbours", False, "address"), ("neighbours", True, None), ("lis", False, "colleague"), ("lis", True, None),
        ("strangers", False, None), ("strangers", True, None),
    ],
)  # fmt: skip
def test_what_is_near_is_odd_and_a_task_excuses_neighbours_and_colleagues_only(household: str, has_task: bool, first: str | None):
    reasons = found((household, NOON, has_task)).get(household)
    assert (reasons and reasons[0]) == first


@pytest.mark.parametrize(("hour", "odd"), [(5, True), (6, False), (21, False), (22, True)])
def test_at_night_a_look_without_a_task_is_odd_by_the_clock_of_beijing(hour: int, odd: bool):
    at = datetime(2026, 11, 20, hour, tzinfo=BEIJING)
    assert bool(found(("strangers", at, False))) == odd
    assert not found(("strangers", at, True))


def test_six_families_within_an_hour_without_a_task_are_a_burst_and_five_are_not():
    def burst(count: int, every: timedelta) -> int:
        return len(found(*((f"family{number}", NOON + number * every, False) for number in range(count))))

    assert [burst(5, HOUR / 10), burst(6, HOUR / 10), burst(6, HOUR / 4), burst(20, HOUR / 5)] == [0, 6, 0, 20]


def test_the_same_family_again_and_again_without_a_task_is_odd_from_the_third_sitting_with_all_its_looks():
    days = [NOON - timedelta(days=number) for number in (4, 2, 0)]
    told = [Look(number, "zhou", at, "strangers", False) for number, at in enumerate(days)]
    (odd,) = odd_looks(told, NEAR, day=DAY)
    assert (odd.reasons, [look.event for look in odd.looks]) == (("often", "no_task"), [0, 1, 2])
    assert not odd_looks(told[1:], NEAR, day=DAY)
    close = [Look(number, "zhou", NOON + timedelta(minutes=5 * number), "strangers", False) for number in range(5)]
    assert not odd_looks(close, NEAR, day=DAY)
    old = [Look(0, "zhou", NOON - BACK, "strangers", False), *told[1:]]
    assert not odd_looks(old, NEAR, day=DAY)


def test_only_the_looks_of_the_day_are_asked_about():
    yesterday, tomorrow = NOON - timedelta(days=1), NOON + timedelta(days=1)
    assert found(("mine", yesterday, False), ("mine", tomorrow, False)) == {}


@pytest.mark.parametrize("seed", [20261120])
def test_of_a_thousand_curious_looks_nine_of_ten_are_found_and_one_honest_look_in_a_thousand_is_asked_about(seed: int):
    made = year(seed)
    by_day: dict[date, list[Look]] = {}
    for look in made.looks:
        by_day.setdefault(look.at.astimezone(BEIJING).date(), []).append(look)
    asked: set[int] = set()
    for number in range(DAYS + 12):
        day = BEGINS + timedelta(days=number)
        near = [look for back in range(BACK.days) for look in by_day.get(day - timedelta(days=back), ())]
        asked |= {look.event for one in odd_looks(near, made.known, day=day) for look in one.looks}
    planted = set().union(*made.planted.values())
    honest = len(made.looks) - len(planted)
    recall, false = len(asked & planted) / len(planted), len(asked - planted) / honest
    by_kind = {kind: f"{len(asked & numbers)}/{len(numbers)}" for kind, numbers in made.planted.items()}
    print(
        f"seed {seed}: {len(planted)} planted, {honest:,} honest; found {recall:.1%}, false {1000 * false:.2f} in 1,000; {by_kind}"
    )
    assert len(planted) == sum(PLANTED.values()) == 1000
    assert recall >= 0.9
    assert false <= 1 / 1000
    assert all(len(asked & numbers) >= 0.9 * len(numbers) for kind, numbers in made.planted.items() if kind != "once, by day")
