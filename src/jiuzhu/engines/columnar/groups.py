"""Some subjects of one kind, asked about together: a block of a run, the members of its households, somebody's guardians."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar import steps
from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.engines.columnar.columns import stretches as stretches
from jiuzhu.engines.columnar.keys import Keys
from jiuzhu.engines.columnar.places import Places
from jiuzhu.engines.columnar.rare import Rare
from jiuzhu.engines.columnar.values import Flag, Index, Mask, Number, Value, both, either, negated, scaled, spread
from jiuzhu.engines.windows import Moment

Whole = npt.NDArray[Any]
_SCATTERED = 4  # subjects of whom fewer than one in so many positions is one are looked up one by one
_MOST = 3  # subjects of whom more than one in so many were chosen are as good as all of them
_SOONER = 64  # so many rows are looked at sooner than one subject is looked up
Kept = TypeVar("Kept")


class World:
    """What a run reads: the columns of the base, its places and its moment.

    work: works out a fact for a group; handed in, since facts look at groups and groups at facts.
    shared: facts that several declarations stand on, and how many do. keys: what is told of the rules. many: whether so many are
    asked about that compiled passes pay.
    """

    def __init__(
        self,
        columns: Columns,
        places: Places,
        work: Callable[[str, Group], Value | Rare],
        shared: Mapping[str, int],
        keys: Keys,
        *,
        many: bool,
    ) -> None:
        self.columns = columns
        self.places = places
        self.work = work
        self.shared = shared
        self.keys = keys
        self.many = many
        self.base = columns.base
        self.catalogue = columns.catalogue
        self.moment = Moment(self.base.as_of, self.base.now)


class Group:
    """positions: of persons, living or hukou households, by `kind`; a person outside the base has a position below zero.

    The same person may stand in it twice (the guardian of two children). What is worked out for the group is kept with it.
    whole, at: the group that these were chosen from, and their numbers in it; what it knows need not be worked out again.
    root: the first group of such a chain.
    """

    def __init__(
        self,
        world: World,
        kind: str,
        positions: Whole,
        whole: Group | None = None,
        at: Index | None = None,
        *,
        ascending: bool = False,
    ) -> None:
        self.world = world
        self.kind = kind
        self.positions = positions
        self.count = len(positions)
        self.whole = whole
        self.at = at
        self.root: Group = self if whole is None else whole.root
        self._kept: dict[Hashable, Any] = {}
        known = bool(self.count) and int(positions[0]) >= 0
        self.ascending = known and (ascending or bool((positions[1:] > positions[:-1]).all()))
        self.unbroken = self.ascending and int(positions[-1]) - int(positions[0]) == self.count - 1

    def kept(self, key: Hashable, work: Callable[[], Kept]) -> Kept:
        if key not in self._kept:
            self._kept[key] = work()
        answer: Kept = self._kept[key]
        return answer

    def let_go(self) -> None:
        """Forgets what was worked out: it holds groups that hold this one, so that its memory would stay taken for a while."""
        kept, self._kept = self._kept, {}
        for one in kept.values():
            for part in one if isinstance(one, tuple) else (one,):
                if isinstance(part, Group | Members):
                    (part if isinstance(part, Group) else part.group).let_go()

    def value(self, key: Hashable, work: Callable[[], Value | Rare]) -> Value:
        """A value worked out once; taken from the group these were chosen from where that knows it."""
        return self.spread(key, self.found(key, work))

    def spread(self, key: Hashable, found: Value | Rare) -> Value:
        """What was found under a key, as the answer of everybody."""
        return self.kept(("whole", key), found.whole) if isinstance(found, Rare) else found

    def found(self, key: Hashable, work: Callable[[], Value | Rare]) -> Value | Rare:
        """The same, as it was found."""
        if key not in self._kept and self.whole is not None and key in self.whole._kept:
            self._kept[key] = self.taken(key, work)
        return self.kept(key, work)

    def taken(self, key: Hashable, work: Callable[[], Value | Rare]) -> Value | Rare:
        """Worked out for the group these were chosen from, and taken from there."""
        whole, at = self.whole, self.at
        assert whole is not None
        assert at is not None
        return self.kept(key, lambda: whole.found(key, work).take(at))

    def rows(self, dataset: str, by: str) -> tuple[Any, Whole]:
        """The rows of these subjects in a dataset (a slice or row numbers), and which of them each belongs to."""
        return self.kept(("rows", dataset, by), lambda: self.world.columns.rows_of(dataset, by, self))

    def many_of(self, dataset: str, by: str) -> bool:
        """Whether these are so many of the first group they were chosen from that all its rows may as well be looked at."""
        root = self.root
        return root is not self and root.unbroken and len(root.rows(dataset, by)[1]) < self.count * _SOONER

    @property
    def most(self) -> bool:
        """Whether these are most of the first group they were chosen from."""
        return self.root is not self and self.root.unbroken and self.root.count < self.count * _MOST

    def among(self, at: Index) -> Group:
        """Some of these, by their numbers, which ascend."""
        return Group(self.world, self.kind, self.positions[at], self, at, ascending=self.ascending)

    def of(self, column: Whole) -> Whole:
        """A column of the table of subjects, for these."""
        if self.unbroken:
            return column[int(self.positions[0]) : int(self.positions[0]) + self.count]
        return column[self.positions]

    def fact(self, code: str) -> Value:
        """A fact as these subjects see it."""
        return self.spread(("fact", code), self.fact_found(code))

    def fact_found(self, code: str) -> Value | Rare:
        """The same, as it was found: few may have it."""
        key = ("fact", code)
        if self.whole is not None and key not in self._kept and self.world.shared.get(code, 0) * self.count >= self.whole.count:
            self.whole.fact_found(code)  # others will ask for it too, of as many together
        return self.found(key, lambda: self.world.work(code, self))

    def between(self, owner: Whole) -> tuple[Any, Whole]:
        """Where in an ascending column these subjects stand (a slice or row numbers), and which of them each row belongs to."""
        if not self.count:
            return slice(0, 0), np.empty(0, np.intp)
        if self.unbroken:
            low = int(self.positions[0])
            start, end = np.searchsorted(owner, np.array([low, low + self.count], owner.dtype))
            return slice(int(start), int(end)), owner[int(start) : int(end)] - low
        if self.ascending and self.count >= steps.MANY:
            return steps.listed(*steps.located(owner, self.positions))
        wanted = self.positions.astype(owner.dtype, copy=False)  # else the whole column is copied to another type
        start, end = np.searchsorted(owner, wanted, side="left"), np.searchsorted(owner, wanted, side="right")
        end = np.where(self.positions >= 0, end, start)
        return stretches(start, end - start)

    @property
    def near(self) -> bool:
        """Whether these stand so near each other that all rows between the first and the last of them are looked at."""
        return self.ascending and int(self.positions[-1]) - int(self.positions[0]) < _SCATTERED * self.count

    def chosen(self, owner: Whole, start: int) -> tuple[Index, Index]:
        """Of rows from `start` on, those of these subjects, and which of them each belongs to. owner: less the first of these."""

        def work() -> Whole:
            low = int(self.positions[0])
            number = np.full(int(self.positions[-1]) - low + 1, -1, np.int32)
            number[self.positions - low] = np.arange(self.count, dtype=np.int32)
            return number

        mine = self.kept("numbers", work)[owner]
        rows = np.flatnonzero(mine >= 0)
        return rows + start, mine[rows]

    # --- places ---

    def _classes(self) -> tuple[list[int], Whole]:
        """The classes of places the group lives in, and which of them each subject lives in."""
        if not self.count:
            return [], np.empty(0, np.intp)
        if self.whole is not None and self.at is not None:
            if len(self.whole.classes) < 2:
                return self.whole.classes, np.zeros(self.count, np.intp)
            found = self.whole.classes
            mine = self.whole.class_of[self.at]
        else:
            places = {"person": self.world.columns.people["place"], "household": self.world.columns.home}
            mine = self.world.places.classes[self.of(places.get(self.kind, self.world.columns.hukou_place))]
            found = list(range(int(mine.max()) + 1))
        there = np.bincount(mine, minlength=len(found)) > 0
        if there.sum() == 1:
            return [found[int(mine[0])]], np.zeros(self.count, np.intp)
        return [one for one, is_there in zip(found, there, strict=True) if is_there], (np.cumsum(there) - 1)[mine]

    @property
    def classes(self) -> list[int]:
        return self.kept("classes", self._classes)[0]

    @property
    def class_of(self) -> Whole:
        return self.kept("classes", self._classes)[1]

    def one_each(self) -> Group:
        """One subject of each class of places, in the order of the classes."""
        first = np.unique(self.class_of, return_index=True)[1]
        return Group(self.world, self.kind, self.positions[first])

    def flag_by_place(self, answer: Callable[[int], bool]) -> Mask:
        """A yes or no that is the same in all places of a class."""
        answers = [answer(one) for one in self.classes]
        if all(answers):
            return True
        return np.array(answers)[self.class_of] if any(answers) else False

    def number_by_place(self, answer: Callable[[int], Number]) -> Number:
        answers = [answer(one) for one in self.classes]
        if not answers or all(one == answers[0] for one in answers):
            return answers[0] if answers else Number(0, unknown=True)
        scale = max(one.scale for one in answers)
        wholes = np.array([scaled(one.whole, scale - one.scale) for one in answers])
        unknown: Mask = np.array([one.unknown for one in answers])[self.class_of]
        return replace(answers[0], whole=wholes[self.class_of], unknown=unknown if np.any(unknown) else False, scale=scale)

    def authorised(self) -> Mask:
        """Whether what only an authorisation opens may be read: of a household where all of its members gave one."""

        def work() -> Mask:
            if self.kind == "person":
                return spread(self.of(self.world.columns.people["authorised"]), self.count)
            members = self.members()
            refused = np.zeros(self.count, bool)
            refused[members.owner[~spread(members.group.authorised(), members.group.count)]] = True
            return ~refused

        return self.kept("authorised", work)

    # --- others ---

    def members(self) -> Members:
        """The people of these households."""

        def work() -> Members:
            columns = self.world.columns
            if self.kind != "household":
                order = columns.members(self.kind)
                rows, owner = self.between(order.owner)
                persons = np.arange(len(order.owner))[rows] if order.rows is None else order.rows[rows]
                ascending = np.argsort(persons)  # rows of people are found faster in their order
                return Members(self._people_at(persons[ascending]), owner[ascending])
            persons, owner = stretches(self.of(columns.first), self.of(columns.count))
            group = Group(self.world, "person", persons)
            if self.whole is not None and self.at is not None and "members" in self.whole._kept:
                theirs = self.whole.members()
                count = self.whole.of(columns.count)
                at, _ = stretches((np.cumsum(count) - count)[self.at], count[self.at])
                group = Group(self.world, "person", persons, theirs.group, at)
            group.link(self, owner)
            return Members(group, owner)

        return self.kept("members", work)

    def are_among(self, people: Group) -> None:
        """Says that all people of these hukou households are among those, who stand in a line."""
        self._kept["people"] = people

    def _people_at(self, persons: Whole) -> Group:
        """A group of people in their order, told as some of those it is known to be among."""
        people: Group | None = (self if self.whole is None else self.root)._kept.get("people")
        if people is None or not people.unbroken:
            return Group(self.world, "person", persons)
        return people.among(persons - people.positions[0])

    def homes(self) -> tuple[Group, Whole]:
        """The living households of these people, and which of them is each one's; below zero for who has none."""

        def work() -> tuple[Group, Whole]:
            home = self.of(self.world.columns.people["household"])
            found, index = np.unique(home, return_inverse=True)
            lacking = int(np.searchsorted(found, 0))
            return Group(self.world, "household", found[lacking:]), index - lacking

        return self.kept("homes", work)

    def link(self, homes: Group, index: Whole) -> None:
        """Says which households these people live in, where they were taken from them."""
        self._kept["homes"] = (homes, index)


class Members:
    """People and whose they are: the number of the subject in the group they were asked for."""

    def __init__(self, group: Group, owner: Whole) -> None:
        self.group = group
        self.owner = owner


def of_somebody(value: Value, nobody: Mask) -> Value:
    """Of someone outside the base nothing is known."""
    return _lacking(value, nobody, either(value.unknown, nobody), both(value.none, negated(nobody)))


def of_nobody(value: Value, nobody: Mask) -> Value:
    """Where there is nobody, or no household, there is no value."""
    return _lacking(value, nobody, both(value.unknown, negated(nobody)), either(value.none, nobody))


def _lacking(value: Value, nobody: Mask, unknown: Mask, none: Mask) -> Value:
    if isinstance(value, Flag):
        return Flag(both(value.true, negated(nobody)), unknown, none)
    return replace(value, unknown=unknown, none=none, floored=both(value.floored, negated(nobody)))
