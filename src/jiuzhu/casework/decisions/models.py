"""What is kept of decisions: what is decided about, every proposal with what it stands on, every decision, every hearing.

Nothing here is ever changed. Facts, assessments and typed words are sealed under the key of the case; codes, days and fen are clear.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.keys import LENGTH
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.roads.models import Walk

MONTH = 7  # characters
CODE = 32


class Rulebook(models.Model):
    """All that families were judged by at one time: texts of programmes, facts that may be stated, local numbers (F6).

    version: hash over its files. content: as `rules.judging` packs it.
    """

    version = models.CharField(max_length=32, unique=True)
    content = models.BinaryField()
    kept_at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "version", "content", "kept_at"), "open")


class Item(models.Model):
    """One programme of one application, on its own road. party: who it is paid to. member: whom it is for, null for the household.

    applied_on: the day numbers of the application count from. replaces: the item decided wrongly before, where that was found.
    """

    key = models.CharField(max_length=LENGTH, unique=True)
    walk = models.OneToOneField(Walk, on_delete=models.PROTECT, related_name="item")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="items")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="items")
    member = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="items_for")
    programme = models.CharField(max_length=CODE)
    division_code = models.CharField(max_length=12)
    applied_on = models.DateField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    opened_at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "key", "walk", "case", "party", "member", "division_code", "applied_on", "replaces", "opened_at"), "internal"
        ),
        "programme": "personal",
    }

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["programme", "division_code"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(programme="") & ~Q(division_code=""), name="item_of_a_programme"),
        ]


class Proposal(models.Model):
    """What somebody proposed, frozen: the facts with their sources, the rulebook, the assessment that follows, the officer's choice.

    number: counts the proposals of an item. on: the day judged for. advised, advised_fen: what the rules say; fen null where not known.
    grants, fen: what the officer proposes; 0 where nothing is paid. because: why it differs from what is advised, sealed.
    facts: with their sources, sealed. content: the assessment, sealed: in words, or where many were judged at once in brief.
    """

    class Advised(models.TextChoices):
        GRANTED = "granted", "符合"
        REFUSED = "refused", "不符合"
        UNKNOWN = "unknown", "不能判断"

    key = models.CharField(max_length=LENGTH, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="proposals")
    number = models.PositiveIntegerField()
    rulebook = models.ForeignKey(Rulebook, on_delete=models.PROTECT, related_name="proposals")
    on = models.DateField()
    advised = models.CharField(max_length=8, choices=Advised.choices)
    advised_fen = models.BigIntegerField(null=True)
    grants = models.BooleanField()
    fen = models.BigIntegerField(default=0)
    because = models.TextField(blank=True)
    facts = models.BinaryField(null=True)
    content = models.BinaryField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "key", "item", "number", "rulebook", "on", "by", "at"), "internal"),
        **dict.fromkeys(("advised", "advised_fen", "grants", "fen"), "personal"),
        **dict.fromkeys(("because", "facts", "content"), "sealed"),
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["item", "number"], name="proposal_numbered"),
            models.CheckConstraint(condition=Q(fen__gte=0) & (Q(grants=True) | Q(fen=0)), name="proposal_pays_what_it_grants"),
            models.CheckConstraint(
                condition=~Q(because="")
                | Q(advised="granted", grants=True, fen=F("advised_fen"))
                | Q(advised="refused", grants=False),
                name="proposal_differs_with_a_reason",
            ),
            models.CheckConstraint(condition=~Q(by="") & Q(number__gte=1), name="proposal_made_by_somebody"),
        ]


class Batch(models.Model):
    """One act over all grants of a programme in force somewhere: a new standard. raised, same, left: how many of each; fen: more a month."""

    key = models.CharField(max_length=LENGTH, unique=True)
    programme = models.CharField(max_length=CODE)
    division_code = models.CharField(max_length=12)
    rulebook = models.ForeignKey(Rulebook, on_delete=models.PROTECT, related_name="batches")
    from_month = models.CharField(max_length=MONTH)
    raised = models.PositiveIntegerField()
    same = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    fen = models.BigIntegerField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "key", "programme", "division_code", "rulebook", "from_month", "raised", "same", "left", "fen", "by", "at"),
        "internal",
    )


class Decision(models.Model):
    """What was decided about an item, by a step of its road: confirmed, refused, raised, cut, kept, ended.

    proposal: what it stands on. fen: a month, or once; 0 where nothing is paid. from_month: from which on, "" where nothing changes.
    changed: facts or rules had moved since the proposal, and it was decided all the same. because: sealed.
    """

    key = models.CharField(max_length=LENGTH, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="decisions")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="decisions")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="decisions")
    step = models.CharField(max_length=24)
    fen = models.BigIntegerField(default=0)
    from_month = models.CharField(max_length=MONTH, blank=True)
    changed = models.BooleanField(default=False)
    because = models.TextField(blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "key", "item", "proposal", "batch", "by", "at"), "internal"),
        **dict.fromkeys(("step", "fen", "from_month", "changed"), "personal"),
        "because": "sealed",
    }

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["item", "id"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(fen__gte=0) & ~Q(by="") & ~Q(step=""), name="decision_by_somebody"),
            models.CheckConstraint(
                condition=~Q(because="") | Q(step__in=("confirm", "raise"), changed=False), name="decision_against_says_why"
            ),
        ]


class Hearing(models.Model):
    """That a family was heard before its benefit is cut or ended (law of 2026, article 48). plans: `cut` or `end`; fen: what is meant.

    how: at_home, at_office, by_phone, in_writing. who: who was heard; told: what they were told; said: what they said; all sealed.
    """

    class How(models.TextChoices):
        HOME = "at_home", "入户"
        OFFICE = "at_office", "当面"
        PHONE = "by_phone", "电话"
        WRITING = "in_writing", "书面"

    class Plans(models.TextChoices):
        CUT = "cut", "减发"
        END = "end", "停发"

    key = models.CharField(max_length=LENGTH, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="hearings")
    plans = models.CharField(max_length=8, choices=Plans.choices)
    fen = models.BigIntegerField(default=0)
    how = models.CharField(max_length=12, choices=How.choices)
    held_on = models.DateField()
    who = models.TextField()
    told = models.TextField()
    said = models.TextField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "key", "item", "how", "held_on", "by", "at"), "internal"),
        **dict.fromkeys(("plans", "fen"), "personal"),
        **dict.fromkeys(("who", "told", "said"), "sealed"),
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(who="") & ~Q(told="") & ~Q(said="") & ~Q(by=""), name="hearing_says_something"),
            models.CheckConstraint(
                condition=Q(plans="end", fen=0) | Q(plans="cut", fen__gt=0), name="hearing_plans_what_it_says"
            ),
        ]


class Conference(models.Model):
    """A case conference (一事一议): who sat, what was put to them, what they decided, and the fund line it is paid from.

    participants: accounts, with spaces between. question, resolution: sealed. fen: what was granted, 0 for nothing.
    """

    key = models.CharField(max_length=LENGTH, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="conferences")
    held_on = models.DateField()
    participants = models.CharField(max_length=600)
    question = models.TextField()
    resolution = models.TextField()
    fund_line = models.CharField(max_length=CODE)
    fen = models.BigIntegerField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "key", "item", "held_on", "participants", "fund_line", "by", "at"), "internal"),
        "fen": "personal",
        **dict.fromkeys(("question", "resolution"), "sealed"),
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(participants="") & ~Q(question="") & ~Q(resolution="") & ~Q(fund_line="") & Q(fen__gte=0),
                name="conference_decided_something",
            ),
        ]
