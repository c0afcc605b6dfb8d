"""An officer and the instant of a test."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jiuzhu.casework.trace.actions import Actor

AT = datetime(2026, 11, 21, 1, tzinfo=UTC)


@pytest.fixture
def zhou() -> Actor:
    return Actor("zhou", role="township_officer", division_code="370502001")
