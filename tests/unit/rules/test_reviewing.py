"""What happens in families is declared: what it opens and within how long, which warnings tell of it; a fault stops the start."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jiuzhu.rules.faults import CatalogueFaults, Fault
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.references import read_references
from jiuzhu.rules.reviewing import DEATH, load_reviewing, read_reviewing

NATIONAL = Path(__file__).parents[3] / "catalogue"


def written(folder: Path, change: tuple[str, str] = ("", "")) -> Path:
    shutil.copy(NATIONAL / "laws.toml", folder)
    text = (NATIONAL / "life_events.toml").read_text(encoding="utf-8")
    assert change[0] in text
    (folder / "life_events.toml").write_text(text.replace(*change, 1) if change[0] else text, encoding="utf-8")
    return folder


def test_a_death_is_looked_at_within_three_months_and_a_birth_brings_somebody(tmp_path: Path):
    found = load_reviewing(written(tmp_path))
    death, birth = found[DEATH], found["birth"]
    assert (death.days, death.working, death.leaves, death.joins) == (90, False, True, False)
    assert (birth.working, birth.leaves, birth.joins) == (True, False, True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('within = "90 days"', 'within = "soon"'), "soon"),
        (('within = "90 days"', 'within = "0 days"'), "0 days"),
        (('"S23-R06", "S23-R07"', '"S21-R01"'), "tells of 'death' already"),
        (('law = "L12"', 'law = "L99"'), "L99"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, change: tuple[str, str], told: str):
    with pytest.raises(CatalogueFaults, match=told):
        load_reviewing(written(tmp_path, change))


def test_a_warning_that_is_none_of_the_catalogue_is_named(tmp_path: Path):
    reading = Reading()
    folder = written(tmp_path, ('"S21-R01"', '"S99-R01"'))
    read_references([folder], reading)
    known = {path.stem for path in (NATIONAL / "indicators").glob("*.toml")}
    read_reviewing([folder], reading, known)
    faults: list[Fault] = reading.faults
    assert [fault.rule for fault in faults] == ["indicator"]
    assert "S99-R01" in faults[0].problem
