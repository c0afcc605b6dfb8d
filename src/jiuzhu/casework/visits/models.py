"""What is kept of a visit: codes and times in clear, everything seen, said and photographed sealed. No visit is ever changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.parties.keys import LENGTH


class Visit(models.Model):
    """One form filled in at a home, or with a neighbour, for a task.

    form, form_version: what was asked. officer, second: who was there; two where the form asks for two. began_at, ended_at: as said
    by who was there; device_at: by their device, null at a desk; recorded_at: by the server. outcome: a code of outcomes.toml, ""
    for a form that ends nothing (a neighbour's words). policies: codes of the cards that were told; needs: of needs.toml; both
    sorted, with spaces between. position, answers, note: sealed; "" without. corrects: the visit that this one puts right; each is
    put right once at most, and the last of the row counts. submission: what the page sent along, so that twice is once.
    """

    key = models.CharField(max_length=LENGTH, unique=True)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="visits")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="visits")
    round = models.PositiveSmallIntegerField()
    division_code = models.CharField(max_length=12)
    form = models.CharField(max_length=8)
    form_version = models.CharField(max_length=16)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="visits")
    second = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="second_visits")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    device_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    outcome = models.CharField(max_length=24, blank=True)
    policies = models.CharField(max_length=400, blank=True)
    needs = models.CharField(max_length=400, blank=True)
    position = models.TextField(blank=True)
    answers = models.TextField()
    note = models.TextField(blank=True)
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    submission = models.CharField(max_length=40, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "key", "task", "case", "round", "division_code", "form", "form_version", "officer", "second", "began_at",
                "ended_at", "device_at", "recorded_at", "corrects", "submission",
            ),
            "internal",
        ),
        **dict.fromkeys(("outcome", "policies", "needs"), "personal"),
        **dict.fromkeys(("position", "answers", "note"), "sealed"),
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["division_code", "recorded_at"]),
            models.Index(fields=["officer", "recorded_at"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(corrects__isnull=True) & ~Q(outcome=""), name="visit_one_that_ends_a_task"
            ),
            models.UniqueConstraint(fields=["submission"], condition=~Q(submission=""), name="visit_once_a_submission"),
            models.CheckConstraint(condition=Q(ended_at__gte=F("began_at")), name="visit_ends_after_it_began"),
            models.CheckConstraint(condition=Q(recorded_at__gte=F("ended_at")), name="visit_recorded_after_it_ended"),
            models.CheckConstraint(condition=Q(second__isnull=True) | ~Q(second=F("officer")), name="visit_second_is_another"),
            models.CheckConstraint(condition=~Q(corrects=F("id")), name="visit_not_corrected_by_itself"),
            models.CheckConstraint(condition=~Q(form="") & ~Q(answers=""), name="visit_has_answers"),
        ]


class Photo(models.Model):
    """One photo of a visit, drawn anew from its pixels: no position, no device, no second content. content: sealed.

    number: from 1, in the order they were handed in.
    """

    key = models.CharField(max_length=LENGTH, unique=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="photos")
    number = models.PositiveSmallIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    content = models.BinaryField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "key", "visit", "number", "width", "height"), "internal"),
        "content": "sealed",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["visit", "number"], name="visit_photo_once"),
            models.CheckConstraint(condition=Q(number__gte=1, width__gte=1, height__gte=1), name="visit_photo_is_a_picture"),
        ]


class Draft(models.Model):
    """What was typed of a visit that was not recorded yet, one a task and officer; gone with the visit. typed: sealed."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="drafts")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="drafts")
    form = models.CharField(max_length=8)
    saved_at = models.DateTimeField()
    typed = models.TextField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "task", "officer", "form", "saved_at"), "internal"),
        "typed": "sealed",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["task", "officer", "form"], name="draft_once")
        ]
