"""Texts before they are read: an older text that follows a newer one, and a place's amendments of the keys a text opens."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from jiuzhu.rules.faults import Fault, clipped, nearest, shown
from jiuzhu.rules.parameters import ancestors, trimmed
from jiuzhu.rules.source import Keys, Source

PROGRAMMES, PLACES = "programmes", "places"
# What a place may have opened to it; `total` is that line of `amount`.
OPENABLE = ("tests", "exclusions", "needs", "total", "topups", "stacking", "workflow", "evidence", "review", "validity")
_ALWAYS = ("amends", "division", "basis", "inputs", "in_force", "note")


@dataclass
class Files:
    """texts: code to its national files. amendments: code and trimmed division to the files that amend it there."""

    texts: dict[str, list[Source]] = field(default_factory=dict)
    amendments: dict[tuple[str, str], list[Source]] = field(default_factory=dict)


@dataclass(frozen=True)
class Merged:
    """One text as it holds somewhere: its keys, the file faults are shown in, and the files that amended it."""

    source: Source
    place: str
    amended_by: tuple[Path, ...]
    since: date | None = None
    until: date | None = None


def find_files(folders: Iterable[Path], faults: list[Fault]) -> Files:
    found = Files()
    for folder in folders:
        for path in sorted((folder / PROGRAMMES).glob("*.toml")):
            _sort(Source(path, faults), "", found)
        for path in sorted((folder / PLACES).glob(f"*/{PROGRAMMES}/*.toml")):
            _sort(Source(path, faults), path.parent.parent.name, found)
    return found


def _sort(source: Source, folder: str, found: Files) -> None:
    if not source.data:
        return
    code = source.data.get("amends")
    if isinstance(code, str):
        division = str(source.data.get("division", folder))
        if not division.isdigit() or len(division) not in (6, 9, 12):
            source.fault(
                ("division",), "division", f"division '{clipped(division)}'", "write the code of the place, such as 500000"
            )
            return
        found.amendments.setdefault((code, trimmed(division)), []).append(source)
    elif isinstance(source.data.get("code"), str):
        found.texts.setdefault(source.data["code"], []).append(source)
    else:
        source.fault(("code",), "missing_key", "'code' is missing", f'write code = "{source.path.stem}", or amends = "…"')


def national_texts(files: Files) -> dict[str, list[Merged]]:
    """Each text with the keys it takes over from the one it follows."""
    found: dict[str, list[Merged]] = {}
    for code, sources in files.texts.items():
        days = {_from(source): source for source in sources}
        if len(days) < len(sources):
            sources[-1].fault(("in_force",), "twice", f"two texts of '{code}' from the same day", "keep one of them")
        for source in days.values():
            follows = source.data.pop("follows", None)
            if follows is not None:
                other = days.get(follows)
                if other is None or "follows" in other.data:
                    source.fault(("follows",), "text", f"no text of '{code}' from {follows}", "name the day of a whole text")
                    continue
                source.data = {**copy.deepcopy(other.data), **source.data}
            found.setdefault(code, []).append(Merged(source, "", ()))
    return found


def _from(source: Source) -> Any:
    in_force = source.data.get("in_force")
    return in_force.get("from") if isinstance(in_force, dict) else None


def amended_texts(files: Files, national: Mapping[str, list[Merged]], faults: list[Fault]) -> Iterable[tuple[str, Merged]]:
    """For each place that amends a text, the text with all amendments of the place and of those above it."""
    for (code, place), sources in sorted(files.amendments.items()):
        if code not in national:
            sources[0].fault(("amends",), "programme", f"programme '{clipped(code)}' does not exist", nearest(code, national))
            continue
        chain = [each for above in reversed(ancestors(place)) for each in files.amendments.get((code, above), [])]
        for text in national[code]:
            merged = _merge(text, chain, place)
            if merged is not None:
                yield code, merged


def _merge(text: Merged, chain: list[Source], place: str) -> Merged | None:
    data = copy.deepcopy(text.source.data)
    begins = [day for day in (_from(one) for one in chain) if isinstance(day, date)]
    amended: dict[str, Source] = {}
    for one in chain:
        keys = Keys(one, (), one.data)
        for key, value in one.data.items():
            if key in _ALWAYS:
                continue
            if key not in OPENABLE or key not in data.get("open", ()):
                keys.fault(
                    key, "open", f"'{clipped(key)}' may not be amended", f"the text opens: {', '.join(data.get('open', ()))}"
                )
                continue
            for part in [f"{key}.{name}" for name in value] if isinstance(value, dict) else [key]:
                other = amended.setdefault(part, one)
                if other is not one:
                    keys.fault(key, "twice", f"'{part}' is amended twice, first in {shown(other.path)}", "keep one of them")
            _put(data, key, value)
        for name, item in one.data.get("inputs", {}).items():
            if name in data.setdefault("inputs", {}):
                keys.fault("inputs", "twice", f"input '{clipped(name)}' is there already", "give it another name")
            data["inputs"][name] = item
        data["basis"] = [*data.get("basis", []), *one.data.get("basis", [])]
        if not one.data.get("basis"):
            keys.fault(
                "basis", "missing_key", "'basis' is missing", 'cite the local text: basis = [{ law = "L23", article = "…" }]'
            )
    source = Source(chain[-1].path, chain[-1].faults, "")
    source.text, source.data = chain[-1].text, data
    return Merged(source, place, tuple(one.path for one in chain), max(begins) if begins else None)


def _put(data: dict[str, Any], key: str, value: Any) -> None:
    if key == "total":
        data.setdefault("amount", {})["total"] = value
    elif isinstance(value, dict) and isinstance(data.get(key), dict):
        data[key] = {**data[key], **value}
    else:
        data[key] = value
