"""One application for everything: what is ours goes its road, departments are asked for the rest, and the family gets one answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.applications import actions as applications
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.bundles import actions, queries
from jiuzhu.casework.bundles.actions import NoSuchItem
from jiuzhu.casework.bundles.declared import library
from jiuzhu.casework.bundles.models import Matter, Part
from jiuzhu.casework.bundles.standing import Standing
from jiuzhu.casework.decisions import actions as decisions
from jiuzhu.casework.decisions.actions import Choice
from jiuzhu.casework.decisions.facts import Gathered
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.decisions.sources import facts_of
from jiuzhu.casework.notices.letters import read
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.referrals import actions as referrals
from jiuzhu.casework.referrals import queries as of_referrals
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.roads.declared import road_of
from tests.support import applying, families
from tests.support.deciding import Room
from tests.support.families import NOW
from tests.support.officers import officer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BEGUN = NOW - 20 * DAY
SEVEN = ["dibao", "tekun", "temporary", "medical", "premium", "employment", "poor_elderly"]
KIND = "N40"


@pytest.fixture
def offices() -> dict[str, Officer]:
    """Every department of the family bundle has an office; that of civil affairs is the township's own."""
    named = {library().items[code].department for code in library().bundles["family"].items} - {"民政"}
    return {name: families.department(name) for name in sorted(named)}


def accepted(room: Room, items: list[str], others: list[str] | None = None) -> Application:
    fields = applying.typed(items=[*items, "other"], others=others) if others else applying.typed(items=items)
    made = applying.accepted(room.clerk, at=BEGUN, fields=fields)
    return Application.objects.select_related("case", "walk").get(pk=made.pk)


def parts(application: Application, by: Officer, *, at: Any = NOW) -> dict[str, Standing]:
    application.walk.refresh_from_db()
    return {one.item.code: one for one in queries.parts(application=application, viewer=by, at=at)[1]}


def states(application: Application, by: Officer) -> dict[str, str]:
    return {code: one.state for code, one in parts(application, by).items()}


def examined(application: Application, room: Room) -> None:
    with transaction.atomic():
        for work in ("verify", "survey"):
            roads.work_done(application.walk, work, at=BEGUN + DAY)
    applications.finish(application=application, by=room.clerk, at=BEGUN + 2 * DAY)


def decided(item: Item, room: Room, *, grants: bool) -> None:
    """By an officer, whatever the rules can say: what is told is the point here."""
    known = facts_of(item, at=NOW)
    choice = Choice(grants=grants, fen=600_00 if grants else None, because="seen at home")
    decisions.propose(
        item=item, gathered=Gathered({**known.facts, "authorised": True}, known.sources, known.others), by=room.clerk,
        at=BEGUN + 3 * DAY, choice=choice,
    )  # fmt: skip
    steps, at = road_of(item.walk).steps, BEGUN + 3 * DAY
    for code in ("publish", "report"):
        if code in steps and (grants or code == "report"):
            decisions.step(item, code, by=room.clerk, at=at)
            at = BEGUN + 11 * DAY
    by = room.reviewer if "report" in steps else Officer.objects.get(account="second")
    if grants:
        decisions.confirm(item=item, by=by, at=at)
    else:
        decisions.refuse(item=item, because="income above the standard", by=by, at=at)


def answers(by: Officer, department: str, application: Application, *, sentence: str, at: Any) -> None:
    for one in Referral.objects.filter(case=application.case, state="open", office__department=department):
        referrals.report(referral=one, said="done", sentence=sentence, by=by, at=at)


def letters() -> list[Notice]:
    return list(Notice.objects.filter(kind=KIND).order_by("pk"))


@pytest.mark.feature("SF003", "SF078", "SF005")
def test_one_form_becomes_seven_cases_and_their_seven_results_one_letter(room: Room, offices: dict[str, Officer]):
    assert list(library().bundles["assistance"].items) == SEVEN
    application = accepted(room, SEVEN)
    assert states(application, room.clerk) == {
        "dibao": "doing", "tekun": "doing", "temporary": "doing", "medical": "waits", "premium": "waits", "employment": "waits",
        "poor_elderly": "asked",
    }  # fmt: skip
    examined(application, room)
    ours = {one.programme: one for one in Item.objects.filter(case=application.case)}
    for code, item in ours.items():
        decided(item, room, grants=code != "temporary_assistance")
    now = states(application, room.clerk)
    # The class is decided, so those that rest on it are asked for, and told which it is: nobody examines it again.
    assert {now[code] for code in ("medical", "premium", "employment", "poor_elderly")} == {"asked"}
    told = of_referrals.referral(viewer=offices["医疗保障"], key=Referral.objects.get(item="medical").key, at=NOW)
    assert told is not None
    assert "医疗救助" in told.asked
    assert "已认定：" in told.asked
    assert "甲一" in told.who
    assert actions.answer_due(at=NOW - 6 * DAY) == 0
    answers(room.clerk, "民政", application, sentence="from December on", at=NOW - 5 * DAY)
    for name in ("医疗保障", "人力资源社会保障"):
        answers(offices[name], name, application, sentence=f"{name} took you in", at=NOW - 5 * DAY)
    assert actions.answer_due(at=NOW - 5 * DAY) == 1
    [letter] = letters()
    text = read(letter).text
    assert letter.party == application.applicant
    for code in SEVEN:
        assert library().items[code].title.zh in text.zh
        assert library().items[code].title.en in text.en
    assert "每月 600 元" in text.zh
    assert "医疗保障 took you in" in text.zh
    assert "以上已全部答复" in text.zh
    assert actions.answer_due(at=NOW) == 0
    assert letters() == [letter]


@pytest.mark.feature("SF130")
def test_fourteen_items_of_ten_departments_are_asked_at_once_each_with_a_task_and_a_term(room: Room, offices: dict[str, Officer]):
    bundle = [library().items[code] for code in library().bundles["family"].items]
    assert (len(bundle), len({one.department for one in bundle})) == (14, 10)
    own = [one.code for one in bundle if one.on_form]
    application = accepted(room, own, [one.code for one in bundle if not one.on_form])
    found = parts(application, room.clerk)
    assert set(found) == {one.code for one in bundle}
    asked = {code: one for code, one in found.items() if one.state == "asked"}
    assert set(asked) == {"disaster", "legal_aid", "court_fees", "assistive_devices", "union_aid"}
    examined(application, room)
    for item in Item.objects.filter(case=application.case):
        decided(item, room, grants=True)
    asked = {code: one for code, one in parts(application, room.clerk).items() if one.state == "asked"}
    assert {one.item.department for one in asked.values()} == {one.department for one in bundle} - {"民政"}
    for one in asked.values():
        assert one.referral is not None
        assert one.referral.office.department == one.item.department
        assert one.due_on == one.referral.due_on is not None
    # Each item is a request of its own, though two of them may be one department's.
    assert Referral.objects.filter(case=application.case).count() == len(asked)


@pytest.mark.feature("SF005")
def test_who_is_late_is_named_in_the_answer_and_a_second_letter_tells_the_rest(room: Room, offices: dict[str, Officer]):
    application = accepted(room, ["poor_elderly"], ["legal_aid", "court_fees"])
    answers(room.clerk, "民政", application, sentence="from December on", at=BEGUN + DAY)
    referrals.refuse(
        referral=Referral.objects.get(item="court_fees"), said="not ours", belongs_to="司法行政", by=offices["人民法院"], at=BEGUN + DAY
    )  # fmt: skip
    assert actions.answer_due(at=BEGUN + 2 * DAY) == 0
    late = BEGUN + 60 * DAY
    assert actions.answer_due(at=late) == 1
    text = read(letters()[0]).text
    assert "法律援助（司法行政部门）已经超过期限还没有答复" in text.zh
    assert "from December on" in text.zh
    assert "应由司法行政办理" in text.zh
    assert actions.answer_due(at=late + DAY) == 0
    answers(offices["司法行政"], "司法行政", application, sentence="a lawyer calls you", at=late + 2 * DAY)
    assert actions.answer_due(at=late + 3 * DAY) == 1
    assert "a lawyer calls you" in read(letters()[1]).text.zh
    assert actions.answer_due(at=late + 9 * DAY) == 0
    assert len(letters()) == 2


def test_a_department_without_an_office_here_holds_nothing_up_and_is_said(room: Room, offices: dict[str, Officer]):
    application = accepted(room, ["poor_elderly"], ["hope"])
    assert states(application, room.clerk) == {"poor_elderly": "asked", "hope": "nobody"}
    answers(room.clerk, "民政", application, sentence="yes", at=BEGUN + DAY)
    assert actions.answer_due(at=BEGUN + 2 * DAY) == 1
    assert "当地没有承办单位" in read(letters()[0]).text.zh


def test_what_lies_open_for_the_family_already_is_not_asked_twice_and_its_answer_counts(room: Room, offices: dict[str, Officer]):
    made = applying.submitted(room.clerk, at=BEGUN, fields=applying.typed(items=["poor_elderly", "other"], others=["legal_aid"]))
    told = {"case": made.case, "need": "legal_aid", "item": "legal_aid", "asked": "a lawyer", "who": "x"}
    before = referrals.make(**told, by=room.clerk, at=BEGUN)
    application = applications.accept(application=made, by=room.clerk, at=BEGUN)
    assert Part.objects.get(item="legal_aid").referral == before
    answers(offices["司法行政"], "司法行政", application, sentence="a lawyer calls you", at=BEGUN + 2 * DAY)
    assert states(application, room.clerk) == {"poor_elderly": "asked", "legal_aid": "done"}


def test_an_id_number_that_a_department_wrote_is_in_no_letter(room: Room, offices: dict[str, Officer]):
    application = accepted(room, ["poor_elderly"])
    number = applying.number_of("37050219630101001")
    answers(room.clerk, "民政", application, sentence=f"to {number}", at=BEGUN + DAY)
    assert actions.answer_due(at=BEGUN + 2 * DAY) == 1
    assert number not in read(letters()[0]).text.zh


def test_what_was_withdrawn_is_answered_by_nobody(room: Room, offices: dict[str, Officer]):
    application = accepted(room, ["poor_elderly", "dibao"])
    applications.withdraw(application=application, because="moved", by=room.clerk, at=BEGUN + DAY)
    assert actions.answer_due(at=BEGUN + 60 * DAY) == 0
    assert Matter.objects.get().closed


def test_an_officer_asks_for_further_items_once_and_nobody_else_does(room: Room, offices: dict[str, Officer]):
    application = accepted(room, ["dibao"])
    told: dict[str, Any] = {"application": application, "items": ["legal_aid"], "at": NOW}
    for other in (officer("next township", "township_officer", "370502002"), offices["司法行政"]):
        with pytest.raises(NotAllowed):
            actions.ask(**told, by=other)
    assert [one.item for one in actions.ask(**told, by=room.clerk)] == ["legal_aid"]
    assert actions.ask(**told, by=room.clerk) == []
    for wrong in ("dibao", "no such item"):
        with pytest.raises(NoSuchItem):
            actions.ask(application=application, items=[wrong], by=room.clerk, at=NOW)
    assert queries.parts(application=application, viewer=officer("far", "county_officer", "370503"), at=NOW) == (None, [])


def test_the_database_keeps_an_item_once_and_never_asked_without_a_referral(room: Room):
    matter = Matter.objects.get(application=accepted(room, ["dibao"]))
    kept = {"matter": matter, "asked_by": "x", "asked_at": NOW}
    for wrong in ({"item": "dibao", "stands": "road"}, {"item": "x", "stands": "asked"}, {"item": "", "stands": "road"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Part.objects.create(**kept, **wrong)
