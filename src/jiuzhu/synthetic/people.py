"""The people of one block: who lives with whom, how old they are, what they do, what ails them, who gets assistance.

Shares follow published shapes: 2.6 people a household, about a quarter over 60 and a sixth under 16, one in nine without
local hukou, 2 in 100 with a disability certificate, 4 to 5 in 100 in the low-income base and under 2 in 100 on dibao.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from jiuzhu.synthetic import names, numbers
from jiuzhu.synthetic.places import Village
from jiuzhu.synthetic.span import Span
from jiuzhu.synthetic.streams import Chance, Flags, Numbers, between, choice, stream, whole

YEAR = 365.2425
NEVER = 2**30  # a day that does not come
MAN, WOMAN = 1, 2

# Roles in a household.
HEAD, WIFE, CHILD, GROWN, ELDER_MAN, ELDER_WOMAN, ALONE = range(7)
# share of households, roles
KINDS: tuple[tuple[float, tuple[int, ...]], ...] = (
    (0.075, (ELDER_MAN,)),
    (0.165, (ELDER_MAN, ELDER_WOMAN)),
    (0.09, (ALONE,)),
    (0.13, (HEAD, WIFE)),
    (0.20, (HEAD, WIFE, CHILD)),
    (0.16, (HEAD, WIFE, CHILD, CHILD)),
    (0.08, (HEAD, WIFE, GROWN)),
    (0.04, (HEAD, WIFE, CHILD, ELDER_WOMAN)),
    (0.06, (HEAD, WIFE, CHILD, CHILD, ELDER_MAN, ELDER_WOMAN)),
)
LONE_ELDER = 0

# What adults do.
IDLE, EMPLOYEE, PUBLIC, FLEXIBLE, BUSINESS, MIGRANT, STUDENT = range(7)

# Classes of the low-income base: the codes of civil_lowincome_household.category, 0 for a family outside it.
OUTSIDE, DIBAO, TEKUN, EDGE, RIGID, MONITORED, OTHER, WITHOUT_HUKOU = range(8)


@dataclass
class Block:
    """Arrays over the people of one block, in the order of their households, and over its households.

    Relations are positions within the block, -1 for none. `area` is the county of the first registration, which
    the identity number begins with. `hukou` is the position of the hukou household: the living one but for few.
    """

    number: int
    seed: int
    span: Span
    villages: list[Village]
    offset: int  # people before this block: with the position, a number of each person in the whole county
    household: Numbers
    first: Numbers
    size: Numbers
    kind: Numbers
    village: Numbers  # of each household
    newcomer: Flags  # households without local hukou
    role: Numbers
    sex: Numbers
    birth: Numbers
    order: Numbers
    area: Numbers
    death: Numbers
    father: Numbers
    mother: Numbers
    spouse: Numbers
    apart: Flags  # people registered elsewhere than they live: a hukou of their own
    surname: Numbers
    job: Numbers = field(default_factory=lambda: whole([]))
    wage: Numbers = field(default_factory=lambda: whole([]))
    disability: Numbers = field(default_factory=lambda: whole([]))  # level 1 to 4, 0 none
    disability_type: Numbers = field(default_factory=lambda: whole([]))
    ill: Numbers = field(default_factory=lambda: whole([]))  # day of diagnosis of a serious illness, NEVER if none
    chronic: Flags = field(default_factory=lambda: np.zeros(0, bool))
    category: Numbers = field(default_factory=lambda: whole([]))  # of each household
    income: Numbers = field(default_factory=lambda: whole([]))  # of each low-income household, fen per head and month
    since: Numbers = field(default_factory=lambda: whole([]))  # day since which a household is in the base
    employer: Numbers = field(default_factory=lambda: whole([]))
    ids: pa.Array = None
    names: pa.Array = None

    def __len__(self) -> int:
        return len(self.household)

    @property
    def number_of(self) -> Numbers:
        """A number of each person that no other person of the county has."""
        return self.offset + np.arange(len(self))

    @property
    def age(self) -> Numbers:
        """Completed years on the last day, near enough."""
        return np.floor((self.span.last - self.birth) / YEAR).astype(np.int64)

    @property
    def alive(self) -> Flags:
        return np.asarray(self.death == NEVER)

    @property
    def local(self) -> Flags:
        return ~self.newcomer[self.household]

    @property
    def urban(self) -> Flags:
        town = np.array([village.urban for village in self.villages])
        return np.asarray(town[self.village[self.household]])

    @property
    def class_of(self) -> Numbers:
        """The class of each living person's household in the low-income base."""
        return self.category[self.household]

    def stream(self, *names_: str) -> Chance:
        return stream(self.seed, self.number, *names_)


def people_of(
    number: int, seed: int, span: Span, villages: list[Village], homes: Numbers, offset: int, orders: tuple[int, int]
) -> Block:
    """Invent the people of one block.

    homes: for each resident to be invented, the position of their village, rising. orders: the first sequence number
    of identity numbers this block may give, and how many.
    """
    r = stream(seed, number, "people")
    block = _households(number, seed, span, villages, homes, offset, r)
    _ages(block, r)
    _kin(block, r)
    block.area = _areas(block, r)
    block.birth, block.order = numbers.distinct_births(
        block.area, block.birth, block.sex, low=orders[0], room=orders[1], last=span.last - 3
    )
    _deaths(block, r)
    _work(block, r)
    _health(block, r)
    block.ids = numbers.identity_numbers(block.area, block.birth, block.order, block.sex)
    block.names = names.draw_names(r, block.surname, block.sex)
    return block


def _households(number: int, seed: int, span: Span, villages: list[Village], homes: Numbers, offset: int, r: Chance) -> Block:
    shares = np.array([share for share, _ in KINDS])
    sizes = whole([len(roles) for _, roles in KINDS])
    wanted = len(homes)
    kind = choice(r, np.arange(len(KINDS)), shares, wanted // 2 + 10)
    ends = np.cumsum(sizes[kind])
    full = int(np.searchsorted(ends, wanted, side="right"))
    spare = wanted - int(ends[full - 1] if full else 0)
    kind = np.r_[kind[:full], np.full(spare, 2)]  # what is left over lives alone
    size = sizes[kind]
    first = np.r_[0, np.cumsum(size)[:-1]]
    household = np.repeat(np.arange(len(kind)), size)
    table = np.full((len(KINDS), 6), -1)
    for row, (_, roles) in enumerate(KINDS):
        table[row, : len(roles)] = roles
    role = table[kind[household], np.arange(wanted) - first[household]]
    n = wanted
    newcomer = (r.random(len(kind)) < 0.13) & ~np.isin(kind, (0, 1))
    sex = np.where(np.isin(role, (WIFE, ELDER_WOMAN)), WOMAN, MAN)
    free = np.isin(role, (CHILD, GROWN, ALONE)) | ((role == ELDER_MAN) & (size[household] == 1))
    sex = np.where(free, 1 + (r.random(n) < np.where(role == CHILD, 0.475, 0.55)), sex)
    nobody = np.full(n, -1)
    return Block(
        number,
        seed,
        span,
        villages,
        offset,
        household,
        first,
        size,
        kind,
        homes[first],
        newcomer,
        role,
        sex,
        birth=np.zeros(n, np.int64),
        order=np.zeros(n, np.int64),
        area=np.zeros(n, np.int64),
        death=np.full(n, NEVER),
        father=nobody.copy(),
        mother=nobody.copy(),
        spouse=nobody.copy(),
        apart=np.zeros(n, bool),
        surname=np.zeros(n, np.int64),
    )


def _ages(block: Block, r: Chance) -> None:
    """Ages in years as fractions, from the head of the household outwards; then days of birth."""
    n, homes = len(block), len(block.kind)
    place = np.arange(n) - block.first[block.household]
    head = np.select(
        [block.kind == 0, block.kind == 1, block.kind == 2, block.kind == 3, block.kind == 6],
        [
            62 + 36 * r.beta(1.3, 2.6, homes),
            60 + 32 * r.beta(1.2, 2.6, homes),
            20 + 40 * r.random(homes),
            24 + 36 * r.beta(2, 1.6, homes),
            44 + 18 * r.random(homes),
        ],
        26 + 26 * r.beta(1.8, 2.0, homes),
    )
    base = head[block.household]
    younger = np.abs(r.normal(2.0, 2.5, homes))[block.household]
    wife = np.maximum(base - younger, 21.5)
    # A child is born when the mother is 21 to 33; brothers and sisters at least two years apart, or on one day.
    first_child = np.clip(wife - 21.5 - 9 * r.random(homes)[block.household], 0.02, 17.5)
    gap = 1.8 + 4 * r.random(homes)[block.household]
    twins = (r.random(homes) < 0.012)[block.household]
    second = np.where(twins, first_child, np.where(first_child > gap + 0.1, first_child - gap, first_child * 0.35))
    age = np.select(
        [
            block.role == WIFE,
            (block.role == CHILD) & (place == 2),
            block.role == CHILD,
            block.role == GROWN,
            (block.role == ELDER_MAN) & (place > 0),
            (block.role == ELDER_WOMAN) & (block.kind == 1)[block.household],
            block.role == ELDER_WOMAN,
        ],
        [
            wife,
            first_child,
            second,
            np.clip(wife - 22 - 6 * r.random(n), 18, 34),
            base + 24 + 5 * r.random(n),
            base - younger,
            base + 22 + 5 * r.random(n),
        ],
        base,
    )
    block.birth = block.span.last - np.floor(age * YEAR).astype(np.int64)


def _kin(block: Block, r: Chance) -> None:
    """Parents, spouses and surnames; grown children in other households for elders who have some nearby."""
    start = block.first[block.household]
    place = np.arange(len(block)) - start
    couple = np.isin(block.kind, (1, 3, 4, 5, 6, 7, 8))[block.household]
    here = np.arange(len(block))
    block.spouse = np.where(couple & (place == 0), here + 1, np.where(couple & (place == 1), here - 1, -1))
    eldest = (block.kind == 8)[block.household]
    block.spouse = np.where(eldest & (place == 4), here + 1, np.where(eldest & (place == 5), here - 1, block.spouse))
    young = np.isin(block.role, (CHILD, GROWN))
    block.father, block.mother = np.where(young, start, -1), np.where(young, start + 1, -1)
    head = place == 0
    block.father = np.where(head & eldest, start + 4, block.father)
    block.mother = np.where(head & eldest, start + 5, block.mother)
    block.mother = np.where(head & (block.kind == 7)[block.household], start + 3, block.mother)
    _grown_children(block, r)
    block.surname = names.draw_surnames(r, len(block))
    passes = (block.father >= 0) | ((block.role == ELDER_MAN) & eldest)
    block.surname = np.where(passes, block.surname[start], block.surname)
    far = (block.father >= 0) & (block.household[block.father.clip(0)] != block.household)
    block.surname = np.where(far, block.surname[block.father.clip(0)], block.surname)
    block.surname = np.where(young, block.surname[start], block.surname)


def _grown_children(block: Block, r: Chance) -> None:
    """Give elders living alone or as a couple a head of another household, 22 to 36 years younger, as their child."""
    elders = np.flatnonzero((block.kind == 1) | ((block.kind == LONE_ELDER) & (r.random(len(block.kind)) < 0.86)))
    heads = np.flatnonzero(np.isin(block.kind, (3, 4, 5, 6)) & (r.random(len(block.kind)) < 0.9))
    elders, heads = r.permutation(elders), r.permutation(heads)
    elders = elders[np.argsort(block.birth[block.first[elders]], kind="stable")]
    heads = heads[np.argsort(block.birth[block.first[heads]], kind="stable")]
    pairs = min(len(elders), len(heads))
    if not pairs:
        return
    # Both stand in order of birth; a sliding partner keeps the distance near 29 years.
    wanted = block.birth[block.first[elders]] + int(29 * YEAR)
    partner = np.searchsorted(block.birth[block.first[heads]], wanted)
    partner = np.maximum.accumulate(partner - np.arange(len(elders))) + np.arange(len(elders))
    fits = partner < len(heads)
    parent, child = block.first[elders[fits]], block.first[heads[partner[fits]]]
    distance = block.birth[child] - block.birth[parent]
    near = (distance > 19 * YEAR) & (distance < 42 * YEAR)
    parent, child = parent[near], child[near]
    man = block.sex[parent] == MAN
    block.father[child[man]] = parent[man]
    block.mother[child[~man]] = parent[~man]
    wed = man & (block.spouse[parent] >= 0)
    block.mother[child[wed]] = block.spouse[parent[wed]]


def _areas(block: Block, r: Chance) -> Numbers:
    """Most were first registered where they live; some in other counties, a few in counties that are no more."""
    home = whole([int(village.code[:6]) for village in block.villages])[block.village[block.household]]
    elsewhere = block.villages[0].county.elsewhere
    abolished = block.villages[0].county.abolished
    n = len(block)
    chance = r.random(n)
    moved = (chance < 0.18) | (block.newcomer[block.household] & (chance < 0.97))
    # A county abolished long ago is in the numbers of people who were born before.
    old = (r.random(n) < 0.04) & (block.birth < -2000)
    area = np.where(moved, elsewhere[between(r, 0, len(elsewhere) - 1, n)], home)
    return np.where(old, abolished[between(r, 0, len(abolished) - 1, n)], area) if len(abolished) else area


def _deaths(block: Block, r: Chance) -> None:
    """About 0.8 in 100 a year, most of them old; never a member of a family that is to stay quiet."""
    years = (block.span.last - block.span.first) / YEAR
    rate = np.interp(block.age, [0, 20, 40, 60, 70, 80, 90, 105], [2e-4, 2e-4, 1e-3, 7e-3, 0.018, 0.055, 0.14, 0.35])
    dead = r.random(len(block)) < rate * years
    day = between(r, np.maximum(block.span.first + 3, block.birth + 30), block.span.last - 2, len(block))
    block.death = np.where(dead & (block.birth < block.span.last - 60), day, NEVER)


def _work(block: Block, r: Chance) -> None:
    n, age = len(block), block.age
    town = block.urban
    shares = np.where(town[:, None], [0.40, 0.29, 0.05, 0.10, 0.08, 0.03, 0.05], [0.44, 0.13, 0.02, 0.08, 0.05, 0.23, 0.05])
    shares = np.cumsum(shares, axis=1) / shares.sum(axis=1, keepdims=True)
    job = (r.random(n)[:, None] > shares).sum(axis=1).clip(0, STUDENT)
    job = np.where((job == STUDENT) & (age > 24), EMPLOYEE, job)
    job = np.where((age < 22) & (age >= 18) & (r.random(n) < 0.5), STUDENT, job)
    working_age = (age >= 18) & (age < np.where(block.sex == MAN, 60, 55))
    block.job = np.where(working_age, job, IDLE)
    median = np.select([block.job == PUBLIC, block.job == EMPLOYEE, block.job == BUSINESS], [6800, 5200, 5600], 3600)
    block.wage = whole(np.round(np.clip(median * np.exp(0.38 * r.standard_normal(n)), 2300, 60_000) / 10)) * 1000
    block.employer = whole(np.floor(r.random(n) ** 1.7 * 1e6))  # a share of the firms there are, large ones first


def _health(block: Block, r: Chance) -> None:
    n, age, last = len(block), block.age, block.span.last
    disabled = r.random(n) < np.interp(age, [0, 15, 40, 60, 75, 100], [0.004, 0.007, 0.014, 0.033, 0.05, 0.06])
    block.disability = np.where(disabled, choice(r, [1, 2, 3, 4], [0.09, 0.15, 0.33, 0.43], n), 0)
    block.disability_type = choice(r, [1, 2, 3, 4, 5, 6, 7], [0.13, 0.2, 0.02, 0.43, 0.08, 0.1, 0.04], n)
    ill = r.random(n) < np.interp(age, [0, 15, 40, 60, 80, 100], [0.0005, 0.0006, 0.004, 0.014, 0.02, 0.015])
    block.ill = np.where(ill, between(r, np.maximum(last - 1800, block.birth + 20), last - 1, n), NEVER)
    block.chronic = r.random(n) < np.interp(age, [0, 30, 45, 60, 75], [0, 0.004, 0.03, 0.11, 0.19])
    severe = (block.disability > 0) & (block.disability < 3)
    # A severely disabled person of working age has work here, or is on dibao (see assistance.py).
    block.job = np.where(severe & (block.job == IDLE) & (age >= 18) & (age < 60), FLEXIBLE, block.job)
