"""What is kept of a warning: codes, figures and the division; never a name or a number of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models


class Load(models.Model):
    """One release taken in. The newest one, with what the stream added, is what the desk shows.

    stream_number: the last entry of the stream that was acted on; it moves in the transaction that acts.
    """

    release = models.CharField(max_length=80, unique=True)
    as_of = models.DateField()
    loaded_at = models.DateTimeField()
    issued = models.PositiveIntegerField()
    opened = models.PositiveIntegerField()
    raised = models.PositiveIntegerField()
    lowered = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    stream_number = models.PositiveBigIntegerField(default=0, db_default=0)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "release", "as_of", "loaded_at", "issued", "opened", "raised", "lowered", "closed", "stream_number"), "internal"
    )


class Warning(models.Model):
    """One indicator standing on one subject, from the release that first issued it to the one that no longer did.

    warning_id: the same in every release. household_id: the number its household goes by, in the low-income base or the
    household register. level: 4 red, 3 orange, 2 yellow, 1 blue. value, threshold: decimal text in `unit`, empty for none.
    changed: how the newest release, or entry of the stream, that touched it changed it. changed_at: when an entry did.
    """

    class State(models.TextChoices):
        OPEN = "open", "在办"
        CLOSED = "closed", "已关闭"

    class Change(models.TextChoices):
        NEW = "new", "新增"
        RAISED = "raised", "升级"
        LOWERED = "lowered", "降级"
        SAME = "same", "不变"
        CLOSED = "closed", "关闭"

    warning_id = models.CharField(max_length=40, unique=True)
    indicator_id = models.CharField(max_length=16)
    scenario_id = models.CharField(max_length=8)
    subject_kind = models.CharField(max_length=12)
    household_id = models.CharField(max_length=64)
    division_code = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField()
    level_before = models.PositiveSmallIntegerField(null=True)
    value = models.CharField(max_length=40)
    threshold = models.CharField(max_length=40)
    unit = models.CharField(max_length=24)
    kind = models.CharField(max_length=8)
    side = models.CharField(max_length=12)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    changed = models.CharField(max_length=8, choices=Change.choices)
    changed_at = models.DateTimeField(null=True)
    first_seen = models.DateField()
    as_of = models.DateField()
    due_on = models.DateField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "warning_id": "internal", "indicator_id": "internal", "scenario_id": "internal",
        "subject_kind": "internal", "household_id": "personal", "division_code": "internal", "level": "internal",
        "level_before": "internal", "value": "personal", "threshold": "internal", "unit": "internal", "kind": "internal",
        "side": "internal", "state": "internal", "changed": "internal", "changed_at": "internal", "first_seen": "internal",
        "as_of": "internal", "due_on": "internal",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "division_code"]),
            models.Index(fields=["state", "kind", "side", "-level"]),
            models.Index(fields=["state", "scenario_id"]),
            models.Index(fields=["household_id"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(level__isnull=False, level__gte=1, level__lte=4), name="warning_level"),
        ]
