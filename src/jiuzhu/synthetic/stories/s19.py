"""Statuses that end, and people who come back after an end or a refusal: scenario S19."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _ending(day)
    yield from _after_exit(day)
    yield from _refused(day)
    yield from _again(day)
    yield from _review(day)


def _ending(day: Days) -> Iterator[Story]:
    for grade, days, status in (("blue", 29, 1), ("blue", 0, 1), (None, 30, 1), (None, -1, 1), (None, 5, 3)):
        told = {"gradual_exit_end": day.ahead(days=days), "dibao_status": status}
        title = f"phase-out ends in {days} days, state {status}"
        yield Story(title, {"S19-E01": grade}, dibao=True, dibao_household=told)
    yield Story("no phase-out", {"S19-E01": None}, dibao=True)
    for grade, days, status in (("blue", 29, 1), ("blue", 0, 1), (None, 30, 1), (None, -1, 1), (None, 5, 2)):
        until = {"valid_to": day.ahead(days=days)}
        edge, rigid = until | {"edge_status": status}, until | {"rigid_status": status}
        yield Story(f"margin ends in {days} days, state {status}", {"S19-E04": grade}, edge=True, edge_member=edge)
        yield Story(f"rigid spending ends in {days} days, state {status}", {"S19-E04": grade}, rigid=True, rigid_member=rigid)


def _after_exit(day: Days) -> Iterator[Story]:
    def left(reason: int = 1, **back: int) -> Row:
        return row("civil_exit_record", "self", exit_item=1, exit_reason=reason, exit_date=day.ago(**back))

    def bill(amount: str, **back: int) -> Row:
        return row("medins_settlement", "self", settlement_date=day.ago(**back), self_pay_amount=amount)

    def jobless(status: int = 1, **back: int) -> Row:
        return row("hr_unemployment_registration", "self", register_date=day.ago(**back), unemployment_status=status)

    for grade, amount in (("red", "15000"), ("orange", "10000"), ("yellow", "7500"), ("blue", "5000"), (None, "4999.99")):
        yield Story(f"left, then bills of {amount}", {"S19-E02": grade}, rows=[left(days=200), bill(amount, days=20)])
    found: list[tuple[str | None, str, list[Row]]] = [
        ("blue", "left for no more need, and has lost the job", [left(5, days=200), jobless(days=199)]),
        ("yellow", "lost the job and pays much", [left(6, days=200), jobless(days=9), bill("7500", days=9)]),
        ("blue", "left nearly two years ago", [left(2, months=24, days=-1), bill("5000", days=20)]),
        (None, "left two years ago", [left(months=24), bill("9000", days=20)]),
        (None, "left by moving away", [left(4, days=200), bill("9000", days=20)]),
        (None, "the bills came before", [left(days=200), bill("9000", days=200), bill("4999", days=199)]),
        (None, "lost the job before", [left(days=200), jobless(days=200)]),
        (None, "has work again", [left(days=200), jobless(2, days=100)]),
        (None, "never left anything", [bill("9000", days=20), jobless(days=20)]),
    ]
    for grade, title, rows in found:
        yield Story(title, {"S19-E02": grade}, rows=rows)


def _refused(day: Days) -> Iterator[Story]:
    def answer(income: str, decided: date, decision: int = 2) -> Row:
        told = {"apply_date": day.ago(months=8), "decision": decision, "decision_date": decided, "item_code": 1}
        columns: dict[str, Any] = {**told, "verified_income_per_capita": income, "household_id": "own"}
        return row("civil_assistance_application", "self", **columns)

    near = day.ago(days=20)
    for grade, income in (("orange", "1200"), ("yellow", "1200.01"), ("yellow", "1499.99"), (None, "1500")):
        yield Story(f"refused at {income} a head", {"S19-E03": grade}, low=True, rows=[answer(income, near)])
    yield Story("refused, and not in the base", {"S19-E03": "orange"}, rows=[answer("1100", near)])
    edge, out = day.ago(months=6, days=-1), day.ago(months=6)
    yield Story("refused within half a year", {"S19-E03": "orange"}, low=True, rows=[answer("1100", edge)])
    yield Story("refused half a year ago", {"S19-E03": None}, low=True, rows=[answer("1100", out)])
    yield Story("confirmed", {"S19-E03": None}, low=True, rows=[answer("1100", near, 1)])


def _again(day: Days) -> Iterator[Story]:
    def aids(*days: date) -> list[Row]:
        return [row("civil_temporary_assistance", "self", approve_date=one, amount="800") for one in days]

    two = (day.ago(days=10), day.ago(months=12, days=-1))
    yield Story("helped twice in a year", {"S19-E05": "yellow"}, rows=aids(*two))
    yield Story("helped three times in a year", {"S19-E05": "orange"}, low=True, rows=aids(*two, day.ago(days=90)))
    yield Story("the first help is a year old", {"S19-E05": None}, rows=aids(day.ago(days=10), day.ago(months=12)))
    yield Story("helped three times, on dibao", {"S19-E05": None}, dibao=True, rows=aids(*two, day.ago(days=90)))


def _review(day: Days) -> Iterator[Story]:
    people = {"self": Person(age=50), "wife": Person(age=49, sex=2, spouse="self")}
    for grade, days in (("red", 90), ("orange", 89), ("orange", 30), ("yellow", 29), ("yellow", 1), (None, 0)):
        told = {"next_review_date": day.ago(days=days)}
        yield Story(f"review due {days} days ago", {"S19-R06": grade}, dibao=True, people=people, dibao_household=told)
    stopped = {"next_review_date": day.ago(days=90), "dibao_status": 2}
    yield Story("review due, dibao stopped", {"S19-R06": None}, dibao=True, dibao_household=stopped)
