"""Planted families: who they are, the rows they get by themselves, the truth about them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.synthetic.formats import Deliveries
from jiuzhu.synthetic.people import Block
from jiuzhu.synthetic.planting import Census, Family, all_rows, expected
from jiuzhu.synthetic.shelves import Shelf
from jiuzhu.synthetic.sowing import Sower, StoryFault
from jiuzhu.synthetic.span import Span
from jiuzhu.synthetic.story import Days, Person, Story, row

DAY = Days(date(2026, 11, 20))
SPAN = Span(DAY.as_of, 24)


@pytest.fixture
def census(block: Block) -> Census:
    return Census(7, SPAN, block.villages)


def planted(census: Census, story: Story) -> Family:
    return census.family(story, "s99", census.villages[0])


def test_a_low_family_gets_its_household_and_members_by_itself(census: Census, catalogue: Catalogue) -> None:
    people = {"self": Person(age=50), "son": Person(age=20, father="self"), "uncle": Person(age=60, apart=True)}
    family = planted(census, Story("x", {}, dibao=True, people=people, member={"self_care": 2}))
    rows = {(item.dataset, item.person): item.columns for item in all_rows(family, DAY, catalogue)}
    assert rows["civil_lowincome_household", "self"]["category"] == 1
    assert rows["civil_lowincome_household", "self"]["member_count"] == 2
    assert rows["civil_lowincome_member", "son"]["self_care"] == 2
    assert ("civil_lowincome_member", "uncle") not in rows
    assert rows["civil_dibao_member", "son"]["start_date"] == date(2025, 11, 20)
    assert rows["police_population", "son"]["father_id_no"] == "self"
    assert family.people["uncle"].hukou_no != family.people["son"].hukou_no == family.people["self"].hukou_no


def test_a_row_of_the_story_takes_the_place_of_the_familys_own_unless_it_is_history(census: Census, catalogue: Catalogue) -> None:
    now = row("civil_dibao_member", "self", dibao_status=2)
    before = row("police_population", "self", hukou_status=1, data_date=DAY.ago(days=90))
    rows = all_rows(planted(census, Story("x", {}, dibao=True, rows=[now, before])), DAY, catalogue)
    assert [item.columns for item in rows if item.dataset == "civil_dibao_member"] == [{"dibao_status": 2}]
    assert len([item for item in rows if item.dataset == "police_population"]) == 2


def test_rows_of_banks_bring_an_authorisation_of_each_member(census: Census, catalogue: Catalogue) -> None:
    people = {"self": Person(), "child": Person(age=9, father="self")}
    story = Story("x", {}, low=True, people=people, rows=[row("bank_deposit", "self", balance="1")])
    signed = {
        item.person
        for item in all_rows(planted(census, story), DAY, catalogue)
        if item.dataset == "civil_verification_authorisation"
    }
    assert signed == {"self", "child"}
    own = row("civil_verification_authorisation", "self", valid_to=DAY.ago(days=1))
    story = Story("y", {}, low=True, rows=[row("bank_deposit", "self", balance="1"), own])
    rows = all_rows(planted(census, story), DAY, catalogue)
    assert len([item for item in rows if item.dataset == "civil_verification_authorisation"]) == 1


def test_the_truth_names_the_person_or_the_household_the_indicator_is_about(census: Census, catalogue: Catalogue) -> None:
    story = Story("x", {"S01-E01": "red", "S01-E04": None, "S05-E01": None}, low=True)
    family = planted(census, story)
    told = {line.indicator: line for line in expected(family, catalogue)}
    own = family.people["self"]
    assert (told["S01-E01"].kind, told["S01-E01"].subject, told["S01-E01"].grade) == ("person", own.id_no, "red")
    assert (told["S01-E04"].kind, told["S01-E04"].subject, told["S01-E04"].grade) == ("household", family.living, "")
    assert told["S05-E01"].subject == own.hukou_no
    assert {line.household for line in told.values()} == {family.living}


def test_of_a_quiet_family_every_member_and_both_households_must_be_silent(census: Census, catalogue: Catalogue) -> None:
    people = {"self": Person(), "wife": Person(sex=2, spouse="self")}
    lines = list(expected(planted(census, Story("x", {"*": None}, low=True, people=people)), catalogue))
    assert {(line.indicator, line.grade) for line in lines} == {("*", "")}
    assert sorted(line.kind for line in lines) == ["household", "household", "person", "person"]


def test_an_age_was_reached_about_half_a_year_ago_and_a_given_birth_stays(census: Census) -> None:
    people = {"self": Person(age=80), "child": Person(born=date(2020, 2, 29))}
    family = planted(census, Story("x", {}, people=people))
    assert date(1946, 3, 1) < family.people["self"].born < date(1946, 8, 1)
    assert family.people["child"].id_no[6:14] == "20200229"


@pytest.mark.parametrize(
    ("story", "says"),
    [
        (Story("x", {}, rows=[row("medins_settlement", "self", paid="1")]), "no column paid"),
        (Story("x", {}, rows=[row("medins_settlement", "aunt")]), "nobody is called 'aunt'"),
        (
            Story("x", {}, rows=[row("medins_settlement", "self", self_pay_amount="much")]),
            "self_pay_amount = 'much' is not a money",
        ),
        (Story("x", {}, rows=[row("medins_bills", "self")]), "dataset 'medins_bills' is not in the catalogue"),
    ],
)
def test_a_story_that_cannot_be_says_what_there_is(
    census: Census, catalogue: Catalogue, tmp_path: Path, story: Story, says: str
) -> None:
    deliveries = Deliveries(tmp_path)
    shelves = {code: Shelf.of(dataset, SPAN, deliveries, 1000) for code, dataset in catalogue.datasets.items()}
    family = planted(census, story)
    with pytest.raises(StoryFault, match=says):
        Sower(catalogue, shelves, SPAN).sow(family, story.rows)
