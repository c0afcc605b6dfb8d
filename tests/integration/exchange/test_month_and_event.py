"""Self-paid medical cost, watched month by month over a rolling year, and at once when a large bill comes in between."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from jiuzhu.registry import public
from tests.integration.exchange.town import Town
from tests.integration.registry.village import bill, member, number, person, write

MONTHS = 14  # from September 2025 on
CALENDAR = Path(__file__).parents[3] / "catalogue" / "calendar" / "workdays.csv"


def months(first: int = 0) -> list[str]:
    """The months of the test, or the twelve before it."""
    last = MONTHS if first == 0 else 0
    return [f"{2025 + (8 + place) // 12}-{(8 + place) % 12 + 1:02}" for place in range(first, last)]


def by_hand(town: Town, month: str, bills: dict[str, Decimal]) -> None:
    """One bill on the third, each some ten yuan more than the one before, and the registers anew, so that they are not old."""
    bills[f"{month}-03"] = Decimal(700 + 10 * len(bills))
    rows = [bill(month, 1, str(bills[f"{month}-03"]), f"{month}-03")]
    paths = [
        write(town.folder / "in", f"medins_settlement-{month}.csv", rows),
        write(town.folder / "in", f"police_population-{month}.csv", [person(1, "K1", f"{month}-01")]),
        write(town.folder / "in", f"civil_lowincome_member-{month}.csv", [member(1, "H1", f"{month}-01")]),
    ]
    on = date.fromisoformat(f"{month}-03")
    reports = public.deliver(paths, workspace=town.workspace, catalogue=public.catalogue(), as_of=on)
    assert [one.accepted for one in reports] == [1, 1, 1]


def sixth_working_days() -> dict[str, str]:
    """Month to its sixth working day, counted off the calendar by hand."""
    found: dict[str, list[str]] = {}
    with CALENDAR.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["working"] == "1":
                found.setdefault(row["date"][:7], []).append(row["date"])
    return {month: days[5] for month, days in found.items()}


def paid(town: Town, one: int) -> Decimal | None:
    """What the current release says this person paid in a year, if it warns."""
    rows = {row["subject"]: row for row in public.warnings(town.workspace, by="test") if row["indicator_id"] == "S01-E01"}
    return Decimal(rows[number(one)]["value"]) if number(one) in rows else None


def year_before(day: str, bills: Mapping[str, Decimal]) -> Decimal:
    """The sum of the bills of twelve months up to a day, the first of them a day later a year before."""
    end = date.fromisoformat(day)
    begin = end.replace(year=end.year - 1)
    return sum((amount for at, amount in bills.items() if begin < date.fromisoformat(at) <= end), Decimal())


@pytest.mark.feature("SF063")
def test_over_fourteen_months_only_the_due_days_run_and_the_yearly_sum_rolls(town: Town) -> None:
    """Files come by hand, before the exchange looks, so that nothing but the calendar can be the reason to run."""
    town.join("medical_insurance", "police", "civil_affairs")
    bills: dict[str, Decimal] = {}
    for month in months(-12):
        by_hand(town, month, bills)
    due = sixth_working_days()
    assert due["2025-10"] == "2025-10-15"  # the holidays last to the 8th; the 11th, a Saturday, is worked
    runs: list[tuple[str, str]] = []
    for month in months():
        by_hand(town, month, bills)
        for day in sorted({f"{month}-03", _before(due[month]), due[month], f"{month}-27"}):
            found = town.exchange(day)
            if found["run"]:
                runs.append((day, found["because"][0]))
                assert paid(town, 1) == year_before(day, bills), day
            else:
                assert found["because"] == [], day
    # The first look of all finds that August's check was never made; after it, one run a month, on its day.
    assert [day for day, _ in runs] == ["2025-09-03", *(due[month] for month in months())]
    assert runs[1][1] == "the monthly check self_paid_medical fell due on 2025-09-08"
    values = [year_before(day, bills) for day, _ in runs]
    assert len(set(values)) == len(values) - 1  # the first two days have the same bills; from then on the year rolls


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


@pytest.mark.feature("SF063")
def test_a_large_bill_in_the_middle_of_the_month_runs_at_once_and_is_found(town: Town) -> None:
    town.join("medical_insurance", "police", "civil_affairs")
    folder = town.folder / "in"
    small = [bill(f"s{month}", 1, "300", f"2026-{month:02}-10") for month in range(1, 11)]
    town.send("police", 1, "2026-11-09", [write(folder, "police_population-2026-11.csv", [person(1, "K1"), person(2, "K2")])])
    town.send("civil_affairs", 1, "2026-11-09", [write(folder, "civil_lowincome_member-2026-11.csv", [member(1, "H1")])])
    town.send("medical_insurance", 1, "2026-11-09", [write(folder, "medins_settlement-2026.csv", small)])
    assert town.exchange("2026-11-09")["because"] == [
        "new deliveries arrived",
        "the monthly check self_paid_medical fell due on 2026-11-09",
    ]
    assert paid(town, 1) is None
    assert town.exchange("2026-11-16")["run"] == ""
    large = write(folder, "medins_settlement-2026-11-17.csv", [bill("large", 1, "21000", "2026-11-17", data_date="2026-11-17")])
    town.send("medical_insurance", 2, "2026-11-18", [large])
    found = town.exchange("2026-11-18")
    assert found["because"] == ["new deliveries arrived"]
    assert paid(town, 1) == Decimal(300 * 9 + 300 + 21000)
    assert town.exchange("2026-11-18")["run"] == ""


@pytest.mark.feature("SF063")
def test_killed_between_taking_in_and_running_the_next_command_runs(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    town.join("police")
    town.send("police", 1, "2026-11-09", [write(town.folder / "in", "police_population-2026-11.csv", [person(1, "K1")])])
    with monkeypatch.context() as context:
        context.setattr(public, "run", killed)
        with pytest.raises(Killed):
            town.exchange("2026-11-10")
    assert town.exchange("2026-11-10")["because"][0] == "new deliveries arrived"
    assert town.exchange("2026-11-10")["run"] == ""
