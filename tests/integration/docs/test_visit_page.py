"""The commands on the page of visits do what it says."""

from __future__ import annotations

from pathlib import Path

from tests.integration.docs.pages import follow


def test_the_page_of_visits_writes_a_form_for_phones(tmp_path: Path) -> None:
    follow("how-to/record-a-visit.md", tmp_path)
    assert (tmp_path / "F04.xlsx").read_bytes()[:2] == b"PK"
