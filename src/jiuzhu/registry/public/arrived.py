"""What arrives: deliveries taken in, held, let through or sent back, and what should have come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from jiuzhu.registry.ingest import landing
from jiuzhu.registry.ingest.archive import deliveries as archived
from jiuzhu.registry.ingest.bounds import Bounds
from jiuzhu.registry.ingest.due import DueCheck, DueDataset, due_checks, due_datasets
from jiuzhu.registry.ingest.gate import judge
from jiuzhu.registry.ingest.quarantine import quarantine_csv
from jiuzhu.registry.ingest.report import DeliveryReport
from jiuzhu.registry.ingest.verdicts import give_verdict, verdicts
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.public.declared import working_days
from jiuzhu.registry.public.opened import archive_of, release, releases, vault_of
from jiuzhu.registry.public.refusals import NoDelivery
from jiuzhu.registry.release.reports import Delivery
from jiuzhu.rules.catalogue import Catalogue


def deliver(
    paths: Iterable[Path],
    *,
    workspace: Path,
    catalogue: Catalogue,
    as_of: date,
    source: str | None = None,
    divisions: Sequence[str] = (),
    sent: date | None = None,
    progress: landing.Progress | None = None,
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
    vault_of(workspace).record_look(by=by, purpose=f"quarantine of {delivery}", person_ids=[], at=at)
    return quarantine_csv(home, known[delivery])


def due(workspace: Path, *, as_of: date, catalogue: Catalogue) -> tuple[list[DueDataset], list[DueCheck]]:
    """What has come of every dataset that a source states, and which monthly checks wait. Raises YearNotLoaded."""
    days = working_days()
    made = [release(workspace, name) for name in releases(workspace)]
    released = max((one.as_of for one in made if not one.only and one.as_of <= as_of), default=None)
    checks = due_checks(catalogue.schedules, released, days, as_of)
    return due_datasets(catalogue, archive_of(workspace), days, as_of), checks
