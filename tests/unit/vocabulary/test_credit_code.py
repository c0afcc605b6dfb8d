"""Unified social credit codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu.vocabulary.credit_code import CreditCode, CreditCodeFault, check_character

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]  # as printed in GB 32100
bodies = st.builds(
    "{}{:06}{}".format,
    st.text(CHARACTERS, min_size=2, max_size=2),
    st.integers(0, 999_999),
    st.text(CHARACTERS, min_size=9, max_size=9),
)


@given(bodies)
def test_the_check_character_follows_the_printed_weights(body: str) -> None:
    value = (31 - sum(CHARACTERS.index(each) * weight for each, weight in zip(body, WEIGHTS, strict=True)) % 31) % 31
    code = CreditCode.parse(body + CHARACTERS[value])
    assert (code.division, code.organisation) == (body[2:8], body[8:])


def test_a_code_in_use_is_right_in_every_spelling() -> None:
    for text in ("91110000600037341L", " 91110000 600037341l ", "９１１１００００６０００３７３４１Ｌ"):
        assert CreditCode.parse(text).code == "91110000600037341L"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("91110000600037341", "length"),
        ("91110000600037341O", "character"),
        ("9111000A600037341L", "character"),
        ("91110000600037341M", "check_digit"),
        ("91110000600037431L", "check_digit"),
    ],
)
def test_a_wrong_code_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(CreditCodeFault) as caught:
        CreditCode.parse(text)
    assert caught.value.code == code


@given(bodies, st.integers(0, 16), st.sampled_from(CHARACTERS))
def test_one_wrong_character_is_always_found(body: str, place: int, other: str) -> None:
    changed = body[:place] + other + body[place + 1 :]
    assert (check_character(changed) == check_character(body)) == (changed == body)
