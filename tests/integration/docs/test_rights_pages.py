"""The pages on what a family may ask for do what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.docs.pages import follow


@pytest.mark.parametrize("page", ["tell-a-family-who-looked", "erase-a-person"])
def test_the_page_runs_from_the_first_block_to_the_last(page: str, tmp_path: Path) -> None:
    follow(f"how-to/{page}.md", tmp_path)
