"""From files to releases: the same state gives the same bytes, a new one never touches the old, and each can say why."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from jiuzhu.registry import public
from jiuzhu.registry.monitoring import flagged
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import DAY, bill, content, deliver, few, files, member, number, person, run, write
from tests.integration.registry.village import released as first_release

RULES = ("S01-E01", "S01-E02", "S01-E04")


@pytest.fixture(scope="module")
def rules(national: Catalogue) -> Catalogue:
    return few(national, *RULES)


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory, rules: Catalogue) -> Path:
    """A workspace with everything delivered; a test that delivers more makes its own."""
    return first_release(tmp_path_factory.mktemp("village") / "workspace", rules)


def warned(workspace: Path, **other) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["indicator_id"], row["subject"]): row for row in public.warnings(workspace, by="test", **other)}


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """The files that are not the same in two releases."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


# --- the same state, the same bytes ----------------------------------------------------------------------------------


@pytest.mark.requirement("E1", "E2")
def test_deliveries_shuffled_doubled_and_in_two_goes_give_the_same_bytes(tmp_path: Path, village: Path, rules: Catalogue):
    """Person numbers are random in each workspace; nothing of that shows."""
    paths = files(tmp_path / "in")
    shuffled = random.Random(11).sample(paths, len(paths))
    for half in (shuffled[:7], shuffled[4:], shuffled):
        deliver(tmp_path / "workspace", rules, half)
    report = run(tmp_path / "workspace", rules)
    name = public.current(village)
    assert report.release == name
    assert differing(content(tmp_path / "workspace", name), content(village, name)) == []


@pytest.mark.requirement("E2", "F6")
def test_corrections_and_retractions_in_any_order_give_the_same_bytes(tmp_path: Path, rules: Catalogue):
    late = "2026-11-15"
    told = [
        ("medins_settlement-2026-03-b.csv", [bill("2026-03-1", 1, "9000.00", "2026-03-10", data_date="2026-03-20", _change="U")]),
        ("medins_settlement-2026-03-c.csv", [bill("2026-03-1", 1, "8000.00", "2026-03-10", data_date="2026-03-25", _change="U")]),
        ("medins_settlement-2026-04-b.csv", [bill("2026-04-2", 2, "1.00", "2026-04-10", data_date="2026-04-28", _change="D")]),
        ("civil_lowincome_member-2026-11-b.csv", [member(2, "H1", late, member_status=2)]),
        ("civil_lowincome_member-2026-11-c.csv", [member(4, "H2", late)]),
        ("medins_settlement-2026-05.full.csv", [bill("2026-05-4", 4, "77.00", "2026-05-10", data_date="2026-05-30")]),
    ]
    found = []
    for seed in (1, 2, 3):
        home = tmp_path / str(seed)
        paths = [*files(home / "in"), *(write(home / "in", name, rows) for name, rows in told)]
        mixed = random.Random(seed).sample(paths, len(paths))
        for piece in (mixed[:8], mixed[8:]):
            deliver(home / "workspace", rules, piece)
        report = run(home / "workspace", rules)
        found.append((report.release, content(home / "workspace", report.release)))
    assert len({release for release, _ in found}) == 1
    assert differing(found[0][1], found[1][1]) == differing(found[0][1], found[2][1]) == []
    public.mark_invented(tmp_path / "1" / "workspace")
    paid = Decimal(warned(tmp_path / "1" / "workspace")["S01-E01", number(1)]["value"])
    months = [500 + at + Decimal("0.5") for at in range(12)]
    # March was corrected twice, May replaced by a file without this bill.
    assert paid == sum(months) - months[3] + 8000 - months[5]


def test_the_same_state_again_changes_nothing_and_says_so(village: Path, rules: Catalogue):
    name = public.current(village)
    before = {path: path.stat().st_mtime_ns for path in (village / "releases" / name).rglob("*")}
    again = run(village, rules)
    assert (again.release, again.new) == (name, False)
    assert {path: path.stat().st_mtime_ns for path in (village / "releases" / name).rglob("*")} == before


def test_what_speaks_only_of_later_days_does_not_even_change_the_name(tmp_path: Path, rules: Catalogue):
    deliver(tmp_path / "workspace", rules, files(tmp_path / "in"))
    first = run(tmp_path / "workspace", rules)
    later = write(tmp_path / "in", "medins_settlement-2026-12.csv", [bill("later", 1, "90000", "2026-12-01")])
    deliver(tmp_path / "workspace", rules, [later])
    assert run(tmp_path / "workspace", rules).release == first.release


@pytest.mark.requirement("F6")
def test_a_release_that_was_lost_is_made_again_byte_for_byte(tmp_path: Path, rules: Catalogue):
    import shutil

    deliver(tmp_path / "workspace", rules, files(tmp_path / "in"))
    name = run(tmp_path / "workspace", rules).release
    kept = content(tmp_path / "workspace", name)
    shutil.rmtree(tmp_path / "workspace" / "releases")
    assert run(tmp_path / "workspace", rules).release == name
    assert differing(content(tmp_path / "workspace", name), kept) == []


# --- all or nothing --------------------------------------------------------------------------------------------------


@pytest.mark.requirement("E3")
def test_a_run_that_breaks_leaves_the_old_release_and_no_half_of_a_new_one(
    tmp_path: Path, rules: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    workspace = tmp_path / "workspace"
    deliver(workspace, rules, files(tmp_path / "in"))
    first = run(workspace, rules).release
    deliver(workspace, rules, [write(tmp_path / "in", "medins_settlement-2026-11-b.csv", [bill("x", 1, "5", "2026-11-12")])])

    def broken(*_: object) -> str:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(flagged, "hash_of", broken)
        with pytest.raises(OSError, match="no space"):
            run(workspace, rules)
    assert public.current(workspace) == first
    assert public.releases(workspace) == [first]
    second = run(workspace, rules).release
    assert public.current(workspace) == second
    assert sorted(public.releases(workspace)) == sorted([first, second])


def test_the_old_release_stays_readable_beside_the_new_one(tmp_path: Path, rules: Catalogue):
    workspace = tmp_path / "workspace"
    deliver(workspace, rules, files(tmp_path / "in"))
    public.mark_invented(workspace)
    first = run(workspace, rules).release
    before = warned(workspace)["S01-E01", number(1)]
    deliver(workspace, rules, [write(tmp_path / "in", "medins_settlement-2026-11-b.csv", [bill("x", 1, "50000", "2026-11-12")])])
    run(workspace, rules)
    after = warned(workspace)["S01-E01", number(1)]
    assert (before["grade"], after["grade"]) == ("blue", "red")
    assert before["warning_id"] == after["warning_id"]
    assert warned(workspace, release=first)["S01-E01", number(1)] == before
    assert public.explain(workspace, before["warning_id"], release=first).value == before["value"]


# --- what a warning says ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("F5")
def test_the_rows_behind_a_value_add_up_and_name_the_file_they_came_in(village: Path):
    row = warned(village)["S01-E01", number(1)]
    told = public.explain(village, row["warning_id"])
    bills = [line for line in told.rows if line.dataset == "medins_settlement"]
    assert sum(Decimal(line.columns["self_pay_amount"]) for line in bills) == Decimal(row["value"]) == Decimal(told.value)
    files_of = {one.sha256: one for one in public.deliveries(village, as_of=DAY)}
    assert {files_of[line.delivery].period for line in bills} == {f"2026-{month:02}" for month in range(1, 12)} | {"2025-12"}
    assert told.limit == {"value": "5000.00", "division": "000000", "from": told.limit["from"], "source": told.limit["source"]}
    assert told.unknown == []
    assert json.loads(json.dumps(told.as_json(), ensure_ascii=False))["rule"]["zh"] == told.rule_zh
    assert number(1) not in json.dumps(told.as_json())


@pytest.mark.requirement("E6")
def test_a_source_that_fell_silent_makes_facts_old_not_false(village: Path, rules: Catalogue):
    """Half a year later nothing new has come: nobody is found, nobody is cleared, and the reason is told with its date."""
    report = run(village, rules, date(2027, 8, 31))
    try:
        assert [(tally.count, tally.unknown > 0) for tally in report.tallies] == [(0, True)] * 3
        row = next(row for row in public.warnings(village, by="test", unknown=True) if row["indicator_id"] == "S01-E01")
        told = public.explain(village, row["warning_id"])
        assert row["grade"] == "missing"
        assert ("stale: civil_lowincome_member", "2026-11-30") in [(gap.why, gap.since) for gap in told.unknown]
    finally:
        run(village, rules)


def test_sampled_households_give_equal_hashes_on_both_engines_and_do_not_hide_the_whole(village: Path, rules: Catalogue):
    whole = public.current(village)
    told = {engine: run(village, rules, engine=engine, sample=2) for engine in ("sql", "reference")}
    assert told["sql"].hash == told["reference"].hash
    assert told["sql"].release == told["reference"].release != whole
    assert public.current(village) == whole


def test_households_asked_for_by_number_are_found_or_the_line_is_named(village: Path, rules: Catalogue):
    assert run(village, rules, households=["H1"]).tallies[0].count == 2
    with pytest.raises(public.HouseholdNotKnown, match="line 2"):
        run(village, rules, households=["K2", "H99"])


# --- who looks -------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("B5")
def test_whoever_asks_for_names_is_written_down_before_they_are_told(village: Path):
    at = datetime(2026, 11, 21, 3, tzinfo=UTC)
    row = warned(village)["S01-E01", number(1)]
    assert public.names(village, [row["warning_id"], "NOSUCHWARNING234"], by="zhou", at=at) == {
        row["warning_id"]: person(1, "")["name"]
    }
    look = json.loads((village / "vault" / "looks.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (look["by"], look["at"], look["count"]) == ("zhou", at.isoformat(), 1)
    assert number(1) not in json.dumps(look)


def test_without_names_nobody_is_told_and_no_look_is_written(village: Path):
    looks = village / "vault" / "looks.jsonl"
    before = looks.read_text(encoding="utf-8") if looks.exists() else ""
    rows = public.warnings(village, by="desk", named=False)
    assert {row["subject"] for row in rows} == {""}
    assert (looks.read_text(encoding="utf-8") if looks.exists() else "") == before


def test_outside_an_invented_workspace_people_are_shown_by_the_number_of_this_workspace(tmp_path: Path, rules: Catalogue):
    deliver(tmp_path / "workspace", rules, files(tmp_path / "in"))
    run(tmp_path / "workspace", rules)
    shown = {row["subject"] for row in public.warnings(tmp_path / "workspace", by="test") if row["subject_kind"] == "person"}
    assert shown
    assert not shown & {number(one) for one in range(1, 7)}


# --- records without a right number ----------------------------------------------------------------------------------


def test_a_bill_under_a_mistyped_number_counts_for_the_person_of_that_name(tmp_path: Path, rules: Catalogue):
    """And one that could be anybody's counts for nobody."""
    workspace = tmp_path / "workspace"
    wrong = number(1)[:16] + str((int(number(1)[16]) + 1) % 10) + number(1)[17]
    more = [
        bill("typed wrong", 1, "40000", "2026-11-12", id_no=wrong),
        bill("other name", 1, "70000", "2026-11-12", id_no=wrong, name="欧阳无名"),
    ]
    deliver(workspace, rules, [*files(tmp_path / "in"), write(tmp_path / "in", "medins_settlement-2026-11-b.csv", more)])
    public.mark_invented(workspace)
    run(workspace, rules)
    paid = sum(500 + at + Decimal("0.5") for at in range(12))
    row = warned(workspace)["S01-E01", number(1)]
    assert (Decimal(row["value"]), row["grade"]) == (paid + 40000, "red")
    assert "typed wrong" in {line.record_id for line in public.explain(workspace, row["warning_id"]).rows}
    unlinked = public.unlinked(workspace)
    assert unlinked["alone"] == 1


def test_a_record_that_only_resembles_somebody_waits_for_a_person(tmp_path: Path, rules: Catalogue):
    """Name and birth date alone: linked to nobody, and on the list with its reasons."""
    workspace = tmp_path / "workspace"
    known = person(3, "K1")
    likely = member(3, "H9", record_id="no number", id_no="", birth_date=known["birth_date"])
    deliver(workspace, rules, [*files(tmp_path / "in"), write(tmp_path / "in", "civil_lowincome_member-2026-11-b.csv", [likely])])
    report = run(workspace, rules)
    rows = public.review(workspace, by="steward", at=datetime(2026, 11, 21, 3, tzinfo=UTC), release=report.release)
    assert [(row["dataset"], row["record_id"]) for row in rows] == [("civil_lowincome_member", "no number")]
    assert 0.1 <= rows[0]["certainty"] < 0.95
    assert "name:same birth_date:same" in rows[0]["evidence"]
    assert public.unlinked(workspace)["alone"] == 1


# --- killed ----------------------------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
from jiuzhu.registry import public
from jiuzhu.registry.release import make
from tests.integration.registry.village import few, run

at, workspace = sys.argv[1], Path(sys.argv[2])

def killed(*_args, **_others):
    os.kill(os.getpid(), signal.SIGKILL)

{"rules": lambda: setattr(make, "flagged", killed),
 "swap": lambda: setattr(Path, "rename", killed),
 "pointer": lambda: setattr(make, "point_at", killed)}[at]()
run(workspace, few(public.catalogue(), "S01-E01", "S01-E02", "S01-E04"))
"""


@pytest.mark.requirement("E3")
def test_a_run_killed_at_any_step_leaves_nothing_half_and_the_next_one_gives_the_same_bytes(
    tmp_path: Path, village: Path, rules: Catalogue
):
    import subprocess
    import sys

    workspace = tmp_path / "workspace"
    deliver(workspace, rules, files(tmp_path / "in"))
    name = public.current(village)
    for step in ("rules", "swap", "pointer"):
        done = subprocess.run([sys.executable, "-c", KILLED, step, str(workspace)], cwd=Path(__file__).parents[3], check=False)
        assert done.returncode == -9, step
        assert public.current(workspace) is None, step
        assert public.releases(workspace) == ([name] if step == "pointer" else []), step
    assert run(workspace, rules).release == public.current(workspace) == name
    assert differing(content(workspace, name), content(village, name)) == []
