"""What may be done with roles: give one until a day, end it, hand it down, take that back. Part of this step's actions."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts import places
from jiuzhu.casework.accounts.actions import division_in_force
from jiuzhu.casework.accounts.models import Assignment, Delegation, Office, Officer
from jiuzhu.casework.accounts.permissions import DELEGABLE, NotAllowed, Scope, Viewer, actor, require, table
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.rules.permissions import CASEWORK
from jiuzhu.vocabulary.local_day import local_day


class WrongRole(ValueError):
    """The role cannot be held so: unknown, of another tier, of another duty than the person's, or without a term."""


class NotYours(ValueError):
    """Only what one holds oneself, and only below oneself, can be handed down."""


@transaction.atomic
def assign(
    *, officer: Officer, role: str, division_code: str, office: Office, since: datetime, until: datetime, by: Viewer, at: datetime
) -> Assignment:
    """Give an account a role in a division, in force [since, until).

    Nobody gives a role to themselves, under whichever account, and nobody holds roles of two duties (A8).
    Raises WrongRole, NoSuchDivision, NotAllowed.
    """
    known = table().roles.get(role)
    code = division_in_force(division_code, on=local_day(at))
    if known is None or places.tier(code) not in known.tiers:
        where = (
            f"in a division of these tiers: {', '.join(known.tiers) or 'none'}"
            if known
            else "among the roles of permissions.toml"
        )
        raise WrongRole(f"role '{role}' in {code}: choose one {where}")
    if known.duty != officer.person.duty:
        raise WrongRole(
            f"{role} is of the duty {known.duty}, {officer.account} belongs to a person of the duty {officer.person.duty}; "
            "nobody holds both: give it to somebody else"
        )
    if not since < until:
        raise WrongRole(f"{role} from {since} until {until}: a role ends after it began")
    if not places.within(code, office.division_code):
        raise WrongRole(f"{role} in {code}: the office of {office.division_code} does not answer for it")
    grant = require(by, "roles.assign", on=Scope(code), at=at)
    if isinstance(by, Officer) and by.person_id == officer.person_id:
        raise NotAllowed("roles.assign: nobody gives a role to themselves; ask another security administrator")
    who = actor(by, grant)
    given = Assignment.objects.create(
        officer=officer, office=office, role=role, duty=known.duty, division_code=code, since=since, until=until, given_by=who.who
    )
    on = Subject("role", str(given.pk), code[:12])
    after = {"account": officer.account, "role": role, "division": code, "since": since, "until": until}
    record("roles.assign", by=who, at=at, on=on, purpose=grant.purpose, after=after)
    return given


@transaction.atomic
def end(*, assignment: Assignment, because: str, by: Viewer, at: datetime) -> Assignment:
    """End a role now, and all that was handed down by it; the next request of its sessions is without it (A11).

    What has ended already stays as it is. Raises NotAllowed.
    """
    grant = require(by, "roles.end", on=Scope(assignment.division_code), at=at)
    kept = Assignment.objects.select_for_update().get(pk=assignment.pk)
    if kept.until > at:
        before, who = kept.until, actor(by, grant)
        kept.until, kept.ended_by, kept.ended_because = max(at, kept.since), who.who, because
        kept.save(update_fields=["until", "ended_by", "ended_because"])
        on = Subject("role", str(kept.pk), kept.division_code[:12])
        told = {"until": kept.until}
        record("roles.end", by=who, at=at, on=on, purpose=grant.purpose, because=because, before={"until": before}, after=told)
    return kept


@transaction.atomic
def delegate(
    *,
    assignment: Assignment,
    taker: Officer,
    division_code: str,
    until: datetime,
    because: str,
    by: Officer,
    at: datetime,
    operation: str = "",
) -> Delegation:
    """Let another account do by one's own role what one may do oneself, in that division or below it, until then.

    operation: the only one; "" hands on all that the role may do there. Only roles of casework go down, only one's own, and
    what was handed down to somebody goes no further. Raises NotYours, NotAllowed, NoSuchDivision.
    """
    code = division_in_force(division_code, on=local_day(at))
    if assignment.officer_id != by.pk or not assignment.since <= at < assignment.until:
        raise NotYours(f"delegation: {by.account} does not hold that role now")
    if not places.within(code, assignment.division_code):
        raise NotYours(f"delegation: {code} does not lie in {assignment.division_code}")
    if taker.person_id == by.person_id or {taker.person.duty, assignment.duty} != {CASEWORK}:
        raise NotYours("delegation: a role of casework goes to another person who does casework")
    if not at < until <= assignment.until:
        raise NotYours(f"delegation until {until}: it ends before the role does, on {assignment.until}")
    if operation and not any(row.relation in DELEGABLE for row in table().of(operation, assignment.role)):
        raise NotYours(f"delegation: {assignment.role} may not do '{operation}' below itself")
    grant = require(by, "roles.delegate", on=Scope(code), at=at)
    given = Delegation.objects.create(
        assignment=assignment, taker=taker, operation=operation, division_code=code, since=at, until=until, because=because
    )
    on = Subject("role", f"{assignment.pk}/{given.pk}", code[:12])
    after = {"taker": taker.account, "role": assignment.role, "operation": operation, "division": code, "until": until}
    record("roles.delegate", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, because=because, after=after)
    return given


@transaction.atomic
def end_delegation(*, delegation: Delegation, because: str, by: Officer, at: datetime) -> Delegation:
    """Take back what was handed down; only who handed it down can. What has ended already stays. Raises NotYours, NotAllowed."""
    kept = Delegation.objects.select_for_update().select_related("assignment").get(pk=delegation.pk)
    if kept.assignment.officer_id != by.pk:
        raise NotYours(f"delegation: it was not {by.account} who handed this down")
    grant = require(by, "roles.delegate", on=Scope(kept.division_code), at=at)
    if kept.until > at:
        before = kept.until
        kept.until, kept.ended_by, kept.ended_because = max(at, kept.since), by.account, because
        kept.save(update_fields=["until", "ended_by", "ended_because"])
        on = Subject("role", f"{kept.assignment_id}/{kept.pk}", kept.division_code[:12])
        who, told = actor(by, grant), {"until": kept.until}
        record(
            "roles.delegate", by=who, at=at, on=on, purpose=grant.purpose, because=because, before={"until": before}, after=told
        )
    return kept
