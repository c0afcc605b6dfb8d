"""What grid workers report and visitors find: scenario S12."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jiuzhu.synthetic.classes import by_class
from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _reported(day)
    yield from _reported_again(day)
    yield from _found_in_need(day)
    yield from _not_visited(day)
    yield from _not_at_home(day)


def _report(day: Days, days: int, kind: int, status: int = 1) -> Row:
    return row("grid_report", "self", report_date=day.ago(days=days), report_type=kind, handle_status=status)


def _visit(day: Days, days: int, finding: int = 0) -> Row:
    when = day.ago(days=days)
    columns = {"visit_date": when, "visit_time": f"{when}T09:30:00+08:00", "finding": finding, "distance_m": "20"}
    return row("civil_home_visit", "self", household_id="own", **columns)


def _applied(day: Days, days: int, person: str = "self") -> Row:
    columns = {"apply_date": day.ago(days=days), "decision": 4, "item_code": 5}
    return row("civil_assistance_application", person, household_id="own", **columns)


def _reported(day: Days) -> Iterator[Story]:
    yield from by_class("reported as fallen ill", "S12-E01", [_report(day, 14, 1)])
    cases: Sequence[tuple[str, str | None, int, int, int]] = (
        ("S12-E01", "yellow", 0, 8, 1),
        ("S12-E01", None, 15, 1, 1),
        ("S12-E01", None, 3, 4, 2),
        ("S12-E01", None, 3, 9, 1),
        ("S12-E02", "red", 6, 5, 1),
        ("S12-E02", "red", 0, 6, 1),
        ("S12-E02", None, 7, 5, 1),
        ("S12-E02", None, 3, 6, 4),
        ("S12-E02", None, 3, 4, 1),
        ("S12-E03", "orange", 14, 7, 4),
        ("S12-E03", "orange", 0, 7, 1),
        ("S12-E03", None, 15, 7, 1),
        ("S12-E03", None, 3, 2, 1),
    )
    for code, grade, days, kind, status in cases:
        title = f"report of kind {kind}, status {status}, {days} days ago"
        yield Story(title, {code: grade}, low=True, rows=[_report(day, days, kind, status)])


def _reported_again(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, kinds: Sequence[int], *rows: Row, oldest: int = 89) -> Story:
        days = [oldest, *range(len(kinds) - 1)]
        reports = [_report(day, ago, kind, 4) for ago, kind in zip(days, kinds, strict=True)]
        return Story(title, {"S12-E06": grade}, rows=[*reports, *rows])

    kinds = (1, 2, 3, 4, 7, 8)
    for grade, count in (("red", 6), ("orange", 5), ("yellow", 4), ("blue", 3), (None, 2)):
        yield told(f"reported {count} times", grade, kinds[:count])
    yield told("applied ninety days ago", "blue", kinds[3:], _applied(day, 90))
    yield told("applied within the time", None, kinds, _applied(day, 89))
    yield told("the first report was ninety days ago", None, kinds[3:], oldest=90)
    yield told("reports of other kinds", None, (1, 8, 5, 6, 9))


def _found_in_need(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *rows: Row, low: bool = True) -> Story:
        family = {"self": Person(age=50), "wife": Person(age=48, sex=2, spouse="self")}
        return Story(title, {"S12-E04": grade}, low=low, people=family, rows=rows)

    yield told("in need, found 14 days ago", "orange", _visit(day, 14, 3))
    yield told("spends more, found today", "orange", _visit(day, 0, 2), _visit(day, 30, 0))
    yield told("had applied before the visit", "orange", _visit(day, 10, 3), _applied(day, 11))
    yield told("found fifteen days ago", None, _visit(day, 15, 3))
    yield told("a later visit found nothing new", None, _visit(day, 9, 3), _visit(day, 2, 0))
    yield told("earns more", None, _visit(day, 3, 1))
    yield told("the wife applied the day after", None, _visit(day, 10, 3), _applied(day, 9, "wife"))


def _not_visited(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *rows: Row, **more: Any) -> Story:
        return Story(title, {"S12-E05": grade}, rows=rows, **({"low": True} | more))

    for grade, days in (("red", 180), ("orange", 135), ("yellow", 108), ("blue", 90), (None, 89)):
        yield told(f"not visited for {days} days", grade, _visit(day, days), _visit(day, days + 100))
    yield told("never visited", None)
    yield told("has left the base", None, _visit(day, 200), household={"household_status": 2})
    yield told("not in need", None, _visit(day, 200), low=False)


def _not_at_home(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *visits: tuple[int, int]) -> Story:
        rows = [_visit(day, days, finding) for days, finding in visits]
        return Story(title, {"S12-E07": grade}, low=True, rows=rows)

    yield told("four times not at home", "orange", (59, 5), (40, 5), (20, 5), (0, 5))
    yield told("three times not at home", "yellow", (59, 5), (30, 5), (3, 5), (1, 0))
    yield told("twice not at home", "yellow", (59, 5), (3, 5))
    yield told("once not at home", None, (10, 5), (5, 0))
    yield told("once of two times sixty days ago", None, (60, 5), (3, 5))
