"""The two officers of a county whose numbers are set; their accounts never sign in, so their passwords cost nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.decisions.test_frozen import standard
from tests.integration.decisions.test_other_roads import AID
from tests.support.deciding import Room
from tests.support.families import TOWNSHIP
from tests.support.officers import officer


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def room(tmp_path: Path, settings: Any) -> Room:
    settings.PLACE_FOLDER = tmp_path / "place"
    (settings.PLACE_FOLDER / "parameters").mkdir(parents=True)
    for name, value in {**AID, "dibao.rural_monthly": 600}.items():
        standard(settings.PLACE_FOLDER, value, "2026-01-01", name)
    officer("second", "township_officer", TOWNSHIP)
    return Room()
