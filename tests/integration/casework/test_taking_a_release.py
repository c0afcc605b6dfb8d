"""A release becomes the desk's warnings: conserved, raised, lowered, closed, and only inside the viewer's division."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.dispatch import actions, counting, queries
from jiuzhu.casework.dispatch.models import Warning
from tests.support.officers import account, give
from tests.support.officers import officer as officer_with_role

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
DAY = date(2026, 11, 20)


def row(number: str, grade: str = "red", **other: str) -> dict[str, str]:
    told = {
        "warning_id": number,
        "indicator_id": "S01-E01",
        "subject_kind": "person",
        "subject": "not kept",
        "household_id": "H1",
        "division_code": "370502001001",
        "value": "31460.00",
        "unit": "yuan",
        "threshold": "5000.00",
        "grade": grade,
        "kind": "warning",
        "side": "entry",
    }
    return told | other


def take(release: str, rows: list[dict[str, str]], day: date = DAY):
    return actions.take_release(release=release, as_of=day, warnings=rows, due=lambda _: date(2026, 11, 27), at=AT)


@pytest.fixture
def officer() -> Officer:
    return officer_with_role("zhou", "township_officer", "370502001")


def test_the_same_release_twice_changes_nothing():
    first = take("r1", [row("a"), row("b", "blue")])
    again = take("r1", [row("a"), row("b", "blue")])
    assert again == first
    assert Warning.objects.count() == 2


@pytest.mark.feature("SF222")
def test_warnings_are_raised_lowered_closed_and_never_lost():
    take("r1", [row("up", "blue"), row("down", "red"), row("gone", "yellow"), row("same", "orange")])
    load = take("r2", [row("up", "red"), row("down", "yellow"), row("same", "orange"), row("new", "blue")], date(2026, 11, 21))
    assert (load.issued, load.opened, load.raised, load.lowered, load.closed) == (4, 1, 1, 1, 1)
    standing = {item.warning_id: (item.state, item.changed, item.level) for item in Warning.objects.all()}
    assert standing == {
        "up": ("open", "raised", 4),
        "down": ("open", "lowered", 2),
        "gone": ("closed", "closed", 2),
        "same": ("open", "same", 3),
        "new": ("open", "new", 1),
    }


def test_a_warning_that_comes_back_opens_again_under_its_old_number():
    take("r1", [row("a")])
    take("r2", [], date(2026, 11, 21))
    take("r3", [row("a", "yellow")], date(2026, 11, 22))
    item = Warning.objects.get()
    assert (item.warning_id, item.state, item.level, item.first_seen) == ("a", "open", 2, date(2026, 11, 22))


def test_going_back_to_an_older_release_shows_that_release():
    take("r1", [row("a")])
    take("r2", [row("b")], date(2026, 11, 21))
    take("r1", [row("a")])
    assert queries.newest_load().release == "r1"
    assert Warning.objects.get(warning_id="b").state == "closed"


def test_nothing_that_names_a_person_is_kept():
    take("r1", [row("a", subject="370502198001010012")])
    kept = Warning.objects.values().get()
    assert "370502198001010012" not in {str(value) for value in kept.values()}


@pytest.mark.parametrize(
    ("reach", "seen"),
    [
        ("370502001001", {"here"}),
        ("370502001", {"here", "same town"}),
        ("370502", {"here", "same town", "same county"}),
        ("370500", {"here", "same town", "same county", "same city"}),
        ("370000", {"here", "same town", "same county", "same city", "same province"}),
        ("371000", {"another city"}),
    ],
)
def test_an_officer_sees_a_division_and_what_lies_in_it(reach: str, seen: set[str]):
    places = {
        "here": "370502001001",
        "same town": "370502001002",
        "same county": "370502101001",
        "same city": "370503001001",
        "same province": "370102001001",
        "another city": "371002001001",
    }
    rows = [row(name, division_code=code) for name, code in places.items()]
    take("r1", rows)
    viewer = account("li")
    give(viewer, "township_officer", reach)
    found = {item.warning_id for item in queries.within_reach(viewer=viewer, operation="warnings.list", at=AT)}
    assert found - {"another city"} == seen - {"another city"}
    assert ("another city" in found) == (reach in ("371000", "370000"))


def test_a_warning_out_of_reach_looks_like_none(officer: Officer):
    take("r1", [row("far", division_code="370503001001")])
    assert queries.warning(viewer=officer, warning_id="far", at=AT) is None
    assert queries.warning(viewer=officer, warning_id="never was", at=AT) is None


def test_the_numbers_on_the_filters_equal_the_lists_behind_them(officer: Officer):
    rows = [
        row(
            str(n),
            ("red", "orange", "yellow", "blue")[n % 4],
            household_id=f"H{n // 3}",
            kind=("warning", "hint")[n % 5 == 0],
            side=("entry", "exit")[n % 3 == 0],
        )
        for n in range(60)
    ]
    take("r1", rows)
    wanted = queries.Filter(side="entry", levels=(4, 3))
    counted = counting.counts(viewer=officer, wanted=wanted, at=AT)
    plain = [one for one in rows if one["kind"] == "warning" and one["side"] == "entry"]
    assert counted.by_level == {level: sum(one["grade"] == grade for one in plain) for grade, level in actions.LEVELS.items()}
    shown = [one for one in plain if one["grade"] in ("red", "orange")]
    assert counted.households == len({one["household_id"] for one in shown})
    assert counted.total == queries.warnings(viewer=officer, wanted=wanted, at=AT).count() == len(shown)
