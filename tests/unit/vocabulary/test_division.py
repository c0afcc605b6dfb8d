"""Division codes nest by their digits."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu.vocabulary.division import DivisionFault, ancestors, canonical, nearest, parent, stem, tier, twelve, within

VILLAGE = "370502001001"
parts = st.tuples(st.integers(11, 82), st.integers(0, 99), st.integers(0, 99), st.integers(0, 999), st.integers(0, 999))
codes = parts.map(lambda part: "{:02}{:02}{:02}{:03}{:03}".format(*part))


@pytest.mark.parametrize(
    ("text", "short", "named"),
    [
        ("000000", "000000", "nation"),
        ("370000000000", "370000", "province"),
        ("370500", "370500", "prefecture"),
        ("370502000000", "370502", "county"),
        ("370502001", "370502001", "township"),
        ("370502001000", "370502001", "township"),
        (VILLAGE, VILLAGE, "village"),
        (" ３７０５０２ ", "370502", "county"),
    ],
)
def test_a_code_of_any_length_has_one_short_spelling_and_a_tier(text: str, short: str, named: str) -> None:
    assert (canonical(text), tier(text)) == (short, named)
    assert twelve(text) == short.ljust(12, "0")


@pytest.mark.parametrize("text", ["", "37", "3705", "3705021", "37050A", "000000001", "三七〇五〇二"])
def test_a_text_that_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(DivisionFault, match="division code"):
        canonical(text)


def test_the_line_of_a_village_leads_to_the_nation() -> None:
    assert list(ancestors(VILLAGE)) == ["370502001", "370502", "370500", "370000", "000000"]
    assert parent("370502") == "370500"
    assert parent("000000") is None


def test_a_township_may_stand_directly_under_a_city() -> None:
    assert list(ancestors("441900003")) == ["441900", "440000", "000000"]


def test_a_division_is_within_itself_and_those_above_only() -> None:
    assert all(within(VILLAGE, of) for of in (VILLAGE, *ancestors(VILLAGE)))
    assert not within("370502", VILLAGE)
    assert not within("370503", "370502")
    assert not within("370502", "371000")


def test_the_nearest_is_found_in_the_spelling_it_has_there() -> None:
    assert nearest({"000000", "370000000000", "370503"}, VILLAGE) == "370000000000"
    assert nearest({"000000", "370502", "370500"}, VILLAGE) == "370502"
    assert nearest({"370503"}, VILLAGE) is None


@given(codes, codes)
def test_lines_and_prefixes_agree(one: str, other: str) -> None:
    line = [canonical(one), *ancestors(one)]
    assert within(one, other) == (canonical(other) in line)
    assert all(len(stem(above)) < len(stem(below)) for below, above in pairwise(line))
    assert line[-1] == "000000"
