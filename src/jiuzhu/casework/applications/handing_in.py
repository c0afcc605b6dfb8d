"""What hands an application in: from the form to a receipt, and later what was missing. Part of the actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from jiuzhu.casework.accounts import kin
from jiuzhu.casework.accounts.permissions import Resident, Viewer, key_of, staff
from jiuzhu.casework.applications import following, known, people
from jiuzhu.casework.applications.drafting import DRAFT, INCOMPLETE, changed, held_draft
from jiuzhu.casework.applications.facts import CLASSES
from jiuzhu.casework.applications.form import ID_NUMBER, MEMBERS, Answers, Fault, Typed, answered, items_of
from jiuzhu.casework.applications.kept import ANSWERS, TYPED, as_kept, kept, typed_of
from jiuzhu.casework.applications.models import Application, PaperAsked, Series
from jiuzhu.casework.applications.papers import asked
from jiuzhu.casework.applications.refusals import NotFilled
from jiuzhu.casework.applications.routing import examined_in, window_of
from jiuzhu.casework.applications.scopes import require
from jiuzhu.casework.cases import actions as cases
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Case, CaseTag
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.roads.permitted import mandate_of

EXAMINED = "application"
DUPLICATE = "同一家庭的同类申请正在办理，已并入"


@transaction.atomic
def submit(*, application: Application, by: Viewer, at: datetime, typed: Typed | None = None, seen: int = 0) -> Application:
    """Hand an application in; it is the signature under its consents as well (SF087). Gives it with its receipt number.

    Where the same people have one in hand for the same, this one is put beside it, and that one is given: nothing is asked twice and
    nothing is lost. The day and night it is handed in at, and whether the records can be asked, make no difference (SF090).
    Raises NotFilled with every field that cannot be taken, NotAllowed, NotADraft, Moved.
    """
    held = held_draft(application, seen)
    require(held, "applications.save", by=by, at=at)
    fields = as_kept(typed) if typed is not None else typed_of(held)
    records = _records(held, fields, by, at)
    read = _read(known.unmasked(fields, records), local_day(at))
    found = people.lines(read.values, records, at=at)
    agent = people.agent_of(read.values, at=at)
    case = people.family_case(held, found, records)
    _check_who(held, case, found[0].party, agent, by, at)
    items = items_of(read.values)
    if (live := people.live_beside(held, found, items)) is not None:
        return _put_beside(held, live, found, fields, by, at)
    division = examined_in(items, read.values, on=local_day(at))
    roads.take(_with_party(held, found[0].party, agent), "submit", by=by, at=at)
    case = people.settle(held, case, found, records, division, at=at)
    people.name(held, found)
    number = _number(division, local_day(at))
    changed(
        held, number=number, submitted_at=at, saved_at=at, case=case, division_code=division,
        applicant=found[0].party, agent=agent, mandate=_mandate(case, found[0].party, agent, at), items=" ".join(items),
        kin=read.values.get("kin_declared") == "yes", recognised=" ".join(_recognised(case)),
        typed=kept(fields, column=TYPED, key=held.key, case=case.key), answers=_kept_answers(held, read, found, case),
    )  # fmt: skip
    ask_papers(held, items, read.values, records, at)
    following.signed_by_handing_in(held, read.values, by=by, at=at)
    held.refresh_from_db()
    return held


@transaction.atomic
def supply(*, application: Application, by: Viewer, at: datetime, typed: Typed | None = None, seen: int = 0) -> Application:
    """Hand in what was told to be missing, or say that there is no more to bring; the office goes on with what is there.

    Raises NotFilled, NotAllowed, NotADraft, Moved.
    """
    held = held_draft(application, seen, (INCOMPLETE,))
    fields = {**typed_of(held), **as_kept(typed or {})}
    records = known.of_number(_number_in(fields), by=key_of(by), at=at) if _number_in(fields) else known.UNASKED
    read = _read(known.unmasked(fields, records), local_day(at))
    found = people.lines(read.values, records, at=at)
    roads.take(held.walk, "supply", by=by, at=at)
    people.name(held, found)
    changed(
        held, saved_at=at, typed=kept(fields, column=TYPED, key=held.key, case=held.case.key),
        answers=_kept_answers(held, read, found, held.case),
    )  # fmt: skip
    held.refresh_from_db()
    return held


def _read(fields: Typed, on: date) -> Answers:
    read = answered(fields, on=on)
    if read.faults:
        raise NotFilled(read.faults)
    return read


def _records(held: Application, fields: Mapping[str, list[str]], by: Viewer, at: datetime) -> known.Records:
    if number := _number_in(fields):
        return known.of_number(number, by=key_of(by), at=at)
    return known.of_party(held.applicant, by=key_of(by), at=at) if held.applicant is not None else known.UNASKED


def _number_in(fields: Mapping[str, Sequence[str]]) -> str:
    text = next(iter(fields.get(ID_NUMBER, ())), "")
    return text if fields.get("id_kind") == ["id_card"] and known.MASK not in text else ""


def _check_who(held: Application, case: Case, applicant: Party, agent: Party | None, by: Viewer, at: datetime) -> None:
    """A resident applies for themselves, or by a mandate; an officer fills in for somebody who signed a page. Raises NotFilled."""
    if isinstance(by, Resident) and by.who not in {applicant.key, agent.key if agent else ""}:
        raise NotFilled([Fault(ID_NUMBER, "another")])
    if staff(by) is not None and held.consent_id is None:
        raise NotFilled([Fault("consent", "paper")])
    if agent is not None and _mandate(case, applicant, agent, at) == "":
        raise NotFilled([Fault("agent", "mandate")])


def _mandate(case: Case, applicant: Party, agent: Party | None, at: datetime) -> str:
    """The key of the live mandate by which the agent stands for the applicant, "" for none."""
    if agent is None:
        return ""
    household = case.household_key or applicant.registry_household
    return mandate_of(applicant.key, agent.key, household=household, programme=EXAMINED, at=at)


def _with_party(held: Application, applicant: Party, agent: Party | None) -> Any:
    """The walk as that of the applicant, who may take its steps from now on; and their agent."""
    roads.settled(held.walk, case=held.case, party=applicant, division_code=held.walk.division_code)
    held.walk.refresh_from_db()
    return held.walk


def _put_beside(
    held: Application, live: Application, found: Sequence[people.Line], fields: dict[str, list[str]], by: Viewer, at: datetime
) -> Application:
    roads.take(_with_party(held, found[0].party, None), "withdraw", by=by, at=at, because=DUPLICATE)
    people.name(held, found)
    case = live.case
    if held.case_id != case.pk and not held.case.members.exists():
        cases.put_into(held.case, case, at=at)
    changed(
        held, joined=live, case=case, applicant=found[0].party, saved_at=at,
        typed=kept(fields, column=TYPED, key=held.key, case=case.key),
    )  # fmt: skip
    return live


def _number(division: str, on: date) -> str:
    """The next number of the township and year; it is given with the receipt, in its transaction."""
    office = window_of(division)
    Series.objects.get_or_create(division_code=office, year=on.year)
    mine = Series.objects.select_for_update().filter(division_code=office, year=on.year)
    mine.update(last=F("last") + 1)
    return f"{office}-{on.year}-{mine.get().last:05}"


def _kept_answers(held: Application, read: Answers, found: Sequence[people.Line], case: Case) -> str:
    rows = [{**row, "party": line.party.key} for row, line in zip(read.values[MEMBERS], found, strict=True)]
    return kept({**read.values, MEMBERS: rows}, column=ANSWERS, key=held.key, case=case.key)


def ask_papers(held: Application, items: Sequence[str], values: Mapping[str, Any], records: known.Records, at: datetime) -> None:
    """Write down which papers it needs; one that was brought already is there."""
    pages = {page.kind: page for page in held.case.documents.order_by("kept_at")}
    for code, why in asked(items, values, records).items():
        page = pages.get(code)
        given = {"document": page, "supplied_at": at} if page else {}
        PaperAsked.objects.get_or_create(application=held, code=code, defaults={"why": why, "asked_at": at, **given})


def _recognised(case: Case) -> list[str]:
    """The classes the family has by a decision or a file in force: they are known to every department and not examined again."""
    live = CaseTag.objects.filter(case=case, ended_at__isnull=True, code__in=CLASSES).values_list("code", flat=True)
    held = {*live, case.main_class}
    return [code for code in CLASSES if code in held]


def near_to_staff(application: Application, *, at: datetime) -> bool:
    """Whether a relative among the staff was declared, or the family is near to one: the county then goes to its door."""
    return application.kin or bool(kin.marked([application.case.household_key], at=at))


__all__ = ["DRAFT", "near_to_staff", "submit", "supply"]
