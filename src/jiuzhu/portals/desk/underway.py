"""What a task that no warning asked for is about: the application or the programme that waits, and the page where it goes on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from jiuzhu.casework.accounts.permissions import Viewer, allowed
from jiuzhu.casework.roads.declared import road_of
from jiuzhu.casework.roads.models import Walk
from jiuzhu.portals.desk import applications, decision_words
from jiuzhu.rules.tree import Title

PAGES = {"application": ("application", "applications.read"), "item": ("decision", "decisions.read")}  # what walks: its page


@dataclass(frozen=True)
class Way:
    """title: of the road and where on it the family stands. page, key: the address of what walks; no page where the reader's roles
    open none."""

    title: Title
    page: str
    key: str


def ways(cases: Collection[int], *, viewer: Viewer, at: datetime) -> Mapping[int, Way]:
    """Case to the walk that moved last and still waits for somebody; a case in which nothing waits is not there."""
    pages = {kind: page for kind, (page, opens) in PAGES.items() if allowed(viewer, opens, on=None, at=at)}
    told: dict[int, Way] = {}
    for walk in Walk.objects.filter(case__in=cases, ended=False).order_by("-since", "-pk"):
        road = road_of(walk)
        if walk.case_id in told or walk.state in road.rests:
            continue
        states = applications.STATES if walk.subject_kind == "application" else decision_words.STATES
        state = states.get(walk.state, Title(walk.state, walk.state))
        title = Title(f"{road.title.zh}，{state.zh}", f"{road.title.en}, {state.en}")
        told[walk.case_id] = Way(title, pages.get(walk.subject_kind, ""), walk.subject_key)
    return told
