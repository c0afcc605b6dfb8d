"""The people of a block: shapes near those published, and families that can be."""

from __future__ import annotations

import numpy as np

from jiuzhu.synthetic.assistance import ABLE, labour_ability
from jiuzhu.synthetic.people import DIBAO, EDGE, MAN, NEVER, OTHER, OUTSIDE, TEKUN, YEAR, Block
from jiuzhu.vocabulary.id_number import parse_many


def test_identity_numbers_are_right_and_all_different(block: Block) -> None:
    _, fault = parse_many(block.ids)
    assert not fault.any()
    assert len(block.ids.unique()) == len(block)


def test_ages_and_households_have_the_published_shape(block: Block) -> None:
    assert 2.3 < len(block) / len(block.kind) < 2.9
    assert 0.18 < np.mean(block.age >= 60) < 0.30
    assert 0.10 < np.mean(block.age < 16) < 0.22
    assert 0.46 < np.mean(block.sex == MAN) < 0.54
    assert 0.08 < np.mean(block.newcomer[block.household]) < 0.16


def test_parents_are_older_than_their_children_and_spouses_each_others(block: Block) -> None:
    for parent in (block.father, block.mother):
        child = np.flatnonzero(parent >= 0)
        assert (block.birth[child] - block.birth[parent[child]]).min() > 17 * YEAR
    fathers = block.father[block.father >= 0]
    assert (block.sex[fathers] == MAN).all()
    wed = np.flatnonzero(block.spouse >= 0)
    assert (block.spouse[block.spouse[wed]] == wed).all()


def test_some_are_twins_some_share_a_name_and_some_come_from_counties_that_are_gone(block: Block) -> None:
    pairs = set(zip(block.household.tolist(), block.birth.tolist(), strict=True))
    assert len(pairs) < len(block)
    assert len(block.names.unique()) < len(block)
    abolished = set(block.villages[0].county.abolished.tolist())
    assert any(int(number[:6]) in abolished for number in block.ids.to_pylist())


def test_the_low_income_base_has_the_size_and_the_classes_it_has(block: Block) -> None:
    share = {kind: np.mean((block.class_of == kind) & block.alive) for kind in range(8)}
    assert 0.035 < 1 - share[OUTSIDE] - np.mean(~block.alive) < 0.056
    assert 0.013 < share[DIBAO] < 0.026
    assert 0.001 < share[TEKUN] < 0.006
    assert share[EDGE] > 0
    assert share[OTHER] > share[EDGE]


def test_dibao_families_are_under_the_standard_and_edge_families_between_one_and_one_and_a_half_times(block: Block) -> None:
    assert block.income[block.category == DIBAO].max() < 100_000
    edge = block.income[block.category == EDGE]
    assert edge.min() >= 100_000
    assert edge.max() < 150_000


def test_nobody_in_the_base_who_is_able_is_without_work(block: Block) -> None:
    able = (block.class_of != OUTSIDE) & block.alive & (labour_ability(block) == ABLE)
    assert able.any()
    assert (block.job[able] > 0).all()


def test_deaths_lie_in_the_span_and_after_birth(block: Block) -> None:
    dead = block.death < NEVER
    assert 0.008 < dead.mean() < 0.025
    assert (block.death[dead] >= block.span.first).all()
    assert (block.death[dead] <= block.span.last).all()
    assert (block.death[dead] > block.birth[dead]).all()
