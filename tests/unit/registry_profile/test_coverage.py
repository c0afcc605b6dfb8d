"""What was delivered for which place and time."""

from __future__ import annotations

from datetime import UTC, date, datetime

from jiuzhu.registry.archived import Delivered
from jiuzhu.registry.profile.coverage import coverage_of
from jiuzhu.vocabulary.period import month_number
from tests.unit.registry_profile.rows import DAY, built, national

D = date
BILLS, STATE, INCOME = "medins_settlement", "civil_dibao_member", "tax_individual_income"
PLACES = ["370502001001", "370502002001", "370503001001", "370602001001"]


def month(number: int, when: tuple[int, int], dataset: str = BILLS, division: str = "370502", **other) -> Delivered:
    first = D(*when, 1)
    last = D(when[0] + when[1] // 12, when[1] % 12 + 1, 1).toordinal() - 1
    return Delivered(number, str(number), dataset, first=first, last=D.fromordinal(last), division=division, **other)


def covered(*deliveries: Delivered, as_of: date = DAY):
    return coverage_of([national().datasets[code] for code in (BILLS, STATE, INCOME)], deliveries, PLACES, as_of=as_of)


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


# --- deliveries without a period -------------------------------------------------------------------------------------


def numbers(*months: tuple[int, int]) -> tuple[int, ...]:
    return tuple(month_number(D(*when, 1)) for when in months)


def unnamed(number: int, dataset: str, newest: date, *told: tuple[int, int], oldest: date | None = None) -> Delivered:
    """told: the months of its rows by their own day."""
    return Delivered(
        number, str(number), dataset, division="370502", oldest=oldest or newest, newest=newest, months=numbers(*told)
    )


def test_without_a_period_a_state_covers_the_months_of_its_data_dates():
    told = covered(unnamed(0, STATE, D(2026, 10, 5), oldest=D(2026, 9, 10)))
    assert told.first_day[STATE, 0] == D(2026, 9, 1)
    assert told.months[STATE, 0] == numbers((2026, 10), (2026, 9))


def test_without_a_period_a_month_of_which_there_is_no_row_is_not_closed_whenever_the_file_was_made():
    for dataset in (BILLS, INCOME):
        told = covered(unnamed(0, dataset, D(2026, 10, 31), (2026, 8), (2026, 9)), as_of=D(2026, 10, 31))
        assert told.months[dataset, 0] == numbers((2026, 9), (2026, 8))
        assert told.fresh[dataset, 0]
        assert told.known(dataset, 0, D(2026, 9, 1), D(2026, 10, 31))


def test_a_history_sent_on_one_day_covers_the_months_it_tells_of():
    told = covered(unnamed(0, INCOME, D(2026, 11, 15), *((2026, month) for month in range(1, 11))))
    assert told.first_day[INCOME, 0] == D(2026, 1, 1)
    assert told.quarters[INCOME, 0] == (2026 * 4 + 2, 2026 * 4 + 1, 2026 * 4)


def test_a_month_left_out_of_a_file_is_a_gap_where_a_row_is_owed_each_month_and_none_among_events():
    months = (2026, 8), (2026, 10)
    assert covered(unnamed(0, INCOME, D(2026, 11, 5), *months)).gaps[INCOME, 0] == set(numbers((2026, 9)))
    assert (BILLS, 0) not in covered(unnamed(0, BILLS, D(2026, 11, 5), *months)).gaps


def test_events_that_rest_for_a_month_leave_no_gap_before_the_next_file():
    told = covered(unnamed(0, BILLS, D(2026, 9, 30), (2026, 7)), unnamed(1, BILLS, D(2026, 10, 31), (2026, 10)))
    assert (BILLS, 0) not in told.gaps
    assert told.months[BILLS, 0] == numbers((2026, 10), (2026, 7))


def told_by(dataset: str, column: str, *cells: tuple[date, object], day: date = DAY) -> tuple[int, ...]:
    """The months that rows of (data_date, cell of `at`) tell of, in one delivery without a period."""
    rows = [(dataset, str(at), made, {"id_no": 1, column: cell}) for at, (made, cell) in enumerate(cells)]
    return built(rows, day, [Delivered(0, "0", dataset)]).deliveries[0].months


def test_rows_tell_of_their_own_months_whatever_their_day_of_sending():
    sent = D(2026, 11, 1)
    months = numbers((2025, 12), (2026, 10))
    assert told_by(BILLS, "settlement_date", (sent, D(2026, 10, 31)), (sent, D(2025, 12, 1)), (sent, D(2026, 10, 1))) == months
    assert told_by("civil_assistance_payment", "pay_month", *((sent, month) for month in reversed(months))) == months
    assert told_by("tax_business", "tax_quarter", (sent, 2026 * 4 + 1)) == numbers((2026, 4), (2026, 5), (2026, 6))
    midnight = int(datetime(2026, 9, 30, 16, tzinfo=UTC).timestamp())  # in Beijing the first of October
    assert told_by("civil_home_sensor_event", "event_time", (sent, midnight)) == numbers((2026, 10))
    assert told_by("civil_home_sensor_event", "event_time", (sent, midnight - 1)) == numbers((2026, 9))


def test_a_row_tells_of_no_month_after_the_day_it_was_true_of_nor_before_it_is_seen():
    assert told_by(BILLS, "settlement_date", (D(2026, 9, 30), D(2026, 10, 2)), (D(2026, 10, 2), D(2026, 9, 3))) == (
        numbers((2026, 9))
    )
    assert told_by(BILLS, "settlement_date", (D(2026, 12, 1), D(2026, 10, 2)), (D(2026, 10, 9), D(2026, 9, 3))) == (
        numbers((2026, 9))
    )
    assert told_by("tax_business", "tax_quarter", (D(2026, 11, 5), 2026 * 4 + 3)) == numbers((2026, 10), (2026, 11))
