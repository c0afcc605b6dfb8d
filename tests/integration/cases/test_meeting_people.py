"""Two people are two, however alike their numbers look when they are shown."""

from __future__ import annotations

from datetime import date

import pytest

from jiuzhu.casework.parties.actions import meet
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.queries import find_by_number
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.vocabulary.id_number import IdNumber
from tests.support.families import TOWNSHIP
from tests.support.officers import officer
from tests.support.telling import AT, born

pytestmark = pytest.mark.django_db


def test_two_numbers_that_are_masked_alike_are_two_people_and_the_whole_number_is_kept():
    zhou = officer("zhou", "township_officer", TOWNSHIP)
    first, day = born(date(1970, 5, 1), 101), date(1971, 1, 1)
    while IdNumber.parse(born(day, 101)).masked != IdNumber.parse(first).masked:
        day = day.replace(day=day.day % 28 + 1) if day.day < 28 else date(day.year + 1, 1, 1)
    second = born(day, 101)
    told = {"proved_by": "paper", "division_code": TOWNSHIP, "by": zhou, "at": AT}
    one, other = (meet(name=name, id_number=number, **told) for name, number in (("郭一", first), ("郭二", second)))
    assert one.pk != other.pk
    assert meet(name="", id_number=first, **told).pk == one.pk
    for party, number in ((one, first), (other, second)):
        kept = Party.objects.get(pk=party.pk)
        assert opened(kept.id_number, column="parties_party.id_number", row=kept.key) == number
        found = find_by_number(viewer=zhou, number=number, division_code=TOWNSHIP, at=AT)
        assert found is not None
        assert found.pk == party.pk
