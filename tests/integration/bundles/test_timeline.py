"""One family, one case, one line of time: from the warning over application, report, decision and payment to a charity's help."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from jiuzhu.casework.applications.scopes import subject
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.files.handled import handled_of, timeline
from jiuzhu.casework.files.lanes import acts_of_steps
from jiuzhu.casework.payments import sending
from jiuzhu.casework.referrals import actions as referrals
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.verification import asking, reporting
from tests.integration.bundles.test_one_thing import BEGUN, accepted, decided, examined
from tests.support import families
from tests.support.deciding import Room
from tests.support.officers import officer
from tests.support.paying import AT, Office, quiet
from tests.support.verifying import AT as ISSUED
from tests.support.verifying import Home

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.mark.feature("SF002", "SF174")
def test_every_stage_from_the_warning_to_a_charity_writes_to_one_timeline_of_one_case(room: Room, tmp_path: Path):
    application = accepted(room, ["dibao", "temporary", "tekun"], ["price_subsidy"])
    Case.objects.filter(pk=application.case_id).update(household_key="H-one")
    application.case.refresh_from_db()
    case = application.case
    families.warning(case.tasks.filter(kind="visit").get())
    head, spouse = (one.party for one in application.named.order_by("line"))
    home = Home(case=case, officer=room.clerk, county=room.reviewer, head=head, spouse=spouse)
    home.signed(head)
    home.signed(spouse)
    asked = home.ask(head, spouse, about=subject(application), declared={"assets": []})
    asking.collect(asked, at=ISSUED, departments=home.departments(), seconds=5)
    report = reporting.issue(request=asked, by=room.clerk, at=ISSUED)
    examined(application, room)
    for item in Item.objects.filter(case=case, programme__in=("dibao", "tekun")):
        decided(item, room, grants=True)
    office = Office()
    office.account(case, application.applicant)
    office.checked()
    sending.work(quiet(tmp_path), at=AT)
    charity = families.department("慈善总会")
    made = referrals.make(case=case, need="charity", item="charity", asked="winter clothes", who="x", by=room.clerk, at=AT)
    referrals.report(referral=Referral.objects.get(pk=made.pk), said="done", sentence="clothes came", by=charity, at=AT + DAY)

    told = timeline(viewer=room.reviewer, case=case, at=AT + 2 * DAY)
    assert [act.day for act in told] == sorted((act.day for act in told), reverse=True)
    by_lane = {lane: [act.title.zh for act in told if act.lane == lane] for lane in {act.lane for act in told}}
    assert set(by_lane) == {"signals", "applications", "results", "grants", "services"}
    assert len(by_lane["signals"]) == 1
    applied = " ".join(by_lane["applications"])
    for step in ("受理", report.number):
        assert step in applied
    assert any("确认" in one for one in by_lane["results"])
    [paid] = [act for act in told if act.lane == "grants"]
    assert (paid.amount, paid.title.zh.endswith("到账")) == ("600", True)
    assert [one for one in by_lane["services"] if "慈善" in one] == ["慈善帮扶：部门已办结", "慈善帮扶：转部门办理"]
    assert any("价格临时补贴" in one for one in by_lane["services"])

    # The file of the family at its household shows the same acts on its chain.
    chain = acts_of_steps(room.reviewer, "H-one", AT + 2 * DAY)
    assert {act.title.zh for act in told if act.lane != "signals"} == {act.title.zh for act in chain}
    assert handled_of(room.reviewer, "", AT) == []


def test_whoever_may_see_no_decision_sees_neither_it_nor_its_money(room: Room):
    application = accepted(room, ["dibao"])
    examined(application, room)
    for item in Item.objects.filter(case=application.case):
        decided(item, room, grants=True)
    far = officer("far", "county_officer", "370503")
    assert timeline(viewer=far, case=application.case, at=BEGUN + 30 * DAY) == []
    lanes = {act.lane for act in timeline(viewer=room.clerk, case=application.case, at=BEGUN + 30 * DAY)}
    assert "results" in lanes
