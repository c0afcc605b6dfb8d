"""The pages of decisions: what waits by deadline, what a decision stands on, and each act with its reason."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.casework.decisions.models import Decision, Hearing, Item
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.payments.models import Grant
from jiuzhu.casework.roads.models import Walk
from jiuzhu.casework.trace.models import Event
from tests.integration.decisions.test_frozen import SET, standard
from tests.integration.desk.conftest import signed_in
from tests.support.deciding import AT, Room
from tests.support.officers import officer

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def room(tmp_path: Path, settings: Any) -> Room:
    settings.PLACE_FOLDER = tmp_path / "place"
    (settings.PLACE_FOLDER / "parameters").mkdir(parents=True)
    return Room()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def state(item: Item) -> str:
    return Walk.objects.get(pk=item.walk_id).state


def test_a_reviewer_sees_what_a_decision_stands_on_and_signs_it(room: Room) -> None:
    item = room.reported()
    reviewer, clerk = signed_in(room.reviewer), signed_in(room.clerk)
    listed = text(reviewer.get("/decisions/"))
    assert item.key in listed
    assert "2026-11-24" in listed  # ten working days after it was reported
    page = text(reviewer.get(f"/decisions/of/{item.key}/"))
    for told in (
        "规则怎么说",
        "810.00",
        "320.15",
        "核对报告",
        "申报",
        "城市低保月标准",
        "2026-11-02",
        "不是您",
        "最低生活保障边缘家庭",
    ):
        assert told in page
    assert room.people(item.case)[0].key not in page  # people are told by name or number, never by key
    assert Event.objects.filter(operation="decisions.read", who="reviewer", subject_key=item.key).exists()
    address = f"/decisions/of/{item.key}/act/"
    assert clerk.post(address, {"act": "confirm", "seen": item.walk.version}).status_code == 404
    assert reviewer.post(address, {"act": "refuse", "seen": item.walk.version}).status_code == 409
    assert reviewer.post(address, {"act": "confirm", "seen": item.walk.version}).status_code == 302
    assert (state(item), Grant.objects.count(), Decision.objects.get().fen) == ("in_force", 1, 810_00)
    assert "确认" in text(reviewer.get(f"/decisions/of/{item.key}/"))
    elsewhere = signed_in(officer("elsewhere", "county_officer", "370503"))
    assert elsewhere.get(f"/decisions/of/{item.key}/").status_code == 404


def test_a_clerk_proposes_again_with_a_reason_and_hears_a_family(room: Room) -> None:
    item = room.confirmed().item
    clerk, reviewer = signed_in(room.clerk), signed_in(room.reviewer)
    address = f"/decisions/of/{item.key}/act/"
    heard = {
        "act": "hear", "plans": "cut", "yuan": "500", "how": "at_home", "held_on": "2026-11-19", "who": "his wife",
        "told": "the pension rose", "said": "she agrees",
    }  # fmt: skip
    assert clerk.post(address, {**heard, "said": " "} | {"seen": "0"}).status_code == 409
    version = Walk.objects.get(pk=item.walk_id).version
    assert clerk.post(address, heard | {"seen": version}).status_code == 302
    assert (Hearing.objects.get().fen, state(item)) == (500_00, "heard")
    version = Walk.objects.get(pk=item.walk_id).version
    page = text(reviewer.get(f"/decisions/of/{item.key}/"))
    assert "she agrees" in page
    cut = {"act": "cut", "seen": version, "yuan": "600", "because": "her pension rose in November"}
    assert reviewer.post(address, cut).status_code == 302
    assert [one.fen for one in item.decisions.order_by("pk")] == [810_00, 600_00]
    english = text(reviewer.get(f"/decisions/of/{item.key}/?lang=en", follow=True))
    assert "her pension rose in November" in english


def test_a_raise_is_looked_at_first_and_then_signed(room: Room, settings: Any) -> None:
    standard(settings.PLACE_FOLDER, 770, "2026-01-01")
    made = room.confirmed(numbers=SET)
    standard(settings.PLACE_FOLDER, 900, "2026-12-01")
    reviewer = signed_in(room.reviewer)
    page = text(reviewer.get("/decisions/raise/?programme=dibao&month=2026-12"))
    assert "390.00" in page
    standard(settings.PLACE_FOLDER, 900, "2026-09-01")
    page = text(reviewer.get("/decisions/raise/?programme=dibao&month=2026-09"))
    assert "以前月份补发" not in page.split("<table")[0]  # the grant begins with December: nothing is owed for months before it
    sent = {"programme": "dibao", "month": "2026-12", "count": 1, "fen": 390_00}
    assert reviewer.post("/decisions/raise/sign/", sent | {"fen": 1}).status_code == 409
    assert reviewer.post("/decisions/raise/sign/", sent).status_code == 302
    assert made.item.decisions.order_by("-pk")[0].fen == 1200_00
    assert AT + timedelta(days=9) == made.at


def test_the_work_list_says_whose_application_waits_for_what_and_opens_it_there(room: Room) -> None:
    item = room.reported()
    page = text(signed_in(room.reviewer).get("/today/"))
    head = room.people(item.case)[0]
    assert opened(head.name, column="parties_party.name", row=head.key) in page
    assert "最低生活保障，待确认" in page
    assert f'href="/decisions/of/{item.key}/"' in page
    assert "没有预警" not in page


def test_how_long_steps_took_stands_on_the_page_of_duties(room: Room, settings: Any) -> None:
    standard(settings.PLACE_FOLDER, 770, "2026-01-01")
    room.confirmed(numbers=SET)
    page = text(signed_in(room.reviewer).get("/duties/"))
    row = page.split("办理用时")[1].split("</table>")[0]
    # Reported on Tuesday the 10th, confirmed on Wednesday the 11th.
    assert "确认" in row
    assert '<td class="r num">1.0</td>' in row
