"""A benefit in force is looked at again by its rhythm or for a reason; a change goes its own road, and a person takes each step of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.decisions import actions as decisions
from jiuzhu.casework.decisions import changes, hearings, sources
from jiuzhu.casework.decisions.hearings import Heard
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.payments.models import Term
from jiuzhu.casework.reviews import actions, queries, rounds
from jiuzhu.casework.reviews.actions import Invitation
from jiuzhu.casework.reviews.models import Review, Watch
from jiuzhu.casework.reviews.refusals import AlreadyOpen, NotThisOne, SaysOtherwise
from jiuzhu.casework.roads.refusals import NeedsReason, NotYet
from jiuzhu.casework.verification.refusals import NotAuthorised
from tests.support.deciding import AT
from tests.support.officers import officer
from tests.support.reviewing import DAY, NOW, Helped, tasks

pytestmark = pytest.mark.django_db
HEARD = Heard("cut", "at_home", date(2026, 11, 20), "the wife", "income rose", "she agrees", 500_00)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Helped:
    made = Helped()
    monkeypatch.setattr(sources, "_told", made.known)
    return made


def test_a_review_is_planned_by_the_shortest_rhythm_and_opens_on_its_day_with_a_task_an_owner_and_a_letter(room: Helped) -> None:
    item = room.family()
    assert rounds.work(at=NOW)["planned"] == 1
    assert rounds.work(at=NOW + timedelta(minutes=59)) == {}
    review = Review.objects.get()
    # Confirmed on 11 November; six months for whoever's income is not steady, where nobody has said that it is.
    assert (review.state, review.rhythm, review.due_on) == ("planned", "review.months_unstable", date(2027, 5, 11))
    assert rounds.open_due(at=NOW) == 0
    on_the_day = NOW.replace(year=2027, month=5, day=11)
    assert (rounds.open_due(at=on_the_day), rounds.open_due(at=on_the_day)) == (1, 0)
    review.refresh_from_db()
    assert (review.state, tasks(item)) == ("open", ["review"])
    assert Task.objects.get(kind="review").owner == room.clerk
    assert Notice.objects.get(kind="N14").party == item.party


def test_a_review_asked_for_is_due_in_twenty_working_days_and_there_is_one_at_a_time(room: Helped) -> None:
    item = room.family()
    with pytest.raises(SaysOtherwise):
        actions.begin(item=item, because=" ", by=room.clerk, at=NOW)
    with pytest.raises(NotAllowed):
        actions.begin(item=item, because="a neighbour wrote", by=officer("far", "township_officer", "370503001"), at=NOW)
    review = actions.begin(item=item, because="a neighbour wrote", by=room.clerk, at=NOW)
    assert review.due_on == date(2026, 12, 18)  # 22 November is a Sunday; four weeks of five days
    with pytest.raises(AlreadyOpen):
        actions.begin(item=item, because="again", by=room.clerk, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(
            key="K-2",
            item=item,
            case=item.case,
            division_code="370502001",
            number=9,
            kind="asked",
            state="planned",
            planned_at=NOW,
        )
    shown = {show: list(queries.reviews(viewer=room.reviewer, at=NOW + 40 * DAY, show=show)) for show in ("open", "late", "done")}
    assert shown == {"open": [review], "late": [review], "done": []}


def test_nothing_is_said_to_stay_before_everybody_signed_and_was_verified_again(room: Helped) -> None:
    item = room.family()
    review = actions.begin(item=item, because="a neighbour wrote", by=room.clerk, at=NOW)
    with pytest.raises(NotAuthorised):
        actions.check(review=review, by=room.clerk, at=NOW)
    room.signed(item)
    actions.check(review=review, by=room.clerk, at=NOW)
    with pytest.raises(NotYet):
        actions.unchanged(review=review, by=room.clerk, at=NOW)
    assert (Review.objects.get(state="open"), "verification" in tasks(item)) == (review, True)


def test_what_stays_as_it_is_is_closed_and_planned_by_the_chosen_rhythm(room: Helped) -> None:
    item = room.family()
    review = actions.begin(item=item, because="a neighbour wrote", by=room.clerk, at=NOW)
    with pytest.raises(NotAllowed):
        actions.change(review=review, because="x", by=room.reviewer, at=NOW)
    review = room.checked(review)
    done = actions.unchanged(review=review, by=room.clerk, at=NOW + 3 * DAY, rhythm="review.months_stable")
    assert (done.state, done.advised, done.advised_fen, done.before_fen, tasks(item)) == (
        "unchanged",
        "granted",
        810_00,
        810_00,
        [],
    )
    assert (Term.objects.count(), room.state(item)) == (1, "in_force")
    following = Review.objects.get(state="planned")
    assert (following.number, following.due_on) == (2, date(2027, 11, 25))


@pytest.mark.requirement("F4")
def test_a_change_for_the_worse_opens_a_hearing_and_nothing_is_cut_before_it(room: Helped) -> None:
    item = room.family()
    review = actions.begin(item=item, because="income rose", by=room.clerk, at=NOW)
    with pytest.raises(NeedsReason):
        actions.change(review=review, because=" ", by=room.clerk, at=NOW)
    invitation = Invitation("11 月 25 日上午", "镇政府")
    room.said = {"income": 21_600}
    done = actions.change(review=review, because="the report shows wages", invitation=invitation, by=room.clerk, at=NOW)
    assert (done.state, tasks(item), room.state(item), hearings.amount_now(item)) == ("changed", ["hearing"], "in_force", 810_00)
    assert Notice.objects.filter(kind="N20", party=item.party).count() == 1
    hearings.hear(item=room.again(item), heard=HEARD, by=room.clerk, at=NOW)
    assert "hearing" not in tasks(item)
    cut = hearings.cut(item=room.again(item), gathered=room.facts(item, income=21_600), because="wages", by=room.reviewer, at=NOW)
    assert (cut.fen, room.state(item)) == (510_00, "in_force")


def test_more_waits_for_the_county(room: Helped) -> None:
    item = room.family()
    review = actions.begin(item=item, because="he lost his work", by=room.clerk, at=NOW)
    room.said = {"income": 9_000}
    told = actions.judged(item, at=NOW)
    assert (told.becomes, told.now, told.fen) == ("more", 810_00, 1_560_00)
    actions.change(review=review, because="he lost his work", by=room.clerk, at=NOW)
    assert tasks(item) == ["more"]
    changes.increase(item=room.again(item), gathered=room.known(item, NOW), because="no work", by=room.reviewer, at=NOW)
    assert (tasks(item), hearings.amount_now(item)) == ([], 1_560_00)


def test_one_that_is_due_is_not_dropped_and_one_for_a_false_reason_is_with_words(room: Helped) -> None:
    room.family()
    rounds.plan(at=NOW)
    on_the_day = NOW.replace(year=2027, month=5, day=11)
    rounds.open_due(at=on_the_day)
    review = Review.objects.select_related("item__case", "item__walk", "item__party", "case", "walk").get()
    with pytest.raises(NotThisOne):
        actions.drop(review=review, because="no time", by=room.clerk, at=on_the_day)
    other = room.family()
    asked = actions.begin(item=other, because="a letter without a name", by=room.clerk, at=NOW)
    assert actions.drop(review=asked, because="the letter was about somebody else", by=room.clerk, at=NOW).state == "dropped"
    assert tasks(other) == []


def test_whoever_leaves_or_is_refused_is_watched_over_for_two_years_and_the_end_drops_what_was_planned(room: Helped) -> None:
    item = room.family()
    rounds.plan(at=NOW)
    heard = Heard("end", "at_home", date(2026, 11, 20), "the wife", "income rose", "she agrees")
    hearings.hear(item=item, heard=heard, by=room.clerk, at=NOW)
    hearings.end(item=room.again(item), because="income above the standard", by=room.reviewer, at=NOW)
    refused = room.reported(income=99_000)
    decisions.refuse(item=refused, because="income above the standard", by=room.reviewer, at=AT + 9 * DAY)
    told = {one.item_id: (one.why, one.since, one.until) for one in Watch.objects.all()}
    assert told == {
        item.pk: ("left", date(2026, 11, 22), date(2028, 11, 22)), refused.pk: ("refused", date(2026, 11, 11), date(2028, 11, 11)),
    }  # fmt: skip
    assert Review.objects.get().state == "dropped"
    assert queries.watched(viewer=room.reviewer, at=NOW).count() == 2
    assert queries.watched(viewer=room.reviewer, at=NOW + 800 * DAY).count() == 0
