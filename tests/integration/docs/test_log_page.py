"""The page on checking the log does what it says."""

from __future__ import annotations

from pathlib import Path

from tests.integration.docs.pages import follow


def test_the_page_proves_a_log_and_finds_the_changed_event(tmp_path: Path) -> None:
    told = follow("how-to/check-the-log.md", tmp_path)
    assert told.count("the log is whole") == 2
    assert told.rstrip().splitlines()[-1].startswith("  ")
    assert "first bad / 首处异常: event " in told
