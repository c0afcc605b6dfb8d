"""What a steward is told of deliveries: which are held, what they would do, what of them can be taken, what was due."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from tests.support import aid
from tests.support.county import AS_OF, NOW


@pytest.fixture
def workspace(tmp_path: Path, national: Catalogue) -> Path:
    assert aid.delivered(tmp_path / "files", tmp_path / "w", national).state == "held"
    return tmp_path / "w"


def held(workspace: Path, catalogue: Catalogue) -> list[public.HeldDelivery]:
    return list(public.held(workspace, as_of=AS_OF, catalogue=catalogue))


def test_a_held_delivery_says_what_it_would_do_and_why_it_is_held(workspace: Path, national: Catalogue):
    (one,) = held(workspace, national)
    assert (one.dataset, one.period, one.division) == ("union_assistance", "2026-10", "370502")
    assert (one.rows, one.people, one.people_here) == (aid.ROWS, 1, 0)
    fen = sum((400 + number) * 100 for number in range(aid.ZEROS, aid.ROWS))
    assert one.amounts == {"amount": (fen, aid.ZEROS)}
    zeros = next(finding for finding in one.findings if finding.kind == "zeros")
    assert (zeros.column, zeros.found, zeros.usual, zeros.rows) == ("amount", "83.3%", "0.0%", aid.ZEROS)
    assert {sample.value for sample in zeros.samples} == {"0"}
    assert not one.sent_back


def test_no_sample_says_whom_a_row_is_about(workspace: Path, national: Catalogue):
    told = repr(held(workspace, national)) + repr(public.rejected(workspace))
    assert "370502196301010001" not in told
    assert "某某" not in told


def test_the_sound_rows_are_taken_as_a_delivery_of_their_own_and_the_rest_goes_back(workspace: Path, national: Catalogue):
    (one,) = held(workspace, national)
    # Of the rows of nothing many say the same; the oracle knows none but the amounts, and each of those differs.
    assert one.trusted == aid.ROWS - aid.ZEROS
    report = public.take_trusted(
        workspace, one.delivery, by="steward", because="the rest is empty", at=NOW, as_of=AS_OF, catalogue=national
    )
    assert (report.state, report.accepted, report.period) == ("accepted", aid.ROWS - aid.ZEROS, "2026-10")
    (left,) = held(workspace, national)
    assert (left.delivery, left.sent_back) == (one.delivery, True)
    told = {item.delivery: item for item in public.deliveries(workspace, as_of=AS_OF)}
    assert told[report.delivery].held == ()


def test_what_is_odd_as_a_whole_is_never_taken_in_part(tmp_path: Path, national: Catalogue):
    workspace, files = tmp_path / "w", tmp_path / "files"
    files.mkdir()
    paths = [aid.month(files, f"2026-{number:02}", 0) for number in (5, 6, 7, 9)]
    few = aid.month(files, "2026-08", 0)
    few.write_text("\n".join(few.read_text(encoding="utf-8").splitlines()[:12]) + "\n", encoding="utf-8")
    public.deliver([*paths, few], workspace=workspace, catalogue=national, as_of=AS_OF)
    (one,) = held(workspace, national)
    assert (one.period, one.trusted, one.findings[0].kind) == ("2026-08", None, "volume")
    with pytest.raises(public.NotToBeCut, match="as a whole"):
        public.take_trusted(workspace, one.delivery, by="steward", because="few", at=NOW, as_of=AS_OF, catalogue=national)


def test_a_delivery_that_is_not_held_is_not_cut(workspace: Path, national: Catalogue):
    sound = next(one for one in public.deliveries(workspace, as_of=AS_OF) if not one.held)
    with pytest.raises(Exception, match="is not held"):
        public.take_trusted(workspace, sound.delivery, by="steward", because="x", at=NOW, as_of=AS_OF, catalogue=national)


def test_the_last_deliveries_due_stand_with_what_became_of_each(workspace: Path, national: Catalogue):
    strip = next(one for one in public.strips(workspace, as_of=AS_OF, catalogue=national) if one.dataset == "union_assistance")
    assert [(box.end, box.state, box.rows) for box in strip.boxes[-3:]] == [
        (date(2026, 8, 31), "here", 60),
        (date(2026, 9, 30), "here", 60),
        (date(2026, 10, 31), "held", 0),
    ]
    assert {box.state for box in strip.boxes[:-3]} == {"none"}
    assert len(strip.boxes) == 14
    # The eighth working day after 30 November 2026 is Thursday 10 December.
    assert strip.next_due == date(2026, 12, 10)


def test_what_never_came_is_late_after_something_came_and_a_gap_before_later_ones(tmp_path: Path, national: Catalogue):
    files, workspace = tmp_path / "files", tmp_path / "w"
    files.mkdir()
    paths = [aid.month(files, "2026-06", 0), aid.month(files, "2026-08", 0)]
    public.deliver(paths, workspace=workspace, catalogue=national, as_of=AS_OF)
    strip = next(one for one in public.strips(workspace, as_of=AS_OF, catalogue=national) if one.dataset == "union_assistance")
    assert [box.state for box in strip.boxes[-5:]] == ["here", "none", "here", "late", "late"]


def test_a_month_of_less_than_half_the_rows_is_short(tmp_path: Path, national: Catalogue):
    files, workspace = tmp_path / "files", tmp_path / "w"
    files.mkdir()
    paths = [aid.month(files, f"2026-{number:02}", 0) for number in (8, 9, 10)]
    paths[2].write_text("\n".join(paths[2].read_text(encoding="utf-8").splitlines()[:30]) + "\n", encoding="utf-8")
    public.deliver(paths, workspace=workspace, catalogue=national, as_of=AS_OF)
    strip = next(one for one in public.strips(workspace, as_of=AS_OF, catalogue=national) if one.dataset == "union_assistance")
    assert [(box.state, box.rows) for box in strip.boxes[-3:]] == [("here", 60), ("here", 60), ("short", 29)]


def test_only_what_came_is_counted(workspace: Path, national: Catalogue):
    counter = public.counter(workspace, as_of=AS_OF, catalogue=national)
    columns = national.datasets["union_assistance"].columns
    assert counter.bodies == (1, len(national.bodies))
    assert counter.datasets == (1, len(national.datasets))
    assert counter.items == (len(aid.HEAD.split(",")), sum(len(one.columns) for one in national.datasets.values()))
    assert set(aid.HEAD.split(",")) <= set(columns)
    assert counter.live == 0
    assert len(counter.unclaimed) == len(national.datasets) - 1


def test_rejected_rows_are_told_by_reason_and_column(workspace: Path):
    (one,) = public.rejected(workspace)
    assert (one.reason, one.column, one.rows, one.period) == ("bad_number", "amount", 2, "2026-09")
    assert one.samples == ((62, "aaaa"), (63, "aaaa"))
