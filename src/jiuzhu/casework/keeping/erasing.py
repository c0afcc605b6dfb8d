"""Erasing a person: their row is emptied, their key destroyed, and with the last of a family everything that was written about it (C8).

Who may not be erased yet is refused with the reason and, where there is one, the day from which they may. What is destroyed stays in
the database as bytes nobody can read; visits and the record are never changed, so the record still verifies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from jiuzhu.casework.accounts.bonds import Mandate
from jiuzhu.casework.accounts.permissions import Grant, Scope, Viewer, actor, require
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.keeping.declared import keeping
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.supervision.models import Investigation
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.own_keys import destroy
from jiuzhu.rules.tree import Title

ERASE = "people.erase"
EMPTIED = ("name", "id_number", "phone", "address", "id_index", "registry_person", "registry_household")
_OPEN = Title(zh="所在个案还没有结案", en="a case they belong to is open")
_KEPT = Title(zh="个案档案的保存期限还没有到", en="the file of a case is to be kept longer")
_MANDATE = Title(zh="有委托还在有效期内", en="a mandate of theirs is in force")
_INVESTIGATED = Title(zh="有调查还没有结束", en="an investigation is not over")


@dataclass(frozen=True)
class Hindrance:
    """Why somebody may not be erased now; from: the instant this falls away, None while nobody can say."""

    why: Title
    until: datetime | None = None


class NotYet(Exception):
    """The person may not be erased now; nothing was."""

    def __init__(self, hindrances: list[Hindrance]) -> None:
        told = (one.why.en + (f", until {one.until:%Y-%m-%d}" if one.until else "") for one in hindrances)
        super().__init__(f"not erased: {'; '.join(told)}")
        self.hindrances = hindrances


def hindrances(party: Party, *, at: datetime) -> list[Hindrance]:
    """Everything that stands against erasing them now."""
    found = []
    for case in _cases_of(party):
        if case.closed_at is None:
            found.append(Hindrance(_OPEN))
        elif (until := keeping()["case"].ends(case.closed_at)) > at:
            found.append(Hindrance(_KEPT, until))
    named = [key for key in (party.key, party.registry_person) if key]
    for mandate in Mandate.objects.filter(Q(giver__in=named) | Q(taker__in=named), until__gt=at):
        found.append(Hindrance(_MANDATE, mandate.until))
    homes = {party.registry_household, *(case.household_key for case in _cases_of(party))} - {""}
    for one in Investigation.objects.filter(household__in=homes, until__gt=at):
        found.append(Hindrance(_INVESTIGATED, one.until))
    return found


@transaction.atomic
def erase(*, party: Party, because: str, by: Viewer, at: datetime) -> Party:
    """Erase a person for good; twice is harmless. because: at whose wish, or that the time is over; kept in the record.

    Raises NotAllowed, NotYet.
    """
    grant = require(by, ERASE, on=scope_of(party), at=at)
    return erased(party, who=actor(by, grant), grant=grant, because=because, at=at)


def erased(party: Party, *, who: Actor, grant: Grant | None, because: str, at: datetime) -> Party:
    """The same, for who may already; in the transaction of the caller. Raises NotYet."""
    kept = Party.objects.select_for_update().get(pk=party.pk)
    if kept.erased_at is not None:
        return kept
    if against := hindrances(kept, at=at):
        raise NotYet(against)
    where = scope_of(kept).division_code
    for column in EMPTIED:
        setattr(kept, column, "")
    kept.erased_at = at
    kept.save()
    destroy(kept.key)
    cases = _left_empty(kept)
    for case in cases:
        _destroy_words_of(case)
    record(
        ERASE, by=who, at=at, on=Subject("person", kept.key, where), purpose=grant.purpose if grant else "", because=because.strip(),
        after={"cases": sorted(case.key for case in cases)},
    )  # fmt: skip
    return kept


def is_last(party: Party) -> bool:
    """Whether everything written about a case of theirs goes with them."""
    return bool(_left_empty(party))


def _left_empty(party: Party) -> list[Case]:
    """Cases in which everybody else was erased before."""
    return [
        one for one in _cases_of(party) if not one.members.exclude(party=party).filter(party__erased_at__isnull=True).exists()
    ]


def scope_of(party: Party) -> Scope:
    """Where they belong: by their newest case, else nowhere but the nation."""
    newest = next(_cases_of(party), None)
    return Scope(newest.division_code, household=newest.household_key) if newest else Scope()


def _destroy_words_of(case: Case) -> None:
    """The keys of the case and, if no other case of its family is left, of the family."""
    destroy(case.key)
    others = Case.objects.filter(household_key=case.household_key).exclude(pk=case.pk)
    if case.household_key and not others.filter(members__party__erased_at__isnull=True).exists():
        destroy(case.household_key)


def _cases_of(party: Party) -> Iterator[Case]:
    return Case.objects.filter(members__party=party).distinct().order_by("-opened_at", "-pk").iterator()
