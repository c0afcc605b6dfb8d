"""What is kept of a recovery: for which months how much was paid too much, who would return it, by when, and what came back.

Models of this step; `models.py` hands them to Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuzhu.casework.parties.keys import LENGTH

MONTH = 7  # characters


class Recovery(models.Model):
    """What was paid too much of one grant, on its road.

    party: who would return it, null until they were heard. cause: death, or wrong for what an officer found. fen: paid too much, by its
    months. decided_fen: to be returned, null before it is decided. because: how it was found; sealed. heard_on, how: of the hearing;
    who, told, said: sealed. ground: why the rest was written off, a code of GROUNDS, "" else.
    """

    class Cause(models.TextChoices):
        DEATH = "death", "死亡后发放"
        WRONG = "wrong", "错发多发"

    class Ground(models.TextChoices):
        NONE = "", "—"
        NO_ESTATE = "no_estate", "无遗产可供退还"
        HARDSHIP = "hardship", "退还将致基本生活困难"
        NOT_FOUND = "not_found", "义务人下落不明"
        OWN_FAULT = "own_fault", "因经办差错且家庭善意"

    key = models.CharField(max_length=LENGTH, unique=True)
    walk = models.OneToOneField("roads.Walk", on_delete=models.PROTECT, related_name="recovery")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="recoveries")
    grant = models.ForeignKey("payments.Grant", on_delete=models.PROTECT, related_name="recoveries")
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, null=True, related_name="recoveries")
    division_code = models.CharField(max_length=12)
    cause = models.CharField(max_length=8, choices=Cause.choices)
    fen = models.BigIntegerField()
    decided_fen = models.BigIntegerField(null=True)
    because = models.TextField(blank=True)
    heard_on = models.DateField(null=True)
    how = models.CharField(max_length=12, blank=True)
    who = models.TextField(blank=True)
    told = models.TextField(blank=True)
    said = models.TextField(blank=True)
    ground = models.CharField(max_length=12, choices=Ground.choices, blank=True)
    plan = models.PositiveSmallIntegerField(default=0)
    found_by = models.CharField(max_length=80)
    found_at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "key", "walk", "case", "grant", "party", "division_code", "heard_on", "how", "plan", "found_by", "found_at"),
            "internal",
        ),
        **dict.fromkeys(("cause", "fen", "decided_fen", "ground"), "personal"),
        **dict.fromkeys(("because", "who", "told", "said"), "sealed"),
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["division_code", "found_at"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(fen__gt=0) & ~Q(found_by=""), name="recovery_of_something"),
            models.CheckConstraint(
                condition=Q(decided_fen__isnull=True)
                | Q(decided_fen__isnull=False, decided_fen__gt=0, decided_fen__lte=models.F("fen"), heard_on__isnull=False),
                name="recovery_decided_after_a_hearing",
            ),
            models.CheckConstraint(condition=Q(ground="") | Q(decided_fen__isnull=False), name="recovery_written_off_after_it"),
        ]


class RecoveryMonth(models.Model):
    """How much of a recovery was paid too much for one month. Never changed."""

    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="months")
    month = models.CharField(max_length=MONTH)
    fen = models.BigIntegerField()

    levels: ClassVar[Mapping[str, str]] = {"id": "internal", "recovery": "internal", "month": "personal", "fen": "personal"}

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recovery", "month"], name="recovery_month_once"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="recovery_month_of_something"),
        ]


class Instalment(models.Model):
    """So much by that day. plan: counts the plans of a recovery; the newest holds, none is changed."""

    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="instalments")
    plan = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    fen = models.BigIntegerField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "recovery", "plan", "number", "due_on"), "internal"), "fen": "personal",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["due_on"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recovery", "plan", "number"], name="instalment_numbered"),
            models.CheckConstraint(condition=Q(fen__gt=0) & Q(plan__gte=1), name="instalment_of_something"),
        ]


class CameBack(models.Model):
    """Money that came back. receipt: the number of the paper it is proved by, unique, so that one is entered once. Never changed."""

    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="came_back")
    receipt = models.CharField(max_length=40, unique=True)
    day = models.DateField()
    fen = models.BigIntegerField()
    journal = models.OneToOneField("payments.Journal", on_delete=models.PROTECT, related_name="came_back")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "recovery", "receipt", "day", "journal", "by", "at"), "internal"), "fen": "personal",
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(fen__gt=0) & ~Q(receipt="") & ~Q(by=""), name="came_back_something"),
        ]
