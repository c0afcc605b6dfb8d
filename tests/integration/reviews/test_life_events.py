"""What happens in a family opens the right thing, and only people end anything: deaths, births, whoever stands for a family."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases.models import Member
from jiuzhu.casework.decisions import changes, sources
from jiuzhu.casework.decisions.models import Decision
from jiuzhu.casework.notices.contact import is_deceased
from jiuzhu.casework.payments import drawing, ledger, lists, payees, recovering
from jiuzhu.casework.payments.models import BudgetLine, Grant, Recovery
from jiuzhu.casework.payments.sending import work
from jiuzhu.casework.reviews import actions, life, rounds
from jiuzhu.casework.reviews.life import Happened, Newcomer
from jiuzhu.casework.reviews.models import LifeEvent, Review
from jiuzhu.casework.reviews.refusals import NeedsSuccessor, NotKnown, Unproved
from tests.support import casework
from tests.support.families import COUNTY
from tests.support.officers import officer
from tests.support.paying import quiet
from tests.support.reviewing import DAY, NOW, Helped, tasks

pytestmark = pytest.mark.django_db
DIED = date(2026, 11, 20)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Helped:
    made = Helped()
    monkeypatch.setattr(sources, "_told", made.known)
    return made


@pytest.mark.requirement("F4")
def test_a_warning_opens_a_review_and_changes_nothing_else(room: Helped) -> None:
    item = room.family(household="H-1")
    other = room.family(household="H-2")
    casework.warning("W-1", household_id="H-1", indicator_id="S21-R02", scenario_id="S21", side="exit")
    casework.warning("W-2", household_id="H-3", indicator_id="S21-R02", scenario_id="S21", side="exit")
    assert (rounds.hint(at=NOW), rounds.hint(at=NOW)) == (1, 0)
    event = LifeEvent.objects.get()
    assert (event.kind, event.state, event.case) == ("death", "hinted", item.case)
    review = Review.objects.get()
    assert (review.item, review.kind, review.due_on, tasks(item), tasks(other)) == (
        item,
        "death",
        NOW.date() + 90 * DAY,
        ["review"],
        [],
    )
    assert (Decision.objects.count(), Member.objects.filter(until__isnull=False).count(), room.state(item)) == (2, 0, "in_force")
    with pytest.raises(NotKnown):
        life.dismiss(event=event, because=" ", by=room.clerk, at=NOW)
    life.dismiss(event=event, because="he was at home and well", by=room.clerk, at=NOW)
    assert (Review.objects.get(pk=review.pk).state, tasks(item), rounds.hint(at=NOW)) == ("dropped", [], 0)


def test_after_a_death_another_adult_stands_for_the_family_the_share_stops_and_it_is_looked_at_within_three_months(
    room: Helped,
) -> None:
    item = room.family()
    head, second, _ = room.people(item.case)
    told: dict[str, Any] = {"kind": "death", "on": DIED, "party": head, "proof": "certificate 12"}
    for wrong, refusal in (
        ({"on": date(2026, 12, 1)}, NotKnown), ({"party": None}, NotKnown), ({"kind": "luck"}, NotKnown), ({"proof": " "}, Unproved),
        ({}, NeedsSuccessor), ({"successor": head}, NeedsSuccessor),
    ):  # fmt: skip
        with pytest.raises(refusal):
            life.enter(case=item.case, happened=Happened(**{**told, **wrong}), by=room.clerk, at=NOW)
    far = officer("far", "township_officer", "370503001")
    with pytest.raises(NotAllowed):
        life.enter(case=item.case, happened=Happened(**told, successor=second), by=far, at=NOW)
    life.enter(case=item.case, happened=Happened(**told, successor=second), by=room.clerk, at=NOW)
    item = room.again(item)
    assert (item.party, item.walk.party, Grant.objects.get().party, is_deceased(head)) == (second, second, second, True)
    review = Review.objects.get()
    assert (review.kind, review.due_on, room.state(item), tasks(item)) == ("death", NOW.date() + 90 * DAY, "in_force", ["review"])
    # Two are left: (770 x 12 x 2 - 18,000) x 2 / (12 x 2) = 40
    known = sources.facts_of(item, at=NOW)
    assert [one["name"] for one in known.facts["members"]] == [one.key for one in room.people(item.case)[1:]]
    assert (actions.judged(item, at=NOW).becomes, actions.judged(item, at=NOW).fen) == ("cut", 40_00)


def test_a_child_that_is_born_is_counted_and_more_is_due(room: Helped) -> None:
    item = room.family()
    born = Happened(kind="birth", on=DIED, newcomer=Newcomer("小宝", relation="2"))
    event = life.enter(case=item.case, happened=born, by=room.clerk, at=NOW)
    assert event.joined is not None
    assert Member.objects.filter(case=item.case, until__isnull=True).count() == 4
    # (770 x 12 x 4 - 18,000) x 4 / (12 x 4) = 1,580
    told = actions.judged(room.again(item), at=NOW)
    assert (told.becomes, told.fen, Review.objects.get().kind, Review.objects.get().due_on) == (
        "more",
        1_580_00,
        "birth",
        date(2026, 12, 18),
    )


@pytest.mark.requirement("F4")
def test_a_single_persons_grant_ends_by_an_officers_act_and_what_was_paid_after_the_death_is_found(
    room: Helped, tmp_path: Path
) -> None:
    item = room.family(size=1, income=0)
    person, checker = room.people(item.case)[0], officer("checker", "county_officer", COUNTY)
    paid(room, item.case, person, checker, tmp_path)
    later = NOW + 40 * DAY  # the first of January
    happened = Happened(kind="death", on=DIED, party=person, proof="certificate 12")
    life.enter(case=item.case, happened=happened, by=room.clerk, at=later)
    item = room.again(item)
    assert (tasks(item), room.state(item), Review.objects.count(), Recovery.objects.count()) == (["lapse"], "in_force", 0, 0)
    changes.lapse(item=item, died_on=DIED, because="certificate 12", by=room.reviewer, at=later)
    found = Recovery.objects.get()
    assert (room.state(item), found.cause, found.fen, found.walk.state) == ("ended", "death", 770_00, "found")
    assert [(one.month, one.fen) for one in found.months.all()] == [("2026-12", 770_00)]
    assert (tasks(item), ledger.balance(recovering.RECOVERABLE)) == (["handling"], 0)


def paid(room: Helped, case, person, checker, folder: Path) -> None:  # type: ignore[no-untyped-def]
    """December's money arrives."""
    line = BudgetLine.objects.create(code="dibao-370502-2026", division_code=COUNTY, programme="dibao", year=2026)
    ledger.appropriate(line, 1_000_000_00, about="budget", at=NOW)
    account = payees.Account(f"6217{person.pk:012}", "someone", "a bank")
    made = payees.propose(case=case, party=person, account=account, by=room.reviewer, at=NOW)
    payees.look(payee=made, case=case, right=True, by=checker, at=NOW)
    drawn = drawing.draw(division_code=COUNTY, programme="dibao", month="2026-12", by=room.reviewer, at=NOW).list
    signed = lists.make(made=drawn, by=room.reviewer, at=NOW)
    lists.check(made=signed, by=checker, at=NOW, because="looked at")
    bank = quiet(folder, NOW.date())
    for hours in range(3):
        work(bank, at=NOW + timedelta(hours=hours))
