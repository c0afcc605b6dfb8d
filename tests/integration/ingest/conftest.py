"""A workspace, a catalogue and a place to write files, for each test its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.registry.ingest.workspace import Workspace
from tests.integration.ingest.bills import BILLS, STATES, catalogue_of


@pytest.fixture(scope="session")
def catalogue() -> Any:
    return catalogue_of(BILLS, STATES)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "var")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file
