"""Everything that answers for a record within milliseconds, opened once for a release and its stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from jiuzhu.engines.ascending import distinct
from jiuzhu.engines.base import kind_of
from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.registry.ingest.archive import Manifest as Delivery
from jiuzhu.registry.ingest.archive import segments_of
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.overlay.answers import KINDS, Answer, Answers, answers_of
from jiuzhu.registry.overlay.arrivals import Receiver
from jiuzhu.registry.overlay.covered import Covered
from jiuzhu.registry.overlay.force import Force
from jiuzhu.registry.overlay.known import KnownRecords, kept_in
from jiuzhu.registry.overlay.laid import laid_base
from jiuzhu.registry.overlay.reach import Reach
from jiuzhu.registry.overlay.roads import roads_of
from jiuzhu.registry.overlay.rows import LaidOver
from jiuzhu.registry.overlay.whom import Whom
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.release import make
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.subjects import Subjects
from jiuzhu.registry.stream.entries import Entry
from jiuzhu.registry.stream.follow import Followed, known_as
from jiuzhu.registry.stream.small import SmallBase
from jiuzhu.registry.vault.vault import Vault

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue
    from jiuzhu.rules.tree import Indicator

_REHEARSED = 5_000  # households: as many as need every kernel


@dataclass(eq=False)
class Opened:
    """A release with what came since; what only taking records needs is opened with the first of them.

    forces: by dataset, what is known of its records. catalogue: that of the release.
    """

    workspace: Workspace
    catalogue: Catalogue
    stands: Followed
    forces: dict[str, Force] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.release: Release = self.stands.release
        told = self.release.manifest
        self.moment = Moment(told.as_of, datetime.fromisoformat(told.now))
        self.roads = roads_of(self.catalogue)
        self.columns = LaidOver(self.release.base, self.catalogue)
        self.engine = ColumnarEngine(self.catalogue, columns=self.columns)
        self.judge = ReferenceEngine(self.catalogue)
        self.laid = laid_base(self.columns)
        self.reach = Reach(self.columns, self.catalogue, kept_in(self.workspace, self.release.name))
        self.subjects = Subjects(self.release)
        self.whom = Whom(self.release, self.subjects)

    @cached_property
    def answers(self) -> Answers:
        return Answers(self.release.signals, self.release.unknown)

    @cached_property
    def receiver(self) -> Receiver:
        return Receiver(self.catalogue, Vault(self.workspace.vault, self.workspace.keys, segments_of(self.workspace)))

    @cached_property
    def known(self) -> KnownRecords:
        """Of the deliveries that the stream has seen; what came alone since the release is laid over it again instead."""
        used = {known_as(one) for one in self.release.manifest.deliveries}
        archived = [one for one in self._seen if not one.one_by_one or known_as(make.delivery_used(one)) in used]
        return KnownRecords(self.workspace, self.release.name, self.release.base, archived)

    @cached_property
    def _seen(self) -> list[Delivery]:
        """The deliveries that release and stream rest on. What arrived after them is for the next look, also where it says the
        same as a record that came alone: else that would count as known, and not be laid again."""
        passed, _ = make.judged(self.workspace, self.moment)
        seen = self.stands.seen
        return [one for one in passed if known_as(make.delivery_used(one)) in seen]

    @cached_property
    def covered(self) -> Covered:
        return Covered(self.workspace, self._seen, self.catalogue.datasets, make.divisions_of(self.catalogue), self.moment.as_of)

    @cached_property
    def looks(self) -> list[SmallBase]:
        """The bases of the looks since, the newest last."""
        return [SmallBase(self.workspace, batch.base) for batch in self.stands.looks]

    @cached_property
    def place_codes(self) -> list[str]:
        codes: list[str] = self.release.base.places["code"].to_pylist()
        return codes

    @cached_property
    def looked_at(self) -> frozenset[int]:
        """The living households of everybody a look read since the release: what they hang on is not all laid over it."""
        homes: set[int] = set()
        for base in self.looks:
            positions = self.whom.positions_of(base)
            homes.update(self.columns.people["household"][positions[positions >= 0]].tolist())
        return frozenset(homes)

    def prepare(self, progress: Callable[[str, int, int], None]) -> None:
        """Make beforehand what the first record of each dataset would have to wait for."""
        codes = [code for code, road in self.roads.items() if not road.waits and code in self.release.base.rows]
        for done, code in enumerate(codes, start=1):
            self.force(code)
            self.known.rows(code, np.zeros(1, np.uint64))
            progress("prepare", done, len(codes))
        self._rehearse({one.code: one for code in codes for one in self.roads[code].indicators})

    def _rehearse(self, indicators: Mapping[str, Indicator]) -> None:
        """Ask some households once: kernels are loaded, and what rules, reasons and names are read from is opened, with the first."""
        base = self.release.base
        some = range(min(_REHEARSED, base.households.num_rows))
        for households in (some, some[:1]):
            found = self.engine.found(base, list(indicators.values()), households=households)
            self.answers.changes(answers_of(found), list(indicators.values()), self.asked(households))
            self.reach.households(np.empty(0, np.int64), np.array(households))
        for kind, positions in self.asked(some[:1]).items():
            for position in positions[:1].tolist():
                (
                    self.subjects.key(kind, position),
                    self.subjects.household_id(kind, position),
                    self.subjects.division(kind, position),
                )
                for indicator in [one for one in indicators.values() if KINDS[kind_of(one)] == kind]:
                    self.judge.evaluate(self.laid, indicator, position)

    def force(self, dataset: str) -> Force:
        if dataset not in self.forces:
            until = self.covered.full_until(dataset)
            told = self.catalogue.datasets[dataset]
            self.forces[dataset] = Force(told, self.moment, self.known, self.columns, until)
        return self.forces[dataset]

    def follow(self, entries: Iterable[Entry]) -> None:
        """Let entries count that were made for subjects of the release."""
        for one in entries:
            state = one.after
            after = None if state is None else Answer(state.level, state.value, state.threshold)
            self.answers.put(one.indicator, self.whom.of_key(one.key), after)

    def asked(self, households: Sequence[int]) -> dict[str, np.ndarray]:
        """The positions of everybody in these living households: person, living and hukou, ascending."""
        chosen = np.array(sorted(households), np.int64)
        people = self.reach.people_of(chosen)
        hukou = distinct(self.columns.people["hukou"][people])
        return {"person": people, "living": chosen, "hukou": hukou[hukou >= 0]}
