"""One look at a time: what it adds, when everybody is asked, what survives a kill, and how long it took."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.registry import public
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.public import evaluated
from jiuzhu.registry.stream import look as looking
from jiuzhu.registry.stream.follow import followed
from jiuzhu.registry.stream.log import Log, StreamBroken
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import DAY, bill, deliver, files, instant, member, number, run, write


def look(workspace: Path, rules: Catalogue, day=DAY, clock=lambda: 0.0) -> public.LookReport:
    return public.look(workspace, as_of=day, now=instant(day), catalogue=rules, clock=clock)


def arrive(workspace: Path, rules: Catalogue, name: str, rows: list[dict[str, Any]]) -> None:
    deliver(workspace, rules, [write(workspace.parent / "more", name, rows)])


def changes(workspace: Path, after: int = 0) -> list[tuple[str, str, str, str]]:
    return sorted((one.indicator_id, one.change, one.grade_before, one.grade) for one in public.stream(workspace, after=after))


@pytest.mark.feature("SF029")
def test_a_bill_raises_the_warning_at_once_and_its_retraction_lowers_it_again(workspace: Path, rules: Catalogue):
    arrive(workspace, rules, "medins_settlement-2026-11-b.csv", [bill("big", 1, "90000", "2026-11-12")])
    first = look(workspace, rules)
    assert (first.whole, first.deliveries, first.first) == ("", 1, 1)
    raised = [one for one in public.stream(workspace) if one.indicator_id == "S01-E01"]
    assert [(one.change, one.grade, one.value) for one in raised] == [("raised", "red", "96072.00")]
    assert ("medins_settlement", "big") in raised[0].rows
    arrive(
        workspace,
        rules,
        "medins_settlement-2026-11-c.csv",
        [bill("big", 1, "90000", "2026-11-12", data_date="2026-11-13", _change="D")],
    )
    second = look(workspace, rules)
    assert second.first == first.last + 1
    back = [one for one in public.stream(workspace, after=first.last) if one.warning_id == raised[0].warning_id]
    assert [(one.change, one.value) for one in back] == [("lowered", "6072.00")]


@pytest.mark.feature("SF114")
def test_a_bill_is_felt_at_once_and_turns_the_trend_of_its_household_with_the_next_release(
    tmp_path: Path, rules: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    """The same bills month after month for two families; then a great one, of October, comes for the first."""
    monkeypatch.setattr(looking, "WHOLE_SHARE", 10)
    workspace = tmp_path / "workspace"
    known = [path for path in files(tmp_path / "in") if "settlement" not in path.name]
    months = [f"{2025 + (7 + at) // 12}-{(7 + at) % 12 + 1:02}" for at in range(16)]  # August 2025 to November 2026
    paid = {month: [bill(f"{month}-{one}", one, "500", f"{month}-10") for one in (1, 4)] for month in months}
    deliver(
        workspace, rules, [*known, *(write(tmp_path / "in", f"medins_settlement-{at}.csv", rows) for at, rows in paid.items())]
    )
    run(workspace, rules)

    def medical() -> tuple[int, int]:
        return next((one.known, one.worse) for one in public.tendencies(workspace, as_of=DAY) if one.strand == "medical")

    households = public.release(workspace).households
    assert medical() == (households, 0)
    arrive(workspace, rules, "medins_settlement-2026-10-b.csv", [bill("big", 1, "90000", "2026-10-12")])
    report = look(workspace, rules)
    assert report.whole == ""
    assert ("S01-E01", "raised", "red") in [(code, change, grade) for code, change, _, grade in changes(workspace)]
    assert medical() == (households, 0), "trends are those of the release"
    assert run(workspace, rules).repaired == 0
    assert medical() == (households, 1)


def test_who_did_not_hear_of_it_is_not_asked(workspace: Path, rules: Catalogue):
    """Persons 4 to 6 share a household; nothing ties them to the family of 1."""
    arrive(workspace, rules, "medins_settlement-2026-11-b.csv", [bill("big", 1, "90000", "2026-11-12")])
    assert look(workspace, rules).asked == 3


def test_a_corrected_row_moves_from_one_person_to_another(workspace: Path, rules: Catalogue):
    moved = bill("2026-03-1", 4, "80000", "2026-03-10", data_date="2026-03-20", _change="U")
    arrive(workspace, rules, "medins_settlement-2026-03-b.csv", [moved])
    look(workspace, rules)
    told = {(one.household_id, one.change): one for one in public.stream(workspace) if one.indicator_id in ("S01-E01", "S01-E02")}
    assert {household for household, _ in told} == {"H1", "K2"}


def test_nothing_new_adds_nothing(workspace: Path, rules: Catalogue):
    report = look(workspace, rules)
    assert (report.deliveries, report.entries, report.latency) == (0, {}, None)


# --- when everybody is asked -----------------------------------------------------------------------------------------


def test_when_more_is_known_of_everybody_a_whole_run_is_made_and_says_why(workspace: Path, rules: Catalogue):
    """Bills of 2024: what was before the first day known is known now."""
    before = public.current(workspace)
    arrive(workspace, rules, "medins_settlement-2024-11.csv", [bill("old", 1, "10", "2024-11-12")])
    report = look(workspace, rules)
    assert report.whole.startswith("what is known of everybody changed: medins_settlement")
    assert report.release == public.current(workspace) != before


def test_another_day_is_a_whole_run_whose_differences_are_entries(workspace: Path, rules: Catalogue):
    later = DAY.replace(month=12)
    report = look(workspace, rules, day=later)
    assert report.whole == "the day moved from 2026-11-20 to 2026-12-20"
    assert {one.release for one in public.stream(workspace)} == {report.release}
    assert changes(workspace)


def test_a_delivery_that_no_longer_counts_is_a_whole_run(workspace: Path, rules: Catalogue):
    arrive(workspace, rules, "medins_settlement-2026-11-b.csv", [bill("big", 1, "90000", "2026-11-12")])
    look(workspace, rules)
    sent = next(
        one for one in public.deliveries(workspace, as_of=DAY) if one.accepted == 1 and one.dataset == "medins_settlement"
    )
    public.verdict(workspace, sent.delivery, "send_back", by="steward", because="wrong county", at=instant(DAY))
    report = look(workspace, rules)
    assert "do not count any more" in report.whole
    net: dict[str, str] = {}
    for one in public.stream(workspace):
        net.setdefault(one.warning_id, one.grade_before)
    last = {one.warning_id: one.grade for one in public.stream(workspace)}
    assert net == last


# --- release and stream -----------------------------------------------------------------------------------------------


def test_a_run_that_contradicts_the_stream_is_reported_and_mended_by_marked_entries(
    workspace: Path, rules: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    arrive(workspace, rules, "medins_settlement-2026-11-b.csv", [bill("big", 1, "90000", "2026-11-12")])
    with monkeypatch.context() as patch:  # a look that sees half of what it should
        found = looking._standing
        patch.setattr(looking, "_standing", lambda *given: ({}, found(*given)[1]))
        wrong = look(workspace, rules)
    report = run(workspace, rules)
    marked = [one for one in public.stream(workspace, after=wrong.last) if one.marked]
    assert report.repaired == report.entries == len(marked) > 0
    assert run(workspace, rules).repaired == 0


def test_the_drawer_can_say_why_a_warning_of_the_stream_stands(workspace: Path, rules: Catalogue):
    arrive(workspace, rules, "medins_settlement-2026-11-b.csv", [bill("big", 5, "90000", "2026-11-12")])
    look(workspace, rules)
    new = next(one for one in public.stream(workspace) if one.change == "new")
    told = public.explain(workspace, new.warning_id)
    assert (told.value, told.grade) == (new.value, new.grade)
    assert {(row.dataset, row.record_id) for row in told.rows} == set(new.rows)
    assert len(next(row for row in told.rows if row.record_id == "big").delivery) == 64
    assert public.names(workspace, [new.warning_id], by="zhou", at=instant(DAY))[new.warning_id].startswith("东方")


def bases(workspace: Path) -> set[str]:
    return {path.name for path in (workspace / "stream" / "bases").iterdir()}


def looked_at(workspace: Path, rules: Catalogue, name: str, person: int) -> str:
    """The small base of a look at one more bill."""
    known = bases(workspace) if (workspace / "stream" / "bases").exists() else set()
    arrive(workspace, rules, f"medins_settlement-2026-11-{name}.csv", [bill(name, person, "90000", "2026-11-12")])
    look(workspace, rules)
    (made,) = bases(workspace) - known
    return made


def explained(workspace: Path) -> list[str]:
    """What stands, each warning told with its rows."""
    standing = {row["warning_id"] for row in public.warnings(workspace, by="test", at=instant(DAY))}
    for one in public.stream(workspace):
        (standing.add if one.grade not in ("", "missing") else standing.discard)(one.warning_id)
    assert all(public.explain(workspace, one).rows for one in standing)
    return sorted(standing)


def test_the_small_bases_of_looks_before_the_last_release_are_removed_and_all_that_stands_is_explained(
    workspace: Path, rules: Catalogue
):
    first, second = looked_at(workspace, rules, "b", 1), looked_at(workspace, rules, "c", 5)
    before = explained(workspace)
    run(workspace, rules)
    assert bases(workspace) == {first, second}, "whoever read the stream before the run may still ask"
    assert explained(workspace) == before
    third = looked_at(workspace, rules, "d", 2)
    before = explained(workspace)
    run(workspace, rules)
    assert bases(workspace) == {third}
    assert explained(workspace) == before
    fourth = looked_at(workspace, rules, "e", 4)
    assert bases(workspace) == {third, fourth}
    assert explained(workspace)


def test_a_run_over_some_households_or_over_nothing_new_removes_no_small_base(workspace: Path, rules: Catalogue):
    first = looked_at(workspace, rules, "b", 1)
    run(workspace, rules)
    second = looked_at(workspace, rules, "c", 5)
    run(workspace, rules, households=["H1"])
    assert bases(workspace) == {first, second}
    run(workspace, rules)
    run(workspace, rules)
    assert bases(workspace) == {second}


@pytest.mark.requirement("B1")
def test_no_name_or_number_of_a_person_stands_in_the_stream(workspace: Path, rules: Catalogue):
    arrive(workspace, rules, "medins_settlement-2026-11-b.csv", [bill("big", 1, "90000", "2026-11-12")])
    look(workspace, rules)
    entries = str(public.stream(workspace))
    content = b"".join(path.read_bytes() for path in (workspace / "stream").rglob("*") if path.is_file())
    assert "S01-E01" in entries
    for secret in (number(1), "东方"):
        assert secret not in entries
        assert secret.encode() not in content


# --- killed -----------------------------------------------------------------------------------------------------------


def test_a_batch_cut_off_at_any_byte_is_no_batch_and_the_next_look_makes_it_again(workspace: Path, rules: Catalogue):
    arrive(workspace, rules, "medins_settlement-2026-11-b.csv", [bill("one", 1, "90000", "2026-11-12")])
    look(workspace, rules)
    path = Log(Workspace(workspace)).path
    kept = path.read_bytes()
    arrive(workspace, rules, "medins_settlement-2026-11-c.csv", [bill("two", 4, "90000", "2026-11-12")])
    report = look(workspace, rules)
    whole = path.read_bytes()
    acknowledged = public.stream(workspace)
    before = [one for one in acknowledged if one.number < report.first]
    for cut in range(len(kept), len(whole)):
        path.write_bytes(whole[:cut])
        assert [batch.last for batch in Log(Workspace(workspace)).batches()][-1] == report.first - 1, cut
    assert public.stream(workspace) == before
    again = look(workspace, rules)
    assert (again.first, again.last, again.deliveries) == (report.first, report.last, 1)
    assert public.stream(workspace) == acknowledged
    assert len(path.read_bytes()) == len(whole)


def test_a_torn_end_is_cut_off_before_the_next_batch(workspace: Path, rules: Catalogue):
    path = Log(Workspace(workspace)).path
    with path.open("ab") as file:
        file.write(b"\0\0\0\x40half a batch")
    arrive(workspace, rules, "medins_settlement-2026-11-b.csv", [bill("one", 1, "90000", "2026-11-12")])
    report = look(workspace, rules)
    assert [one.number for one in public.stream(workspace)] == list(range(1, report.last + 1))


def test_a_batch_changed_in_the_middle_is_a_fault_and_not_passed_over(workspace: Path, rules: Catalogue):
    for at, name in enumerate("bc"):
        arrive(workspace, rules, f"medins_settlement-2026-11-{name}.csv", [bill(name, 1 + 3 * at, "90000", "2026-11-12")])
        look(workspace, rules)
    path = Log(Workspace(workspace)).path
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(StreamBroken, match="others follow it"):
        public.stream(workspace)


def test_a_run_killed_before_it_joined_the_stream_is_joined_by_the_next_look(
    workspace: Path, rules: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    arrive(workspace, rules, "medins_settlement-2026-11-b.csv", [bill("one", 1, "90000", "2026-11-12")])
    with monkeypatch.context() as patch:
        patch.setattr(evaluated, "join", lambda *given: None)
        made = run(workspace, rules)
    look(workspace, rules)
    stands = followed(Workspace(workspace))
    assert stands is not None
    assert stands.begun.release == made.release
    assert ("S01-E01", "raised", "yellow", "red") in [(a, b, "yellow", d) for a, b, _, d in changes(workspace)]


# --- how long ---------------------------------------------------------------------------------------------------------


@pytest.mark.feature("SF029")
def test_a_look_measures_from_the_delivery_to_the_entries(workspace: Path, rules: Catalogue):
    for at, name in enumerate("bcd"):
        arrive(workspace, rules, f"medins_settlement-2026-11-{name}.csv", [bill(name, 1, "90000", "2026-11-12")])
        newest = max((workspace / "archive" / "medins_settlement").glob("*/manifest.json"), key=lambda path: path.stat().st_mtime)
        os.utime(newest, (1_000_000, 1_000_000))
        ticks = iter((1_000_000.5, 1_000_002.0 + at))
        report = look(workspace, rules, clock=lambda ticks=ticks: next(ticks))
        assert (report.seconds, report.took) == (2.0 + at, 1.5 + at)
    told = public.latency(workspace)
    assert told is not None
    assert (told.looks, told.p50, told.p95, told.longest, told.last.seconds) == (3, 3.0, 4.0, 4.0, 4.0)


def test_a_member_who_leaves_changes_the_answers_of_those_who_stay(workspace: Path, rules: Catalogue):
    arrive(workspace, rules, "civil_lowincome_member-2026-11-b.csv", [member(2, "H1", "2026-11-15", member_status=2)])
    report = look(workspace, rules)
    assert report.asked == 3
    assert public.run(workspace, as_of=DAY, now=instant(DAY), catalogue=replace(rules)).repaired == 0


# --- one household ----------------------------------------------------------------------------------------------------


def test_a_household_is_read_with_the_row_that_came_last(workspace: Path, rules: Catalogue):
    asked = {"by": "officer", "purpose": "visit", "at": instant(DAY)}
    before = public.household(workspace, "H1", **asked)
    bills = {row.record_id for row in before.rows["medins_settlement"]}
    arrive(workspace, rules, "medins_settlement-2026-11-b.csv", [bill("big", 1, "90000", "2026-11-12")])
    assert {row.record_id for row in public.household(workspace, "H1", **asked).rows["medins_settlement"]} == bills
    look(workspace, rules)
    after = public.household(workspace, "H1", **asked)
    assert {row.record_id for row in after.rows["medins_settlement"]} == bills | {"big"}
    assert after.people == before.people
    big = next(row for row in after.rows["medins_settlement"] if row.record_id == "big")
    assert (big.columns["self_pay_amount"], big.age) == ("90000.00", (DAY - big.sent).days)
    assert public.household(workspace, "K2", **asked).release == before.release


def test_a_household_says_which_sources_are_silent(workspace: Path):
    told = public.household(workspace, "H1", by="officer", purpose="visit", at=instant(DAY))
    assert told.silent["tax_business"] == "missing"
    assert not set(told.silent) & set(told.rows)


def test_whoever_asks_for_a_household_is_written_down_with_all_its_people(workspace: Path):
    told = public.household(workspace, "H1", by="officer", purpose="visit", at=instant(DAY))
    last = json.loads((workspace / "vault" / "looks.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (last["by"], last["purpose"], last["at"]) == ("officer", "visit", instant(DAY).isoformat())
    assert last["persons"] == list(told.people)
    assert last["count"] == 2


def test_a_household_nobody_knows_is_refused(workspace: Path):
    with pytest.raises(public.NoHousehold, match="NOBODY"):
        public.household(workspace, "NOBODY", by="officer", purpose="visit", at=instant(DAY))


def test_a_row_changes_hands_when_the_first_member_comes_to_the_household_it_names(workspace: Path, rules: Catalogue):
    """As long as nobody lives in H9 its income is that of the household of its head; then person 3 moves there."""
    known = {"record_id": "h9", "household_id": "H9", "head_id_no": number(4), "head_name": "东方", "category": 1}
    known |= {"member_count": 1, "monthly_income_per_capita": "750", "annual_income_total": "9000", "living_address": "九号"}
    known |= {"valid_from": "2026-01-05", "household_status": 1, "region_code": "370502001001", "data_date": "2026-11-02"}
    arrive(workspace, rules, "civil_lowincome_household-2026-11.csv", [known])
    run(workspace, rules)
    before = [one for one in public.warnings(workspace, by="test") if one["indicator_id"] == "S01-E04"]
    assert [one["household_id"] for one in before] == ["K2"]
    arrive(workspace, rules, "civil_lowincome_member-2026-11-b.csv", [member(3, "H9")])
    assert look(workspace, rules).whole == ""
    assert ("S01-E04", "closed", "red", "") in changes(workspace)
    assert run(workspace, rules).repaired == 0
