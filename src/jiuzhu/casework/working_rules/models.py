"""What is kept of working rules: the numbers that two persons put into force here, dated and by division."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiuzhu.casework.accounts.models import Person


class RuleChange(models.Model):
    """Another number of a rule, proposed by one person and released by another from a day on; never changed afterwards.

    rule: a code of working_rules.toml. value: decimal text. holds_from: null until it is released, and where it was declined.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "待另一人发布"
        RELEASED = "released", "已发布"
        DECLINED = "declined", "已否决"

    rule = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    value = models.CharField(max_length=20)
    because = models.CharField(max_length=400)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    made_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    holds_from = models.DateField(null=True)
    decided_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_because = models.CharField(max_length=400, blank=True)
    decided_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "rule", "division_code", "value", "because", "state", "made_person", "made_by", "made_at", "holds_from",
         "decided_person", "decided_by", "decided_because", "decided_at"), "internal"
    )  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["rule", "division_code"], condition=Q(state="proposed"), name="rule_change_waits_once"
            ),
            models.UniqueConstraint(
                fields=["rule", "division_code", "holds_from"], condition=Q(state="released"), name="rule_change_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(decided_person__isnull=True) | ~Q(decided_person=F("made_person")), name="rule_change_of_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_person__isnull=True, holds_from__isnull=True)
                | Q(state="released", decided_person__isnull=False, holds_from__isnull=False)
                | Q(state="declined", decided_person__isnull=False, holds_from__isnull=True),
                name="rule_change_decided_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(because="") & ~Q(value="") & ~Q(division_code=""), name="rule_change_says_why"),
        ]
