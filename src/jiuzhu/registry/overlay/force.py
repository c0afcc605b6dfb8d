"""Which row of the base or of those laid over it a new record adds, takes the place of, or takes away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jiuzhu.engines.columnar.calendar import day_number
from jiuzhu.registry.overlay.known import ABSENT, ELSEWHERE, KnownRecords
from jiuzhu.registry.overlay.runs import Runs
from jiuzhu.registry.profile.state import Moment

if TYPE_CHECKING:
    from jiuzhu.registry.overlay.arrivals import Arrivals
    from jiuzhu.registry.overlay.rows import LaidOver
    from jiuzhu.rules.tree import Dataset

Whole = npt.NDArray[Any]
NEW = -3  # in place of a row number: the row this record becomes
_FEW = 64  # records of one taking that are remembered one by one


class Version(NamedTuple):
    """The newest version known of a record. row: where it stands, ELSEWHERE if it does not count.

    mark: what decides between two of one day; None of a row of the base, which does not carry it.
    """

    row: int
    sent: int
    mark: int | None


@dataclass(frozen=True)
class Verdict:
    """What a record does. waits: why it cannot be said without the archive, else "".

    adds: whether its own row counts from now on. drops: rows that count no longer. older: a newer version of the record is known.
    """

    waits: str = ""
    adds: bool = False
    drops: tuple[int, ...] = ()
    older: bool = False


@dataclass(frozen=True)
class Verdicts:
    """What records do. adds: which of their own rows count from now on. drops: rows that count no longer. waits: why some cannot be
    told without the archive, by the place of the record."""

    adds: npt.NDArray[np.bool_]
    drops: Sequence[int]
    waits: Mapping[int, str]


NOTHING = Verdict()
_OLDER = Verdict(older=True)
_SAME_DAY = Verdict(waits="another version of the record is of the same day")
_NOT_IN_BASE = Verdict(waits="an earlier version of the record lies in the archive without counting")
_NEXT_STATE = Verdict(waits="an earlier state may count again")
_OTHER_THING = Verdict(waits="it may tell of the same thing as another record")


class Taken:
    """The newest version of each record that came this way, by the number of its id; of many that came together in sorted runs."""

    def __init__(self) -> None:
        self._one_by_one: dict[int, Version] = {}
        self._together = Runs()

    def have(self, numbers: Whole) -> npt.NDArray[np.bool_]:
        found = self._together.have(numbers)
        if self._one_by_one:
            found |= np.fromiter((number in self._one_by_one for number in numbers.tolist()), bool, len(numbers))
        return found

    def get(self, number: int) -> Version | None:
        if number in self._one_by_one:
            return self._one_by_one[number]
        told = self._together.newest(np.uint64(number))
        return None if told is None else Version(*told)

    def put(self, number: int, version: Version) -> None:
        self._one_by_one[number] = version

    def put_all(self, arrivals: Arrivals, rows: Whole) -> None:
        """Say which rows records became."""
        if len(arrivals) > _FEW and not any(map(self._one_by_one.__contains__, arrivals.record_numbers.tolist())):
            self._together.add(arrivals.record_numbers, (rows, arrivals.sent.astype(np.int64), arrivals.hashes))
            return
        told = zip(rows.tolist(), arrivals.sent.tolist(), arrivals.hashes.tolist(), strict=True)
        for number, version in zip(arrivals.record_numbers.tolist(), told, strict=True):
            self.put(number, Version(*version))


@dataclass
class Force:
    """The rule of `profile/state.py` for records of one dataset that come one after another.

    full_until: the last day that a full delivery speaks for, None if there is none.
    """

    dataset: Dataset
    moment: Moment
    known: KnownRecords
    columns: LaidOver
    full_until: date | None
    taken: Taken = field(default_factory=Taken)

    def verdicts(self, arrivals: Arrivals, person: Whole) -> Verdicts:
        """Of records of which none (of a state: nobody) stands there twice. What is told of those whose rows count is to be settled.

        person: the position of whom each is about, below zero for nobody.
        """
        stands = self.known.rows(self.dataset.code, arrivals.record_numbers)
        later, at_later = self._later(arrivals)
        plain = (stands == ABSENT) & ~arrivals.retracts & ~later & ~at_later
        if self.dataset.rows == "state" or self.full_until is not None:
            plain[:] = False
        plain &= ~self.taken.have(arrivals.record_numbers)
        adds, drops, waits = plain.copy(), list[int](), dict[int, str]()
        for place in np.flatnonzero(~plain).tolist():
            number = int(arrivals.record_numbers[place])
            if later[place]:
                verdict = Verdict(waits="it is of a later day")
            else:
                verdict = self._verdict(arrivals, place, self._version(number, int(stands[place])), int(person[place]))
                if verdict.adds and at_later[place]:
                    verdict = Verdict(drops=verdict.drops)
            self._remember(arrivals, place, number, verdict)
            adds[place] = verdict.adds
            drops += verdict.drops
            if verdict.waits:
                waits[place] = verdict.waits
        return Verdicts(adds, drops, waits)

    def stands(self, numbers: Whole) -> Whole:
        """The row of each of these records now, below zero where it has none that counts."""
        known = self.known.rows(self.dataset.code, numbers)
        return np.array([self._version(number, int(row)).row for number, row in zip(numbers.tolist(), known, strict=True)])

    def leave(self, numbers: Whole) -> None:
        """These records wait: what comes after them of the same record waits too."""
        for number in numbers.tolist():
            self.taken.put(number, Version(ELSEWHERE, 0, None))

    def _later(self, arrivals: Arrivals) -> tuple[Whole, Whole]:
        """Which records are of a later day; and which speak of what is still to come."""
        sent = arrivals.sent > day_number(self.moment.as_of)
        column = self.dataset.columns.get(self.dataset.at)
        limits: dict[str, int] = {
            "date": day_number(self.moment.as_of),
            "instant": self.moment.seconds,
            "month": self.moment.month,
            "quarter": self.moment.month // 3,
        }
        if column is None or self.dataset.rows == "state" or column.holds not in limits:
            return sent, np.zeros(len(arrivals), bool)
        cells, empty = arrivals.cells(column.name)
        return sent, (cells > limits[column.holds]) & ~empty

    def _version(self, number: int, stands: int) -> Version:
        known = self.taken.get(number)
        if known is not None:
            return known
        if stands < 0:
            return Version(stands, 0, None)
        sent, _ = self.columns.bare(self.dataset.code, "data_date", np.array([stands]))
        return Version(stands, int(sent[0]), None)

    def _verdict(self, arrivals: Arrivals, place: int, before: Version, person: int) -> Verdict:
        retracts, sent, mark = bool(arrivals.retracts[place]), int(arrivals.sent[place]), int(arrivals.hashes[place])
        if self.full_until is not None and sent <= day_number(self.full_until):
            return Verdict(waits="a full delivery speaks for its day")
        if before.row == ELSEWHERE and before.mark is None:
            return _NOT_IN_BASE
        if before.row == ABSENT:
            return NOTHING if retracts else self._first(arrivals, place, person)
        if sent < before.sent or (sent == before.sent and before.mark is not None and mark <= before.mark):
            return _OLDER
        if sent == before.sent and before.mark is None and not retracts:
            return _SAME_DAY
        if self.dataset.rows == "state":
            return self._next_of_state(arrivals, place, before, person, retracts=retracts)
        drops = (before.row,) if before.row >= 0 else ()
        return Verdict(adds=not retracts, drops=drops)

    def _first(self, arrivals: Arrivals, place: int, person: int) -> Verdict:
        """A record never seen: of a state it may follow one that tells of the same thing."""
        if self.dataset.rows != "state":
            return Verdict(adds=True)
        if person < 0 or "id_no" not in self.dataset.columns:
            return _OTHER_THING
        rows = self._rows_of(person)
        parts = [name for name in self.dataset.thing if name != "id_no"]
        if not len(rows):
            return Verdict(adds=True)
        if not self._readable(parts):
            return _OTHER_THING
        mine = self._thing(arrivals, place, parts)
        if parts and all(part is None for part in mine):
            return Verdict(adds=True)  # it does not say which thing: it is one of its own
        same = [row for row in rows.tolist() if self._thing_of(row, parts) == mine]
        sent = int(arrivals.sent[place])
        if any(self._sent_of(row) == sent for row in same):
            return _SAME_DAY  # then the greater record id decides, which the base does not tell at once
        if any(self._sent_of(row) > sent for row in same):
            return NOTHING
        return Verdict(adds=True, drops=tuple(same))

    def _next_of_state(self, arrivals: Arrivals, place: int, before: Version, person: int, *, retracts: bool) -> Verdict:
        parts = [name for name in self.dataset.thing if name != "id_no"]
        if retracts or before.row < 0 or person < 0 or not self._readable(parts):
            return _NEXT_STATE
        if before.row not in self._rows_of(person).tolist() or self._thing_of(before.row, parts) != self._thing(
            arrivals, place, parts
        ):
            return _NEXT_STATE
        return Verdict(adds=True, drops=(before.row,))

    def _remember(self, arrivals: Arrivals, place: int, number: int, verdict: Verdict) -> None:
        if verdict.waits:
            self.leave(np.array([number], np.uint64))
            return
        if not verdict.older:
            row = NEW if verdict.adds else ELSEWHERE
            self.taken.put(number, Version(row, int(arrivals.sent[place]), int(arrivals.hashes[place])))

    # --- things -----------------------------------------------------------------------------------------------------

    def _rows_of(self, person: int) -> Whole:
        """The rows of a person that count."""
        return self.columns.rows_of_person(self.dataset.code, person)

    def _readable(self, parts: list[str]) -> bool:
        """Whether the base keeps what tells one thing from another."""
        columns = self.dataset.columns
        return all(self.columns.keeps(self.dataset.code, name) and not columns[name].identity for name in parts)

    def _thing(self, arrivals: Arrivals, place: int, parts: list[str]) -> tuple[Any, ...]:
        return tuple(arrivals.cell(name, place) for name in parts)

    def _thing_of(self, row: int, parts: list[str]) -> tuple[Any, ...]:
        return tuple(self.columns.told(self.dataset.code, name, row) for name in parts)

    def _sent_of(self, row: int) -> int:
        return int(self.columns.bare(self.dataset.code, "data_date", np.array([row]))[0][0])
