"""What life changed in the facts of a family: who belongs to it no longer is not counted, who came since is (L05, article 32)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jiuzhu.casework.cases.models import Member
from jiuzhu.casework.decisions import sources
from jiuzhu.casework.decisions.facts import Gathered
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.reviews.models import LifeEvent
from jiuzhu.rules.programmes.tree import LISTS, MEMBERS

ENTERED = "entered"
NEWBORN: dict[str, Any] = {"age": 0, "financial_assets": "0", "is_tekun": False}  # of a child of whom nothing else is known yet


@sources.changes("life")
def changed(item: Item, known: Gathered, _at: datetime) -> Gathered:
    """The facts without those who left and what is theirs, and with those who came."""
    gone, came = _gone(item), _came(item)
    if not gone and not came:
        return known
    facts, given = dict(known.facts), dict(known.sources)
    members = [one for one in facts.get(MEMBERS, ()) if one.get("name") not in gone]
    there = {one.get("name") for one in members}
    for event in came:
        joined = event.joined
        if joined is None or joined.key in there or event.happened_on is None:
            continue
        new = NEWBORN if event.kind == "birth" else {}
        members.append({"name": joined.key, **new})
        given |= {f"{MEMBERS}/{joined.key}/{fact}": {"source": ENTERED, "on": event.happened_on.isoformat()} for fact in new}
    facts[MEMBERS] = members
    others = dict(known.others)
    for level in LISTS:
        things = facts.get(level)
        if isinstance(things, list):
            stay = [place for place, one in enumerate(things, start=1) if one.get("member") not in gone]
            facts[level] = [things[place - 1] for place in stay]
            given, others = _moved(given, level, stay), _moved(others, level, stay)
    return Gathered(facts, given, others)


def _moved(told: Mapping[str, Any], level: str, stay: Sequence[int]) -> dict[str, Any]:
    """What is said of things by their place in a list, once only some of them are left there."""
    places, found = {str(old): new for new, old in enumerate(stay, start=1)}, {}
    for path, value in told.items():
        name, _, rest = path.partition("/")
        place, _, fact = rest.partition("/")
        if name != level:
            found[path] = value
        elif place in places:
            found[f"{level}/{places[place]}/{fact}"] = value
    return found


def _gone(item: Item) -> set[str]:
    rows = Member.objects.filter(case=item.case_id)
    still = rows.filter(until__isnull=True).values("party")
    return set(rows.exclude(party__in=still).values_list("party__key", flat=True))


def _came(item: Item) -> list[LifeEvent]:
    rows = LifeEvent.objects.filter(case=item.case_id, state=LifeEvent.State.ENTERED, joined__isnull=False)
    return list(rows.select_related("joined").order_by("pk"))
