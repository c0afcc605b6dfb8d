"""What may be done before an application is handed in: begin one on any channel, keep what was typed, hang pages on it. Part of the
actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from jiuzhu.casework.accounts.actions import division_in_force
from jiuzhu.casework.accounts.permissions import NotAllowed, Resident, Scope, Viewer, actor, key_of
from jiuzhu.casework.accounts.permissions import require as require_at
from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.applications.form import Typed
from jiuzhu.casework.applications.kept import TYPED, as_kept, kept
from jiuzhu.casework.applications.models import Application, PaperAsked
from jiuzhu.casework.applications.refusals import Moved, NoPlace, NotADraft
from jiuzhu.casework.applications.routing import window_of
from jiuzhu.casework.applications.scopes import require, subject
from jiuzhu.casework.cases import actions as cases
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.cases.queries import officer_of, open_cases_of
from jiuzhu.casework.documents import actions as documents
from jiuzhu.casework.documents.models import Document
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.working_rules.queries import whole

DRAFT, INCOMPLETE = "draft", "incomplete"
CONSENT = "consent"  # the page an applicant signs for an officer who fills in for them
BECAUSE = {"proactive": "found_by_officer"}
Channel = Application.Channel


@transaction.atomic
def draft(*, channel: str, by: Viewer, at: datetime, division_code: str = "", typed: Typed | None = None) -> Application:
    """Begin an application: a resident their own, an officer one for somebody at the window, in the village, on the telephone.

    division_code: where; of a resident whom the records know, where they live, if none is given. A resident who has a draft goes on
    with it. Nothing need be known of the applicant, not even a number. Raises NotAllowed, NoPlace, NoSuchDivision.
    """
    applicant = Party.objects.select_for_update().filter(key=by.who).first() if isinstance(by, Resident) else None
    if isinstance(by, Resident) and applicant is None:
        raise NotAllowed("applications.draft: whoever applies from home is somebody the platform met")
    if applicant is not None and (standing := _draft_of(applicant)) is not None:
        return standing
    place = _place(division_code or _lives_in(applicant), at)
    own = Scope(place, own_account=isinstance(by, Resident))
    grant = require_at(by, "applications.draft", on=own, at=at)
    return _begun(channel, place, _case_of(applicant), applicant, by, actor(by, grant), grant.purpose, at, as_kept(typed or {}))


@transaction.atomic
def save(*, application: Application, typed: Typed, by: Viewer, at: datetime, seen: int = 0) -> Application:
    """Keep what was typed so far, in place of what was kept before. seen: the version gone on from, 0 for none.

    Raises NotAllowed, NotADraft, Moved where another window kept something since.
    """
    held = held_draft(application, seen)
    grant = require(held, "applications.save", by=by, at=at)
    fields = as_kept(typed)
    changed(
        held, typed=kept(fields, column=TYPED, key=held.key, case=held.case.key), items=_items(fields), saved_at=at
    )  # fmt: skip
    record("applications.save", by=actor(by, grant), at=at, on=subject(held), purpose=grant.purpose)
    return held


@transaction.atomic
def attach(*, application: Application, paper: str, content: bytes, name: str, source: str, by: Viewer, at: datetime) -> Document:
    """Keep a page that was brought: for a paper of the form, or the consent of whoever an officer fills in for.

    The same page twice is one. Raises NotAllowed, NotKept, UnknownPaper.
    """
    held = _locked(application)
    grant = require(held, "applications.attach", by=by, at=at)
    if paper != CONSENT and paper not in application_form().papers:
        raise UnknownPaper(f"'{paper[:24]}' is no paper of the form; choose one of its register")
    page = documents.keep(content, kind=paper, name=name, case=held.case, party=held.applicant, source=source, by=by, at=at)
    if paper == CONSENT:
        changed(held, consent=page)
    PaperAsked.objects.filter(application=held, code=paper, document__isnull=True).update(document=page, supplied_at=at)
    record(
        "applications.attach", by=actor(by, grant), at=at, on=subject(held), subjects=[subject(held), _page(page, held)],
        purpose=grant.purpose, after={"paper": paper, "digest": page.digest},
    )  # fmt: skip
    return page


@transaction.atomic
def call(*, typed: Typed, division_code: str, by: Viewer, at: datetime) -> Application:
    """Somebody asks for help by the hotline or on the portal: a case and its timer stand at once, whatever else is known (SF089).

    typed: what they said, by fields of the form. Raises NotAllowed, NoPlace, NoSuchDivision.
    """
    made = draft(channel=Channel.HOTLINE, by=by, at=at, division_code=division_code, typed=typed)
    _to_be_helped(made, at)
    return made


class UnknownPaper(ValueError):
    """No paper of that code in the form."""


def of_visit(
    *, task: Task, visit: str, helper: str, typed: Mapping[str, list[str]], applicant: Party | None, at: datetime
) -> Application:
    """A draft with what a visit found, for whoever helps the family to apply. visit: its key, once; helper: the account that was there."""
    known = Application.objects.filter(came_of_kind="visit", came_of_key=visit).first()
    who = Actor("system:applications", acting_for=helper)
    place = task.division_code
    return known or _begun(
        Channel.PROACTIVE, place, task.case, applicant, None, who, "", at, as_kept(typed), came_of=("visit", visit)
    )


def of_department(*, number: str, typed: Typed, division_code: str, by: Actor, at: datetime) -> Application:
    """A draft of what another department's system handed in, on the desk of the office that helps the family to apply; part of another
    act. number: ours for theirs, once. Raises NoPlace, NoSuchDivision.
    """
    known = Application.objects.filter(came_of_kind="client", came_of_key=number).first()
    if known is not None:
        return known
    place, came_of = _place(division_code, at), ("client", number)
    made = _begun(Channel.PROACTIVE, place, None, None, None, by, "service", at, as_kept(typed), came_of=came_of)
    _to_be_helped(made, at)
    return made


def _to_be_helped(made: Application, at: datetime) -> None:
    days = whole("handling.hotline_wd", division=made.division_code, on=local_day(at))
    due = working_days_after(local_day(at), days) if days else None
    cases.new_task(case=made.case, kind="application", because="asked_for_help", due_on=due, at=at)


def _begun(
    channel: str, place: str, case: Case | None, applicant: Party | None, by: Viewer, who: Actor, purpose: str, at: datetime,
    fields: dict[str, list[str]], came_of: tuple[str, str] = ("", ""),
) -> Application:  # fmt: skip
    key, new = new_key("A"), case is None
    case = case or _new_case(place, channel, at)
    on = Subject("application", key, place, case.household_key, case.key)
    window = "" if channel == Channel.PHONE else window_of(place)
    walk = roads.begin("application", case=case, on=on, at=at, party=applicant)
    made = Application.objects.create(
        key=key, walk=walk, case=case, division_code=place, window=window, channel=channel, helper=officer_of(by),
        applicant=applicant, items=_items(fields), form=application_form().form.version, begun_at=at, saved_at=at,
        typed=kept(fields, column=TYPED, key=key, case=case.key), came_of_kind=came_of[0], came_of_key=came_of[1],
    )  # fmt: skip
    subjects = [on, cases.subject(case)] if new else [on]
    event = record("applications.draft", by=who, at=at, on=on, subjects=subjects, purpose=purpose, after={"channel": channel})
    if new:
        announce("case.opened", event=event, at=at, case=case, on=cases.subject(case))
    return made


def _new_case(place: str, channel: str, at: datetime) -> Case:
    made = cases.opened_for({"": ("", place)}, because=BECAUSE.get(channel, "asked_for_help"), at=at)
    return Case.objects.get(pk=made[""])


def _draft_of(applicant: Party) -> Application | None:
    mine = Application.objects.filter(applicant=applicant, walk__state=DRAFT)
    return mine.select_related("walk", "case", "applicant", "agent").order_by("-begun_at").first()


def _case_of(applicant: Party | None) -> Case | None:
    """The open case of somebody's family, None where there is none."""
    if applicant is None:
        return None
    own = Case.objects.filter(state="open", members__party=applicant, members__until__isnull=True).order_by("pk").first()
    standing = open_cases_of([applicant.registry_household]) if applicant.registry_household else {}
    return own or next((Case.objects.get(pk=found[0]) for found in standing.values() if found), None)


def _lives_in(applicant: Party | None) -> str:
    case = _case_of(applicant)
    return case.division_code if case is not None else ""


def _place(division: str, at: datetime) -> str:
    if not division:
        raise NoPlace("say in which village or community they live; nothing else is needed to begin")
    return division_in_force(division, on=local_day(at))[:12]


def _items(fields: Mapping[str, list[str]]) -> str:
    known = (*application_form().items, "unsure")
    return " ".join(code for code in known if code in fields.get("items", ()))


def _page(page: Document, held: Application) -> Subject:
    return Subject("document", page.key, held.division_code, held.case.household_key, held.case.key)


def held_draft(application: Application, seen: int, states: tuple[str, ...] = (DRAFT,)) -> Application:
    """The row, held to the end of the transaction. Raises NotADraft, Moved."""
    held = _locked(application)
    if held.walk.state not in states:
        raise NotADraft(f"{held.key} is {held.walk.state}: it was handed in, or withdrawn")
    if seen and seen != held.version:
        raise Moved(f"{held.key} was changed in another window since you opened it; nothing was overwritten")
    return held


def _locked(application: Application) -> Application:
    related = ("walk", "case", "applicant", "agent", "helper")
    return Application.objects.select_for_update(of=("self",)).select_related(*related).get(pk=application.pk)


def changed(held: Application, **columns: object) -> None:
    """The one way an application changes; the caller holds it."""
    Application.objects.filter(pk=held.pk).update(version=F("version") + 1, **columns)
    for name, value in columns.items():
        setattr(held, name, value)
    held.version += 1


__all__ = [
    "CONSENT",
    "UnknownPaper",
    "attach",
    "call",
    "changed",
    "draft",
    "held_draft",
    "key_of",
    "of_department",
    "of_visit",
    "save",
]
