"""Storms of guesses: how many are looked at in an hour, and who is not held up by them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from jiuzhu.casework.accounts import tries
from jiuzhu.casework.accounts.tries import TooSoon
from tests.integration.accounts.conftest import AT

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A10")]
OFFICE, STRANGER = "198.51.100.7", "203.0.113.9"
HOUR = timedelta(hours=1)


def admitted(account: str, source: str, at: datetime, what: str = "password") -> bool:
    try:
        tries.admit(account=account, source=source, what=what, at=at)
    except TooSoon:
        return False
    return True


def storm(sources: list[str], accounts: list[str], *, every: timedelta, lasts: timedelta = HOUR, what: str = "password") -> int:
    """How many guesses are looked at when each moment brings one."""
    looked_at, moments = 0, int(lasts / every)
    for number in range(moments):
        source, account = sources[number % len(sources)], accounts[number % len(accounts)]
        looked_at += admitted(account, source, AT + number * every, what)
    return looked_at


def test_one_place_that_guesses_at_one_account_is_let_look_a_few_times_an_hour():
    assert storm([STRANGER], ["zhou"], every=timedelta(seconds=10)) <= 3 + 10 + 4


def test_guesses_at_one_account_from_everywhere_come_to_one_a_minute():
    everywhere = [f"203.0.113.{number}" for number in range(200)]
    assert storm(everywhere, ["zhou"], every=timedelta(seconds=5)) <= 10 + 6 + 60


def test_one_place_that_guesses_at_everybody_comes_to_two_a_minute():
    everybody = [f"officer{number}" for number in range(360)]
    assert storm([STRANGER], everybody, every=timedelta(seconds=10)) <= 30 + 5 + 120


def test_guesses_at_codes_from_everywhere_come_to_a_few_an_hour():
    everywhere = [f"203.0.113.{number}" for number in range(200)]
    assert storm(everywhere, ["zhou"], every=timedelta(seconds=20), what="code") <= 6 + 10 + 4


def test_an_officer_gets_in_from_their_own_desk_through_any_storm_of_strangers():
    tries.admit(account="zhou", source=OFFICE, what="password", at=AT - HOUR)
    tries.succeeded(account="zhou", source=OFFICE, what="password", at=AT - HOUR)
    storm([f"203.0.113.{number}" for number in range(200)], ["zhou"], every=timedelta(seconds=5))
    assert admitted("zhou", OFFICE, AT + HOUR)


def test_an_office_is_not_held_up_by_one_of_its_own_who_guesses_at_all_others():
    for name in ("zhou", "li"):
        tries.admit(account=name, source=OFFICE, what="password", at=AT - HOUR)
        tries.succeeded(account=name, source=OFFICE, what="password", at=AT - HOUR)
    storm([OFFICE], [f"officer{number}" for number in range(300)], every=timedelta(seconds=10))
    assert admitted("zhou", OFFICE, AT + HOUR)
    assert admitted("li", OFFICE, AT + HOUR)


def test_an_officer_of_a_stormed_account_waits_a_minute_at_most_on_a_new_device():
    storm([f"203.0.113.{number}" for number in range(200)], ["zhou"], every=timedelta(seconds=5))
    assert admitted("zhou", OFFICE, AT + HOUR + timedelta(seconds=60))


def test_a_hundred_guesses_at_once_count_as_a_hundred():
    assert sum(admitted("zhou", STRANGER, AT) for _ in range(100)) == 3


def test_one_that_succeeds_is_taken_back_and_begins_anew():
    for number in range(50):
        at = AT + timedelta(seconds=number)
        assert admitted("zhou", OFFICE, at)
        tries.succeeded(account="zhou", source=OFFICE, what="password", at=at)


def test_nothing_of_account_or_address_can_be_read_in_the_table():
    admitted("zhou", OFFICE, AT)
    kept = str(list(tries.Tries.objects.values()))
    assert "zhou" not in kept
    assert OFFICE not in kept
    assert admitted("ZHOU", OFFICE, AT)
    assert tries.Tries.objects.count() == 3
