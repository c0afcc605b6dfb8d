"""What is kept of reminders: which kinds of warnings a unit wants to be told of, and what it was told; nothing of a family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.cases.models import Announcement


class Subscription(models.Model):
    """What one unit chose for one kind of warning. code: of an indicator, or of a scenario for all its indicators that have no row.

    choice: from which grade on it is told; none: not even where the catalogue names it. A unit without a row is told what the
    catalogue routes to it.
    """

    class Choice(models.TextChoices):
        DECLARED = "declared", "按目录"
        ALL = "all", "全部等级"
        YELLOW = "yellow", "黄色及以上"
        ORANGE = "orange", "橙色及以上"
        RED = "red", "仅红色"
        NONE = "none", "不提醒"

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="subscriptions")
    code = models.CharField(max_length=16)
    choice = models.CharField(max_length=8, choices=Choice.choices)
    chosen_by = models.CharField(max_length=80)
    chosen_at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "office", "code", "choice", "chosen_by", "chosen_at"), "internal")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "code"], name="subscription_once_a_kind"),
            models.CheckConstraint(
                condition=Q(choice__in=("declared", "all", "yellow", "orange", "red", "none")) & ~Q(code=""),
                name="subscription_says_what",
            ),
        ]


class Reminder(models.Model):
    """What one unit was told of one release: so many warnings of an indicator in a township, the worst of that grade.

    announcement: of the release; with it the same reminder cannot be put twice. level: 4 red to 1 blue.
    """

    class State(models.TextChoices):
        NEW = "new", "未签收"
        SEEN = "seen", "已签收"

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="reminders")
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="reminders")
    indicator_id = models.CharField(max_length=16)
    township = models.CharField(max_length=12)
    warnings = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField()
    put_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    seen_by = models.CharField(max_length=80, blank=True)
    seen_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        (
            "id",
            "office",
            "announcement",
            "indicator_id",
            "township",
            "warnings",
            "level",
            "put_at",
            "state",
            "seen_by",
            "seen_at",
        ),
        "internal",
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["office", "state", "put_at"], name="reminder_of_a_unit")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["announcement", "office", "indicator_id", "township"], name="reminder_put_once"),
            models.CheckConstraint(condition=Q(warnings__gte=1, level__gte=1, level__lte=4), name="reminder_of_some_warnings"),
            models.CheckConstraint(
                condition=Q(state="new", seen_at__isnull=True, seen_by="")
                | (Q(state="seen", seen_at__isnull=False) & ~Q(seen_by="")),
                name="reminder_seen_by_somebody",
            ),
        ]
