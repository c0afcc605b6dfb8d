"""An application is filled once, handed in anywhere, told once what is missing, and taken up with its family."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from jiuzhu.casework.accounts import mandates
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed, Resident
from jiuzhu.casework.applications import actions, facts, known, queries
from jiuzhu.casework.applications.refusals import NotFilled, NothingMissing, StillMissing
from jiuzhu.casework.cases import events
from jiuzhu.casework.cases.actions import subject
from jiuzhu.casework.cases.models import Case, Member
from jiuzhu.casework.documents import queries as documents
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.parties.actions import named
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.roads.refusals import NotNow, NotYet
from jiuzhu.casework.verification import asking, authorising, reporting
from jiuzhu.casework.verification.models import Authorisation, Request
from jiuzhu.casework.working_rules.models import RuleChange
from jiuzhu.registry import public
from tests.support.applying import ELSEWHERE, VILLAGE, accepted, drafted, number_of, submitted, typed
from tests.support.families import NOW, TOWNSHIP, photograph
from tests.support.officers import officer

pytestmark = pytest.mark.django_db


OTHERS = {"applicant_name": "丙三", "head": "37050219700101011", "spouse": "37050219720202022"}
THIRD = {"applicant_name": "丁四", "head": "37050219710101011", "spouse": "37050219730202022"}
FOURTH = {"applicant_name": "戊五", "head": "37050219740101011", "spouse": "37050219750202022"}


@dataclass
class Knows:
    """The records of the family of `typed`. rows: dataset to the places of the people it has a row of. down: nobody can ask them."""

    rows: dict[str, list[int]] = field(default_factory=dict)
    down: bool = False

    def __call__(self, number: str, *, by: str, at: datetime) -> known.Records:
        if self.down:
            return known.UNASKED
        people = [
            known.Person(str(n), "", number_of(first)) for n, first in enumerate(("37050219630101001", "37050219650202002"))
        ]
        rows = {
            code: [public.KnownRow(code, "r", place, "s", None, None, {}) for place in found] for code, found in self.rows.items()
        }
        return known.Records(True, "H-1", VILLAGE, people, rows)


@pytest.fixture
def knows(monkeypatch: pytest.MonkeyPatch) -> Knows:
    told = Knows()
    monkeypatch.setattr(known, "of_number", told)
    return told


@pytest.fixture
def township() -> Officer:
    return officer("township", "township_officer", TOWNSHIP)


@pytest.mark.feature("SF176")
def test_from_a_draft_to_an_accepted_application_with_its_family(township: Officer):
    made = accepted(township)
    assert made.number == "370502001-2026-00001"
    assert made.walk.state == "examining"
    case = Case.objects.get()
    assert (made.case, case.confirmed, case.division_code) == (case, True, VILLAGE)
    assert Member.objects.filter(case=case, until=None).count() == 2
    assert Party.objects.count() == 2
    due = {work.code: (work.task.kind, work.task.due_on) for work in made.walk.works.select_related("task")}
    wednesday = date(2026, 11, 25)  # three working days after Friday
    assert due == {"verify": ("verification", wednesday), "survey": ("visit", wednesday)}
    told = facts.declared(made)
    assert [one["name"] for one in told["members"]] == [one.party.key for one in made.named.order_by("line")]


def test_what_is_not_filled_is_named_and_nothing_is_changed(township: Officer):
    made = drafted(township, fields=typed(phone=None, truth="no", id_number=number_of("37050219630101001")[:-1] + "0"))
    with pytest.raises(NotFilled) as refused:
        actions.submit(application=made, by=township, at=NOW)
    assert {(one.field, one.kind) for one in refused.value.faults} >= {
        ("phone", "missing"),
        ("truth", "consent"),
        ("id_number", "id_number"),
    }
    made.refresh_from_db()
    assert (made.number, made.walk.state) == ("", "draft")
    assert submitted(township).number


def test_what_is_missing_is_told_once_and_wholly_and_what_is_not_brought_does_not_stand_in_the_way(
    township: Officer, knows: Knows
):
    knows.rows["police_population"] = [0, 1]
    made = submitted(township, fields=typed(members__0__member_marital="married", members__0__member_school_stage="higher"))
    with pytest.raises(StillMissing) as refused:
        actions.accept(application=made, by=township, at=NOW)
    assert refused.value.wanting == ("student",)
    told = actions.ask(application=made, by=township, at=NOW, papers=["tax"], said="写清楚地址")
    assert told.walk.state == "incomplete"
    assert Notice.objects.get().kind == "N02"
    opened = queries.application(viewer=township, key=made.key, at=NOW)
    assert opened is not None
    assert [(one["kind"], one["what"]) for one in opened.wanting] == [
        ("paper", "student"),
        ("paper", "tax"),
        ("said", "写清楚地址"),
    ]
    page = actions.attach(
        application=made, paper="student", content=photograph(), name="s.jpg", source="photo", by=township, at=NOW
    )
    back = actions.supply(application=made, by=township, at=NOW)
    assert dict(back.papers.values_list("code", "document")) == {"student": page.pk, "tax": None}
    with pytest.raises(NotNow, match="as often as it may be"):
        actions.ask(application=made, by=township, at=NOW, said="还要一样")
    assert actions.accept(application=made, by=township, at=NOW).walk.state == "examining"


def test_nothing_is_asked_where_nothing_is_missing(township: Officer, knows: Knows):
    knows.rows["police_population"] = [0, 1]
    with pytest.raises(NothingMissing):
        actions.ask(application=submitted(township), by=township, at=NOW)


@pytest.mark.feature("SF006", "SF042", "SF104")
def test_a_paper_is_asked_for_only_where_the_source_that_shows_it_has_no_row_of_that_person(township: Officer, knows: Knows):
    knows.rows |= {"police_population": [0, 1], "hr_pension_payment": [0], "traffic_vehicle": [1]}
    said = {
        "members__0__member_pension": "yes",
        "members__1__member_pension": "yes",
        "vehicles_how": "tell",
        "vehicles__0__vehicle_kind": "car",
    }
    made = submitted(township, fields=typed(**said))
    assert list(made.papers.values_list("code", "why")) == [
        ("pension", "no_hit")
    ]  # the second member's; the car is on the register
    (dibao,) = [
        one
        for one in queries.papers_counted(viewer=township, at=NOW, since=NOW - timedelta(days=1), until=NOW + timedelta(days=1))
        if one.item == "dibao"
    ]
    assert (len(dibao.before), dibao.applications, dibao.asked) == (12, 1, 1.0)


@pytest.mark.feature("SF090")
def test_it_is_taken_in_with_a_number_while_the_records_are_down_and_they_are_asked_again_when_it_is_examined(
    township: Officer, knows: Knows
):
    knows.down = True
    night = datetime(2026, 11, 21, 19, 30, tzinfo=UTC)  # half past three on a Sunday morning
    made = submitted(township, at=night, fields=typed(members__0__member_pension="yes"))
    assert (made.number, made.papers.count()) == ("370502001-2026-00001", 0)
    knows.down = False
    with pytest.raises(StillMissing):
        actions.accept(application=made, by=township, at=night)
    knows.rows |= {"police_population": [0, 1], "hr_pension_payment": [0]}
    assert actions.accept(application=made, by=township, at=night).walk.state == "examining"


def test_the_same_people_asking_again_for_the_same_are_shown_what_is_in_hand_and_nothing_is_lost(township: Officer):
    first = submitted(township)
    other = officer("other", "township_officer", ELSEWHERE[:9])
    again = typed(applicant_name="乙二", head="37050219650202002", spouse="37050219630101001", story="再说一遍")
    second = drafted(other, fields=again, place=ELSEWHERE)
    actions.attach(application=second, paper="consent", content=photograph(), name="c", source="scan", by=other, at=NOW)
    assert actions.submit(application=second, by=other, at=NOW) == first
    second.refresh_from_db()
    assert (second.joined, second.number, second.walk.state) == (first, "", "withdrawn")
    assert list(Case.objects.filter(state="open")) == [first.case]  # the one that was opened for the draft ended with it
    opened = queries.application(viewer=township, key=first.key, at=NOW)
    assert opened is not None
    assert [one.key for one in opened.beside] == [second.key]
    apart = submitted(township, fields=typed(items=["disaster"]))
    assert apart.number == "370502001-2026-00002"  # another matter of the same people is another application


@pytest.mark.feature("SF010")
def test_any_window_takes_it_in_and_it_is_examined_where_the_rules_say(township: Officer):
    far = officer("far", "township_officer", ELSEWHERE[:9])
    made = submitted(far, fields=typed(residence=ELSEWHERE, hukou=VILLAGE), place=ELSEWHERE)
    assert (made.window, made.division_code, made.case.division_code) == (ELSEWHERE[:9], VILLAGE, VILLAGE)
    assert made.number.startswith(VILLAGE[:9])
    assert {task.office for task in made.case.tasks.filter(state="open")} == {VILLAGE[:9]}
    with pytest.raises(NotAllowed):
        actions.accept(application=made, by=far, at=NOW)
    assert queries.application(viewer=far, key=made.key, at=NOW) is not None  # who took it in goes on seeing it
    assert actions.accept(application=made, by=township, at=NOW).walk.state == "examining"
    urgent = submitted(far, fields=typed(items=["temporary"], residence=ELSEWHERE, hukou=VILLAGE, **OTHERS), place=ELSEWHERE)
    assert urgent.division_code == ELSEWHERE  # what an emergency asks for is done where it happens
    permit = {"residence_since": "2020-01-01"}
    assert (
        submitted(far, fields=typed(residence=ELSEWHERE, hukou=VILLAGE, **permit, **THIRD), place=ELSEWHERE).division_code
        == VILLAGE
    )
    by_two = {"because": "opened", "made_person": far.person, "made_by": "far", "made_at": NOW, "decided_person": township.person}
    RuleChange.objects.create(
        rule="apply.at_residence", division_code="370503", value="1", holds_from=date(2026, 11, 1), state="released",
        decided_by="township", decided_because="opened", decided_at=NOW, **by_two,
    )  # fmt: skip
    assert (
        submitted(far, fields=typed(residence=ELSEWHERE, hukou=VILLAGE, **permit, **FOURTH), place=ELSEWHERE).division_code
        == ELSEWHERE
    )


@pytest.mark.feature("SF157")
def test_a_resident_applies_alone_and_for_another_only_by_a_mandate(township: Officer):
    me = named(name="甲一", id_number=number_of("37050219630101001"), at=NOW)
    by = Resident(me.key)
    made = actions.draft(channel="phone", by=by, at=NOW, division_code=VILLAGE)
    assert actions.draft(channel="phone", by=by, at=NOW) == made  # goes on with it
    actions.save(application=made, typed=typed(), by=by, at=NOW)
    assert queries.channels(viewer=township, at=NOW, since=NOW, until=NOW + timedelta(1)).all == 0
    assert actions.submit(application=made, by=by, at=NOW).applicant == me
    counted = queries.channels(viewer=township, at=NOW, since=NOW, until=NOW + timedelta(1))
    assert (counted.all, counted.online, counted.assisted) == (1, 1, 0)
    assert list(queries.listed(viewer=township, at=NOW, today=NOW.date())) == [made]  # one list, whatever way they come
    other = actions.draft(channel="phone", by=by, at=NOW, division_code=VILLAGE)
    actions.save(application=other, typed=typed(**OTHERS), by=by, at=NOW)
    with pytest.raises(NotFilled, match="id_number: another"):
        actions.submit(application=other, by=by, at=NOW)
    agent = {
        "agent": "yes",
        "agent_name": "甲一",
        "agent_id_number": number_of("37050219630101001"),
        "agent_phone": "13905460001",
        "agent_relation": "relative",
    }
    actions.save(application=other, typed=typed(**OTHERS, **agent), by=by, at=NOW)
    with pytest.raises(NotFilled, match="agent: mandate"):
        actions.submit(application=other, by=by, at=NOW)
    giver = named(name="丙三", id_number=number_of("37050219700101011"), at=NOW)
    mandates.give(
        household=giver.key, division_code=VILLAGE, giver=giver.key, taker=me.key, programmes=["application"], paper="F1", by=township, at=NOW,
        until=NOW + timedelta(days=30),
    )  # fmt: skip
    handed_in = actions.submit(application=other, by=by, at=NOW)
    assert (handed_in.applicant, handed_in.agent, bool(handed_in.mandate)) == (giver, me, True)
    assert handed_in.walk.taken.get().acting_for == giver.key


@pytest.mark.feature("SF077", "SF091", "SF142")
def test_an_officer_fills_in_for_somebody_only_with_the_page_they_signed_and_is_named(township: Officer):
    worker = officer("worker", "grid_worker", VILLAGE)
    made = drafted(worker, channel="village")
    with pytest.raises(NotFilled, match="consent: paper"):
        actions.submit(application=made, by=worker, at=NOW)
    page = actions.attach(
        application=made, paper="consent", content=photograph(), name="签字页", source="photo", by=worker, at=NOW
    )
    assert b"secret-device" not in (documents.content_of(viewer=township, key=page.key, at=NOW) or ("", b""))[1]
    handed_in = actions.submit(application=made, by=worker, at=NOW)
    taken = handed_in.walk.taken.get()
    assert (taken.by, taken.role, taken.acting_for, handed_in.helper, handed_in.consent) == (
        "worker", "grid_worker", handed_in.applicant.key if handed_in.applicant else "", worker, page,
    )  # fmt: skip
    assert queries.channels(viewer=township, at=NOW, since=NOW, until=NOW + timedelta(1)).assisted == 1


@pytest.mark.feature("SF089")
def test_a_call_opens_a_case_at_once_with_a_day_to_answer(township: Officer):
    said = {"applicant_name": ["某某"], "phone": ["0546-1234567"], "story": ["家里断粮了"]}
    made = actions.call(typed=said, division_code=VILLAGE, by=township, at=NOW)
    task = made.case.tasks.get(kind="application")
    assert (made.case.state, made.channel, task.due_on, task.rises_on) == (
        "open",
        "hotline",
        date(2026, 11, 23),
        date(2026, 11, 24),
    )
    assert made.applicant is None  # nothing need be known of who calls
    at_home = actions.call(typed=said, division_code=VILLAGE, by=Resident(named(name="", at=NOW).key), at=NOW)
    assert at_home.case.tasks.get(kind="application").due_on == date(2026, 11, 23)


def test_a_family_recognised_already_that_asks_for_what_follows_from_its_class_is_not_examined_again(township: Officer):
    first = accepted(township)
    actions.withdraw(application=first, by=township, at=NOW)
    Case.objects.filter(pk=first.case_id).update(main_class="dibao")
    medical = accepted(township, fields=typed(items=["premium"]))
    assert medical.case == first.case
    assert facts.declared(medical)["household"]["is_dibao"] is True
    assert not medical.walk.works.filter(done_at=None).exists()
    assert actions.finish(application=medical, by=township, at=NOW).walk.state == "examined"
    anew = accepted(township, fields=typed(items=["tekun"]))
    assert anew.walk.works.filter(done_at=None).count() == 2  # a class of its own is looked at
    with pytest.raises(NotYet):
        actions.finish(application=anew, by=township, at=NOW)


@pytest.mark.feature("SF087")
def test_handing_in_is_the_signature_and_when_all_have_signed_every_source_is_asked(township: Officer):
    me = named(name="甲一", id_number=number_of("37050219630101001"), at=NOW)
    by = Resident(me.key)
    made = actions.draft(channel="phone", by=by, at=NOW, division_code=VILLAGE)
    alone = {name: given for name, given in typed(consent_medical="no").items() if not name.startswith("members.1")}
    made = actions.submit(application=made, typed=alone, by=by, at=NOW)
    signed = Authorisation.objects.get()
    assert (signed.party, signed.how, signed.consents, signed.ended_at) == (me, "electronic", "register finance", None)
    actions.accept(application=made, by=township, at=NOW)
    request = Request.objects.get()
    assert (request.about_kind, request.about_key, [one.party for one in request.subjects.all()]) == (
        "application",
        made.key,
        [me],
    )
    assert Notice.objects.get().kind == "N01"


def test_where_somebody_has_not_signed_nobody_is_asked_and_the_office_asks_them_first(township: Officer):
    made = accepted(township)
    assert Authorisation.objects.get().party == made.applicant  # by the page they signed for the officer
    assert not Request.objects.exists()
    actions.decline(application=made, because="户籍不在本地", by=township, at=NOW)
    assert [one.kind for one in Notice.objects.order_by("pk")] == ["N01", "N03"]


def test_the_last_signature_from_far_away_begins_what_the_office_ordered_and_the_report_ends_the_wait(township: Officer):
    made = accepted(township)
    spouse = made.named.get(line=1).party
    _, token = authorising.link(case=made.case, party=spouse, until=date(2027, 6, 1), by=township, at=NOW)
    authorising.sign_by_link(token, id_number=number_of("37050219650202002"), consents=["register"], at=NOW)
    assert not Request.objects.exists(), "the worker hears it"
    for _ in range(2):
        events.hear(at=NOW)
    request = Request.objects.get()
    assert (request.about_key, request.begun_by) == (made.key, township.account)
    reporting.issue(request=request, by=officer("county", "county_officer", "370502"), at=NOW + timedelta(hours=1))
    events.hear(at=NOW + timedelta(hours=1))
    assert made.walk.works.get(code="verify").done_at == NOW + timedelta(hours=1)


def test_a_report_that_the_office_asked_for_beside_the_application_ends_its_wait_as_well(township: Officer):
    made = accepted(township)
    spouse = made.named.get(line=1).party
    authorising.authorise(
        case=made.case, party=spouse, consents=["register"], until=date(2027, 6, 1), how="paper", by=township, at=NOW
    )
    people = [made.applicant, spouse]
    request = asking.request(case=made.case, parties=people, about=subject(made.case), by=township, at=NOW)
    reporting.issue(request=request, by=officer("county", "county_officer", "370502"), at=NOW)
    events.hear(at=NOW)
    assert made.walk.works.get(code="verify").done_at == NOW


def test_a_parent_who_hands_in_signs_for_their_own_child_and_for_no_other(township: Officer):
    me = named(name="甲一", id_number=number_of("37050219630101001"), at=NOW)
    by = Resident(me.key)
    made = actions.draft(channel="phone", by=by, at=NOW, division_code=VILLAGE)
    people = {}
    for line, (relation, born) in enumerate((("child", "20180303"), ("grandchild", "20190404"), ("child", "19900505")), start=1):
        people |= {f"members__{line}__member_name": f"成员{line}", f"members__{line}__member_relation": relation,
                   f"members__{line}__member_id_kind": "id_card",
                   f"members__{line}__member_id_number": number_of(f"370502{born}00{line}")}  # fmt: skip
    made = actions.submit(application=made, typed=typed(**people), by=by, at=NOW)
    signed = {one.party_id: (one.why, one.signer) for one in Authorisation.objects.all()}
    child = made.named.get(line=1).party
    assert signed == {me.pk: ("adult", me), child.pk: ("guardian", me)}


def test_a_draft_taken_back_leaves_no_case_behind(township: Officer):
    made = drafted(township)
    assert actions.withdraw(application=made, by=township, at=NOW).walk.state == "withdrawn"
    assert Case.objects.get().state == "closed"
