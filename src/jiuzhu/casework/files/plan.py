"""The plan in a family's file (一档一策): the versions of its case, one shown beside another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from jiuzhu.casework.accounts.permissions import Scope, Viewer, allowed, visible
from jiuzhu.casework.cases import actions, versions
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.queries import case_scope, cases_of_viewer
from jiuzhu.casework.cases.versions import Change, Version
from jiuzhu.casework.files.opening import located


@dataclass(frozen=True)
class PlanTold:
    """The plan of a family. case: None where nobody cares for it yet, or the reader may not see its case.

    versions: newest first, in an earlier release those written by its day. shown, against: the two that stand beside one another;
    against is None beside the first. may_write, may_open: whether the reader may write the next version, or take the family into
    care first.
    """

    case: Case | None = None
    versions: tuple[Version, ...] = ()
    shown: Version | None = None
    against: Version | None = None
    changes: tuple[Change, ...] = ()
    may_write: bool = False
    may_open: bool = False

    @property
    def newest(self) -> Version | None:
        return self.versions[0] if self.versions else None


def case_of(*, viewer: Viewer, household: str, at: datetime) -> Case | None:
    """The case of the family that the viewer may see, the open one before those that are closed, the newest first."""
    by_people = Q(members__until__isnull=True, members__party__registry_household=household)
    of_family = Case.objects.filter(pk__in=Case.objects.filter(Q(household_key=household) | by_people).values("pk"))
    seen = visible(of_family, viewer, "cases.read", at=at, assigned=cases_of_viewer(viewer), household="household_key")
    return seen.select_related("adviser").order_by("-state", "-opened_at", "-pk").first()


def plan_told(
    *, viewer: Viewer, household: str, division: str, at: datetime, until: date | None = None, number: int = 0, against: int = 0
) -> PlanTold:
    """The plan as the viewer may see it. number, against: the versions asked for; else the newest, beside the one before it.

    until: the day of the release that is shown; no case is opened and nothing written from an earlier one.
    """
    case = case_of(viewer=viewer, household=household, at=at)
    opens = Scope(division, "open", household=household)
    may_open = (case is None or case.state != Case.State.OPEN) and allowed(viewer, "cases.open", on=opens, at=at) is not None
    if case is None:
        return PlanTold(may_open=may_open and until is None)
    scope = case_scope(case, viewer)
    grant = allowed(viewer, "cases.read", on=scope, at=at)
    assert grant is not None
    known = tuple(one for one in versions.versions(case, grant=grant) if until is None or local_day(one.at) <= until)
    shown = next((one for one in known if one.number == number), known[0] if known else None)
    earlier = [one for one in known if shown is not None and one.number != shown.number]
    before = next((one for one in earlier if shown is not None and one.number < shown.number), None)
    other = next((one for one in earlier if one.number == against), before)
    may_write = case.state == Case.State.OPEN and allowed(viewer, "cases.plan", on=scope, at=at) is not None
    told = versions.changes(other, shown) if shown is not None else ()
    return PlanTold(case, known, shown, other, told, may_write and until is None, may_open and until is None)


@transaction.atomic
def take_into_care(*, key: str, because: str, by: Viewer, at: datetime) -> Case:
    """Open a case for the family whose file is open, so that it can have a plan; the one that is open already stays the one.

    key: of the file. because: a code of handling_reason. Raises NotAllowed, UnknownCode.
    """
    number, division, _ = located(key, "cases.open", by, at)
    return actions.open_case(division_code=division, because=because, household_key=number, by=by, at=at)
