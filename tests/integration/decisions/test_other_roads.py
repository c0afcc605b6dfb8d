"""The other programmes: recognised without a notice, given once, given at once without verification, decided by a conference."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases.models import Case, Member
from jiuzhu.casework.cases.refusals import DutyHeld
from jiuzhu.casework.decisions import actions, conferences, hearings, letters, queries
from jiuzhu.casework.decisions.actions import Choice
from jiuzhu.casework.decisions.conferences import Minutes
from jiuzhu.casework.decisions.hearings import Heard
from jiuzhu.casework.decisions.models import Conference, Decision, Item
from jiuzhu.casework.decisions.refusals import NotUrgent, Unheard
from jiuzhu.casework.decisions.urgent import Emergency, help_at_once
from jiuzhu.casework.notices.letters import read
from jiuzhu.casework.notices.models import Notice, Publication
from jiuzhu.casework.notices.publications import lines_of
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.payments import drawing, ledger
from jiuzhu.casework.payments.grants import amounts, terms_of
from jiuzhu.casework.payments.models import BudgetLine, Grant
from jiuzhu.casework.roads.models import Walk
from jiuzhu.casework.roads.queries import deadlines, durations
from jiuzhu.casework.verification.models import Authorisation, Request
from tests.integration.decisions.test_frozen import standard
from tests.support.deciding import AT, NUMBERS, Room
from tests.support.families import COUNTY, TOWNSHIP, VILLAGE, family
from tests.support.officers import officer
from tests.support.paying import owed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
AID = {
    **NUMBERS, "temp.max_months": 6, "temp.small_fast_cap_months": 1, "near.income_multiplier": "1.5",
    "near.asset.financial_per_capita_multiple": 24, "near.asset.vehicles_max": 0, "near.asset.residence_max": 1,
    "near.asset.shops_max": 0, "near.asset.businesses_max": 0,
}  # fmt: skip


@pytest.fixture
def room() -> Room:
    return Room()


def state(decision: Decision) -> str:
    return Walk.objects.get(pk=decision.item.walk_id).state


@pytest.mark.feature("SF103")
def test_one_application_refused_for_dibao_is_recognised_as_near_dibao_from_the_same_papers(room: Room) -> None:
    about = room.application()
    said = {"income": 32_400, "numbers": AID}
    refused = room.reported(room.item(about=about), **said)
    told = queries.basis(refused.proposals.get())
    assert told is not None
    assert told.household_class == "near_dibao"
    actions.refuse(item=refused, because="income above the standard", by=room.reviewer, at=AT + 9 * DAY)
    other = room.proposed(room.item("near_dibao", about=about), **said).item
    actions.step(other, "report", by=room.clerk, at=AT + DAY)
    made = actions.confirm(item=other, by=room.reviewer, at=AT + 2 * DAY)
    assert (state(made), made.fen, made.from_month, Grant.objects.count()) == ("in_force", 0, "", 0)
    hearings.hear(
        item=other, heard=Heard("end", "by_phone", AT.date(), "her", "a car", "it was sold"), by=room.clerk, at=AT + 3 * DAY
    )
    hearings.keep(item=other, because="the car was sold", by=room.clerk, at=AT + 3 * DAY)
    assert state(made) == "in_force"


@pytest.mark.feature("SF070")
def test_temporary_assistance_of_either_kind_is_owed_once_for_its_month_and_by_its_months(room: Room) -> None:
    urgent = room.confirmed(room.item("temporary_assistance"), numbers=AID, emergency=True, aid_months=2)
    assert (urgent.fen, urgent.from_month, state(urgent)) == (770_00 * 2 * 3, "2026-11", "given")
    spending = {"emergency": False, "expenditure_hardship": True, "dibao": True, "aid_months": 1}
    spent = room.confirmed(room.item("temporary_assistance"), numbers=AID, **spending)
    assert [amounts(terms, "2027-03") for _, terms in terms_of()] == [{"2026-11": 4_620_00}, {"2026-11": spent.fen}]
    assert spent.fen == 770_00 * 3
    assert set(Grant.objects.values_list("programme", flat=True)) == {"temporary"}


def test_small_fast_aid_is_given_on_the_day_by_two_people_without_verification_up_to_its_cap(room: Room) -> None:
    item = room.item("small_fast_relief")
    proposal = actions.propose(
        item=item, gathered=room.facts(item, numbers=AID, emergency=True, amount_asked=2_000), by=room.clerk, at=AT
    )
    assert proposal.fen == 770_00
    within = next(one for one in deadlines(Walk.objects.get(pk=item.walk_id), at=AT) if one.code == "confirm")
    assert within.due.day == (AT + 3 * DAY).date()
    with pytest.raises(DutyHeld):
        actions.confirm(item=item, by=room.clerk, at=AT)
    made = actions.confirm(item=item, by=officer("other", "township_officer", TOWNSHIP), at=AT + timedelta(hours=3))
    assert (made.from_month, state(made)) == ("2026-11", "given")
    actions.step(item, "document", because="receipts are there", by=room.clerk, at=AT + 20 * DAY)
    assert state(made) == "closed"


def hotline() -> tuple[Case, Party]:
    """A family of which nobody knows more than what was said on the telephone; nothing was applied for and nobody has signed."""
    case = family(VILLAGE)
    party = Party.objects.create(key=new_key("P"), proved_by="declared", met_at=AT)
    Member.objects.create(case=case, party=party, relation="1", since=AT.date())
    return case, party


@pytest.fixture
def numbers(tmp_path: Path, settings: Any) -> None:
    settings.PLACE_FOLDER = tmp_path / "place"
    (settings.PLACE_FOLDER / "parameters").mkdir(parents=True)
    for name, value in {**AID, "dibao.rural_monthly": 600}.items():
        standard(settings.PLACE_FOLDER, value, "2026-01-01", name)


@pytest.mark.usefixtures("numbers")
def test_a_family_that_called_in_the_morning_is_helped_before_noon_and_nobody_looked_into_its_records(room: Room) -> None:
    case, party = hotline()
    told = Emergency("房子昨夜烧了，一家人没有吃的", "rural", 500_00)
    proposal = help_at_once(case=case, party=party, emergency=told, by=room.clerk, at=AT)
    assert (proposal.grants, proposal.fen, proposal.item.walk.parent) == (True, 500_00, None)
    with pytest.raises(DutyHeld):
        actions.confirm(item=proposal.item, by=room.clerk, at=AT + timedelta(hours=1))
    made = actions.confirm(item=proposal.item, by=officer("other", "township_officer", TOWNSHIP), at=AT + timedelta(hours=2))
    grant = Grant.objects.get()
    assert (grant.case, [amounts(terms, "2026-11") for _, terms in terms_of()]) == (case, [{"2026-11": 500_00}])
    assert Notice.objects.get().kind == "N27"
    assert not Request.objects.exists()
    assert not Authorisation.objects.exists()
    actions.step(made.item, "document", because="火灾证明和收条已补", by=room.clerk, at=AT + 10 * DAY)
    assert state(made) == "closed"


@pytest.mark.usefixtures("numbers")
def test_small_fast_aid_ends_at_its_cap_and_is_proposed_once_at_a_time_by_whoever_may(room: Room) -> None:
    case, party = hotline()
    told = Emergency("车祸，急等住院押金", "rural", 9_000_00)
    with pytest.raises(NotUrgent):
        help_at_once(case=case, party=party, emergency=Emergency("  ", "rural"), by=room.clerk, at=AT)
    with pytest.raises(NotAllowed):
        help_at_once(case=case, party=party, emergency=told, by=officer("grid", "grid_worker", TOWNSHIP), at=AT)
    assert not Item.objects.exists(), "a refused act leaves no road behind"
    proposal = help_at_once(case=case, party=party, emergency=told, by=room.clerk, at=AT)
    assert proposal.fen == 600_00, "one month of the rural standard, whatever is asked for"
    with pytest.raises(NotUrgent):
        help_at_once(case=case, party=party, emergency=told, by=room.clerk, at=AT)
    actions.refuse(item=proposal.item, because="已由保险赔付", by=officer("other", "township_officer", TOWNSHIP), at=AT)
    assert Notice.objects.get(kind="N09").state != Notice.State.SERVED
    assert help_at_once(case=case, party=party, emergency=told, by=room.clerk, at=AT + DAY).item.pk != proposal.item_id


@pytest.mark.feature("SF071")
def test_what_no_rule_covers_is_decided_by_a_conference_and_paid_from_its_own_fund_line(room: Room) -> None:
    item = room.item("temporary_assistance")
    sat = [room.clerk, room.reviewer, officer("third", "county_officer", "370502")]
    minutes = Minutes(AT.date(), sat, "the roof burnt", "7,900 yuan from the rescue fund", "rescue", 7_900_00)
    with pytest.raises(Unheard):
        conferences.hold(item=item, minutes=Minutes(AT.date(), sat[:2], "a", "b", "rescue", 1), by=room.clerk, at=AT)
    with pytest.raises(NotAllowed):
        conferences.hold(item=item, minutes=minutes, by=officer("grid", "grid_worker", TOWNSHIP), at=AT)
    held = conferences.hold(item=item, minutes=minutes, by=room.clerk, at=AT)
    assert queries.conference(held)["resolution"] == "7,900 yuan from the rescue fund"
    assert held.participants.split() == ["clerk", "reviewer", "third"]
    choice = Choice(grants=True, fen=held.fen, because="as the conference resolved")
    actions.propose(
        item=item, gathered=room.facts(item, numbers=AID, emergency=False, aid_months=1), by=room.clerk, at=AT, choice=choice
    )
    actions.step(item, "publish", by=room.clerk, at=AT)
    actions.step(item, "report", by=room.clerk, at=AT + 8 * DAY)
    made = actions.confirm(item=item, by=room.reviewer, at=AT + 9 * DAY)
    grant = Grant.objects.get()
    assert (grant.programme, made.fen, Conference.objects.count()) == ("rescue", 7_900_00, 1)
    line = BudgetLine.objects.create(code="rescue-2026", division_code=COUNTY, programme="rescue", year=2026)
    ledger.appropriate(line, 20_000_00, about="rescue fund 2026", at=AT)
    drawing.draw(division_code=COUNTY, programme="rescue", month="2026-11", by=room.reviewer, at=AT + 9 * DAY)
    assert owed(grant) == 7_900_00


def test_terms_of_each_step_are_counted_in_working_days_and_how_long_each_took_is_known(room: Room) -> None:
    item = room.reported()
    walk = Walk.objects.get(pk=item.walk_id)
    now = AT + 9 * DAY
    terms = {one.code: one for one in deadlines(walk, at=now)}
    # Reported on Tuesday 10 November: ten working days are Tuesday 24; thirty from 2 November are Monday 14 December.
    assert (str(terms["confirm"].due.day), str(terms[""].due.day)) == ("2026-11-24", "2026-12-14")
    assert not terms["confirm"].late
    assert {one.code for one in deadlines(walk, at=AT + 23 * DAY) if one.late} == {"confirm"}
    actions.confirm(item=item, by=room.reviewer, at=now)
    took = durations(Walk.objects.get(pk=walk.pk), at=now)
    assert [(state, days) for state, _, days in took.states][:4] == [
        ("examined", 0),
        ("proposed", 0),
        ("noticed", 6),
        ("reported", 1),
    ]


def test_a_refusal_tells_what_was_found_why_and_what_else_is_open(room: Room) -> None:
    item = room.reported(income=32_400, numbers=AID)
    made = actions.refuse(item=item, because="人均月收入 900 元，不低于标准 770 元", by=room.reviewer, at=AT + 9 * DAY)
    told = letters.letter(made)
    assert told is not None
    kind, words = told
    assert kind == "N09"
    assert "900" in words["reason"].zh
    assert words["facts"].zh.startswith("不符合“收入”这一条，它要求："), "a refusal never says that what failed holds"
    assert words["alternatives"].zh == "最低生活保障边缘家庭"
    assert "near" in words["alternatives"].en.lower()
    given = Notice.objects.get(kind="N09")
    assert (given.subject_key, given.serve_by.isoformat(), given.office) == (item.key, "2026-11-16", "370502")
    assert "人均月收入 900 元" in str(read(given))


@pytest.mark.parametrize(("programme", "kind"), [("dibao", "N08"), ("temporary_assistance", "N27")])
def test_a_confirmed_family_hung_its_days_in_the_village_and_gets_its_letter(room: Room, programme: str, kind: str) -> None:
    item = room.reported(room.item(programme), numbers=AID, emergency=True, aid_months=1)
    hung = Publication.objects.get(subject_key=item.key)
    assert (hung.kind, hung.last_on.isoformat()) == ("N07", "2026-11-09")
    assert room.people(item.case)[0].key not in str(lines_of(hung))
    actions.confirm(item=item, by=room.reviewer, at=AT + 9 * DAY)
    assert Notice.objects.get().kind == kind
    hangs = [one.kind for one in Publication.objects.filter(state="up")]
    assert hangs == (["N19"] if programme == "dibao" else ["N07"])  # help given once is not published on


def test_a_wrong_decision_is_replaced_by_a_road_begun_anew_and_stays_as_it_was(room: Room) -> None:
    item = room.reported(income=99_000)
    made = actions.refuse(item=item, because="income", by=room.reviewer, at=AT + 9 * DAY)
    anew = actions.replace(decision=made, because="the income was another's", by=room.reviewer, at=AT + 30 * DAY)
    assert actions.replace(decision=made, because="again", by=room.reviewer, at=AT + 30 * DAY) == anew
    assert (anew.replaces, Walk.objects.get(pk=anew.walk_id).state, state(made)) == (item, "examined", "refused")
