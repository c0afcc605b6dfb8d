"""Which families of a block stand in the low-income base, in which class, with what income, and what work that leaves."""

from __future__ import annotations

import numpy as np

from jiuzhu.synthetic.people import (
    BUSINESS,
    DIBAO,
    EDGE,
    ELDER_MAN,
    EMPLOYEE,
    FLEXIBLE,
    IDLE,
    LONE_ELDER,
    MIGRANT,
    MONITORED,
    NEVER,
    OTHER,
    OUTSIDE,
    PUBLIC,
    RIGID,
    STUDENT,
    TEKUN,
    WITHOUT_HUKOU,
    Block,
)
from jiuzhu.synthetic.streams import Chance, Flags, Numbers, between, choice

BASE_RATE = 0.037  # of a family with no trouble
ABLE, PARTLY_ABLE, UNABLE = 1, 2, 3


def assist(block: Block) -> None:
    """Fill in `category`, `income`, `since` and `apart`, and give low-income adults the work they have."""
    r = block.stream("assistance")
    homes = len(block.kind)
    severe = _any(block, (block.disability > 0) & (block.disability < 3))
    working_age_severe = _any(block, (block.disability > 0) & (block.disability < 3) & (block.age < 60))
    ill = _any(block, block.ill < NEVER)
    orphaned = _any(block, (block.role < ELDER_MAN) & (block.death < NEVER))
    country = ~np.array([village.urban for village in block.villages])[block.village]
    chance = np.full(homes, BASE_RATE)
    chance *= np.where(country, 1.25, 0.8)
    chance *= np.where(np.isin(block.kind, (LONE_ELDER, 2)), 1.5, 1.0)
    chance *= np.where(severe, 6, 1) * np.where(ill, 3, 1) * np.where(orphaned, 3, 1)
    chance = np.where(working_age_severe, 0.62, np.minimum(chance, 0.7))
    low = r.random(homes) < np.where(block.newcomer, chance * 0.12, chance)
    category = np.where(low, choice(r, [DIBAO, EDGE, RIGID, MONITORED, OTHER], [0.42, 0.12, 0.04, 0.09, 0.33], homes), OUTSIDE)
    category = np.where((category == MONITORED) & ~country, OTHER, category)
    # Where someone is severely disabled or gravely ill the family is on dibao: the edge family's sick member would be too.
    category = np.where(low & (severe | ((category == EDGE) & ill)), DIBAO, category)
    childless = np.ones(homes, bool)
    childless[block.household[block.father[block.father >= 0]]] = False
    childless[block.household[block.mother[block.mother >= 0]]] = False
    alone = (block.kind == LONE_ELDER) & childless
    category = np.where(alone & (r.random(homes) < 0.55), TEKUN, category)
    category = np.where(low & block.newcomer, WITHOUT_HUKOU, category)
    gone = _any(block, ~block.alive) & (block.size == 1)
    block.category = np.where(gone, OUTSIDE, category)
    block.income = _incomes(block.category, r)
    block.since = block.span.last - between(r, 200, 1900, homes)
    _work_of_the_poor(block)
    _registered_elsewhere(block, r)


def _any(block: Block, flags: Flags) -> Flags:
    return np.bincount(block.household[flags], minlength=len(block.kind)) > 0


def _incomes(category: Numbers, r: Chance) -> Numbers:
    """Per head and month in fen: under the standard of 1,000 yuan on dibao and tekun, in the band each other class has."""
    low = np.select([category == c for c in range(8)], [0, 150, 0, 1200, 1650, 1150, 1620, 1300])
    high = np.select([category == c for c in range(8)], [0, 880, 700, 1470, 2400, 1900, 2500, 2600])
    return between(r, low, high, len(category)) * 100


def _work_of_the_poor(block: Block) -> None:
    """Able adults live by small jobs with the lowest contributions; nobody in the base has a post, a firm or a fleet."""
    category, ability = block.class_of, labour_ability(block)
    poor = (category != OUTSIDE) & block.alive
    able = poor & (ability == ABLE) & (block.job != STUDENT)
    block.job = np.where(able & (category != OUTSIDE), FLEXIBLE, block.job)
    block.job = np.where(
        poor & (ability != ABLE) & np.isin(block.job, (EMPLOYEE, PUBLIC, BUSINESS, MIGRANT, FLEXIBLE)), IDLE, block.job
    )
    block.wage = np.where(poor, 220_000, block.wage)


def labour_ability(block: Block) -> Numbers:
    """1 able, 2 partly, 3 not: children, pupils, the old, the severely disabled and the gravely ill are not."""
    age = block.age
    unable = (
        (age < 18)
        | (age >= 60)
        | ((block.disability > 0) & (block.disability < 3))
        | (block.ill < NEVER)
        | (block.job == STUDENT)
    )
    return np.where(unable, UNABLE, np.where(block.disability > 0, PARTLY_ABLE, ABLE))


def _registered_elsewhere(block: Block, r: Chance) -> None:
    """A few grown children have a hukou of their own though they live with their parents, so the two households differ."""
    block.apart = (block.role == 3) & (r.random(len(block)) < 0.05)
