"""Records that come alone: what one adds at once, what waits for the next look, what a restart and a kill leave."""

from __future__ import annotations

import io
import json
import shutil
import time
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jiuzhu.portals.cli import alone as command
from jiuzhu.portals.cli.main import main
from jiuzhu.registry import public
from jiuzhu.registry.ingest.archive import deliveries
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.stream import settle as settling
from jiuzhu.registry.stream.log import Log
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import DAY, bill, deliver, instant, number, person, run, write

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)

NAMED = (number(1).encode(), person(1, "")["name"].encode())


@pytest.fixture
def door(workspace: Path, rules: Catalogue) -> public.Receiving:
    return public.receiving(workspace, catalogue=rules)


def line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode()


def take(door: public.Receiving, *rows: dict[str, Any], **other: Any) -> public.Received:
    return door.take("medins_settlement", b"\n".join(line(row) for row in rows), **other)


def changes(found: public.Received, code: str = "S01-E01") -> list[tuple[str, str, str]]:
    return [(one.change, one.grade, one.value) for one in found.entries if one.indicator_id == code]


def mended(workspace: Path, rules: Catalogue) -> tuple[int, int]:
    """What a release of everything adds to the stream, and how much of it as a fault."""
    report = run(workspace, rules)
    return report.entries, report.repaired


# --- answered at once ------------------------------------------------------------------------------------------------


@pytest.mark.feature("SF029")
def test_a_bill_raises_the_warning_before_the_call_returns_and_its_retraction_lowers_it(
    workspace: Path, rules: Catalogue, door: public.Receiving
):
    raised = take(door, bill("big", 1, "90000", "2026-11-12"))
    assert (raised.accepted, raised.waits, raised.refused) == (1, (), ())
    assert changes(raised) == [("raised", "red", "96072.00")]
    assert [one.number for one in public.stream(workspace)] == [one.number for one in raised.entries]
    back = take(door, bill("big", 1, "90000", "2026-11-12", data_date="2026-11-13", _change="D"))
    assert [(change, value) for change, _, value in changes(back)] == [("lowered", "6072.00")]
    assert mended(workspace, rules) == (0, 0)


def test_a_correction_takes_the_place_of_what_was_said_before_also_of_whom(
    workspace: Path, rules: Catalogue, door: public.Receiving
):
    take(door, bill("big", 1, "90000", "2026-11-12"))
    moved = take(door, bill("big", 4, "80000", "2026-11-12", data_date="2026-11-13", _change="U"))
    assert {one.household_id for one in moved.entries} == {"H1", "K2"}
    of_the_base = take(door, bill("2026-03-1", 4, "70000", "2026-03-10", data_date="2026-11-13", _change="U"))
    assert of_the_base.waits == ()
    assert {one.household_id for one in of_the_base.entries} >= {"K2"}
    assert mended(workspace, rules) == (0, 0)


def test_an_older_version_that_comes_later_changes_nothing(workspace: Path, rules: Catalogue, door: public.Receiving):
    take(door, bill("big", 1, "90000", "2026-11-12", data_date="2026-11-14"))
    assert take(door, bill("big", 1, "10", "2026-11-12", data_date="2026-11-13", _change="U")).entries == ()
    assert take(door, bill("2026-11-1", 1, "1", "2026-11-10", data_date="2026-11-02", _change="D")).entries == ()
    assert mended(workspace, rules) == (0, 0)


def test_the_same_record_twice_counts_once(workspace: Path, rules: Catalogue, door: public.Receiving):
    assert take(door, bill("big", 1, "90000", "2026-11-12")).entries
    assert take(door, bill("big", 1, "90000", "2026-11-12"), bill("big", 1, "90000", "2026-11-12")).entries == ()
    assert mended(workspace, rules) == (0, 0)


def test_many_together_are_answered_like_one_after_the_other(
    workspace: Path, rules: Catalogue, door: public.Receiving, tmp_path: Path
):
    rows = [bill(f"n{at}", 1 + at % 6, f"{700 * at}", "2026-11-1" + str(at % 8)) for at in range(24)]
    rows.insert(20, bill("n3", 5, "9", "2026-11-13", data_date="2026-11-14", _change="U"))
    other = tmp_path / "other"
    shutil.copytree(workspace, other)
    alone = public.receiving(other, catalogue=rules)
    for row in rows:
        take(alone, row)
    take(door, *rows)
    standing = [{one.warning_id: (one.grade, one.value) for one in public.stream(folder)} for folder in (workspace, other)]
    assert standing[0] == standing[1] != {}
    assert mended(workspace, rules) == mended(other, rules) == (0, 0)


# --- read at once ----------------------------------------------------------------------------------------------------


def test_a_warning_raised_by_a_record_is_explained_by_that_record(workspace: Path, door: public.Receiving):
    entry = next(one for one in take(door, bill("big", 1, "90000", "2026-11-12")).entries if one.indicator_id == "S01-E01")
    assert ("medins_settlement", "big") in entry.rows
    told = public.explain(workspace, entry.warning_id)
    assert (told.grade, told.value) == ("red", "96072.00")
    row = next(one for one in told.rows if one.record_id == "big")
    assert (row.delivery, row.columns["self_pay_amount"]) == ("", "90000.00")


@pytest.mark.feature("SF283")
def test_what_came_alone_stands_in_the_file_of_the_household_with_its_age(workspace: Path, door: public.Receiving):
    def rows() -> dict[str, public.KnownRow]:
        found = public.household(workspace, "H1", by="test", purpose="verification", at=AT)
        return {row.record_id: row for row in found.rows["medins_settlement"]}

    def bills() -> dict[str, str]:
        return {record: row.columns["self_pay_amount"] for record, row in rows().items()}

    before = bills()
    take(door, bill("big", 1, "90000", "2026-11-12"))
    assert bills() == {**before, "big": "90000.00"}
    big = rows()["big"]
    assert (big.sent, big.age, big.source) == (date(2026, 11, 12), 8, "医疗保障")
    take(door, bill("big", 1, "0", "2026-11-12", data_date="2026-11-13", _change="D"))
    take(door, bill("2026-11-1", 1, "7", "2026-11-10", data_date="2026-11-13", _change="U"))
    assert bills() == {**before, "2026-11-1": "7.00"}


# --- what waits ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dataset", "row"),
    [
        ("police_population", person(7, "K1")),
        ("medins_settlement", bill("stranger", 9, "90000", "2026-11-12")),
        ("medins_settlement", bill("nameless", 1, "90000", "2026-11-12", id_no="370502")),
        ("medins_settlement", bill("tomorrow", 1, "90000", "2026-11-12", data_date="2026-11-21")),
        ("medins_settlement", bill("early", 1, "90000", "2024-11-12")),
        ("medins_settlement", bill("2026-10-1", 1, "90000", "2026-10-10")),
    ],
    ids=[
        "who lives where",
        "somebody new",
        "a wrong number",
        "a later day",
        "a time of which nothing was known",
        "two of one day",
    ],
)
def test_what_cannot_be_said_at_once_is_kept_and_answered_by_the_next_look(
    workspace: Path, rules: Catalogue, door: public.Receiving, dataset: str, row: dict[str, Any]
):
    found = door.take(dataset, line(row))
    assert (found.accepted, len(found.waits), found.entries) == (1, 1, ())
    report = public.look(workspace, as_of=DAY, now=instant(DAY), catalogue=rules, clock=lambda: 0.0)
    assert report.deliveries == 1
    assert mended(workspace, rules)[1] == 0


def test_after_what_waits_its_corrections_wait_too(door: public.Receiving):
    take(door, bill("2026-10-1", 1, "90000", "2026-10-10"))
    assert [one.why for one in take(door, bill("2026-10-1", 1, "5", "2026-10-10", data_date="2026-11-19")).waits] != []


def test_those_whom_a_look_read_wait_and_others_do_not(workspace: Path, rules: Catalogue, door: public.Receiving):
    take(door, bill("early", 1, "500", "2026-11-11"))
    deliver(
        workspace,
        rules,
        [write(workspace.parent / "more", "medins_settlement-2026-11-b.csv", [bill("file", 1, "90000", "2026-11-12")])],
    )
    public.look(workspace, as_of=DAY, now=instant(DAY), catalogue=rules, clock=lambda: 0.0)
    assert [one.why[:6] for one in take(door, bill("late", 2, "700", "2026-11-13")).waits] == ["a look"]
    assert take(door, bill("other", 4, "60000", "2026-11-13")).waits == ()
    public.look(workspace, as_of=DAY, now=instant(DAY), catalogue=rules, clock=lambda: 0.0)
    assert mended(workspace, rules)[1] == 0


# --- what is not taken -----------------------------------------------------------------------------------------------


def test_a_bad_record_is_refused_in_words_and_the_good_one_beside_it_is_taken(door: public.Receiving):
    found = take(door, bill("bad", 1, "much", "2026-11-12"), bill("good", 1, "90000", "2026-11-12"))
    assert [(one.line, one.column, one.reason) for one in found.refused] == [(1, "total_amount", "bad_number")]
    assert found.refused[0].next
    assert (found.accepted, found.waits) == (1, ())


def test_a_source_speaks_only_for_its_divisions(door: public.Receiving):
    found = take(door, bill("far", 1, "90000", "2026-11-12"), divisions=["370503"])
    assert [one.reason for one in found.refused] == ["other_division"]
    assert found.accepted == 0


def test_a_dataset_nobody_declared_is_refused(door: public.Receiving):
    with pytest.raises(public.NoDataset, match="medical_bills"):
        door.take("medical_bills", b"{}")


def test_without_a_release_nothing_is_taken(tmp_path: Path, rules: Catalogue):
    with pytest.raises(public.NoRelease):
        public.receiving(tmp_path, catalogue=rules).take("medins_settlement", line(bill("a", 1, "1", "2026-11-12")))


# --- restarts and kills ----------------------------------------------------------------------------------------------


def test_another_process_goes_on_where_this_one_stopped(workspace: Path, rules: Catalogue, door: public.Receiving):
    take(door, bill("big", 1, "90000", "2026-11-12"))
    second = public.receiving(workspace, catalogue=rules)
    lowered = take(second, bill("big", 1, "0", "2026-11-12", data_date="2026-11-13", _change="D"))
    assert [change for change, *_ in changes(lowered)] == ["lowered"]
    raised = take(door, bill("more", 1, "80000", "2026-11-12"))
    assert [(change, value) for change, _, value in changes(raised)] == [("raised", "86072.00")]
    assert mended(workspace, rules) == (0, 0)


def test_what_came_alone_lies_in_the_archive_after_a_run_each_record_once(
    workspace: Path, rules: Catalogue, door: public.Receiving
):
    take(door, *(bill(f"n{at}", 1 + at % 6, f"{900 * at}", "2026-11-12") for at in range(9)))
    take(door, bill("stranger", 9, "90000", "2026-11-12"))
    run(workspace, rules)
    alone = [one for one in deliveries(Workspace(workspace)) if one.one_by_one]
    assert sum(one.accepted for one in alone) == 10
    assert run(workspace, rules).entries == 0
    assert sum(one.accepted for one in deliveries(Workspace(workspace)) if one.one_by_one) == 10
    assert take(door, bill("after", 9, "5000", "2026-11-12")).waits == (), "the stranger is known now"


@pytest.mark.parametrize("step", ["before the stream hears of it", "before the folder is removed"])
def test_a_settling_that_was_cut_off_is_ended_before_anything_else_is_taken(
    workspace: Path, rules: Catalogue, door: public.Receiving, monkeypatch: pytest.MonkeyPatch, step: str
):
    take(door, bill("big", 1, "90000", "2026-11-12"))

    class Killed(BaseException):
        pass

    def killed(*told: Any, **other: Any) -> None:
        if step.startswith("before the stream") or told[0].name == "settling":
            raise Killed
        unlink(*told, **other)

    unlink = Path.unlink
    where, what = (settling.Log, "append") if step.startswith("before the stream") else (Path, "unlink")
    with monkeypatch.context() as cut:
        cut.setattr(where, what, killed)
        with pytest.raises(Killed):
            settling.settle(Workspace(workspace), rules)
    assert settling.begun_at(Workspace(workspace)).exists()
    assert _files_that_hold(NAMED, workspace / "stream") == []
    take(door, bill("next", 2, "100", "2026-11-12"))
    assert not settling.begun_at(Workspace(workspace)).exists()
    assert mended(workspace, rules) == (0, 0)
    assert sum(one.accepted for one in deliveries(Workspace(workspace)) if one.one_by_one) == 2


def test_a_record_whose_append_was_cut_off_was_never_there(workspace: Path, rules: Catalogue, door: public.Receiving):
    take(door, bill("small", 1, "10", "2026-11-12"))
    log = Log(Workspace(workspace)).path
    whole = log.stat().st_size
    take(door, bill("big", 1, "90000", "2026-11-12"))
    with log.open("r+b") as file:
        file.truncate(whole + 40)
    again = take(public.receiving(workspace, catalogue=rules), bill("big", 1, "90000", "2026-11-12"))
    assert changes(again) == [("raised", "red", "96082.00")]
    assert mended(workspace, rules) == (0, 0)


def test_names_and_numbers_stand_nowhere_in_the_clear(workspace: Path, rules: Catalogue, door: public.Receiving):
    take(door, bill("big", 1, "90000", "2026-11-12"))
    assert _files_that_hold(NAMED, workspace / "stream") == []
    run(workspace, rules)
    assert _files_that_hold(NAMED, workspace) == []
    (workspace / "stream" / "a note").write_bytes(b"paid by " + NAMED[0])
    assert _files_that_hold(NAMED, workspace) == ["a note"], "the search finds what lies in the clear"


def _files_that_hold(words: tuple[bytes, ...], folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and any(word in path.read_bytes() for word in words)]


def test_what_a_file_says_again_before_anybody_looked_leaves_the_record_in_its_place(
    workspace: Path, rules: Catalogue, door: public.Receiving
):
    """The bill came alone in the morning, and with the file of the day at night; then somebody opens the stream anew."""
    take(door, bill("big", 1, "90000", "2026-11-12"))
    deliver(
        workspace,
        rules,
        [write(workspace.parent / "more", "medins_settlement-2026-11-b.csv", [bill("big", 1, "90000", "2026-11-12")])],
    )
    raised = take(public.receiving(workspace, catalogue=rules), bill("more", 1, "1000", "2026-11-13"))
    assert [(change, value) for change, _, value in changes(raised)] == [("value", "97072.00")]
    public.look(workspace, as_of=DAY, now=instant(DAY), catalogue=rules, clock=lambda: 0.0)
    assert mended(workspace, rules) == (0, 0)


# --- the command -----------------------------------------------------------------------------------------------------


def received(workspace: Path, monkeypatch: pytest.MonkeyPatch, rules: Catalogue, lines: list[bytes]) -> int:
    """`jiuzhu receive` with these lines on its standard input; the desk is left out."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"\n".join(lines) + b"\n")))
    monkeypatch.setattr(command, "prepare_desk", lambda *_: None)
    monkeypatch.setattr(public, "catalogue", lambda *_: rules)
    return main(["receive", "medins_settlement", "--workspace", str(workspace)])


def test_the_command_answers_line_by_line_and_goes_on_past_a_bad_one(
    workspace: Path, rules: Catalogue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    lines = [line({"record_id": "half"}), line(bill("bad", 1, "much", "2026-11-12")), line(bill("big", 1, "90000", "2026-11-12"))]
    assert received(workspace, monkeypatch, rules, lines) == 1
    half, bad, good = (json.loads(one) for one in capsys.readouterr().out.splitlines())
    assert half["error"]["code"] == "missing_columns"
    assert [one["reason"] for one in bad["refused"]] == ["bad_number"]
    assert good["accepted"] == 1
    assert [one["grade"] for one in good["entries"] if one["indicator_id"] == "S01-E01"] == ["red"]


def test_the_command_waits_while_another_writes(
    workspace: Path, rules: Catalogue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    busy = Workspace(workspace).writing("run")
    busy.__enter__()
    waited = []

    def ends(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            busy.__exit__(None, None, None)

    monkeypatch.setattr(command, "time", SimpleNamespace(sleep=ends, time=time.time))
    assert received(workspace, monkeypatch, rules, [line(bill("big", 1, "90000", "2026-11-12"))]) == 0
    assert len(waited) == 2
    told = capsys.readouterr()
    assert json.loads(told.out)["accepted"] == 1
    assert told.err.count("one command at a time may write") == 1
