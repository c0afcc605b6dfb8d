"""What of the last base still holds: table by table, whether its rows follow from the same deliveries, and why not.

Everything that decides about the rows of a dataset is either in its recipe, or in what its derived columns look at; who stands
where, who lives with whom and which words there are changes with every run, and is put right in one pass (`rekeyed.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.base import Base, Coverage
from jiuzhu.engines.mapped import OWNERS, Mapped, MappedRows
from jiuzhu.registry.archived import DELIVERY
from jiuzhu.registry.profile.households import ALONE, LOW
from jiuzhu.registry.profile.kept import RELATION, ROWS
from jiuzhu.registry.profile.positions import Positions
from jiuzhu.registry.profile.recipe import Came, Recipe, added_to, differs
from jiuzhu.registry.profile.rekeyed import NUMBER, Moved, Rekeyed
from jiuzhu.registry.profile.state import SINCE, Moment
from jiuzhu.registry.profile.wanted import Wanted, columns_in, derived_reads
from jiuzhu.rules.reading import names_in
from jiuzhu.rules.tree import Derived, Relation

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

Whole = npt.NDArray[Any]
_HOME = frozenset({"household", "own_household"})
_LOST = "somebody it names stands nowhere now"


@dataclass(frozen=True)
class Last:
    """The base of a release that another follows.

    folder: where its tables lie; files: their SHA-256 by name. numbers: kind and number of each living household. persons: who
    stood at each position, by the numbers of today; nought for who is not known any more.
    """

    base: Base
    folder: Path
    files: Mapping[str, str]
    recipes: Mapping[str, Recipe]
    numbers: pa.Table
    persons: Whole

    @property
    def moment(self) -> Moment:
        return Moment(self.base.as_of, self.base.now)


@dataclass(frozen=True)
class Standing:
    """Who stands where in the new base. people: the new position of everybody of the last one, below zero for none. signed:
    by position, who has a live authorisation."""

    positions: Positions
    coverage: Coverage
    people: Whole
    signed: npt.NDArray[np.bool_]


@dataclass
class Merge:
    """recipes: what the rows of each dataset follow from now. `stand` before tables are asked for."""

    last: Last
    recipes: Mapping[str, Recipe]
    catalogue: Catalogue
    wanted: Wanted
    moment: Moment
    rebuilt: dict[str, str] = field(default_factory=dict, init=False)
    appended: set[str] = field(default_factory=set, init=False)
    _own: dict[str, str] = field(default_factory=dict, init=False)
    _why: dict[str, str] = field(default_factory=dict, init=False)

    def stand(self, standing: Standing) -> None:
        self.now = standing
        low = standing.positions.numbers.append_column(
            "at", pa.array(np.arange(standing.positions.numbers.num_rows, dtype=np.int32))
        )
        low = low.filter(pc.equal(low["kind"], LOW)).combine_chunks()
        numbers = low["number"].combine_chunks() if low.num_rows else pa.array([], pa.string())
        home = np.asarray(standing.positions.people["household"]).astype(np.int32)
        assert isinstance(self.last.base.rows, Mapped), "a last base lies on the disk"
        self._moved = Moved(standing.people, home, (numbers, np.asarray(low["at"])), self.last.base.rows.words)

    # --- which tables still hold --------------------------------------------------------------------------------------

    def own(self, code: str) -> str:
        """Why the rows in force of a dataset may be others than in the last base, "" where they are the same."""
        if code not in self._own:
            last, now = self.last.recipes.get(code, Recipe()), self.recipes.get(code, Recipe())
            self._own[code] = differs(self.catalogue.datasets[code], (last, self.last.moment), (now, self.moment))
        return self._own[code]

    def rows(self, code: str) -> Rekeyed | None:
        """The rows of a dataset as they stand now; None where they are to be made again, and `rebuilt` says why."""
        why = self.why(code)
        if why:
            self.rebuilt[code] = why
            return None
        return self._kept(ROWS + code, self._lying(code), code)

    def grown(self, code: str) -> tuple[Rekeyed, Came] | None:
        """The rows of a plain dataset of events or months as they stand now, where others only came to them; see `appended.py`."""
        dataset = self.catalogue.datasets[code]
        if dataset.rows == "state" or dataset.authorised_only or self._why_lying(code):
            return None
        last, now = self.last.recipes.get(code, Recipe()), self.recipes[code]
        lying = self._lying(code)
        came, why = added_to(dataset, (last, self.last.moment), (now, self.moment), lying.num_rows)
        kept = self._kept(ROWS + code, lying, code)
        if came is None or kept.loses():
            self.rebuilt[code] = why or _LOST
            return None
        return kept, came

    def relation(self, one: Relation) -> Rekeyed | None:
        why = self.why_relation(one)
        if why:
            self.rebuilt[RELATION + one.code] = why
            return None
        assert isinstance(self.last.base.relations, Mapped)
        return self._kept(RELATION + one.code, self.last.base.relations.narrow(one.code), one.dataset)

    def why(self, code: str) -> str:
        """Why the rows of a dataset have to be made again; "" where they need not."""
        if code not in self._why:
            self._why[code] = self._why_rows(code)
        return self._why[code]

    def why_relation(self, one: Relation) -> str:
        if one.code not in self.last.base.relations:
            return "not in the last base"
        if one.subject == NUMBER:
            return "it follows the households"
        read = columns_in(one.where) | set(one.columns)
        why = self.own(one.dataset) or self._why_signed(one.dataset) or self._why_day(one.where)
        why = why or self._why_columns(one.dataset, read)
        if why:
            return why
        assert isinstance(self.last.base.relations, Mapped)
        kept = self._kept(RELATION + one.code, self.last.base.relations.narrow(one.code), one.dataset)
        return _LOST if kept.loses() else ""

    def derived(self, relations: Iterable[Relation]) -> list[Derived]:
        """The derived columns that what has to be made again needs, each after the ones it needs."""
        needed = {(one.dataset, one.code) for one in self.wanted.derived if self.why(one.dataset)}
        for relation in relations:
            if self.why_relation(relation):
                needed |= {(relation.dataset, name) for name in columns_in(relation.where) | set(relation.columns)}
        for one in reversed(self.wanted.derived):
            if (one.dataset, one.code) in needed:
                own, theirs = derived_reads(one)
                needed |= {(one.dataset, name) for name in own} | {(one.source, name) for name in theirs}
        return [one for one in self.wanted.derived if (one.dataset, one.code) in needed]

    def _lying(self, code: str) -> MappedRows:
        assert isinstance(self.last.base.rows, Mapped)
        lying: MappedRows = self.last.base.rows.narrow(code)
        return lying

    def _kept(self, name: str, lying: Any, dataset: str) -> Rekeyed:
        columns = self.catalogue.columns(dataset)
        persons = frozenset(one for one, column in columns.items() if column.type.kind == "person")
        path = self.last.folder / f"{name}.arrow"
        return Rekeyed(lying, path, self.last.files.get(path.name, ""), persons, self._moved)

    def _why_rows(self, code: str) -> str:
        dataset = self.catalogue.datasets[code]
        if dataset.keyed == "division":
            return "rows of places"
        if "id_no" not in dataset.columns:
            return "rows of households, not of people"
        why = self._why_lying(code)
        if why:
            return why
        columns, lying = self.catalogue.columns(code), self._lying(code)
        if any(columns[name].type.kind == "thing" for name in self.wanted.kept[code] if name in columns):
            return "its things are numbered together with those of others"
        why = self.own(code) or self._why_signed(code) or self._why_columns(code, set(columns))
        if why:
            return why
        return _LOST if self._kept(ROWS + code, lying, code).loses() else ""

    def _why_lying(self, code: str) -> str:
        """Why the rows of the last base do not lie as they would now, whatever came."""
        if code not in self.last.base.rows:
            return "not in the last base"
        lying = self._lying(code)
        if not self._reads_alike(code, lying.names):
            return "other columns are read"
        if not lying.follows("hukou") or (NUMBER not in lying.names and not lying.follows("household")):
            return "rows live elsewhere than their people"
        return ""

    def _reads_alike(self, code: str, names: Collection[str]) -> bool:
        """Whether the last base kept the columns that this one does."""
        there = self.catalogue.columns(code)
        kept = {name for name in self.wanted.kept[code] if name in there} | {"record_id", DELIVERY, *OWNERS}
        return set(names) == kept | {name + SINCE for name in self.wanted.since.get(code, ())}

    def _why_columns(self, code: str, names: set[str]) -> str:
        """Why derived columns among these may say something else."""
        for one in self.wanted.derived:
            if one.dataset == code and one.code in names:
                why = self._why_derived(one)
                if why:
                    return f"{one.code}: {why}"
        return ""

    def _why_derived(self, one: Derived) -> str:
        why = self._why_day(one.where) or self._why_day(one.value)
        if why:
            return why
        _, theirs = derived_reads(one)
        named = {name.name for part in (one.where, one.value) for name in names_in(part)} | {*one.match, *one.match.values()}
        if named & _HOME and not self._homes_alike:
            return "somebody moved"
        if not one.source:
            return ""
        why = self.own(one.source) or self._why_signed(one.source)
        if not why and not self._covered_alike(one.source):
            why = "delivered for some places, not for others"
        if not why and theirs:
            others = {name for name in theirs if (one.source, name) != (one.dataset, one.code)}
            why = self._why_columns(one.source, others)
        return f"{one.source}: {why}" if why else ""

    def _why_day(self, expression: Any) -> str:
        """Whether it asks what day it is, on another day."""
        if (self.moment.as_of, self.moment.seconds) == (self.last.moment.as_of, self.last.moment.seconds):
            return ""
        return "it asks what day it is" if any(name.source == "moment" for name in names_in(expression)) else ""

    def _why_signed(self, code: str) -> str:
        return "" if not self.catalogue.datasets[code].authorised_only or self._signed_alike else "authorisations changed"

    # --- what changed for everybody -----------------------------------------------------------------------------------

    @cached_property
    def _signed_alike(self) -> bool:
        """Whether the same people have signed, and stand somewhere in both bases."""
        before = self.now.people[np.flatnonzero(np.asarray(self.last.base.people["authorised"]))]
        return np.array_equal(np.sort(before), np.flatnonzero(self.now.signed))

    @cached_property
    def _homes_alike(self) -> bool:
        """Whether everybody of the last base lives where they did, and the low-income base has the same households."""
        before, after = self.last.numbers, self.now.positions.numbers
        if not _low(before).equals(_low(after)):
            return False
        there = np.flatnonzero(self.now.people >= 0)
        was = pa.array(np.asarray(self.last.base.people["household"])[there])
        now = pa.array(np.asarray(self.now.positions.people["household"])[self.now.people[there]])
        kinds = np.asarray(before["kind"].take(was)), np.asarray(after["kind"].take(now))
        if not np.array_equal(*kinds):
            return False
        same = np.asarray(pc.equal(before["number"].take(was), after["number"].take(now)))
        return bool((same | (kinds[0] == ALONE)).all())

    def _covered_alike(self, code: str) -> bool:
        """Whether a dataset was delivered for all places, or for none, then as now."""
        said = []
        for coverage, places in (
            (self.last.base.coverage, self.last.base.places.num_rows),
            (self.now.coverage, self.now.positions.places.num_rows),
        ):
            said.append({coverage.known(code, place, None, None) for place in range(places)})
        return said[0] == said[1] and len(said[0]) <= 1


def _low(numbers: pa.Table) -> pa.Array:
    found = numbers.filter(pc.equal(numbers["kind"], LOW))["number"].combine_chunks()
    return found.take(pc.sort_indices(found))
