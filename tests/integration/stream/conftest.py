"""A village with its first release, for all that comes after it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jiuzhu.registry.stream import look as looking
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import few
from tests.integration.registry.village import released as first_release
from tests.support.histories import narrowed

RULES = ("S01-E01", "S01-E02", "S01-E04")


@pytest.fixture(scope="module")
def rules(national: Catalogue) -> Catalogue:
    return few(narrowed(national), *RULES)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory, rules: Catalogue) -> Path:
    """A village with its first release; each test works on a copy."""
    return first_release(tmp_path_factory.mktemp("village") / "workspace", rules)


@pytest.fixture
def workspace(released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(looking, "WHOLE_SHARE", 10)  # six people: half of them are soon touched
    shutil.copytree(released, tmp_path / "workspace")
    return tmp_path / "workspace"
