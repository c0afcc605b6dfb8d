"""What a steward of data asks: what was due, what is held and what it would do, what covers whom, what was rejected."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from jiuzhu.registry.ingest import landing
from jiuzhu.registry.ingest.archive import MANIFEST, Manifest
from jiuzhu.registry.ingest.archive import deliveries as archived
from jiuzhu.registry.ingest.gate import Held, judge
from jiuzhu.registry.ingest.held import HeldDelivery, file_of, held_delivery, trusted_csv
from jiuzhu.registry.ingest.quarantine import rejected_rows
from jiuzhu.registry.ingest.report import DeliveryReport
from jiuzhu.registry.ingest.strip import Strip
from jiuzhu.registry.ingest.strip import strips as _strips
from jiuzhu.registry.ingest.verdicts import give_verdict, verdicts
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.public.declared import working_days
from jiuzhu.registry.public.opened import current, known, release_of
from jiuzhu.registry.public.refusals import NoDelivery
from jiuzhu.registry.release.covered import Covered, Undecided
from jiuzhu.registry.release.covered import covered as _covered
from jiuzhu.registry.release.covered import undecided as _undecided
from jiuzhu.registry.release.subjects import Subjects
from jiuzhu.rules.catalogue import Catalogue

_SHAPES = 3


@dataclass(frozen=True)
class RejectedRows:
    """Rows of a delivery that were not taken, for one reason in one column; "" is the row as a whole.

    samples: number of the row in the file, and how the cell is built without what it says.
    """

    delivery: str
    dataset: str
    source: str
    period: str
    division: str
    reason: str
    column: str
    rows: int
    samples: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Counter:
    """How much of what is declared comes: bodies, datasets, items (columns), each of how many; and datasets that are fresh.

    unclaimed: datasets of which nothing ever came.
    """

    bodies: tuple[int, int]
    datasets: tuple[int, int]
    items: tuple[int, int]
    live: int
    unclaimed: tuple[str, ...]


def strips(workspace: Path, *, as_of: date, catalogue: Catalogue) -> list[Strip]:
    """The last deliveries due of every dataset, and what became of each. Raises YearNotLoaded."""
    told, stopped = _judged(workspace, as_of)
    return _strips(catalogue, told, {one.delivery for one in stopped}, working_days(), as_of)


def held(workspace: Path, *, as_of: date, catalogue: Catalogue) -> tuple[HeldDelivery, ...]:
    """Deliveries that wait for a person on that day or were sent back, with what they would do; figures only, nobody is named."""
    told, stopped = _judged(workspace, as_of)
    manifests = {one.delivery: one for one in told}
    here = _people(str(workspace.absolute()), current(workspace) or "")
    home = Workspace(workspace)
    return tuple(
        held_delivery(home, manifests[one.delivery], one.reasons, catalogue.datasets[one.dataset], _words(catalogue, one.dataset), here)
        for one in stopped
        if one.dataset in catalogue.datasets
    )  # fmt: skip


def take_trusted(
    workspace: Path, delivery: str, *, by: str, because: str, at: datetime, as_of: date, catalogue: Catalogue
) -> DeliveryReport:
    """Take of a held delivery the rows that no finding speaks of, as a delivery of their own, and send the rest back.

    The gate looks at the new delivery like at any other. Raises NoDelivery, NotToBeCut, VerdictNotAllowed, WorkspaceBusy.
    """
    told, stopped = _judged(workspace, as_of)
    manifest = next((one for one in told if one.delivery == delivery), None)
    reasons = next((one.reasons for one in stopped if one.delivery == delivery), None)
    if manifest is None or reasons is None:
        raise NoDelivery(f"delivery {delivery!r} is not held on {as_of}; `jiuzhu deliveries --held` lists what is")
    home = Workspace(workspace)
    content = trusted_csv(home, manifest, reasons, _words(catalogue, manifest.dataset))
    with home.writing("verdict"):
        give_verdict(home, delivery, "send_back", by=by, because=because, at=at)
    with tempfile.TemporaryDirectory(dir=home.folder) as aside:
        path = file_of(Path(aside), manifest, content)
        (report,) = landing.deliver([path], home, catalogue, manifest.asked_source or None)
    return report


def coverage(workspace: Path, *, division: str = "", release: str | None = None) -> tuple[Covered, ...]:
    """Dataset by township: here, late, never. Raises NoRelease."""
    return _covered(*known(workspace, release), division)


def undecided(workspace: Path, *, division: str = "", release: str | None = None) -> tuple[Undecided, ...]:
    """Which indicators could not be decided about some, and what they lack. Raises NoRelease."""
    return _undecided(*known(workspace, release), division)


def counter(workspace: Path, *, as_of: date, catalogue: Catalogue) -> Counter:
    """How much of what the catalogue declares was ever delivered, and how much of it is fresh on a day. Raises YearNotLoaded."""
    told, stopped = _judged(workspace, as_of)
    out = {one.delivery for one in stopped}
    titles: dict[str, set[str]] = {}
    for one in told:
        if one.delivery not in out:
            titles.setdefault(one.dataset, set()).update(one.titles)
    live = [
        one
        for one in strips(workspace, as_of=as_of, catalogue=catalogue)
        if one.boxes and one.boxes[-1].state in ("here", "short")
    ]
    items = [
        column.name in titles.get(code, ()) or column.title.zh in titles.get(code, ())
        for code, dataset in catalogue.datasets.items()
        for column in dataset.columns.values()
    ]
    came = [code for code in catalogue.datasets if code in titles]
    bodies = [any(body.states(catalogue.datasets[code]) for code in came) for body in catalogue.bodies.values()]
    return Counter(
        (sum(bodies), len(bodies)),
        (len(came), len(catalogue.datasets)),
        (sum(items), len(items)),
        len(live),
        tuple(sorted(code for code in catalogue.datasets if code not in titles)),
    )


def rejected(workspace: Path, *, dataset: str = "") -> tuple[RejectedRows, ...]:
    """What was rejected of every accepted delivery, by reason and column; how cells are built, never what they say."""
    answer: list[RejectedRows] = []
    for one in _archived(str(workspace.absolute()), _deliveries(workspace)):
        if one.rejected and (not dataset or one.dataset == dataset):
            answer += _rejected(str(workspace.absolute()), one.delivery, _deliveries(workspace))
    return tuple(answer)


@lru_cache(maxsize=512)
def _rejected(workspace: str, delivery: str, count: int) -> tuple[RejectedRows, ...]:
    home = Workspace(Path(workspace))
    one = next(one for one in _archived(workspace, count) if one.delivery == delivery)
    table = rejected_rows(home, one)
    answer = []
    groups = table.group_by(["reason", "column"]).aggregate([([], "count_all")]).to_pylist()
    for group in sorted(groups, key=lambda row: (-row["count_all"], row["reason"], row["column"])):
        mine = table.filter(pc.and_(pc.equal(table["reason"], group["reason"]), pc.equal(table["column"], group["column"])))
        shown = mine.slice(0, _SHAPES)
        samples = tuple(zip(shown["row"].to_pylist(), shown["shape"].to_pylist(), strict=True))
        answer.append(
            RejectedRows(
                one.delivery,
                one.dataset,
                one.source,
                one.period,
                one.division,
                group["reason"],
                group["column"],
                group["count_all"],
                samples,
            )
        )
    return tuple(answer)


def _words(catalogue: Catalogue, dataset: str) -> Mapping[str, Mapping[str, str]]:
    return {name: catalogue.words(column) for name, column in catalogue.datasets[dataset].columns.items() if column.codes}


def _judged(workspace: Path, as_of: date) -> tuple[tuple[Manifest, ...], tuple[Held, ...]]:
    """All deliveries, and those that no run on that day reads."""
    home = Workspace(workspace)
    return _gate(str(workspace.absolute()), _deliveries(workspace), sum(1 for _ in home.verdicts.glob("*.json")), as_of)


def _deliveries(workspace: Path) -> int:
    return sum(1 for _ in Workspace(workspace).archive.glob(f"*/*/{MANIFEST}"))


@lru_cache(maxsize=4)
def _archived(workspace: str, count: int) -> tuple[Manifest, ...]:
    """Read once for as many deliveries: the archive only grows."""
    return tuple(archived(Workspace(Path(workspace))))


@lru_cache(maxsize=4)
def _gate(workspace: str, count: int, words: int, as_of: date) -> tuple[tuple[Manifest, ...], tuple[Held, ...]]:
    told = _archived(workspace, count)
    return told, judge(told, as_of, verdicts(Workspace(Path(workspace)))).held


@lru_cache(maxsize=2)
def _people(workspace: str, release: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The people a release knows; none before the first."""
    if not release:
        return np.zeros(0, np.int64)
    found = np.array(Subjects(release_of(Path(workspace), release)).persons, np.int64)
    return np.unique(found[found > 0])
