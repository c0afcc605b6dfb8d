"""Numbers that nobody ever set judge invented families only."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.portals.cli.main import main
from jiuzhu.registry import public

INVENTED = Path(__file__).parents[3] / "invented"
FACTS = """on = 2026-11-20
applied_on = 2026-11-02
division = "370502001011"
[household]
residence_kind = "rural"
counted_income = 3000
[[members]]
age = 63
financial_assets = 0
"""


def test_a_family_is_judged_with_invented_numbers_where_everybody_is_invented_and_nowhere_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts, workspace = tmp_path / "facts.toml", tmp_path / "w"
    facts.write_text(FACTS, encoding="utf-8")
    words = ["assess", "dibao", str(facts), "--workspace", str(workspace)]
    assert main(words) == 0
    assert "dibao.rural_monthly" in capsys.readouterr().out, "the number is not set there, and it says so"
    assert main([*words, "--catalogue", str(INVENTED)]) == 1
    assert "invented" in capsys.readouterr().err
    public.mark_invented(workspace)
    assert main([*words, "--catalogue", str(INVENTED)]) == 0
    assert "510" in capsys.readouterr().out, "760 a month less 250 of 3,000 in twelve months"
