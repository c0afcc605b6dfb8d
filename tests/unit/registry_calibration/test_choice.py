"""Which values are tried, what is expected of them, and which are chosen: against the plainest other way."""

from __future__ import annotations

import itertools
import random
from datetime import date
from decimal import Decimal

import pytest

from jiuzhu.registry.calibration.candidates import allowed, candidates
from jiuzhu.registry.calibration.choice import Option, best
from jiuzhu.registry.calibration.evidence import (
    Expected,
    Outcome,
    OutcomeRefused,
    Share,
    Visited,
    checked,
    expected,
    reaching,
)
from jiuzhu.rules.parameters import Parameters, ParameterValue
from jiuzhu.rules.strands import Measure
from jiuzhu.rules.tree import Constant, GradeLine, Rule, Type

DAY = date(2026, 11, 20)
MEASURE = Measure(step=20, outcomes=20)
RULE = Rule(
    None, Constant(Decimal(1), Type("number")), None, "limit", "at least", None, (GradeLine("blue", "times", Decimal(1)),)
)


def row(value: str, unit: str = "yuan", division: str = "000000", least: str = "", most: str = "") -> ParameterValue:
    bounds = [Decimal(one) if one else None for one in (least, most)]
    return ParameterValue(
        "X", "limit", division, date(2020, 1, 1), None, Decimal(value), value, unit, "", "", *bounds, adaptive=True
    )


def tried(*rows: ParameterValue, measure: Measure = MEASURE) -> list[str]:
    parameters = Parameters({("X", "limit"): list(rows)})
    here = parameters.value("X", "limit", "370502", DAY)
    assert here is not None
    assert here.value is not None
    within = allowed(parameters, here, here.value, "370502", DAY, measure)
    return [f"{one:f}" for one in candidates(here, here.value, within, measure)]


@pytest.mark.parametrize(
    ("value", "unit", "found"),
    [
        ("5000", "yuan", ["4000", "4500", "5500", "6000"]),
        ("0.5", "ratio", ["0.4", "0.45", "0.55", "0.6"]),
        ("0.6", "ratio", ["0.5", "0.55", "0.65", "0.7"]),
        ("0.01", "m3", ["0.008", "0.009", "0.011", "0.012"]),
        ("60", "days", ["50", "55", "65", "70"]),
        ("3", "months", ["2", "4"]),
        ("0", "yuan", []),
    ],
)
def test_only_round_values_within_a_fifth_are_tried(value: str, unit: str, found: list[str]):
    assert tried(row(value, unit, least="0", most="1000000")) == found


def test_the_law_bounds_them_and_lets_a_small_count_move_by_one():
    assert tried(row("0.5", "ratio", least="0.45", most="0.52")) == ["0.45"]
    assert tried(row("3", "months", least="2", most="6")) == ["2", "4"]
    assert tried(row("3", "months", least="3", most="6")) == ["4"]


def test_a_place_may_bind_itself_more_tightly_than_the_nation_but_not_less():
    nation = row("5000", least="4500", most="6000")
    assert tried(nation, row("5000", division="370502", least="1000", most="5500")) == ["4500", "5500"]


@pytest.mark.parametrize("bound", [{}, {"least": "4000"}, {"most": "6000"}])
def test_without_both_bounds_of_law_nothing_may_be_tried(bound: dict[str, str]):
    assert tried(row("5000", **bound), row("5000", **bound)) == []


def test_bounds_are_never_left_whatever_they_are():
    dice = random.Random(7)
    for _ in range(2000):
        value = Decimal(dice.randrange(1, 10**6)).scaleb(-dice.randrange(5))
        least = value * Decimal(dice.random()).quantize(Decimal("0.01"))
        most = value * Decimal(1 + dice.random()).quantize(Decimal("0.01"))
        unit = dice.choice(("yuan", "ratio", "days"))
        found = [Decimal(one) for one in tried(row(f"{value:f}", unit, least=f"{least:f}", most=f"{most:f}"))]
        assert all(least <= one <= most and one != value for one in found)
        if unit != "days":
            assert all(value * Decimal("0.8") <= one <= value * Decimal("1.2") for one in found)


def visits(*ends: tuple[str, int, int]) -> list[Visited]:
    """(value, visits, finds) each."""
    return [
        Visited("X", "370502", Decimal(value), number < finds, "2026-10") for value, many, finds in ends for number in range(many)
    ]


def judged(visited: list[Visited], value: str, strictest: str, added: int = 0, lost: int = 0) -> Expected | Share:
    reaches = reaching(RULE)
    assert reaches is not None
    return expected(
        visited, reaches, Decimal(100), Decimal(value), strictest=Decimal(strictest), added=added, lost=lost, least=20
    )


def test_a_stricter_limit_loses_what_visits_in_the_band_found():
    found = judged(visits(("105", 40, 10), ("130", 500, 500), ("99", 300, 300)), "110", "80", lost=8)
    assert isinstance(found, Expected)
    assert (found.finds, found.seen, found.share) == (-200, True, Share(10, 40))
    assert found.low < found.finds < found.high < 0


def test_a_looser_limit_into_a_band_that_was_visited_counts_on_what_was_found_there():
    found = judged(visits(("95", 40, 10), ("130", 500, 0)), "90", "120", added=8)
    assert isinstance(found, Expected)
    assert (found.finds, found.seen) == (200, True)


def test_a_looser_limit_into_the_dark_counts_on_the_lower_end_beside_it_and_promises_nothing():
    found = judged(visits(("110", 50, 25), ("200", 500, 500)), "90", "120", added=10)
    assert isinstance(found, Expected)
    assert (found.seen, found.low, found.share) == (False, 0, Share(25, 50))
    assert found.finds == 366  # Wilson, 25 of 50: 0.3664 to 0.6336
    assert found.high == 634


@pytest.mark.feature("SF117")
def test_with_few_outcomes_there_is_nothing_to_expect_only_how_many_there_are():
    assert judged(visits(("105", 19, 19), ("150", 500, 500)), "110", "80", lost=5) == Share(19, 19)
    assert judged(visits(("110", 19, 19), ("150", 500, 500)), "90", "120", added=5) == Share(19, 19)
    assert judged([], "90", "120", added=5) == Share(0, 0)


@pytest.mark.parametrize(
    ("finds", "of", "low", "high"),
    [(0, 20, 0.0, 0.1611), (20, 20, 0.8389, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilsons_as_published(finds: int, of: int, low: float, high: float):
    assert Share(finds, of).interval == pytest.approx((low, high), abs=5e-5)


def test_a_way_downwards_reaches_from_above():
    rule = Rule(None, RULE.measure, None, "limit", "at most", None, (GradeLine("red", "times", Decimal("0.5")), *RULE.grades))
    reaches = reaching(rule)
    assert reaches is not None
    assert [reaches(Decimal(one), Decimal(10)) for one in (9, 10, 11)] == [True, True, False]
    assert not reaches(None, Decimal(10))


def test_a_number_beside_which_grades_stand_does_not_decide_alone():
    assert reaching(Rule(None, RULE.measure, None, "limit", "at least", None, (GradeLine("red", "number", Decimal(5)),))) is None


@pytest.mark.parametrize("month", ["2026-13", "26-10", "", "2026-1", "2026-12"])
def test_an_outcome_of_no_month_or_of_a_later_one_is_refused(month: str):
    with pytest.raises(OutcomeRefused, match=repr(month) if month != "2026-12" else "2026-12, after 2026-11"):
        checked({"w": Outcome(True, month)}, "2026-11")


def plainly(groups: list[list[Option]], budget: int) -> tuple[int, int, int]:
    """Finds, visits and moves of the best of all ways to choose, tried one by one."""
    ways = [tuple(group[at] for group, at in zip(groups, way, strict=True)) for way in ways_of(groups)]
    inside = [way for way in ways if sum(one.visits for one in way) <= budget]
    fewest = min(sum(one.visits for one in way) for way in ways)
    allowed_ways = inside or [way for way in ways if sum(one.visits for one in way) == fewest]
    return min(
        (-sum(one.finds for one in way), sum(one.visits for one in way), sum(one.moves for one in way)) for way in allowed_ways
    )


def ways_of(groups: list[list[Option]]) -> list[tuple[int, ...]]:
    return list(itertools.product(*(range(len(group)) for group in groups)))


@pytest.mark.feature("SF117")
def test_the_choice_is_the_best_of_all_ways_tried_one_by_one():
    dice = random.Random(11)
    overrun = 0
    for _ in range(400):
        groups = [
            [Option(0, 0, 0), *(Option(dice.randrange(-6, 7), dice.randrange(-9, 10), 1) for _ in range(dice.randrange(4)))]
            for _ in range(dice.randrange(1, 5))
        ]
        budget = dice.randrange(-25, 15)
        chosen = [group[at] for group, at in zip(groups, best(groups, budget), strict=True)]
        visits_more = sum(one.visits for one in chosen)
        overrun += visits_more > budget
        assert (-sum(one.finds for one in chosen), visits_more, sum(one.moves for one in chosen)) == plainly(groups, budget)
    assert overrun


def test_visits_move_from_where_nothing_is_found_to_where_much_is():
    barren = [Option(0, 0, 0), Option(-10, -50, 1)]  # ten visits fewer lose half a find
    rich = [Option(0, 0, 0), Option(10, 600, 1), Option(20, 900, 1)]
    assert best([barren, rich], 0) == (1, 1)
    assert best([barren, rich], 20) == (0, 2)
    assert best([rich], 0) == (0,)
