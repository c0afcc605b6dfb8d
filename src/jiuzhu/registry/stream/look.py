"""One look: what came since the last one, whose answers it changes, what they are now, and the entries that say so."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from jiuzhu.engines.base import Engine, Result
from jiuzhu.registry.identity.linked import Linked, linked
from jiuzhu.registry.identity.weights import read_weights
from jiuzhu.registry.ingest.archive import Manifest as Delivery
from jiuzhu.registry.ingest.archive import deliveries, segments_of
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.monitoring.flagged import hash_of
from jiuzhu.registry.profile.build import BaseBuilder, Built
from jiuzhu.registry.profile.coverage import coverage_of
from jiuzhu.registry.profile.measured import measured
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.profile.stored import stored_archive
from jiuzhu.registry.profile.wanted import wanted_columns
from jiuzhu.registry.release import make
from jiuzhu.registry.release.counted import kind_of
from jiuzhu.registry.release.explained import explained
from jiuzhu.registry.release.folder import BASE, LINKS, SUBJECTS, Writer, current
from jiuzhu.registry.release.manifest import Manifest, release_name
from jiuzhu.registry.release.subjects import Subjects
from jiuzhu.registry.stream.entries import UNDECIDED, Batch, Entry, Key, State
from jiuzhu.registry.stream.follow import LOOK, RUN, Followed, entries_between, followed, join, known_as
from jiuzhu.registry.stream.log import Log
from jiuzhu.registry.stream.parts import Parts
from jiuzhu.registry.stream.small import SmallBase, keep
from jiuzhu.registry.stream.standing import Asked, Standing, after, among, standing_in
from jiuzhu.registry.stream.touched import Touched, Toucher
from jiuzhu.registry.stream.whole import coverage_change, of_places, with_areas
from jiuzhu.registry.vault.vault import Vault
from jiuzhu.rules.catalogue import Catalogue

# Beyond this share of all people a run over everybody costs less than working out whom to leave out.
WHOLE_SHARE = 0.5


@dataclass(frozen=True)
class Looked:
    """What a look did. batch: what it appended; None where nothing had come. whole: why everybody was asked, else "".

    came: the deliveries taken in. asked, read: people asked about, and read of.
    """

    batch: Batch | None
    whole: str = ""
    came: Sequence[Delivery] = ()
    asked: int = 0
    read: int = 0


class _Whole(Exception):
    """Everybody has to be asked; says why."""


def look(workspace: Workspace, catalogue: Catalogue, moment: Moment, engine: Engine) -> Looked:
    """Take in the deliveries that count and were not looked at yet; whoever calls holds the lock of the workspace."""
    stands = followed(workspace)
    if stands is None or stands.begun.release != current(workspace):
        join(workspace, catalogue, RUN)  # a run was killed before it could
        stands = followed(workspace)
    passed, _ = make.judged(workspace, moment)
    seen = stands.seen if stands is not None else set()
    came = [one for one in passed if known_as(make.delivery_used(one)) not in seen]
    try:
        stands = _ready(workspace, stands, catalogue, moment, passed, seen)
        if not came:
            return Looked(None)
        return _Look(workspace, catalogue, moment, engine, stands, passed, came).run()
    except _Whole as why:
        make.make_release(workspace, catalogue, moment, engine, make.Wanted(), lambda what, done, of: None)
        return Looked(join(workspace, catalogue, LOOK), str(why), came)


def _ready(
    workspace: Workspace,
    stands: Followed | None,
    catalogue: Catalogue,
    moment: Moment,
    passed: Sequence[Delivery],
    seen: set[str],
) -> Followed:
    """The stream, if it can be added to; raises _Whole where only a release can answer."""
    if stands is None or stands.begun.release != current(workspace):
        raise _Whole("there is no release of everybody yet")
    told = stands.release.manifest
    if told.as_of != moment.as_of:
        raise _Whole(f"the day moved from {told.as_of} to {moment.as_of}")
    if told.now != moment.now.astimezone(make.BEIJING).isoformat():
        raise _Whole(f"the hour moved from {told.now}")
    if told.catalogue != catalogue.version:
        raise _Whole("the declarations changed")
    gone = seen - {known_as(make.delivery_used(one)) for one in passed}
    if gone:
        raise _Whole(f"{len(gone)} deliveries that counted before do not count any more; `jiuzhu deliveries --held` says why")
    return stands


@dataclass
class _Look:
    workspace: Workspace
    catalogue: Catalogue
    moment: Moment
    engine: Engine
    stands: Followed
    passed: Sequence[Delivery]
    came: Sequence[Delivery]

    def run(self) -> Looked:
        divisions = make.divisions_of(self.catalogue)
        wanted = wanted_columns(self.catalogue)
        placed = of_places([self.catalogue.datasets[one.dataset] for one in self.came], wanted)
        if placed is not None:
            raise _Whole(f"{placed.title.zh} ({placed.code}) arrived: everybody there may depend on it")
        archive = stored_archive(self.workspace, self.passed)
        vault = Vault(self.workspace.vault, self.workspace.keys, segments_of(self.workspace))
        who = linked(archive, list(self.catalogue.datasets.values()), vault, read_weights(self.catalogue.folders))
        with duckdb.connect(":memory:") as connection:
            connection.execute("SET threads = 2; SET debug_enable_caching_operators = false")  # see `engines/sql/session.py`
            delivered = measured(connection, archive, self.catalogue.datasets, self.moment.as_of)
            covering = with_areas(delivered, divisions, self.moment.as_of)
            arrived = {known_as(make.delivery_used(one)) for one in self.came}
            new = {
                (one.dataset, told.number)
                for one, told in zip(self.passed, delivered, strict=True)
                if known_as(make.delivery_used(one)) in arrived
            }
            before = [one for one in covering if (one.dataset, one.number) not in new]
            places = self.stands.release.base.places["code"].to_pylist()
            changed = coverage_change(self.catalogue, wanted, before, covering, places, self.moment.as_of)
            if changed:
                raise _Whole(f"what is known of everybody changed: {changed}")
            parts = Parts(connection, archive, self.catalogue, who.links)
            parts.open()
            relinked, gone = self._relinked(who)
            touched = Toucher(parts, delivered, new, relinked, who.alone(), gone).touched(self.moment.as_of)
        if touched.people > WHOLE_SHARE * self.stands.release.manifest.people:
            raise _Whole(f"{len(touched.asked.persons):,} people are touched")
        name = self._name()
        datasets = [self.catalogue.datasets[code] for code in sorted(wanted.kept)]
        builder = BaseBuilder(
            touched.archive,
            self.catalogue,
            self.moment,
            who.order,
            links=who.links,
            keeper=self._writer(),
            coverage=lambda codes: coverage_of(datasets, covering, codes, as_of=self.moment.as_of),
            divisions=divisions,
            delivered=delivered,
            scratch=str(self.workspace.staging / "scratch"),
        )
        base, result = self._answered(builder.build(), who, touched, name)
        batch = self._batch(base, result, touched.asked)
        Log(self.workspace).append(batch)
        return Looked(batch, "", self.came, len(touched.asked.persons) + len(touched.asked.records), touched.people)

    def _name(self) -> str:
        used = [make.delivery_used(one) for one in self.passed]
        return release_name(used, self.catalogue.version, self.moment.as_of, self.moment.now, "")

    def _writer(self) -> Writer:
        aside = self.workspace.staging / "look"
        shutil.rmtree(aside, ignore_errors=True)
        (aside / BASE).mkdir(parents=True, mode=0o700)
        return Writer(aside)

    def _relinked(self, who: Linked) -> tuple[list[int], tuple[set[int], set[str]]]:
        """Candidates whose person is another than before; and the persons and records they stood for."""
        old = {row["candidate"]: row for row in self.stands.base.links().to_pylist()}
        now = {row["candidate"]: row for row in make.links_of(who).to_pylist()}
        moved = [one for one in old if _identity(old[one]) != _identity(now.get(one))]
        moved += [one for one in now if one not in old]
        persons = {old[one]["person"] for one in moved if one in old and old[one]["person"] > 0}
        return moved, (persons, {old[one]["record"] for one in moved if one in old and old[one]["record"]})

    def _answered(self, built: Built, who: Linked, touched: Touched, name: str) -> tuple[SmallBase, Result]:
        """Keep the small base, and ask the engine about the households of those asked about."""
        writer = Writer(self.workspace.staging / "look")
        writer.coverage(built.base)
        writer.store("numbers", built.numbers)
        writer.store("hukou-numbers", built.hukou_numbers)
        manifest = Manifest(
            name=name,
            as_of=self.moment.as_of,
            now=self.moment.now.astimezone(make.BEIJING).isoformat(),
            engine=self.engine.name,
            catalogue=self.catalogue.version,
            people=built.base.people.num_rows,
            households=built.base.households.num_rows,
            only=LOOK,
            hash=hash_of(()),
            fell_back=(),
            deliveries=tuple(make.delivery_used(one) for one in self.passed),
            tallies=(),
            counts={},
            unlinked={},
            files={},
        )
        base = keep(self.workspace, writer, manifest, {SUBJECTS: make.subjects_of(built, who), LINKS: make.links_of(who)})
        ordered = sorted(self.catalogue.indicators.values(), key=lambda one: one.code)
        asked = _households(base, touched.asked)
        base.keep_asked(asked)
        return base, self.engine.run(base.base, ordered, households=asked)

    def _batch(self, base: SmallBase, result: Result, asked: Asked) -> Batch:
        """What the answers change, with the rows behind each warning."""
        release = self.stands.release
        old = after(among(standing_in(release, self.catalogue), asked), self.stands.entries)
        now, where = _standing(base, self.catalogue, result, asked)
        batch = Batch(
            number=self.stands.newest.last + 1,
            release=release.name,
            state=base.name,
            position=len(deliveries(self.workspace)),
            cause=LOOK,
            deliveries=tuple(known_as(make.delivery_used(one)) for one in self.came),
            base=base.name,
        )
        kinds = {code: kind_of(self.catalogue, code) for code in self.catalogue.indicators}
        changes = entries_between(among(old, asked), now, batch, kinds, self.workspace)
        return replace(batch, entries=tuple(self._with_rows(base, entry, where) for entry in changes))

    def _with_rows(self, base: SmallBase, entry: Entry, where: Mapping[tuple[str, Key], int]) -> Entry:
        if entry.after is None or entry.after.level == UNDECIDED:
            return entry
        position = where[entry.indicator, entry.key]
        told = explained(base, self.catalogue, entry.warning_id, entry.indicator, position)
        return replace(entry, rows=tuple((row.dataset, row.record_id) for row in told.rows))


def _identity(row: Mapping[str, object] | None) -> object:
    return None if row is None else row["record"] or row["person"]


def _households(base: SmallBase, asked: Asked) -> list[int]:
    """The living households in which somebody asked about lives, or somebody of a hukou household asked about."""
    who = Subjects(base)
    chosen = set()
    people = base.base.people
    for person, (household, hukou) in enumerate(zip(people["household"].to_pylist(), people["hukou"].to_pylist(), strict=True)):
        keys = [who.key("person", person), who.key("living", household)]
        keys += [who.key("hukou", hukou)] if hukou >= 0 else []
        if any(asked.holds(key) for key in keys):
            chosen.add(household)
    return sorted(chosen)


def _standing(base: SmallBase, catalogue: Catalogue, result: Result, asked: Asked) -> tuple[Standing, dict[tuple[str, Key], int]]:
    """What the engine answered of those asked about, and the position of each subject in the small base."""
    who = Subjects(base)
    nothing: dict[str, None] = {"value": None, "threshold": None}
    rows = [*({"level": UNDECIDED, **nothing, **row} for row in result.unknown.to_pylist()), *result.signals.to_pylist()]
    standing: Standing = {}
    where = {}
    for row in rows:
        kind = kind_of(catalogue, row["indicator"])
        what = row["indicator"], who.key(kind, row["subject"])
        if asked.holds(what[1]):
            home = who.household_id(kind, row["subject"]), who.division(kind, row["subject"])
            standing[what] = State(row["level"], row["value"], row["threshold"], *home)
            where[what] = row["subject"]
    return standing, where
