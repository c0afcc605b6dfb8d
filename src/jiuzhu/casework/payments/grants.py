"""A grant from its first month to its last: each decision adds a term, and the last one that covers a month holds for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.payments import months
from jiuzhu.casework.payments.models import Grant, Term
from jiuzhu.casework.trace.actions import Subject, record

FOLLOWS = {
    "start": {"raise", "cut", "suspend", "end"},
    "raise": {"raise", "cut", "suspend", "end"},
    "cut": {"raise", "cut", "suspend", "end"},
    "resume": {"raise", "cut", "suspend", "end"},
    "suspend": {"resume", "end"},
    "end": set(),
}


class NotSo(ValueError):
    """The term cannot follow the last one, or does not say what its kind says."""


class Said(NamedTuple):
    """A term as far as months need it."""

    from_month: str
    fen: int


@transaction.atomic
def begin(
    *, case: Case, party: Party, programme: str, from_month: str, fen: int, decision: str, by: Viewer, at: datetime
) -> Grant:
    """What a decision grants, from a month on. Raises NotAllowed, NoMonth, NotSo."""
    grant = require(by, "grants.decide", on=Scope(case.division_code, household=case.household_key), at=at)
    who = actor(by, grant)
    made = started(
        case=case, party=party, programme=programme, from_month=from_month, fen=fen, decision=decision, who=who.who, at=at
    )
    record(
        "grants.decide", by=who, at=at, on=_subject(made), purpose=grant.purpose,
        after={"kind": "start", "from": from_month, "fen": fen, "decision": decision},
    )  # fmt: skip
    return made


@transaction.atomic
def change(*, grant: Grant, kind: str, from_month: str, fen: int = 0, decision: str, by: Viewer, at: datetime) -> Term:
    """What a later decision makes of it, from a month on that may lie in the past. Raises NotAllowed, NoMonth, NotSo."""
    allowed = require(by, "grants.decide", on=Scope(grant.division_code, household=grant.case.household_key), at=at)
    who, before = actor(by, allowed), grant.terms.order_by("-number")[0]
    made = followed(grant, kind, from_month, fen, decision=decision, who=who.who, at=at)
    record(
        "grants.decide", by=who, at=at, on=_subject(grant), purpose=allowed.purpose, before={"kind": before.kind, "fen": before.fen},
        after={"kind": kind, "from": from_month, "fen": fen, "decision": decision},
    )  # fmt: skip
    return made


def started(
    *, case: Case, party: Party, programme: str, from_month: str, fen: int, decision: str, who: str, at: datetime
) -> Grant:
    """A grant with its first term; part of the act that decided it, which records it. Raises NoMonth, NotSo."""
    made = Grant.objects.create(
        key=new_key("G"), case=case, party=party, programme=programme, division_code=case.division_code, begun_at=at
    )
    _add(made, 1, "start", from_month, fen, decision, who, at)
    return made


def followed(grant: Grant, kind: str, from_month: str, fen: int, *, decision: str, who: str, at: datetime) -> Term:
    """The next term of a grant; part of the act that decided it, which records it. Raises NoMonth, NotSo."""
    held = Grant.objects.select_for_update().get(pk=grant.pk)
    last = held.terms.order_by("-number")[0]
    if kind not in FOLLOWS[last.kind]:
        raise NotSo(
            f"grant {held.key}: '{kind}' cannot follow '{last.kind}'; possible: {', '.join(sorted(FOLLOWS[last.kind])) or 'nothing'}"
        )
    if (kind == "raise" and fen <= last.fen) or (kind == "cut" and fen >= last.fen):
        raise NotSo(f"grant {held.key}: {fen} fen a month is no '{kind}' of {last.fen}")
    first = held.terms.get(number=1).from_month
    if from_month < first:
        raise NotSo(f"grant {held.key}: it began in {first}; what was owed before belongs to a grant of its own")
    return _add(held, last.number + 1, kind, from_month, fen, decision, who, at)


def amounts(terms: Iterable[Said], last: str) -> dict[str, int]:
    """Month to what is owed for it, from the first month of a grant to `last`; months in which nothing is owed are left out."""
    owed: dict[str, int] = {}
    for term in terms:
        for month in [one for one in owed if one >= term.from_month]:
            del owed[month]
        if term.fen:
            owed |= dict.fromkeys(months.between(term.from_month, last), term.fen)
    return owed


def terms_of(**among: object) -> Iterator[tuple[int, list[Said]]]:
    """Every grant chosen with its terms in their order. among: conditions on the grant."""
    found = Term.objects.filter(**{f"grant__{name}": value for name, value in among.items()})
    rows = found.order_by("grant_id", "number").values_list("grant_id", "from_month", "fen").iterator(chunk_size=20_000)
    for grant, some in groupby(rows, key=lambda row: row[0]):
        yield grant, [Said(month, fen) for _, month, fen in some]


def _add(grant: Grant, number: int, kind: str, from_month: str, fen: int, decision: str, who: str, at: datetime) -> Term:
    months.read(from_month)
    if (fen <= 0) != (kind in ("suspend", "end")) or fen < 0:
        raise NotSo(
            f"'{kind}' of {fen} fen a month: a start, raise, cut or resumption pays something, a suspension or an end nothing"
        )
    if not decision:
        raise NotSo(f"'{kind}' rests on a decision; name it")
    return Term.objects.create(
        grant=grant, number=number, kind=kind, from_month=from_month, fen=fen, decision=decision, by=who, at=at
    )


def _subject(grant: Grant) -> Subject:
    return Subject("grant", grant.key, grant.division_code, household=grant.case.household_key, case=grant.case.key)
