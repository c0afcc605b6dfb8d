"""Who lives with whom, where they are put in line, and what of it was different before."""

from __future__ import annotations

from datetime import date

import pytest

from jiuzhu.registry.profile.households import ALONE, HUKOU, LOW
from tests.unit.registry_profile.rows import built, household_of

D = date


def registered(person: int, number: str, day: date = D(2026, 1, 1), status: int = 1, **other):
    columns = {"id_no": person, "hukou_household_no": number, "hukou_status": status, **other}
    return ("police_population", f"p{person} {day}", day, columns)


def low(person: int, number: str, day: date = D(2026, 1, 1), status: int = 1, **other):
    columns = {"id_no": person, "household_id": number, "member_status": status, **other}
    return ("civil_lowincome_member", f"m{person} {day}", day, columns)


def test_the_low_income_base_goes_before_the_register_and_that_before_alone():
    made = built(
        [registered(1, "K1"), registered(2, "K1"), registered(3, "K2"), low(1, "H1"), low(3, "H1"),
         ("medins_settlement", "s", D(2026, 5, 1), {"id_no": 4, "settlement_date": D(2026, 5, 1)})]
    )  # fmt: skip
    assert [household_of(made, person) for person in (1, 2, 3, 4)] == [(LOW, "H1"), (HUKOU, "K1"), (LOW, "H1"), (ALONE, "")]


def test_who_left_the_low_income_base_lives_in_the_hukou_household_again():
    made = built([registered(1, "K1"), low(1, "H1"), low(1, "H1", D(2026, 6, 1), status=2)])
    assert household_of(made, 1) == (HUKOU, "K1")


def test_who_moved_away_is_no_member_and_who_died_there_still_is():
    made = built([registered(1, "K1"), registered(2, "K1", status=2), registered(3, "K1", status=3)])
    assert [household_of(made, person)[0] for person in (1, 2, 3)] == [HUKOU, ALONE, HUKOU]


def test_who_moved_away_or_was_struck_off_is_no_more_of_the_hukou_household_and_who_died_there_still_is():
    made = built([registered(person, "K1", status=status) for person, status in ((1, 1), (2, 2), (3, 3), (4, 4))])
    hukou = dict(zip(made.people["person"].to_pylist(), made.base.people["hukou"].to_pylist(), strict=True))
    assert hukou == {1: 0, 2: -1, 3: 0, 4: -1}


def test_both_groupings_are_kept():
    made = built([registered(1, "K1"), registered(2, "K1"), low(1, "H1"), low(3, "H1")])
    people = made.people["person"].to_pylist()
    hukou = dict(zip(people, made.base.people["hukou"].to_pylist(), strict=True))
    assert hukou[1] == hukou[2] >= 0
    assert hukou[3] == -1
    assert made.hukou_numbers["number"].to_pylist() == ["K1"]


def test_a_move_changes_the_household_and_the_old_one_is_kept_with_its_dates():
    rows = [
        registered(1, "K1", D(2026, 1, 1)),
        low(1, "H1", D(2026, 3, 1)),
        low(1, "H2", D(2026, 5, 1)),
        low(1, "H2", D(2026, 9, 1), status=2),
        registered(2, "K1", D(2026, 1, 1)),
    ]
    for order in (rows, rows[::-1], [rows[at] for at in (3, 0, 4, 2, 1)]):
        made = built(order)
        position = made.people["person"].to_pylist().index(1)
        told = [(row["kind"], row["number"], row["from"], row["to"]) for row in made.changes.to_pylist()]
        assert {row["person"] for row in made.changes.to_pylist()} == {position}
        assert told == [
            (HUKOU, "K1", D(2026, 1, 1), D(2026, 3, 1)),
            (LOW, "H1", D(2026, 3, 1), D(2026, 5, 1)),
            (LOW, "H2", D(2026, 5, 1), D(2026, 9, 1)),
            (HUKOU, "K1", D(2026, 9, 1), None),
        ]
    assert household_of(built(rows, D(2026, 4, 1)), 1) == (LOW, "H1")


def test_people_stand_by_division_household_and_id_number_and_households_are_never_split():
    rows = [
        registered(1, "K2"),
        registered(2, "K1"),
        registered(3, "K2"),
        registered(4, "K0", region_code="370502002001"),
        registered(5, "K1", region_code="370502000000"),
    ]
    made = built(rows)
    # The least division of a household's members is that of the household; id numbers of these people sort backwards.
    assert made.people["person"].to_pylist() == [5, 2, 3, 1, 4]
    assert made.base.people["household"].to_pylist() == [0, 0, 1, 1, 2]
    assert made.base.households.to_pydict() == {"first": [0, 2, 4], "count": [2, 2, 1], "place": [0, 1, 2]}
    assert made.base.places["code"].to_pylist() == ["370502000000", "370502001001", "370502002001"]


def test_the_order_of_rows_changes_no_position():
    rows = [registered(person, f"K{person % 3}", spouse_id_no=person + 1) for person in range(1, 7)] + [low(2, "H"), low(5, "H")]
    first = built(rows)
    again = built(rows[::-1])
    assert first.people.equals(again.people)
    assert first.base.people.equals(again.base.people)
    assert all(first.base.rows[code].drop_columns(["_delivery"]).equals(again.base.rows[code].drop_columns(["_delivery"]))
               for code in first.base.rows)  # fmt: skip


def test_everybody_who_is_only_spoken_of_has_a_position():
    made = built([registered(1, "K1", father_id_no=9)])
    assert set(made.people["person"].to_pylist()) == {1, 9}
    father = made.base.relations["father"].to_pylist()
    people = made.people["person"].to_pylist()
    assert [(people[row["person"]], people[row["other"]]) for row in father] == [(1, 9)]


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_records_of_one_person_the_newer_household_counts(order: int):
    rows = [low(1, "H1", D(2026, 1, 1)), low(1, "H2", D(2026, 2, 1))][::order]
    assert household_of(built(rows), 1) == (LOW, "H2")


def test_a_row_with_a_household_number_of_its_own_follows_that_number():
    rows = [
        low(1, "H1"),
        low(2, "H2"),
        ("civil_home_visit", "v1", D(2026, 5, 1), {"id_no": 1, "household_id": "H2", "visit_date": D(2026, 5, 1), "finding": 1}),
        (
            "civil_home_visit",
            "v2",
            D(2026, 5, 1),
            {"id_no": 1, "household_id": "gone", "visit_date": D(2026, 5, 1), "finding": 1},
        ),
    ]
    made = built(rows)
    table = made.base.rows["civil_home_visit"]
    homes = [made.numbers["number"][home].as_py() for home in table["household"].to_pylist()]
    assert dict(zip(table["record_id"].to_pylist(), homes, strict=True)) == {"v1": "H2", "v2": "H1"}
