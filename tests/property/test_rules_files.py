"""Catalogue files with random damage: read, or refused with faults, never a trace; what is read can be told in words."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu.rules.catalogue import Catalogue, CatalogueFaults, from_text, load_catalogue
from jiuzhu.rules.explain import explain
from jiuzhu.rules.parameters import Parameters, ParameterValue
from jiuzhu.rules.tree import Indicator

SMALL = Path(__file__).parents[1] / "unit" / "rules" / "catalogue"
FILES = sorted((SMALL / "indicators").glob("*.toml"))
PIECES = [
    "",
    "0",
    "x",
    '"',
    "'",
    "{",
    "}",
    "[",
    "]",
    ",",
    "=",
    "\n",
    "true",
    "hit",
    "1 x",
    "low",
    "age",
    "not ",
    " and ",
    "2026-02-30",
    "\x00",
    "é",
]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(SMALL)


@pytest.mark.requirement("F1")
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject, catalogue: Catalogue) -> None:
    path = data.draw(st.sampled_from(FILES))
    text = path.read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text = text[:start] + data.draw(st.sampled_from(PIECES)) + text[end:]
    read = outcome(text, path, catalogue)
    if isinstance(read, CatalogueFaults):
        assert read.faults
        assert all(fault.rule and fault.problem and fault.mend for fault in read.faults)
        assert all(0 <= fault.line <= text.count("\n") + 1 for fault in read.faults if fault.path.endswith(path.name))
        return
    assert explain(read, catalogue, "zh").endswith("。")
    assert explain(read, catalogue, "en").endswith(".")


def outcome(text: str, path: Path, catalogue: Catalogue) -> Indicator | CatalogueFaults:
    try:
        return from_text(text, catalogue, path)
    except CatalogueFaults as refusal:
        return refusal


# --- parameters: the nearest division above, the newest row -----------------------------------------------------

DIVISIONS = ["000000", "370000", "370500", "370502", "370502001", "370502001003", "110000", "441900", "441900003"]
DAY = date(2020, 1, 1)


@st.composite
def rows(draw: st.DrawFn) -> ParameterValue:
    since = DAY + timedelta(days=draw(st.integers(0, 20)))
    until = draw(st.one_of(st.none(), st.integers(1, 20).map(lambda n: since + timedelta(days=n))))
    value = draw(st.one_of(st.none(), st.integers(0, 99).map(Decimal)))
    return ParameterValue("S01-E01", "x", draw(st.sampled_from(DIVISIONS)), since, until, value, str(value or ""), "days", "", "")


def covers(row: str, place: str) -> bool:
    """Whether a place lies in the division of a row: all that the row's code says, the place says too."""
    tiers = [(0, 2), (2, 4), (4, 6), (6, 9), (9, 12)]
    row, place = row.ljust(12, "0"), place.ljust(12, "0")
    last = max((index for index, (start, end) in enumerate(tiers) if int(row[start:end])), default=-1)
    return all(row[start:end] == place[start:end] for start, end in tiers[: last + 1])


def depth(row: str) -> int:
    return len(row.rstrip("0"))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(rows(), max_size=8, unique_by=lambda row: (row.division, row.since)), st.sampled_from(DIVISIONS), st.integers(0, 40)
)
def test_the_nearest_division_above_and_in_it_the_newest_row_wins(there: list[ParameterValue], place: str, days: int) -> None:
    on = DAY + timedelta(days=days)
    fitting = [row for row in there if covers(row.division, place) and row.since <= on and (row.until is None or on < row.until)]
    best = max(fitting, key=lambda row: (depth(row.division), row.since), default=None)
    parameters = Parameters({("S01-E01", "x"): there} if there else {})
    assert parameters.lookup("S01-E01", "x", place, on) == best
    found = parameters.value("S01-E01", "x", place, on)
    assert found == (best if best is not None and best.value is not None else None)
