"""What is kept of a road: where each walk stands, every step that was taken, what is being worked on, and the texts it began by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.parties.keys import LENGTH
from jiuzhu.casework.parties.models import Party

DIGEST = 64  # characters of a SHA-256
WORD = 24


class Text(models.Model):
    """A workflow file as it was when something began by it, so that a running case keeps its version. digest: SHA-256 of text."""

    digest = models.CharField(max_length=DIGEST, unique=True)
    workflow = models.CharField(max_length=32)
    text = models.TextField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "digest", "workflow", "text"), "open")


class Walk(models.Model):
    """One application, or one programme in it, on its road.

    text: the workflow as it was at the beginning. parent: the walk of the application a programme belongs to; terms may count from
    its steps. party: whose it is; they do the steps of the applicant. subject_kind, subject_key: what walks. state: of the workflow,
    since: since when. ended: in a state nothing leads out of. version: as of a case.
    """

    key = models.CharField(max_length=LENGTH, unique=True)
    workflow = models.CharField(max_length=32)
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="walks")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="walks")
    round = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="walks")
    subject_kind = models.CharField(max_length=WORD)
    subject_key = models.CharField(max_length=LENGTH)
    division_code = models.CharField(max_length=12)
    state = models.CharField(max_length=WORD)
    since = models.DateTimeField()
    begun_at = models.DateTimeField()
    ended = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "key", "text", "case", "round", "parent", "party", "subject_kind", "subject_key", "division_code", "since",
                "begun_at", "ended", "version",
            ),
            "internal",
        ),
        **dict.fromkeys(("workflow", "state"), "personal"),
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["workflow", "state", "division_code"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["workflow", "subject_kind", "subject_key"], name="walk_once_a_road"),
            models.CheckConstraint(condition=~Q(state="") & ~Q(subject_key=""), name="walk_stands_somewhere"),
        ]


class Taken(models.Model):
    """One step that was taken: never changed. day: in Beijing. person: the officer, null for a resident. because: sealed."""

    walk = models.ForeignKey(Walk, on_delete=models.PROTECT, related_name="taken")
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=WORD)
    origin = models.CharField(max_length=WORD)
    to = models.CharField(max_length=WORD)
    at = models.DateTimeField()
    day = models.DateField()
    by = models.CharField(max_length=80)
    role = models.CharField(max_length=32)
    acting_for = models.CharField(max_length=80, blank=True)
    because = models.TextField(blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "walk", "number", "at", "day", "by", "role", "acting_for"), "internal"),
        **dict.fromkeys(("step", "origin", "to"), "personal"),
        "because": "sealed",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["walk", "number"], name="taken_in_order"),
            models.CheckConstraint(condition=Q(number__gte=1) & ~Q(by="") & ~Q(role=""), name="taken_by_somebody"),
        ]


class Work(models.Model):
    """Something a step opened and another one waits for: a verification, a survey. task: who does it, and until when."""

    walk = models.ForeignKey(Walk, on_delete=models.PROTECT, related_name="works")
    code = models.CharField(max_length=WORD)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="works")
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "walk", "code", "task", "opened_at", "done_at"), "internal")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["walk", "code"], condition=Q(done_at__isnull=True), name="work_one_open_of_a_code"),
        ]
