"""Every road of the national catalogue, walked in every way it can be walked: wherever it stands, the office can bring it to an end (SF102).

The oracle knows nothing of casework: a place on a road is its state, the work that is done and the steps that may be taken only so
often; what a family answers or does not answer, what the rules advise and how a notice ends are taken in each way there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest

from jiuzhu.rules.workflows import Step, Workflow, load_workflows

NATIONAL = Path(__file__).parents[2] / "catalogue"
ROADS = load_workflows(NATIONAL)
SAYS = ("grants", "notice_over")
OF_THE_FAMILY = ("applicant", "anyone")  # who may stay silent for ever
AT_THE_WINDOW = {"supply", "withdraw", "submit"}  # steps of an applicant that an officer writes down for them (casework/roads)
PAPERS = {"hearing_record", "county_visit"}  # written with the step itself
HOLDS: dict[
    str, Callable[[dict[str, bool]], bool]
] = {  # every condition of the national roads, read anew; another one is a KeyError
    "": lambda _: True,
    "grants": lambda says: says["grants"],
    "notice_over or not grants": lambda says: says["notice_over"] or not says["grants"],
}
Place = tuple[str, frozenset[str], tuple[tuple[str, int], ...]]


def may(step: Step, place: Place, says: dict[str, bool]) -> bool:
    _, done, taken = place
    if step.times and dict(taken).get(step.code, 0) >= step.times:
        return False
    works = {one for one in step.needs if one not in PAPERS}
    return works <= done and HOLDS[step.when](says)


def onward(road: Workflow, place: Place, says: dict[str, bool]) -> Iterator[tuple[Step, Place]]:
    state, done, taken = place
    for step in road.from_state(state):
        if may(step, place, says):
            again = tuple(sorted({**dict(taken), step.code: dict(taken).get(step.code, 0) + 1}.items())) if step.times else taken
            yield step, (step.to, done - set(step.opens), again)


def worked(road: Workflow, place: Place) -> Iterator[Place]:
    """Any of the work that is not done may be done by whoever has it."""
    state, done, taken = place
    for code in road.tasks:
        if code not in done:
            yield state, done | {code}, taken


def reached(road: Workflow, start: Place, ways: list[dict[str, bool]]) -> set[Place]:
    found, new = {start}, [start]
    while new:
        here = new.pop()
        nexts = [there for says in ways for _, there in onward(road, here, says)] + list(worked(road, here))
        new += [one for one in nexts if one not in found and not found.add(one)]  # type: ignore[func-returns-value]
    return found


def brought_to_an_end(road: Workflow, start: Place, says: dict[str, bool]) -> bool:
    """Whether the offices alone, the family saying nothing more, come from here to an end or to where nobody is waited for."""
    found, new = {start}, [start]
    while new:
        here = new.pop()
        if here[0] in road.ends or here[0] in road.rests:
            return True
        steps = ((step, there) for step, there in onward(road, here, says))
        theirs = [there for step, there in steps if step.by not in OF_THE_FAMILY or step.code in AT_THE_WINDOW]
        new += [one for one in (*theirs, *worked(road, here)) if one not in found and not found.add(one)]  # type: ignore[func-returns-value]
    return False


@pytest.mark.parametrize("code", sorted(ROADS))
def test_wherever_a_road_stands_the_office_can_bring_it_to_an_end(code: str) -> None:
    road = ROADS[code]
    ways = [dict(zip(SAYS, one, strict=True)) for one in product((True, False), repeat=len(SAYS))]
    places = reached(road, (road.start, frozenset(), ()), ways)
    assert {place[0] for place in places} == set(road.states), "no state is out of reach"
    stuck = [
        (place, grants)
        for place in places
        for grants in (True, False)  # what was proposed; a notice that hangs comes to its end by itself
        if not brought_to_an_end(road, place, {"grants": grants, "notice_over": True})
    ]
    assert stuck == []


def test_a_road_with_a_dead_end_is_found() -> None:
    """The walk above sees what it is there to see: without its refusal a road of dibao stands for ever where it does not grant."""
    road = ROADS["dibao"]
    less = {code: step for code, step in road.steps.items() if code not in ("refuse", "return")}
    cut = Workflow(road.code, road.title, road.start, road.ends, {**less, "confirm": less["report"]}, road.tasks, road.basis)
    assert not brought_to_an_end(cut, ("reported", frozenset(road.tasks), ()), {"grants": False, "notice_over": True})
