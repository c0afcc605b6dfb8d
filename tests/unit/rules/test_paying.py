"""What stops a list of payments is declared, and a fault in it names the line and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.rules.faults import CatalogueFaults
from jiuzhu.rules.paying import FOUND, Paying, load_paying

NATIONAL = Path(__file__).parents[3] / "catalogue"


def written(folder: Path, change: tuple[str, str] = ("", "")) -> Path:
    """The national file with one thing changed, after the scenarios it names."""
    (folder / "scenarios.toml").write_text((NATIONAL / "scenarios.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "laws.toml").write_text((NATIONAL / "laws.toml").read_text(encoding="utf-8"), encoding="utf-8")
    text = (NATIONAL / "payments.toml").read_text(encoding="utf-8")
    assert change[0] in text
    (folder / "payments.toml").write_text(text.replace(*change) if change[0] else text, encoding="utf-8")
    return folder


def test_the_nations_file_holds_back_for_death_double_benefits_and_custody(tmp_path: Path):
    found = load_paying(written(tmp_path))
    assert (found.hold_of("S21"), found.hold_of("S22"), found.hold_of("S30"), found.hold_of("S01")) == (
        "death",
        "duplicate",
        "custody",
        "",
    )
    assert set(FOUND) < set(found.holds)
    assert found.line_times > 1


def test_without_a_file_nothing_is_held(tmp_path: Path):
    assert load_paying(tmp_path) == Paying()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('["S21"]', '["S99"]'), "S99"),
        (("change_percent = 5", "change_percent = 0"), "change_percent"),
        (("[holds.no_account]", "[holds.other]"), "no_account"),
        (('en = "perhaps no longer alive"\n', ""), "en"),
        (("line_times", "lines_time"), "line_times"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, change: tuple[str, str], told: str):
    with pytest.raises(CatalogueFaults, match=told):
        load_paying(written(tmp_path, change))
