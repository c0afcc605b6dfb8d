"""Numbers that pass a check: identity numbers, social credit codes, telephone numbers, accounts, plates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.synthetic.streams import Chance, Numbers, whole
from jiuzhu.vocabulary.credit_code import check_character

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = pa.array(list("10X98765432"))
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MOBILE = whole([134, 135, 136, 137, 138, 139, 150, 151, 152, 157, 158, 159, 178, 182, 183, 187, 188])
_BANKS = whole([621700, 622848, 621226, 621799, 622180, 623052])

SEQUENCES = 460  # of the 500 sequence numbers a day and sex has in one county, those for ordinary residents
PLANTED_SEQUENCES = 500 - SEQUENCES


def calendar_digits(days: Any) -> Numbers:
    """yyyymmdd as whole numbers."""
    day = whole(days).astype("M8[D]")
    month = day.astype("M8[M]")
    months = month.astype(np.int64)
    of_month = (day - month.astype("M8[D]")).astype(np.int64)
    return whole((months // 12 + 1970) * 10_000 + (months % 12 + 1) * 100 + of_month + 1)


def identity_numbers(area: Any, birth: Any, order: Any, sex: Any) -> pa.Array:
    """18 characters after GB 11643; `order` is 0 to 499, the sequence number is odd for men and even for women."""
    sequence = whole(order) * 2 + (whole(sex) == 1)
    body = whole(area) * 10**11 + calendar_digits(birth) * 1000 + sequence
    total, rest = np.zeros(len(body), dtype=np.int64), body.copy()
    for weight in reversed(_WEIGHTS):
        rest, digit = np.divmod(rest, 10)
        total += weight * digit
    return pc.binary_join_element_wise(pa.array(body).cast(pa.string()), _CHECKS.take(pa.array(total % 11)), "")


def distinct_births(area: Numbers, birth: Numbers, sex: Numbers, *, low: int, room: int, last: int) -> tuple[Numbers, Numbers]:
    """Births and orders so that no two people share area, day, sex and order.

    Each stretch of people has the orders from `low` on, `room` of them; who finds none left was born a day earlier,
    which nobody will notice.
    """
    birth = np.minimum(birth, last)
    while True:
        key = (area * 100_000 + birth + 40_000) * 2 + (sex == 1)
        line = np.argsort(key, kind="stable")
        ordered = key[line]
        starts = np.r_[0, np.flatnonzero(np.diff(ordered)) + 1]
        rank = np.empty(len(key), dtype=np.int64)
        rank[line] = np.arange(len(key)) - np.repeat(starts, np.diff(np.r_[starts, len(key)]))
        late = rank >= room
        if not late.any():
            return birth, low + rank
        birth = birth - late


def credit_codes(r: Chance, area: int, n: int) -> list[str]:
    """`n` unified social credit codes (GB 32100) of enterprises registered in one county."""
    codes = []
    for body in r.integers(0, len(_CREDIT), size=(n, 9)):
        text = f"91{area:06}" + "".join(_CREDIT[i] for i in body[:8])
        text += organisation_check(text[8:16])
        codes.append(text + check_character(text))
    return codes


def organisation_check(body: str) -> str:
    """The ninth character of an organisation code (GB 11714)."""
    total = sum(_organisation_value(c) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0123456789X"[(11 - total % 11) % 11]


def _organisation_value(character: str) -> int:
    return int(character) if character.isdigit() else ord(character) - ord("A") + 10


def mobile_numbers(people: Any) -> pa.Array:
    """A telephone number for each number of a person; no two are the same below 17 × 10^8 people."""
    people = whole(people)
    tail = people // len(_MOBILE) * 7_654_321 % 100_000_000  # 7,654,321 has no divisor in common with 10^8
    return pa.array(_MOBILE[people % len(_MOBILE)] * 10**8 + tail).cast(pa.string())


def account_numbers(people: Any, kind: int = 0) -> pa.Array:
    """A bank account for each number of a person and kind of account."""
    people = whole(people)
    body = pa.array(_BANKS[(people + kind) % len(_BANKS)]).cast(pa.string())
    return pc.binary_join_element_wise(body, pa.array(people * 10 + kind + 10**12).cast(pa.string()), "")


def plates(prefix: str, things: Any) -> pa.Array:
    """Number plates: `prefix` (province and city), then five characters, or six where they run out."""
    things = whole(things)
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    letter, rest = np.divmod(things, 10_000)
    high, low = np.divmod(letter, len(alphabet))
    head = pa.array([first + second for first in alphabet for second in alphabet]).take(
        pa.array(high % len(alphabet) * len(alphabet) + low)
    )
    return pc.binary_join_element_wise(prefix, head, pc.utf8_lpad(pa.array(rest).cast(pa.string()), 4, "0"), "")
