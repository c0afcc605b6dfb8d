"""The file of families of the small county: found by a key, read from a real release, shown only after the gate."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client, override_settings

from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.trace.models import Event
from jiuzhu.registry import public
from tests.integration.desk.conftest import signed_in
from tests.support.county import NOW, County
from tests.support.officers import officer


@pytest.fixture
def numbers(county: County) -> list[str]:
    return list(dict.fromkeys(row["household_id"] for row in county.warnings if row["household_id"]))


@pytest.mark.requirement("B6")
def test_a_family_is_found_again_by_its_key_and_the_key_tells_nothing_but_the_division(county: County, numbers: list[str]):
    keys = public.family_keys(county.workspace, numbers)
    assert len(keys) > 20
    assert len(set(keys.values())) == len(keys)
    for number, key in keys.items():
        assert number not in key
        assert public.family_of_key(county.workspace, key) == (number, key.partition("-")[0])
    for wrong in ("", "370502001011-AAAAAAAAAAAAAAAA", next(iter(keys.values()))[:-1], "x-y"):
        with pytest.raises(public.NoHousehold):
            public.family_of_key(county.workspace, wrong)


@pytest.mark.feature("SF129", "SF214")
def test_the_list_of_the_base_says_of_each_family_what_its_own_rows_say(county: County):
    found = public.families_listed(county.workspace)
    names = public.family_numbers(county.workspace, found.position.tolist())
    assert len(names) == len(set(names)) > 50
    assert 7 in found.category  # families without local registration stand where they live
    for at, number in enumerate(names):
        told = public.household(county.workspace, number, by="test", purpose="test", at=NOW)
        (row,) = [one for one in told.rows["civil_lowincome_household"] if one.columns["household_status"] == "1"]
        days = [one.columns["visit_date"] for one in told.rows.get("civil_home_visit", ())]
        days += [one.columns["apply_date"] for one in told.rows.get("civil_assistance_application", ())]
        met = max((day for day in days if day and day <= str(told.as_of)), default="")
        assert (str(found.category[at]), int(found.people[at])) == (row.columns["category"], len(told.people))
        assert found.codes[found.place[at]] == told.division
        assert (str(date(1970, 1, 1) + timedelta(days=int(found.met[at]))) if found.met[at] >= 0 else "") == met
        assert bool(found.unseen[at]) == (not met or met < str(told.as_of - timedelta(days=365)))


def test_a_family_reads_the_same_in_the_newest_release_and_in_that_release_by_its_name(county: County, numbers: list[str]):
    (number, *_) = public.family_keys(county.workspace, numbers)
    told = {"by": "test", "purpose": "test", "at": NOW}
    newest = public.read_family(county.workspace, number, **told)
    named = public.read_family(county.workspace, number, release=county.run.release, **told)
    assert (newest.household, newest.facts) == (named.household, named.facts)
    with pytest.raises(public.NoRelease):
        public.read_family(county.workspace, number, release="notthere", **told)


@pytest.mark.django_db
@pytest.mark.feature("SF212", "SF208")
def test_the_page_asks_why_first_and_then_tells_the_whole_file_with_masked_numbers(county: County, numbers: list[str]):
    keys = public.family_keys(county.workspace, numbers)
    number = max(keys, key=lambda one: sum(row["household_id"] == one for row in county.warnings))
    for row in county.warnings:
        if row["household_id"] == number and row["grade"] in ("red", "orange", "yellow", "blue"):
            Warning.objects.create(
                warning_id=row["warning_id"], indicator_id=row["indicator_id"], scenario_id=row["indicator_id"][:3],
                subject_kind=row["subject_kind"], household_id=number, division_code=row["division_code"], level=4,
                value="", threshold="", unit="", kind=row["kind"], side=row["side"], changed="new",
                first_seen=date(2026, 11, 20), as_of=date(2026, 11, 20),
            )  # fmt: skip
    address = f"/households/{keys[number]}/"
    with override_settings(WORKSPACE=county.workspace):
        client: Client = signed_in(officer("county", "county_officer", "370502"))
        people = public.household(county.workspace, number, by="test", purpose="test", at=NOW).people
        known = public.identities(county.workspace, people, full=True, by="test", purpose="test", at=NOW)
        gate = client.get(address).content.decode()
        assert "为什么打开" in gate
        assert not any(one.name in gate for one in known.values())
        assert client.post(address, {"because": "看"}).status_code == 422
        assert not Event.objects.filter(operation="family.open", outcome="done").exists()
        assert client.post(address, {"because": "窗口咨询临时救助"}).status_code == 302
        body = client.get(address + "?group=all").content.decode()
        assert Event.objects.filter(operation="family.open", outcome="done", household_key=number).count() == 2
        file = public.catalogue_of(county.workspace).family_file
        for item in file.items.values():
            assert f"<td>{item.title.zh}</td>" in body
        assert all(one.name in body and one.number not in body for one in known.values())
        assert all(f"{one.number[:4]}**********{one.number[14:]}" in body for one in known.values() if one.number)
        assert 'class="sil none"' in body
        assert re.search(r"独立来源印证</dt><dd class=\"num\">(0|33|67|100) ", body)
        english = client.get(address + "?lang=en", follow=True).content.decode()
        assert "One family, one chain of assistance" in english
        assert signed_in(officer("other", "county_officer", "370503")).get(address).status_code == 404
