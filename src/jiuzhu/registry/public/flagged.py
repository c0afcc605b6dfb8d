"""What was found: the warnings of a release, why each stands, whom it is about, and what was linked to nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.public.opened import current, is_invented, known, reading_of, release_of, subjects_of, vault_of
from jiuzhu.registry.release.explained import Explanation, NoWarning, explained, warning_places
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.listed import WARNING_COLUMNS, found, listed, people_in
from jiuzhu.registry.release.subjects import display_names
from jiuzhu.registry.stream import door as streaming


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
    chosen, told = known(workspace, release)
    table = found(chosen, unknown=unknown)
    if not named:
        return listed(chosen, told, table, vault=None, by_number=False)
    vault = vault_of(workspace)
    vault.record_look(by=by, purpose=purpose, person_ids=people_in(chosen, told, table), at=at or datetime.now(UTC))
    return listed(chosen, told, table, vault=vault, by_number=is_invented(workspace))


def explain(workspace: Path, warning_id: str, *, release: str | None = None) -> Explanation:
    """Why a warning stands: in the release named, else in the current one and what the stream added. Raises NoWarning, NoRelease."""
    chosen, told = known(workspace, release)
    place = _placer(workspace, chosen, release)(warning_id)
    if place is None:
        raise NoWarning(f"release {chosen.name} has no warning {warning_id!r}; `jiuzhu warnings` lists them")
    base, code, position = place
    return explained(base, told, warning_id, code, position)


Place = tuple[Release, str, int]  # the base that explains a warning, its indicator and the position of its subject


def _placer(workspace: Path, chosen: Release, release: str | None) -> Callable[[str], Place | None]:
    """What finds the place of a warning, None where nothing stands: made once for all warnings of a page.

    chosen: the release named, or the current one where `release` is None; then the stream has the last word.
    """
    entered = streaming.entered(Workspace(workspace)) if release is None else {}
    standing = _places(str(workspace.absolute()), chosen.name)

    def place(warning_id: str) -> Place | None:
        entry = entered.get(warning_id)
        if entry is not None and entry.after is not None:
            base, position = reading_of(workspace).base_of(entry)
            return base, entry.indicator, position
        found_at = standing.get(warning_id)
        return None if found_at is None else (chosen, *found_at)

    return place


@lru_cache(maxsize=4)
def _places(workspace: str, name: str) -> dict[str, tuple[str, int]]:
    return warning_places(*known(Path(workspace), name))


def subjects(workspace: Path, warning_ids: Sequence[str]) -> dict[str, int]:
    """The person each warning is about, for those that are about one; a number only, nobody is looked at. Raises NoRelease."""
    chosen, told = known(workspace, None)
    places, people = _placer(workspace, chosen, None), {}
    for one in warning_ids:
        place = places(one)
        if place is not None and told.indicators[place[1]].of == "person":
            base, _, position = place
            who = subjects_of(base)
            people[one] = int(who.persons[who.person_of("person", position)])
    return people


def names(workspace: Path, warning_ids: Sequence[str], *, by: str, at: datetime, release: str | None = None) -> dict[str, str]:
    """The name of the person each warning is about, or of who stands first in the household; the look is written down."""
    chosen, told = known(workspace, release)
    places, people = _placer(workspace, chosen, release), {}
    for one in warning_ids:
        place = places(one)
        if place is not None:
            base, code, position = place
            kind = "person" if told.indicators[code].of == "person" else told.indicators[code].group
            who = subjects_of(base)
            people[one] = who.persons[who.person_of(kind, position)]
    vault = vault_of(workspace)
    vault.record_look(by=by, purpose="names on the desk", person_ids=sorted(set(people.values())), at=at)
    shown = display_names(vault, people.values())
    return {one: shown[person] for one, person in people.items() if person in shown}


def counts(workspace: Path, *, release: str | None = None) -> list[dict[str, Any]]:
    """indicator, division, level (0: could not be decided) and count."""
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(release_of(workspace, release).folder / "counts.parquet").to_pylist()
    return rows


def unlinked(workspace: Path, *, release: str | None = None) -> Mapping[str, int]:
    """How many candidates there were (records without a right id number), stayed alone, and wait for a person's eye."""
    return release_of(workspace, release).manifest.unlinked


def review(workspace: Path, *, by: str, at: datetime, release: str | None = None) -> list[dict[str, Any]]:
    """Records that resemble somebody without being surely theirs: dataset, record_id, column, person, certainty, evidence.

    They are linked to nobody until a person decides; the look is written down.
    """
    rows: list[dict[str, Any]] = release_of(workspace, release).review().to_pylist()
    people = sorted({row["person"] for row in rows})
    vault_of(workspace).record_look(by=by, purpose="records to review", person_ids=people, at=at)
    return rows


def largest_township(workspace: Path) -> str | None:
    """The township (nine digits) in which most people of the current release live."""
    if current(workspace) is None:
        return None
    base = release_of(workspace, None).base
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
