"""The last good release as a base that the next one follows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.registry.identity.linked import Linked
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.merged import Last
from jiuzhu.registry.profile.recipe import Recipe
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
    if release.recipes() is None:
        return None, "the last release does not say what it was made of"
    return release, ""


def recipes_from(table: pa.Table) -> dict[str, Recipe]:
    told = zip(table["dataset"].to_pylist(), table["recipe"].to_pylist(), strict=True)
    return {dataset: Recipe.from_json(json.loads(text)) for dataset, text in told}


def recipe_table(recipes: Mapping[str, Recipe]) -> pa.Table:
    """dataset, recipe (JSON)."""
    names = sorted(recipes)
    return pa.table({"dataset": names, "recipe": [json.dumps(recipes[name].as_json()) for name in names]})


def last_base(release: Release, who: Linked) -> Last:
    """The base of a release, its people by the numbers they have in this run. Those alone are known again by their record."""
    table = release.subjects()
    persons = np.asarray(table["person"]).astype(np.int64)
    alone = who.order.filter(pc.less(who.order["person"], 0)).combine_chunks()
    below = np.flatnonzero(persons < 0)
    place = pc.index_in(table["record"].take(pa.array(below)).combine_chunks(), alone["otherwise"].combine_chunks())
    number = pc.fill_null(alone["person"].combine_chunks().take(place), 0)
    persons = persons.copy()
    persons[below] = np.asarray(number)
    recipes = release.recipes()
    assert recipes is not None
    files = {name.removeprefix(f"{BASE}/"): digest for name, digest in release.manifest.files.items()}
    return Last(release.base, release.folder / BASE, files, recipes_from(recipes), release.numbers, persons)
