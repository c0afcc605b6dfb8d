"""People whom police and justice bodies find in need: scenario S13."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jiuzhu.synthetic.classes import by_class
from jiuzhu.synthetic.story import Days, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _met_by_police(day)
    yield from _victims(day)
    yield from _wandering(day)
    yield from _judicial_aid(day)
    yield from _legal_aid_and_release(day)


def _incident(day: Days, days: int, kind: int, injury: int = 0) -> Row:
    columns = {"incident_date": day.ago(days=days), "incident_type": kind, "injury_level": injury}
    return row("police_incident_clue", "self", **columns)


def _met_by_police(day: Days) -> Iterator[Story]:
    yield from by_class("robbed", "S13-E01", [_incident(day, 14, 4)])
    cases: Sequence[tuple[str, str | None, int, int]] = (
        ("S13-E01", "blue", 0, 6),
        ("S13-E01", "blue", 3, 7),
        ("S13-E01", None, 15, 4),
        ("S13-E01", None, 3, 9),
        ("S13-E02", "orange", 14, 1),
        ("S13-E02", "orange", 0, 1),
        ("S13-E02", None, 15, 1),
        ("S13-E02", None, 3, 7),
        ("S13-E03", "red", 6, 2),
        ("S13-E03", "red", 0, 2),
        ("S13-E03", None, 7, 2),
        ("S13-E03", None, 3, 1),
    )
    for code, grade, days, kind in cases:
        yield Story(f"incident of kind {kind}, {days} days ago", {code: grade}, rows=[_incident(day, days, kind)])


def _victims(day: Days) -> Iterator[Story]:
    for grade, days, kind, injury in (("red", 29, 5, 2), ("red", 0, 5, 3), (None, 30, 5, 3), (None, 3, 5, 1), (None, 3, 1, 2)):
        title = f"incident of kind {kind}, injury {injury}, {days} days ago"
        yield Story(title, {"S13-E04": grade}, rows=[_incident(day, days, kind, injury)])


def _wandering(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, enter: int, leave: int | None) -> Story:
        columns = {"enter_date": day.ago(days=enter), "leave_date": None if leave is None else day.ago(days=leave)}
        return Story(title, {"S13-E05": grade}, rows=[row("civil_vagrant_assistance", "self", **columns)])

    yield told("left the station 29 days ago", "yellow", 33, 29)
    yield told("left the station today", "yellow", 2, 0)
    yield told("left the station thirty days ago", None, 32, 30)
    yield told("still at the station", None, 5, None)


def _judicial_aid(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, days: int, **more: Any) -> Story:
        return Story(
            title, {"S13-E06": grade}, rows=[row("procuratorate_judicial_aid", "self", aid_date=day.ago(days=days))], **more
        )

    yield told("judicial aid 89 days ago", "yellow", 89)
    yield told("judicial aid, has left the base", "yellow", 5, low=True, member={"member_status": 2})
    yield told("judicial aid ninety days ago", None, 90)
    yield told("judicial aid for a family of the base", None, 5, low=True)


def _legal_aid_and_release(day: Days) -> Iterator[Story]:
    for grade, days, kind in (
        ("blue", 29, 1),
        ("blue", 0, 4),
        ("blue", 9, 2),
        ("blue", 9, 3),
        (None, 30, 1),
        (None, 9, 5),
        (None, 9, 9),
    ):
        aided = row("justice_legal_aid", "self", accept_date=day.ago(days=days), case_type=kind)
        yield Story(f"legal aid of kind {kind}, {days} days ago", {"S13-E07": grade}, rows=[aided])
    for grade, days, support in (("orange", 59, False), ("orange", 0, False), (None, 60, False), (None, 9, True)):
        freed = row("justice_released", "self", release_date=day.ago(days=days), has_family_support=support)
        title = f"released {days} days ago, {'with' if support else 'without'} family"
        yield Story(title, {"S13-E08": grade}, rows=[freed])
