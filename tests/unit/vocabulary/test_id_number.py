"""Id numbers are read in every spelling, refused with the right reason, and packed exactly, alone and by the million."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jiuzhu.vocabulary.id_number import (
    FAULTS,
    IdNumber,
    IdNumberFault,
    check_character,
    pack,
    packed_old_forms,
    parse_many,
    unpack,
    unpack_many,
)

RIGHT = "11010519491231002X"  # the example of GB 11643 itself


def plain_check_character(digits: str) -> str:
    """ISO 7064 MOD 11-2 as the standard words it: the whole, each place weighted by 2^place, leaves 1 modulo 11."""
    for value, character in enumerate("0123456789X"):
        total = value + sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(digits))
        if total % 11 == 1:
            return character
    raise AssertionError


def fault_of(text: str, on: date | None = None) -> str:
    try:
        return "old_form" if IdNumber.parse(text, on=on).converted else ""
    except IdNumberFault as fault:
        return fault.code


right_numbers = st.builds(
    lambda county, born, number: (lambda body: body + plain_check_character(body))(f"{county}{born:%Y%m%d}{number:03}"),
    st.sampled_from(["110105", "370502", "500112", "371202", "810000", "830000", "911156", "937840"]),
    st.dates(date(1850, 1, 1), date(2199, 12, 31)),
    st.integers(0, 999),
)
spoilt = st.builds(
    lambda number, place, character: number[:place] + character + number[place + 1 :],
    right_numbers,
    st.integers(0, 17),
    st.sampled_from([*"0123456789Xx ", "", "０", "Ｘ", "一", "\u200b", "77"]),
)
anything = st.one_of(right_numbers, spoilt, right_numbers.map(lambda text: text[:6] + text[8:17]), st.text(max_size=20))


def test_the_example_of_the_standard_is_read() -> None:
    number = IdNumber.parse(RIGHT)
    assert (number.number, number.birth_date, number.sex, number.division) == (RIGHT, date(1949, 12, 31), 2, "110105")
    assert not number.converted


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        " 110105 1949 1231 002X ",
        "\ufeff11010519491231002X\u200b",
        "110105\u300019491231\u00a0002X\n",
    ],
)
def test_every_spelling_of_a_number_is_the_same_number(text: str) -> None:
    assert IdNumber.parse(text).number == RIGHT
    packed, faults = parse_many([text])
    assert (unpack(int(packed[0])), faults[0]) == (RIGHT, 0)


def test_an_old_number_of_15_digits_becomes_one_of_18_and_says_so() -> None:
    number = IdNumber.parse("110105491231002")
    assert (number.number, number.converted) == (RIGHT, True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("1101051949123100", "length"),
        ("11010519491231002X0", "length"),
        ("1101051949123100AX", "character"),
        ("110105X9491231002X", "character"),
        ("11010549123100X", "character"),
        ("11010519491231002Y", "character"),
        ("11010519490229002X", "date"),
        ("110105194913310021", "date"),
        ("110105194900310021", "date"),
        ("110105194912000021", "date"),
        ("110105179912310021", "date"),
        ("110105490229002", "date"),
        ("110105194912310020", "check_digit"),
        ("110105194912310012", "check_digit"),
        ("000105194912310021", "province"),
        ("160105194912310021", "province"),
        ("990105194912310021", "province"),
        ("470105491231002", "province"),
    ],
)
def test_a_wrong_number_is_refused_with_its_reason(text: str, code: str) -> None:
    assert fault_of(text) == code
    assert FAULTS[parse_many([text])[1][0]] == code


def test_the_29th_of_february_needs_a_leap_year() -> None:
    for year, leap in ((2000, True), (1900, False), (2024, True), (2023, False)):
        body = f"370502{year}0229001"
        assert fault_of(body + plain_check_character(body)) == ("" if leap else "date")


def test_all_assigned_provinces_are_right_and_all_others_wrong() -> None:
    assigned = {
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
        91,
    }
    for prefix in range(90):
        body = f"{prefix:02}010519900101001"
        assert (fault_of(body + plain_check_character(body)) == "") is (prefix in assigned), prefix


def test_a_number_of_a_county_that_is_gone_is_right() -> None:
    body = "37120219650708101"  # 莱城区, gone since 2018
    assert IdNumber.parse(body + plain_check_character(body)).division == "371202"


def test_a_birth_in_the_future_is_refused_only_when_a_day_is_given() -> None:
    body = "37050220261121001"
    text = body + plain_check_character(body)
    assert fault_of(text) == ""
    for on, code in ((date(2026, 11, 20), "date"), (date(2026, 11, 21), "")):
        assert fault_of(text, on) == code
        assert FAULTS[parse_many([text], on=on)[1][0]] == code


def test_a_number_is_never_shown_whole() -> None:
    number = IdNumber.parse("370502199001011417"[:17] + plain_check_character("37050219900101141"))
    assert number.masked == f"3705**********{number.number[14:]}"
    assert number.number not in f"{number} {number!r} {[number]}"


@pytest.mark.parametrize("text", ["110105194912310020", "不是号码", "11010519490229002X"])
def test_a_refusal_never_shows_the_text(text: str) -> None:
    with pytest.raises(IdNumberFault) as caught:
        IdNumber.parse(text)
    assert text not in str(caught.value)


@given(right_numbers)
def test_the_check_character_is_that_of_the_plain_definition(number: str) -> None:
    assert check_character(number[:17]) == plain_check_character(number[:17])
    assert fault_of(number) == ""


@given(right_numbers, right_numbers)
def test_packing_is_exact_and_keeps_the_order(one: str, two: str) -> None:
    assert unpack(pack(one)) == one
    assert 0 < pack(one) < 2**63
    assert (pack(one) < pack(two)) == (one.replace("X", ":") < two.replace("X", ":"))


@settings(deadline=None)
@given(st.lists(anything, max_size=40))
@example(["", "１１０１０５４９１２３１００２", "110105491231002", " " * 18, "\u200b" * 18])
def test_a_column_gives_what_each_number_gives_alone(texts: list[str]) -> None:
    faults = [fault_of(text) for text in texts]
    numbers = [
        pack(IdNumber.parse(text).number) if fault in ("", "old_form") else 0 for text, fault in zip(texts, faults, strict=True)
    ]
    for column in (
        texts,
        np.array(texts, object),
        pa.array([None, *texts, "x"], pa.string())[1:-1],
        pa.array(texts, pa.large_string()),
    ):
        packed, marks = parse_many(column)
        assert [FAULTS[mark] for mark in marks] == faults
        assert packed.tolist() == [number if fault == "" else 0 for number, fault in zip(numbers, faults, strict=True)]
        old = packed_old_forms(column).tolist()
        assert old == [number if fault == "old_form" else 0 for number, fault in zip(numbers, faults, strict=True)]


def test_a_column_may_have_empty_cells_and_a_fixed_width() -> None:
    packed, faults = parse_many(pa.array([None, RIGHT, None, ""]))
    assert faults.tolist() == [1, 0, 1, 1]
    assert unpack_many(packed[1:2]) == [RIGHT]
    assert parse_many(np.array([RIGHT, "110105491231002", ""], "S20"))[1].tolist() == [0, FAULTS.index("old_form"), 1]
    assert parse_many(pa.chunked_array([["1", None], [RIGHT]]))[1].tolist() == [1, 1, 0]
    assert parse_many(pa.array([], pa.string()))[0].tolist() == []


def test_a_long_column_is_read_in_pieces_without_a_seam() -> None:
    texts = [RIGHT, "110105194912310020", "110105491231002"] * 200_000
    packed, faults = parse_many(pa.array(texts))
    assert np.bincount(faults, minlength=7).tolist() == [200_000, 0, 0, 0, 0, 200_000, 200_000]
    assert set(packed[faults == 0].tolist()) == {pack(RIGHT)}


@given(st.lists(right_numbers, max_size=20))
def test_many_unpack_like_one(numbers: list[str]) -> None:
    assert unpack_many([pack(number) for number in numbers]) == numbers
