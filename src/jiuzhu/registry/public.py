"""The one door of the registry: deliver, run, look, explain. What comes out is plain: frozen values and rows of text."""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from jiuzhu.crypto.keys import KeyMissing, KeyWrong
from jiuzhu.engines.base import Engine
from jiuzhu.engines.columnar import ColumnarEngine
from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.engines.sql.engine import SqlEngine
from jiuzhu.engines.sql.spark import SparkEngine
from jiuzhu.engines.sql.spark_settings import Settings, SparkMissing, WrongSettings
from jiuzhu.registry.calibration import door as calibration
from jiuzhu.registry.calibration.book import Book, Decision, ProposalRefused, Tendency
from jiuzhu.registry.calibration.decided import ProposalStanding, decide
from jiuzhu.registry.calibration.evidence import Outcome, OutcomeRefused
from jiuzhu.registry.calibration.proposals import MadeProposals
from jiuzhu.registry.comparison.compared import Compared, compared, of_one
from jiuzhu.registry.comparison.quality import SourceQuality, qualities
from jiuzhu.registry.comparison.retracted import RestedOn
from jiuzhu.registry.comparison.retracted import rested_on_retracted as rested_on
from jiuzhu.registry.comparison.told import (
    ComparisonCount,
    SideBySide,
    Teller,
    counted,
    packed_by_position,
    position_of,
    shown_conflicts,
)
from jiuzhu.registry.comparison.told import people_in as people_compared
from jiuzhu.registry.identity.weights import WrongWeights
from jiuzhu.registry.ingest import landing
from jiuzhu.registry.ingest.archive import deliveries as archived
from jiuzhu.registry.ingest.archive import segments_of
from jiuzhu.registry.ingest.bounds import Bounds
from jiuzhu.registry.ingest.due import DueCheck, DueDataset, due_checks, due_datasets
from jiuzhu.registry.ingest.gate import judge
from jiuzhu.registry.ingest.publish import WorkspaceFull
from jiuzhu.registry.ingest.quarantine import quarantine_csv
from jiuzhu.registry.ingest.report import DeliveryReport
from jiuzhu.registry.ingest.verdicts import VerdictNotAllowed, give_verdict, verdicts
from jiuzhu.registry.ingest.workspace import Workspace, WorkspaceBusy
from jiuzhu.registry.profile.examples import ExampleFault
from jiuzhu.registry.profile.examples import run_examples as _run_examples
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.release import folder, make
from jiuzhu.registry.release.explained import Explanation, Gap, NoWarning, Row, explained, warning_places
from jiuzhu.registry.release.folder import NoRelease, Release
from jiuzhu.registry.release.household import Household, HouseholdReader, KnownRow, NoHousehold
from jiuzhu.registry.release.listed import WARNING_COLUMNS, found, listed, people_in
from jiuzhu.registry.release.make import HouseholdNotKnown, Wanted, kept_catalogue
from jiuzhu.registry.release.reports import Delivery, RunReport, Summary
from jiuzhu.registry.release.subjects import Subjects, display_names
from jiuzhu.registry.release.what_if import NotToBeTried, OtherNumber, OtherRule, WhatIf, named_by, try_on
from jiuzhu.registry.stream import door as streaming
from jiuzhu.registry.stream.door import LookReport, StreamEntry
from jiuzhu.registry.stream.follow import RUN, join
from jiuzhu.registry.stream.latency import Latency
from jiuzhu.registry.stream.latency import latency as _latency
from jiuzhu.registry.stream.log import StreamBroken
from jiuzhu.registry.vault.vault import Vault
from jiuzhu.rules.catalogue import Catalogue, from_text, load_catalogue
from jiuzhu.rules.faults import CatalogueFaults
from jiuzhu.vocabulary.divisions import Divisions
from jiuzhu.vocabulary.working_days import WorkingDays, YearNotLoaded

__all__ = [
    "ENGINES",
    "NATIONAL",
    "REFUSALS",
    "WARNING_COLUMNS",
    "ComparisonCount",
    "Decision",
    "Delivery",
    "DeliveryReport",
    "DueCheck",
    "DueDataset",
    "ExampleFault",
    "Explanation",
    "Gap",
    "Household",
    "HouseholdNotKnown",
    "KnownRow",
    "Latency",
    "LookReport",
    "MadeProposals",
    "NoComparison",
    "NoDelivery",
    "NoHousehold",
    "NoPerson",
    "NoRelease",
    "NoWarning",
    "NotToBeTried",
    "OtherNumber",
    "OtherRule",
    "Outcome",
    "OutcomeRefused",
    "ProposalRefused",
    "ProposalStanding",
    "RestedOn",
    "Row",
    "RunReport",
    "SideBySide",
    "SourceQuality",
    "Summary",
    "Tendency",
    "VerdictNotAllowed",
    "WhatIf",
    "WorkspaceBusy",
]

NATIONAL = Path(__file__).parents[3] / "catalogue"
ENGINES: Mapping[str, Callable[[Catalogue], Engine]] = {
    "columnar": ColumnarEngine,
    "sql": SqlEngine,
    "reference": ReferenceEngine,
    "spark": SparkEngine,
}


class NoDelivery(Exception):
    """A delivery that was never accepted."""


class NoComparison(LookupError):
    """A comparison the catalogue of the release does not declare."""


class NoPerson(LookupError):
    """Nobody of the release has that number, or lives where it was asked for."""


# What a caller can mend; shown without a trace.
REFUSALS = (
    NoComparison,
    NoDelivery,
    NoPerson,
    WorkspaceBusy,
    WorkspaceFull,
    NoRelease,
    NoWarning,
    HouseholdNotKnown,
    NoHousehold,
    NotToBeTried,
    OutcomeRefused,
    ProposalRefused,
    StreamBroken,
    VerdictNotAllowed,
    CatalogueFaults,
    WrongWeights,
    WrongSettings,
    SparkMissing,
    KeyMissing,
    KeyWrong,
    YearNotLoaded,
)

Progress = Callable[[str, int, int], None]


def _silent(what: str, done: int, of: int) -> None:
    pass


# --- the catalogue and the calendar ----------------------------------------------------------------------------------


def catalogue(*further: Path) -> Catalogue:
    """The national catalogue, and the folders read after it. Raises CatalogueFaults."""
    return load_catalogue(NATIONAL, *further)


@lru_cache(maxsize=1)
def divisions() -> Divisions:
    return Divisions.load(NATIONAL / "divisions")


def division_name(code: str) -> str:
    """The name of a division of 2 to 12 digits, the code itself where no list knows it."""
    known = divisions().find(code)
    return known.name if known else code


@lru_cache(maxsize=1)
def working_days() -> WorkingDays:
    return WorkingDays.load(NATIONAL / "calendar" / "workdays.csv")


def run_examples(of: Catalogue, engines: Iterable[str] = ("reference", "sql", "columnar")) -> list[ExampleFault]:
    """Every example of the catalogue on every engine; what comes back is wrong."""
    return _run_examples(of, [ENGINES[name](of) for name in engines])


# --- deliveries ------------------------------------------------------------------------------------------------------


def deliver(
    paths: Iterable[Path],
    *,
    workspace: Path,
    catalogue: Catalogue,
    as_of: date,
    source: str | None = None,
    divisions: Sequence[str] = (),
    sent: date | None = None,
    progress: Progress | None = None,
) -> list[DeliveryReport]:
    """Take in files and folders of files. A file that a run on the day `as_of` would not read is `held`.

    Each run judges anew: the same file may be held later, when its period is over and rows are still missing.
    source: who sends them; one of the catalogue's sources states its own datasets only. divisions, sent: rows lie in one of
    these, and are of no later day than that; without them any row is taken.
    """
    home = Workspace(workspace)
    reports = landing.deliver(paths, home, catalogue, source, progress, bounds=Bounds(tuple(divisions), sent))
    held = {one.delivery for one in judge(archived(home), as_of, verdicts(home)).held}
    return [replace(one, state="held") if one.state == "accepted" and one.delivery in held else one for one in reports]


def verdict(workspace: Path, delivery: str, word: str, *, by: str, because: str, at: datetime) -> None:
    """Let a delivery through that the gate holds (`release`), or send it back (`send_back`)."""
    home = Workspace(workspace)
    with home.writing("verdict"):
        give_verdict(home, delivery, word, by=by, because=because, at=at)


def deliveries(workspace: Path, *, as_of: date) -> list[Delivery]:
    """What was delivered, and what of it waits for a person on that day."""
    home = Workspace(workspace)
    told = archived(home)
    held = {one.delivery: one.reasons for one in judge(told, as_of, verdicts(home)).held}
    return [
        Delivery(
            one.delivery,
            one.dataset,
            one.source,
            one.period,
            one.sha256,
            one.full,
            one.received,
            one.accepted,
            one.rejected,
            one.reasons,
            held.get(one.delivery, ()),
        )
        for one in told
    ]


def quarantine(workspace: Path, delivery: str, *, by: str, at: datetime) -> str:
    """The rejected rows of a delivery as CSV, each with its reason and next step; the look is written down.

    Raises NoDelivery.
    """
    home = Workspace(workspace)
    known = {one.delivery: one for one in archived(home)}
    if delivery not in known:
        raise NoDelivery(f"delivery {delivery!r} is not in the archive; `jiuzhu deliveries` lists them")
    _vault(workspace).record_look(by=by, purpose=f"quarantine of {delivery}", person_ids=[], at=at)
    return quarantine_csv(home, known[delivery])


def due(workspace: Path, *, as_of: date, catalogue: Catalogue) -> tuple[list[DueDataset], list[DueCheck]]:
    """What has come of every dataset that a source states, and which monthly checks wait. Raises YearNotLoaded."""
    home, days = Workspace(workspace), working_days()
    made = [release(workspace, name) for name in releases(workspace)]
    released = max((one.as_of for one in made if not one.only and one.as_of <= as_of), default=None)
    checks = due_checks(catalogue.schedules, released, days, as_of)
    return due_datasets(catalogue, archived(home), days, as_of), checks


# --- runs and releases -----------------------------------------------------------------------------------------------


def _engine(name: str, catalogue: Catalogue, workspace: Path) -> Engine:
    """An engine of that name; spark as `spark.toml` of the workspace and the environment say."""
    if name == "spark":
        return SparkEngine(catalogue, Settings.read(workspace / "spark.toml", os.environ))
    return ENGINES[name](catalogue)


def run(
    workspace: Path,
    *,
    as_of: date,
    now: datetime,
    catalogue: Catalogue,
    engine: str = "columnar",
    sample: int | None = None,
    households: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> RunReport:
    """Evaluate all indicators on what was delivered, as of a day, and release what they find.

    The same state, catalogue and day give the same release and change nothing. sample, households: ask only about so many
    households, or those of these numbers. Raises WorkspaceBusy, HouseholdNotKnown, and of the engine spark SparkMissing,
    WrongSettings.
    """
    home = Workspace(workspace)
    began, spent = time.monotonic(), time.process_time()
    chosen = Wanted(sample, tuple(households) if households is not None else None)
    with home.writing("run"):
        asked = _engine(engine, catalogue, workspace)
        made = make.make_release(home, catalogue, Moment(as_of, now), asked, chosen, progress or _silent)
        joined = None if chosen.text else join(home, catalogue, RUN)
    return RunReport(
        release=made.release.name,
        as_of=as_of,
        position=len(made.release.deliveries),
        engine=made.engine,
        catalogue=catalogue.version,
        people=made.people,
        households=made.households,
        seconds=round(time.monotonic() - began, 3),
        cpu_seconds=round(time.process_time() - spent, 3),
        peak_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        hash=made.hash,
        tallies=made.tallies,
        fell_back=made.release.fell_back,
        new=made.new,
        entries=len(joined.entries) if joined is not None else 0,
        repaired=sum(entry.marked for entry in joined.entries) if joined is not None else 0,
    )


def look(
    workspace: Path,
    *,
    as_of: date,
    now: datetime,
    catalogue: Catalogue,
    clock: Callable[[], float],
    engine: str = "columnar",
) -> LookReport:
    """Take in what was delivered since the last look or run, and add what it changes to the stream.

    Only those are asked again whose answers can have changed; where that is everybody, a run is made, and the report says
    why. clock: seconds since 1970, for the figures only. Raises WorkspaceBusy.
    """
    return streaming.looked(Workspace(workspace), catalogue, Moment(as_of, now), _engine(engine, catalogue, workspace), clock)


def stream(workspace: Path, *, after: int = 0) -> list[StreamEntry]:
    """The entries of the stream whose number is greater than `after`, in order. Raises NoRelease, StreamBroken.

    Whoever acts on them keeps the last number together with what was done, so that each counts once.
    """
    return streaming.entries(Workspace(workspace), catalogue_of(workspace), after)


def joined_at(workspace: Path, release: str) -> int:
    """The number of the last entry of the stream that a release already says; 0 if it came before the stream."""
    return streaming.joined_at(Workspace(workspace), release) or 0


def latency(workspace: Path) -> Latency | None:
    """How long the last looks took from delivery to entry; None before the first."""
    return _latency(Workspace(workspace))


def releases(workspace: Path) -> list[str]:
    return folder.releases(Workspace(workspace))


def current(workspace: Path) -> str | None:
    """The name of the release everybody sees; None before the first run."""
    return folder.current(Workspace(workspace))


def release(workspace: Path, name: str | None = None) -> Summary:
    """Raises NoRelease."""
    told = _release(workspace, name).manifest
    return Summary(told.name, told.as_of, told.engine, told.people, told.households, len(told.deliveries), told.hash, told.only)


def _release(workspace: Path, name: str | None) -> Release:
    wanted = name or current(workspace)
    if wanted is None or not wanted.isalnum():
        raise NoRelease(f"{workspace}: there is no release{f' {name!r}' if name else ''}; `jiuzhu run --as-of DAY` makes one")
    return _opened(str(workspace.absolute()), wanted)


@lru_cache(maxsize=4)
def _opened(workspace: str, name: str) -> Release:
    found_release = Release(Workspace(Path(workspace)), name)
    _ = found_release.manifest
    return found_release


@lru_cache(maxsize=4)
def _catalogue_of(workspace: str, version: str) -> Catalogue:
    """The declarations a release was made with, kept beside it."""
    kept = kept_catalogue(Workspace(Path(workspace)), version)
    return load_catalogue(*sorted(kept.iterdir(), key=lambda path: int(path.name)))


def catalogue_of(workspace: Path, release: str | None = None) -> Catalogue:
    """The declarations a release (the current one, if not given) was made with, further folders among them. Raises NoRelease."""
    return _known(workspace, release)[1]


def _known(workspace: Path, name: str | None) -> tuple[Release, Catalogue]:
    chosen = _release(workspace, name)
    return chosen, _catalogue_of(str(workspace.absolute()), chosen.manifest.catalogue)


# --- one household -----------------------------------------------------------------------------------------------------


def household(workspace: Path, number: str, *, by: str, purpose: str, at: datetime) -> Household:
    """All that is known of a living household now: its people, their rows with source and age, and which sources are silent.

    From the newest look that asked about it, else from the current release; the look is written down before it leaves.
    Raises NoHousehold, NoRelease.
    """
    home = Workspace(workspace)
    reader = _household_reader(str(workspace.absolute()), streaming.newest_of(home, number))
    found_one = reader.read(reader.position(number), number)
    _vault(workspace).record_look(by=by, purpose=purpose, person_ids=[one for one in found_one.people if one > 0], at=at)
    return found_one


@lru_cache(maxsize=4)
def _household_reader(workspace: str, chosen: Release) -> HouseholdReader:
    told = _catalogue_of(workspace, chosen.manifest.catalogue)
    whole = chosen.name == current(Path(workspace))
    return HouseholdReader(chosen, told, _columns(workspace, chosen.name) if whole else Columns(chosen.base, told))


# --- what if ---------------------------------------------------------------------------------------------------------


def what_if(
    workspace: Path, change: OtherNumber | OtherRule, *, release: str | None = None, outcomes: Mapping[str, bool] | None = None
) -> WhatIf:
    """A number or a rule tried on a release, which stays as it is.

    outcomes: warning id to whether the visit found a family in need, where one was made. Raises NotToBeTried, NoRelease.
    """
    chosen, told = _known(workspace, release)
    columns = _columns(str(workspace.absolute()), chosen.name)
    tried = try_on(columns.base, columns, told, (chosen.signals, chosen.unknown), change)
    return named_by(tried, _who(str(workspace.absolute()), chosen.name), outcomes or {})


@lru_cache(maxsize=1)
def _columns(workspace: str, name: str) -> Columns:
    """What a what-if reads of a release, kept for the next one."""
    chosen, told = _known(Path(workspace), name)
    return Columns(chosen.base, told)


@lru_cache(maxsize=1)
def _who(workspace: str, name: str) -> Subjects:
    return Subjects(_opened(workspace, name))


def rule_from(workspace: Path, text: str, path: Path, *, release: str | None = None) -> OtherRule:
    """A rule as its file says it, read beside the declarations of a release. Raises CatalogueFaults."""
    return OtherRule(from_text(text, catalogue_of(workspace, release), path))


# --- numbers that should move ----------------------------------------------------------------------------------------


def propose(
    workspace: Path,
    *,
    outcomes: Mapping[str, Outcome],
    as_of: date,
    by: str,
    division: str | None = None,
    visits: int | None = None,
) -> MadeProposals:
    """For every number marked adaptive: another value that finds more for the visits there are, written into the book.

    Rests on the newest full release up to `as_of`; no number changes by it. outcomes: warning id to how its visit ended.
    division: where (by default the smallest that holds the release). visits: how many can be made for these indicators in all
    (by default as many as the numbers now ask for). Raises NoRelease, OutcomeRefused, ProposalRefused.
    """
    home = Workspace(workspace)
    with home.writing("propose"):
        return calibration.propose(_history(workspace, as_of), outcomes, by, division, visits, division_name)


def proposals(workspace: Path, *, outcomes: Mapping[str, Outcome] | None = None, as_of: date) -> tuple[ProposalStanding, ...]:
    """Every proposal ever made, the oldest first: what was decided, and the warnings and finds since. Raises OutcomeRefused."""
    return calibration.standings(_history(workspace, as_of), outcomes or {})


def decide_proposal(
    workspace: Path,
    proposal: str,
    word: str,
    *,
    by: str,
    because: str,
    at: datetime,
    holds_from: date | None = None,
    folder: Path | None = None,
    catalogue: Catalogue,
) -> Decision:
    """`release` a proposal from a day on, as a row in the catalogue folder `folder`, or `decline` it.

    Whoever made it may not. catalogue: the declarations in force, those of `folder` among them. Raises ProposalRefused.
    """
    home = Workspace(workspace)
    with home.writing("proposal"):
        return decide(
            Book(home), proposal, word, by=by, because=because, at=at, holds_from=holds_from, folder=folder, catalogue=catalogue
        )


def tendencies(workspace: Path, *, as_of: date, division: str = "000000") -> tuple[Tendency, ...]:
    """Of every strand of `strands.toml`, how many households of a division are known, and how many fare worse than a year before.

    As of the newest full release up to `as_of`. Raises NoRelease.
    """
    return calibration.tendencies(_history(workspace, as_of), division)


def _history(workspace: Path, as_of: date) -> calibration.History:
    """The releases of everybody up to a day."""
    made = [_release(workspace, name) for name in releases(workspace)]
    full = [one for one in made if not one.manifest.only and one.manifest.as_of <= as_of]
    seen = current(workspace)
    full.sort(key=lambda one: (one.manifest.as_of, one.name == seen, one.name))
    return calibration.History(Workspace(workspace), as_of, full, lambda one: _known(workspace, one.name)[1])


# --- warnings --------------------------------------------------------------------------------------------------------


def warnings(
    workspace: Path,
    *,
    release: str | None = None,
    unknown: bool = False,
    by: str,
    at: datetime | None = None,
    named: bool = True,
    purpose: str = "list of warnings",
) -> list[dict[str, str]]:
    """The warnings of a release, or what it could not decide: one mapping a row with WARNING_COLUMNS.

    by, at, purpose: who looks, when (now, if not given) and why; written down before names of people leave. named: say whom each row
    is about; else `subject` stays empty and the vault shut.
    """
    chosen, told = _known(workspace, release)
    table = found(chosen, unknown=unknown)
    if not named:
        return listed(chosen, told, table, vault=None, by_number=False)
    vault = _vault(workspace)
    vault.record_look(by=by, purpose=purpose, person_ids=people_in(chosen, told, table), at=at or datetime.now(UTC))
    return listed(chosen, told, table, vault=vault, by_number=is_invented(workspace))


def explain(workspace: Path, warning_id: str, *, release: str | None = None) -> Explanation:
    """Why a warning stands: in the release named, else in the current one and what the stream added. Raises NoWarning, NoRelease."""
    chosen, told = _known(workspace, release)
    place = _place(workspace, warning_id, release)
    if place is None:
        raise NoWarning(f"release {chosen.name} has no warning {warning_id!r}; `jiuzhu warnings` lists them")
    base, code, position = place
    return explained(base, told, warning_id, code, position)


def _place(workspace: Path, warning_id: str, release: str | None) -> tuple[Release, str, int] | None:
    """The base that explains a warning, its indicator and the position of its subject; None where nothing stands."""
    entry = streaming.entered(Workspace(workspace)).get(warning_id) if release is None else None
    if entry is not None and entry.after is not None:
        base, position = streaming.base_of(Workspace(workspace), entry)
        return base, entry.indicator, position
    chosen, _ = _known(workspace, release)
    found_at = _places(str(workspace.absolute()), chosen.name).get(warning_id)
    return None if found_at is None else (chosen, *found_at)


@lru_cache(maxsize=4)
def _places(workspace: str, name: str) -> dict[str, tuple[str, int]]:
    return warning_places(*_known(Path(workspace), name))


def names(workspace: Path, warning_ids: Sequence[str], *, by: str, at: datetime, release: str | None = None) -> dict[str, str]:
    """The name of the person each warning is about, or of who stands first in the household; the look is written down."""
    _, told = _known(workspace, release)
    people = {}
    for one in warning_ids:
        place = _place(workspace, one, release)
        if place is not None:
            base, code, position = place
            kind = "person" if told.indicators[code].of == "person" else told.indicators[code].group
            who = _subjects(base)
            people[one] = who.persons[who.person_of(kind, position)]
    vault = _vault(workspace)
    vault.record_look(by=by, purpose="names on the desk", person_ids=sorted(set(people.values())), at=at)
    shown = display_names(vault, people.values())
    return {one: shown[person] for one, person in people.items() if person in shown}


@lru_cache(maxsize=16)
def _subjects(base: Release) -> Subjects:
    return Subjects(base)


def _vault(workspace: Path) -> Vault:
    home = Workspace(workspace)
    return _unlocked(str(workspace.absolute()), len(segments_of(home)))


@lru_cache(maxsize=2)
def _unlocked(workspace: str, segments: int) -> Vault:
    """Opened once for as many deliveries; opened again when more have come."""
    home = Workspace(Path(workspace))
    return Vault(home.vault, home.keys, segments_of(home))


def counts(workspace: Path, *, release: str | None = None) -> list[dict[str, Any]]:
    """indicator, division, level (0: could not be decided) and count."""
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(_release(workspace, release).folder / "counts.parquet").to_pylist()
    return rows


def unlinked(workspace: Path, *, release: str | None = None) -> Mapping[str, int]:
    """How many candidates there were (records without a right id number), stayed alone, and wait for a person's eye."""
    return _release(workspace, release).manifest.unlinked


def review(workspace: Path, *, by: str, at: datetime, release: str | None = None) -> list[dict[str, Any]]:
    """Records that resemble somebody without being surely theirs: dataset, record_id, column, person, certainty, evidence.

    They are linked to nobody until a person decides; the look is written down.
    """
    rows: list[dict[str, Any]] = _release(workspace, release).review().to_pylist()
    people = sorted({row["person"] for row in rows})
    _vault(workspace).record_look(by=by, purpose="records to review", person_ids=people, at=at)
    return rows


def largest_township(workspace: Path) -> str | None:
    """The township (nine digits) in which most people of the current release live."""
    if current(workspace) is None:
        return None
    base = _release(workspace, None).base
    places = base.people["place"].value_counts().to_pylist()
    codes = base.places["code"].to_pylist()
    found_people: dict[str, int] = {}
    for one in places:
        code = codes[one["values"]]
        if len(code) >= 9:
            found_people[code[:9]] = found_people.get(code[:9], 0) + one["counts"]
    return max(sorted(found_people), key=lambda code: found_people[code], default=None)


def write_parquet(rows: Sequence[Mapping[str, str]], path: Path) -> None:
    """Write warnings as Parquet, all columns text."""
    from jiuzhu.registry.release.tables import write_parquet as write

    write(path, pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in WARNING_COLUMNS}))


def mark_invented(workspace: Path) -> None:
    """Say that everybody in this workspace is invented, so that id numbers may be shown."""
    workspace.mkdir(parents=True, exist_ok=True, mode=0o700)
    (workspace / "invented").write_text(json.dumps({"invented": True}) + "\n", encoding="ascii")


def is_invented(workspace: Path) -> bool:
    return (workspace / "invented").exists()


# --- sources against each other --------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _compared(workspace: str, name: str) -> Compared:
    """Everything of everybody compared once; a release never changes."""
    chosen, told = _known(Path(workspace), name)
    return compared(chosen, told, packed_by_position(chosen, _vault(Path(workspace))))


def _all_compared(workspace: Path, release: str | None) -> tuple[Release, Catalogue, Compared]:
    chosen, told = _known(workspace, release)
    return chosen, told, _compared(str(workspace.absolute()), chosen.name)


def sources(workspace: Path, *, release: str | None = None) -> tuple[SourceQuality, ...]:
    """How good each source of each dataset is, as of the day of a release; counts only, nobody is named. Raises NoRelease."""
    chosen, told, found_words = _all_compared(workspace, release)
    return qualities(chosen.manifest, told, archived(Workspace(workspace)), found_words)


def comparisons(workspace: Path, *, division: str = "", release: str | None = None) -> tuple[ComparisonCount, ...]:
    """How often sources agree on each thing that several state; `here` counts people of one division ("" all)."""
    return counted(*_all_compared(workspace, release), division)


def conflicts(
    workspace: Path,
    comparison: str | None = None,
    *,
    by: str,
    at: datetime,
    purpose: str = "conflicting sources",
    division: str = "",
    skip: int = 0,
    limit: int | None = None,
    release: str | None = None,
) -> list[SideBySide]:
    """The people of whom sources say different things, with every source's word; the look is written down.

    comparison: its code, all if not given. division: only people who live there. skip, limit: entries passed over, and shown at most.
    Raises NoComparison, NoRelease.
    """
    chosen, told, found_words = _all_compared(workspace, release)
    codes = list(told.comparisons.by_code) if comparison is None else [comparison]
    if comparison is not None and comparison not in told.comparisons.by_code:
        raise NoComparison(f"there is no comparison {comparison!r}; there are: {', '.join(told.comparisons.by_code)}")
    tables = shown_conflicts(chosen, found_words, codes, division, skip, limit)
    vault = _vault(workspace)
    vault.record_look(by=by, purpose=purpose, person_ids=people_compared(chosen, tables.values()), at=at)
    teller = Teller(chosen, told, vault, is_invented(workspace))
    return [one for code, table in tables.items() for one in teller.told(code, table)]


def side_by_side(
    workspace: Path,
    person: int | None = None,
    *,
    id_number: str = "",
    by: str,
    at: datetime,
    purpose: str,
    division: str = "",
    release: str | None = None,
) -> list[SideBySide]:
    """Everything that sources say of one person, also where they agree; the look is written down.

    person: the number this workspace gave; or id_number, in any of its spellings. Raises NoPerson where nobody of the
    release has it, or lives outside `division`, NoRelease.
    """
    chosen, told = _known(workspace, release)
    vault = _vault(workspace)
    wanted = vault.find(id_number) if person is None else person
    vault.record_look(by=by, purpose=purpose, person_ids=[wanted] if wanted else [], at=at)
    position = position_of(chosen, wanted, division)
    if position is None:
        raise NoPerson("nobody of this release is known by that number; check it, or the day of the release")
    teller = Teller(chosen, told, vault, is_invented(workspace))
    words = of_one(chosen, told, packed_by_position(chosen, vault), position)
    return [one for code, table in words.items() for one in teller.told(code, table)]


def rested_on_retracted(workspace: Path, *, as_of: date, release: str | None = None) -> list[RestedOn]:
    """Warnings of a release whose rows were retracted or corrected since, for a person to look at again.

    as_of: nothing delivered for a later day is looked at. The next run evaluates these households anyway. Raises NoRelease.
    """
    chosen, told = _known(workspace, release)
    moment = Moment(as_of, datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC))
    passed, _ = make.judged(Workspace(workspace), moment)
    return rested_on(chosen, told, passed, moment)
