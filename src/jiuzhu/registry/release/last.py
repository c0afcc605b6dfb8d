"""The last good release as a base that the next one follows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.registry.archived import DELIVERY, Delivered
from jiuzhu.registry.identity.linked import Linked
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.merged import Last
from jiuzhu.registry.profile.recipe import Recipe, known_as
from jiuzhu.registry.release.folder import BASE, MANIFEST, Release, current
from jiuzhu.registry.release.manifest import FORMAT

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


def last_release(workspace: Workspace, catalogue: Catalogue) -> tuple[Release | None, str]:
    """The current release, if another can follow from it; else None, and why not."""
    name = current(workspace)
    if name is None or not (workspace.releases / name / MANIFEST).exists():
        return None, "there is no release yet"
    release = Release(workspace, name)
    if release.manifest.format != FORMAT:
        return None, "the last release is of an older form"
    if release.manifest.catalogue != catalogue.version:
        return None, "the declarations changed"
    return release, ""


def recipes_from(table: pa.Table) -> dict[str, Recipe]:
    told = zip(table["dataset"].to_pylist(), table["recipe"].to_pylist(), strict=True)
    return {dataset: Recipe.from_json(json.loads(text)) for dataset, text in told}


def recipe_table(recipes: Mapping[str, Recipe]) -> pa.Table:
    """dataset, recipe (JSON)."""
    names = sorted(recipes)
    return pa.table({"dataset": names, "recipe": [json.dumps(recipes[name].as_json()) for name in names]})


@dataclass(frozen=True)
class Known:
    """What a release said of deliveries that still count, and need not be asked again.

    numbers: by dataset, their number now to that of then. months: see `Delivered`, by dataset and number now. candidates: see
    `candidates_of`.
    """

    numbers: Mapping[str, Mapping[int, int]]
    months: Mapping[tuple[str, int], tuple[int, ...]]
    candidates: pa.Table


def known_of(release: Release, recipes: Mapping[str, Recipe], deliveries: Sequence[Delivered], as_of: date) -> Known:
    """recipes: of the release. Of a delivery with days after that of the release, or of the run, nothing is known."""
    until = min(release.manifest.as_of, as_of)
    places = {code: {known: number for number, known in enumerate(one.deliveries)} for code, one in recipes.items()}
    numbers: dict[str, dict[int, int]] = {}
    months = {}
    for one in deliveries:
        before = places.get(one.dataset, {}).get(known_as(one))
        if before is not None and (one.newest is None or one.newest <= until):
            numbers.setdefault(one.dataset, {})[one.number] = before
            months[one.dataset, one.number] = recipes[one.dataset].months[before]
    return Known(numbers, months, _renumbered(release.candidates(), numbers))


def _renumbered(candidates: pa.Table, numbers: Mapping[str, Mapping[int, int]]) -> pa.Table:
    """The candidates of these deliveries, by their numbers now."""
    pairs = [(code, before, now) for code, several in numbers.items() for now, before in several.items()]
    told = pa.table(
        {
            "dataset": pa.array([code for code, _, _ in pairs], pa.string()),
            DELIVERY: pa.array([before for _, before, _ in pairs], pa.int32()),
            "now": pa.array([now for _, _, now in pairs], pa.int32()),
        }
    )
    found = candidates.join(told, ["dataset", DELIVERY], join_type="inner").drop_columns([DELIVERY])
    return found.rename_columns([DELIVERY if name == "now" else name for name in found.column_names]).select(
        candidates.column_names
    )


def last_base(release: Release, recipes: Mapping[str, Recipe], who: Linked) -> Last:
    """The base of a release, its people by the numbers they have in this run. Those alone are known again by their record.

    recipes: of the release.
    """
    table = release.subjects()
    persons = np.asarray(table["person"]).astype(np.int64)
    alone = who.order.filter(pc.less(who.order["person"], 0)).combine_chunks()
    below = np.flatnonzero(persons < 0)
    place = pc.index_in(table["record"].take(pa.array(below)).combine_chunks(), alone["otherwise"].combine_chunks())
    number = pc.fill_null(alone["person"].combine_chunks().take(place), 0)
    persons = persons.copy()
    persons[below] = np.asarray(number)
    files = {name.removeprefix(f"{BASE}/"): digest for name, digest in release.manifest.files.items()}
    return Last(release.base, release.folder / BASE, files, recipes, release.numbers, persons)
