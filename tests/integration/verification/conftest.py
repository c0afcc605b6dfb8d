"""A family with its people and an officer, departments that answer from a book, and no workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.verifying import Home


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_workspace(settings: Any, tmp_path: Path) -> None:
    settings.WORKSPACE = tmp_path / "none"


@pytest.fixture
def home(db: None) -> Home:
    return Home()
