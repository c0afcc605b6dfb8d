"""What later steps tell a road and hear of it: whether a condition holds, and that a step was taken, inside its transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.roads.models import Taken, Walk

Condition = Callable[[Walk, datetime], bool]
Ear = Callable[[Walk, Taken, Viewer, datetime], None]
EVERY = "*"
_conditions: dict[tuple[str, str], Condition] = {}
_ears: dict[tuple[str, str], dict[str, Ear]] = {}


class ToldTwice(ValueError):
    """Two functions say whether one condition holds of one road, or two ears have one name."""


class Untold(LookupError):
    """Nobody says whether this condition holds; a step that asks for it is not taken."""


def condition(name: str, *, of: str = EVERY) -> Callable[[Condition], Condition]:
    """Let a function say whether a condition of the workflow files holds. name: one word of `when`. of: the road, or every one."""

    def kept(asked: Condition) -> Condition:
        if _conditions.setdefault((of, name), asked) is not asked:
            raise ToldTwice(f"{of}: '{name}' is said by two functions")
        return asked

    return kept


def follows(workflow: str, step: str, *, name: str) -> Callable[[Ear], Ear]:
    """Let a function hear of a step inside its transaction: what it refuses, takes the step back. "*": every road, every step."""

    def kept(ear: Ear) -> Ear:
        if _ears.setdefault((workflow, step), {}).setdefault(name, ear) is not ear:
            raise ToldTwice(f"{workflow}.{step}: two ears are called '{name}'")
        return ear

    return kept


def holds(text: str, walk: Walk, at: datetime) -> bool:
    """Whether `when` of a step holds: words joined by `or`, each with or without `not`. Raises Untold."""
    for part in text.split(" or "):
        denied, name = part.startswith("not "), part.removeprefix("not ")
        asked = _conditions.get((walk.workflow, name)) or _conditions.get((EVERY, name))
        if asked is None:
            raise Untold(f"{walk.workflow}: nobody says whether '{name}' holds")
        if asked(walk, at) != denied:
            return True
    return False


def heard_by(workflow: str, step: str) -> Iterator[Ear]:
    for key in ((workflow, step), (EVERY, step), (workflow, EVERY), (EVERY, EVERY)):
        yield from _ears.get(key, {}).values()
