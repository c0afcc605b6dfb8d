"""The page on connecting a department does what it says, in an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.docs.pages import follow


@pytest.mark.feature("SF247")
def test_the_page_ends_with_a_receipt_that_says_what_was_taken_and_what_not(tmp_path: Path) -> None:
    told = follow("how-to/connect-a-department.md", tmp_path)
    assert '"accepted": 1' in told
    assert '"other_division": 1' in told
    assert "p2,320400197101150019" in told
    assert "police police_residence_permit: silent; never came" in told
    assert "check self_paid_medical: fell due on 2026-11-09, done" in told
    assert "police police_population: late" not in told
