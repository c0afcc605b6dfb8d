"""The commands on the page of assessing do what it says."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.docs.pages import follow


def test_the_page_judges_three_families_to_the_yuan(tmp_path: Path) -> None:
    said = follow("how-to/assess-a-family.md", tmp_path)
    for yuan in ("最低生活保障：符合，每月 910 元", "granted, 910 yuan a month", "每月 70 元", "每月 614 元"):
        assert yuan in said
    told = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert told["class"] == "dibao"
    assert [one["amount"] for one in told["programmes"] if one["code"] == "dibao"] == ["910"]
