"""Dibao, near-dibao and single-person dibao against a judge written the plainest way: whole fen, loops and ifs, no tree."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.engines.programmes import assess
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.programmes.family import read_family
from tests.support.family_files import written

STANDARD = {"urban": 77_000, "rural": 63_000}  # fen a month, Chongqing from 2025-07-01
MONTHS = 12


def _family(draw: random.Random) -> dict[str, Any]:
    members = []
    for number in range(draw.randint(1, 5)):
        member: dict[str, Any] = {"name": f"m{number}", "age": draw.choice([3, 5, 6, 17, 30, 45, 59, 69, 70, 71, 85])}
        if draw.random() < 0.3:
            member["disability_grade"] = draw.randint(1, 4)
            member["disability_kind"] = draw.choice(["physical", "mental", "intellectual", "visual"])
        for tag, chance in (("seriously_ill", 0.2), ("student", 0.2), ("orphan_allowance", 0.1), ("in_prison", 0.1)):
            if draw.random() < chance and (number or tag != "in_prison"):
                member[tag] = True
        if draw.random() > 0.05:
            member["financial_assets"] = Decimal(draw.choice([0, 100_000, 1_848_000, 1_848_001, 4_000_000])) / 100
        members.append(member)
    kind = draw.choice(["urban", "rural"])
    size = len([member for member in members if "in_prison" not in member])
    line = STANDARD[kind] * MONTHS * size
    income = draw.choice([0, 123_456, line - 1, line, line + 1, line * 3 // 2 - 1, line * 3 // 2, draw.randint(0, 2 * line)])
    return {
        "division": "500103",
        "on": "2026-11-20",
        "residence_kind": kind,
        "counted_income": Decimal(income) / 100,
        "vehicles": [{"kind": "car", "present_value": draw.choice([30_000, 30_001]), "price": 90_000}]
        if draw.random() < 0.2
        else [],
        "members": members,
        "parameters": {
            "near.asset.financial_per_capita_multiple": 36,
            "near.asset.vehicles_max": 1,
            "single.amount_pct_min": Decimal("0.6"),
        },
    }


def _top_up(member: dict[str, Any]) -> int:
    """Yuan: of the first group the highest, and 40 for any certificate."""
    grade = member.get("disability_grade", 9)
    hardship = 0
    if member["age"] >= 70 or grade <= 2 or member.get("seriously_ill"):
        hardship = 60
    if member["age"] < 6 or member.get("student"):
        hardship = 100
    return hardship + (40 if grade <= 4 else 0)


def _expected(family: dict[str, Any]) -> tuple[str, int | None, str]:
    """Dibao, its amount in yuan, and near-dibao."""
    here = [member for member in family["members"] if not member.get("in_prison")]
    insured = [member for member in here if not member.get("orphan_allowance")]
    standard = STANDARD[family["residence_kind"]]
    income = int(family["counted_income"] * 100)
    saved = [member.get("financial_assets") for member in here]
    known = None not in saved
    total = sum(int(each * 100) for each in saved) if known else 0
    cars = len([car for car in family["vehicles"] if car["present_value"] > 30_000])
    outcome = "granted"
    if not insured or income >= standard * MONTHS * len(here) or cars or (known and total > 24 * standard * len(here)):
        outcome = "refused"
    elif not known:
        outcome = "unknown"
    amount = None
    if outcome == "granted":
        gap = (standard * MONTHS * len(here) - income) * len(insured)
        fen_by = MONTHS * len(here)
        # Up to the whole yuan: the difference over months and members, and the top-ups, which are whole already.
        amount = -(-gap // (fen_by * 100)) + sum(_top_up(member) for member in insured)
    if outcome == "granted" or 2 * income >= 3 * standard * MONTHS * len(here) or (known and total > 36 * standard * len(here)):
        near = "refused"
    else:
        near = "granted" if known else "unknown"
    return outcome, amount, near


@pytest.mark.parametrize("seed", range(4))
def test_random_families_are_judged_as_by_hand(seed: int, national: Catalogue) -> None:
    draw = random.Random(seed)
    seen = set()
    for _ in range(50):
        family = _family(draw)
        text = written(family).replace('"2026-11-20"', "2026-11-20")
        told = assess(national, read_family(Path("family.toml"), national.programmes, text), ["dibao", "near_dibao"])
        dibao, near = told.answers
        outcome, amount, edge = _expected(family)
        assert (dibao.outcome, dibao.amount, near.outcome) == (outcome, None if amount is None else Decimal(amount), edge), text
        seen.add((outcome, edge))
    assert {("granted", "refused"), ("refused", "granted"), ("refused", "refused")} <= seen
