"""Many people at once, from what departments delivered: each under an authorisation of their own, whoever has none refused and not read.

What was declared is not known here, so each row says what was found, that there is none, that a source is late, or that it is refused.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
from django.db import transaction

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.verification.authorising import datasets_of, in_force
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.models import LIVE, Authorisation
from jiuzhu.casework.verification.people import who
from jiuzhu.casework.verification.refusals import NotAuthorised, NothingAsked
from jiuzhu.casework.working_rules.declared import numbers
from jiuzhu.registry import public
from jiuzhu.rules.verifying import Item

EACH = "each"  # everybody's own authorisation, whichever number it has
PURPOSE = "verification of many"


@dataclass(frozen=True)
class Line:
    """One item of one person. person: the number the registry knows them by. state: answered, none, late or refused."""

    item: str
    person: int
    found: str
    source: str
    data_date: date | None
    state: str
    limit: str


@dataclass(frozen=True)
class Batch:
    """number: of the report. people: how many were read; refused: people without a live authorisation; unknown: id numbers nobody has."""

    number: str
    as_of: date
    authorisation: str
    items: tuple[Item, ...]
    people: tuple[int, ...]
    refused: tuple[int, ...]
    unknown: int
    found: public.Many

    def lines(self) -> Iterator[Line]:
        """Person by person, item by item, none left out; those who are refused last."""
        limits: dict[tuple[str, str], str] = {}
        for at, person in enumerate(self.found.people):
            division = self.found.divisions[at]
            for item, answers in zip(self.items, self.found.answers, strict=True):
                limit = limits.setdefault((item.limit, division), _limit(item, division, self.as_of))
                day = answers.days[at]
                count, is_least = int(answers.counts[at]), bool(answers.least[at])
                state = "late" if answers.late[at] or (is_least and item.asks == "amount") else "answered" if count else "none"
                found = _text(item, count, int(answers.totals[at]), answers.scale) if count else ""
                yield Line(item.code, person, found, item.source, None if np.isnat(day) else day.astype(object), state, limit)
        known = set(self.found.people)
        for state, people in (("late", [one for one in self.people if one not in known]), ("refused", self.refused)):
            for person in people:
                for item in self.items:
                    yield Line(item.code, person, "", item.source, None, state, "")


def verify_many(
    *,
    workspace: Path,
    authorisation: str,
    id_numbers: Sequence[str] | None,
    by: Viewer,
    at: datetime,
    template: str = "assistance",
) -> Batch:
    """Verify those of these id numbers who signed, or all who signed that authorisation; one event names everybody who was read.

    authorisation: its number, or `each`. Raises NotAllowed, NotAuthorised where nobody signed, NothingAsked, NoRelease.
    """
    grant = require(by, "verification.batch", on=Scope(), at=at)
    items = verifying().asked(template, local_day(at)) if template in verifying().templates else ()
    if not items:
        raise NothingAsked(f"'{template}' asks for nothing on that day")
    told = actor(by, grant)
    warrants = _warrants(workspace, authorisation, told.who, at, {one.dataset for one in items})
    persons = None if id_numbers is None else public.people_of(workspace, id_numbers, by=told.who, purpose=PURPOSE, at=at)
    wanted = set(warrants) if persons is None else {one for one in persons if one}
    signed = {person: warrants[person] for person in sorted(wanted) if person in warrants}
    refused = tuple(sorted(wanted - set(signed)))
    if not signed:
        raise NotAuthorised(f"nobody of them signed authorisation {authorisation}, or it is withdrawn or over; nothing was read")
    because = f"{PURPOSE} {authorisation}"
    found = public.verification_of_many(workspace, signed, items, by=told.who, purpose=because, at=at)
    number = f"HDP-{local_day(at):%Y-%m}-{secrets.token_hex(5).upper()}"
    with transaction.atomic():
        record(
            "verification.batch", by=told, at=at, on=Subject("report", number), purpose="casework",
            subjects=[Subject("person", str(person)) for person in signed],
            after={"number": number, "people": len(signed), "refused": len(refused), "items": len(items), "release": found.release},
        )  # fmt: skip
    unknown = 0 if persons is None else sum(1 for one in persons if not one)
    return Batch(number, found.as_of, authorisation, items, tuple(signed), refused, unknown, found)


def _warrants(workspace: Path, number: str, by: str, at: datetime, datasets: set[str]) -> Mapping[int, public.Warrant]:
    """Who signed, in our own books and by what departments deliver; only those whose authorisation opens everything that is asked."""
    chosen = Authorisation.objects.filter(LIVE).select_related("case", "party", "signer")
    kept = [one for one in (chosen if number == EACH else chosen.filter(number=number)) if in_force(one, at=at)]
    people = who([one.party for one in kept], by=by, at=at)
    ours = {
        people[one.party.key].person: public.Warrant(one.number, one.since, one.until, datasets_of(one))
        for one in kept
        if people[one.party.key].person
    }
    theirs = public.signed_under(workspace, "" if number == EACH else number, by=by, purpose=PURPOSE, at=at)
    return {person: one for person, one in {**theirs, **ours}.items() if datasets <= one.datasets}


def _text(item: Item, count: int, total: int, scale: int) -> str:
    if item.asks == "amount":
        return f"{Decimal(total) / scale:.2f}"
    if item.asks == "boolean":
        return "true"
    return f"{Decimal(total) / scale:f}" if item.sum else str(count)


def _limit(item: Item, division: str, on: date) -> str:
    row = numbers().value("", f"dibao.asset.{item.limit}", division, on) if item.limit else None
    return "" if row is None or row.value is None else f"{row.value:f}"
