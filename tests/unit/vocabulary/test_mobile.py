"""A message goes to eleven digits that could be somebody's."""

from __future__ import annotations

import pytest

from jiuzhu.vocabulary.mobile import MobileFault, mobile


@pytest.mark.parametrize("text", ["13905461234", "139 0546 1234", "+86 139-0546-1234", "008613905461234", "8613905461234"])
def test_every_spelling_of_a_number_is_the_number(text: str):
    assert mobile(text) == "13905461234"


@pytest.mark.parametrize(
    "text",
    ["", "0546-8081234", "12905461234", "1390546123", "139054612345", "13900000000", "13912345678", "13987654321", "1390546123x"],
)
def test_what_is_no_number_or_was_made_up_is_refused_without_being_shown(text: str):
    with pytest.raises(MobileFault) as refused:
        mobile(text)
    assert not text or text not in str(refused.value)
