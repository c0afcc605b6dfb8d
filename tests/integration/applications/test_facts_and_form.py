"""The one form: what it must ask, what it leaves to the records, and what it declares in the words rules read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.applications import facts
from jiuzhu.casework.applications.declared import application_form, catalogue
from jiuzhu.casework.applications.form import answered, steps
from jiuzhu.casework.applications.papers import asked, before
from jiuzhu.rules.programmes.family import read_family
from tests.support.applying import accepted, number_of, typed
from tests.support.families import TOWNSHIP
from tests.support.family_files import written
from tests.support.officers import officer

DAY = date(2026, 11, 20)
LISTED = {
    "members__1__member_disability_kind": "physical", "members__1__member_disability_grade": "2", "incomes_how": "tell", "homes_how": "none",
    "incomes__0__income_member": "2", "incomes__0__income_kind": "wage", "incomes__0__income_monthly": "1,200.50", "assets_how": "records",
    "amount_asked": "300", "items": ["dibao", "temporary"], "events_how": "tell", "events__0__event_kind": "fire",
    "events__0__event_happened_on": "2026-11-01", "events__0__event_breaks_living": "yes",
}  # fmt: skip


@pytest.fixture
def township() -> Officer:
    return officer("township", "township_officer", TOWNSHIP)


def test_seven_items_are_one_form_and_one_application_whose_programmes_each_go_their_own_road():
    form = application_form()
    bundle = catalogue().library.bundles["assistance"]
    assert bundle.items == ("dibao", "tekun", "temporary", "medical", "premium", "employment", "poor_elderly")
    programmes = form.programmes_of(bundle.items)
    assert len(programmes) == len(set(programmes)) == 12
    assert all(any(code in form.items[item].programmes for item in bundle.items) for code in programmes)
    told = answered(typed(items=list(bundle.items)), on=DAY)
    assert (told.faults, tuple(told.values["items"])) == ((), bundle.items)


@pytest.mark.feature("SF087")
def test_nothing_is_mandatory_but_identity_contact_members_consent_and_what_no_source_can_show():
    form = application_form()
    must = {one.question.name for one in form.fields.values() if one.question.required and not one.known_from}
    assert must == {one.question.name for one in form.fields.values() if one.question.required}
    known = form.form.questions
    at_once = {name for name in must if not known[name].when and not known[name].group}
    wish, who = {"items"}, {"applicant_name", "id_kind", "phone", "residence", "address", "agent"}
    consents = {"truth", "consent_check", "consent_finance", "consent_medical", "consent_notice"}
    assert at_once == wish | who | {"kin_declared"} | consents
    assert len(form.form.questions) > 120
    assert answered(typed(), on=DAY).faults == ()


def test_a_question_stands_on_its_page_only_where_what_is_applied_for_needs_it():
    def names(**said: object) -> set[str]:
        return {one.question.name for page in steps(typed(**said)) for one in page.asked}

    dibao, premium = names(), names(items=["premium"])
    assert "incomes_how" in dibao
    assert "incomes_how" not in premium
    assert names(items=["unsure"]) >= dibao
    assert "income_kind" not in dibao
    assert "income_kind" in names(incomes_how="tell")
    assert "agent_name" in names(agent="yes")
    by_hand = {
        name for name, one in application_form().fields.items() if not one.question.when and not one.question.group
    }  # what is asked of everybody
    assert by_hand <= premium


def test_the_applicant_is_the_first_line_and_a_number_is_right_or_named():
    told = answered(typed(), on=DAY)
    assert [row["member_relation"] for row in told.values["members"]] == ["self", "spouse"]
    wrong = {
        "members__1__member_id_number": number_of("37050219630101001"), "phone": "12", "residence": "999999999", "incomes_how": "tell",
        "incomes__0__income_member": "3", "incomes__0__income_kind": "wage",
    }  # fmt: skip
    assert {(one.field, one.kind) for one in answered(typed(**wrong), on=DAY).faults} == {
        ("members.1.member_id_number", "twice"), ("phone", "phone"), ("residence", "division"), ("incomes.0.income_member", "member"),
    }  # fmt: skip
    gap = typed(
        **{"members__3__member_name": "丙三", "members__3__member_relation": "child", "members__3__member_id_kind": "none"}
    )
    assert ("members.2.member_name", "missing") in {(one.field, one.kind) for one in answered(gap, on=DAY).faults}


@pytest.mark.feature("SF006")
def test_twenty_papers_are_each_shown_by_a_source_and_none_is_asked_while_nobody_can_ask_the_source():
    from jiuzhu.casework.applications.known import UNASKED

    form = application_form()
    assert len(form.papers) == 20
    assert all(code in catalogue().datasets for paper in form.papers.values() for code in paper.known_from)
    assert {paper.code for item in form.items for paper in before([item])} == set(form.papers)
    assert asked(list(form.items), answered(typed(), on=DAY).values, UNASKED) == {}


@pytest.mark.django_db
def test_what_was_declared_reads_as_a_file_of_facts_and_what_was_left_to_the_records_is_unknown(township: Officer):
    made = accepted(township, fields=typed(**LISTED))
    told = facts.declared(made)
    family = read_family(Path("facts.toml"), catalogue().programmes, written(told))
    head, spouse = (one.party.key for one in made.named.order_by("line"))
    members = family.things["members"]
    assert [one["name"] for one in members] == [head, spouse]
    assert (members[1]["disability_kind"], members[1]["disability_grade"]) == ("physical", Decimal(2))
    assert family.household == {"residence_kind": "rural", "amount_asked": Decimal(300)}
    (income,) = family.things["incomes"]
    assert (income["monthly"], income["kind"], int(income["member"]), income["source"]) == (
        Decimal("1200.50"),
        "wage",
        1,
        "declaration",
    )
    assert family.things["events"][0]["happened_on"] == date(2026, 11, 1)
    assert "homes" in family.listed
    assert "assets" not in family.listed  # none is said; what is left to the records is not
    assert family.places == {"registration": "370502001011", "residence": "370502001011", "emergency": "370502001011"}


@pytest.mark.django_db
def test_an_id_number_says_the_day_of_birth_so_that_nobody_is_asked_for_an_age(township: Officer):
    told = facts.declared(accepted(township, fields=typed()))
    assert [one["birth_date"] for one in told["members"]] == [date(1963, 1, 1), date(1965, 2, 2)]
