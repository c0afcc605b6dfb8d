"""What is kept of residents who sign in: codes sent to their telephones, and the sessions that began with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiuzhu.casework.parties.keys import LENGTH
from jiuzhu.casework.parties.models import Party

LIVE = Q(ended_at__isnull=True)


class Code(models.Model):
    """A code somebody asked for. party: whose telephone it was sent to; null where what was typed fits nobody, and nothing was sent.

    code: the digits, sealed, "" where nothing was sent. tried: how often something else was typed. used_at: when it was taken.
    """

    key = models.CharField(max_length=LENGTH, unique=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="codes")
    code = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    until = models.DateTimeField()
    tried = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "key": "internal", "party": "personal", "code": "sealed", "asked_at": "internal", "until": "internal",
        "tried": "internal", "used_at": "internal",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["asked_at"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(asked_at__isnull=False, until__gt=F("asked_at")), name="code_has_an_end"),
            models.CheckConstraint(condition=~Q(code="") | Q(used_at__isnull=True), name="code_used_was_sent"),
            models.CheckConstraint(condition=Q(party__isnull=False) | Q(code=""), name="code_sent_to_somebody"),
        ]


class ResidentSession(models.Model):
    """One resident signed in on one telephone; another one begun elsewhere ends it. device: keyed digest of what is bound."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="sessions")
    device = models.CharField(max_length=32)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=24, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "party": "personal", "device": "sealed", "began_at": "internal", "seen_at": "internal",
        "until": "internal", "ended_at": "internal", "ended_because": "internal",
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["party"], condition=LIVE, name="resident_session_one_live"),
            models.CheckConstraint(
                condition=Q(began_at__isnull=False, until__gt=F("began_at"), seen_at__gte=F("began_at")),
                name="resident_session_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="") | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="resident_session_ended_for_a_reason",
            ),
        ]
