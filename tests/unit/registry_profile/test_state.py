"""What is in force on a day, in whatever order it came."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from jiuzhu.registry.archived import CHANGE, DELIVERY, HASH
from tests.unit.registry_profile.rows import DAY, built, delivered, in_base

D = date


def bill(record: str, day: date, fen: int, **other):
    columns = {"id_no": 1, "settlement_date": min(day, D(2026, 11, 1)), "self_pay_amount": fen, **other}
    return ("medins_settlement", record, day, columns)


def bills(made) -> list[int]:
    return sorted(amount for _, amount in in_base(made, "medins_settlement", "self_pay_amount"))


@pytest.mark.requirement("E2")
def test_the_newer_data_date_of_a_record_wins_in_any_order():
    rows = [bill("a", D(2026, 5, 1), 100), bill("a", D(2026, 7, 1), 300), bill("a", D(2026, 6, 1), 200)]
    for order in itertools.permutations(rows):
        assert bills(built(order)) == [300]


@pytest.mark.requirement("E2")
def test_at_one_data_date_the_greater_content_hash_wins_in_any_order():
    rows = [bill("a", D(2026, 5, 1), 100, **{HASH: 7}), bill("a", D(2026, 5, 1), 200, **{HASH: -9})]
    assert [bills(built(order)) for order in itertools.permutations(rows)] == [[100], [100]]


def test_the_same_row_twice_counts_once():
    assert bills(built([bill("a", D(2026, 5, 1), 100), bill("a", D(2026, 5, 1), 100)])) == [100]


@pytest.mark.requirement("E2")
def test_a_retraction_takes_a_record_back_and_a_newer_word_brings_it_again():
    told = [bill("a", D(2026, 5, 1), 100), bill("a", D(2026, 6, 1), 100, **{CHANGE: "D"})]
    assert bills(built(told)) == []
    assert bills(built([*told, bill("a", D(2026, 7, 1), 150, **{CHANGE: "U"})])) == [150]


def test_a_retraction_of_what_never_came_changes_nothing():
    assert bills(built([bill("a", D(2026, 6, 1), 100, **{CHANGE: "D"}), bill("b", D(2026, 6, 1), 50)])) == [50]


def test_rows_after_the_day_are_not_seen():
    rows = [
        bill("sent later", D(2026, 11, 21), 100),
        bill("happens later", D(2026, 11, 20), 200, settlement_date=D(2026, 11, 21)),
        bill("today", D(2026, 11, 20), 300, settlement_date=D(2026, 11, 20)),
    ]
    assert bills(built(rows)) == [300]
    assert bills(built(rows, D(2026, 11, 21))) == [100, 200, 300]


def test_a_later_correction_is_not_seen_before_its_day():
    rows = [bill("a", D(2026, 5, 1), 100), bill("a", D(2026, 12, 1), 900)]
    assert bills(built(rows)) == [100]


def test_of_a_state_only_the_newest_row_of_each_thing_is_in_force():
    """Four quarters of a balance are one balance."""
    rows = [
        ("civil_verification_authorisation", "v", D(2026, 1, 1), {"id_no": 1, "auth_no": "A", "sign_date": D(2026, 1, 1),
         "valid_to": D(2027, 1, 1), "revoked": False}),
    ]  # fmt: skip
    for quarter, month in enumerate((2, 5, 8, 11)):
        account = {"id_no": 1, "bank_name": "农商行", "account_no": 5, "account_type": 1, "balance": 1000 * (quarter + 1)}
        rows.append(("bank_deposit", f"q{quarter}", D(2026, month, 1), {**account, "balance_date": D(2026, month, 1)}))
    other = {"id_no": 1, "bank_name": "农商行", "account_no": 6, "account_type": 1, "balance": 70, "balance_date": D(2026, 2, 1)}
    rows.append(("bank_deposit", "other account", D(2026, 2, 1), other))
    made = built(rows)
    assert sorted(in_base(made, "bank_deposit", "balance")) == [(1, 70), (1, 4000)]


def test_a_tie_of_states_goes_to_the_greater_record_id():
    rows = [
        ("civil_dibao_member", record, D(2026, 3, 1), {"id_no": 1, "dibao_no": "N", "dibao_status": status})
        for record, status in (("b", 2), ("c", 1), ("a", 2))
    ]
    assert in_base(built(rows), "civil_dibao_member", "dibao_status") == [(1, 1)]


FULL = {"first": D(2026, 6, 1), "last": D(2026, 6, 30)}


def test_a_full_delivery_replaces_its_period_and_leaves_the_others():
    deliveries = [
        delivered(0, "medins_settlement", D(2026, 5, 1), D(2026, 5, 31)),
        delivered(1, "medins_settlement", **FULL),
        delivered(2, "medins_settlement", **FULL, full=True),
    ]
    rows = [
        bill("may", D(2026, 5, 20), 1, **{DELIVERY: 0}),
        bill("june, left out of the full one", D(2026, 6, 20), 2, **{DELIVERY: 1}),
        bill("june, kept", D(2026, 6, 20), 4, **{DELIVERY: 1}),
        bill("june, kept", D(2026, 6, 25), 5, **{DELIVERY: 2}),
    ]
    for order in (rows, rows[::-1]):
        assert bills(built(order, deliveries=deliveries)) == [1, 5]


def test_a_full_delivery_replaces_only_its_own_division():
    deliveries = [delivered(0, "medins_settlement", **FULL), delivered(1, "medins_settlement", **FULL, full=True)]
    rows = [
        bill("neighbour", D(2026, 6, 20), 1, region_code="370503001001", **{DELIVERY: 0}),
        bill("ours", D(2026, 6, 20), 2, **{DELIVERY: 0}),
        bill("new", D(2026, 6, 25), 4, region_code="370502001002", **{DELIVERY: 1}),
        bill("newer", D(2026, 6, 25), 8, region_code="370502002001", **{DELIVERY: 1}),
    ]
    assert bills(built(rows, deliveries=deliveries)) == [1, 4, 8]


def test_what_comes_after_a_full_delivery_stands():
    deliveries = [delivered(0, "medins_settlement", **FULL, full=True), delivered(1, "medins_settlement", **FULL)]
    rows = [bill("in it", D(2026, 6, 20), 1, **{DELIVERY: 0}), bill("after it", D(2026, 6, 28), 2, **{DELIVERY: 1})]
    assert bills(built(rows, deliveries=deliveries)) == [1, 2]


def test_parts_of_a_full_delivery_stand_together():
    deliveries = [delivered(number, "medins_settlement", **FULL, full=True, part=str(number)) for number in (0, 1)]
    rows = [bill("one", D(2026, 6, 30), 1, **{DELIVERY: 0}), bill("two", D(2026, 6, 30), 2, **{DELIVERY: 1})]
    assert bills(built(rows, deliveries=deliveries)) == [1, 2]


def test_since_counts_from_the_first_month_of_the_unbroken_run():
    """The permit is sent every month; the day it was sent says nothing of how long it has been so."""
    states = [(3, 1), (4, 2), (5, 1), (6, 2), (7, 2), (8, 2)]
    rows = [
        ("police_residence_permit", f"p{month}", D(2026, month, 1), {"id_no": 1, "permit_no": 4, "permit_status": status})
        for month, status in states
    ]
    assert in_base(built(rows), "police_residence_permit", "permit_status", "permit_status__since") == [(1, 2, D(2026, 6, 1))]
    assert in_base(built(rows, D(2026, 5, 31)), "police_residence_permit", "permit_status__since") == [(1, D(2026, 5, 1))]


def test_since_sees_versions_of_one_record_and_not_what_was_retracted():
    def permit(record: str, month: int, status: int, change: str | None = None):
        columns = {"id_no": 1, "permit_no": 4, "permit_status": status, CHANGE: change}
        return ("police_residence_permit", record, D(2026, month, 1), columns)

    told = [permit("a", 2, 2), permit("a", 5, 2), permit("wrong", 4, 1)]
    assert in_base(built(told), "police_residence_permit", "permit_status__since") == [(1, D(2026, 5, 1))]
    taken_back = [*told, permit("wrong", 6, 1, "D")]
    assert in_base(built(taken_back), "police_residence_permit", "permit_status__since") == [(1, D(2026, 2, 1))]


def test_the_day_itself_is_seen_to_its_end_and_an_hour_of_tomorrow_is_not():
    instant = 1795190400  # 2026-11-20T16:00:00Z, 24:00 in Beijing
    rows = [
        ("civil_home_sensor_event", name, DAY, {"id_no": 1, "event_time": instant + after, "event_type": 1})
        for name, after in (("last second", -1), ("midnight", 0), ("after", 1))
    ]
    found = [record for _, record in in_base(built(rows), "civil_home_sensor_event", "record_id")]
    assert sorted(found) == ["last second", "midnight"]
