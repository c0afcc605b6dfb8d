"""Codes that hold for thirty seconds: the published answers, a clock a little wrong, and no code twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jiuzhu.crypto import one_time

SECRET = b"12345678901234567890"
AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
# RFC 6238, appendix B, SHA-1: seconds since 1970 and the last six digits of the answer.
PUBLISHED = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("second", "code"), PUBLISHED)
def test_the_published_answers_come_out(second: int, code: str):
    assert one_time.code_of(SECRET, one_time.step_of(datetime.fromtimestamp(second, UTC))) == code


@pytest.mark.parametrize("seconds", range(-75, 76, 15))
def test_a_clock_may_be_wrong_by_one_step_and_no_more(seconds: int):
    step = one_time.step_of(AT + timedelta(seconds=seconds))
    shown = one_time.step_shown(SECRET, one_time.code_of(SECRET, step), at=AT, after=0)
    assert shown == (step if abs(step - one_time.step_of(AT)) <= 1 else None)


def test_a_code_holds_once_and_none_before_it_holds_afterwards():
    now = one_time.step_of(AT)
    for older in (now - 1, now):
        assert one_time.step_shown(SECRET, one_time.code_of(SECRET, older), at=AT, after=now) is None
    assert one_time.step_shown(SECRET, one_time.code_of(SECRET, now + 1), at=AT, after=now) == now + 1


@pytest.mark.parametrize("wrong", ["", "12345", "1234567", "abcdef", "٠١٢٣٤٥"])
def test_what_is_no_code_holds_never(wrong: str):
    assert one_time.step_shown(SECRET, wrong, at=AT, after=0) is None


def test_the_address_of_an_enrolment_is_read_back_by_what_an_authenticator_reads():
    secret = one_time.new_secret()
    address = one_time.enrolment_address(secret, account="zhou", issuer="救助")
    assert address.startswith("otpauth://totp/%E6%95%91%E5%8A%A9%3Azhou?")
    assert f"secret={one_time.spelled(secret)}&" in address
    assert (len(secret), len({one_time.new_secret() for _ in range(50)})) == (20, 50)
