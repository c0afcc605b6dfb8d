"""What the departments of one block share: its people, the span, the firms; and the list of who makes which dataset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from jiuzhu.synthetic import names, numbers
from jiuzhu.synthetic.assistance import labour_ability
from jiuzhu.synthetic.people import DIBAO, NEVER, OUTSIDE, TEKUN, Block
from jiuzhu.synthetic.places import County
from jiuzhu.synthetic.rows import Identity, Rows, Texts, household_numbers
from jiuzhu.synthetic.span import Span
from jiuzhu.synthetic.streams import Chance, Flags, Numbers, between, stream, whole

PEOPLE_A_FIRM = 90
MOST_FIRMS = 4000


@dataclass(frozen=True)
class Firms:
    """The employers of a county, large ones first."""

    codes: list[str]
    names: list[str]

    @staticmethod
    def of(county: County, seed: int, residents: int) -> Firms:
        r = stream(seed, "firms", county.code)
        count = min(max(20, residents // PEOPLE_A_FIRM), MOST_FIRMS)
        return Firms(numbers.credit_codes(r, int(county.code), count), names.firm_names(r, county.city, count))


@dataclass
class Town:
    """One block as its departments see it."""

    block: Block
    span: Span
    firms: Firms

    @cached_property
    def identity(self) -> Identity:
        return Identity(self.block)

    @cached_property
    def living_numbers(self) -> pa.Array:
        return household_numbers(self.block)[0]

    @cached_property
    def low(self) -> Flags:
        """Living members of families in the low-income base."""
        return np.asarray((self.block.class_of != OUTSIDE) & self.block.alive)

    @cached_property
    def dibao(self) -> Flags:
        return np.asarray((self.block.class_of == DIBAO) & self.block.alive)

    @cached_property
    def tekun(self) -> Flags:
        return np.asarray((self.block.class_of == TEKUN) & self.block.alive)

    @cached_property
    def ability(self) -> Numbers:
        return labour_ability(self.block)

    @cached_property
    def severe(self) -> Flags:
        return (self.block.disability > 0) & (self.block.disability < 3)

    @cached_property
    def ill(self) -> Flags:
        return np.asarray(self.block.ill < NEVER)

    @cached_property
    def age(self) -> Numbers:
        return self.block.age

    @cached_property
    def grown(self) -> Flags:
        return (self.age >= 18) & self.block.alive

    @cached_property
    def heads(self) -> Numbers:
        """Of each household, its first living member (its first where none lives)."""
        alive = np.flatnonzero(self.block.alive)
        heads = self.block.first.copy()
        homes, at = np.unique(self.block.household[alive], return_index=True)
        heads[homes] = alive[at]
        return heads

    @cached_property
    def members(self) -> Numbers:
        """Of each household, how many live."""
        return np.bincount(self.block.household[self.block.alive], minlength=len(self.block.kind))

    def r(self, dataset: str) -> Chance:
        return self.block.stream("rows", dataset)

    def firm(self, person: Numbers) -> Numbers:
        """The employer of each person; large firms have most of them."""
        return self.block.employer[person] * len(self.firms.codes) // 1_000_000

    def firm_code(self, person: Numbers) -> Texts:
        return Texts(self.firms.codes, self.firm(person))

    def firm_name(self, person: Numbers) -> Texts:
        return Texts(self.firms.names, self.firm(person))

    def days(self, r: Chance, n: int, *, back: int = 0, until: int = 0) -> Numbers:
        """`n` days of the span, or of its last `back` days; none later than `until` days before its end."""
        first = self.span.last - back + 1 if back else self.span.first
        return between(r, first, self.span.last - until, n)


Columns = dict[str, Any]
Making = Callable[[Town], Rows]
Drawn = Callable[[Town, str], tuple[Numbers, Numbers]]
Telling = Callable[[Town, Chance, Numbers, Numbers], Columns]
MAKERS: dict[str, Making] = {}


def makes(dataset: str) -> Callable[[Making], Making]:
    """Mark the function that invents the rows of a dataset for the people of one block."""

    def mark(making: Making) -> Making:
        MAKERS[dataset] = making
        return making

    return mark


def tells(dataset: str, drawn: Drawn, chance: str = "rows") -> Callable[[Telling], Telling]:
    """Mark the function that says what the rows of a dataset tell of people and days drawn before.

    chance: the name of what the rows are drawn with; who and when have that of the dataset.
    """

    def mark(telling: Telling) -> Telling:
        @makes(dataset)
        def rows(town: Town) -> Rows:
            person, day = drawn(town, dataset)
            return Rows(person, day, telling(town, town.r(f"{dataset}/{chance}"), person, day))

        return telling

    return mark


def some(r: Chance, flags: Flags, share: float) -> Numbers:
    """Positions of about this share of the flagged people."""
    at = np.flatnonzero(flags)
    return at[r.random(len(at)) < share]


def times(r: Chance, flags: Flags, mean: Any) -> Numbers:
    """Positions of the flagged people, each as often as chance has it around a mean."""
    at = np.flatnonzero(flags)
    mean = mean[at] if isinstance(mean, np.ndarray) else mean
    return np.repeat(at, r.poisson(mean, len(at)))


def each_month(person: Numbers, months: Numbers) -> tuple[Numbers, Numbers]:
    """Every person in every month, month by month."""
    return np.tile(person, len(months)), np.repeat(whole(months), len(person))


def next_of(pool: Numbers, after: Numbers) -> Numbers:
    """For each position the next one in a rising pool, or its last; -1 where the pool is empty."""
    if not len(pool):
        return np.full(len(after), -1)
    return whole(pool[np.searchsorted(pool, after).clip(0, len(pool) - 1)])
