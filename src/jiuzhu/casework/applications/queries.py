"""What may be asked of applications: the list, one with its words and what the records say beside, one's own, and how they come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery

from jiuzhu.casework.accounts.permissions import Grant, Resident, Viewer, actor, key_of, visible
from jiuzhu.casework.applications import known
from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.applications.form import MEMBERS, field_name
from jiuzhu.casework.applications.kept import answers_of, typed_of, wanting_of
from jiuzhu.casework.applications.models import Application, PaperAsked
from jiuzhu.casework.applications.papers import before
from jiuzhu.casework.applications.scopes import granted, subject
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.cases.queries import FAMILY
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.queries import names
from jiuzhu.casework.trace.actions import record
from jiuzhu.casework.verification import authorising
from jiuzhu.rules.application_form import Paper
from jiuzhu.rules.forms import Question

READ, LIST, COUNT = "applications.read", "applications.list", "applications.count"
RELATED = ("walk", "case", "applicant", "agent", "helper", "joined", "consent")


@dataclass(frozen=True)
class Wanted:
    """What the reader asked for; empty is everything. late: past the day of the next step."""

    state: str = ""
    channel: str = ""
    late: bool = False


def within_reach(*, viewer: Viewer, at: datetime, operation: str = LIST) -> QuerySet[Application]:
    """Those that are examined in the viewer's divisions, and those that were taken in there."""
    here = [
        visible(Application.objects.all(), viewer, operation, at=at, division=column, state="walk__state", household=FAMILY)
        for column in ("division_code", "window")
    ]
    return Application.objects.filter(Q(pk__in=here[0].values("pk")) | Q(pk__in=here[1].values("pk")))


def listed(*, viewer: Viewer, at: datetime, today: date, wanted: Wanted | None = None) -> QuerySet[Application]:
    """With `due_on`, the day of what is waited for next; those due first first, those without a day last."""
    wanted = wanted or Wanted()
    tasks = Task.objects.filter(case=OuterRef("case"), state=Task.State.OPEN, due_on__isnull=False).order_by().values("case")
    found = within_reach(viewer=viewer, at=at).annotate(due_on=Subquery(tasks.annotate(first=Min("due_on")).values("first")))
    if wanted.state:
        found = found.filter(walk__state=wanted.state)
    if wanted.channel:
        found = found.filter(channel=wanted.channel)
    if wanted.late:
        found = found.filter(due_on__lt=today, walk__ended=False)
    late_last = found.order_by(
        "walk__ended", Subquery(tasks.annotate(first=Min("due_on")).values("first")).asc(nulls_last=True), "pk"
    )
    return late_last.select_related(*RELATED)


def states(*, viewer: Viewer, at: datetime) -> Mapping[str, int]:
    """State to how many are in it, within the viewer's reach."""
    rows = within_reach(viewer=viewer, at=at).order_by().values_list("walk__state").annotate(n=Count("pk"))
    return dict(rows)


@dataclass(frozen=True)
class Opened:
    """One application with its words. values: the answers of one that was handed in; typed: what a draft holds. hidden: how many
    questions the viewer's role may not read. names: of the parties it names, by their keys."""

    application: Application
    grant: Grant
    typed: Mapping[str, list[str]]
    values: Mapping[str, Any]
    wanting: Sequence[Mapping[str, str]]
    papers: Sequence[PaperAsked]
    names: Mapping[str, str]
    beside: Sequence[Application]


@transaction.atomic
def application(*, viewer: Viewer, key: str, at: datetime) -> Opened | None:
    """One application, the look written down before its words leave; None where it is not there or out of reach (A3)."""
    found = Application.objects.select_related(*RELATED).filter(key=key).first()
    grant = None if found is None else granted(found, READ, by=viewer, at=at)
    if found is None or grant is None:
        return None
    record(READ, by=actor(viewer, grant), at=at, on=subject(found), purpose=grant.purpose)
    people = Party.objects.filter(
        Q(named__application=found) | Q(pk__in=[found.applicant_id or 0, found.agent_id or 0])
    ).distinct()
    return Opened(
        found, grant, _open_to(typed_of(found), grant), _open_to(answers_of(found), grant), wanting_of(found),
        list(found.papers.select_related("document").order_by("pk")), names(people, grant=grant),
        list(found.beside.order_by("begun_at")),
    )  # fmt: skip


def _open_to(told: Mapping[str, Any], grant: Grant) -> dict[str, Any]:
    """What of it the grant opens, by the level of each question."""
    fields = application_form().fields
    shown: dict[str, Any] = {}
    for name, value in told.items():
        if name in application_form().form.groups:
            shown[name] = [_open_to(row, grant) for row in value]
        elif (one := fields.get(name.rsplit(".", 1)[-1])) is None or grant.opens(one.question.level):
            shown[name] = value
    return shown


def own(*, viewer: Resident, at: datetime) -> list[Application]:
    """The resident's own applications and those they act for, the newest first; the look is written down with each that is opened."""
    mine = Application.objects.filter(Q(applicant__key=viewer.who) | Q(agent__key=viewer.who)).select_related(*RELATED)
    return [one for one in mine.order_by("-begun_at", "-pk") if granted(one, READ, by=viewer, at=at) is not None]


def unsigned(application: Application, *, viewer: Resident, at: datetime) -> list[str]:
    """Whose signature an application still waits for, as the applicant wrote their names; nobody once its examination is over."""
    if application.walk.ended or application.submitted_at is None or granted(application, READ, by=viewer, at=at) is None:
        return []
    lines = answers_of(application)[MEMBERS]
    together = application.named.filter(together=True).select_related("party").order_by("line")
    waited = (one for one in together if authorising.live(application.case, one.party, at=at) is None)
    return [str(lines[one.line]["member_name"]) for one in waited]


def prefilled(*, viewer: Viewer, application: Application, at: datetime, number: str = "") -> dict[str, list[str]]:
    """What departments know, as it would be typed into the form, below what was typed already; the look is written down there.

    number: of the applicant, else the one that was typed. To a resident the others of the household are named, and nothing else is
    shown of them: the office reads it in the records.
    """
    typed = typed_of(application)
    asked = number or next(iter(typed.get("id_number", ())), "")
    who = key_of(viewer)
    if asked:
        records = known.of_number(asked, by=who, at=at)
    elif application.applicant is not None:
        records = known.of_party(application.applicant, by=who, at=at)
        place = next((p for p in records.people if p.registry_person == application.applicant.registry_person), None)
        asked = place.number if place is not None else ""
    else:
        return typed
    found = known.filled(records, number=asked, whole=not isinstance(viewer, Resident))
    return {**found, **typed}


@dataclass(frozen=True)
class Beside:
    """One question, what was declared and what the records say; "" where one of them says nothing. differs: they say two things."""

    question: Question
    line: int | None
    declared: str
    recorded: str
    differs: bool


def side_by_side(opened: Opened, *, viewer: Viewer, at: datetime) -> tuple[list[Beside], bool]:
    """What was declared beside what the records say, for every question a source answers; and whether the records could be asked."""
    number = str(opened.values.get("id_number", ""))
    records = known.of_number(number, by=key_of(viewer), at=at) if number else known.UNASKED
    recorded = known.filled(records, number=number)
    rows = []
    for one in application_form().fields.values():
        if one.fill is None or not opened.grant.opens(one.question.level):
            continue
        lines = enumerate(opened.values.get(MEMBERS, ())) if one.question.group else [(None, opened.values)]
        for line, values in lines:
            place = _line_of(recorded, values, line)
            says = next(iter(recorded.get(field_name(one.question, place), ())), "") if place != -1 else ""
            said = str(values.get(one.question.name, ""))
            if says or said:
                rows.append(Beside(one.question, line, said, says, bool(says and said and says != said)))
    return rows, records.asked


def _line_of(recorded: Mapping[str, list[str]], values: Mapping[str, Any], line: int | None) -> int | None:
    """The line of the records that is about the same person, -1 for nobody."""
    if line is None:
        return None
    mine = known.masked(str(values.get("member_id_number", "")))
    for name, given in recorded.items():
        if name.endswith(".member_id_number") and given == [mine]:
            return int(name.split(".")[1])
    return -1


@dataclass(frozen=True)
class PapersOfItem:
    """How many papers an item asked for before, and how many its applications ask for now on average. applications: how many there were."""

    item: str
    before: Sequence[Paper]
    applications: int
    asked: float


def papers_counted(*, viewer: Viewer, at: datetime, since: datetime, until: datetime) -> list[PapersOfItem]:
    """Papers before and now, by item, over the applications handed in within [since, until) in the viewer's reach (SF042, SF104)."""
    reach = within_reach(viewer=viewer, at=at, operation=COUNT).filter(submitted_at__gte=since, submitted_at__lt=until)
    asked: dict[int, set[str]] = {}
    for pk, code in PaperAsked.objects.filter(application__in=reach.values("pk")).values_list("application", "code"):
        asked.setdefault(pk, set()).add(code)
    of_item: dict[str, list[int]] = {code: [] for code in application_form().items}
    for pk, items in reach.order_by().values_list("pk", "items"):
        for item in items.split():
            codes = {paper.code for paper in before([item])}
            if item in of_item:
                of_item[item].append(len(codes & asked.get(pk, set())))
    return [
        PapersOfItem(item, before([item]), len(counts), sum(counts) / len(counts) if counts else 0.0)
        for item, counts in of_item.items()
    ]


@dataclass(frozen=True)
class Channels:
    """How applications came in. online: filled in and handed in by the people themselves; assisted: by an officer for them, whatever
    the channel; by_channel: all of both."""

    all: int
    online: int
    assisted: int
    by_channel: Mapping[str, int]

    @property
    def online_share(self) -> float | None:
        """Of all that were handed in; None where there was none."""
        return self.online / self.all if self.all else None


def channels(*, viewer: Viewer, at: datetime, since: datetime, until: datetime) -> Channels:
    """Applications handed in within [since, until) in the viewer's reach (SF091)."""
    reach = within_reach(viewer=viewer, at=at, operation=COUNT).filter(submitted_at__gte=since, submitted_at__lt=until)
    counted = dict(reach.order_by().values_list("channel").annotate(n=Count("pk")))
    online = reach.filter(channel=Application.Channel.PHONE, helper__isnull=True).count()
    whole = sum(counted.values())
    return Channels(whole, online, whole - online, counted)
