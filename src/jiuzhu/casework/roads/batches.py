"""One step taken by many walks in one act: a new standard raises every benefit in force somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F

from jiuzhu.casework.accounts.permissions import Grant, Scope, Viewer, actor, require
from jiuzhu.casework.roads import terms
from jiuzhu.casework.roads.declared import role_of, workflows
from jiuzhu.casework.roads.models import Taken, Walk
from jiuzhu.casework.roads.permitted import only
from jiuzhu.casework.roads.refusals import NotNow, Undecided
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.bulk import insert_many
from jiuzhu.casework.trace.models import Event
from jiuzhu.rules.granting import operation


def may_take_all(workflow: str, step: str, *, division_code: str, count: int, by: Viewer, at: datetime) -> Grant:
    """Why this viewer may take a step for that many in a division. Raises NotAllowed, Undecided, NotNow where it is no step for many."""
    road = workflows()[workflow]
    declared = road.steps[step]
    if not declared.batch or declared.origins != (declared.to,):
        raise NotNow(f"{workflow}.{step} is taken one by one")
    role = role_of(declared.by, division=division_code, on=terms.local_day(at))
    if not role:
        raise Undecided(f"no number says who takes '{step}' in {division_code}; set {declared.by} there")
    return require(only(by, role, at), operation(road, declared), on=Scope(division_code, count=count), at=at)


@transaction.atomic
def take_all(
    workflow: str, step: str, *, walks: Sequence[int], subjects: Sequence[Subject], division_code: str, by: Viewer, at: datetime
) -> Event:
    """Take the step for all of them and record one event; part of the act that decides it. Nobody's household near to the viewer is
    among them: whoever chooses leaves these out. Raises as `may_take_all`; NotNow where a walk stands elsewhere by now.
    """
    grant = may_take_all(workflow, step, division_code=division_code, count=len(walks), by=by, at=at)
    to = workflows()[workflow].steps[step].to
    moved = Walk.objects.filter(pk__among=walks, workflow=workflow, state=to).update(version=F("version") + 1)
    if moved != len(walks):
        raise NotNow(f"{len(walks) - moved} of {len(walks)} stand elsewhere by now; look again")
    who = actor(by, grant)
    numbers = dict(Taken.objects.filter(walk__among=walks).values_list("walk").annotate(Count("pk")))
    insert_many(
        Taken,
        same={"step": step, "origin": to, "to": to, "at": at, "day": terms.local_day(at), "by": who.who, "role": who.role},
        columns=("walk_id", "number"),
        rows=[(walk, numbers.get(walk, 0) + 1) for walk in walks],
    )
    return record(f"{workflow}.{step}", by=who, at=at, subjects=subjects, purpose=grant.purpose, after={"count": len(walks)})
