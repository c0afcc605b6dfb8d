"""What is kept between regions: letters with the reply they got, and meetings held over a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuzhu.casework.parties.keys import LENGTH


class Letter(models.Model):
    """A letter of another region that asked us, with the reply it got; never changed, so that asked twice it gets the same.

    number: theirs. authorisation: the number of theirs that came along. reply: as it was signed, sealed.
    """

    number = models.CharField(max_length=40)
    sender = models.CharField(max_length=12)
    authorisation = models.CharField(max_length=40)
    purpose = models.CharField(max_length=24)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[("answered", "已答复"), ("refused", "拒绝")])
    why = models.CharField(max_length=200, blank=True)
    reply = models.TextField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "number", "sender", "authorisation", "purpose", "received_at", "state", "why"), "internal"),
        "reply": "sealed",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sender", "number"], name="letter_once"),
            models.CheckConstraint(condition=~Q(reply="") & ~Q(sender=""), name="letter_has_a_reply"),
        ]


class Meeting(models.Model):
    """One meeting with another region over a line, about somebody of a verification both work on; never changed (SF227).

    region: their division. participants, shown, settled: who sat on both sides, what was shown or read out, what was settled; sealed.
    """

    key = models.CharField(max_length=LENGTH, unique=True)
    request = models.ForeignKey("verification.Request", on_delete=models.PROTECT, related_name="meetings")
    division_code = models.CharField(max_length=12)
    region = models.CharField(max_length=12)
    held_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    participants = models.TextField()
    shown = models.TextField()
    settled = models.TextField()
    kept_by = models.CharField(max_length=80)
    kept_at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "key", "request", "division_code", "region", "held_at", "minutes", "kept_by", "kept_at"), "internal"
        ),
        **dict.fromkeys(("participants", "shown", "settled"), "sealed"),
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "region", "held_at"], name="meeting_once_at_an_instant"),
            models.CheckConstraint(
                condition=~Q(participants="") & ~Q(settled="") & ~Q(region="") & ~Q(kept_by=""), name="meeting_says_something"
            ),
            models.CheckConstraint(condition=Q(minutes__isnull=False, minutes__gte=1), name="meeting_lasted"),
        ]
