"""What is kept of an application: whose it is, how it came, where it goes, what was asked for. Words and answers are sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.documents.models import Document
from jiuzhu.casework.parties.keys import LENGTH
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.roads.models import Walk

NUMBER = 24  # characters of a receipt number


class Application(models.Model):
    """One application of one family, from the first word to the end of its examination; each programme in it then walks its own road.

    number: of the receipt, "" until it was handed in. walk: where it stands. window: the division where it was taken in, "" for none;
    division_code: the one that examines it, which may be another. applicant: null for who was not met yet. agent: who acts for them
    by the mandate. helper: the officer who filled it in, consent: the page the applicant signed for that. items: codes of the form.
    form: the version it was filled in by. typed: as it was typed, sealed; answers: as they were read when it was handed in, sealed.
    wanting: what was told to be missing, sealed, "" for nothing. recognised: classes the family had when it was handed in, so that it
    is not examined again (L02 art. 42). kin: a relative among the staff was declared. came_of: kind and key of what it came of, such
    as a visit. joined: the live one of the same people that this one was put beside. version: as of a case (G2).
    """

    class Channel(models.TextChoices):
        PHONE = "phone", "网上"
        WINDOW = "window", "窗口"
        VILLAGE = "village", "村（居）代办"
        HOTLINE = "hotline", "热线"
        PROACTIVE = "proactive", "主动发现"

    key = models.CharField(max_length=LENGTH, unique=True)
    number = models.CharField(max_length=NUMBER, blank=True)
    walk = models.OneToOneField(Walk, on_delete=models.PROTECT, related_name="application")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="applications")
    division_code = models.CharField(max_length=12)
    window = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    helper = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="helped")
    applicant = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="applications")
    agent = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="agencies")
    mandate = models.CharField(max_length=LENGTH, blank=True)
    consent = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="consented")
    items = models.CharField(max_length=300, blank=True)
    form = models.CharField(max_length=16)
    typed = models.TextField(blank=True)
    answers = models.TextField(blank=True)
    wanting = models.TextField(blank=True)
    recognised = models.CharField(max_length=60, blank=True)
    kin = models.BooleanField(default=False)
    came_of_kind = models.CharField(max_length=12, blank=True)
    came_of_key = models.CharField(max_length=LENGTH, blank=True)
    joined = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="beside")
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "key", "number", "walk", "case", "division_code", "window", "channel", "helper", "applicant", "agent", "mandate",
                "consent", "form", "kin", "came_of_kind", "came_of_key", "joined", "begun_at", "saved_at", "submitted_at", "version",
            ),
            "internal",
        ),
        **dict.fromkeys(("items", "recognised"), "personal"),
        **dict.fromkeys(("typed", "answers", "wanting"), "sealed"),
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division_code", "submitted_at"]),
            models.Index(fields=["window", "begun_at"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="application_once_a_number"),
            models.UniqueConstraint(
                fields=["came_of_kind", "came_of_key"], condition=~Q(came_of_key=""), name="application_once_of_a_thing"
            ),
            models.CheckConstraint(
                condition=Q(number="", submitted_at__isnull=True) | (~Q(number="") & Q(submitted_at__isnull=False)),
                name="application_number_with_its_receipt",
            ),
            models.CheckConstraint(
                condition=Q(number="") | Q(joined__isnull=True), name="application_put_beside_another_has_no_number"
            ),
            models.CheckConstraint(condition=Q(number="") | Q(applicant__isnull=False), name="application_is_somebodys"),
            models.CheckConstraint(
                condition=Q(agent__isnull=True) | ~Q(agent=F("applicant")), name="application_agent_is_another"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=("phone", "window", "village", "hotline", "proactive")) & ~Q(division_code=""),
                name="application_came_somehow",
            ),
        ]


class Named(models.Model):
    """Somebody named in an application that was handed in. line: of its members, the applicant on 0. together: they live with them."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="named")
    line = models.PositiveSmallIntegerField()
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="named")
    together = models.BooleanField(default=True)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "application", "line", "party", "together"), "internal")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["application", "line"], name="named_once_a_line"),
            models.UniqueConstraint(fields=["application", "party"], name="named_once"),
        ]


class Series(models.Model):
    """The last receipt number given in a township and year."""

    division_code = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "division_code", "year", "last"), "internal")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["division_code", "year"], name="receipt_series_once_a_year")
        ]


class PaperAsked(models.Model):
    """A paper an application needs. why: no source shows it, or the source could not be asked. document: what was brought for it."""

    class Why(models.TextChoices):
        NO_HIT = "no_hit", "部门数据中没有"
        SILENT = "silent", "部门数据暂时查不到"
        OFFICER = "officer", "经办认为需要"

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="papers")
    code = models.CharField(max_length=24)
    why = models.CharField(max_length=8, choices=Why.choices)
    asked_at = models.DateTimeField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="papers")
    supplied_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "application", "why", "asked_at", "document", "supplied_at"), "internal"),
        "code": "personal",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["application", "code"], name="paper_asked_once"),
            models.CheckConstraint(
                condition=Q(document__isnull=True, supplied_at__isnull=True)
                | Q(document__isnull=False, supplied_at__isnull=False),
                name="paper_supplied_with_a_document",
            ),
        ]


class Ticket(models.Model):
    """A place in the queue of a window on one day. number: counts from one. counter: of the desk that called, "" until then."""

    class State(models.TextChoices):
        WAITING = "waiting", "等候"
        CALLED = "called", "已叫号"
        DONE = "done", "已办"
        LEFT = "left", "过号"

    window = models.CharField(max_length=12)
    day = models.DateField()
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    taken_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="tickets")
    counter = models.CharField(max_length=8, blank=True)
    ended_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "window", "day", "number", "state", "taken_at", "called_at", "called_by", "counter", "ended_at"), "internal"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["window", "day", "number"], name="ticket_once_a_day"),
            models.CheckConstraint(
                condition=Q(state="waiting", called_at__isnull=True, called_by__isnull=True)
                | (Q(state__in=("called", "done", "left"), called_at__isnull=False, called_by__isnull=False)),
                name="ticket_called_by_somebody",
            ),
        ]
