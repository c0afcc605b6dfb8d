"""The book of proposals: who may decide, from which day a number holds, and what survives."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.registry.calibration import decided
from jiuzhu.registry.calibration.book import Book, County, Decision, Proposal, ProposalRefused, Tendency
from jiuzhu.registry.calibration.evidence import Visited
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.parameters import Parameters, read_parameters
from tests.unit.registry_calibration.test_choice import row

AT = datetime(2026, 11, 23, 10, tzinfo=timezone(timedelta(hours=8)))
FIRST = date(2026, 12, 1)
PROPOSAL = Proposal(
    owner="X", name="limit", unit="yuan", division="370502", present="5000", proposed="4500", least="4000", most="8000",
    visits_now=10, visits_then=12, finds="1.50", finds_low="0.00", finds_high="2.00", visited=20, found=15,
    counties=(County("370502", 100, "90.0", ""),), tendencies=(Tendency("wages", 90, 9),), why_zh="因", why_en="because",
    release="r", previous="", outcomes_up_to="2026-10", budget=12, together=1, made_on="2026-11-20", by="one",
)  # fmt: skip


class Declared:
    """As much of a catalogue as a decision asks."""

    def __init__(self, *folders: Path) -> None:
        self.parameters = Parameters({("X", "limit"): [row("5000")]})
        for key, rows in read_parameters(folders, faults := []).rows.items():
            self.parameters.rows.setdefault(key, []).extend(rows)
        assert faults == []


@pytest.fixture
def book(tmp_path: Path) -> Book:
    made = Book(Workspace(tmp_path / "workspace"))
    made.add(PROPOSAL)
    return made


def decide(book: Book, folder: Path | None, word: str = "release", **other: Any) -> Decision:
    told: dict[str, Any] = {"by": "two", "because": "minutes of 23 November; 4", "at": AT, "holds_from": FIRST} | other
    declared: Any = told.pop("declared", None) or Declared(*([folder] if folder else []))
    catalogue: Catalogue = declared
    number = told.pop("number", PROPOSAL.id)
    return decided.decide(book, number, word, folder=folder, catalogue=catalogue, **told)


def written(folder: Path) -> list[dict[str, str]]:
    with (folder / "parameters" / "indicators.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.feature("SF117")
def test_a_second_person_releases_a_number_from_a_day_on_and_it_becomes_a_row(book: Book, tmp_path: Path):
    folder = tmp_path / "ours"
    decide(book, folder)
    [line] = written(folder)
    assert (line["indicator"], line["division"], line["from"], line["to"], line["value"]) == (
        "X",
        "370502",
        "2026-12-01",
        "",
        "4500",
    )
    assert (line["least"], line["most"], line["adaptive"]) == ("4000", "8000", "yes")
    assert line["source"] == f"proposal {PROPOSAL.id} released by two: minutes of 23 November, 4"
    numbers = Declared(folder).parameters
    on_the_eve, on_the_day = (numbers.value("X", "limit", "370502001", day) for day in (date(2026, 11, 30), FIRST))
    assert on_the_eve is not None
    assert on_the_day is not None
    assert (on_the_eve.value, on_the_day.value) == (Decimal(5000), Decimal(4500))


def test_the_row_joins_those_that_are_there_and_leaves_them_alone(book: Book, tmp_path: Path):
    path = tmp_path / "parameters" / "indicators.csv"
    path.parent.mkdir()
    text = 'indicator,name,division,from,to,value,unit,source,confidence\nY,other,370502,2026-01-01,,3,days,"a, b",low\n'
    path.write_text(text, encoding="utf-8")
    path.chmod(0o640)
    decide(book, tmp_path)
    first, second = written(tmp_path)
    assert (first["indicator"], first["source"], first["least"], second["indicator"]) == ("Y", "a, b", "", "X")
    assert path.stat().st_mode & 0o777 == 0o640
    Declared(tmp_path)


@pytest.mark.feature("SF117")
@pytest.mark.parametrize("word", ["release", "decline"])
@pytest.mark.parametrize("by", ["one", " one "])
def test_whoever_made_a_proposal_does_not_decide_about_it(book: Book, tmp_path: Path, by: str, word: str):
    with pytest.raises(ProposalRefused, match="another person"):
        decide(book, tmp_path, word, by=by)
    assert book.decisions() == {}
    assert not (tmp_path / "parameters").exists()


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"by": " "}, "who decided"),
        ({"because": ""}, "why"),
        ({"number": "0"}, "no proposal '0'"),
        ({"holds_from": date(2026, 11, 22)}, "never holds backwards"),
        ({"holds_from": None}, "give both"),
        ({"word": "agree"}, "release, decline"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_and_nothing_is_written(
    book: Book, tmp_path: Path, other: dict[str, Any], says: str
):
    with pytest.raises(ProposalRefused, match=says):
        decide(book, tmp_path, **other)
    assert book.decisions() == {}
    assert not (tmp_path / "parameters").exists()


@pytest.mark.feature("SF117")
def test_the_law_of_the_day_of_release_bounds_it_too(book: Book, tmp_path: Path):
    declared = Declared()
    declared.parameters.rows["X", "limit"] = [row("5000", least="4600")]
    with pytest.raises(ProposalRefused, match="outside the law"):
        decide(book, tmp_path, declared=declared)


def test_a_number_that_moved_since_needs_a_new_proposal(book: Book, tmp_path: Path):
    declared = Declared()
    declared.parameters.rows["X", "limit"].append(replace(row("5200", division="370502"), since=date(2026, 11, 25)))
    with pytest.raises(ProposalRefused, match=r"was 5000 .* will be 5200"):
        decide(book, tmp_path, declared=declared)


def test_a_newer_proposal_takes_the_place_of_an_open_one(book: Book, tmp_path: Path):
    newer = replace(PROPOSAL, made_on="2026-12-20", proposed="5500")
    book.add(newer)
    with pytest.raises(ProposalRefused, match=newer.id):
        decide(book, tmp_path)
    assert [(one.id, one.state) for one in decided.standings(book, (), ())] == [(PROPOSAL.id, "superseded"), (newer.id, "open")]


def test_the_first_decision_stands(book: Book, tmp_path: Path):
    decide(book, None, "decline")
    with pytest.raises(ProposalRefused, match="declined by two"):
        decide(book, tmp_path)
    assert not (tmp_path / "parameters").exists()


def test_a_row_that_a_fault_kept_from_being_written_is_written_when_said_again(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(decided, "_write", full)
        with pytest.raises(OSError, match="no space"):
            decide(book, tmp_path)
    for _ in range(2):
        decide(book, tmp_path)
    assert len(written(tmp_path)) == 1


@pytest.mark.feature("SF117")
def test_the_history_survives_and_shows_what_came_of_it(book: Book, tmp_path: Path):
    decide(book, tmp_path / "ours")
    visited = [
        Visited("X", "370502001", Decimal(1), found, month)
        for found, month in ((True, "2026-12"), (False, "2027-01"), (True, "2026-11"))
    ]
    visited += [Visited("X", "370503", Decimal(1), True, "2026-12"), Visited("Y", "370502", Decimal(1), True, "2026-12")]
    [shown] = decided.standings(Book(Workspace(tmp_path / "workspace")), (), visited)
    assert (shown.proposal, shown.state, shown.visited, shown.found) == (PROPOSAL, "released", 2, 1)
    assert shown.decision is not None
    assert (shown.decision.by, shown.decision.because, shown.decision.holds_from) == (
        "two",
        "minutes of 23 November; 4",
        "2026-12-01",
    )


def test_a_proposal_made_twice_is_one_and_none_is_ever_changed(book: Book):
    [path] = book.proposals_at.iterdir()
    before = path.read_bytes()
    book.add(PROPOSAL)
    book.add(replace(PROPOSAL, why_en="otherwise"))
    assert path.read_bytes() == before
    assert len(book.proposals()) == 2
