"""A visit is recorded once, sealed, ends its task and its warnings, and brings about what its outcome asks for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from PIL import Image

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases.models import Announcement, Task
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.visits import actions, follow, queries
from jiuzhu.casework.visits.actions import NotFilled, Told
from jiuzhu.casework.visits.models import Draft, Photo, Visit
from tests.support import families
from tests.support.families import NOW, TOWNSHIP
from tests.support.officers import account, give, officer

pytestmark = pytest.mark.django_db

SEEN = {
    "met": ["self"], "safe_tonight": ["no"], "enough_food": ["enough"], "health": ["gravely_ill"], "illness": ["a rare illness"],
    "self_paid_medical": ["31,460.50"], "needs": ["housing", "medical"], "says": ["the roof leaks"],
}  # fmt: skip


def told(outcome: str = "policy_told", **other: Any) -> Told:
    kept: dict[str, Any] = {
        "form": "F17",
        "typed": SEEN,
        "began_at": NOW - timedelta(minutes=50),
        "ended_at": NOW - timedelta(minutes=10),
    }
    return Told(**{**kept, "outcome": outcome, **other})


@pytest.fixture
def township() -> Officer:
    return officer("township", "township_officer", TOWNSHIP)


@pytest.fixture
def open_task() -> Task:
    made = families.task(families.family())
    families.warning(made)
    families.warning(made, "S08-E01", kind="hint")
    return made


def record(task: Task, by: Officer, outcome: str = "policy_told", **other: Any) -> Visit:
    return actions.record_visit(task=task, told=told(outcome, **other), by=by, at=NOW)


@pytest.mark.feature("SF045", "SF145", "SF273")
def test_a_visit_ends_its_task_and_hands_its_outcome_to_every_warning_of_it(township: Officer, open_task: Task):
    made = record(open_task, township, "helped_on_the_spot")
    open_task.refresh_from_db()
    assert (open_task.state, open_task.done_at) == ("done", NOW)
    ended = Warning.objects.order_by("kind").values_list("kind", "state", "handling", "outcome", "handled_at", "handled_by")
    assert list(ended) == [
        ("hint", "closed", "visited", "helped_on_the_spot", NOW, "township"),
        ("warning", "closed", "handled", "helped_on_the_spot", NOW, "township"),
    ]
    assert (made.outcome, made.needs, made.recorded_at) == ("helped_on_the_spot", "housing medical", NOW)
    event = Event.objects.get(operation="visits.record")
    assert (event.subject_key, event.task, event.who) == (made.key, open_task.key, "township")
    assert event.subjects.filter(kind="warning").count() == 2
    heard = Announcement.objects.get()
    assert (heard.kind, heard.case_id, heard.subject_key) == ("visit.closed", made.case_id, made.key)
    assert (heard.writer, heard.number) == (event.writer, event.number)


def test_what_was_said_is_read_back_in_clear_and_lies_sealed(township: Officer, open_task: Task):
    made = record(open_task, township, note="come again in spring", position=(37.45, 118.5, 9.0))
    found = queries.visit(viewer=township, key=made.key, at=NOW)
    assert found is not None
    assert found.answers["illness"] == "a rare illness"
    assert found.answers["self_paid_medical"] == "31460.50"
    assert found.answers["needs"] == ["medical", "housing"]
    assert (found.note, found.place) == ("come again in spring", {"lat": 37.45, "lon": 118.5, "error": 9.0})
    assert Event.objects.filter(operation="visits.read", subject_key=made.key).count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers, note, position FROM visits_visit")
        kept = "".join(cursor.fetchone())
    for words in ("illness", "rare", "spring", "118.5"):
        assert words not in kept


def test_a_question_that_is_not_asked_is_not_answered(township: Officer, open_task: Task):
    made = record(open_task, township, "cannot_be_found", typed={**SEEN, "met": ["nobody"]})
    found = queries.visit(viewer=township, key=made.key, at=NOW)
    assert found is not None
    assert set(found.answers) == {"met", "says"}


WRONG: Mapping[str, tuple[dict[str, Any], set[tuple[str, str]]]] = {
    "nothing typed": ({"typed": {}}, {("met", "missing")}),
    "an option that is none": ({"typed": {**SEEN, "met": ["the cat"]}}, {("met", "option")}),
    "no amount": ({"typed": {**SEEN, "self_paid_medical": ["much"]}}, {("self_paid_medical", "number")}),
    "an amount below nought": ({"typed": {**SEEN, "self_paid_medical": ["-5"]}}, {("self_paid_medical", "number")}),
    "too many words": ({"typed": {**SEEN, "says": ["a" * 2001]}}, {("says", "long")}),
    "one need that is none": ({"typed": {**SEEN, "needs": ["medical", "gold"]}}, {("needs", "option")}),
    "no outcome": ({"outcome": ""}, {("outcome", "missing")}),
    "an outcome of the other side": ({"outcome": "benefit_ended"}, {("outcome", "option")}),
    "an outcome that is none": ({"outcome": "went home"}, {("outcome", "option")}),
    "a card that is none": ({"policies": ["gold"]}, {("policies", "option")}),
    "an end before the beginning": ({"ended_at": NOW - timedelta(hours=2)}, {("began_at", "order")}),
    "an end in time to come": ({"ended_at": NOW + timedelta(hours=1)}, {("began_at", "order")}),
    "a photo that is none": ({"photos": [b"<svg onload=alert(1)>"]}, {("photos", "picture")}),
    "too many photos": ({"photos": [b""] * 7}, {("photos", "many"), ("photos", "picture")}),
    "a form that is none": ({"form": "F99"}, {("form", "option")}),
}


@pytest.mark.parametrize("what", WRONG)
def test_every_field_that_cannot_be_taken_is_named_and_nothing_is_kept(township: Officer, open_task: Task, what: str):
    changed, faults = WRONG[what]
    with pytest.raises(NotFilled) as refused:
        actions.record_visit(task=open_task, told=told(**changed), by=township, at=NOW)
    assert {(fault.field, fault.kind) for fault in refused.value.faults} == faults
    assert (Visit.objects.count(), Photo.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_the_same_submission_twice_is_one_visit(township: Officer, open_task: Task):
    first = record(open_task, township, submission="page-1")
    assert record(open_task, township, submission="page-1") == first
    assert Visit.objects.count() == 1


def test_a_task_that_is_done_takes_no_second_visit(township: Officer, open_task: Task):
    record(open_task, township)
    with pytest.raises(actions.TaskEnded):
        record(open_task, township)


def test_nobody_goes_out_for_a_task_of_another_kind(township: Officer):
    with pytest.raises(actions.NoVisitTask):
        record(families.task(families.family(), "application"), township)


@pytest.mark.parametrize("who", ["neighbour township", "department", "another grid worker", "policy"])
def test_whoever_the_table_does_not_name_records_nothing(open_task: Task, who: str):
    others = {
        "neighbour township": ("township_officer", "370502002"), "department": ("department_officer", "370502"),
        "another grid worker": ("grid_worker", TOWNSHIP), "policy": ("policy_officer", "370500"),
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        record(open_task, officer("other", *others[who]))
    assert Visit.objects.count() == 0


def test_a_grid_worker_records_the_visits_given_to_them_and_reads_back_what_is_personal(open_task: Task):
    worker = officer("worker", "grid_worker", TOWNSHIP)
    open_task.owner, open_task.given_by, open_task.given_at = worker, "test", NOW
    open_task.save()
    made = record(open_task, worker, note="secret")
    found = queries.visit(viewer=worker, key=made.key, at=NOW)
    assert found is not None
    assert set(found.answers) == {"met", "needs"}
    assert found.hidden == len(SEEN) - 2
    assert (found.note, found.place, list(found.photos)) == ("", {}, [])


@pytest.mark.feature("SF064")
def test_the_policies_that_were_told_are_kept_with_the_visit(township: Officer, open_task: Task):
    cards = follow.visiting().duties.cards_for({"S01"})
    assert {"rigid", "temporary", "medical"} <= {card.code for card in cards}
    made = record(open_task, township, "policy_told", policies=["temporary", "medical"])
    assert made.policies == "medical temporary"


@pytest.mark.feature("SF193")
def test_who_cannot_be_found_is_visited_again_by_somebody_else_within_five_working_days(township: Officer, open_task: Task):
    record(open_task, township, "cannot_be_found", typed={"met": ["nobody"]})
    second = Task.objects.get(kind="second_visit")
    assert (second.state, second.due_on) == ("open", date(2026, 11, 27))
    assert set(Warning.objects.filter(kind="warning").values_list("state", "task__kind")) == {("open", "second_visit")}
    with pytest.raises(NotAllowed, match="another person"):
        record(second, township)
    other = officer("other", "township_officer", TOWNSHIP)
    record(second, other, "cannot_be_found", typed={"met": ["nobody"]})
    assert set(Warning.objects.values_list("state", "outcome")) == {("closed", "cannot_be_found")}
    assert Task.objects.filter(state="open").values_list("kind", flat=True).get() == "discussion"


def test_another_account_of_the_same_person_is_not_another_person(township: Officer, open_task: Task):
    record(open_task, township, "cannot_be_found", typed={"met": ["nobody"]})
    twin = account("twin", person=township.person)
    give(twin, "township_officer", TOWNSHIP)
    with pytest.raises(NotAllowed, match="another person"):
        record(Task.objects.get(kind="second_visit"), twin)


@pytest.mark.parametrize(
    ("outcome", "kind", "office"),
    [
        ("application_opened", "application", TOWNSHIP),
        ("referred", "referral", TOWNSHIP),
        ("discussion_needed", "discussion", "370502"),
    ],
)
def test_an_outcome_brings_about_the_task_it_asks_for(township: Officer, open_task: Task, outcome: str, kind: str, office: str):
    record(open_task, township, outcome)
    following = Task.objects.exclude(pk=open_task.pk).exclude(kind="sample_visit").get()
    assert (following.kind, following.state, following.office, following.priority) == (kind, "open", office, open_task.priority)


def test_a_share_of_visits_is_made_again(township: Officer, monkeypatch: pytest.MonkeyPatch):
    drawn = 0
    for number in range(40):
        case = families.family(household=f"H{number}")
        made = record(families.task(case), township, "no_difficulty")
        again = case.tasks.filter(kind="sample_visit").exists()
        assert again == follow.is_sampled(made)
        drawn += again
    assert drawn < 20
    chances = [follow.is_sampled(Visit(key=families.new_key("V"), recorded_at=NOW, division_code=TOWNSHIP)) for _ in range(4000)]
    assert 120 <= sum(chances) <= 290  # one in twenty of 4,000: 200, give or take six times its spread


def test_a_survey_needs_two_people(township: Officer, open_task: Task):
    surveyed = {
        "met": ["self"], "place_kind": ["rural"], "kin_of_cadre": ["no"], "causes": ["illness"], "house_kind": ["self_built"],
        "income_year": ["18000"], "fits": ["yes"], "fits_because": ["ill"], "signed_by_family": ["yes"],
        "members.0.member_name": ["one"], "members.0.member_relation": ["head"], "members.2.member_name": ["two"],
        "members.2.member_relation": ["son"], "members.2.member_income": ["x"],
    }  # fmt: skip
    with pytest.raises(NotFilled) as refused:
        record(open_task, township, form="F04", typed=surveyed)
    assert {(fault.field, fault.kind) for fault in refused.value.faults} == {
        ("second_surveyor", "missing"), ("members.2.member_income", "number"),
    }  # fmt: skip
    right = {**surveyed, "members.2.member_income": ["1200"]}
    made = record(open_task, township, form="F04", typed=right, second=account("second"))
    found = queries.visit(viewer=township, key=made.key, at=NOW)
    assert found is not None
    assert [row["member_name"] for row in found.answers["members"]] == ["one", "two"]
    with pytest.raises(NotFilled, match="second_surveyor: another"):
        record(families.task(families.family(household="other")), township, form="F04", typed=right, second=township)


@pytest.mark.feature("SF197")
def test_a_neighbour_is_heard_and_the_task_stays_open(township: Officer, open_task: Task):
    heard = {
        "anonymous": ["yes"],
        "relation": ["villager"],
        "lives_there": ["always"],
        "living_level": ["worse"],
        "told": ["poor"],
    }
    made = record(open_task, township, "", form="F05", typed=heard)
    open_task.refresh_from_db()
    assert (open_task.state, made.outcome) == ("open", "")
    assert set(Warning.objects.values_list("state", flat=True)) == {"open"}
    found = queries.visit(viewer=township, key=made.key, at=NOW)
    assert found is not None
    assert found.answers["living_level"] == "worse"
    record(open_task, township)
    assert queries.of_case(viewer=township, case_key=open_task.case.key, at=NOW).count() == 2


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_drawn_anew_without_position_or_device(township: Officer, open_task: Task, kind: str):
    raw = families.photograph(kind=kind) + b"<script>alert(1)</script>"
    assert b"secret-device" in raw
    made = record(open_task, township, photos=[raw])
    kept = made.photos.get()
    shown = queries.photo(viewer=township, key=kept.key, at=NOW)
    assert shown is not None
    assert b"secret-device" not in shown
    assert b"script" not in shown
    with Image.open(BytesIO(shown)) as picture:
        assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (640, 480), {})
    assert bytes(kept.content)[:2] != b"\xff\xd8"
    stranger = officer("stranger", "township_officer", "370502002")
    assert queries.photo(viewer=stranger, key=kept.key, at=NOW) is None


def test_a_large_photo_becomes_small(township: Officer, open_task: Task):
    made = record(open_task, township, photos=[families.photograph(size=(4000, 3000))])
    kept = made.photos.get()
    assert (kept.width, kept.height) == (1600, 1200)


def test_a_visit_is_put_right_by_a_later_one_and_stays(township: Officer, open_task: Task):
    first = record(open_task, township, "no_difficulty")
    later = actions.correct(visit=first, told=told("referred"), because="wrong family", by=township, at=NOW + timedelta(hours=1))
    assert later.corrects == first
    assert set(Warning.objects.values_list("outcome", flat=True)) == {"referred"}
    assert Task.objects.filter(kind="referral", state="open").count() == 1
    assert list(queries.newest(Visit.objects.all())) == [later]
    with pytest.raises(actions.AlreadyCorrected):
        actions.correct(visit=first, told=told("referred"), because="again", by=township, at=NOW + timedelta(hours=2))
    for wrong in ({"because": " "}, {"told": told("cannot_be_found")}):
        with pytest.raises(NotFilled):
            actions.correct(
                **{
                    "visit": later,
                    "told": told("referred"),
                    "because": "x",
                    "by": township,
                    "at": NOW + timedelta(hours=2),
                    **wrong,
                }
            )
    stranger = officer("stranger", "township_officer", "370502002")
    with pytest.raises(NotAllowed):
        actions.correct(visit=later, told=told("referred"), because="x", by=stranger, at=NOW + timedelta(hours=2))


def test_a_draft_is_kept_sealed_for_its_writer_until_the_visit_is_there(township: Officer, open_task: Task):
    for text in ("first", "the roof leaks"):
        actions.keep_draft(task=open_task, form="F17", typed={"says": [text]}, by=township, at=NOW)
    assert queries.draft(viewer=township, task=open_task, form="F17") == ({"says": ["the roof leaks"]}, NOW)
    assert "roof" not in Draft.objects.get().typed
    assert queries.draft(viewer=officer("other", "township_officer", TOWNSHIP), task=open_task, form="F17") == ({}, None)
    record(open_task, township)
    assert Draft.objects.count() == 0


BREAKS = {
    "update": "UPDATE visits_visit SET outcome = 'referred'",
    "delete": "DELETE FROM visits_visit",
    "photo": "UPDATE visits_photo SET number = 9",
}


@pytest.mark.parametrize("what", BREAKS)
def test_the_database_changes_no_visit(township: Officer, open_task: Task, what: str):
    record(open_task, township, photos=[families.photograph()])
    with pytest.raises((DatabaseError, IntegrityError), match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BREAKS[what])


CONSTRAINTS = {
    "visit_one_that_ends_a_task": {},
    "visit_ends_after_it_began": {"began_at": NOW, "ended_at": NOW - timedelta(hours=1)},
    "visit_recorded_after_it_ended": {"ended_at": NOW + timedelta(hours=1)},
    "visit_second_is_another": {"outcome": "", "second_is": True},
    "visit_has_answers": {"outcome": "", "answers": ""},
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses_what_must_never_be(township: Officer, open_task: Task, name: str):
    first = record(open_task, township)
    kept: dict[str, Any] = {
        "key": families.new_key("V"), "task": open_task, "case": open_task.case, "round": 1, "division_code": TOWNSHIP, "form": "F17",
        "form_version": "1", "officer": township, "began_at": NOW, "ended_at": NOW, "recorded_at": NOW, "outcome": first.outcome,
        "answers": "x",
    }  # fmt: skip
    changed = dict(CONSTRAINTS[name])
    if changed.pop("second_is", False):
        changed["second"] = township
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.create(**{**kept, **changed})


@pytest.mark.feature("SF200")
def test_visits_are_counted_by_who_made_them(township: Officer):
    other = officer("other", "township_officer", TOWNSHIP)
    by: list[tuple[Officer, str, dict[str, Any]]] = [
        (township, "no_difficulty", {"photos": [families.photograph()], "position": (37.0, 118.0, 5.0)}),
        (township, "cannot_be_found", {"typed": {"met": ["nobody"]}}),
        (other, "policy_told", {}),
    ]
    for number, (who, outcome, more) in enumerate(by):
        record(families.task(families.family(household=f"H{number}")), who, outcome, **more)
    first = Visit.objects.get(outcome="no_difficulty")
    sampled = first.case.tasks.filter(kind="sample_visit").first() or families.task(first.case, "sample_visit")
    record(sampled, other, "policy_told")
    span = {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=1)}
    told_of = {one.officer: one for one in queries.worked(viewer=township, at=NOW, **span)}
    mine = told_of[township]
    assert (mine.visits, mine.cases, mine.not_found, mine.without_photo, mine.without_place) == (2, 2, 1, 1, 1)
    assert (mine.minutes, mine.corrected, mine.differing) == (40, 0, 1)
    assert (told_of[other].visits, told_of[other].differing) == (2, 0)
    assert queries.worked(viewer=officer("worker", "grid_worker", TOWNSHIP), at=NOW, **span) == []


@pytest.mark.parametrize(
    "part",
    ["jiuzhu.casework.visits.follow.after", "jiuzhu.casework.visits.actions.record", "jiuzhu.casework.visits.actions.announce"],
)
def test_a_visit_that_fails_half_way_leaves_nothing(
    township: Officer, open_task: Task, part: str, monkeypatch: pytest.MonkeyPatch
):
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(part, fails)
    with pytest.raises(RuntimeError):
        record(open_task, township, photos=[families.photograph()])
    open_task.refresh_from_db()
    assert open_task.state == "open"
    assert (Visit.objects.count(), Photo.objects.count(), Event.objects.count()) == (0, 0, 0)
    assert set(Warning.objects.values_list("state", flat=True)) == {"open"}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_presses_at_once_are_one_visit():
    township = officer("township", "township_officer", TOWNSHIP)
    task = families.task(families.family())
    families.warning(task)
    made: list[str] = []
    faults: list[BaseException] = []

    def press(number: int) -> None:
        try:
            made.append(record(task, township, submission=f"page-{number % 2}").key)
        except actions.TaskEnded:
            pass
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    presses = [threading.Thread(target=press, args=(number,)) for number in range(8)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert faults == []
    assert set(made) == {Visit.objects.get().key}
    assert Event.objects.filter(operation="visits.record").count() == 1
