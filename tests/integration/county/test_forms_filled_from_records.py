"""What departments know fills the form: of a real release, everybody of a household by the number of one of them, numbers masked."""

from __future__ import annotations

import pytest
from django.test import override_settings

from jiuzhu.casework.applications import known
from jiuzhu.casework.applications.form import answered
from jiuzhu.registry import public
from tests.support.applying import typed
from tests.support.county import AS_OF, NOW, County

KINDS = {"1": "visual", "2": "hearing", "3": "speech", "4": "physical", "5": "intellectual", "6": "mental", "7": "multiple"}


def disabled_of(told: public.Household) -> dict[int, str]:
    """Place of a member to the kind on their certificate in force."""
    rows = [row for row in told.rows.get("dpf_disability_certificate", ()) if row.columns.get("cert_status") == "1"]
    return {row.member: row.columns["disability_type"] for row in rows if row.member is not None}


@pytest.mark.feature("SF006")
def test_a_household_is_found_by_one_number_and_what_its_certificates_say_stands_in_the_form(county: County):
    with override_settings(WORKSPACE=county.workspace):
        for number in public.family_keys(county.workspace, public.family_numbers(county.workspace, range(400))):
            told = public.household(county.workspace, number, by="test", purpose="test", at=NOW)
            if len(told.people) > 1 and disabled_of(told):
                break
        people = public.identities(county.workspace, told.people, full=True, by="test", purpose="test", at=NOW)
        first = people[told.people[0]]
        records = known.of_number(first.number, by="test", at=NOW)
        assert (records.asked, records.household, len(records.people)) == (True, number, len(told.people))
        form = known.filled(records, number=first.number)
        for place, kind in disabled_of(told).items():
            assert form[f"members.{place}.member_disability_kind"] == [KINDS[kind]]
        assert form["members.0.member_name"] == [first.name]
        masks = {form[f"members.{place}.member_id_number"][0] for place in range(len(told.people))}
        assert all("*" in mask for mask in masks)
        assert not masks & {one.number for one in people.values()}
        shown = known.filled(records, number=first.number, whole=False)
        assert not [name for name in shown if name.startswith("members.1.") and "disability" in name]
        said = known.unmasked({**typed(), **form, "id_number": [first.number], "applicant_name": [first.name]}, records)
        rows = answered(said, on=AS_OF).values["members"]
        assert [row["member_id_number"] for row in rows] == [people[one].number for one in told.people]


def test_a_number_nobody_has_is_a_household_without_rows_and_no_release_is_nothing_asked(county: County, tmp_path: object):
    with override_settings(WORKSPACE=county.workspace):
        nobody = known.of_number("110105194912310021", by="test", at=NOW)
        assert (nobody.asked, nobody.people, nobody.rows) == (True, (), {})
    with override_settings(WORKSPACE=tmp_path):
        assert known.of_number("110105194912310021", by="test", at=NOW) is known.UNASKED
