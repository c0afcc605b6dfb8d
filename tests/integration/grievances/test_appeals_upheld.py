"""An appeal against a refusal that is upheld: the programme walks its road anew, linked to the refusal that was wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiuzhu.casework.decisions import actions as decisions
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.grievances import actions
from jiuzhu.casework.notices import letters
from jiuzhu.casework.roads.models import Walk
from jiuzhu.casework.trace.actions import Actor, Subject
from tests.support.deciding import AT, Room
from tests.support.families import COUNTY
from tests.support.officers import officer
from tests.support.telling import REFUSED

pytestmark = pytest.mark.django_db


@pytest.mark.feature("SF089")
def test_a_refusal_found_wrong_is_decided_anew_and_one_found_right_stands():
    room, later = Room(), AT + timedelta(days=9)
    item = room.reported(income=99_000)
    decisions.refuse(item=item, because="income above the standard", by=room.reviewer, at=later)
    about = Subject("item", item.key, item.division_code, item.case.household_key, item.case.key)
    letter = letters.give(
        "N09", case=item.case, party=item.party, about=about, words=REFUSED, by=Actor(room.reviewer.account), at=later
    )
    letters.serve(notice=letter, how="hand", proof="签收", by=room.clerk, at=later)
    letter.refresh_from_db()
    told = {"channel": "counter", "words": "收入算错了", "division_code": item.division_code, "notice": letter, "at": later}
    first, second = (actions.lodge("appeal", by=room.clerk, **told) for _ in range(2))
    sun = officer("sun", "county_officer", COUNTY)
    actions.answer(grievance=first, outcome="rejected", answer="计算无误", by=sun, at=later)
    assert Item.objects.count() == 1
    with pytest.raises(actions.HeldApart):
        actions.answer(grievance=second, outcome="upheld", answer="x", by=room.reviewer, at=later)
    actions.answer(grievance=second, outcome="upheld", answer="加班费已停发", by=sun, at=later)
    anew = Item.objects.get(replaces=item)
    assert (anew.programme, anew.party, anew.case) == (item.programme, item.party, item.case)
    assert Walk.objects.get(pk=anew.walk_id).state == "examined"
