"""Rural people watched against a return to poverty: scenario S17."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jiuzhu.synthetic.story import Days, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _watched(day)
    yield from _income(day)
    yield from _cleared(day)


def _monitored(day: Days, days: int, **columns: Any) -> Row:
    given = {"identify_date": day.ago(days=days), "risk_status": 1, "income_per_capita": "20000", "measure_count": 2}
    return row("rural_monitoring", "self", **(given | columns))


def _watched(day: Days) -> Iterator[Story]:
    for grade, days, status in (("yellow", 15, 1), (None, 14, 1), (None, 15, 2)):
        title = f"watched for {days} days, state {status}, not in the base"
        yield Story(title, {"S17-E01": grade}, rows=[_monitored(day, days, risk_status=status)])
    yield Story("watched and in the base", {"S17-E01": None}, low=True, rows=[_monitored(day, 15)])
    for grade, days, kind in (("red", 29, 3), ("red", 0, 3), (None, 30, 3), (None, 5, 2)):
        found = _monitored(day, days, monitor_type=kind)
        yield Story(f"identified {days} days ago, type {kind}", {"S17-E02": grade}, low=True, rows=[found])
    for grade, days in (("red", 90), ("orange", 60), ("yellow", 45), ("blue", 30), (None, 29)):
        waiting = _monitored(day, days, measure_count=0)
        yield Story(f"no measure for {days} days", {"S17-E05": grade}, low=True, rows=[waiting])
    helped = [_monitored(day, 90, measure_count=1)]
    yield Story("one measure was taken", {"S17-E05": None}, low=True, rows=helped)
    done = [_monitored(day, 90, measure_count=0, risk_status=2)]
    yield Story("no measure, and no risk any more", {"S17-E05": None}, low=True, rows=done)


def _income(day: Days) -> Iterator[Story]:
    """The line against a return to poverty is 9,000 a year, the rural standard 1,000 a month."""
    for grade, income in (("red", "2250"), ("orange", "4500"), ("yellow", "6750"), ("blue", "9000"), (None, "9000.01")):
        left = row("rural_poverty_alleviated", "self", income_per_capita=income)
        yield Story(f"out of poverty, {income} a year", {"S17-E03": grade}, rows=[left])
    for grade, income in (("red", "7200"), ("orange", "9600"), ("yellow", "9600.01"), ("yellow", "11999.99"), (None, "12000")):
        yield Story(f"watched, {income} a year", {"S17-E04": grade}, rows=[_monitored(day, 5, income_per_capita=income)])
    poor = [_monitored(day, 5, income_per_capita="7200")]
    yield Story("watched, poor, on dibao", {"S17-E04": None}, dibao=True, rows=poor)
    yield Story("watched, poor, tekun", {"S17-E04": None}, tekun=True, rows=poor)
    yield Story("watched, poor, on the margin", {"S17-E04": "red"}, edge=True, rows=poor)


def _cleared(day: Days) -> Iterator[Story]:
    def bill(amount: str, **back: int) -> Row:
        return row("medins_settlement", "self", settlement_date=day.ago(**back), self_pay_amount=amount)

    cleared = _monitored(day, 700, risk_status=2)
    for grade, amount in (("red", "15000"), ("orange", "10000"), ("yellow", "7500"), ("blue", "5000"), (None, "4999.99")):
        yield Story(f"cleared, bills of {amount}", {"S17-E06": grade}, rows=[cleared, bill(amount, days=9)])
    edge = [bill("2500", months=6, days=-1), bill("2500", days=0)]
    yield Story("cleared, two bills of half a year", {"S17-E06": "blue"}, rows=[cleared, *edge])
    older = [bill("2500", months=6), bill("4000", days=0)]
    yield Story("cleared, one of the bills is too old", {"S17-E06": None}, rows=[cleared, *older])
    risky = [_monitored(day, 700), bill("15000", days=9)]
    yield Story("the risk was never cleared", {"S17-E06": None}, low=True, rows=risky)
