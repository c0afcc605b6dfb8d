"""What a family is judged by, kept apart from the rest of the catalogue: texts of programmes, what may be stated, local numbers.

Whoever judges keeps these files as they stand; years later they are read again as they were, whatever the catalogue says by then (F6).
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.faults import CatalogueFaults
from jiuzhu.rules.parameters import read_parameters
from jiuzhu.rules.programmes.reading import read_programmes
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.references import read_references
from jiuzhu.rules.words import read_words

PARTS = (
    "laws.toml", "codes/*.toml", "tables/*.toml", "parameters/*.csv", "parameters/*.toml", "application/*.toml", "programmes/*.toml",
    "places/*/programmes/*.toml",
)  # fmt: skip
LEFT_OUT = ("parameters/indicators.csv",)  # numbers of indicators move each month and judge nobody


@dataclass(frozen=True)
class Rulebook:
    """files: the name of each, its folder's number before it, to its text. version: a hash over all of them."""

    version: str
    files: Mapping[str, str] = field(repr=False)

    def packed(self) -> bytes:
        return zlib.compress(json.dumps(dict(sorted(self.files.items())), ensure_ascii=False).encode(), 9)


def unpacked(content: bytes) -> Rulebook:
    return _of(json.loads(zlib.decompress(content)))


def rulebook(*folders: Path) -> Rulebook:
    """As it stands in these folders now; of later folders the same names stand beside those of earlier ones."""
    found: dict[str, str] = {}
    for number, folder in enumerate(folders):
        for part in PARTS:
            for path in sorted(folder.glob(part)):
                name = path.relative_to(folder).as_posix()
                if name not in LEFT_OUT:
                    found[f"{number}/{name}"] = path.read_text(encoding="utf-8")
    return _of(found)


def judging(book: Rulebook) -> Catalogue:
    """The catalogue as far as judging a family reads it, its version that of the book. Raises CatalogueFaults."""
    with tempfile.TemporaryDirectory(prefix="jiuzhu-rulebook-") as place:
        for name, text in book.files.items():
            path = Path(place, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return _read(sorted(Path(place).iterdir(), key=lambda path: int(path.name)), book.version)


def _of(files: Mapping[str, str]) -> Rulebook:
    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        content = text.encode()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return Rulebook(digest.hexdigest()[:32], files)


def _read(folders: list[Path], version: str) -> Catalogue:
    reading = Reading()
    read_references(folders, reading)
    read_words(folders, reading)
    reading.parameters = read_parameters(folders, reading.faults)
    programmes = read_programmes(folders, reading)
    if reading.faults:
        raise CatalogueFaults(reading.faults)
    return Catalogue(
        datasets={}, facts={}, relations={}, derived={}, tables=reading.tables, indicators={}, parameters=reading.parameters,
        scenarios={}, laws=reading.laws, codes=reading.codes, folders=(), version=version, reading=reading, programmes=programmes,
    )  # fmt: skip
