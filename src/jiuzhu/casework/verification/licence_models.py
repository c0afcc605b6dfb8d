"""What is kept of licences that were pulled: each call with its purpose and authorisation, and the file, sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.keys import LENGTH
from jiuzhu.casework.parties.models import Party


class Pulled(models.Model):
    """One call for one licence of one person. kind: code of licence_kind. authorisation: its number. because: what for.

    state: `waiting` to be asked, `late` (asked, no answer yet), `found`, `none` (the holder has none), `refused` (the
    authorisation holds no more). details: number, days and validity; content: the file; both sealed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待调取"
        LATE = "late", "未返回"
        FOUND = "found", "已调取"
        NONE = "none", "没有此证照"
        REFUSED = "refused", "授权已收回"

    key = models.CharField(max_length=LENGTH, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="licences")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="licences")
    kind = models.CharField(max_length=4)
    authorisation = models.CharField(max_length=40)
    purpose = models.CharField(max_length=24)
    because = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    wanted_by = models.CharField(max_length=80)
    wanted_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    details = models.TextField(blank=True)
    content = models.BinaryField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "key", "case", "party", "authorisation", "purpose", "state", "wanted_by", "wanted_at", "answered_at"),
            "internal",
        ),
        "kind": "personal",
        **dict.fromkeys(("because", "details", "content"), "sealed"),
    }

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["case", "wanted_at"]),
            models.Index(fields=["state", "wanted_at"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(authorisation="") & ~Q(because="") & ~Q(wanted_by=""), name="licence_pulled_for_something"
            ),
            models.CheckConstraint(
                condition=(Q(state="found", content__isnull=False) & ~Q(details=""))
                | Q(state__in=("waiting", "late", "none", "refused"), content__isnull=True, details=""),
                name="licence_found_with_its_file",
            ),
        ]
