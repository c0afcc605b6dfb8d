"""Who may take a step: the permission of its operation, by the one role the road names there and then."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from jiuzhu.casework.accounts.mandates import NoMandate, acting_for
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Grant, Present, Resident, Scope, Viewer, present, require
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.cases.queries import officer_of
from jiuzhu.casework.roads import terms
from jiuzhu.casework.roads.models import Walk
from jiuzhu.casework.roads.refusals import Undecided
from jiuzhu.rules.granting import operation
from jiuzhu.rules.workflows import OUTSIDE, Step, Workflow


def granted(walk: Walk, road: Workflow, step: Step, *, by: Viewer, at: datetime, special: str = "") -> Grant:
    """Why this viewer may take this step here. Raises NotAllowed, Undecided where no local number says whose step it is."""
    role = terms.doer(walk, road, step, on_road=special)
    if not role:
        raise Undecided(f"{walk.key}: no number says who takes '{step.code}' in {walk.division_code}; set {step.by} there")
    asker: Viewer = by if role in OUTSIDE else only(by, role, at)
    return require(asker, operation(road, step), on=scope(walk, by, at=at), at=at)


def only(by: Viewer, role: str, at: datetime) -> Viewer:
    """The viewer with that role alone: a road that names one role is not walked by another, whatever else they hold."""
    found = present(by, at=at) if isinstance(by, Officer) else by
    if not isinstance(found, Present):
        return found
    return replace(found, powers=tuple(power for power in found.powers if power.role in (role, "anyone")))


def scope(walk: Walk, viewer: Viewer, *, at: datetime) -> Scope:
    """How a walk stands to a viewer, for permission."""
    officer = officer_of(viewer)
    tasks = Task.objects.filter(case=walk.case_id, owner=officer, state=Task.State.OPEN) if officer else Task.objects.none()
    own = isinstance(viewer, Resident) and walk.party is not None and walk.party.key == viewer.who
    return Scope(
        walk.division_code, own_account=own, mandate=_stands_for(walk, viewer, at), assigned=tasks.exists(),
        household=walk.case.household_key,
    )  # fmt: skip


def _stands_for(walk: Walk, viewer: Viewer, at: datetime) -> bool:
    if not isinstance(viewer, Resident) or walk.party is None or walk.party.key == viewer.who:
        return False
    return bool(mandate_of(walk.party.key, viewer.who, household=walk.case.household_key, programme=walk.workflow, at=at))


def mandate_of(giver: str, taker: str, *, household: str, programme: str, at: datetime) -> str:
    """The key of the mandate in force by which a resident stands for another, "" for none.

    household: the registry's number of the giver's, "" for a family unknown there: its mandates go by the key of who gave them.
    """
    for whose in dict.fromkeys((household, giver)):
        try:
            return acting_for(taker=taker, giver=giver, household=whose, programme=programme, at=at).key
        except NoMandate:
            continue
    return ""
