"""What the name of a delivered file says: `<dataset>-<period>[-<part>][.full].<form>[.gz]`, or its folder says the dataset."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass

from jiuzhu.registry.ingest.faults import Fault, FileRefused
from jiuzhu.registry.ingest.periods import Stretch, read_stretch

FORMS = ("csv", "tsv", "xlsx", "jsonl", "parquet")
_PERIOD = r"\d{4}(?:Q[1-4]|-\d{2}(?:-\d{2})?)?(?=-|$)"
_NAME = re.compile(rf"(?P<dataset>[A-Za-z0-9_]+)(?:-(?P<period>{_PERIOD}))?(?:-(?P<part>.+))?")
_IN_FOLDER = re.compile(rf"(?P<period>{_PERIOD})(?:-.*)?")


@dataclass(frozen=True)
class Named:
    dataset: str
    period: Stretch | None
    part: str
    full: bool
    form: str
    packed: bool


def is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def named(name: str, folder: str, datasets: Collection[str]) -> Named:
    """Raises FileRefused for a form or a dataset that is not known."""
    stem, form, packed = _without_form(name)
    full = stem.lower().endswith(".full")
    stem = stem[: -len(".full")] if full else stem
    match = _NAME.fullmatch(stem)
    if match and match["dataset"].lower() in datasets:
        return Named(match["dataset"].lower(), _period(match["period"], name), match["part"] or "", full, form, packed)
    if folder in datasets:
        inside = _IN_FOLDER.fullmatch(stem)
        return Named(folder, _period(inside["period"] if inside else None, name), "", full, form, packed)
    stated = match["dataset"] if match else stem
    near = difflib.get_close_matches(stated.lower(), datasets, 1)
    step = f"did you mean {near[0]}? Otherwise" if near else "name the file <dataset>-<period>.csv or"
    raise FileRefused(
        Fault(
            "unknown_dataset",
            name,
            "the name or the folder of a file begins with the code of a dataset of the catalogue",
            f"{step} put it into a folder named like its dataset",
            value=stated[:60],
        )
    )


def _without_form(name: str) -> tuple[str, str, bool]:
    stem, packed = (name[:-3], True) if name.lower().endswith(".gz") else (name, False)
    stem, _, form = stem.rpartition(".")
    form = form.lower()
    if not stem or form not in FORMS:
        rule = f"a delivered file ends in {', '.join(FORMS)}, with or without .gz, or in .zip"
        step = "save the workbook as .xlsx" if form in ("xls", "xlsm", "et") else "save it in one of these forms"
        raise FileRefused(Fault("unknown_form", name, rule, step, value=form[:20]))
    return stem, form, packed


def _period(text: str | None, name: str) -> Stretch | None:
    if text is None:
        return None
    found = read_stretch(text)
    if found is None:
        rule = "a period is 2026, 2026Q3, 2026-11 or 2026-11-20"
        raise FileRefused(Fault("bad_period", name, rule, "correct the period in the name of the file", value=text))
    return found
