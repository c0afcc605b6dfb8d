"""How an application stands to whoever looks at it: where it was taken in, where it is examined, whose it is."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.accounts.permissions import Grant, NotAllowed, Resident, Scope, Viewer, allowed, key_of
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.cases.queries import officer_of
from jiuzhu.casework.trace.actions import Subject


def scopes(application: Application, viewer: Viewer) -> tuple[Scope, ...]:
    """By where it is examined; and by the window that took it in, whose officer goes on helping until it is handed in and may see it."""
    officer = officer_of(viewer)
    mine = officer is not None and (
        application.helper_id == officer.pk or Task.objects.filter(case=application.case_id, owner=officer, state="open").exists()
    )
    own = isinstance(viewer, Resident) and viewer.who in {one.key for one in (application.applicant, application.agent) if one}
    places = dict.fromkeys(one for one in (application.division_code, application.window) if one)
    household = application.case.household_key
    return tuple(Scope(place, assigned=mine, own_account=own, household=household) for place in places)


def granted(application: Application, operation: str, *, by: Viewer, at: datetime) -> Grant | None:
    """None also where the family is near to the viewer's person, wherever it was taken in (A9)."""
    told = (allowed(by, operation, on=scope, at=at) for scope in scopes(application, by))
    return next((grant for grant in told if grant is not None), None)


def require(application: Application, operation: str, *, by: Viewer, at: datetime) -> Grant:
    """Raises NotAllowed."""
    found = granted(application, operation, by=by, at=at)
    if found is None:
        raise NotAllowed(f"{operation}: no row of permissions.csv grants this on {application.key} to {key_of(by)}")
    return found


def subject(application: Application) -> Subject:
    case = application.case
    return Subject("application", application.key, application.division_code, case.household_key, case.key)
