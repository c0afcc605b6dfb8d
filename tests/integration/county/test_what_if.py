"""A number or a rule tried on a release: the same as a run with it, and the release stays as it is."""

from __future__ import annotations

import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from jiuzhu.portals.cli.main import main
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import load_catalogue
from tests.support.county import AS_OF, NOW, County

NAME = "annual_self_pay_limit"


def signals(workspace: Path, code: str) -> dict[str, str]:
    rows = public.warnings(workspace, by="test", at=NOW)
    return {row["warning_id"]: row["grade"] for row in rows if row["indicator_id"] == code}


def test_a_lower_limit_finds_whom_a_run_with_it_finds(county: County, tmp_path: Path) -> None:
    """The oracle is the long way: the number written into a catalogue of its own, and a whole run."""
    live = signals(county.workspace, "S01-E01")
    told = public.what_if(county.workspace, public.OtherNumber("S01-E01", NAME, Decimal(100)))
    folder, workspace = tmp_path / "catalogue", tmp_path / "workspace"
    shutil.copytree(public.NATIONAL, folder)
    path = folder / "parameters" / "indicators.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(_with_value(line, "100") for line in lines) + "\n", encoding="utf-8")
    shutil.copytree(county.workspace, workspace)
    public.run(workspace, as_of=AS_OF, now=NOW, catalogue=load_catalogue(folder))
    other = signals(workspace, "S01-E01")
    assert {one.warning_id for one in told.added} == other.keys() - live.keys()
    assert {one.warning_id: one.tried for one in told.regraded} == {
        key: other[key] for key in live.keys() & other.keys() if live[key] != other[key]
    }
    assert (told.live, told.tried) == (len(live), len(other))
    assert told.added
    assert told.regraded
    assert signals(county.workspace, "S01-E01") == live


def test_a_higher_limit_loses_those_below_it(county: County) -> None:
    values = {row["warning_id"]: Decimal(row["value"]) for row in county.warnings if row["indicator_id"] == "S01-E01"}
    told = public.what_if(county.workspace, public.OtherNumber("S01-E01", NAME, Decimal(20000)))
    assert {one.warning_id for one in told.lost} == {key for key, value in values.items() if value < 20000}
    assert told.lost
    assert not told.added


def _with_value(line: str, value: str) -> str:
    """A line of the file; with another value where it is the one that is tried."""
    cells = line.split(",")
    return ",".join([*cells[:5], value, *cells[6:]]) if line.startswith(f"S01-E01,{NAME},") else line


def test_counts_are_by_township_and_grade_and_add_up(county: County) -> None:
    told = public.what_if(county.workspace, public.OtherNumber("S01-E01", NAME, Decimal(100)))
    assert sum(line.live for line in told.lines) == told.live
    assert sum(line.tried for line in told.lines) == told.tried
    assert all(len(line.township) <= 9 for line in told.lines)


def test_finds_that_would_be_lost_are_counted(county: County) -> None:
    change = public.OtherNumber("S01-E01", NAME, Decimal(10**8))
    lost = [one.warning_id for one in public.what_if(county.workspace, change).lost]
    assert len(lost) > 3
    outcomes = {lost[0]: True, lost[1]: True, lost[2]: False, "OF-ANOTHER-RULE": True}
    told = public.what_if(county.workspace, change, outcomes=outcomes)
    assert (told.found_lost, told.for_nothing_lost) == (2, 1)


def test_an_edited_rule_is_tried_from_its_file(county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    live = signals(county.workspace, "S01-E01")
    text = (public.NATIONAL / "indicators" / "S01-E01.toml").read_text(encoding="utf-8")
    path = tmp_path / "S01-E01.toml"
    path.write_text(re.sub(r"grades = \{[^}]*\}", 'grades = { red = "1 x" }', text), encoding="utf-8")
    assert main(["what-if", "--rule", str(path), "--workspace", str(county.workspace), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["tried"] for one in told["regraded"]} == {"red"}
    assert len(told["regraded"]) == sum(grade != "red" for grade in live.values())


def test_what_cannot_be_tried_is_refused_in_words(county: County, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(public.NotToBeTried, match="no number 'limitt'"):
        public.what_if(county.workspace, public.OtherNumber("S01-E01", "limitt", Decimal(1)))
    assert main(["what-if", "8000", "--workspace", str(county.workspace)]) == 1
    assert "is no number to try" in capsys.readouterr().err
