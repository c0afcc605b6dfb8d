"""Poisoned deliveries stop at the gate, honest ones pass, and a person's word counts; whatever came first."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.registry.ingest.archive import deliveries
from jiuzhu.registry.ingest.gate import Judged, judge
from jiuzhu.registry.ingest.landing import deliver
from jiuzhu.registry.ingest.verdicts import VerdictNotAllowed, give_verdict, verdicts
from jiuzhu.registry.ingest.workspace import Workspace
from tests.integration.ingest.bills import csv_text, id_number

Write = Callable[..., Path]
AS_OF = date(2026, 11, 30)
AT = datetime(2026, 12, 1, 9, tzinfo=UTC)


def month_rows(month: int, count: int = 300) -> list[dict[str, Any]]:
    chance = random.Random(month)
    return [
        {
            "record_id": f"H{number:06}-{month}",
            "id_no": id_number(number),
            "name": "王伟",
            "status": "3" if chance.random() < 0.02 else "1",
            "income": str(chance.randrange(8_000, 30_000)) if chance.random() < 0.95 else "",
            "region_code": "370502001001",
            "data_date": f"2026-{month:02}-28",
        }
        for number in range(count)
    ]


def dead(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "status": "3"} if place % 10 < 3 else row for place, row in enumerate(rows)]


def zeroed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "income": "0"} for row in rows]


def emptied(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "income": ""} for row in rows]


def shifted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A third of the rows with their columns moved by one."""
    moved = []
    for place, row in enumerate(rows):
        cells = list(row.values())
        moved.append(dict(zip(row, [*cells[1:], cells[0]], strict=True)) if place % 3 == 0 else row)
    return moved


def doubled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*rows, *({**row, "record_id": row["record_id"] + "x"} for row in rows)]


def in_fen(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "income": row["income"] and row["income"] + "00"} for row in rows]


def collapsed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows[:60]


POISON: Mapping[str, tuple[Callable[[list[dict[str, Any]]], list[dict[str, Any]]], str]] = {
    "thirty percent dead": (dead, "dead: status"),
    "incomes zeroed": (zeroed, "zeros: income"),
    "incomes gone": (emptied, "missing: income"),
    "columns shifted": (shifted, "rejected"),
    "rows doubled": (doubled, "repeats"),
    "yuan sent as fen": (in_fen, "median: income"),
    "rows gone": (collapsed, "volume"),
}


def sent(workspace: Workspace, catalogue: Any, write: Write, months: Mapping[int, Sequence[Mapping[str, Any]]]) -> None:
    paths = [write(f"household_state-2026-{month:02}.csv", csv_text(rows)) for month, rows in months.items()]
    assert {report.state for report in deliver(paths, workspace, catalogue, workers=1)} == {"accepted"}


def judged(workspace: Workspace, as_of: date = AS_OF) -> Judged:
    return judge(deliveries(workspace), as_of, verdicts(workspace))


@pytest.mark.requirement("E5")
@pytest.mark.parametrize("name", POISON)
def test_a_poisoned_delivery_is_held_and_the_others_pass(workspace: Workspace, catalogue: Any, write: Write, name: str) -> None:
    poison, reason = POISON[name]
    sent(
        workspace,
        catalogue,
        write,
        {7: month_rows(7), 8: month_rows(8), 9: month_rows(9), 10: poison(month_rows(10)), 11: month_rows(11)},
    )
    answer = judged(workspace)
    assert [one.period for one in answer.passed if one.period == "2026-10"] == []
    assert len(answer.passed) == 4
    assert [any(line.startswith(reason) for line in held.reasons) for held in answer.held] == [True]


@pytest.mark.requirement("E5")
@pytest.mark.parametrize("name", ["thirty percent dead", "incomes zeroed", "incomes gone", "columns shifted"])
def test_of_two_versions_of_one_file_the_worse_is_held_whichever_came_first(
    tmp_path: Path, catalogue: Any, write: Write, name: str
) -> None:
    good, poisoned = month_rows(10), POISON[name][0](month_rows(10))
    for number, versions in enumerate(([good, poisoned], [poisoned, good])):
        workspace = Workspace(tmp_path / str(number))
        for rows in versions:
            sent(workspace, catalogue, write, {10: rows})
        answer = judged(workspace)
        assert [one.rejected for one in answer.passed] == [0]
        assert len(answer.held) == 1
        assert "other version" in answer.held[0].reasons[0]


def test_a_better_version_and_parts_of_one_period_pass(workspace: Workspace, catalogue: Any, write: Write) -> None:
    sent(workspace, catalogue, write, {10: month_rows(10)})
    better = [{**row, "income": row["income"] or "9000"} for row in month_rows(10)]
    sent(workspace, catalogue, write, {10: better})
    others = [{**row, "record_id": row["record_id"] + "b", "income": "0"} for row in month_rows(10, 250)]
    sent(workspace, catalogue, write, {10: others})
    assert judged(workspace).held == ()


def test_a_file_that_takes_everything_back_is_held_and_a_few_retractions_pass(
    workspace: Workspace, catalogue: Any, write: Write
) -> None:
    sent(workspace, catalogue, write, {9: month_rows(9)})
    keys = ("record_id", "data_date", "region_code")
    gone = [{**{key: row[key] for key in keys}, "_change": "D"} for row in month_rows(9)]
    sent(workspace, catalogue, write, {10: gone[:60]})
    assert judged(workspace).held == ()
    sent(workspace, catalogue, write, {11: gone})
    assert [held.reasons[0].split(":")[0] for held in judged(workspace).held] == ["retracted"]


def test_honest_months_pass_in_any_number(workspace: Workspace, catalogue: Any, write: Write) -> None:
    sent(workspace, catalogue, write, {month: month_rows(month, 300 + 20 * month) for month in range(1, 12)})
    assert judged(workspace).held == ()


def test_the_gate_does_not_depend_on_what_came_first(tmp_path: Path, catalogue: Any, write: Write) -> None:
    months = {7: month_rows(7), 8: dead(month_rows(8)), 9: month_rows(9), 10: month_rows(10)}
    one, other = Workspace(tmp_path / "one"), Workspace(tmp_path / "other")
    sent(one, catalogue, write, months)
    for month in (9, 8, 10, 7):
        sent(other, catalogue, write, {month: months[month]})
    assert judged(one) == judged(other)
    assert [held.dataset for held in judged(one).held] == ["household_state"]


def test_a_period_that_is_not_over_may_be_short(workspace: Workspace, catalogue: Any, write: Write) -> None:
    sent(workspace, catalogue, write, {month: month_rows(month) for month in (7, 8, 9, 10)} | {11: month_rows(11, 60)})
    assert judged(workspace, date(2026, 11, 5)).held == ()
    assert len(judged(workspace, date(2026, 12, 5)).held) == 1


def test_a_released_delivery_passes_and_is_what_later_ones_are_compared_with(
    workspace: Workspace, catalogue: Any, write: Write
) -> None:
    sent(workspace, catalogue, write, {9: month_rows(9), 10: zeroed(month_rows(10)), 11: zeroed(month_rows(11))})
    first, second = sorted(judged(workspace).held, key=lambda held: held.reasons)
    october = next(one for one in deliveries(workspace) if one.period == "2026-10")
    assert october.delivery in {first.delivery, second.delivery}
    give_verdict(workspace, october.delivery, "release", by="steward-1", because="省里统一清零后重新核定", at=AT)
    assert judged(workspace).held == ()


def test_a_delivery_sent_back_stays_out_until_another_word(workspace: Workspace, catalogue: Any, write: Write) -> None:
    sent(workspace, catalogue, write, {9: month_rows(9)})
    delivery = deliveries(workspace)[0].delivery
    give_verdict(workspace, delivery, "send_back", by="steward-1", because="错发", at=AT)
    assert judged(workspace).passed == ()
    give_verdict(workspace, delivery, "release", by="steward-2", because="已核实", at=AT.replace(hour=10))
    assert len(judged(workspace).passed) == 1


@pytest.mark.parametrize(
    ("verdict", "by", "because", "said"),
    [("accept", "a", "b", "release"), ("release", "", "b", "by"), ("release", "a", " ", "because")],
)
def test_a_verdict_names_who_and_why(
    workspace: Workspace, catalogue: Any, write: Write, verdict: str, by: str, because: str, said: str
) -> None:
    sent(workspace, catalogue, write, {9: month_rows(9)})
    with pytest.raises(VerdictNotAllowed, match=said):
        give_verdict(workspace, deliveries(workspace)[0].delivery, verdict, by=by, because=because, at=AT)
    with pytest.raises(VerdictNotAllowed, match="not in the archive"):
        give_verdict(workspace, "../../etc", "release", by="a", because="b", at=AT)
