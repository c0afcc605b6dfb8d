"""Which releases there are, and one of them opened with the declarations it was made with; each kept for the next who asks."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.registry.ingest.archive import Manifest, arrivals, segments_of
from jiuzhu.registry.ingest.archive import deliveries as archived
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.overlay.reading import Reading
from jiuzhu.registry.release import folder
from jiuzhu.registry.release.folder import NoRelease, Release
from jiuzhu.registry.release.make import kept_catalogue
from jiuzhu.registry.release.reports import Summary
from jiuzhu.registry.release.subjects import Subjects
from jiuzhu.registry.vault.vault import Vault
from jiuzhu.rules.catalogue import Catalogue, load_kept


def releases(workspace: Path) -> list[str]:
    return folder.releases(Workspace(workspace))


def current(workspace: Path) -> str | None:
    """The name of the release everybody sees; None before the first run."""
    return folder.current(Workspace(workspace))


def release(workspace: Path, name: str | None = None) -> Summary:
    """Raises NoRelease."""
    told = release_of(workspace, name).manifest
    deliveries = len(told.deliveries)
    return Summary(
        told.name, told.as_of, told.engine, told.people, told.households, deliveries, told.hash, told.only, told.catalogue
    )


def release_of(workspace: Path, name: str | None) -> Release:
    """The release of that name, the current one for None. Raises NoRelease."""
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
def declarations(workspace: str, version: str) -> Catalogue:
    """The catalogue of that version, kept beside the releases made with it."""
    kept = kept_catalogue(Workspace(Path(workspace)), version)
    return load_kept(*sorted(kept.iterdir(), key=lambda path: int(path.name)))


def catalogue_of(workspace: Path, release: str | None = None) -> Catalogue:
    """The declarations a release (the current one, if not given) was made with, further folders among them. Raises NoRelease."""
    return known(workspace, release)[1]


def known(workspace: Path, name: str | None) -> tuple[Release, Catalogue]:
    """A release (the current one, if not given) and the declarations it was made with. Raises NoRelease."""
    chosen = release_of(workspace, name)
    return chosen, declarations(str(workspace.absolute()), chosen.manifest.catalogue)


@lru_cache(maxsize=1)
def columns_of(workspace: str, name: str) -> Columns:
    """The columns of a release as rules read them, kept for the next who asks."""
    chosen, told = known(Path(workspace), name)
    return Columns(chosen.base, told)


@lru_cache(maxsize=16)
def subjects_of(base: Release) -> Subjects:
    """Who stands at each position of a release or small base."""
    return Subjects(base)


def reading_of(workspace: Path) -> Reading:
    """The current release with what the stream laid over it, kept for the next who asks."""
    chosen = release_of(workspace, None)
    return _reading(str(workspace.absolute()), chosen.name)


@lru_cache(maxsize=1)
def _reading(workspace: str, name: str) -> Reading:
    home = Path(workspace)
    return Reading(Workspace(home), catalogue_of(home, name))


def vault_of(workspace: Path) -> Vault:
    """The vault with all that was delivered up to now."""
    return _unlocked(str(workspace.absolute()), arrivals(Workspace(workspace)))


@lru_cache(maxsize=2)
def _unlocked(workspace: str, there: object) -> Vault:
    """Opened once for what is there; opened again when more has come."""
    home = Workspace(Path(workspace))
    return Vault(home.vault, home.keys, segments_of(home))


def archive_of(workspace: Path) -> tuple[Manifest, ...]:
    """Every accepted delivery, read once for as many as there are: the archive only grows."""
    return _archive(str(workspace.absolute()), arrivals(Workspace(workspace)))


@lru_cache(maxsize=4)
def _archive(workspace: str, there: object) -> tuple[Manifest, ...]:
    return tuple(archived(Workspace(Path(workspace))))


def mark_invented(workspace: Path) -> None:
    """Say that everybody in this workspace is invented, so that id numbers may be shown."""
    workspace.mkdir(parents=True, exist_ok=True, mode=0o700)
    (workspace / "invented").write_text(json.dumps({"invented": True}) + "\n", encoding="ascii")


def is_invented(workspace: Path) -> bool:
    return (workspace / "invented").exists()
