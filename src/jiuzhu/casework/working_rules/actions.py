"""What may be done with a working rule: propose another number, and decide about it as another person."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts.actions import division_in_force
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed, Scope, Viewer, actor, require, staff
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.casework.working_rules.models import RuleChange
from jiuzhu.casework.working_rules.queries import number
from jiuzhu.rules.working_rules import WorkingRule
from jiuzhu.vocabulary.local_day import local_day

MOST = 400  # characters of a reason
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,4})?")


class Unfit(ValueError):
    """The number is none, is not whole where days or families are counted, lies outside its bounds, or is in force already."""


class Unsaid(ValueError):
    """A proposal and a decision say why; a release also from which day to come it holds."""


class SamePerson(ValueError):
    """A rule is changed by two persons; this one proposed it, whichever account is used."""


class Settled(ValueError):
    """Another number of this rule waits here already, it was decided meanwhile, or a number of that day is there."""


@transaction.atomic
def propose(*, rule: str, division_code: str, value: str, because: str, by: Viewer, at: datetime) -> RuleChange:
    """Propose another number of a rule for a division and all below it; nothing changes by it.

    Raises NotAllowed, NoSuchDivision, KeyError for no such rule, Unfit, Unsaid, Settled.
    """
    declared = visiting().working.by_code[rule]
    code = division_in_force(division_code, on=local_day(at))[:12]
    grant = require(by, "rules.propose", on=Scope(code), at=at)
    officer = _officer(by)
    wanted = _fit(declared, value)
    if wanted == number(rule, division=code, on=local_day(at)):
        raise Unfit(f"{rule} is {wanted} there already")
    _said(because)
    try:
        with transaction.atomic():
            made = RuleChange.objects.create(
                rule=rule, division_code=code, value=f"{wanted:f}", because=because.strip(), made_person=officer.person,
                made_by=officer.account, made_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise Settled(f"another number of {rule} waits for a decision in {code}") from None
    record(
        "rules.propose", by=actor(by, grant), at=at, on=_subject(made), purpose=grant.purpose, because=because,
        after={"value": made.value},
    )  # fmt: skip
    return made


@transaction.atomic
def decide(
    *, change: int, word: str, because: str, by: Viewer, at: datetime, holds_from: date | None = None
) -> RuleChange:  # fmt: skip
    """Release a proposed number from a day to come, or decline it. word: released or declined.

    Raises NotAllowed, SamePerson for any account of whoever proposed it, Unsaid, Settled, RuleChange.DoesNotExist.
    """
    kept = RuleChange.objects.select_for_update().get(pk=change)
    grant = require(by, "rules.decide", on=Scope(kept.division_code, "proposed"), at=at)
    officer = _officer(by)
    if kept.state != RuleChange.State.PROPOSED:
        raise Settled("this change is decided already")
    if kept.made_person_id == officer.person_id:
        raise SamePerson("a rule is changed by two persons, and you proposed this; a colleague decides")
    _said(because)
    release = RuleChange.State(word) == RuleChange.State.RELEASED
    if release and (holds_from is None or holds_from <= local_day(at)):
        raise Unsaid("a rule holds from a day to come; give one after today")
    kept.state, kept.holds_from = RuleChange.State(word), holds_from if release else None
    kept.decided_person, kept.decided_by = officer.person, officer.account
    kept.decided_because, kept.decided_at = because.strip(), at
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise Settled(f"a number of {kept.rule} holds from {holds_from} there already; choose another day") from None
    record(
        "rules.decide", by=actor(by, grant), at=at, on=_subject(kept), purpose=grant.purpose, because=because,
        before={"state": "proposed", "made_by": kept.made_by}, after={"state": kept.state, "holds_from": kept.holds_from, "value": kept.value},
    )  # fmt: skip
    return kept


def _fit(rule: WorkingRule, text: str) -> Decimal:
    plain = text.replace("，", "").replace(",", "").strip()
    if not _NUMBER.fullmatch(plain):
        raise Unfit(f"'{text[:20]}' is no number; write digits, such as 5 or 0.1")
    wanted = Decimal(plain).normalize()
    if rule.unit != "ratio" and wanted != wanted.to_integral_value():
        raise Unfit(f"{rule.code} counts {rule.unit}: write a whole number")
    if not rule.least <= wanted <= rule.most:
        raise Unfit(f"{rule.code} lies between {rule.least} and {rule.most}")
    return wanted


def _said(because: str) -> None:
    if not 0 < len(because.strip()) <= MOST:
        raise Unsaid(f"write why, in at most {MOST} characters: whoever decides and whoever audits read it")


def _officer(by: Viewer) -> Officer:
    officer = staff(by)
    if officer is None:
        raise NotAllowed("a rule is changed by officers with accounts of their own")
    return officer


def _subject(one: RuleChange) -> Subject:
    return Subject("parameter", one.rule, one.division_code)
