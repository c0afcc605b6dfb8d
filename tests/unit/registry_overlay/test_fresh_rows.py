"""New rows over those of a base: found by whoever they name, few or many at a time, until they count no longer."""

from __future__ import annotations

import random

import numpy as np

from jiuzhu.registry.overlay.rows import FreshRows

FIRST = 1000  # rows of the base


def rows_of(people: list[int | None]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Rows that name these people (None: nobody) in `person`, and the number of each in `amount`."""
    empty = np.array([one is None for one in people])
    return {
        "person": (np.array([one or 0 for one in people]), empty),
        "amount": (np.arange(len(people)), np.zeros(len(people), bool)),
    }


def test_rows_are_numbered_on_after_those_of_the_base():
    fresh = FreshRows(FIRST)
    assert fresh.add(["a", "b"], "office", rows_of([4, 5])).tolist() == [1000, 1001]
    assert fresh.add(["c"], "office", rows_of([4])).tolist() == [1002]
    cells, empty = fresh.cells("amount", np.array([1002, 1001]))
    assert (cells.tolist(), empty.tolist()) == ([0, 1], [False, False])


def test_few_and_many_subjects_find_the_same_rows():
    draw = random.Random(5)
    fresh = FreshRows(FIRST)
    named: list[int | None] = []
    for _ in range(30):
        people = [draw.choice([None, *range(400)]) for _ in range(draw.randrange(1, 40))]
        fresh.add([""] * len(people), "", rows_of(people))
        named += people
    subjects = np.array(sorted(draw.sample(range(-1, 400), 200)))
    rows, place = fresh.of("person", subjects)
    found = sorted(zip(place.tolist(), rows.tolist(), strict=True))
    expected = [
        (place, FIRST + at)
        for place, subject in enumerate(subjects.tolist())
        for at, person in enumerate(named)
        if person is not None and person == subject
    ]
    assert found == sorted(expected) != []
    one_by_one = [
        (place, row)
        for place, subject in enumerate(subjects.tolist())
        for row in fresh.of("person", np.array([subject]))[0].tolist()
    ]
    assert sorted(one_by_one) == found


def test_what_counts_no_longer_is_left_out_of_the_base_and_of_the_new():
    fresh = FreshRows(FIRST)
    fresh.add(["a", "b"], "", rows_of([7, 7]))
    fresh.drop(12)
    fresh.drop(1000)
    assert fresh.laid(np.array([11, 12, 13]), "person", 7).tolist() == [11, 13, 1001]


def test_a_dataset_of_which_rows_only_went_away_has_no_new_ones():
    fresh = FreshRows(FIRST)
    fresh.drop(3)
    assert fresh.of("person", np.arange(100))[0].tolist() == []
    assert fresh.laid(np.array([2, 3]), "person", 1).tolist() == [2]
