"""Where the stream stands, and how a new release is joined to it: release and stream together must say what the release says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from jiuzhu.registry.ingest.archive import deliveries
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.counted import kind_of
from jiuzhu.registry.release.folder import MANIFEST, Release, current
from jiuzhu.registry.release.make import kept_catalogue
from jiuzhu.registry.release.manifest import DeliveryUsed
from jiuzhu.registry.release.subjects import named_warning
from jiuzhu.registry.stream.entries import ALONE, Batch, Entry, Key, State
from jiuzhu.registry.stream.log import Log
from jiuzhu.registry.stream.small import SmallBase, forget
from jiuzhu.registry.stream.standing import after, standing_in
from jiuzhu.rules.catalogue import Catalogue, load_kept

RUN, LOOK, REPAIR, LIVE, SETTLED = "run", "look", "repair", "live", "settled"


def known_as(one: DeliveryUsed) -> str:
    """What a batch calls a delivery it took in."""
    return hashlib.sha256(json.dumps(asdict(one), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Followed:
    """The stream as it stands. begun: the batch that joined the release; since: those of the looks after it."""

    workspace: Workspace
    begun: Batch
    since: Sequence[Batch]

    @property
    def newest(self) -> Batch:
        return self.since[-1] if self.since else self.begun

    @property
    def release(self) -> Release:
        return Release(self.workspace, self.begun.release)

    @property
    def base(self) -> Release:
        """The base of the newest look, or the release."""
        looks = self.looks
        return SmallBase(self.workspace, looks[-1].base) if looks else self.release

    @property
    def looks(self) -> list[Batch]:
        """The batches of looks; records that came alone have no base of their own."""
        return [batch for batch in self.since if batch.base != ALONE]

    @property
    def unsettled(self) -> list[Batch]:
        """Those whose records no delivery holds yet."""
        settled = max((at for at, batch in enumerate(self.since) if batch.cause == SETTLED), default=-1)
        return [batch for batch in self.since[settled + 1 :] if batch.singles]

    @property
    def entries(self) -> list[Entry]:
        return [entry for batch in self.since for entry in batch.entries]

    @property
    def seen(self) -> set[str]:
        """The deliveries that release and stream rest on."""
        used = {known_as(one) for one in self.release.manifest.deliveries}
        return used.union(*(batch.deliveries for batch in self.since))


def followed(workspace: Workspace) -> Followed | None:
    """None before the first release that asks about everybody."""
    return following(workspace, Log(workspace).batches())


def following(workspace: Workspace, batches: Sequence[Batch]) -> Followed | None:
    """The same by these batches, which are all there are."""
    begun = max((at for at, batch in enumerate(batches) if not batch.base), default=None)
    return None if begun is None else Followed(workspace, batches[begun], batches[begun + 1 :])


def join(workspace: Workspace, catalogue: Catalogue, cause: str) -> Batch | None:
    """Join the current release to the stream, after it became that; None if it asks only about some households, or nothing
    was added since it was joined.

    What differs between release and stream before and the release now becomes entries. If both rest on the same
    deliveries, day and catalogue nothing may differ: what does is a fault, and its entries are marked.

    From here on the release explains what stands. The small bases of the looks since the last one stay until the next joins,
    for whoever read the stream a moment ago; older ones are removed.
    """
    name = current(workspace)
    if name is None:
        return None
    release = Release(workspace, name)
    before = followed(workspace)
    if release.manifest.only or (before is not None and before.begun.release == name and not before.since):
        return None
    position = len(deliveries(workspace))
    if before is None:
        batch = Batch(1, name, name, position, cause)
    else:
        batch = Batch(before.newest.last + 1, name, name, position, cause)
        same = before.newest.state == name
        entries = tuple(_to_release(before, release, catalogue, batch, marked=same))
        batch = replace(batch, cause=REPAIR if same and entries else cause, entries=entries)
    Log(workspace).append(batch)
    if before is not None:
        forget(workspace, but={look.base for look in before.looks})
    return batch


def _to_release(before: Followed, release: Release, catalogue: Catalogue, batch: Batch, *, marked: bool) -> Iterable[Entry]:
    if not (before.release.folder / MANIFEST).exists():
        return []  # somebody removed it: from here on the new one counts
    old_catalogue = made_with(before.workspace, before.release.manifest.catalogue, catalogue)
    old = after(standing_in(before.release, old_catalogue), before.entries)
    now = standing_in(release, made_with(before.workspace, release.manifest.catalogue, catalogue))
    kinds = {code: kind_of(one, code) for one in (old_catalogue, catalogue) for code in one.indicators}
    return entries_between(old, now, batch, kinds, before.workspace, marked=marked)


def entries_between(
    before: Mapping[tuple[str, Key], State],
    now: Mapping[tuple[str, Key], State],
    batch: Batch,
    kinds: Mapping[str, str],
    workspace: Workspace,
    *,
    marked: bool = False,
) -> list[Entry]:
    """One entry for each indicator and subject of which something else stands now, numbered from that of the batch."""
    differing = [what for what in before.keys() | now.keys() if before.get(what) != now.get(what)]
    named = sorted((code, named_warning(workspace, code, key), key) for code, key in differing)
    return [
        Entry(
            number=batch.number + at,
            release=batch.release,
            position=batch.position,
            warning_id=warning_id,
            indicator=code,
            kind=kinds[code],
            key=key,
            before=before.get((code, key)),
            after=now.get((code, key)),
            base=batch.base,
            marked=marked,
        )
        for at, (code, warning_id, key) in enumerate(named)
    ]


def made_with(workspace: Workspace, version: str, at_hand: Catalogue) -> Catalogue:
    """The declarations of that version: those at hand, or the ones kept beside the release that was made with them."""
    if version == at_hand.version:
        return at_hand
    return load_kept(*sorted(kept_catalogue(workspace, version).iterdir(), key=lambda path: int(path.name)))
