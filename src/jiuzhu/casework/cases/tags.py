"""Tags of families and people: set by a rule or by a person, run out by themselves, keep their history. Part of this step's actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from jiuzhu.casework.accounts.permissions import Viewer, actor, require
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.actions import subject
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import LIVE, Case, CaseTag
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.cases.refusals import NothingNew
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.trace.actions import Actor, record
from jiuzhu.casework.trace.bulk import insert_many
from jiuzhu.vocabulary.period import shift_months

BY_ITSELF = Actor("system:tags")
REASON = "cases_casetag.because"


@transaction.atomic
def tag(
    *, case: Case, code: str, because: str, by: Viewer, at: datetime, party: Party | None = None, until: date | None = None
) -> CaseTag:
    """Say of a family, or of one of its people, what a tag says, until a day or without an end.

    Raises NotAllowed, UnknownCode, NothingNew if it stands there already.
    """
    codes.known_tag(code)
    grant = require(by, "cases.tag", on=case_scope(case, by), at=at)
    if CaseTag.objects.filter(LIVE, case=case, party=party, code=code).exists():
        raise NothingNew(f"{case.key} has the tag '{code}' already; take it off first to give it another end")
    who = actor(by, grant)
    told = {"source": CaseTag.Source.PERSON, "since": local_day(at), "until": until, "by": who.who}
    made = CaseTag.objects.create(case=case, party=party, code=code, **told)
    made.because = sealed(because, column=REASON, row=str(made.pk), of=case.key)
    made.save(update_fields=["because"])
    after = {"tag": code, "until": until, "party": party.key if party else ""}
    record("cases.tag", by=who, at=at, on=subject(case), purpose=grant.purpose, because=because, after=after)
    return made


@transaction.atomic
def untag(*, tag: CaseTag, because: str, by: Viewer, at: datetime) -> CaseTag:
    """Take a tag off; the row stays as its history. Raises NotAllowed, NothingNew if it has ended."""
    grant = require(by, "cases.tag", on=case_scope(tag.case, by), at=at)
    who = actor(by, grant)
    if not CaseTag.objects.filter(LIVE, pk=tag.pk).update(ended_at=at, ended_by=who.who):
        raise NothingNew(f"{tag.case.key}: the tag '{tag.code}' has ended already")
    record("cases.tag", by=who, at=at, on=subject(tag.case), purpose=grant.purpose, because=because, before={"tag": tag.code})
    tag.refresh_from_db()
    return tag


def tagged_by_rule(scenarios: Mapping[int, Iterable[str]], *, today: date) -> int:
    """Set the tags whose scenarios were seen, until their months are over; one that stands already is only prolonged.

    scenarios: case to the scenarios of its warnings. Part of another act. Gives how many tags are new.
    """
    ends = {one.code: shift_months(today, one.months) for one in codes.tags().values()}
    by_scenario: dict[str, set[str]] = {}
    for one in codes.tags().values():
        for scenario in one.scenarios:
            by_scenario.setdefault(scenario, set()).add(one.code)
    wanted = {
        (case, code): ends[code]
        for case, seen in scenarios.items()
        for code in sorted({code for scenario in seen for code in by_scenario.get(scenario, ())})
    }
    standing = {(one.case_id, one.code): one for one in _live_of(list(scenarios))}
    longer = [standing[key] for key, until in wanted.items() if key in standing and _shorter(standing[key], until)]
    for one in longer:
        one.until = wanted[one.case_id, one.code]
    CaseTag.objects.bulk_update(longer, ["until"], batch_size=500)
    new = [(case, code, until, f"rule:{code}") for (case, code), until in wanted.items() if (case, code) not in standing]
    same = {"source": CaseTag.Source.RULE, "since": today}
    insert_many(CaseTag, same=same, columns=("case_id", "code", "until", "by"), rows=new)
    return len(new)


def classed(*, case: Case, people: Mapping[Party, str], at: datetime) -> None:
    """The registry knows which of a family's people belong to which class: these tags stand, those of other classes end.

    people: each with a code of a tag that stands for a class. The family gets the first of them in the order of the file, and it is
    its main class. Part of another act; twice is harmless.
    """
    order = [one.code for one in codes.tags().values() if one.dataset]
    main = min(people.values(), key=order.index, default="")
    wanted: dict[Party | None, str] = {**people, **({None: main} if main else {})}
    by_rule = CaseTag.objects.filter(LIVE, case=case, source=CaseTag.Source.RULE, code__in=order)
    for standing in by_rule.select_related("party"):
        if wanted.get(standing.party) != standing.code:
            CaseTag.objects.filter(pk=standing.pk).update(ended_at=at, ended_by=BY_ITSELF.who)
    for party, code in wanted.items():
        if not CaseTag.objects.filter(LIVE, case=case, party=party, code=code).exists():
            told = {"source": CaseTag.Source.RULE, "since": local_day(at), "by": f"rule:{code}"}
            CaseTag.objects.create(case=case, party=party, code=code, **told)
    Case.objects.filter(pk=case.pk).update(main_class=main)


@transaction.atomic
def run_out(*, at: datetime, today: date) -> int:
    """End every tag whose last day has passed; gives how many. Twice on a day is harmless."""
    over = CaseTag.objects.filter(LIVE & Q(until__lte=today)).select_related("case").order_by("pk")
    ended = list(over)
    if ended:
        CaseTag.objects.filter(LIVE & Q(until__lte=today)).update(ended_at=at, ended_by=BY_ITSELF.who)
        record("tags.run_out", by=BY_ITSELF, at=at, subjects=[subject(one.case) for one in ended])
    return len(ended)


def _live_of(cases: list[int]) -> Iterator[CaseTag]:
    yield from CaseTag.objects.filter(LIVE, case__among=cases, party__isnull=True)


def _shorter(tag: CaseTag, until: date) -> bool:
    return tag.source == CaseTag.Source.RULE and tag.until is not None and tag.until < until
