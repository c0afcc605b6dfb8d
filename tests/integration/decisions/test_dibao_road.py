"""Dibao from an examined application to a benefit in force, its changes and its end: by whom, with what reasons, to the fen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases.refusals import DutyHeld
from jiuzhu.casework.decisions import actions, changes, hearings
from jiuzhu.casework.decisions.actions import Choice
from jiuzhu.casework.decisions.hearings import Heard
from jiuzhu.casework.decisions.models import Decision, Hearing, Item, Proposal
from jiuzhu.casework.decisions.refusals import Blocked, Differs, NoSuchAmount, Unheard
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.payments.grants import amounts, terms_of
from jiuzhu.casework.payments.models import Grant
from jiuzhu.casework.roads.models import Walk
from jiuzhu.casework.roads.refusals import NeedsReason, NotNow, NotYet
from tests.support.deciding import AT, NUMBERS, Room
from tests.support.officers import account, give

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HEARD = Heard("cut", "at_home", date(2026, 11, 12), "the wife", "income rose", "she agrees with the figures", 500_00)


@pytest.fixture
def room() -> Room:
    return Room()


def standing(item: Item) -> str:
    return Walk.objects.get(pk=item.walk_id).state


def owed(last: str = "2027-03") -> list[dict[str, int]]:
    return [amounts(terms, last) for _, terms in terms_of()]


def test_a_confirmed_family_is_owed_the_difference_from_the_month_after(room: Room) -> None:
    made = room.confirmed()
    # (770 x 12 x 3 - 18,000) x 3 / (12 x 3) = 810
    assert (made.fen, made.from_month, standing(made.item)) == (810_00, "2026-12", "in_force")
    assert owed("2027-01") == [{"2026-12": 810_00, "2027-01": 810_00}]
    grant = Grant.objects.get()
    assert (grant.programme, grant.party) == ("dibao", room.people(made.item.case)[0])


@pytest.mark.requirement("F4")
def test_nobody_is_refused_cut_or_ended_but_by_a_named_officer_with_words(room: Room) -> None:
    item = room.reported(income=99_000)
    with pytest.raises(NeedsReason):
        actions.refuse(item=item, because=" ", by=room.reviewer, at=AT + 9 * DAY)
    with pytest.raises(NotAllowed):
        actions.refuse(item=item, because="above", by=room.clerk, at=AT + 9 * DAY)
    made = actions.refuse(item=item, because="income above the standard", by=room.reviewer, at=AT + 9 * DAY)
    assert (made.by, standing(item), Grant.objects.count()) == ("reviewer", "refused", 0)


@pytest.mark.feature("SF135")
@pytest.mark.requirement("F4")
def test_the_officer_may_differ_from_the_rules_but_only_with_a_reason(room: Room) -> None:
    item = room.item()
    for choice in (Choice(grants=False), Choice(fen=900_00)):
        with pytest.raises(Differs):
            actions.propose(item=item, gathered=room.facts(item), by=room.clerk, at=AT, choice=choice)
    why = "a debt was paid back out of the income; seen at home"
    made = actions.propose(item=item, gathered=room.facts(item), by=room.clerk, at=AT, choice=Choice(fen=900_00, because=why))
    assert (made.advised, made.advised_fen, made.grants, made.fen) == ("granted", 810_00, True, 900_00)
    assert made.because
    assert made.because != why  # sealed


def test_a_number_that_is_not_set_blocks_the_proposal_and_is_named(room: Room) -> None:
    item = room.item()
    without = {name: value for name, value in NUMBERS.items() if name != "dibao.asset.financial_per_capita_multiple"}
    with pytest.raises(Blocked, match=r"dibao\.asset\.financial_per_capita_multiple"):
        actions.propose(item=item, gathered=room.facts(item, numbers=without), by=room.clerk, at=AT)
    with pytest.raises(Blocked, match="consent"):
        actions.propose(item=item, gathered=room.facts(item, authorised=False), by=room.clerk, at=AT)
    assert not Proposal.objects.exists()


@pytest.mark.requirement("A8")
def test_whoever_proposed_or_surveyed_does_not_confirm_under_any_account(room: Room) -> None:
    give(room.clerk, "county_officer", "370502")
    other = account("clerk2", person=room.clerk.person)
    give(other, "county_officer", "370502")
    item = room.reported()
    for one in (room.clerk, other):
        with pytest.raises(DutyHeld):
            actions.confirm(item=item, by=one, at=AT + 9 * DAY)
    assert not Decision.objects.exists()
    assert not Grant.objects.exists()
    assert standing(item) == "reported"


def test_a_notice_is_waited_for_and_a_disputed_one_is_proposed_anew(room: Room) -> None:
    proposal = room.proposed()
    item = proposal.item
    with pytest.raises(NotYet):
        actions.step(item, "report", by=room.clerk, at=AT)
    actions.step(item, "publish", by=room.clerk, at=AT)
    with pytest.raises(NotYet):
        actions.step(item, "report", by=room.clerk, at=AT + 7 * DAY)
    actions.step(item, "dispute", by=room.clerk, at=AT + 3 * DAY, because="a car is said to stand there")
    second = actions.propose(item=item, gathered=room.facts(item), by=room.clerk, at=AT + 4 * DAY)
    assert (second.number, standing(item)) == (2, "proposed")


def test_what_was_sent_back_is_proposed_again_and_the_first_proposal_stays(room: Room) -> None:
    item = room.reported()
    actions.send_back(item=item, because="one income is missing", by=room.reviewer, at=AT + 9 * DAY)
    again = actions.propose(item=item, gathered=room.facts(item, income=19_200), by=room.clerk, at=AT + 10 * DAY)
    assert [one.fen for one in item.proposals.order_by("number")] == [810_00, 710_00]
    assert (again.number, standing(item)) == (2, "proposed")


def test_nothing_is_cut_or_ended_before_the_family_was_heard(room: Room) -> None:
    item = room.confirmed().item
    now = AT + 10 * DAY
    less = room.facts(item, income=21_600)
    with pytest.raises(NotNow):
        hearings.cut(item=item, gathered=less, because="income rose", by=room.reviewer, at=now)
    with pytest.raises(NotNow):
        hearings.end(item=item, because="moved away", by=room.reviewer, at=now)
    with pytest.raises(Unheard):
        hearings.hear(item=item, heard=Heard("end", "at_home", now.date(), "him", "", "", 0), by=room.clerk, at=now)
    assert owed("2026-12") == [{"2026-12": 810_00}]
    assert standing(item) == "in_force"


def test_a_heard_family_is_cut_to_what_the_facts_say_from_the_month_after(room: Room) -> None:
    item = room.confirmed().item
    now = AT + 40 * DAY
    hearings.hear(item=item, heard=HEARD, by=room.clerk, at=now)
    made = hearings.cut(item=item, gathered=room.facts(item, income=21_600), because="income rose", by=room.reviewer, at=now)
    assert (made.fen, made.from_month, standing(item)) == (510_00, "2027-01", "in_force")
    assert owed() == [{"2026-12": 810_00, "2027-01": 510_00, "2027-02": 510_00, "2027-03": 510_00}]
    hearings.hear(item=item, heard=HEARD, by=room.clerk, at=now)
    with pytest.raises(NoSuchAmount):
        hearings.cut(item=item, gathered=room.facts(item), because="less still", by=room.reviewer, at=now)


def test_what_the_family_says_may_leave_all_as_it_was(room: Room) -> None:
    item = room.confirmed().item
    now = AT + 40 * DAY
    hearings.hear(item=item, heard=HEARD, by=room.clerk, at=now)
    made = hearings.keep(item=item, because="the new income was lost again", by=room.clerk, at=now)
    assert (made.step, made.fen, standing(item)) == ("keep", 810_00, "in_force")
    assert owed("2026-12") == [{"2026-12": 810_00}]
    assert Hearing.objects.count() == 1


@pytest.mark.feature("SF201")
def test_a_benefit_that_ends_is_paid_to_the_end_of_the_month_and_its_road_is_over(room: Room) -> None:
    item = room.confirmed().item
    now = AT + 40 * DAY
    hearings.hear(item=item, heard=Heard("end", "by_phone", now.date(), "him", "income", "agrees"), by=room.clerk, at=now)
    hearings.end(item=item, because="income above the standard", by=room.reviewer, at=now)
    walk = Walk.objects.get(pk=item.walk_id)
    assert (walk.state, walk.ended) == ("ended", True)
    assert owed() == [{"2026-12": 810_00}]
    # Told by a letter that is served within three working days; decided on Saturday 12 December, that is the 16th.
    assert Notice.objects.get(kind="N11").serve_by == date(2026, 12, 16)


def test_who_rose_by_work_is_paid_on_for_the_months_the_place_grants(room: Room) -> None:
    item = room.confirmed().item
    now = AT + 40 * DAY
    numbers = {**NUMBERS, "exit.gradual_months_max": 2, "exit.gradual_rate": "0.5"}
    hearings.hear(item=item, heard=Heard("end", "by_phone", now.date(), "him", "income", "agrees"), by=room.clerk, at=now)
    above = room.facts(item, income=40_000, numbers=numbers)
    hearings.end(item=item, because="found work", by=room.reviewer, at=now, gathered=above, gradual="employment")
    assert owed() == [{"2026-12": 810_00, "2027-01": 405_00, "2027-02": 405_00}]


def test_more_after_a_review_is_paid_from_the_month_after_and_told(room: Room) -> None:
    item, now = room.confirmed().item, AT + 40 * DAY
    with pytest.raises(NoSuchAmount):
        changes.increase(item=item, gathered=room.facts(item), because="the same", by=room.reviewer, at=now)
    with pytest.raises(NotAllowed):
        changes.increase(item=item, gathered=room.facts(item, income=9_000), because="income fell", by=room.clerk, at=now)
    made = changes.increase(item=item, gathered=room.facts(item, income=9_000), because="income fell", by=room.reviewer, at=now)
    # (770 x 12 x 3 - 9,000) x 3 / (12 x 3) = 1,560
    assert (made.fen, made.from_month, standing(item), hearings.amount_now(item)) == (1_560_00, "2027-01", "in_force", 1_560_00)
    assert owed("2027-01") == [{"2026-12": 810_00, "2027-01": 1_560_00}]
    given = [(one.kind, one.office) for one in Notice.objects.order_by("pk")]
    assert given == [("N08", "370502"), ("N10", "370502")]  # by the county, which decided and answers for it


@pytest.mark.requirement("F4")
def test_after_a_death_nothing_is_owed_from_the_month_after_it_by_an_officer_with_words(room: Room) -> None:
    item, now = room.confirmed().item, AT + 40 * DAY
    told = {"item": item, "at": now}
    with pytest.raises(NotYet):
        changes.lapse(died_on=date(2027, 1, 1), because="certificate", by=room.reviewer, **told)
    with pytest.raises(NotAllowed):
        changes.lapse(died_on=date(2026, 12, 1), because="certificate", by=room.clerk, **told)
    with pytest.raises(NeedsReason):
        changes.lapse(died_on=date(2026, 12, 1), because=" ", by=room.reviewer, **told)
    made = changes.lapse(died_on=date(2026, 12, 1), because="certificate", by=room.reviewer, **told)
    assert (made.from_month, standing(item), owed("2027-03")) == ("2027-01", "ended", [{"2026-12": 810_00}])
    assert hearings.amount_now(item) == 0
