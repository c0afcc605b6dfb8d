"""What is kept of proposals and shadow runs: numbers, counts, reasons, and which persons stand behind them; nothing of a family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiuzhu.casework.accounts.models import Person


class Proposal(models.Model):
    """A proposal of the registry's book for which a person stands. number: its id there.

    Who decides is another person, whatever accounts they use (F2); the database holds that too.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "待另一人发布"
        DECIDED = "decided", "已决定"

    class Word(models.TextChoices):
        RELEASE = "release", "发布"
        DECLINE = "decline", "否决"

    number = models.CharField(max_length=64, unique=True)
    indicator = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    division_code = models.CharField(max_length=12)
    value = models.CharField(max_length=40)
    because = models.CharField(max_length=400)
    made_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROPOSED)
    word = models.CharField(max_length=8, choices=Word.choices, blank=True)
    holds_from = models.DateField(null=True)
    decided_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_because = models.CharField(max_length=400, blank=True)
    decided_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "number", "indicator", "name", "division_code", "value", "because", "made_person", "made_by", "made_at", "state",
         "word", "holds_from", "decided_person", "decided_by", "decided_because", "decided_at"), "internal"
    )  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(decided_person__isnull=True) | ~Q(decided_person=F("made_person")), name="proposal_of_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_person__isnull=True) | Q(state="decided", decided_person__isnull=False),
                name="proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(word="release") | Q(holds_from__isnull=False), name="proposal_released_from_a_day"
            ),
            models.CheckConstraint(condition=~Q(because=""), name="proposal_has_a_reason"),
        ]


class Shadow(models.Model):
    """Another number that runs beside the one in force on every release from then on; its counts are kept, nothing else follows.

    until: the last day it runs. ended_at: when it was ended earlier.
    """

    indicator = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    division_code = models.CharField(max_length=12)
    value = models.CharField(max_length=40)
    begun_by = models.CharField(max_length=80)
    begun_at = models.DateTimeField()
    until = models.DateField()
    ended_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "indicator", "name", "division_code", "value", "begun_by", "begun_at", "until", "ended_at"), "internal"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["indicator", "name", "division_code"], condition=Q(ended_at__isnull=True), name="shadow_runs_once"
            ),
        ]


class ShadowCount(models.Model):
    """One release under a shadow: warnings with the number in force and with the other, those only one of the two has.

    Empty counts: the release could not be asked (the reason is in `because`).
    """

    shadow = models.ForeignKey(Shadow, on_delete=models.PROTECT, related_name="counts")
    release = models.CharField(max_length=80)
    as_of = models.DateField()
    live = models.PositiveIntegerField(null=True)
    tried = models.PositiveIntegerField(null=True)
    added = models.PositiveIntegerField(null=True)
    lost = models.PositiveIntegerField(null=True)
    because = models.CharField(max_length=400, blank=True)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "shadow", "release", "as_of", "live", "tried", "added", "lost", "because"), "internal"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["shadow", "release"], name="shadow_counted_once"),
        ]
