"""From a workspace, a catalogue and a day to a release: linked, profiled, flagged, released."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from jiuzhu.engines.base import Engine, Tally
from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.engines.mapped import count_of
from jiuzhu.registry.archived import Delivered
from jiuzhu.registry.identity.linked import Linked, linked
from jiuzhu.registry.identity.weights import read_weights
from jiuzhu.registry.ingest.archive import Manifest as Delivery
from jiuzhu.registry.ingest.archive import deliveries, segments_of
from jiuzhu.registry.ingest.gate import Judged, judge
from jiuzhu.registry.ingest.verdicts import verdicts
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.monitoring.flagged import Flagged, flagged, sample
from jiuzhu.registry.monitoring.watched import facts_of, watched
from jiuzhu.registry.profile.build import BaseBuilder, Built
from jiuzhu.registry.profile.households import HUKOU, LOW
from jiuzhu.registry.profile.kept import RELATION, ROWS
from jiuzhu.registry.profile.measured import measured
from jiuzhu.registry.profile.merged import Merge
from jiuzhu.registry.profile.recipe import recipes_of
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.profile.stored import StoredArchive, stored_archive
from jiuzhu.registry.release.counted import counted
from jiuzhu.registry.release.folder import BASE, MANIFEST, Release, Writer, appear, building, current, point_at
from jiuzhu.registry.release.last import Known, known_of, last_base, last_release, recipe_table, recipes_from
from jiuzhu.registry.release.manifest import DeliveryUsed, Manifest, release_name
from jiuzhu.registry.release.reports import MERGED, RENUMBERED, TAKEN_ON
from jiuzhu.registry.vault.vault import Vault
from jiuzhu.vocabulary.divisions import Divisions

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

BEIJING = timezone(timedelta(hours=8))
Progress = Callable[[str, int, int], None]


class HouseholdNotKnown(LookupError):
    """A household asked for by number is none of this state and day."""


@dataclass(frozen=True)
class Wanted:
    """Whom a run asks about: everybody, `sample` households, or those of these numbers."""

    sample: int | None = None
    households: tuple[str, ...] | None = None

    @property
    def text(self) -> str:
        """What tells one choice from another, "" for everybody."""
        if self.households is not None:
            told = hashlib.sha256(json.dumps(sorted(set(self.households))).encode()).hexdigest()[:16]
            return f"households {told}"
        return f"sample {self.sample}" if self.sample is not None else ""


@dataclass(frozen=True)
class Made:
    """release: its manifest. tallies, hash: of this run, which for a second engine may differ from those of the release.

    new: whether the run made the release; otherwise it was there already and nothing changed. tables: see `RunReport`.
    """

    release: Manifest
    engine: str
    tallies: tuple[Tally, ...]
    hash: str
    people: int
    households: int
    new: bool
    tables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Asked:
    """What a release is made of. passed: the deliveries that count, in the order of their digests. merge: whether it may follow
    from the last one."""

    name: str
    passed: Sequence[Delivery]
    catalogue: Catalogue
    moment: Moment
    engine: Engine
    wanted: Wanted
    merge: bool


def make_release(
    workspace: Workspace,
    catalogue: Catalogue,
    moment: Moment,
    engine: Engine,
    wanted: Wanted,
    progress: Progress,
    *,
    merge: bool = True,
) -> Made:
    """Make the release of this state, catalogue and day, or find it made already; then let it be the current one.

    What did not change since the last release is taken from it, the same byte for byte; merge: False makes all of it again
    from the archive. A run over some households becomes current only where there is nothing else to see.
    """
    passed, _ = judged(workspace, moment)
    used = [delivery_used(one) for one in passed]
    name = release_name(used, catalogue.version, moment.as_of, moment.now, wanted.text)
    there = Release(workspace, name)
    if (there.folder / MANIFEST).exists():
        made = _again(there, catalogue, engine, wanted, progress)
    else:
        with building(workspace) as writer:
            made = _make(workspace, writer, _Asked(name, passed, catalogue, moment, engine, wanted, merge), progress)
    if not wanted.text or current(workspace) is None:
        point_at(workspace, name)
    return made


def judged(workspace: Workspace, moment: Moment) -> tuple[list[Delivery], Judged]:
    """The deliveries that a run on that day reads, and what the gate says of all of them.

    A delivery that speaks only of later days is not seen: it changes nothing, not even the name of the release.
    """
    found = judge(deliveries(workspace), moment.as_of, verdicts(workspace))
    return [one for one in found.passed if not one.first or one.first <= moment.as_of.isoformat()], found


def _again(there: Release, catalogue: Catalogue, engine: Engine, wanted: Wanted, progress: Progress) -> Made:
    manifest = there.manifest
    if manifest.engine == engine.name:
        tallies, digest = manifest.tallies, manifest.hash
    else:
        asked = _positions(wanted, there.numbers)
        again = flagged(there.base, catalogue.indicators.values(), engine, households=asked, progress=progress)
        tallies, digest = again.tallies, again.hash
    return Made(manifest, engine.name, tallies, digest, manifest.people, manifest.households, new=False)


def _make(workspace: Workspace, writer: Writer, asked: _Asked, progress: Progress) -> Made:
    catalogue, moment, engine = asked.catalogue, asked.moment, asked.engine
    archive = stored_archive(workspace, asked.passed, until=moment.as_of)
    vault = Vault(workspace.vault, workspace.keys, segments_of(workspace))
    progress("link", 0, 1)
    datasets = list(catalogue.datasets.values())
    release, anew = last_release(workspace, catalogue) if asked.merge else (None, "asked for")
    before = recipes_from(release.recipes()) if release is not None else {}
    known = known_of(release, before, archive.deliveries, moment.as_of) if release is not None else None
    fresh = archive.part(_others(archive, known.numbers)) if known is not None else archive
    who = linked(fresh, datasets, vault, read_weights(catalogue.folders), known.candidates if known is not None else None)
    progress("link", 1, 1)
    last = last_base(release, before, who) if release is not None else None
    delivered = _measured(archive, catalogue, moment, known)
    recipes = recipes_of(archive, delivered, datasets, who.taken_for(), moment.as_of, before)
    scratch = workspace.staging / "scratch"
    builder = BaseBuilder(
        archive,
        catalogue,
        moment,
        who.order,
        links=who.links,
        keeper=writer,
        layer=writer,
        scratch=str(scratch),
        divisions=divisions_of(catalogue),
        delivered=delivered,
        last=last,
        recipes=recipes,
    )
    built = builder.build(progress)
    shutil.rmtree(scratch, ignore_errors=True)
    writer.coverage(built.base)
    writer.store("numbers", built.numbers)
    writer.store("hukou-numbers", built.hukou_numbers)
    writer.store("household-changes", built.changes)
    positions = _positions(asked.wanted, built.numbers)
    found = flagged(built.base, catalogue.indicators.values(), engine, households=positions, progress=progress)
    writer.write("signals", found.result.signals)
    writer.write("unknowns", found.result.unknown)
    on_watch = watched(built.base, catalogue, found.result, built.numbers["kind"].combine_chunks())
    teller = engine if isinstance(engine, ColumnarEngine) else ColumnarEngine(catalogue)
    writer.write("facts", facts_of(built.base, catalogue, on_watch, teller))
    writer.write("counts", counted(built.base, catalogue, found.result))
    _keep_catalogue(workspace, catalogue)
    manifest = _manifest(writer, asked, who, built, found)
    tables = _tables(writer, builder.merge, anew)
    appear(workspace, writer, manifest, subjects_of(built, who), who.review, links_of(who), recipe_table(recipes), who.found)
    people, households = built.base.people.num_rows, built.base.households.num_rows
    return Made(manifest, engine.name, found.tallies, found.hash, people, households, new=True, tables=tables)


def _others(archive: StoredArchive, known: Mapping[str, Mapping[int, int]]) -> Mapping[str, set[int]]:
    """By dataset the deliveries of which nothing is known."""
    return {code: set(files) - set(known.get(code, ())) for code, files in archive.files.items()}


def _measured(archive: StoredArchive, catalogue: Catalogue, moment: Moment, known: Known | None) -> Sequence[Delivered]:
    """See `measured`; the last release is asked first."""
    numbers, months = (known.numbers, known.months) if known is not None else ({}, {})
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 2; SET debug_enable_caching_operators = false")  # see `engines/sql/session.py`
        found = measured(connection, archive.part(_others(archive, numbers)), catalogue.datasets, moment.as_of)
    return [replace(one, months=months.get((one.dataset, one.number), one.months)) for one in found]


def _tables(writer: Writer, merge: Merge | None, anew: str) -> Mapping[str, str]:
    """What became of each table of the base."""
    rebuilt = merge.rebuilt if merge is not None else {}
    grown = merge.appended if merge is not None else set()
    answer = {}
    for path in sorted((writer.folder / BASE).glob("*.arrow")):
        name = path.stem
        if name.startswith((ROWS, RELATION)):
            why = anew or rebuilt.get(name.removeprefix(ROWS), "")
            if name.removeprefix(ROWS) in grown:
                why = MERGED
            answer[name] = why or (TAKEN_ON if path.name in writer.taken_on else RENUMBERED)
    return answer


def divisions_of(catalogue: Catalogue) -> Divisions | None:
    folders = [folder / "divisions" for folder in catalogue.folders if (folder / "divisions").is_dir()]
    return Divisions.kept(folders[0]) if folders else None


def _manifest(writer: Writer, asked: _Asked, who: Linked, built: Built, found: Flagged) -> Manifest:
    alone = len(who.alone())
    return Manifest(
        name=asked.name,
        as_of=asked.moment.as_of,
        now=asked.moment.now.astimezone(BEIJING).isoformat(),
        engine=asked.engine.name,
        catalogue=asked.catalogue.version,
        people=built.base.people.num_rows,
        households=built.base.households.num_rows,
        only=asked.wanted.text,
        hash=found.hash,
        fell_back=found.result.fell_back,
        deliveries=tuple(delivery_used(one) for one in asked.passed),  # in the order by which rows name them
        tallies=found.tallies,
        counts={code: count for code in sorted(built.base.rows) if (count := count_of(built.base.rows, code))},
        unlinked={"candidates": who.links.num_rows, "alone": alone, "to_review": who.review.num_rows},
        files=writer.files(),
    )


def delivery_used(one: Delivery) -> DeliveryUsed:
    return DeliveryUsed(one.dataset, one.source, one.period, one.sha256, one.full, one.accepted)


def _positions(wanted: Wanted, numbers: pa.Table) -> list[int] | None:
    """The living households asked about, by position; raises HouseholdNotKnown."""
    if wanted.households is not None:
        known: dict[str, int] = {}
        for position, (kind, number) in enumerate(zip(numbers["kind"].to_pylist(), numbers["number"].to_pylist(), strict=True)):
            if kind in (LOW, HUKOU):
                known.setdefault(number, position)
        missing = sorted(set(wanted.households) - known.keys())
        if missing:
            raise HouseholdNotKnown(
                f"{len(missing)} of {len(set(wanted.households))} household numbers are none of this day, the first at "
                f"line {wanted.households.index(missing[0]) + 1}; give numbers of the low-income base, or of hukou households "
                "outside it"
            )
        return sorted({known[number] for number in wanted.households})
    return None if wanted.sample is None else sample(numbers.num_rows, wanted.sample)


def links_of(who: Linked) -> pa.Table:
    """Whose each candidate is: person, and of those alone the dataset and record they are known by."""
    alone = who.alone()
    records = [alone.get(person, "") for person in who.links["person"].to_pylist()]
    return who.links.select(["candidate", "person"]).append_column("record", pa.array(records, pa.string()))


def subjects_of(built: Built, who: Linked) -> pa.Table:
    """Who stands at each position: person, and of those alone the dataset and record they are known by."""
    return pa.table({"person": built.people["person"], "record": who.records(built.people["person"])})


def _keep_catalogue(workspace: Workspace, catalogue: Catalogue) -> None:
    """Keep the declarations a release was made with, so that it can be explained and made again after they changed (F6)."""
    target = kept_catalogue(workspace, catalogue.version)
    if target.exists():
        return
    aside = workspace.staging / "catalogue"
    shutil.rmtree(aside, ignore_errors=True)
    for number, folder in enumerate(catalogue.folders):
        shutil.copytree(folder, aside / str(number))
    target.parent.mkdir(parents=True, exist_ok=True)
    aside.rename(target)


def kept_catalogue(workspace: Workspace, version: str) -> Path:
    return workspace.folder / "catalogues" / version
