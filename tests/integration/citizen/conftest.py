"""Residents' pages without a workspace: the national catalogue, a clock that is moved by hand, telephones that are heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from jiuzhu.portals.citizen import known
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from tests.support.residents import Telephones, heard

AT = datetime(2026, 11, 21, 1, tzinfo=UTC)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """The instant of requests; `now(later)` moves it."""
    held = [AT]
    monkeypatch.setattr(timezone, "now", lambda: held[-1])
    return held.append


@pytest.fixture
def pages(national: Catalogue, monkeypatch: pytest.MonkeyPatch, now: object, db: None) -> None:
    monkeypatch.setattr(known, "catalogue", lambda: national)
    monkeypatch.setattr(public, "current", lambda _: None)


@pytest.fixture
def telephones(monkeypatch: pytest.MonkeyPatch) -> Telephones:
    return heard(monkeypatch)
