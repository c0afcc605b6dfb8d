"""The columnar engine: rules over plain columns, block of households by block of households."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.ascending import distinct
from jiuzhu.engines.base import Base, Known, Result, kind_of
from jiuzhu.engines.columnar import facts, steps
from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.engines.columnar.groups import Group, World, stretches
from jiuzhu.engines.columnar.judge import Judged, judged
from jiuzhu.engines.columnar.keys import Keys
from jiuzhu.engines.columnar.places import Places
from jiuzhu.engines.columnar.results import result
from jiuzhu.engines.columnar.scopes import Scope
from jiuzhu.engines.columnar.values import Flag, spread
from jiuzhu.rules.tree import Indicator

Array = npt.NDArray[Any]
Progress = Callable[[str, int, int], None]
Block: TypeAlias = "dict[str, Array]"  # positions by kind
BLOCK = 131_072  # households, or people without one: the steps of a rule cost the same for each block, memory is what it holds


class ColumnarEngine:
    """Runs rules over columns. Lives as long as its catalogue; the columns of the base last asked about are kept.

    columns: of a base, read for another catalogue that has the same datasets: a rule or a number is tried at once.
    """

    name = "columnar"

    def __init__(self, catalogue: Known, block: int = BLOCK, columns: Columns | None = None) -> None:
        self._catalogue = catalogue
        self._block = block
        self._columns = columns
        self._places: Places | None = None
        self._keys = Keys()

    def run(
        self,
        base: Base,
        indicators: Sequence[Indicator],
        *,
        households: Sequence[int] | None = None,
        progress: Progress | None = None,
    ) -> Result:
        """All subjects, or those of these living households. progress: hears each block, how many are done, of how many."""
        return result(self.found(base, indicators, households=households, progress=progress))

    def found(
        self,
        base: Base,
        indicators: Sequence[Indicator],
        *,
        households: Sequence[int] | None = None,
        progress: Progress | None = None,
    ) -> dict[str, list[tuple[Array, Judged]]]:
        """The same by code, block by block, as it is found: the subjects asked about, and what is said of them."""
        world = self._world(base, indicators, households)
        asked = sorted(indicators, key=lambda item: item.code)
        found: dict[str, list[tuple[Array, Judged]]] = {item.code: [] for item in asked}
        blocks = list(self._blocks(world, households))
        for done, block in enumerate(blocks):
            groups = _groups(world, block)
            for item in asked:
                mine = groups.get(kind_of(item))
                if mine is not None:
                    found[item.code].append((mine.positions, judged(item, Scope(mine, item))))
            for group in groups.values():
                group.let_go()
            if progress is not None:
                progress("blocks", done + 1, len(blocks))
        return found

    def facts(self, base: Base, codes: Sequence[str], *, households: Sequence[int] | None = None) -> dict[str, pa.Table]:
        """Facts by code, of persons by person, of households by living household: position, value (null: none), unknown.

        households: only of these living households and their people.
        """
        world = self._world(base, (), households)
        parts: dict[str, list[pa.Table]] = {code: [] for code in codes}
        nobody: Block = {"household": np.empty(0, np.intp)}
        for block in (nobody, *self._blocks(world, households)):
            groups = _groups(world, block)
            for code in codes:
                mine = groups.get(self._catalogue.facts[code].of)
                if mine is not None:
                    parts[code].append(_fact(mine, code))
            for one in groups.values():
                one.let_go()
        return {code: pa.concat_tables(tables).sort_by("position") for code, tables in parts.items()}

    def _world(self, base: Base, indicators: Iterable[Indicator], households: Sequence[int] | None) -> World:
        if self._columns is None or self._columns.base is not base:
            self._columns, self._places = Columns(base, self._catalogue), None
        if self._places is None:
            by_division = [
                code for code, one in self._catalogue.datasets.items() if one.keyed == "division" and code in base.rows
            ]
            named = {code for one in by_division for code in pc.unique(base.rows[one]["region_code"]).to_pylist() if code}
            self._places = Places(base, self._catalogue, named)
        shared = self._keys.shared(tuple(indicators), self._catalogue.facts)
        asked = base.households.num_rows if households is None else len(households)
        return World(self._columns, self._places, facts.work, shared, self._keys, many=asked >= steps.MANY)

    def _blocks(self, world: World, households: Sequence[int] | None) -> Iterator[Block]:
        """Households with the hukou households that lie wholly among their people; then those hukou households that do not."""
        columns = world.columns
        if households is None:
            chosen = np.arange(world.base.households.num_rows)
            hukou = np.arange(world.base.hukou.num_rows)
            for people in self._cut(np.flatnonzero(columns.people["household"] < 0)):
                yield {"person": people}
        else:
            chosen = distinct(np.array(households, np.int64))
            members, _ = stretches(columns.first[chosen], columns.count[chosen])
            hukou = distinct(columns.people["hukou"][members])
            hukou = hukou[hukou >= 0]
        parts = list(self._cut(chosen))
        of = columns.hukou_within([int(part[0]) for part in parts]) if households is None and parts else np.full(len(hukou), -1)
        for number, part in enumerate(parts):
            inside = hukou[of == number]
            yield {"household": part, "hukou": inside} if len(inside) else {"household": part}
        for outside in self._cut(hukou[of < 0]):
            yield {"hukou": outside}

    def _cut(self, positions: Array) -> Iterator[Array]:
        for start in range(0, len(positions), self._block):
            yield positions[start : start + self._block]


def _groups(world: World, block: Block) -> dict[str, Group]:
    """The subjects of a block by kind, people of households among them."""
    groups = {kind: Group(world, kind, positions) for kind, positions in block.items()}
    if "household" in groups:
        groups["person"] = groups["household"].members().group
        if "hukou" in groups:
            groups["hukou"].are_among(groups["person"])
    return groups


def _fact(group: Group, code: str) -> pa.Table:
    value = group.fact(code)
    unknown = spread(value.unknown, group.count, bool)
    lacking = unknown | spread(value.none, group.count, bool)
    whole = spread(value.true if isinstance(value, Flag) else value.whole, group.count)
    return pa.table(
        {
            "position": pa.array(group.positions, pa.int32()),
            "value": _told(value, whole, lacking, group),
            "unknown": pa.array(unknown),
        }
    )


def _told(value: Any, whole: Array, lacking: npt.NDArray[np.bool_], group: Group) -> pa.Array:
    if isinstance(value, Flag):
        return pa.array(whole.astype(bool), mask=lacking)
    if value.kind == "text":
        return pa.array(group.world.columns.words.texts(whole), pa.string(), mask=lacking)
    kinds = {"date": pa.date32(), "month": pa.int32(), "quarter": pa.int32(), "person": pa.int32(), "thing": pa.int32()}
    kind = kinds.get(value.kind, pa.int64())
    if kind == pa.date32():
        return pa.array(whole.astype(np.int32), pa.int32(), mask=lacking).view(kind)
    return pa.array(whole.astype(np.int64), mask=lacking).cast(kind)
