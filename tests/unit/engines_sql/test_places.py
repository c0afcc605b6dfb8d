"""What differs from place to place is a column; what does not is a constant and costs nothing."""

from __future__ import annotations

from datetime import date

from jiuzhu.engines.base import Base
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.places import Places
from tests.support.small_base import Delivered, Person, SmallBase
from tests.support.small_catalogue import small_catalogue

SHELF = small_catalogue()


def places(*codes: str, delivered: dict[int, Delivered] | None = None) -> Places:
    small = SmallBase(SHELF.catalogue)
    small.places.extend(codes)
    small.people.extend(Person(household=number, hukou=number, place=number) for number in range(len(codes)))
    small.delivered = {("bill", place): one for place, one in (delivered or {}).items()}
    base: Base = small.made()
    return Places(base, SHELF.catalogue)


def test_a_parameter_that_is_the_same_everywhere_is_a_constant() -> None:
    value = places("370502001001", "370502001002").parameter("", "poverty.line", 2, "p")
    assert (value.sql, value.unknown) == (w.whole(500_000), None)


def test_the_nearest_division_decides_and_an_unset_number_is_unknown() -> None:
    asked = places("370600000000", "370502002001", "370502001001", "110000")
    value = asked.parameter("", "fee.limit", 2, "p")
    assert asked.parameters("", "fee.limit") == [300, 400, None, 200]
    table = asked.table()
    assert table[value.sql.name].to_pylist() == [30_000, 40_000, None, 20_000]
    assert value.unknown is not None
    assert table[value.unknown.name].to_pylist() == [False, False, True, False]


def test_equal_answers_are_kept_once() -> None:
    asked = places("370502001001", "370600000000")
    one, two = asked.flag([True, False], "p"), asked.flag([True, False], "p")
    assert one == two
    assert asked.table().num_columns == 2


def test_a_dataset_is_covered_where_it_was_delivered_in_time() -> None:
    old, late = Delivered(fresh=False), Delivered(first_day="2026-06-01")
    asked = places("370502001001", "370502001002", "370502001003", "370502001004", delivered={0: Delivered(), 1: old, 2: late})
    spring = asked.covered("bill", [(date(2026, 3, 1), date(2026, 5, 31))] * 4, "p")
    autumn = asked.covered("bill", [(date(2026, 3, 1), date(2026, 11, 20))] * 4, "p")
    assert asked.table()[spring.name].to_pylist() == [True, False, False, False]
    assert asked.table()[autumn.name].to_pylist() == [True, False, True, False]
    assert asked.covered("bill", [None] * 4, "p") == w.FALSE
