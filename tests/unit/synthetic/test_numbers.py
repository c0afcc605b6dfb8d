"""Invented numbers pass the checks that real ones pass."""

from __future__ import annotations

import numpy as np

from jiuzhu.synthetic import numbers
from jiuzhu.synthetic.names import draw_names, draw_surnames, surnames
from jiuzhu.synthetic.streams import between, stream
from jiuzhu.vocabulary.credit_code import CreditCode
from jiuzhu.vocabulary.id_number import IdNumber


def test_identity_numbers_are_right_and_say_birth_and_sex() -> None:
    r = stream(1, "ids")
    n = 500
    birth, sex = between(r, -25_000, 20_000, n), between(r, 1, 2, n)
    ids = numbers.identity_numbers(np.full(n, 370502), birth, between(r, 0, 499, n), sex).to_pylist()
    for text, day, kind in zip(ids, birth.tolist(), sex.tolist(), strict=True):
        assert IdNumber.parse(text).number == text
        assert text[6:14] == str(np.datetime64(day, "D")).replace("-", "")
        assert int(text[16]) % 2 == kind % 2


def test_nobody_shares_an_order_however_many_were_born_on_one_day() -> None:
    n = 2000
    area, birth, sex = np.full(n, 370502), np.full(n, 9000), np.ones(n, np.int64)
    born, order = numbers.distinct_births(area, birth, sex, low=100, room=30, last=20_000)
    assert len(set(zip(born.tolist(), order.tolist(), strict=True))) == n
    assert order.min() == 100
    assert order.max() == 129
    assert born.min() == 9000 - (n // 30 - (n % 30 == 0))


def test_credit_codes_are_right() -> None:
    for code in numbers.credit_codes(stream(1, "firms"), 370502, 200):
        assert CreditCode.parse(code).division == "370502"


def test_telephones_accounts_and_plates_are_everyones_own() -> None:
    people = np.arange(0, 3_000_000, 7)
    for texts in (numbers.mobile_numbers(people), numbers.account_numbers(people), numbers.plates("鲁E", people)):
        assert len(texts.unique()) == len(people)
    assert {len(text) for text in numbers.mobile_numbers(people[:1000]).to_pylist()} == {11}


def test_surnames_are_as_frequent_as_they_are() -> None:
    _, weights = surnames()
    drawn = np.bincount(draw_surnames(stream(1, "names"), 200_000), minlength=len(weights)) / 200_000
    expected = np.array(weights) / sum(weights)
    assert np.abs(drawn - expected).max() < 0.003


def test_a_name_has_a_surname_and_one_or_two_characters() -> None:
    r = stream(1, "names")
    sex = between(r, 1, 2, 1000)
    given = [len(name) for name in draw_names(r, np.zeros(1000, np.int64), sex).to_pylist()]
    assert set(given) == {2, 3}
