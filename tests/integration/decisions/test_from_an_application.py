"""From what a family typed to its decision: the examined application opens the road, and its facts are those declared and found."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from jiuzhu.casework.applications import actions as applications
from jiuzhu.casework.decisions import actions, queries, sources
from jiuzhu.casework.decisions.actions import Choice
from jiuzhu.casework.decisions.facts import DECLARATION, Gathered
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.decisions.refusals import Blocked
from jiuzhu.casework.payments.models import Grant
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.roads.models import Walk
from tests.integration.decisions.test_frozen import standard
from tests.support import applying
from tests.support.deciding import NUMBERS, Room
from tests.support.families import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_dibao_goes_from_a_draft_to_a_grant_on_the_facts_the_family_declared(tmp_path: Path, settings: Any) -> None:
    settings.PLACE_FOLDER = tmp_path / "place"
    (settings.PLACE_FOLDER / "parameters").mkdir(parents=True)
    room = Room()
    application = applying.accepted(room.clerk, at=NOW - 20 * DAY)
    with transaction.atomic():
        for work in ("verify", "survey"):
            roads.work_done(application.walk, work, at=NOW - 19 * DAY)
    applications.finish(application=application, by=room.clerk, at=NOW - 18 * DAY)
    item = Item.objects.get()
    assert (item.programme, item.party, item.walk.parent) == ("dibao", application.applicant, application.walk)
    known = sources.facts_of(item, at=NOW)
    assert known.facts["residence_kind"] == "rural"
    assert known.sources["residence_kind"]["source"] == DECLARATION
    assert [one["name"] for one in known.facts["members"]] == [one.key for one in _members(application)]
    assert known.facts["authorised"] is False  # the applicant signed the page, the spouse has not yet
    with pytest.raises(Blocked, match="consent"):
        actions.propose(item=item, gathered=known, by=room.clerk, at=NOW)
    known = Gathered({**known.facts, "authorised": True}, known.sources, known.others)
    with pytest.raises(Blocked, match=r"dibao\.rural_monthly"):
        actions.propose(item=item, gathered=known, by=room.clerk, at=NOW)
    for name, value in {**NUMBERS, "dibao.rural_monthly": 600}.items():
        standard(settings.PLACE_FOLDER, value, "2026-01-01", name)
    # What nobody stated is unknown, so the officer decides, says how much and why.
    with pytest.raises(Blocked, match="the rules cannot say"):
        actions.propose(item=item, gathered=known, by=room.clerk, at=NOW)
    choice = Choice(grants=True, fen=600_00, because="the records answer late; what the family lives on was seen at home")
    actions.propose(item=item, gathered=known, by=room.clerk, at=NOW, choice=choice)
    actions.step(item, "publish", by=room.clerk, at=NOW)
    actions.step(item, "report", by=room.clerk, at=NOW + 8 * DAY)
    assert list(queries.waiting(viewer=room.reviewer, at=NOW + 8 * DAY)) == [item]
    actions.confirm(item=item, by=room.reviewer, at=NOW + 9 * DAY)
    assert (Walk.objects.get(pk=item.walk_id).state, Grant.objects.get().case) == ("in_force", application.case)


def _members(application: object) -> list[object]:
    return [one.party for one in application.named.filter(together=True).order_by("line")]  # type: ignore[attr-defined]
