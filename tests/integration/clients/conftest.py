"""A family, a department's system that is open, and no workspace unless a test lays one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from jiuzhu.casework.clients import registering
from jiuzhu.casework.clients.models import Client
from tests.support import asking
from tests.support.families import COUNTY
from tests.support.officers import officer
from tests.support.verifying import AT, Home


@pytest.fixture(autouse=True)
def still(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WORKSPACE = tmp_path / "none"
    monkeypatch.setattr(timezone, "now", lambda: AT)


@pytest.fixture
def home(db: None) -> Home:
    return Home()


@pytest.fixture
def justice(db: None) -> Client:
    made = asking.registered(officer("steward", "data_steward", COUNTY), at=AT, per_day=20)
    return registering.open_client(client=made, by=officer("security", "security_administrator", COUNTY), at=AT)
