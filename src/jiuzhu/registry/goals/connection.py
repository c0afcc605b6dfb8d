"""All connected: which datasets of the catalogue ever came, which count on the day, and which no body states, by department."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


@dataclass(frozen=True)
class Department:
    """Datasets of one department. delivered: how many ever came; in_force: of how many something counts on the day.

    missing: those that never came. unclaimed: those that no body of the catalogue states, so that nobody can be asked.
    """

    department: str
    datasets: int
    delivered: int
    in_force: int
    missing: tuple[str, ...]
    unclaimed: tuple[str, ...]


@dataclass(frozen=True)
class ConnectionGoal:
    """Over all departments, as each of them says. since: the first day any delivery speaks of; None before the first."""

    datasets: int
    delivered: int
    in_force: int
    unclaimed: int
    since: date | None
    departments: tuple[Department, ...]


def connection_goal(
    catalogue: Catalogue, delivered: Collection[str], in_force: Collection[str], since: date | None
) -> ConnectionGoal:
    """delivered, in_force: codes of datasets; those the catalogue no longer has are left out."""
    shelves: dict[str, list[str]] = {}
    for code, dataset in sorted(catalogue.datasets.items()):
        shelves.setdefault(dataset.department, []).append(code)
    claimed = {
        code for code, dataset in catalogue.datasets.items() if any(body.states(dataset) for body in catalogue.bodies.values())
    }
    told = tuple(
        Department(
            department=name,
            datasets=len(codes),
            delivered=sum(code in delivered for code in codes),
            in_force=sum(code in in_force for code in codes),
            missing=tuple(code for code in codes if code not in delivered),
            unclaimed=tuple(code for code in codes if code not in claimed),
        )
        for name, codes in sorted(shelves.items())
    )
    return ConnectionGoal(
        datasets=len(catalogue.datasets),
        delivered=sum(one.delivered for one in told),
        in_force=sum(one.in_force for one in told),
        unclaimed=len(catalogue.datasets) - len(claimed),
        since=since,
        departments=told,
    )
