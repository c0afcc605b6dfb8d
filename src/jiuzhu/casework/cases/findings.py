"""Facts of a family that were found once and are never asked twice: kept with their source, handed to whoever fills a form next (SF051)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from jiuzhu.casework.accounts.permissions import Grant
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.actions import subject
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Case, Finding, Member
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.queries import names
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.trace.actions import Actor, record
from jiuzhu.registry import public
from jiuzhu.rules.datasets import LEVELS

BY_ITSELF = Actor("system:cases")
PURPOSE = "facts found at a home"
HEADS, TEXT = ("02", "01", "0"), "cases_finding.text"  # the head, or the person itself where that is all a source says
ADDRESS, PHONE = "address", "phone"


@dataclass(frozen=True)
class Told:
    """One fact as it is handed in. level: of the question that told it."""

    text: str
    level: str


@dataclass(frozen=True)
class Relative:
    """One member as a form names them: by name, and in words how they stand to the head, "" where that was not said."""

    name: str
    relation: str


@dataclass(frozen=True)
class Found:
    """A fact with where it comes from: the key of a visit, and when."""

    fact: str
    text: str
    source_key: str
    found_at: datetime


@transaction.atomic
def take_in(
    *,
    case: Case,
    facts: Mapping[str, Told],
    members: Sequence[Relative],
    source: tuple[str, str],
    found_at: datetime,
    at: datetime,
) -> None:
    """Write down what was found at a home: its facts with the case, its address and telephone with its people, its people in the case.

    source: kind and key of what found it; the same twice is harmless. A fact that is known already as it was found is no new one.
    Somebody named who is no member yet becomes one, by declaration only; nobody leaves by not being named.
    """
    new = {fact: told for fact, told in facts.items() if _newest(case, fact, found_at) != told.text}
    for fact, told in new.items():
        Finding.objects.get_or_create(
            case=case, fact=fact, source_key=source[1],
            defaults={
                "text": sealed(told.text, column=TEXT, row=f"{case.key}/{fact}/{source[1]}"), "level": told.level,
                "source_kind": source[0], "found_at": found_at,
            },
        )  # fmt: skip
    joined = _join(case, members, found_at, at)
    _to_people(case, {fact: told.text for fact, told in new.items() if _newest(case, fact) == told.text})
    if new or joined:
        after = {"facts": sorted(new), "members": joined, "by": source[1]}
        record("findings.take_in", by=BY_ITSELF, at=at, on=subject(case), after=after)


def found(case: Case, *, grant: Grant) -> dict[str, Found]:
    """The newest finding of each fact whose level the grant opens, by fact."""
    answer = {}
    for one in case.findings.order_by("found_at", "pk"):
        if one.level in LEVELS and grant.opens(one.level):
            answer[one.fact] = Found(one.fact, _text(one, case), one.source_key, one.found_at)
    return answer


def relatives(case: Case, *, by: str, at: datetime, grant: Grant) -> list[Relative]:
    """The members as a form names them, whoever met them or the registry knows; the look is written down. Nameless ones are left out."""
    if not grant.opens("personal"):
        return []
    rows = _members(case)
    known = names_of(rows, by=by, at=at)
    words = codes.titles("relation_to_head")
    rows.sort(key=lambda row: row.relation not in HEADS)
    return [Relative(known[row.pk], words[row.relation].zh if row.relation in words else "") for row in rows if known.get(row.pk)]


def _members(case: Case) -> list[Member]:
    return list(case.members.filter(until__isnull=True).select_related("party").order_by("pk"))


def names_of(rows: Sequence[Member], *, by: str, at: datetime) -> dict[int, str]:
    """Row to the name of its party, for whoever may see what is personal; what somebody saw leads before what the registry says."""
    everything = Grant("", "", "", "", "", "sealed", None)
    met = names([row.party for row in rows], grant=everything)
    people = {row.pk: int(row.party.registry_person) for row in rows if row.party.registry_person.isdecimal()}
    workspace = Path(settings.WORKSPACE)
    known: Mapping[int, public.Identity] = {}
    if people and workspace.exists() and public.current(workspace) is not None:
        known = public.identities(workspace, list(people.values()), by=by, purpose=PURPOSE, at=at)
    registered = {pk: known[person].name for pk, person in people.items() if person in known}
    return {row.pk: met.get(row.party.key) or registered.get(row.pk, "") for row in rows}


def _join(case: Case, named: Sequence[Relative], found_at: datetime, at: datetime) -> int:
    """Members named who were none, and relations nobody knew; gives how many of both."""
    if not named:
        return 0
    rows = _members(case)
    known = {name: row for row in rows if (name := names_of([row], by=BY_ITSELF.who, at=at).get(row.pk, ""))}
    words = sorted(codes.titles("relation_to_head").items(), key=lambda one: len(one[0]))
    codes_of = {title.zh: code for code, title in words}  # of two codes for one word the finer one
    changed = 0
    for one in named:
        relation, row = codes_of.get(one.relation, ""), known.get(one.name)
        if row is None:
            party = Party(key=new_key("P"), proved_by=Party.Proof.DECLARED, met_at=found_at)
            party.name = sealed(one.name, column="parties_party.name", row=party.key)
            party.save()
            known[one.name] = Member.objects.create(case=case, party=party, relation=relation, since=local_day(found_at))
            changed += 1
        elif relation and not row.relation:
            Member.objects.filter(pk=row.pk).update(relation=relation)
            changed += 1
    return changed


def _to_people(case: Case, facts: Mapping[str, str]) -> None:
    """Where the family lives is where each of its people lives; its telephone is that of its head, or of who lives alone."""
    rows = _members(case)
    heads = [row for row in rows if row.relation in HEADS] or (rows if len(rows) == 1 else [])
    for fact, whose in ((ADDRESS, rows), (PHONE, heads)):
        for row in whose if facts.get(fact) else ():
            text = sealed(facts[fact], column=f"parties_party.{fact}", row=row.party.key)
            Party.objects.filter(pk=row.party_id).update(**{fact: text})


def _newest(case: Case, fact: str, until: datetime | None = None) -> str:
    """What was found last, up to an instant if one is given; "" for nothing."""
    rows = case.findings.filter(fact=fact) if until is None else case.findings.filter(fact=fact, found_at__lte=until)
    one = rows.order_by("-found_at", "-pk").first()
    return _text(one, case) if one is not None else ""


def _text(one: Finding, case: Case) -> str:
    return opened(one.text, column=TEXT, row=f"{case.key}/{one.fact}/{one.source_key}")
