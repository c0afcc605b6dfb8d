"""One verification: begun for people who signed, put to every source they opened, and what came back kept as it came.

A question is written down as asked before it leaves, under a number that stays the same, and who asks looks again just before whether
the authorisation still stands. What does not come back in time is late, never nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from jiuzhu.casework.accounts.permissions import Viewer, actor, asker, require
from jiuzhu.casework.cases.actions import subject as subject_of
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.trace.actions import Actor, record, refused
from jiuzhu.casework.trace.actions import Subject as On
from jiuzhu.casework.verification.authorising import PURPOSE, WITHDRAWN, datasets_of, in_force, live, statement_of
from jiuzhu.casework.verification.comparing import Declared
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.models import Authorisation, Minute, Question, Report, Request, Subject
from jiuzhu.casework.verification.people import PURPOSE as LOOKING
from jiuzhu.casework.verification.people import Who, who, workspace
from jiuzhu.casework.verification.refusals import NotAuthorised, NothingAsked
from jiuzhu.casework.working_rules.declared import numbers
from jiuzhu.gateways.verification import base as gateway
from jiuzhu.gateways.verification.fan import asked as fanned
from jiuzhu.registry import public
from jiuzhu.rules.verifying import Item

BY_ITSELF = Actor("system:verification")
DECLARED, ANSWER = "verification_request.declared", "verification_question.answer"
REGION = "region:"
PATIENCE = timedelta(minutes=15)
Departments = Mapping[str, gateway.Department]


def request(
    *,
    case: Case,
    parties: Sequence[Party],
    about: On,
    by: Viewer,
    at: datetime,
    template: str = PURPOSE,
    items: Iterable[str] = (),
    declared: Declared | None = None,
    obligors: Sequence[Party] = (),
    regions: Mapping[str, str] | None = None,
    follows: Report | None = None,
) -> Request:
    """Begin to verify people of a case, for a business of catalogue/verification. What was begun for the same thing stands as it is.

    parties: those whose records are asked for, each under an authorisation of their own; obligors: looked up only where they signed,
    and unknown otherwise. declared: lists of catalogue/application. regions: key of a party to the division of another region that is
    asked too. The refusal for want of an authorisation is an event, written after the rollback.

    Raises NotAllowed, NotAuthorised, NothingAsked.
    """
    try:
        with transaction.atomic():
            return _begun(case, parties, about, by, at, template, tuple(items), declared or {}, obligors, regions or {}, follows)
    except NotAuthorised as refusal:
        told = [On("person", one.key, case.division_code, case.household_key, case.key) for one in parties]
        refused("verification.request", by=asker(by, at=at), at=at, on=subject_of(case), subjects=told, because=str(refusal))
        raise


def _begun(case, parties, about, by, at, template, chosen, declared, obligors, regions, follows) -> Request:  # type: ignore[no-untyped-def]
    grant = require(by, "verification.request", on=case_scope(case, by), at=at)
    told, today = verifying(), local_day(at)
    standing = Request.objects.filter(about_kind=about.kind, about_key=about.key, template=template, ended_at=None).first()
    if standing is not None:
        return standing
    asked = told.asked(template, today, chosen)
    if not asked or not parties:
        raise NothingAsked(f"nothing of '{template}' is chosen, or nobody; choose items the business may ask for")
    signed = {one.pk: live(case, one, at=at, purpose=purpose_of(template)) for one in (*parties, *obligors)}
    unsigned = [one for one in parties if signed[one.pk] is None]
    if unsigned:
        raise NotAuthorised(
            f"{len(unsigned)} of {len(parties)} people have not signed, or took it back; ask them, also by a link"
        )
    made = Request(
        key=new_key("V"), case=case, division_code=case.division_code, template=template, purpose=purpose_of(template),
        about_kind=about.kind, about_key=about.key, items=" ".join(one.code for one in asked), begun_by=actor(by, grant).who,
        begun_at=at, due_at=at + timedelta(hours=_hours(case.division_code, today)), follows=follows,
    )  # fmt: skip
    if declared:
        made.declared = sealed(json.dumps(declared, ensure_ascii=False, default=str), column=DECLARED, row=made.key, of=case.key)
    made.save(force_insert=True)
    subjects = [
        Subject(request=made, party=one, authorisation=signed[one.pk], is_obligor=one in obligors)
        for one in (*parties, *obligors)
    ]
    Subject.objects.bulk_create(subjects)
    Question.objects.bulk_create(
        Question(number=new_key("Q"), request=made, party=one.party, source=source, way="base")
        for one in subjects
        if one.authorisation is not None
        for source in _sources(asked, one.authorisation, regions.get(one.party.key, ""))
    )
    record(
        "verification.request", by=actor(by, grant), at=at, on=on_request(made), purpose=grant.purpose,
        subjects=[On("person", one.party.key, case.division_code, case.household_key, case.key) for one in subjects],
        after={"template": template, "items": len(asked), "authorisations": sorted(one.number for one in signed.values() if one)},
    )  # fmt: skip
    return made


def purpose_of(template: str) -> str:
    """What an authorisation must be for: social assistance for all its own businesses, another department's business for itself."""
    return template if verifying().templates[template].client else PURPOSE


def items_of(made: Request) -> tuple[Item, ...]:
    """The items of a request, as the catalogue declares them now."""
    known = verifying().items
    return tuple(known[code] for code in made.items.split() if code in known)


def collect(made: Request, *, at: datetime, departments: Departments | None = None, seconds: float | None = None) -> int:
    """Ask everything of a request that waits, all at once, and keep what comes back within `seconds`; gives how many are answered now.

    departments: gateways by the code of their source; every other source is read from what it delivered. A source takes only so many
    questions in a minute: the rest waits for the next round. Call it outside any transaction.
    """
    departments = departments or {}
    leaving = _leaving(made, departments, at)
    if not leaving:
        return 0
    back = _from_base([one for one in leaving if one.way == "base"], at)
    calls = {one.number: (lambda one=one: departments[one.source].ask(one.asked)) for one in leaving if one.way == "gateway"}
    longest = max((verifying().pace_of(one.source).seconds for one in leaving), default=1)
    for number, answer in fanned(calls, seconds=seconds if seconds is not None else longest):
        if isinstance(answer, gateway.Answer):
            back.append(answer)
        elif isinstance(answer, gateway.TooMany):
            Question.objects.filter(number=number, state="asked").update(state="waiting")
    return _settle(back, at)


def chase(made: Request, *, at: datetime, departments: Departments | None = None, patience: timedelta = PATIENCE) -> int:
    """Fetch what was late, under its number, and ask again what a source never heard; gives how many are answered now.

    patience: how long ago a question was asked last. What departments deliver may have come since, so the base is read again.
    """
    departments, numbers = departments or {}, {}
    late = made.questions.filter(asked_at__lte=at - patience)
    for source, number in late.filter(state="asked", way="gateway").values_list("source", "number"):
        numbers.setdefault(source, []).append(number)
    calls = {
        source: (lambda source=source, mine=mine: departments[source].fetch(mine))
        for source, mine in numbers.items()
        if source in departments
    }
    longest = max((verifying().pace_of(source).seconds for source in calls), default=1)
    back: list[gateway.Answer] = []
    for source, answers in fanned(calls, seconds=longest):
        if not isinstance(answers, Exception):
            back += answers
            unheard = set(numbers[source]) - {one.number for one in answers}
            Question.objects.filter(number__in=unheard, state="asked").update(state="waiting")
    Question.objects.filter(number__in=[number for mine in numbers.values() for number in mine], state="asked").update(
        asked_at=at
    )
    again = [one.pk for one in late.filter(way="base", state__in=("asked", "answered")) if _lacks(one, made)]
    Question.objects.filter(pk__in=again).update(state="waiting")
    return _settle(back, at) + collect(made, at=at, departments=departments)


def _lacks(one: Question, made: Request) -> bool:
    """Whether a dataset that was asked for has not been answered."""
    signed = made.subjects.select_related("authorisation").get(party=one.party_id).authorisation
    asked = {item.dataset for item in _asked_of(one.source, items_of(made), signed)} if signed else set()
    return bool(asked - set(rows_in(one)))


@dataclass(frozen=True)
class _Leaving:
    number: str
    source: str
    way: str
    asked: gateway.Question = field(repr=False)
    who: Who = field(repr=False)
    warrant: public.Warrant


@transaction.atomic
def _leaving(made: Request, departments: Departments, at: datetime) -> list[_Leaving]:
    """The questions that may go out now, written down as asked; those whose authorisation stands no more are refused here."""
    waiting = list(made.questions.select_for_update(of=("self",)).filter(state="waiting").select_related("party").order_by("pk"))
    opens = {party: one for (_, party), one in _live([made], at).items()}
    closed = [one.pk for one in waiting if one.party_id not in opens]
    Question.objects.filter(pk__in=closed).update(state="refused", asked_at=at, answered_at=at, why=WITHDRAWN)
    going: list[Question] = []
    for source in sorted({one.source for one in waiting}):
        mine = [one for one in waiting if one.source == source and one.party_id in opens]
        way = "gateway" if source in departments else "base"
        taken = mine[: _room(source, len(mine), at)] if way == "gateway" else mine
        for one in taken:
            one.way, one.state, one.asked_at, one.tried = way, "asked", at, one.tried + 1
        going += taken
    if not going:
        return []
    Question.objects.bulk_update(going, ["way", "state", "asked_at", "tried"])
    known = who([one.party for one in going], by=BY_ITSELF.who, at=at)
    case = made.case
    people = {one.party.key for one in going}
    record(
        "verification.ask", by=BY_ITSELF, at=at, on=on_request(made), purpose="casework",
        subjects=[On("person", key, case.division_code, case.household_key, case.key) for key in sorted(people)],
        after={"sources": sorted({one.source for one in going}), "questions": len(going)},
    )  # fmt: skip
    copies = {party: copy_of(signed) for party, signed in opens.items()}
    return [_told(made, one, opens[one.party_id], copies[one.party_id], known[one.party.key], at) for one in going]


def copy_of(signed: Authorisation) -> gateway.Copy:
    return gateway.Copy(signed.number, statement_of(signed).decode(), signed.signature)


def _told(made: Request, one: Question, signed: Authorisation, copy: gateway.Copy, person: Who, at: datetime) -> _Leaving:
    columns = {item.dataset: item.columns for item in _asked_of(one.source, items_of(made), signed)}
    asked = gateway.Question(
        one.number, made.purpose, local_day(at), made.division_code, columns, copy, person.id_number, person.name
    )
    warrant = public.Warrant(signed.number, signed.since, signed.until, datasets_of(signed))
    return _Leaving(one.number, one.source, one.way, asked, person, warrant)


def _from_base(leaving: Sequence[_Leaving], at: datetime) -> list[gateway.Answer]:
    """What the registry knows of people whom it knows; of others its silence says nothing, so they stay late."""
    folder, told = workspace(), []
    people = {one.who.person: one.warrant for one in leaving if one.who.person} if folder else {}
    for person, warrant in people.items():
        assert folder is not None
        mine = [one for one in leaving if one.who.person == person]
        datasets = sorted({dataset for one in mine for dataset in one.asked.columns})
        found = public.verification(folder, {person: warrant}, datasets, by=BY_ITSELF.who, purpose=LOOKING, at=at)[person]
        for one in mine:
            rows = {
                dataset: [
                    gateway.Sent(row.record_id, {name: row.columns.get(name, "") for name in names})
                    for row in found[dataset].rows
                ]
                for dataset, names in one.asked.columns.items()
                if found[dataset].state != "late" and all(set(names) <= set(row.columns) for row in found[dataset].rows)
            }
            days = [row.sent for dataset in rows for row in found[dataset].rows if row.sent is not None]
            as_of = next((found[dataset].as_of for dataset in rows), None)
            if rows:
                told.append(gateway.Answer(one.number, "answered", rows, max(days, default=as_of)))
    return told


@transaction.atomic
def _settle(answers: Sequence[gateway.Answer], at: datetime) -> int:
    """Keep what came back; of somebody who took the authorisation back meanwhile nothing is kept."""
    told = {one.number: one for one in answers if one.says != "later"}
    held = list(
        Question.objects.select_for_update(of=("self",))
        .filter(number__in=list(told), state="asked")
        .select_related("request__case")
    )
    live = _live([one.request for one in held], at)
    for one in held:
        answer = told[one.number]
        if (one.request_id, one.party_id) not in live:
            one.state, one.why = "refused", WITHDRAWN
        elif answer.says == "refused":
            one.state, one.why = "refused", answer.why[:200]
        else:
            one.state, one.day = "answered", answer.day
            rows = {dataset: [[row.record_id, dict(row.columns)] for row in some] for dataset, some in answer.rows.items()}
            one.answer = sealed(json.dumps(rows, ensure_ascii=False), column=ANSWER, row=one.number, of=one.request.case.key)
        one.answered_at = at
    Question.objects.bulk_update(held, ["state", "why", "day", "answer", "answered_at"])
    return len(held)


def _live(requests: Iterable[Request], at: datetime) -> dict[tuple[int, int], Authorisation]:
    """Request and party to the authorisation under which they may be looked up at this instant, as it stands now."""
    signed = Subject.objects.filter(request__in={one.pk for one in requests}, authorisation__isnull=False)
    found = signed.select_related("authorisation__case", "authorisation__party", "authorisation__signer")
    return {
        (one.request_id, one.party_id): one.authorisation
        for one in found
        if one.authorisation is not None and in_force(one.authorisation, at=at)
    }


def rows_in(one: Question) -> Mapping[str, list[tuple[str, Mapping[str, str]]]]:
    """Dataset to the rows that came back, by record; a dataset that is left out was not answered."""
    return json.loads(opened(one.answer, column=ANSWER, row=one.number)) if one.answer else {}


def declared_in(made: Request) -> Declared:
    return json.loads(opened(made.declared, column=DECLARED, row=made.key)) if made.declared else {}


def _sources(asked: Iterable[Item], signed: Authorisation, region: str) -> list[str]:
    """The sources of the items a person's consents open, and another region if one is to be asked."""
    opens = datasets_of(signed)
    here = sorted({one.source for one in asked if one.dataset in opens and one.source})
    return [*here, REGION + region] if region and here else here


def _asked_of(source: str, items: Iterable[Item], signed: Authorisation) -> list[Item]:
    opens = datasets_of(signed)
    return [one for one in items if one.dataset in opens and (one.source == source or source.startswith(REGION))]


def _room(source: str, wanted: int, at: datetime) -> int:
    """How many of so many questions the source may still be asked in this minute, counted over all processes."""
    most = verifying().pace_of(source).per_minute
    minute = at.replace(second=0, microsecond=0)
    Minute.objects.get_or_create(source=source, minute=minute)
    held = Minute.objects.select_for_update().get(source=source, minute=minute)
    room = max(0, min(wanted, most - held.asked))
    Minute.objects.filter(pk=held.pk).update(asked=F("asked") + room)
    return room


def _hours(division: str, today: date) -> int:
    row = numbers().value("", "verify.report_hours", division, today)
    return int(row.value) if row is not None and row.value is not None else verifying().within_hours


def on_request(made: Request) -> On:
    return On("verification", made.key, made.case.division_code, made.case.household_key, made.case.key)
