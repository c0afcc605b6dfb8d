"""What is kept of reviews, of what happened in families, and of who is watched over after leaving. Typed words are sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.parties.keys import LENGTH
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.roads.models import Walk

WORD = 24
STANDING = ("planned", "open")


class LifeEvent(models.Model):
    """Something that happened in a family, or that a warning says may have.

    kind: a code of life_events.toml. party: whom it befell, joined: who came, null where nobody did. warning_id: which told of it, ""
    for none. hinted: nobody has looked yet; dismissed: it is not so. proof, note: sealed. told_by, told_at: who or what told of it first.
    """

    class State(models.TextChoices):
        HINTED = "hinted", "待核实"
        ENTERED = "entered", "已登记"
        DISMISSED = "dismissed", "不属实"

    key = models.CharField(max_length=LENGTH, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="life_events")
    division_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=WORD)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="life_events")
    joined = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="joined_by")
    happened_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices)
    warning_id = models.CharField(max_length=40, blank=True)
    proof = models.TextField(blank=True)
    note = models.TextField(blank=True)
    told_by = models.CharField(max_length=80)
    told_at = models.DateTimeField()
    settled_by = models.CharField(max_length=80, blank=True)
    settled_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "key", "case", "division_code", "party", "joined", "state", "warning_id", "told_by", "told_at", "settled_by", "settled_at"),
            "internal",
        ),
        **dict.fromkeys(("kind", "happened_on"), "personal"),
        **dict.fromkeys(("proof", "note"), "sealed"),
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "warning_id"], condition=~Q(warning_id=""), name="life_event_once_a_warning"),
            models.CheckConstraint(
                condition=Q(state="hinted", settled_by="", settled_at__isnull=True)
                | Q(state="entered", happened_on__isnull=False, settled_at__isnull=False) & ~Q(settled_by="")
                | Q(state="dismissed", settled_at__isnull=False) & ~Q(settled_by=""),
                name="life_event_settled_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(kind="") & ~Q(told_by=""), name="life_event_of_a_kind"),
        ]


class Review(models.Model):
    """One look again at a benefit in force.

    number: counts those of an item. kind: periodic, asked for by an officer, or the code of a life event; event: that one. rhythm: the
    parameter whose months it follows, "" where it follows none. due_on: planned: the day it opens; open: the day it is finished by.
    walk: its road, null while planned. advised, advised_fen: what the facts came to when it ended; before_fen: what was paid then.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "未到期"
        OPEN = "open", "复核中"
        UNCHANGED = "unchanged", "维持不变"
        CHANGED = "changed", "提出变更"
        DROPPED = "dropped", "已撤销"

    key = models.CharField(max_length=LENGTH, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="reviews")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reviews")
    division_code = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=WORD)
    event = models.ForeignKey(LifeEvent, on_delete=models.PROTECT, null=True, related_name="reviews")
    rhythm = models.CharField(max_length=48, blank=True)
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    walk = models.OneToOneField(Walk, on_delete=models.PROTECT, null=True, related_name="review")
    planned_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)
    before_fen = models.BigIntegerField(null=True)
    advised = models.CharField(max_length=8, blank=True)
    advised_fen = models.BigIntegerField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "key", "item", "case", "division_code", "number", "event", "rhythm", "due_on", "state", "walk", "planned_at",
                "opened_at", "closed_at", "closed_by",
            ),
            "internal",
        ),
        **dict.fromkeys(("kind", "before_fen", "advised", "advised_fen"), "personal"),
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "division_code", "due_on"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["item", "number"], name="review_numbered"),
            models.UniqueConstraint(fields=["item"], condition=Q(state__in=STANDING), name="review_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(state="planned", opened_at__isnull=True, closed_at__isnull=True)
                | Q(state="open", opened_at__isnull=False, walk__isnull=False, closed_at__isnull=True)
                | Q(state__in=("unchanged", "changed"), opened_at__isnull=False, closed_at__isnull=False) & ~Q(closed_by="")
                | Q(state="dropped", closed_at__isnull=False) & ~Q(closed_by=""),
                name="review_closed_by_somebody",
            ),
        ]


class Watch(models.Model):
    """A family that left a benefit or was refused it, watched over until a day (monitor.after_exit_months). why: left, refused."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="watch")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="watches")
    division_code = models.CharField(max_length=12)
    why = models.CharField(max_length=8, choices=[("left", "退出"), ("refused", "未获批")])
    since = models.DateField()
    until = models.DateField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "item", "case", "division_code", "since", "until"), "internal"), "why": "personal",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["division_code", "until"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="watch_ends_after_it_began"),
        ]
