"""Families judged many at once are answered as the reference answers each: every programme, its examples, and families at random."""

from __future__ import annotations

import os
import random
from collections import defaultdict

import pytest

from jiuzhu.engines.programmes import assess
from jiuzhu.engines.programmes.many import Brief, brief_of, judged_many
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.programmes.family import Family
from tests.support import random_families

SEED = int(os.environ.get("JIUZHU_SEED", "20261122"))
FAMILIES = int(os.environ.get("JIUZHU_FAMILIES", "400"))


@pytest.fixture(scope="module")
def national() -> Catalogue:
    return public.catalogue()


def _differing(families: list[Family], catalogue: Catalogue) -> tuple[list[tuple[Brief, Brief]], set[tuple[str, str]]]:
    """Answers that differ, and every programme with every outcome that was met."""
    days: dict[object, list[Family]] = defaultdict(list)
    for family in families:
        days[family.on].append(family)
    differing, met = [], set()
    for some in days.values():
        codes = catalogue.programmes.codes(some[0].on)
        for family, found in zip(some, judged_many(catalogue, some, codes), strict=True):
            told = [brief_of(answer) for answer in assess(catalogue, family, classes=False).answers]
            assert len(told) == len(found)
            differing += [(one, other) for one, other in zip(found, told, strict=True) if one != other]
            met |= {(one.code, one.outcome) for one in told}
    return differing, met


def test_of_every_programme_and_every_example_the_engines_say_the_same(national: Catalogue) -> None:
    families = [random_families.family_of(data, national) for data in random_families.files()]
    differing, met = _differing(families, national)
    assert differing == []
    texts = set(national.programmes.texts)
    assert {code for code, _ in met} == texts
    assert {code for code, outcome in met if outcome == "granted"} == texts


def test_of_families_at_random_the_engines_say_the_same(national: Catalogue) -> None:
    draw, bases = random.Random(SEED), random_families.files()
    drawn = [random_families.drawn(draw, bases, national) for _ in range(FAMILIES)]
    families = [one for one in drawn if one is not None]
    assert len(families) > FAMILIES * 0.8
    differing, met = _differing(families, national)
    assert differing == []
    assert len(met) > 2 * len(national.programmes.texts)
