"""What is kept of a case: codes, dates and who answers for it. Names stand in `parties`, sealed; typed words are sealed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiuzhu.casework.accounts.models import Officer, Person
from jiuzhu.casework.parties.keys import LENGTH
from jiuzhu.casework.parties.models import Party

LIVE = Q(ended_at__isnull=True)


class Case(models.Model):
    """One family in our care, from a first sign to the day nothing is left to do.

    household_key: the number by which the registry knows the household, "" for a family unknown there. confirmed: a person has
    seen who belongs to it; what was opened from warnings is not. round: counts how often work on it began; tasks, visits and
    duties belong to a round. main_class: a code of `vocabulary.person_class`, "" while unknown. opened_because, outcome: codes of
    catalogue/codes. version: moves with each change, so that nobody overwrites what they have not seen (G2).
    """

    class State(models.TextChoices):
        OPEN = "open", "在办"
        CLOSED = "closed", "已结案"

    key = models.CharField(max_length=LENGTH, unique=True)
    division_code = models.CharField(max_length=12)
    grid_code = models.CharField(max_length=15, blank=True)
    household_key = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    confirmed = models.BooleanField(default=False)
    round = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField()
    opened_because = models.CharField(max_length=24)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=24, blank=True)
    main_class = models.CharField(max_length=12, blank=True)
    adviser = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="advised")
    version = models.PositiveIntegerField(default=1)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "key": "internal", "division_code": "internal", "grid_code": "internal", "household_key": "personal",
        "state": "internal", "confirmed": "internal", "round": "internal", "opened_at": "internal", "opened_because": "internal",
        "closed_at": "internal", "outcome": "internal", "main_class": "personal", "adviser": "internal", "version": "internal",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "division_code"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["household_key"], condition=Q(state="open") & ~Q(household_key=""), name="case_one_open_a_household"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, outcome="")
                | (Q(state="closed", closed_at__isnull=False) & ~Q(outcome="")),
                name="case_closed_with_an_outcome",
            ),
            models.CheckConstraint(condition=~Q(division_code="") & ~Q(opened_because=""), name="case_stands_somewhere"),
            models.CheckConstraint(condition=Q(round__isnull=False, round__gte=1), name="case_round_counts_from_one"),
        ]


class Member(models.Model):
    """Who belongs to the family of a case, [since, until); changed only by an act.

    relation: to its head, a code of relation_to_head. hukou_county: where they are registered, if that is not the county in which the
    family lives: the smallest division known, the nation where only that much is; "" for registered here, or not known.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="members")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField(max_length=8, blank=True)
    hukou_county = models.CharField(max_length=6, blank=True, db_default="")
    since = models.DateField()
    until = models.DateField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "case": "internal", "party": "internal", "relation": "personal", "hukou_county": "internal",
        "since": "internal", "until": "internal",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["hukou_county"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "party"], condition=Q(until__isnull=True), name="member_once_at_a_time"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="member_ends_after_it_began"),
        ]


class CaseTag(models.Model):
    """A tag of a family, or of one of its people, [since, until). code: of case_tag; classes and kinds of need alike.

    source: a rule, then `by` names it; or a person, then because is what they typed, sealed. A row ends and is never removed, so
    the history stays.
    """

    class Source(models.TextChoices):
        RULE = "rule", "规则"
        PERSON = "person", "人工"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tags")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="tags")
    code = models.CharField(max_length=24)
    source = models.CharField(max_length=8, choices=Source.choices)
    since = models.DateField()
    until = models.DateField(null=True)
    by = models.CharField(max_length=80)
    because = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "case": "internal", "party": "internal", "code": "personal", "source": "internal", "since": "internal",
        "until": "internal", "by": "internal", "because": "sealed", "ended_at": "internal", "ended_by": "internal",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["code", "ended_at"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "code"], condition=LIVE & Q(party__isnull=True), name="tag_once_on_a_family"),
            models.UniqueConstraint(
                fields=["case", "party", "code"], condition=LIVE & Q(party__isnull=False), name="tag_once_on_a_person"
            ),
            models.CheckConstraint(condition=Q(source__in=("rule", "person")) & ~Q(code="") & ~Q(by=""), name="tag_has_a_source"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="tag_ends_after_it_began"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="tag_ended_by_somebody",
            ),
        ]


class Task(models.Model):
    """One thing to do for a case in one round, with who answers for it and until when.

    kind: a code of task_kind. division_code: where the family lives; office: the division whose office answers for it, and above
    it raised_to, the division whose office was told of a missed deadline; tier_up counts these. owner: who does it, null while
    the office has given it to nobody. due_on: a working day; null where its year's calendar is not loaded. rises_on: the first
    day on which it goes up a tier, null if it never does. priority: 4 red to 1 blue, 0 none. version: as of a case.
    """

    class State(models.TextChoices):
        OPEN = "open", "待办"
        DONE = "done", "已办"
        WITHDRAWN = "withdrawn", "已撤销"

    key = models.CharField(max_length=LENGTH, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    round = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=24)
    division_code = models.CharField(max_length=12)
    office = models.CharField(max_length=12)
    owner = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="tasks")
    given_by = models.CharField(max_length=80, blank=True)
    given_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    rises_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    done_at = models.DateTimeField(null=True)
    tier_up = models.PositiveSmallIntegerField(default=0)
    raised_to = models.CharField(max_length=12, blank=True)
    priority = models.PositiveSmallIntegerField(default=0)
    because = models.CharField(max_length=24)
    version = models.PositiveIntegerField(default=1)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        (
            "id", "key", "case", "round", "kind", "division_code", "office", "owner", "given_by", "given_at", "made_at", "due_on",
            "rises_on", "state", "done_at", "tier_up", "raised_to", "priority", "because", "version",
        ),
        "internal",
    )  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "division_code", "due_on"]),
            models.Index(fields=["state", "owner", "due_on"]),
            models.Index(fields=["state", "rises_on"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "round", "kind"], condition=Q(state="open"), name="task_one_open_of_a_kind"),
            models.CheckConstraint(
                condition=Q(state="open", done_at__isnull=True) | Q(state__in=("done", "withdrawn"), done_at__isnull=False),
                name="task_ended_at_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=True, given_by="", given_at__isnull=True)
                | (Q(owner__isnull=False, given_at__isnull=False) & ~Q(given_by="")),
                name="task_given_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(office="") & ~Q(kind="") & ~Q(because=""), name="task_has_an_office"),
            models.CheckConstraint(condition=Q(priority__isnull=False, priority__lte=4), name="task_priority"),
        ]


class Duty(models.Model):
    """That a person did one of two things that are held apart (A8), in a round of a case. group: what is held apart, duty: which."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="duties")
    round = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="duties")
    duty = models.CharField(max_length=24)
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "case", "round", "group", "person", "duty", "at"), "internal")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "round", "group", "person"], name="duty_once_a_person"),
            models.CheckConstraint(condition=~Q(group="") & ~Q(duty=""), name="duty_is_named"),
        ]


class Plan(models.Model):
    """One version of what we mean to do for a family. goal: a sentence, sealed. The newest number is in force; none is changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveIntegerField()
    goal = models.TextField(blank=True)
    written_by = models.CharField(max_length=80)
    written_at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "case": "internal", "number": "internal", "goal": "sealed", "written_by": "internal", "written_at": "internal",
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "number"], name="plan_version_once"),
            models.CheckConstraint(condition=Q(number__isnull=False, number__gte=1) & ~Q(written_by=""), name="plan_numbered"),
        ]


class PlanItem(models.Model):
    """One measure of a plan: what (a code of measure), who does it, until when, and how it stands."""

    class State(models.TextChoices):
        PLANNED = "planned", "待办"
        RUNNING = "running", "办理中"
        DONE = "done", "已办"
        DROPPED = "dropped", "不再办"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=32)
    who = models.CharField(max_length=80)
    until = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=State.choices)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "plan": "internal", "position": "internal", "measure": "personal", "who": "internal", "until": "internal",
        "state": "internal",
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "position"], name="plan_item_place"),
            models.CheckConstraint(condition=~Q(measure="") & ~Q(who=""), name="plan_item_says_what_and_who"),
        ]


class Advice(models.Model):
    """A note of the adviser of a case. text: sealed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="advice")
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="advice")
    at = models.DateTimeField()
    text = models.TextField()

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal",
        "case": "internal",
        "by": "internal",
        "at": "internal",
        "text": "sealed",
    }


class Finding(models.Model):
    """One fact of a family that somebody found and wrote down once: a telephone, where it lives. The newest of each fact leads.

    fact: what a form's question tells. text: the answer as typed, sealed. source_kind, source_key: what it was found by, a visit.
    found_at: when. A row is never changed; another finding of the same fact stands beside it.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="findings")
    fact = models.CharField(max_length=40)
    text = models.TextField()
    level = models.CharField(max_length=12)
    source_kind = models.CharField(max_length=24)
    source_key = models.CharField(max_length=80)
    found_at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "case", "fact", "level", "source_kind", "source_key", "found_at"), "internal"),
        "text": "sealed",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "fact", "source_key"], name="finding_once_a_source"),
            models.CheckConstraint(
                condition=~Q(fact="") & ~Q(text="") & ~Q(source_key="") & ~Q(level=""), name="finding_says_what_and_by_what"
            ),
        ]


class Announcement(models.Model):
    """What happened, for steps that come later: written with the act, heard after it. One row may speak of many subjects of its event.

    kind: `visit.closed`, … event: the chain and number of the act's event, which names its subjects. case: where it is of one case.
    heard_at: when the last listener was done with it. tried, wrong: how often a listener failed, and the kind of its last fault.
    """

    kind = models.CharField(max_length=40)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="announcements")
    subject_kind = models.CharField(max_length=24, blank=True)
    subject_key = models.CharField(max_length=80, blank=True)
    writer = models.CharField(max_length=32)
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)
    tried = models.PositiveSmallIntegerField(default=0)
    wrong = models.CharField(max_length=80, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "kind", "case", "subject_kind", "writer", "number", "at", "heard_at", "tried", "wrong"), "internal"
        ),
        "subject_key": "personal",
    }

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["heard_at", "id"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(kind="") & ~Q(writer=""), name="announcement_of_an_event"),
        ]


class Heard(models.Model):
    """That a listener has done what an announcement asks of it: written with what it did, so that twice is once."""

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="heard")
    listener = models.CharField(max_length=80)
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "announcement", "listener", "at"), "internal")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["announcement", "listener"], name="heard_once")
        ]
