"""Proposals on households made by hand: whom another limit would find is counted on fingers, and the best choice tried out whole."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import sqrt
from pathlib import Path
from types import SimpleNamespace

import pytest

from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.registry import public
from jiuzhu.registry.calibration.book import Book
from jiuzhu.registry.calibration.evidence import Outcome, Visited
from jiuzhu.registry.calibration.ground import Ground
from jiuzhu.registry.calibration.proposals import MadeProposals, Setting, adaptive, calibrated, limit_of
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.parameters import Parameters, ParameterValue
from tests.support.small_base import AS_OF, Delivered, Person, SmallBase
from tests.unit.registry_calibration.test_features import NAMES, Unnumbered

HERE = "370502"
# Ratio to households that have it: how far wages fell, and how much of the income is spent on what cannot be left out.
FALLS = {"0.42": 30, "0.47": 30, "0.52": 40, "0.58": 60, "0.70": 30}
BURDENS = {"0.52": 40, "0.57": 35, "0.62": 50, "0.68": 20, "0.90": 20}
LIMITS = {"S05-E01": ("drop_ratio", "0.5", FALLS), "S18-E01": ("rigid_ratio", "0.6", BURDENS)}
OUTCOMES = {"w": Outcome(True, "2026-10")}


@pytest.fixture(scope="module")
def national() -> Catalogue:
    return public.catalogue()


@pytest.fixture(scope="module")
def two(national: Catalogue) -> Catalogue:
    """Only the two lines that are to calibrate themselves."""
    rows = {
        key: [_bounded(row) if key[0] in LIMITS else replace(row, adaptive=False) for row in told]
        for key, told in national.parameters.rows.items()
    }
    return replace(national, parameters=Parameters(rows))


def _bounded(row: ParameterValue) -> ParameterValue:
    """A number that may move anywhere, as far as the law goes."""
    return replace(row, least=Decimal("0.01"), most=Decimal(10)) if row.adaptive else row


def made_ground(catalogue: Catalogue, name: str = "now", falls: dict[str, int] = FALLS) -> Ground:
    base = SmallBase(Unnumbered(catalogue), places=["370502001"])  # type: ignore[arg-type]
    drops = [Decimal(ratio) for ratio, many in falls.items() for _ in range(many)]
    burdens = [Decimal(ratio) for ratio, many in BURDENS.items() for _ in range(many)]
    base.people = [Person(at, at, 0) for at in range(max(len(drops), len(burdens)))]
    wage = {"income_item": 1}
    base.rows["tax_individual_income"] = [
        row
        for at, drop in enumerate(drops)
        for row in (
            {**wage, "person": at, "tax_month": "2026-06", "income_amount": "10000"},
            {**wage, "person": at, "tax_month": "2026-09", "income_amount": str(10000 - 10000 * drop)},
        )
    ]
    base.delivered["tax_individual_income", 0] = Delivered(first_day="2023-01-01", months=tuple(reversed(NAMES)))
    base.given = {
        "income_year": dict.fromkeys(range(len(burdens)), Decimal(100000)),
        "rigid_spending": {at: burden * 100000 for at, burden in enumerate(burdens)},
    }
    made = base.made()
    columns = Columns(made, catalogue)
    result = ColumnarEngine(catalogue, columns=columns).run(made, [catalogue.indicators[code] for code in LIMITS])
    release = SimpleNamespace(signals=result.signals, unknown=result.unknown, name=name)
    return Ground(release, catalogue, columns)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def ground(two: Catalogue) -> Ground:
    return made_ground(two)


def visits(code: str, *ends: tuple[str, int, int]) -> list[Visited]:
    """(ratio, visits, finds) each."""
    return [
        Visited(code, "370502001", Decimal(ratio), at < finds, "2026-10") for ratio, many, finds in ends for at in range(many)
    ]


# What fell by little more than half was never in need; what is spent beside the line nearly always was.
SEEN = [
    *visits("S05-E01", ("0.52", 40, 0), ("0.58", 60, 55), ("0.70", 30, 30)),
    *visits("S18-E01", ("0.62", 50, 47), ("0.68", 20, 19), ("0.90", 20, 20)),
]


def calibrate(
    ground: Ground, visited: list[Visited], tmp_path: Path, budget: int | None = None, before: Ground | None = None
) -> MadeProposals:
    setting = Setting(HERE, "东营区", AS_OF, "one", budget)
    return calibrated(ground, before, Book(Workspace(tmp_path)), visited, OUTCOMES, setting)


def found_by(ratios: dict[str, int], limit: str) -> int:
    return sum(many for ratio, many in ratios.items() if Decimal(ratio) >= Decimal(limit))


def wilson(finds: int, of: int) -> float:
    """The lower end, written as the quadratic it solves: n (p - x)² = z² x (1 - x)."""
    z2, p = 1.959964**2, finds / of
    a, b, c = of + z2, -(2 * of * p + z2), of * p * p
    return (-b - sqrt(b * b - 4 * a * c)) / (2 * a)


def by_hand(budget: int) -> dict[str, str]:
    """Every pair of limits tried: expected finds counted from the bands, the most within the budget."""
    options: dict[str, list[tuple[str, int, float]]] = {}
    for code, (_, present, ratios) in LIMITS.items():
        mine = [one for one in SEEN if one.indicator == code]
        options[code] = []
        for step in ("-0.10", "-0.05", "0", "0.05", "0.10"):
            limit = str(Decimal(present) + Decimal(step))
            change = found_by(ratios, limit) - found_by(ratios, present)
            low, high = sorted((Decimal(present), Decimal(limit)))
            if change <= 0:
                band = [one.found for one in mine if low <= one.value < high]
                finds = change * sum(band) / len(band) if change else 0.0
            else:
                band = [one.found for one in mine if Decimal(present) <= one.value < Decimal(present) * Decimal("1.2")]
                finds = change * wilson(sum(band), len(band))
            options[code].append((limit, change, round(finds, 2)))
    now = sum(found_by(ratios, present) for _, present, ratios in LIMITS.values())
    ways = [way for way in itertools.product(*options.values()) if now + sum(one[1] for one in way) <= budget]
    best = max(ways, key=lambda way: (sum(one[2] for one in way), -sum(one[1] for one in way)))
    return {code: f"{Decimal(one[0]).normalize():f}" for code, one in zip(options, best, strict=True) if one[1]}


@pytest.mark.feature("SF118")
def test_the_lines_of_a_fall_in_income_and_of_great_rigid_spending_are_marked(national: Catalogue):
    marked = adaptive(national)
    for code, (name, _, _) in LIMITS.items():
        assert (code, name) in marked
        assert limit_of(national, code, name) is not None


@pytest.mark.feature("SF117", "SF118")
def test_visits_move_from_small_falls_to_heavy_spending(ground: Ground, tmp_path: Path):
    told = calibrate(ground, SEEN, tmp_path)
    assert told.visits_now == told.budget == 130 + 90
    assert {one.owner: one.proposed for one in told.proposals} == {"S05-E01": "0.55", "S18-E01": "0.55"}
    for one in told.proposals:
        _, present, ratios = LIMITS[one.owner]
        assert (one.visits_now, one.visits_then) == (found_by(ratios, present), found_by(ratios, one.proposed))
    assert told.stays == ()


@pytest.mark.feature("SF117")
@pytest.mark.parametrize("budget", [0, 120, 160, 219, 220, 255, 260, 300, 1000])
def test_for_any_number_of_visits_the_best_pair_of_limits_is_proposed(ground: Ground, tmp_path: Path, budget: int):
    told = calibrate(ground, SEEN, tmp_path, budget)
    fewest = found_by(FALLS, "0.6") + found_by(BURDENS, "0.7")
    assert {one.owner: one.proposed for one in told.proposals} == by_hand(max(budget, fewest))


@pytest.mark.feature("SF117")
def test_with_few_outcomes_nothing_is_proposed_and_it_says_why(ground: Ground, tmp_path: Path):
    few = [*visits("S05-E01", ("0.52", 19, 0), ("0.70", 300, 300)), *visits("S18-E01", ("0.90", 100, 100))]
    told = calibrate(ground, few, tmp_path, 1000)
    assert told.proposals == ()
    why = {one.owner: (one.why_en, one.why_zh) for one in told.stays}
    assert "only 19 visits" in why["S05-E01"][0]
    assert "只有 19 次" in why["S05-E01"][1]
    assert "only 0 visits" in why["S18-E01"][0]


def test_a_number_that_finds_most_where_it_is_stays_and_says_so(ground: Ground, tmp_path: Path):
    everywhere = [*visits("S05-E01", ("0.52", 40, 40)), *visits("S18-E01", ("0.62", 50, 50))]
    told = calibrate(ground, everywhere, tmp_path)
    assert told.proposals == ()
    assert {one.why_en for one in told.stays} == {"with the visits there are, the present number finds most"}


@pytest.mark.feature("SF117")
def test_a_proposal_says_what_it_rests_on_in_both_languages(ground: Ground, two: Catalogue, tmp_path: Path):
    before = made_ground(two, "before", {"0.42": 95, "0.58": 95})
    told = calibrate(ground, SEEN, tmp_path, before=before)
    one = next(one for one in told.proposals if one.owner == "S05-E01")
    assert (one.release, one.previous, one.outcomes_up_to, one.made_on) == ("now", "before", "2026-10", "2026-11-20")
    assert (one.visited, one.found, one.finds) == (40, 0, "0.00")
    # 60 of 190 fell by less than half now (31.6 %), 95 of 190 the month before.
    assert [(county.county, county.measured, county.percent, county.before) for county in one.counties] == [
        ("370502", 190, "31.6", "50.0")
    ]
    assert [(each.strand, each.known) for each in one.tendencies] == [("wages", 190)]
    for text in ("50%", "55%", "130", "90", "40", "31.6%", "50.0%"):
        assert text in one.why_zh, text
        assert text in one.why_en, text
    assert "法定界限为" in one.why_zh
    assert "The law keeps it between" in one.why_en


@pytest.mark.feature("SF117")
def test_the_law_is_never_left(two: Catalogue, tmp_path: Path):
    rows = dict(two.parameters.rows)
    rows["S05-E01", "drop_ratio"] = [
        replace(row, least=Decimal("0.48"), most=Decimal("0.52")) for row in rows["S05-E01", "drop_ratio"]
    ]
    told = calibrate(made_ground(replace(two, parameters=Parameters(rows))), SEEN, tmp_path)
    assert "S05-E01" not in {one.owner for one in told.proposals}
    assert next(one.why_en for one in told.stays if one.owner == "S05-E01") == "there is no round value within its bounds"


def test_a_number_that_was_not_found_stays_empty(two: Catalogue, tmp_path: Path):
    rows = dict(two.parameters.rows)
    [row] = rows["S05-E01", "drop_ratio"]
    rows["S05-E01", "drop_ratio"] = [row, replace(row, division=HERE, value=None, text="", since=date(2026, 1, 1))]
    told = calibrate(made_ground(replace(two, parameters=Parameters(rows))), SEEN, tmp_path)
    assert [one.why_en[:36] for one in told.stays if one.owner == "S05-E01"] == ["the number of this place was not fou"]
