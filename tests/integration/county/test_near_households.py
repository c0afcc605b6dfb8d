"""Households near to a person, found in the records of a county, are those that plain loops over its rows find."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from jiuzhu.casework.accounts import kin
from jiuzhu.registry import public
from jiuzhu.registry.public.opened import vault_of
from tests.support.casework import AT
from tests.support.county import NOW, County
from tests.support.officers import officer

TOLD = {"by": "test", "purpose": "test", "at": NOW}


@pytest.mark.django_db
@pytest.mark.requirement("A9")
def test_addresses_lead_to_the_same_households_as_plain_loops(county: County, settings: object):
    vault = vault_of(county.workspace)
    texts: dict[int, set[str]] = defaultdict(set)
    for one in vault.details().to_pylist():
        if one["kind"] == "address":
            texts[one["person_id"]].add(one["text"])
    numbers = {one["household_id"] for one in county.warnings if one["household_id"]}
    numbers |= set(public.family_numbers(county.workspace, range(400)))
    lives, addresses = {}, defaultdict(set)
    for number in public.family_keys(county.workspace, sorted(numbers)):
        told = public.household(county.workspace, number, **TOLD)
        for person in told.people:
            lives[person] = number
            addresses[number] |= texts[person]
    seen = set()
    wanted = sorted(lives)[:60]
    for person, number in zip(wanted, vault.id_number_of(np.array(wanted)), strict=True):
        if not number:
            continue
        found = public.near_households(county.workspace, number, **TOLD)
        assert [one.household for one in found if one.because == "own"] == [lives[person]]
        others = {one.household for one in found if one.because == "address" and one.household in addresses}
        plain = {home for home, known in addresses.items() if home != lives[person] and known & texts[person]}
        assert others == plain
        seen |= {one.because for one in found}
    assert {"own", "address"} <= seen
    settings.WORKSPACE = county.workspace  # type: ignore[attr-defined]
    zhou = officer("zhou", "township_officer", "370502001")
    kin.declare(name="某某", number=number, relation="sibling", household="", by=zhou, at=AT)
    kin.find_households(near_of=kin.in_all_records(by="test", at=AT), at=AT)
    assert kin.marked([lives[person]], at=AT) == {lives[person]}
