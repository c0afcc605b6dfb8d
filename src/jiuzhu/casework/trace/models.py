"""What is kept of an act: who, when, on what, why, and keyed hashes; never a value, a name or a number of a person.

Rows of these tables, but for `Head`, are only added: triggers refuse everything else (`guards.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models


class Head(models.Model):
    """The end of one chain. A connection that writes holds its row to the end of the act, so a rollback gives the number back.

    number: of the last event, 0 before the first. code: that event's code, empty before the first.
    """

    writer = models.CharField(max_length=32, unique=True)
    number = models.PositiveBigIntegerField(default=0)
    code = models.CharField(max_length=64, blank=True)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "writer", "number", "code"), "internal")


class Event(models.Model):
    """One act, view, refusal or change.

    writer, number: its place in its chain. code: keyed hash of everything here, `previous_code` among it.
    before_hash, after_hash: keyed hashes of what the act found and left, empty where it changed nothing.
    subjects_hash: plain hash of the subjects beside it, in order; subject_count says how many they are.
    who: account key, or `system:` and the part of the platform that acts by itself. acting_for: whom they stand in for.
    because: the typed reason, encrypted (it may name people) and bound to this place in the chain; `written.opened_reason` opens it.
    """

    class Outcome(models.TextChoices):
        DONE = "done", "已完成"
        REFUSED = "refused", "被拒绝"

    writer = models.CharField(max_length=32)
    number = models.PositiveBigIntegerField()
    previous_code = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=64)
    at = models.DateTimeField()
    device_at = models.DateTimeField(null=True, blank=True)
    who = models.CharField(max_length=80)
    role = models.CharField(max_length=40, blank=True)
    division_code = models.CharField(max_length=12, blank=True)
    acting_for = models.CharField(max_length=80, blank=True)
    operation = models.CharField(max_length=60)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.DONE)
    subject_kind = models.CharField(max_length=24, blank=True)
    subject_key = models.CharField(max_length=80, blank=True)
    subject_division = models.CharField(max_length=12, blank=True)
    household_key = models.CharField(max_length=80, blank=True)
    case_key = models.CharField(max_length=80, blank=True)
    subject_count = models.PositiveIntegerField(default=0)
    subjects_hash = models.CharField(max_length=64, blank=True)
    purpose = models.CharField(max_length=60, blank=True)
    task = models.CharField(max_length=80, blank=True)
    because = models.TextField(blank=True)
    catalogue_version = models.CharField(max_length=80, blank=True)
    release = models.CharField(max_length=80, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    before_hash = models.CharField(max_length=64, blank=True)
    after_hash = models.CharField(max_length=64, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id",
                "writer",
                "number",
                "previous_code",
                "code",
                "at",
                "device_at",
                "who",
                "role",
                "division_code",
                "acting_for",
                "operation",
                "outcome",
                "subject_kind",
                "subject_division",
                "subject_count",
                "subjects_hash",
                "purpose",
                "task",
                "catalogue_version",
                "release",
                "request_id",
                "before_hash",
                "after_hash",
            ),
            "internal",
        ),
        **dict.fromkeys(("subject_key", "household_key", "case_key"), "personal"),
        "because": "sealed",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["writer", "number"], name="event_place_in_its_chain"),
            models.CheckConstraint(
                condition=models.Q(number__isnull=False, number__gte=1) & ~models.Q(code=""), name="event_numbered_and_coded"
            ),
            models.CheckConstraint(condition=~models.Q(who="") & ~models.Q(operation=""), name="event_says_who_did_what"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"]),
            models.Index(fields=["who", "at"]),
            models.Index(fields=["household_key", "at"]),
            models.Index(fields=["case_key", "at"]),
            models.Index(fields=["subject_kind", "subject_key"]),
        ]


class EventSubject(models.Model):
    """One of the many things an event on a list or a bulk act speaks of; `position` counts from 0."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="subjects")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=80)
    division_code = models.CharField(max_length=12, blank=True)
    household_key = models.CharField(max_length=80, blank=True)
    case_key = models.CharField(max_length=80, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "event", "position", "kind", "division_code"), "internal"),
        **dict.fromkeys(("key", "household_key", "case_key"), "personal"),
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "position"], name="event_subject_position")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "key"]),
            models.Index(fields=["household_key"]),
            models.Index(fields=["case_key"]),
        ]


class Seal(models.Model):
    """A signed head: the root of a Merkle tree over all events that came since the seal before.

    statement: the signed text, JSON; it names number, instant, root, count, spans and the hash of the statement before.
    signature: base64. key: fingerprint of the public key.
    """

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    statement = models.TextField()
    signature = models.TextField()
    key = models.CharField(max_length=64)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "number", "at", "statement", "signature", "key"), "internal")


class Span(models.Model):
    """Which events of one chain a seal covers: `first` to `last`, both with."""

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="spans")
    writer = models.CharField(max_length=32)
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "seal", "writer", "first", "last"), "internal")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["writer", "last"], name="span_ends_once"),
            models.UniqueConstraint(fields=["writer", "first"], name="span_begins_once"),
            models.CheckConstraint(condition=models.Q(first__gte=1, last__gte=models.F("first")), name="span_holds_events"),
        ]


class Kept(models.Model):
    """That the second keeper has the head of a seal and the second sink its events, since `at`."""

    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, related_name="kept")
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "seal", "at"), "internal")


class OwnKey(models.Model):
    """The secret part of the key of one person, family or case; `own_keys` says what it is for. of: whose. secret: sealed."""

    of = models.CharField(max_length=80, unique=True)
    secret = models.TextField()

    levels: ClassVar[Mapping[str, str]] = {"id": "internal", "of": "personal", "secret": "sealed"}


class Answer(models.Model):
    """What a changing request was answered, kept with the key it carried, so that the same one sent again is answered the same (G1).

    who: the account that sent it. content: hash of what was asked. told: the answer, JSON, without anything of a person.
    """

    key = models.CharField(max_length=64, unique=True)
    who = models.CharField(max_length=80)
    content = models.CharField(max_length=64)
    told = models.TextField(blank=True)
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "key", "who", "content", "told", "at"), "internal")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(key="") & ~models.Q(who=""), name="answer_to_somebody")
        ]
