"""Where the other steps hand in what they did for a family: acts of its chain of assistance. A step that is not there has no lane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.rules.tree import Title

NOTHING = Title("", "")


@dataclass(frozen=True)
class ChainAct:
    """One thing that happened. lane: of `rules.family.LANES`. until: its last day, None while it is one day only.

    level: 4 red to 1 blue of a signal, 0 of all else. amount: yuan as text, "" for none. times: how many rows it stands for.
    """

    lane: str
    day: date
    title: Title
    until: date | None = None
    level: int = 0
    amount: str = ""
    times: int = 1
    source: Title = NOTHING
    link: str = ""


Lane = Callable[[Viewer, str, datetime], list[ChainAct]]
TaskOf = Callable[[Viewer, str, datetime], str]
_LANES: dict[str, Lane] = {}
_TASKS: list[TaskOf] = []


def offer(step: str, lane: Lane) -> None:
    """A step says how its acts for a family (by household number) are read; called when the step's application is ready."""
    _LANES[step] = lane


def offer_tasks(task_of: TaskOf) -> None:
    """The step that keeps tasks says which open task of the viewer stands on a family: its key, "" for none."""
    _TASKS.append(task_of)


def acts_of_steps(viewer: Viewer, household: str, at: datetime) -> list[ChainAct]:
    return [act for lane in _LANES.values() for act in lane(viewer, household, at)]


def task_on(viewer: Viewer, household: str, at: datetime) -> str:
    return next((task for task_of in _TASKS if (task := task_of(viewer, household, at))), "")
