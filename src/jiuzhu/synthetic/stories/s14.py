"""People who call, write and ask for help: scenario S14."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jiuzhu.synthetic.classes import by_class
from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _called(day)
    yield from _called_again(day)
    yield from _petitions(day)
    yield from _charity(day)
    yield from _mass_bodies(day)


def _call(day: Days, days: int, topic: int) -> Row:
    return row("hotline_case", "self", call_date=day.ago(days=days), topic=topic)


def _called(day: Days) -> Iterator[Story]:
    yield from by_class("called about living", "S14-E01", [_call(day, 6, 1)])
    cases: Sequence[tuple[str, str | None, int, int]] = (
        ("S14-E01", "blue", 0, 3),
        ("S14-E01", "blue", 3, 5),
        ("S14-E01", None, 7, 1),
        ("S14-E01", None, 3, 2),
        ("S14-E01", None, 3, 9),
        ("S14-E06", "blue", 29, 4),
        ("S14-E06", "blue", 0, 4),
        ("S14-E06", None, 30, 4),
        ("S14-E06", None, 3, 1),
    )
    for code, grade, days, topic in cases:
        yield Story(f"called about topic {topic}, {days} days ago", {code: grade}, rows=[_call(day, days, topic)])


def _called_again(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, topics: Sequence[int], oldest: int = 89) -> Story:
        days = [oldest, *range(len(topics) - 1)]
        rows = [_call(day, ago, topic) for ago, topic in zip(days, topics, strict=True)]
        return Story(title, {"S14-E02": grade}, rows=rows)

    topics = (1, 2, 3, 5, 1, 2)
    for grade, count in (("red", 6), ("orange", 5), ("yellow", 4), ("blue", 3), (None, 2)):
        yield told(f"called {count} times", grade, topics[:count])
    yield told("the first call was ninety days ago", None, topics[:3], 90)
    yield told("calls about other things", None, (1, 2, 4, 6, 9))


def _petitions(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *petitions: tuple[int, int, int]) -> Story:
        rows = [
            row("petition_case", "self", register_date=day.ago(days=days), topic=topic, repeat_count=repeats)
            for days, topic, repeats in petitions
        ]
        return Story(title, {"S14-E03": grade}, rows=rows)

    yield told("the third time", "orange", (29, 1, 3))
    yield told("twice before", "blue", (0, 2, 2))
    yield told("the first time", "blue", (29, 1, 0))
    yield told("the third time, thirty days ago", None, (30, 1, 3))
    yield told("about housing", None, (3, 3, 5))


def _charity(day: Days) -> Iterator[Story]:
    family = {"self": Person(age=55), "wife": Person(age=54, sex=2, spouse="self")}

    def told(title: str, grade: str | None, days: int, status: int = 1) -> Story:
        need = row("civil_service_need", "wife", household_id="own", publish_date=day.ago(days=days), need_status=status)
        return Story(title, {"S14-E04": grade}, low=True, people=family, rows=[need])

    for grade, days in (("red", 90), ("orange", 60), ("yellow", 45), ("blue", 30), (None, 29)):
        yield told(f"nobody has answered for {days} days", grade, days)
    yield told("closed without a match", "red", 100, 4)
    yield told("somebody is helping", None, 100, 2)
    yield told("was helped", None, 100, 3)


def _mass_bodies(day: Days) -> Iterator[Story]:
    def told(grade: str | None, body: str, kind: int, days: int) -> Story:
        asked = row(f"{body}_support", "self", support_category=kind, register_date=day.ago(days=days))
        people = {"self": Person(age=24, sex=2)}
        return Story(f"{body} body, category {kind}, {days} days ago", {"S14-E05": grade}, people=people, rows=[asked])

    for kind, days in ((2, 89), (3, 0)):
        yield told("blue", "women", kind, days)
    yield told("blue", "youth", 3, 89)
    for kind, days in ((2, 90), (1, 9), (4, 9)):
        yield told(None, "women", kind, days)
    for kind, days in ((3, 90), (2, 9)):
        yield told(None, "youth", kind, days)
