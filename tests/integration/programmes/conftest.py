"""The national catalogue, read once."""

from __future__ import annotations

import pytest

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue


@pytest.fixture(scope="session")
def national() -> Catalogue:
    return public.catalogue()
