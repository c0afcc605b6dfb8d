"""Entries of the stream reach the desk exactly once: read twice, after a crash, or beside a new release."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from jiuzhu.casework.dispatch import actions
from jiuzhu.casework.dispatch.models import Load, Warning

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
DAY = date(2026, 11, 20)


def row(number: str, grade: str = "red", **other: Any) -> dict[str, Any]:
    told = {"warning_id": number, "indicator_id": "S01-E01", "subject_kind": "person", "household_id": "H1"}
    told |= {"division_code": "370502001001", "value": "31460.00", "unit": "yuan", "threshold": "5000.00", "grade": grade}
    return {**told, "kind": "warning", "side": "entry", **other}


def entry(number: int, warning: str, grade: str = "red", **other: Any) -> dict[str, Any]:
    return {**row(warning, grade, **other), "number": number}


def released(*rows: dict[str, Any], name: str = "r1", stream_number: int = 0) -> Load:
    return actions.take_release(
        release=name, as_of=DAY, warnings=rows, due=lambda _: date(2026, 11, 27), at=AT, stream_number=stream_number
    )


def take(*entries: dict[str, Any]) -> int:
    return actions.take_stream(entries=entries, as_of=DAY, due=lambda _: date(2026, 11, 27), at=LATER)


def standing() -> dict[str, tuple[str, str, int, bool]]:
    """State, change, level, and whether the stream changed it."""
    return {one.warning_id: (one.state, one.changed, one.level, one.changed_at == LATER) for one in Warning.objects.all()}


@pytest.mark.feature("SF029")
def test_new_ones_appear_with_their_moment_raised_ones_rise_and_closed_ones_close():
    released(row("up", "blue"), row("gone"), row("lost"), row("same"))
    take(entry(1, "up", "orange"), entry(2, "gone", ""), entry(3, "lost", "missing"), entry(4, "new", "yellow"))
    assert standing() == {
        "up": ("open", "raised", 3, True),
        "gone": ("closed", "closed", 4, True),
        "lost": ("closed", "closed", 4, True),
        "new": ("open", "new", 2, True),
        "same": ("open", "new", 4, False),
    }
    assert Warning.objects.get(warning_id="new").due_on == date(2026, 11, 27)


def test_entries_read_twice_count_once():
    released(row("a", "blue"))
    entries = [entry(1, "a", "red"), entry(2, "a", "yellow")]
    assert take(*entries) == 2
    before = standing()
    assert take(*entries) == 2
    assert standing() == before == {"a": ("open", "lowered", 2, True)}


def test_what_was_undecided_and_is_so_no_more_makes_no_warning():
    released(row("a"))
    assert take(entry(1, "b", "missing"), entry(2, "b", "")) == 2
    assert standing().keys() == {"a"}


def test_a_crash_between_two_entries_leaves_both_undone_and_they_are_done_once_later(monkeypatch: pytest.MonkeyPatch):
    released(row("a", "blue"))
    entries = [entry(1, "a", "red"), entry(2, "new")]
    follow = actions._follow

    def crash(told: Any, *given: Any) -> int:
        if told["number"] == 2:
            raise OSError("the disk is full")
        return follow(told, *given)

    with monkeypatch.context() as patch:
        patch.setattr(actions, "_follow", crash)
        with pytest.raises(OSError, match="full"):
            take(*entries)
    assert standing() == {"a": ("open", "new", 1, False)}
    assert Load.objects.get().stream_number == 0
    take(*entries)
    assert standing() == {"a": ("open", "raised", 4, True), "new": ("open", "new", 4, True)}
    assert Load.objects.get().stream_number == 2


def test_an_entry_that_was_left_out_stops_the_taking():
    released(row("a", "blue"))
    with pytest.raises(actions.EntryMissing, match=r"stands at entry 0 .* was given 2"):
        take(entry(2, "a", "red"))
    assert standing() == {"a": ("open", "new", 1, False)}


def test_without_a_release_there_is_nothing_to_add_to():
    with pytest.raises(actions.EntryMissing, match="no release"):
        take(entry(1, "a"))


def test_a_release_that_came_before_some_entries_is_followed_by_these_again():
    """The desk had read up to 3 when it took in a release that says what 1 and 2 said."""
    released(row("a", "blue"))
    take(entry(1, "a", "red"), entry(2, "b"), entry(3, "b", ""))
    released(row("a", "red"), row("b"), name="r2", stream_number=2)
    assert standing()["b"][:2] == ("open", "new")
    assert take(entry(1, "a", "red"), entry(2, "b"), entry(3, "b", "")) == 3
    assert standing() == {"a": ("open", "same", 4, True), "b": ("closed", "closed", 4, True)}
