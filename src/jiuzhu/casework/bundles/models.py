"""What is kept of one thing: the items an accepted application asks for, where each lies, and the one answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.referrals.models import Referral


class Matter(models.Model):
    """Everything one application asks for. due_on: by when every part is to be answered, null where that is not known.

    looked_at: until when what came of its parts was looked at. late: the letter that said which parts are late; answer: the one that
    tells what came of all of them. closed: withdrawn or not accepted, so that nothing is answered.
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="matter")
    begun_at = models.DateTimeField()
    looked_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    late = models.OneToOneField(Notice, on_delete=models.PROTECT, null=True, related_name="late_matter")
    answer = models.OneToOneField(Notice, on_delete=models.PROTECT, null=True, related_name="matter")
    closed = models.BooleanField(default=False)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "application", "begun_at", "looked_at", "due_on", "late", "answer", "closed"), "internal"
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_on"], condition=Q(answer__isnull=True, closed=False), name="matter_unanswered")
        ]


class Part(models.Model):
    """One item of an application. item: a code of the library. referral: by which its department was asked, null for none;
    where another application of the family asked for the same and waits, it is that one.

    stands: with whom it lies; `nobody` where the department has no office that answers for the family's division.
    """

    class Stands(models.TextChoices):
        ROAD = "road", "本部门审核"
        WAITS = "waits", "等身份认定"
        ASKED = "asked", "已转部门"
        NOBODY = "nobody", "当地没有承办单位"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="parts")
    item = models.CharField(max_length=32)
    stands = models.CharField(max_length=8, choices=Stands.choices)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="parts")
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "matter", "stands", "referral", "asked_by", "asked_at"), "internal"),
        "item": "personal",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["matter", "item"], name="part_once_an_item"),
            models.CheckConstraint(
                condition=Q(stands="asked", referral__isnull=False) | (~Q(stands="asked") & Q(referral__isnull=True)),
                name="part_asked_by_a_referral",
            ),
            models.CheckConstraint(condition=~Q(item="") & ~Q(asked_by=""), name="part_of_an_item"),
        ]
