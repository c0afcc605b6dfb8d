"""What was delivered for which place and time."""

from __future__ import annotations

from datetime import date

from jiuzhu.registry.archived import Delivered
from jiuzhu.registry.profile.coverage import coverage_of, month_number
from tests.unit.registry_profile.rows import DAY, national

D = date
BILLS, STATE = "medins_settlement", "civil_dibao_member"
PLACES = ["370502001001", "370502002001", "370503001001", "370602001001"]


def month(number: int, when: tuple[int, int], dataset: str = BILLS, division: str = "370502", **other) -> Delivered:
    first = D(*when, 1)
    last = D(when[0] + when[1] // 12, when[1] % 12 + 1, 1).toordinal() - 1
    return Delivered(number, str(number), dataset, first=first, last=D.fromordinal(last), division=division, **other)


def covered(*deliveries: Delivered, as_of: date = DAY):
    return coverage_of([national().datasets[BILLS], national().datasets[STATE]], deliveries, PLACES, as_of=as_of)


def test_a_delivery_speaks_for_its_county_and_no_other():
    told = covered(month(0, (2026, 11)))
    assert [(BILLS, place) in told.fresh for place in range(4)] == [True, True, False, False]


def test_rows_of_one_township_speak_for_the_whole_county():
    told = covered(month(0, (2026, 11), division="370502001"))
    assert told.known(BILLS, 1, D(2026, 11, 1), DAY)


def test_a_delivery_of_two_counties_speaks_for_the_prefecture():
    told = covered(month(0, (2026, 11), division="3705"))
    assert [(BILLS, place) in told.fresh for place in range(4)] == [True, True, True, False]


def test_an_empty_file_of_nobody_in_particular_speaks_for_everywhere():
    told = covered(month(0, (2026, 11), division=""))
    assert all((BILLS, place) in told.fresh for place in range(4))


def test_silence_makes_a_dataset_old_after_its_days():
    days = national().datasets[BILLS].stale_after
    last = D(2026, 8, 31)
    assert covered(month(0, (2026, 8)), as_of=D.fromordinal(last.toordinal() + days)).fresh[BILLS, 0]
    assert not covered(month(0, (2026, 8)), as_of=D.fromordinal(last.toordinal() + days + 1)).fresh[BILLS, 0]


def test_a_missing_month_is_a_gap_for_events_and_none_for_states():
    told = covered(*(month(n, (2026, m), dataset) for n, m in enumerate((8, 9, 11)) for dataset in (BILLS, STATE)))
    assert told.gaps[BILLS, 0] == {month_number(D(2026, 10, 1))}
    assert (STATE, 0) not in told.gaps
    assert not told.known(BILLS, 0, D(2026, 10, 15), DAY)
    assert told.known(BILLS, 0, D(2026, 11, 1), DAY)


def test_only_months_that_are_over_are_closed_newest_first():
    told = covered(*(month(n, (2026, m)) for n, m in enumerate((9, 10, 11))))
    assert told.months[BILLS, 0] == (month_number(D(2026, 10, 1)), month_number(D(2026, 9, 1)))
    assert covered(*(month(n, (2026, m)) for n, m in enumerate((9, 10, 11))), as_of=D(2026, 11, 30)).months[BILLS, 0][0] == (
        month_number(D(2026, 11, 1))
    )


def test_a_quarter_is_closed_when_its_three_months_are():
    told = covered(*(month(n, (2026, m)) for n, m in enumerate((7, 8, 9, 10))))
    assert told.quarters[BILLS, 0] == (2026 * 4 + 2,)


def test_what_begins_after_the_day_was_not_delivered():
    assert (BILLS, 0) not in covered(month(0, (2026, 12))).fresh


def test_without_a_period_the_months_of_the_rows_count():
    told = covered(Delivered(0, "0", BILLS, division="370502", oldest=D(2026, 9, 10), newest=D(2026, 10, 5)))
    assert told.first_day[BILLS, 0] == D(2026, 9, 1)
    assert told.months[BILLS, 0] == (month_number(D(2026, 10, 1)), month_number(D(2026, 9, 1)))
