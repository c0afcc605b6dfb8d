"""A small catalogue of its own, and ways to break one file of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from jiuzhu.rules.catalogue import Catalogue, load_catalogue, read_catalogue
from jiuzhu.rules.faults import Fault

SMALL = Path(__file__).parent / "catalogue"

Broken = Callable[..., tuple[Fault, ...]]


@pytest.fixture(scope="session")
def small() -> Catalogue:
    return load_catalogue(SMALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small catalogue that may be changed."""
    return Path(shutil.copytree(SMALL, tmp_path / "catalogue"))


@pytest.fixture
def broken(folder: Path) -> Broken:
    """`broken("facts/low.toml", ("old", "new"), …)` changes one file and gives the faults of the whole folder."""

    def change(name: str, *changes: tuple[str, str], also: str = "") -> tuple[Fault, ...]:
        path = folder / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        for old, new in changes:
            assert old in text, f"{old!r} is not in {name}"
            text = text.replace(old, new, 1)
        path.write_text(text + also, encoding="utf-8")
        return read_catalogue(folder)[1]

    return change
