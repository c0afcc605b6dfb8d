"""The small county, shared by every test of a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from tests.support.county import County, invent, monitored


@pytest.fixture(scope="session")
def national() -> Catalogue:
    return public.catalogue()


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory, national: Catalogue) -> County:
    folder: Path = tmp_path_factory.mktemp("county")
    return monitored(invent(folder / "invented", national), folder / "workspace", national)
