"""What banks hold is read of nobody without a live authorisation (K1)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.registry_profile.rows import built, in_base

D = date


def deposit(person: int):
    account = {"id_no": person, "bank_name": "农商行", "account_no": person, "account_type": 1, "balance": person}
    return ("bank_deposit", f"d{person}", D(2026, 11, 1), {**account, "balance_date": D(2026, 10, 1)})


def signed(person: int, record: str = "", day: date = D(2026, 1, 1), **other):
    columns = {
        "id_no": person,
        "auth_no": f"A{person}{record}",
        "sign_date": D(2026, 1, 1),
        "valid_to": D(2026, 12, 31),
        "revoked": False,
    }
    return ("civil_verification_authorisation", f"a{person}{record} {day}", day, {**columns, **other})


@pytest.mark.requirement("K1")
def test_rows_are_there_only_of_people_whose_authorisation_is_live():
    made = built(
        [
            *(deposit(person) for person in range(1, 8)),
            signed(1),
            signed(2, revoked=True),
            signed(3, valid_to=D(2026, 11, 19)),
            signed(4, valid_to=D(2026, 11, 20)),
            signed(5, sign_date=D(2026, 11, 21)),
            signed(6, revoked=None),
        ]
    )
    assert {person for person, _ in in_base(made, "bank_deposit", "balance")} == {1, 4}
    people = made.people["person"].to_pylist()
    assert {people[at] for at, yes in enumerate(made.base.people["authorised"].to_pylist()) if yes} == {1, 4}


@pytest.mark.requirement("K1")
def test_a_withdrawal_closes_the_rows_from_its_day_on():
    rows = [deposit(1), signed(1), signed(1, day=D(2026, 11, 10), revoked=True)]
    assert in_base(built(rows, D(2026, 11, 9)), "bank_deposit", "balance") == [(1, 1)]
    assert in_base(built(rows, D(2026, 11, 10)), "bank_deposit", "balance") == []


@pytest.mark.requirement("K1")
def test_another_authorisation_of_the_same_person_still_stands():
    rows = [deposit(1), signed(1, "old", revoked=True), signed(1, "new")]
    assert in_base(built(rows), "bank_deposit", "balance") == [(1, 1)]
