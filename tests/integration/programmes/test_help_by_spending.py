"""Help that follows what a family must spend, not what it earns: the class of rigid spending, and the indicators that find such families."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from jiuzhu.engines.programmes import assess
from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.engines.sql.engine import SqlEngine
from jiuzhu.registry.profile.examples import run_examples
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.programmes.family import read_family
from tests.support.family_files import written


def _faults(national: Catalogue, codes: Sequence[str]) -> list[object]:
    asked = [national.indicators[code] for code in codes]
    return list(run_examples(national, [ReferenceEngine(national), SqlEngine(national)], asked))


@pytest.mark.feature("SF151")
def test_a_family_no_class_of_income_holds_for_is_helped_for_what_it_must_spend(national: Catalogue) -> None:
    family = {
        "division": "500103", "on": date(2026, 11, 20), "residence_kind": "urban", "annual_income": 96000, "financial_assets": 20000,
        "members": [{"name": "a", "age": 45}, {"name": "b", "age": 44}, {"name": "c", "age": 43}],
        "parameters": {
            "near.asset.financial_per_capita_multiple": 36, "rigid.asset.financial_per_capita_multiple": 36, "pcdi.all": 41000,
        },
    }  # fmt: skip
    # Living at the standard of 770 is 27,720; 70 % of 96,000 is 67,200.
    for medical, outcome in (("39480.00", "granted"), ("39479.99", "refused")):
        spent = [{"kind": "living", "amount": 40000}, {"kind": "medical", "amount": Decimal(medical)}]
        told = assess(national, read_family(Path("family.toml"), national.programmes, written({**family, "expenses": spent})))
        answers = {one.code: one.outcome for one in told.answers if one.member is None}
        assert (answers["dibao"], answers["near_dibao"], answers["rigid"]) == ("refused", "refused", outcome)
    s18 = [code for code in national.indicators if code.startswith("S18-E")]
    assert len(s18) == 7
    assert _faults(national, s18) == []


@pytest.mark.feature("SF262")
def test_a_pupil_of_a_dibao_family_with_somebody_gravely_ill_or_disabled_is_put_on_the_list_of_the_subsidy(
    national: Catalogue,
) -> None:
    rule = national.indicators["S02-E07"]
    assert {one.expect for one in rule.examples} >= {"yellow", "none"}
    assert _faults(national, ["S02-E07"]) == []
    # And the examples would tell: each said the other way round is a fault of both engines.
    turned = tuple(replace(one, expect="none" if one.expect == "yellow" else "yellow") for one in rule.examples)
    found = run_examples(national, [ReferenceEngine(national)], [replace(rule, examples=turned)])
    assert len(found) == len(turned)
