"""Families struck by disasters and accidents: scenario S07."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row

COUPLE = {"self": Person(age=52), "wife": Person(age=50, sex=2, spouse="self")}


def stories(day: Days) -> Iterator[Story]:
    yield from _houses_and_people(day)
    yield from _losses(day)
    yield from _crops(day)
    yield from _accidents(day)
    yield from _fires(day)
    yield from _work_injuries(day)
    yield from _no_relief(day)


def _struck(day: Days, days: int, kind: int, person: str = "self", loss: str = "800") -> Row:
    columns = {"occur_date": day.ago(days=days), "loss_type": kind, "loss_amount": loss, "disaster_type": 1}
    return row("emerg_disaster_victim", person, **columns)


def _houses_and_people(day: Days) -> Iterator[Story]:
    for grade, days, kind in (("red", 29, 1), ("red", 0, 2), (None, 30, 1), (None, 5, 3)):
        rows = [_struck(day, days, kind, "wife")]
        yield Story(f"loss of kind {kind}, {days} days ago", {"S07-E01": grade}, people=COUPLE, rows=rows)
    yield Story("the house of a family of the base", {"S07-E01": "red"}, low=True, rows=[_struck(day, 3, 2)])
    for grade, days, kind in (("red", 29, 5), ("red", 0, 5), (None, 30, 5), (None, 5, 6)):
        rows = [_struck(day, days, kind)]
        yield Story(f"hurt in a disaster (kind {kind}) {days} days ago", {"S07-E04": grade}, rows=rows)


def _losses(day: Days) -> Iterator[Story]:
    for grade, loss in (("red", "45000"), ("orange", "25000"), ("yellow", "15000"), ("blue", "5000"), (None, "4999.99")):
        rows = [_struck(day, 59, 6, loss="5000"), _struck(day, 0, 3, loss=loss)]
        yield Story(f"losses of 5000 and {loss}", {"S07-E02": grade}, rows=rows)
    old = [_struck(day, 60, 6, loss="90000"), _struck(day, 3, 6, loss="9000")]
    yield Story("the great loss was sixty days ago", {"S07-E02": None}, rows=old)


def _crops(day: Days) -> Iterator[Story]:
    for grade, days, kind in (("yellow", 59, 4), ("yellow", 0, 4), (None, 60, 4), (None, 9, 6)):
        rows = [_struck(day, days, kind)]
        yield Story(f"crops (loss of kind {kind}) {days} days ago", {"S07-E03": grade}, low=True, rows=rows)
    yield Story("crops of a family not in need", {"S07-E03": None}, rows=[_struck(day, 9, 4)])


def _accidents(day: Days) -> Iterator[Story]:
    for code, dataset, worst in (("S07-E05", "emerg_accident_casualty", "red"), ("S07-E06", "traffic_accident", "orange")):
        for grade, days, level in ((worst, 29, 2), (worst, 0, 3), (None, 30, 3), (None, 9, 1)):
            hurt = row(dataset, "self", accident_date=day.ago(days=days), injury_level=level)
            yield Story(f"{dataset} of level {level}, {days} days ago", {code: grade}, rows=[hurt])


def _fires(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *fires: tuple[int, str]) -> Story:
        rows = [row("fire_incident", "wife", occur_date=day.ago(days=days), loss_amount=loss) for days, loss in fires]
        return Story(title, {"S07-E07": grade}, people=COUPLE, rows=rows)

    for grade, loss in (("red", "25000"), ("orange", "15000"), ("yellow", "10000"), ("blue", "5000"), (None, "4999.99")):
        yield told(f"a fire of {loss}", grade, (29, loss))
    yield told("two small fires", None, (3, "3000"), (17, "4000"))
    yield told("the great fire was thirty days ago", None, (3, "800"), (30, "60000"))


def _work_injuries(day: Days) -> Iterator[Story]:
    inside, outside = day.ago(months=12, days=-1), day.ago(months=12)

    def told(title: str, grade: str | None, level: int | None, when: Any) -> Story:
        hurt = row("hr_work_injury", "self", injury_date=when, disability_grade=level)
        return Story(title, {"S07-E08": grade}, rows=[hurt])

    for grade, level in (("red", 1), ("red", 2), ("orange", 3), ("orange", 4), (None, 5), (None, 10)):
        yield told(f"hurt at work, grade {level}", grade, level, inside)
    yield told("hurt at work a year ago", None, 1, outside)
    yield told("hurt at work, not graded yet", None, None, inside)


def _no_relief(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, days: int, kind: int = 1, paid: int | None = None) -> Story:
        rows = [_struck(day, days, kind)]
        if paid is not None:
            rows.append(row("emerg_relief_payment", "self", pay_date=day.ago(days=paid), amount="2000"))
        return Story(title, {"S07-E09": grade}, rows=rows)

    for grade, days in (("red", 120), ("orange", 90), ("yellow", 72), ("blue", 60), (None, 59)):
        yield told(f"no relief for {days} days", grade, days, 2)
    yield told("relief came before the disaster only", "orange", 100, 5, paid=110)
    yield told("relief came the day after", None, 100, 4, paid=99)
    yield told("the house was slightly damaged", None, 100, 3)
