"""What is kept of a warning: codes, figures and the division; never a name or a number of a person. And the filters of its readers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Case as Choose
from django.db.models import F, Q, Value, When
from django.db.models.functions import Coalesce, Substr

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.cases.models import Case, Task

FILTERED = ("division_code", "scenario_id", "side", "level", "indicator_id", "first_seen")
WITHOUT_A_DAY = date(9999, 12, 31)  # where a warning without a date stands in a list: last


class Load(models.Model):
    """One release taken in. The newest one, with what the stream added, is what the desk shows.

    stream_number: the last entry of the stream that was acted on; it moves in the transaction that acts. brought: how many
    warnings came for the first time with it or with an entry after it: what conservation is counted against (F7).
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
    brought = models.PositiveIntegerField(default=0, db_default=0)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "release", "as_of", "loaded_at", "issued", "opened", "raised", "lowered", "closed", "stream_number", "brought"),
        "internal",
    )


def _order(name: str, *columns: str) -> models.Index:
    return models.Index(fields=["queue", *columns, *(one for one in FILTERED if one not in columns)], name=name)


def seen_of(handling: str, level: int, checked_again: int) -> str:
    return f"{handling}.{level}.{checked_again}"


class Warning(models.Model):
    """One indicator standing on one subject, from the release that first issued it until somebody has dealt with it.

    What the registry says. warning_id: the same in every release. household_id: the number its household goes by, in the
    low-income base or the household register. registry_division: where it puts the subject; division_code: where the warning is
    dealt with, the same unless it was transferred. level: 4 red, 3 orange, 2 yellow, 1 blue. value, threshold: decimal text in
    `unit`, empty for none. changed: how the newest release, or entry of the stream, that touched it changed it. changed_at: when
    an entry did. stands: whether the newest word of the registry still issues it.

    What became of it. handling: how far people are with it; state follows from it. case, task: since its release. because: why it
    was released, snoozed or dismissed, a code of handling_reason. outcome: a code of the outcomes of visits. replaced_by: the
    warning that took its place. checked_again: how often it was opened again. tier_up, raised_to: how many tiers up offices were
    told that nobody released it in time, and which division's last; rises_on: the day the next one is told.

    For lists. queue: the list it stands in; rank, due_key, township: what lists sort and count by, never null.
    """

    class State(models.TextChoices):
        OPEN = "open", "在办"
        CLOSED = "closed", "已关闭"
        REPLACED = "replaced", "已并入"

    class Handling(models.TextChoices):
        WAITING = "waiting", "待发布"
        READ = "read", "已阅"
        SNOOZED = "snoozed", "已暂缓"
        RELEASED = "released", "处置中"
        HANDLED = "handled", "已处置"
        VISITED = "visited", "已走访"
        DISMISSED = "dismissed", "已忽略"
        LAPSED = "lapsed", "已消失"
        REPLACED = "replaced", "已并入"

    class Change(models.TextChoices):
        NEW = "new", "新增"
        RAISED = "raised", "升级"
        LOWERED = "lowered", "降级"
        SAME = "same", "不变"
        CLOSED = "closed", "关闭"

    @property
    def seen(self) -> str:
        """What somebody saw of it who acts on it: how it is handled, its grade, and how often it was opened again (G2)."""
        return seen_of(self.handling, self.level, self.checked_again)

    warning_id = models.CharField(max_length=40, unique=True)
    indicator_id = models.CharField(max_length=16)
    scenario_id = models.CharField(max_length=8)
    subject_kind = models.CharField(max_length=12)
    household_id = models.CharField(max_length=64)
    division_code = models.CharField(max_length=12)
    registry_division = models.CharField(max_length=12, blank=True, db_default="")
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
    stands = models.BooleanField(default=True, db_default=True)
    handling = models.CharField(max_length=10, choices=Handling.choices, default=Handling.WAITING, db_default="waiting")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="warnings")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="warnings")
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=80, blank=True, db_default="")
    snoozed_until = models.DateField(null=True)
    because = models.CharField(max_length=24, blank=True, db_default="")
    outcome = models.CharField(max_length=24, blank=True, db_default="")
    handled_at = models.DateTimeField(null=True)
    handled_by = models.CharField(max_length=80, blank=True, db_default="")
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaces")
    checked_again = models.PositiveSmallIntegerField(default=0, db_default=0)
    tier_up = models.PositiveSmallIntegerField(default=0, db_default=0)
    raised_to = models.CharField(max_length=12, blank=True, db_default="")
    rises_on = models.DateField(null=True)
    rank = models.GeneratedField(
        expression=Value(5) - F("level"), output_field=models.PositiveSmallIntegerField(), db_persist=True
    )
    due_key = models.GeneratedField(
        expression=Coalesce(F("due_on"), Value(WITHOUT_A_DAY)), output_field=models.DateField(), db_persist=True
    )
    township = models.GeneratedField(
        expression=Substr("division_code", 1, 9), output_field=models.CharField(max_length=9), db_persist=True
    )
    queue = models.GeneratedField(
        expression=Choose(
            When(~Q(state="open"), then=Value("closed")),
            When(kind="hint", then=Value("hints")),
            default=F("handling"),
        ),
        output_field=models.CharField(max_length=10),
        db_persist=True,
    )

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "warning_id", "indicator_id", "scenario_id", "subject_kind", "division_code", "registry_division", "level",
                "level_before", "threshold", "unit", "kind", "side", "state", "changed", "changed_at", "first_seen", "as_of",
                "due_on", "stands", "handling", "case", "task", "released_at", "released_by", "snoozed_until", "because", "outcome",
                "handled_at", "handled_by", "replaced_by", "checked_again", "tier_up", "raised_to", "rises_on", "rank",
                "due_key", "township", "queue",
            ),
            "internal",
        ),
        "household_id": "personal",
        "value": "personal",
    }  # fmt: skip

    class Meta:
        # One index an order, each with every column a filter may name, so that a filter with few or no answers reads the index
        # alone; and one in which the numbers beside the filters lie together. PostgreSQL has one more (migration 0007).
        indexes: ClassVar[list[models.Index]] = [
            _order("warning_by_level", "rank", "due_key", "id"),
            _order("warning_by_day", "due_key", "rank", "id"),
            _order("warning_by_household", "household_id", "rank", "id"),
            _order("warning_by_indicator", "indicator_id", "rank", "id"),
            _order("warning_by_age", "first_seen", "id"),
            models.Index(
                fields=["queue", "township", "scenario_id", "level", "division_code", "side", "indicator_id", "first_seen"],
                name="warning_counted",
            ),
            models.Index(fields=["household_id"]),
            models.Index(fields=["snoozed_until"], condition=Q(handling="snoozed"), name="warning_snoozed"),
            models.Index(
                fields=["due_on"], condition=Q(kind="warning", handling="waiting", tier_up=0), name="warning_unreleased"
            ),
            models.Index(fields=["rises_on"], condition=Q(rises_on__isnull=False), name="warning_rises"),
            models.Index(fields=["raised_to"], condition=~Q(raised_to="") & Q(handling="waiting"), name="warning_raised"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(level__isnull=False, level__gte=1, level__lte=4), name="warning_level"),
            models.CheckConstraint(
                condition=Q(state="open", handling__in=("waiting", "read", "snoozed", "released"))
                | Q(state="closed", handling__in=("handled", "visited", "dismissed", "lapsed"))
                | Q(state="replaced", handling="replaced"),
                name="warning_state_of_its_handling",
            ),
            models.CheckConstraint(
                condition=Q(kind="warning", handling__in=("waiting", "snoozed", "released", "handled", "lapsed", "replaced"))
                | Q(kind="hint", handling__in=("waiting", "read", "visited", "dismissed", "lapsed", "replaced")),
                name="warning_handled_as_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="replaced", replaced_by__isnull=False) | (~Q(state="replaced") & Q(replaced_by__isnull=True)),
                name="warning_replaced_by_one",
            ),
            models.CheckConstraint(condition=~Q(replaced_by=F("id")), name="warning_not_replaced_by_itself"),
            models.CheckConstraint(
                condition=Q(handling="snoozed", snoozed_until__isnull=False)
                | (~Q(handling="snoozed") & Q(snoozed_until__isnull=True)),
                name="warning_snoozed_until_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(handling="released")
                | (Q(case__isnull=False, task__isnull=False, released_at__isnull=False) & ~Q(released_by="")),
                name="warning_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(handling__in=("handled", "visited", "dismissed"))
                | (Q(handled_at__isnull=False) & ~Q(outcome="") & ~Q(handled_by="")),
                name="warning_handled_with_an_outcome",
            ),
        ]


class Tally(models.Model):
    """How many warnings stand in a cell: a queue, a county, a scenario, a side and a grade. Kept by triggers of the database (`tally`).

    n: the number itself where `folded`, one row a cell; else by how much an act changed it. The sum of a cell's rows is the number.
    """

    queue = models.CharField(max_length=10)
    county = models.CharField(max_length=6)
    scenario_id = models.CharField(max_length=8)
    side = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField()
    n = models.IntegerField()
    folded = models.BooleanField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "queue", "county", "scenario_id", "side", "level", "n", "folded"), "internal"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["queue", "county", "scenario_id", "side", "level"], condition=Q(folded=True), name="tally_once_a_cell"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["id"], condition=Q(folded=False), name="tally_not_folded")]


class SavedFilter(models.Model):
    """A choice of filters somebody keeps. of: warnings or cases. words: as they stand in the address, without values of persons.

    shared: whoever works in its division, or below it, may use it too; only its owner changes it.
    """

    class Of(models.TextChoices):
        WARNINGS = "warnings", "预警"
        CASES = "cases", "个案"

    owner = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="filters")
    of = models.CharField(max_length=8, choices=Of.choices)
    name = models.CharField(max_length=40)
    words = models.CharField(max_length=1000)
    division_code = models.CharField(max_length=15)
    shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "owner", "of", "name", "words", "division_code", "shared", "saved_at"), "internal"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "of", "name"], name="filter_name_once_an_owner"),
            models.CheckConstraint(condition=~Q(name="") & Q(of__in=("warnings", "cases")), name="filter_has_a_name"),
        ]
