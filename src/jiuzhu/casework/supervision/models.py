"""What is kept of supervision: odd looks, how the desk agreed with the registry, and investigations a family must not hear of yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Reconciliation(models.Model):
    """How the desk agreed with the registry on one day, warning by warning: numbers, and a few warnings' own numbers.

    release, stream_number: where the desk stood; behind: entries of the stream it had not taken yet. standing: warnings the registry
    issues there; held: those the desk holds as standing. missing, extra, differing: not on the desk, on the desk alone, of another
    grade or place. issued, open, closed, replaced: what conservation is counted by (F7). examples: at most a few of those that
    disagree.
    """

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    release = models.CharField(max_length=80)
    stream_number = models.PositiveBigIntegerField()
    behind = models.PositiveIntegerField()
    standing = models.PositiveIntegerField()
    held = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    extra = models.PositiveIntegerField()
    differing = models.PositiveIntegerField()
    issued = models.PositiveIntegerField()
    open = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    replaced = models.PositiveIntegerField()
    examples = models.JSONField(default=list)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "day", "at", "release", "stream_number", "behind", "standing", "held", "missing", "extra", "differing", "issued",
         "open", "closed", "replaced", "examples"), "internal"
    )  # fmt: skip

    @property
    def agrees(self) -> bool:
        conserved = self.issued == self.open + self.closed + self.replaced
        return conserved and not (self.missing or self.extra or self.differing)


class Oddity(models.Model):
    """Looks of one account at one family that call for an explanation, found on one day. Odd is not wrong: a person judges.

    reasons: codes of `curiosity.REASONS`, the weightiest first. events: the numbers of the rows of the record. division_code: where
    the account works. note: what was found out, sealed.
    """

    class State(models.TextChoices):
        OPEN = "open", "待说明"
        CLOSED = "closed", "已处理"

    class Outcome(models.TextChoices):
        EXPLAINED = "explained", "已说明，属正常办理"
        WARNED = "warned", "已提醒本人"
        PASSED_ON = "passed_on", "转纪检监察"

    key = models.CharField(max_length=32, unique=True)
    who = models.CharField(max_length=80)
    household = models.CharField(max_length=64)
    division_code = models.CharField(max_length=15, db_index=True)
    day = models.DateField()
    found_at = models.DateTimeField()
    weight = models.PositiveSmallIntegerField()
    reasons = models.JSONField()
    events = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    note = models.TextField(blank=True)
    settled_by = models.CharField(max_length=80, blank=True)
    settled_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "key", "who", "division_code", "day", "found_at", "weight", "reasons", "events", "state", "outcome",
                "settled_by", "settled_at",
            ),
            "internal",
        ),
        "household": "personal",
        "note": "personal",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "division_code"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["who", "household", "day"], name="oddity_once_a_day"),
            models.CheckConstraint(
                condition=Q(state="open", outcome="", settled_at__isnull=True, settled_by="")
                | (Q(state="closed", settled_at__isnull=False) & ~Q(outcome="") & ~Q(settled_by="")),
                name="oddity_settled_by_somebody",
            ),
        ]


class Investigation(models.Model):
    """A look into one family that it is not told of in [began_at, until): what its people do about the family is held back.

    conducted_by: their accounts, sorted, that of who began it among them. because: sealed. Releasing it moves `until` forward.
    """

    key = models.CharField(max_length=32, unique=True)
    household = models.CharField(max_length=64, db_index=True)
    division_code = models.CharField(max_length=15)
    conducted_by = models.JSONField()
    because = models.TextField()
    began_at = models.DateTimeField()
    until = models.DateTimeField()
    released_by = models.CharField(max_length=80, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "key", "division_code", "conducted_by", "began_at", "until", "released_by"), "internal"),
        "household": "personal",
        "because": "sealed",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(began_at__isnull=False, until__gt=F("began_at")), name="investigation_has_an_end"),
            models.CheckConstraint(
                condition=~Q(household="") & ~Q(because="") & ~Q(division_code=""), name="investigation_of_a_family_for_a_reason"
            ),
        ]
