"""What is kept of letters, publications and messages. Words are sealed under the key of the case or person they are of.

A letter is written once: triggers of the migrations keep its number, its text and its signature as they were given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.keys import LENGTH
from jiuzhu.casework.parties.models import Party

CODE = 8  # characters of a kind in notices.toml


class Series(models.Model):
    """How many letters of a kind an office gave in a year, so that the next one has the next number and none is missing."""

    office = models.CharField(max_length=12)
    kind = models.CharField(max_length=CODE)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "office", "kind", "year", "last"), "internal")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "kind", "year"], name="series_once_a_year"),
        ]


class Notice(models.Model):
    """One letter to one person. number: of its series, as printed. office: the division whose office gave it and serves it.

    case: null for a letter that belongs to none. party: to whom it is addressed; about: whom it concerns, where that is somebody
    else, such as a child. subject_kind, subject_key: what it tells of. content: its words as given, sealed; signature: of the
    platform over them, sealed. ways: by which it may be served. serve_by: the last day of that, null where the calendar of its year is
    not loaded. served_on: the day from which terms count.
    """

    class State(models.TextChoices):
        TO_SERVE = "to_serve", "待送达"
        SERVED = "served", "已送达"

    key = models.CharField(max_length=LENGTH, unique=True)
    kind = models.CharField(max_length=CODE)
    number = models.CharField(max_length=40, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="notices")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="notices")
    about = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="notices_about")
    division_code = models.CharField(max_length=12)
    household_key = models.CharField(max_length=64, blank=True)
    office = models.CharField(max_length=12)
    subject_kind = models.CharField(max_length=24)
    subject_key = models.CharField(max_length=80)
    content = models.TextField()
    signature = models.TextField()
    ways = models.CharField(max_length=80)
    given_by = models.CharField(max_length=80)
    given_at = models.DateTimeField()
    serve_by = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.TO_SERVE)
    served_on = models.DateField(null=True)
    raised_on = models.DateField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "key", "kind", "number", "case", "party", "about", "division_code", "office", "subject_kind", "ways", "given_by",
                "given_at", "serve_by", "state", "served_on", "raised_on",
            ),
            "internal",
        ),
        **dict.fromkeys(("household_key", "subject_key"), "personal"),
        **dict.fromkeys(("content", "signature"), "sealed"),
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "division_code", "serve_by"]),
            models.Index(fields=["subject_kind", "subject_key"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="to_serve", served_on__isnull=True) | Q(state="served", served_on__isnull=False),
                name="notice_served_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(content="") & ~Q(signature="") & ~Q(office="") & ~Q(given_by=""), name="notice_says_something"
            ),
        ]


class Service(models.Model):
    """One proof that a letter arrived; never changed. proved_on: the day of the proof; counts_from: from which terms count.

    proof: who signed, the number of the item, the receipt of the message: sealed.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="services")
    number = models.PositiveSmallIntegerField()
    how = models.CharField(max_length=12)
    proved_on = models.DateField()
    counts_from = models.DateField()
    proof = models.TextField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "notice", "number", "how", "proved_on", "counts_from", "by", "at"), "internal"),
        "proof": "sealed",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["notice", "number"], name="service_numbered"),
            models.CheckConstraint(condition=~Q(proof="") & ~Q(by=""), name="service_has_a_proof"),
            models.CheckConstraint(
                condition=Q(how__in=("portal", "hand", "sms", "post", "published")) & Q(counts_from__gte=F("proved_on")),
                name="service_by_a_way",
            ),
        ]


class Publication(models.Model):
    """What is published of one family in a village: before a decision for some days, or after it as long as the help lasts.

    case: whose; subject_kind, subject_key: what it rests on. content: its lines as shown, masked, sealed all the same. last_on: the
    last day it is shown, null while it lasts with the help. ended_on, ended_because: when it was taken down, a code of ENDED.
    """

    class State(models.TextChoices):
        UP = "up", "公示中"
        ENDED = "ended", "已撤下"

    key = models.CharField(max_length=LENGTH, unique=True)
    kind = models.CharField(max_length=CODE)
    number = models.CharField(max_length=40, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="publications")
    subject_kind = models.CharField(max_length=24)
    subject_key = models.CharField(max_length=80)
    division_code = models.CharField(max_length=12)
    office = models.CharField(max_length=12)
    content = models.TextField()
    signature = models.TextField()
    place = models.CharField(max_length=80)
    put_by = models.CharField(max_length=80)
    put_at = models.DateTimeField()
    from_on = models.DateField()
    last_on = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.UP)
    ended_on = models.DateField(null=True)
    ended_because = models.CharField(max_length=12, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("number", "kind", "division_code", "office", "place", "from_on", "last_on"), "open"
        ),
        **dict.fromkeys(
            ("id", "key", "case", "subject_kind", "put_by", "put_at", "state", "ended_on", "ended_because"), "internal"
        ),
        "subject_key": "personal",
        **dict.fromkeys(("content", "signature"), "sealed"),
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "division_code", "from_on"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_key"], condition=Q(state="up"), name="publication_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="up", ended_on__isnull=True, ended_because="")
                | (Q(state="ended", ended_on__isnull=False) & ~Q(ended_because="")),
                name="publication_ended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gt=F("from_on")), name="publication_lasts_some_days"
            ),
        ]


class Objection(models.Model):
    """What somebody holds against a publication. name, contact: sealed, "" from whom gave none; never shown beside the publication."""

    class State(models.TextChoices):
        OPEN = "open", "待答复"
        UPHELD = "upheld", "成立"
        DISMISSED = "dismissed", "不成立"

    key = models.CharField(max_length=LENGTH, unique=True)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="objections")
    because = models.TextField()
    name = models.TextField(blank=True)
    contact = models.TextField(blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    settled_by = models.CharField(max_length=80, blank=True)
    settled_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "key", "publication", "by", "at", "state", "settled_by", "settled_at"), "internal"),
        **dict.fromkeys(("because", "name", "contact", "answer"), "sealed"),
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(because=""), name="objection_says_why"),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True, settled_by="", answer="")
                | (~Q(state="open") & Q(settled_at__isnull=False) & ~Q(settled_by="") & ~Q(answer="")),
                name="objection_answered_with_reasons",
            ),
        ]


class Message(models.Model):
    """One short message to one telephone, written once for what it tells of. to, text: sealed.

    case: null for one that belongs to none. tries: attempts begun; each leaves under a number of its own, fixed before it does, and a
    new one begins only after the last was told as failed. next_at: when the next one may leave. sent_at: of the attempt under way.
    asked: how often it was asked about. why: the code of what hinders it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "待发送"
        SENT = "sent", "已发送"
        IN_DOUBT = "in_doubt", "未决"
        DELIVERED = "delivered", "已送达"
        FAILED = "failed", "发送失败"
        UNSENDABLE = "unsendable", "不能发送"

    key = models.CharField(max_length=LENGTH, unique=True)
    kind = models.CharField(max_length=CODE)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="messages")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="messages")
    subject_kind = models.CharField(max_length=24)
    subject_key = models.CharField(max_length=80)
    division_code = models.CharField(max_length=12)
    to = models.TextField(blank=True)
    text = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    why = models.CharField(max_length=24, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "key", "kind", "case", "party", "subject_kind", "subject_key", "division_code", "state", "why", "tries", "asked",
                "made_at", "next_at", "sent_at", "ended_at",
            ),
            "internal",
        ),
        **dict.fromkeys(("to", "text"), "sealed"),
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "next_at"]),
            models.Index(fields=["division_code", "made_at"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "subject_kind", "subject_key", "party"], name="message_written_once"),
            models.CheckConstraint(
                condition=Q(state="queued", next_at__isnull=False, ended_at__isnull=True)
                | Q(state__in=("sent", "in_doubt"), sent_at__isnull=False, ended_at__isnull=True)
                | Q(state__in=("delivered", "failed", "unsendable"), ended_at__isnull=False),
                name="message_stands_somewhere",
            ),
            models.CheckConstraint(condition=Q(state="unsendable") | ~Q(to=""), name="message_goes_somewhere"),
        ]
