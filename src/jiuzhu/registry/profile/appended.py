"""Rows that came since the last base, read from their own files alone and put among those of the last base in one pass.

Only where new rows change nothing about the old ones: of events and months each record stands for itself, so whoever names none
that was delivered before adds rows and takes none away. All else is made again from the archive.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.ascending import distinct
from jiuzhu.engines.mapped import PREFIX, WIDTH, MappedRows
from jiuzhu.registry.archived import DELIVERY
from jiuzhu.registry.profile.files import Part
from jiuzhu.registry.profile.narrow import HOLDS, Narrow, narrowed
from jiuzhu.registry.profile.placing import in_order
from jiuzhu.registry.profile.recipe import Came
from jiuzhu.registry.profile.rekeyed import Rekeyed
from jiuzhu.registry.profile.straight import Homes, Rows, Spelling, Straight
from jiuzhu.registry.profile.types import arrow_type
from jiuzhu.rules.tree import Column, Dataset

Whole = npt.NDArray[Any]
_NOBODY: Whole = np.empty(0, np.int32)


def appended(
    road: Straight, dataset: Dataset, kept: Sequence[str], homes: Homes, last: Rekeyed, came: Came
) -> tuple[list[Narrow], str]:
    """The rows of both as `Straight.rows` gives them; or nothing, and why they do not go together."""
    lying = last.lying
    assert isinstance(lying, MappedRows)
    if not road.holds(dataset, came.new):
        return [], "what came holds no rows"
    rows = Rows(road, dataset, kept, came.new)
    both = _alike(lying, rows.record, rows.spelling)
    if both is None:
        return [], "the new record ids are of another form"
    old, fresh, spelling = both
    if _meet(old, fresh):
        return [], "a record came again"
    left = rows.left
    position = np.where(rows.owner >= 0, homes.position[rows.owner], -1).astype(np.int32)[left]
    person = np.concatenate([last.moved.of(lying.cells("person").cells), position])
    record = np.concatenate([old, fresh[left]])
    order = in_order(person, _NOBODY, record, len(homes.authorised))
    answer = [
        Narrow("person", "int32", person[order]),
        spelling.told(record[order]),
        Narrow(DELIVERY, "int32", narrowed(np.concatenate([_renumbered(lying, came), rows.delivery[left]])[order])),
    ]
    for name in kept:
        column = dataset.columns[name]
        answer.append(_column(column, last, rows.parts[name].take(left), homes, order))
    return answer, ""


def _renumbered(lying: MappedRows, came: Came) -> Whole:
    numbers = np.zeros(max(came.numbers, default=-1) + 1, np.int32)
    for before, now in came.numbers.items():
        numbers[before] = now
    return numbers[lying.cells(DELIVERY).cells]


def _alike(lying: MappedRows, records: Whole, spelling: Spelling) -> tuple[Whole, Whole, Spelling] | None:
    """Numbers of the old and the new record ids that sort as they do together, and how these are spelt."""
    ranks = lying.ranks("record_id")
    if ranks is None or spelling.texts is not None:
        return None
    told = lying.table.schema.field("record_id").metadata
    before = Spelling(told[PREFIX], int(told[WIDTH]))
    if not len(ranks):
        return ranks.astype(np.int64), records, spelling
    if not len(records):
        return ranks.astype(np.int64), records, before
    short, long = sorted((before, spelling), key=lambda one: len(one.prefix))
    more = long.prefix[len(short.prefix) :]
    same = len(short.prefix) + short.width == len(long.prefix) + long.width
    if not same or not long.prefix.startswith(short.prefix) or not (more.isdigit() or not more):
        return None
    added = int(more or 0) * 10**long.width
    old, fresh = ranks.astype(np.int64), records.astype(np.int64)
    return (old, fresh + added, short) if short is before else (old + added, fresh, short)


def _meet(old: Whole, fresh: Whole) -> bool:
    """Whether a number stands in both."""
    few, many = distinct(fresh), old
    if not len(few) or not len(many):
        return False
    inside = many[(many >= few[0]) & (many <= few[-1])]
    place = np.minimum(np.searchsorted(few, inside), len(few) - 1)
    return bool((few[place] == inside).any())


def _column(column: Column, last: Rekeyed, part: Part, homes: Homes, order: Whole) -> Narrow:
    """A column of both, in the order of the base."""
    lying = last.lying.cells(column.name)
    old, before, now = lying.cells, lying.empty, part.empty
    if last.lying.holds(column.name) == "flag":
        old = old.view(np.int8)
    cells, words = part.cells, None
    if column.type.kind == "person":
        old = np.maximum(last.moved.of(old), 0)
        cells = np.where(cells >= 0, homes.position[cells], -1)
        now = cells < 0
        cells = np.maximum(cells, 0)
    empty = None
    if before is not None or (now is not None and now.any()):
        none = np.zeros(len(cells), bool) if now is None else now
        empty = np.concatenate([np.zeros(len(old), bool) if before is None else before, none])[order]
    if part.words is not None:
        old, cells, words = _worded(last, (old, before), (cells, now), part.words)
    both = np.concatenate([old, cells])[order]
    if empty is not None:
        both[empty] = 0
    kind = arrow_type(column)
    if words is not None:
        return Narrow(column.name, "word", both, empty, words)
    return Narrow(column.name, HOLDS[kind], both if kind == pa.bool_() else narrowed(both), empty)


def _worded(
    last: Rekeyed, old: tuple[Whole, Whole | None], new: tuple[Whole, Whole | None], fresh: pa.Array
) -> tuple[Whole, Whole, pa.Array]:
    """Codes of both by one list of the words they use, each once."""
    words = last.moved.words
    used = [_used(*old, len(words)), _used(*new, len(fresh))]
    mine, theirs = words.filter(pa.array(used[0])), fresh.filter(pa.array(used[1]))
    every = pc.unique(pa.chunked_array([mine, theirs], pa.large_string()))
    places = []
    for (cells, _), flags, own in ((old, used[0], mine), (new, used[1], theirs)):
        code = np.zeros(max(len(flags), 1), np.int32)
        code[: len(flags)][flags] = np.asarray(pc.index_in(own, every))
        places.append(code[cells])
    return places[0], places[1], every


def _used(cells: Whole, empty: Whole | None, many: int) -> Whole:
    flags = np.zeros(many, bool)
    flags[cells if empty is None else cells[~empty]] = True
    return flags
