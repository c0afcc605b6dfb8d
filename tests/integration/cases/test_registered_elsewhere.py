"""Beyond hukou: a family is cared for where it lives, found and shown as registered elsewhere, and its place of hukou sees that."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from jiuzhu.casework.accounts import kin
from jiuzhu.casework.cases import actions, events, queries
from jiuzhu.casework.cases.elsewhere import cared_for_elsewhere, registered_elsewhere, told
from jiuzhu.casework.cases.models import Case, Member
from jiuzhu.casework.cases.queries import CaseFilter
from jiuzhu.casework.dispatch.handling import transfer_case
from jiuzhu.casework.parties.actions import met
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.desk.conftest import signed_in
from tests.integration.files.conftest import row
from tests.support.casework import AT, COUNTY, ELSEWHERE, TODAY, VILLAGE, case
from tests.support.county import AS_OF, NOW, County
from tests.support.officers import officer

pytestmark = pytest.mark.django_db
BESIDE = "370503"  # another county of the same city
TOWNSHIP_BESIDE = ELSEWHERE[:9]


def lives_here(*rows: public.KnownRow, people: int = 5) -> public.Household:
    by_dataset: dict[str, list[public.KnownRow]] = {}
    for one in rows:
        by_dataset.setdefault(one.dataset, []).append(one)
    return public.Household(
        "release", AS_OF, "H", VILLAGE, tuple(range(1, people + 1)), {code: tuple(found) for code, found in by_dataset.items()},
        {}, frozenset(),
    )  # fmt: skip


def test_elsewhere_is_what_the_most_trusted_source_says_and_what_nobody_says_is_not_elsewhere(national: Catalogue):
    permit = {"permit_status": "1"}
    family = lives_here(
        row("police_residence_permit", 0, hukou_region_code="371323001", **permit),
        row("police_population", 1, hukou_status="1"),
        row("police_residence_permit", 1, hukou_region_code="371323001", **permit),  # the register itself is trusted more
        row("civil_lowincome_member", 2, is_local_hukou="false", member_status="1"),  # elsewhere, and nobody says where
        row("police_residence_permit", 3, hukou_region_code="HU16000", **permit),  # of no division there is
    )
    assert registered_elsewhere(family, national) == {0: "371323", 2: "000000", 3: "000000"}
    moved = row("police_hukou_migration", 0, to_region_code=COUNTY + "001")
    assert registered_elsewhere(lives_here(row("police_residence_permit", 0, **permit), moved), national) == {}


def family_of(*counties: str, household: str = "H", division: str = VILLAGE) -> Case:
    made = case(household_key=household, division_code=division)
    for at, county in enumerate(counties):
        (party,) = met([f"{household}{at}"], household=household, at=AT)
        Member.objects.create(case=made, party=party, since=TODAY, hukou_county=county)
    return made


def seen(who: str, division: str, role: str = "county_officer") -> list[tuple[Case, list[str]]]:
    viewer = officer(who, role, division)
    rows = told(list(cared_for_elsewhere(viewer=viewer, at=AT)), viewer=viewer, at=AT)
    return [(one.case, [member.hukou_county for member in one.members]) for one in rows]


def test_the_county_of_hukou_sees_its_own_people_and_nobody_elses():
    mixed, local = family_of(BESIDE, "371323", ""), family_of("", "", household="L")
    left = family_of(BESIDE, household="G")
    Member.objects.filter(case=left).update(until=TODAY)
    assert seen("there", BESIDE) == [(mixed, [BESIDE])]
    assert seen("far", "371323") == [(mixed, ["371323"])]
    assert seen("city", "370500") == [(mixed, [BESIDE])]
    assert seen("audits", BESIDE, "auditor") == [(mixed, [BESIDE])]
    assert (
        seen("here", COUNTY)
        == seen("township", BESIDE + "001", "township_officer")
        == seen("steward", BESIDE, "data_steward")
        == []
    )
    here = officer("zhou", "county_officer", COUNTY)
    assert set(queries.cases(viewer=here, at=AT)) == {mixed, local, left}
    assert list(queries.cases(viewer=here, at=AT, wanted=CaseFilter(from_elsewhere=True))) == [mixed]
    assert list(queries.cases(viewer=officer("li", "county_officer", BESIDE), at=AT)) == []  # it sees that, not the case itself


@pytest.mark.requirement("A9")
def test_an_officer_of_the_county_of_hukou_does_not_see_families_near_to_them():
    family_of(BESIDE)
    near = officer("near", "county_officer", BESIDE)
    kin.mark(found=[(near.person.staff_number, "H", "register")], at=AT)
    assert list(cared_for_elsewhere(viewer=near, at=AT)) == []


def test_a_case_is_passed_on_to_where_the_family_lives_and_its_county_goes_on_seeing_it_until_it_is_back():
    family = family_of("", "371323")
    zhou, song = officer("zhou", "county_officer", COUNTY), officer("song", "county_officer", BESIDE)
    moved = transfer_case(case=family, division_code=TOWNSHIP_BESIDE, because="lives_elsewhere", by=zhou, at=AT)
    assert list(Member.objects.order_by("pk").values_list("hukou_county", flat=True)) == [COUNTY, "371323"]
    viewer = officer("here", "county_officer", COUNTY)
    assert list(cared_for_elsewhere(viewer=viewer, at=AT)) == [moved]
    assert list(queries.cases(viewer=viewer, at=AT)) == []
    transfer_case(case=moved, division_code=VILLAGE, because="new_facts", by=song, at=AT)
    assert list(Member.objects.order_by("pk").values_list("hukou_county", flat=True)) == ["", "371323"]
    assert list(cared_for_elsewhere(viewer=viewer, at=AT)) == []
    wrongly = family_of("", household="W")
    transfer_case(case=wrongly, division_code=TOWNSHIP_BESIDE, because="wrong_place", by=zhou, at=AT)
    assert Member.objects.get(case=wrongly).hukou_county == ""  # passed on by mistake says nothing of where it is registered


def somebody_from_elsewhere(county: County) -> tuple[public.Household, dict[int, str]]:
    """The first family of the county of whom somebody is registered in another one that is known."""
    listed = public.families_listed(county.workspace).position.tolist()
    for number in public.family_numbers(county.workspace, listed):
        found = public.household(county.workspace, number, by="test", purpose="test", at=NOW)
        where = {place: code for place, code in registered_elsewhere(found, county.catalogue).items() if code != "000000"}
        if where:
            return found, where
    raise AssertionError("the invented county has families who came from elsewhere")


@pytest.mark.feature("SF206")
def test_a_family_with_hukou_elsewhere_is_found_assigned_to_where_it_lives_shown_and_seen_from_its_hukou(county: County):
    household, where = somebody_from_elsewhere(county)
    number = household.number
    key = public.family_keys(county.workspace, [number])[number]
    hukou = next(iter(where.values()))
    assert household.division[:6] == COUNTY != hukou
    known = public.identities(county.workspace, household.people, by="test", purpose="test", at=NOW)
    theirs = {known[household.people[place]].name for place, code in where.items() if code == hukou}
    with override_settings(WORKSPACE=county.workspace):
        here = officer("here", "county_officer", COUNTY)
        family = actions.open_case(
            division_code=household.division, because="found_by_officer", household_key=number, by=here, at=NOW
        )
        events.hear(at=NOW)
        assert (family.division_code, set(queries.cases(viewer=here, at=NOW, wanted=CaseFilter(from_elsewhere=True)))) == (
            household.division,
            {family},
        )
        client: Client = signed_in(here)
        place = public.division_name(hukou)
        assert place in client.get("/cases/?elsewhere=1").content.decode()
        assert "户籍在外地，按居住地救助" in client.get(f"/cases/{family.key}/").content.decode()
        client.post(f"/households/{key}/", {"because": "窗口咨询临时救助"})
        file = client.get(f"/households/{key}/").content.decode()
        assert "户籍在外地，按居住地救助" in file
        assert place in file
        assert place not in client.get("/cases/registered-here/").content.decode()
        there: Client = signed_in(officer("there", "county_officer", hukou))
        page = there.get("/cases/registered-here/").content.decode()
        assert place in page
        assert public.division_name(household.division[:6]) in page
        assert "在办" in page
        assert all(name in page for name in theirs)
        for shut in (f"/cases/{family.key}/", f"/households/{key}/"):
            assert there.get(shut).status_code == 404
        assert (
            "Registered here, cared for elsewhere" in there.get("/cases/registered-here/?lang=en", follow=True).content.decode()
        )
        other: Client = signed_in(officer("other", "county_officer", "370521"))
        assert "没有本地户籍、由外地照护的家庭" in other.get("/cases/registered-here/").content.decode()
        assert signed_in(officer("grid", "grid_worker", hukou + "001001")).get("/cases/registered-here/").status_code == 404
