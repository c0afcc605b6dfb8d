"""One taking of records: which are answered at once, the rows they become, whom they touch, and what that changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.ascending import distinct
from jiuzhu.engines.columnar.calendar import month_of, month_of_day
from jiuzhu.engines.columnar.values import Number
from jiuzhu.registry.overlay.answers import Answer, Changed, answers_of
from jiuzhu.registry.overlay.covered import Stretch
from jiuzhu.registry.overlay.force import NEW
from jiuzhu.registry.profile.divisions import COUNTY, prefix_of
from jiuzhu.registry.release.subjects import named_warning
from jiuzhu.registry.stream.entries import UNDECIDED, Batch, Entry, Key, Singles, State

if TYPE_CHECKING:
    from jiuzhu.registry.overlay.arrivals import Arrivals
    from jiuzhu.registry.overlay.opened import Opened

Whole = npt.NDArray[Any]
_NOBODY = -1
_NOTHING = np.empty(0, np.int64)
_TRACED = 100  # of more changes at once the rows behind them are not traced: it takes about a millisecond each


class Taking:
    """Records of one dataset that came together. `run` answers them; after it, what became of them can be asked."""

    def __init__(self, opened: Opened, arrivals: Arrivals, source: str) -> None:
        self._opened, self._arrivals, self._source = opened, arrivals, source
        self._dataset = arrivals.shape.dataset
        self._road = opened.roads[self._dataset.code]
        self._why = np.full(len(arrivals), "", object)  # why a record waits
        self._touched: list[Whole] = []  # people
        self._homes: list[Whole] = []  # living households of rows with a number of their own
        self.households: list[int] = []
        self.changes: list[Changed] = []

    def run(self) -> Taking:
        """Lay down what can be, and ask again whom it touches."""
        self._let_wait()
        self._lay()
        opened = self._opened
        self.households = opened.reach.households(*(np.concatenate([_NOTHING, *named]) for named in (self._touched, self._homes)))
        if self.households and self._road.indicators:
            asked = opened.asked(self.households)
            found = opened.engine.found(opened.release.base, self._road.indicators, households=self.households)
            self.changes = opened.answers.changes(answers_of(found), self._road.indicators, asked)
        return self

    def again(self, waits: Mapping[int, str]) -> None:
        """Lay down what was laid down before, and leave waiting what waited. waits: why, by the place of the record."""
        for place, why in waits.items():
            self._why[place] = why
        self._lay()

    @property
    def _sender(self) -> str:
        return self._source or self._dataset.department

    # --- what waits -------------------------------------------------------------------------------------------------

    @property
    def waits(self) -> list[tuple[int, str]]:
        """The lines of the records left to the next look, and why."""
        return [(int(self._arrivals.lines[place]), self._why[place]) for place in self._waiting]

    @property
    def _waiting(self) -> list[int]:
        places: list[int] = np.flatnonzero(self._why != "").tolist()
        return places

    def _let_wait(self) -> None:
        if self._road.waits:
            self._why[:] = self._road.waits
            return
        kept = ~self._arrivals.retracts
        self._wait(self._arrivals.unlinked & kept, "it says by name only whom it is about")
        for name, positions in self._persons.items():
            self._wait(self._arrivals.is_given(name) & (positions < 0) & kept, "it names somebody the release does not know")
        self._wait(self._moves() & kept, "it may say where somebody lives of whom nothing else does")
        self._wait(self._widens(), "it widens what is known of its place or time")
        if self._opened.looked_at:
            self._wait(self._hangs_on_a_look(), "a look read those it touches; the next one answers for it")

    def _wait(self, where: Whole, why: str) -> None:
        self._why[where & (self._why == "")] = why

    def _moves(self) -> Whole:
        """Somebody without a household lives in the least division of any row that names them."""
        told, regions = self._arrivals.coded("region_code")
        columns, places = self._opened.columns, self._opened.place_codes
        moves = np.zeros(len(self._arrivals), bool)
        for positions in self._persons.values():
            there = np.flatnonzero(positions >= 0)
            homes = columns.people["household"][positions[there]]
            for place in there[self._opened.whom.alone[homes]].tolist():
                code = places[int(columns.people["place"][positions[place]])]
                moves[place] |= regions[told[place]] < code or not code
        return moves

    def _widens(self) -> Whole:
        covered = self._opened.covered
        stretches, of = self._stretches
        return np.array([not covered.stays(self._dataset.code, one) for one in stretches])[of]

    def _hangs_on_a_look(self) -> Whole:
        marks = np.zeros(len(self._arrivals), bool)
        stands = self._opened.force(self._dataset.code).stands(self._arrivals.record_numbers)
        for place in range(len(self._arrivals)):
            people = {int(positions[place]) for positions in self._persons.values()}
            homes = {int(self._own_homes[place])}
            if stands[place] >= 0:
                row = self._opened.columns.owners(self._dataset.code, np.array([stands[place]]))
                people.update(row["person"].tolist())
                homes.update(row["household"].tolist())
            reached = self._opened.reach.households(*(np.array(sorted(named), np.int64) for named in (people, homes)))
            marks[place] = not self._opened.looked_at.isdisjoint(reached)
        return marks

    # --- whom it names ----------------------------------------------------------------------------------------------

    @cached_property
    def _persons(self) -> dict[str, Whole]:
        """The position of whom each person column names, below zero for nobody."""
        return {name: self._opened.whom.persons(ids) for name, ids in self._arrivals.ids.items()}

    @property
    def _owner(self) -> Whole:
        """Whose rows these are: the person `id_no` names, of a household's rows whoever is named first."""
        if "id_no" in self._persons:
            return self._persons["id_no"]
        if self._persons and self._dataset.keyed == "household":
            return next(iter(self._persons.values()))
        return np.full(len(self._arrivals), _NOBODY)

    @cached_property
    def _own_homes(self) -> Whole:
        """The living household that a row's own number names."""
        if "household_id" not in self._dataset.columns:
            return np.full(len(self._arrivals), _NOBODY)
        return self._opened.whom.households(self._arrivals.texts("household_id"))

    @cached_property
    def _stretches(self) -> tuple[list[Stretch], Whole]:
        """The different stretches, and which of them each record has."""
        at = self._dataset.columns.get(self._dataset.at)
        spoken = np.full(len(self._arrivals), -1)
        if at is not None and self._dataset.rows != "state":
            cells, empty = self._arrivals.cells(at.name)
            spoken = np.where(empty | self._arrivals.retracts, -1, _first_month(cells, at.holds))
        sent = np.asarray(month_of_day(self._arrivals.sent))
        told, regions = self._arrivals.coded("region_code")
        width = np.int64(int(max(sent.max(), spoken.max())) + 2)  # of months; before the first of them stands none
        each, of = np.unique((told * width + sent + 1) * width + spoken + 1, return_inverse=True)
        months = 3 if at is not None and at.holds == "quarter" else 1
        stretches = []
        for one in each.tolist():
            (region, month), first = divmod(one // int(width), int(width)), one % int(width) - 1
            speaks = tuple(range(first, first + months)) if first >= 0 else ()
            stretches.append(Stretch(_county(regions[region]), month - 1, speaks))
        return stretches, of

    # --- laying down ------------------------------------------------------------------------------------------------

    def _lay(self) -> None:
        if self._dataset.code not in self._opened.release.base.rows:
            return  # no rule reads it
        for places in self._apart():
            self._lay_some(places)

    def _apart(self) -> Iterator[Whole]:
        """Stretches in which no record, and of a state nobody, stands twice: one that comes later meets the one before."""
        numbers = self._owner if self._dataset.rows == "state" else self._arrivals.record_numbers
        begin, met = 0, set[int]()
        if len(distinct(numbers)) == len(numbers):
            yield np.arange(len(numbers))
            return
        for place, number in enumerate(numbers.tolist()):
            if number in met:
                yield np.arange(begin, place)
                begin, met = place, set()
            met.add(number)
        yield np.arange(begin, len(numbers))

    def _lay_some(self, places: Whole) -> None:
        force = self._opened.force(self._dataset.code)
        waiting = self._why[places] != ""
        force.leave(self._arrivals.record_numbers[places[waiting]])
        places = places[~waiting]
        if not len(places):
            return
        some = self._arrivals.take(places)
        verdicts = force.verdicts(some, self._owner[places])
        for at, why in verdicts.waits.items():
            self._why[places[at]] = why
        self._drop(verdicts.drops)
        rows = np.full(len(places), NEW)
        read = verdicts.adds & self._authorised(places) if self._dataset.authorised_only else verdicts.adds
        if read.any():
            chosen = np.flatnonzero(read)
            named = [name or "" for name in some.take(chosen).record_ids]
            rows[chosen] = self._opened.columns.over(self._dataset.code).add(named, self._sender, self._cells(places[chosen]))
            self._touch(places[chosen])
        if verdicts.adds.any():
            added = np.flatnonzero(verdicts.adds)
            force.taken.put_all(some.take(added), rows[added])

    def _authorised(self, places: Whole) -> Whole:
        people = self._persons["id_no"][places]
        return (people >= 0) & self._opened.columns.people["authorised"][np.maximum(people, 0)]

    def _drop(self, rows: Sequence[int]) -> None:
        if not rows:
            return
        columns = self._opened.columns
        owners = columns.owners(self._dataset.code, np.array(rows))
        self._touched.append(owners["person"])
        self._homes.append(owners["household"])
        for name in self._persons:
            if columns.keeps(self._dataset.code, name):
                cells, empty = columns.bare(self._dataset.code, name, np.array(rows))
                self._touched.append(cells if empty is None else cells[~empty])
        for row in rows:
            columns.over(self._dataset.code).drop(row)

    def _touch(self, places: Whole) -> None:
        self._touched += [positions[places] for positions in self._persons.values()]
        self._homes.append(self._own_homes[places])

    def _cells(self, places: Whole) -> dict[str, tuple[Whole, Whole]]:
        """What the base keeps of these records."""
        owner = self._owner[places]
        nobody, known = owner < 0, np.maximum(owner, 0)
        people = self._opened.columns.people
        own = self._own_homes[places]
        home = np.where(own >= 0, own, np.where(nobody, _NOBODY, people["household"][known]))
        none = np.zeros(len(places), bool)
        cells = {
            "person": (owner if "id_no" in self._persons else np.full(len(places), _NOBODY), none),
            "household": (home, none),
            "hukou": (np.where(nobody, _NOBODY, people["hukou"][known]), none),
        }
        for name in self._opened.columns.kept(self._dataset.code):
            cells[name] = self._cell(name, places)
        return cells

    def _cell(self, name: str, places: Whole) -> tuple[Whole, Whole]:
        if name in self._persons:
            positions = self._persons[name][places]
            return np.maximum(positions, 0), positions < 0
        if self._dataset.columns[name].type.kind == "text":
            told, texts = self._arrivals.coded(name)
            words = self._opened.columns.words
            used, of = np.unique(told[places], return_inverse=True)
            numbers = np.array([words.number(texts[code]) for code in used.tolist()], np.int64)
            return numbers[of], told[places] == len(texts) - 1
        cells, empty = self._arrivals.cells(name)
        return cells[places], empty[places]

    # --- what it gives ----------------------------------------------------------------------------------------------

    @property
    def singles(self) -> Singles:
        """The records as the stream keeps them."""
        stretches, of = self._stretches
        texts = [stretch.text for stretch in stretches]
        groups = {text: at for at, text in enumerate(dict.fromkeys(texts))}  # several regions lie in one county
        numbers = np.array([groups[text] for text in texts])[of]
        waits = {place: self._why[place] for place in self._waiting}
        return Singles(self._dataset.code, self._source, tuple(groups), numbers.tolist(), waits, self._arrivals.spelled)

    def with_entries(self, batch: Batch) -> Batch:
        """The batch with an entry for each change, numbered from that of the batch."""
        entries = sorted((self._entry(change, batch) for change in self.changes), key=lambda one: (one.indicator, one.warning_id))
        return replace(batch, entries=tuple(replace(one, number=batch.number + at) for at, one in enumerate(entries)))

    def _entry(self, change: Changed, batch: Batch) -> Entry:
        subjects = self._opened.subjects
        key: Key = subjects.key(change.kind, change.position)
        home = subjects.household_id(change.kind, change.position), subjects.division(change.kind, change.position)
        return Entry(
            number=0,
            release=batch.release,
            position=batch.position,
            warning_id=named_warning(self._opened.workspace, change.indicator, key),
            indicator=change.indicator,
            kind=change.kind,
            key=key,
            before=_state(change.before, home),
            after=_state(change.after, home),
            base=batch.base,
            rows=self._rows_behind(change),
        )

    def _rows_behind(self, change: Changed) -> tuple[tuple[str, str], ...]:
        """Dataset and record id of the rows a warning rests on, by the judge's trace."""
        if change.after is None or change.after.level == UNDECIDED or len(self.changes) > _TRACED:
            return ()
        indicator = self._opened.catalogue.indicators[change.indicator]
        verdict = self._opened.judge.evaluate(self._opened.laid, indicator, change.position)
        traced = ((row.dataset, row.record_id) for trace in verdict.inputs for row in trace.rows)
        return tuple(dict.fromkeys(traced))


def _state(answer: Answer | None, home: tuple[str, str]) -> State | None:
    return None if answer is None else State(answer.level, answer.value, answer.threshold, *home)


def _county(region: str) -> str:
    """ "" where a region lies in no county."""
    county = prefix_of(region)[:COUNTY] if region else ""
    return county if len(county) == COUNTY else ""


def _first_month(cells: Whole, holds: str) -> Whole:
    """The first month of cells of `at`, as `profile/measured.py` counts them; -1 where they speak of none."""
    if holds == "quarter":
        return cells.astype(np.int64) * 3
    if holds not in ("date", "instant", "month"):
        return np.full(len(cells), -1)
    return np.asarray(month_of(Number(cells.astype(np.int64), kind=holds)))
