"""What a release rested on and no longer stands: listed with the warning, the record, what changed and when."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import bill, deliver, few, files, member, number, run, write

LATER = date(2026, 12, 20)


@pytest.fixture(scope="module")
def rules(national: Catalogue) -> Catalogue:
    return few(national, "S01-E01", "S01-E02", "S01-E04")


@pytest.fixture
def village(tmp_path: Path, rules: Catalogue) -> Path:
    workspace = tmp_path / "workspace"
    deliver(workspace, rules, files(tmp_path / "in"))
    public.mark_invented(workspace)
    run(workspace, rules)
    return workspace


def send(workspace: Path, rules: Catalogue, name: str, rows: list[dict[str, Any]]) -> None:
    deliver(workspace, rules, [write(workspace.parent / "in", name, rows)])


def rested(workspace: Path, **other: Any) -> list[public.RestedOn]:
    return public.rested_on_retracted(workspace, as_of=LATER, **other)


def warned(workspace: Path, one: int) -> str:
    rows = public.warnings(workspace, by="test")
    return next(row["warning_id"] for row in rows if (row["indicator_id"], row["subject"]) == ("S01-E01", number(one)))


@pytest.mark.requirement("E2")
def test_nothing_is_listed_while_nothing_changed(village: Path, rules: Catalogue):
    assert rested(village) == []
    send(village, rules, "medins_settlement-2026-12.csv", [bill("new", 1, "10", "2026-12-02")])
    assert rested(village) == []


@pytest.mark.requirement("E2")
def test_a_retracted_row_names_every_warning_that_rested_on_it(village: Path, rules: Catalogue):
    gone = bill("2026-04-1", 1, "1", "2026-04-10", data_date="2026-12-05", _change="D")
    send(village, rules, "medins_settlement-2026-12.csv", [gone])
    (file,) = [one.sha256 for one in public.deliveries(village, as_of=LATER) if one.period == "2026-12"]
    told = [one for one in rested(village) if one.indicator_id == "S01-E01"]
    assert [(one.warning_id, one.dataset, one.record_id, one.what) for one in told] == [
        (warned(village, 1), "medins_settlement", "2026-04-1", "retracted")
    ]
    assert (told[0].on, told[0].delivery, told[0].household_id) == (date(2026, 12, 5), file, "H1")
    assert {one.record_id for one in rested(village)} == {"2026-04-1"}


@pytest.mark.requirement("E2")
def test_a_correction_says_what_was_and_what_is(village: Path, rules: Catalogue):
    right = bill("2026-03-1", 1, "9000.00", "2026-03-10", data_date="2026-03-20", _change="U")
    send(village, rules, "medins_settlement-2026-03-b.csv", [right])
    (told,) = [one for one in rested(village) if one.indicator_id == "S01-E01"]
    assert (told.what, told.record_id, told.on) == ("corrected", "2026-03-1", date(2026, 3, 20))
    assert told.columns == {"self_pay_amount": ("503.50", "9000.00")}


@pytest.mark.requirement("E2")
def test_a_correction_of_what_no_rule_reads_is_not_listed(village: Path, rules: Catalogue):
    right = bill("2026-03-1", 1, "503.50", "2026-03-10", data_date="2026-03-20", hospital_name="市医院", _change="U")
    send(village, rules, "medins_settlement-2026-03-b.csv", [right])
    # Sources are compared by it, so the release keeps it; these rules do not read it.
    send(village, rules, "civil_lowincome_member-2026-11-b.csv", [member(1, "H1", "2026-11-15", self_care=2)])
    assert rested(village) == []


@pytest.mark.requirement("E2")
def test_a_row_that_turns_out_to_be_somebody_elses_is_listed_without_numbers(village: Path, rules: Catalogue):
    moved = bill("2026-03-1", 4, "503.50", "2026-03-10", data_date="2026-03-20", _change="U")
    send(village, rules, "medins_settlement-2026-03-b.csv", [moved])
    told = [one for one in rested(village) if one.indicator_id == "S01-E01"]
    assert [(one.warning_id, one.columns) for one in told] == [(warned(village, 1), {"id_no": ("", "")})]


@pytest.mark.requirement("E2")
def test_what_a_state_says_of_a_later_day_is_news_and_no_correction(village: Path, rules: Catalogue):
    send(village, rules, "civil_lowincome_member-2026-12.csv", [member(1, "H1", "2026-12-01", member_status=2)])
    assert rested(village) == []
    send(village, rules, "civil_lowincome_member-2026-11-b.csv", [member(1, "H1", "2026-11-15", member_status=2)])
    # The newest word is still that of December.
    assert rested(village) == []


@pytest.mark.requirement("E2")
def test_a_state_that_was_wrong_on_the_day_itself_is_listed(village: Path, rules: Catalogue):
    send(village, rules, "civil_lowincome_member-2026-11-b.csv", [member(1, "H1", "2026-11-15", member_status=2)])
    told = {(one.dataset, one.record_id, one.what) for one in rested(village)}
    assert told == {("civil_lowincome_member", "m1", "corrected")}


@pytest.mark.requirement("E2")
def test_rows_a_full_file_left_out_and_files_sent_back_are_listed(village: Path, rules: Catalogue):
    send(
        village,
        rules,
        "medins_settlement-2026-05.full.csv",
        [bill("2026-05-4", 4, "77.00", "2026-05-10", data_date="2026-05-30")],
    )
    (june,) = [one.delivery for one in public.deliveries(village, as_of=LATER) if one.period == "2026-06"]
    at = datetime(2026, 11, 22, tzinfo=UTC)
    public.verdict(village, june, "send_back", by="zhou", because="wrong county", at=at)
    told = {(one.record_id, one.what, one.on) for one in rested(village) if one.warning_id == warned(village, 1)}
    assert told == {("2026-05-1", "replaced", None), ("2026-06-1", "withdrawn", None)}


@pytest.mark.requirement("E2")
def test_the_next_run_looks_at_the_household_anyway_and_the_old_release_still_says_what_it_rested_on(
    village: Path, rules: Catalogue
):
    first = public.current(village)
    gone = [
        bill(f"2026-{month:02}-1", 1, "1", f"2026-{month:02}-10", data_date="2026-11-19", _change="D") for month in range(3, 11)
    ]
    send(village, rules, "medins_settlement-2026-11-b.csv", gone)
    before = warned(village, 1)
    run(village, rules)
    assert before not in {row["warning_id"] for row in public.warnings(village, by="test")}
    assert rested(village) == []
    old = [one for one in rested(village, release=first) if one.warning_id == before]
    assert [one.record_id for one in old] == [f"2026-{month:02}-1" for month in range(3, 11)]
    assert {one.what for one in old} == {"retracted"}
