"""A town of its own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.rules.catalogue import Catalogue
from tests.integration.exchange.town import Town, patient
from tests.integration.registry.village import few


@pytest.fixture(scope="session")
def rules(national: Catalogue) -> Catalogue:
    return few(national, "S01-E01", "S01-E02", "S01-E04", "S21-R01")


@pytest.fixture
def town(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, rules: Catalogue) -> Town:
    patient(monkeypatch, rules)
    return Town(tmp_path, capsys)
