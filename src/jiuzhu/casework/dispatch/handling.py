"""What else may be done with warnings: put off, settle, open again, join, pass on; and what the worker and a visit do to them.

Part of this step's actions.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from jiuzhu.casework.accounts.actions import division_in_force
from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.accounts.places import COUNTY_DIGITS
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases import tasks as on_tasks
from jiuzhu.casework.cases.actions import moved
from jiuzhu.casework.cases.actions import subject as of_case
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.elsewhere import lives_there_now
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.cases.refusals import NothingNew
from jiuzhu.casework.dispatch.chosen import Chosen, find, subjects, update
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.dispatch.refusals import NotThere, Unfounded, WrongDay
from jiuzhu.casework.dispatch.releasing import WAITING
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.seen import Moved
from jiuzhu.casework.working_rules.queries import whole

BY_ITSELF = Actor("system:dispatch")
HINT = Q(kind="hint", state="open")
LIVES_ELSEWHERE = "lives_elsewhere"
SETTLED = {"visited": "visited", "dismissed": "dismissed"}


@transaction.atomic
def snooze(*, chosen: Chosen, until: date, because: str, by: Viewer, at: datetime, note: str = "") -> int:
    """Put off warnings known to be false until a day: then they wait again, and also as soon as they are raised.

    because: a code of handling_reason. Gives how many. Raises WrongDay, NotAllowed, NotThere, Grown, UnknownCode.
    """
    codes.known("handling_reason", because)
    today = local_day(at)
    if until <= today:
        raise WrongDay(f"until {until}: choose a day after {today}")
    found, grant = find(chosen, operation="warnings.snooze", condition=WAITING, by=by, at=at)
    for place in sorted({one.division for one in found}):
        most = whole("handling.snooze_days", division=place, on=today)
        if most is not None and until > today + timedelta(days=most):
            raise WrongDay(f"until {until}: a warning in {place} is snoozed for {most} days at most; choose a day before that")
    update(found, handling="snoozed", snoozed_until=until, because=because)
    after = {"because": because, "until": until}
    record(
        "warnings.snooze", by=actor(by, grant), at=at, on=Subject("list", f"{len(found)}"), subjects=subjects(found),
        purpose=grant.purpose, because=codes.reason(because, note), after=after,
    )  # fmt: skip
    return len(found)


@transaction.atomic
def lift_snoozes(*, at: datetime, today: date) -> int:
    """Let warnings wait again whose day has come; gives how many. Twice is harmless."""
    due = Warning.objects.select_for_update().filter(handling="snoozed", snoozed_until__lte=today).order_by("pk")
    lifted = [Subject("warning", *told) for told in due.values_list("warning_id", "division_code", "household_id")]
    if lifted:
        Warning.objects.filter(handling="snoozed", snoozed_until__lte=today).update(handling="waiting", snoozed_until=None)
        record("snoozes.lift", by=BY_ITSELF, at=at, subjects=lifted)
    return len(lifted)


@transaction.atomic
def settle_hints(*, chosen: Chosen, how: str, because: str, by: Viewer, at: datetime, note: str = "") -> int:
    """Say what became of hints: `read` leaves them open, `visited` and `dismissed` close them. Gives how many.

    Raises NotAllowed, NotThere, Grown, UnknownCode for another word or reason.
    """
    if how not in ("read", *SETTLED):
        raise codes.UnknownCode(f"a hint is read, visited or dismissed, not '{how}'")
    if how != "read":
        codes.known("handling_reason", because)
    found, grant = find(chosen, operation="hints.settle", condition=HINT, by=by, at=at)
    who = actor(by, grant)
    closed = {"state": "closed", "outcome": how, "handled_at": at, "handled_by": who.who, "because": because}
    update(found, handling=how, **(closed if how in SETTLED else {}))
    record(
        "hints.settle", by=who, at=at, on=Subject("list", f"{len(found)}"), subjects=subjects(found), purpose=grant.purpose,
        because=codes.reason(because, note), after={"handling": how},
    )  # fmt: skip
    return len(found)


@transaction.atomic
def reopen(*, warning: Warning, because: str, by: Viewer, at: datetime, note: str = "", seen: str = "") -> Warning:
    """Let a warning wait again that was dealt with, or joined to another one. Only while the registry still issues it.

    seen: what was seen of it, "" where nobody looked. Raises NotAllowed, Unfounded, NotThere if it is open, Moved, UnknownCode.
    """
    codes.known("handling_reason", because)
    grant = require(by, "warnings.reopen", on=Scope(warning.division_code, "closed", household=warning.household_id), at=at)
    now = Warning.objects.select_for_update().get(pk=warning.pk)
    if now.state == Warning.State.OPEN:
        raise NotThere(f"{now.warning_id} is open; nothing was done")
    if seen and seen != now.seen:
        raise Moved(f"{now.warning_id} changed since you looked; nothing was done, look at it again")
    if not now.stands:
        raise Unfounded(f"{now.warning_id} no longer stands in the newest release; a new one opens by itself if it comes back")
    before = {"handling": now.handling, "outcome": now.outcome}
    now.state, now.handling, now.task, now.replaced_by = Warning.State.OPEN, Warning.Handling.WAITING, None, None
    now.checked_again += 1
    now.tier_up, now.raised_to, now.rises_on = 0, "", None
    now.because = because
    now.save(
        update_fields=["state", "handling", "task", "replaced_by", "checked_again", "tier_up", "raised_to", "rises_on", "because"]
    )
    record(
        "warnings.reopen", by=actor(by, grant), at=at, on=_subject(now), purpose=grant.purpose, because=codes.reason(because, note),
        before=before, after={"handling": "waiting"},
    )  # fmt: skip
    return now


@transaction.atomic
def replace(*, warning: Warning, by_other: Warning, because: str, by: Viewer, at: datetime, note: str = "") -> Warning:
    """Join an open warning to another one of the same indicator that says the same of the same people: one of the two remains.

    Raises NotAllowed, Unfounded if they are of different indicators or the other one was joined itself, NotThere, UnknownCode.
    """
    codes.known("handling_reason", because)
    grants = [
        require(by, "warnings.replace", on=Scope(one.division_code, "open", household=one.household_id), at=at)
        for one in (warning, by_other)
    ]
    both = {one.pk: one for one in Warning.objects.select_for_update().filter(pk__in=(warning.pk, by_other.pk)).order_by("pk")}
    now, other = both.get(warning.pk), both.get(by_other.pk)
    if now is None or now.state != Warning.State.OPEN:
        raise NotThere(f"{warning.warning_id} is not open; nothing was done")
    if other is None or other.pk == now.pk or other.indicator_id != now.indicator_id or other.state == Warning.State.REPLACED:
        raise Unfounded(
            f"{now.warning_id} can only be joined to another warning of {now.indicator_id} that still stands by itself"
        )
    before = {"handling": now.handling}
    now.state, now.handling, now.replaced_by, now.snoozed_until = Warning.State.REPLACED, Warning.Handling.REPLACED, other, None
    now.because = because
    now.save(update_fields=["state", "handling", "replaced_by", "snoozed_until", "because"])
    record(
        "warnings.replace", by=actor(by, grants[0]), at=at, on=_subject(now), subjects=[_subject(other)], purpose=grants[0].purpose,
        because=codes.reason(because, note), before=before, after={"replaced_by": other.warning_id},
    )  # fmt: skip
    return now


@transaction.atomic
def transfer(*, chosen: Chosen, division_code: str, because: str, by: Viewer, at: datetime, note: str = "") -> int:
    """Pass waiting warnings to another division, where their families live; gives how many.

    They stay there until the registry itself moves the family. Raises NotAllowed, NoSuchDivision, NotThere, Grown, UnknownCode.
    """
    codes.known("handling_reason", because)
    code = division_in_force(division_code, on=local_day(at))[:12]
    waiting = Q(state="open", handling__in=("waiting", "read"))
    found, grant = find(chosen, operation="warnings.transfer", condition=waiting & ~Q(division_code=code), by=by, at=at)
    update(found, division_code=code, tier_up=0, raised_to="", rises_on=None)
    record(
        "warnings.transfer", by=actor(by, grant), at=at, on=Subject("list", f"{len(found)}", code), subjects=subjects(found),
        purpose=grant.purpose, because=codes.reason(because, note), before={one.number: one.division for one in found}, after={"division": code},
    )  # fmt: skip
    return len(found)


@transaction.atomic
def transfer_case(
    *, case: Case, division_code: str, because: str, by: Viewer, at: datetime, seen: int = 0, note: str = ""
) -> Case:
    """Pass a family with all that is open of it to another division, where its office names who does it.

    Of a family that lives in another county the one it is registered in goes on seeing that it is cared for.

    Raises NotAllowed, NoSuchDivision, NothingNew, NotOpen, Moved, UnknownCode.
    """
    codes.known("handling_reason", because)
    code = division_in_force(division_code, on=local_day(at))[:12]
    grant = require(by, "cases.transfer", on=case_scope(case, by), at=at)
    if code == case.division_code:
        raise NothingNew(f"{case.key} stands in {code} already")
    now = moved(case, code, seen=seen)
    for task in Task.objects.filter(case=case, state="open"):
        county = task.office == on_tasks.office_of(task.division_code, county=True)
        task.division_code, task.office = code, on_tasks.office_of(code, county=county)
        task.owner, task.given_by, task.given_at, task.version = None, "", None, task.version + 1
        task.save(update_fields=["division_code", "office", "owner", "given_by", "given_at", "version"])
    Warning.objects.filter(case=case, state="open").update(division_code=code)
    if code[:COUNTY_DIGITS] != case.division_code[:COUNTY_DIGITS]:
        lives_there_now(case, code[:COUNTY_DIGITS], registered=because == LIVES_ELSEWHERE)
    before, after = {"division": case.division_code}, {"division": code}
    event = record(
        "cases.transfer", by=actor(by, grant), at=at, on=of_case(case), purpose=grant.purpose, because=codes.reason(because, note),
        before=before, after=after,
    )  # fmt: skip
    announce("case.transferred", event=event, at=at, case=case, on=of_case(case))
    return now


def handled(*, task: Task, outcome: str, who: str, at: datetime) -> list[str]:
    """The warnings of a task are dealt with, with the outcome a visit found; part of that act, which records it.

    Gives their numbers. Those that have closed meanwhile stay as they are.
    """
    standing = Warning.objects.select_for_update().filter(task=task, state="open", handling="released").order_by("pk")
    numbers = list(standing.values_list("warning_id", flat=True))
    Warning.objects.filter(warning_id__in=numbers).update(
        state="closed", handling="handled", outcome=outcome, handled_at=at, handled_by=who
    )
    return numbers


def _subject(one: Warning) -> Subject:
    return Subject("warning", one.warning_id, one.division_code, one.household_id, one.case.key if one.case else "")
