"""The instant of a test, who sets accounts up, and somebody to set up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jiuzhu.casework.accounts.models import Officer
from tests.support.officers import officer

AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
COUNTY, TOWNSHIP, VILLAGE = "370502", "370502001", "370502001011"


@pytest.fixture
def system() -> Officer:
    return officer("system", "system_administrator", COUNTY)


@pytest.fixture
def security() -> Officer:
    return officer("security", "security_administrator", COUNTY)
