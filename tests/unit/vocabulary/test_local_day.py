"""Days as people and addresses send them."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from jiuzhu import portals
from jiuzhu.vocabulary.local_day import day_typed

PAGES = Path(next(iter(portals.__path__)))


@pytest.mark.parametrize(
    "text", ["", "2026-02-30", "2026-13-01", "0000-01-01", "20261120", "2026-W47-5", "2026-11-20T08:00", "٢٠٢٦-١١-٢٠"]
)
def test_what_is_no_day_of_the_calendar_is_none(text: str) -> None:
    assert day_typed(text) is None


def test_a_day_is_read_as_a_form_sends_it() -> None:
    assert day_typed("2024-02-29") == date(2024, 2, 29)


def test_no_page_reads_a_day_in_another_way_that_an_impossible_one_would_break() -> None:
    """`date.fromisoformat` and `parse_date` raise for the 30th of February: whoever typed it would see a fault of ours."""
    found = []
    for path in (*PAGES.glob("desk/*.py"), *PAGES.glob("citizen/*.py"), *PAGES.glob("api/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("date.fromisoformat", "parse_date"):
                found.append(f"{path.name}:{node.lineno}")
    assert found == []
