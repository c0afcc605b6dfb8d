"""What is kept of a steward's acts: codes, figures and reasons; never a row of a delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiuzhu.casework.accounts.models import Person


class Verdict(models.Model):
    """What was decided about a held delivery. A release waits for a second person; the others stand with the first.

    word: send_back, take_trusted (its sound rows, as a delivery of their own, the rest sent back) or release.
    """

    class Word(models.TextChoices):
        SEND_BACK = "send_back", "退回来源"
        TAKE_TRUSTED = "take_trusted", "只收可信的行"
        RELEASE = "release", "全部放行"

    class State(models.TextChoices):
        WAITING = "waiting", "待第二人"
        DECIDED = "decided", "已裁定"
        WITHDRAWN = "withdrawn", "已撤回"

    delivery = models.CharField(max_length=64, db_index=True)
    dataset = models.CharField(max_length=60)
    division_code = models.CharField(max_length=12)
    word = models.CharField(max_length=16, choices=Word.choices)
    state = models.CharField(max_length=12, choices=State.choices)
    because = models.CharField(max_length=400)
    first_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    first_by = models.CharField(max_length=80)
    first_at = models.DateTimeField()
    second_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    second_by = models.CharField(max_length=80, blank=True)
    second_because = models.CharField(max_length=400, blank=True)
    second_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "delivery", "dataset", "division_code", "word", "state", "because", "first_person", "first_by", "first_at",
         "second_person", "second_by", "second_because", "second_at"), "internal"
    )  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["delivery"], condition=Q(state="waiting"), name="verdict_waits_once"),
            models.CheckConstraint(
                condition=~Q(word="release", state="decided") | Q(second_person__isnull=False), name="verdict_released_by_two"
            ),
            models.CheckConstraint(
                condition=Q(second_person__isnull=True) | ~Q(second_person=F("first_person")), name="verdict_of_two_persons"
            ),
            models.CheckConstraint(condition=~Q(because=""), name="verdict_has_a_reason"),
        ]


class ReturnedRows(models.Model):
    """Rejected rows of one delivery, reason and column, sent back to the department that states the dataset, and its answer.

    due_on: the working day by which the source answers, null where the calendar of its year is not loaded.
    answer: corrected (delivered anew), right_as_it_was (the rule is to be looked at), withdrawn (the rows are not to count).
    """

    class State(models.TextChoices):
        OPEN = "open", "待答复"
        DONE = "done", "已答复"

    class Answer(models.TextChoices):
        CORRECTED = "corrected", "已改正重报"
        RIGHT = "right_as_it_was", "原数无误"
        WITHDRAWN = "withdrawn", "不再报送"

    delivery = models.CharField(max_length=64)
    dataset = models.CharField(max_length=60)
    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    reason = models.CharField(max_length=40)
    column = models.CharField(max_length=60, blank=True)
    rows = models.PositiveIntegerField()
    because = models.CharField(max_length=400)
    returned_by = models.CharField(max_length=80)
    returned_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=20, choices=Answer.choices, blank=True)
    answer_words = models.CharField(max_length=400, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "delivery", "dataset", "department", "division_code", "reason", "column", "rows", "because", "returned_by",
         "returned_at", "due_on", "state", "answer", "answer_words", "answered_by", "answered_at"), "internal"
    )  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "division_code"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["delivery", "reason", "column"], name="rows_returned_once"),
            models.CheckConstraint(
                condition=Q(state="open", answer="", answered_by="", answered_at__isnull=True)
                | (Q(state="done", answered_at__isnull=False) & ~Q(answer="") & ~Q(answered_by="")),
                name="rows_answered_whole",
            ),
            models.CheckConstraint(condition=Q(rows__isnull=False, rows__gte=1), name="rows_returned_some"),
        ]
