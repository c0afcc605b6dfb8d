"""What is kept of a referral: codes, dates and the office that answers; all words about the family are sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.parties.keys import LENGTH

WAITING = ("sent", "asked", "accepted")  # answers after which somebody still has to act


class Referral(models.Model):
    """One thing that is asked of one department's office for one case.

    need: a code of needs.toml. item: of the library of items, where an application asks for it, "" for none. task: whose work it came
    from, null for none. division_code: where the family lives. answer: the last step; state follows from it. due_on: the working day
    by which the department has done it, moved by the days it waited for something it asked for; null where that year's calendar is not
    loaded. visit_key: the visit whose answers the department may read, "" for none; facts: those answers as they were, sealed: a later
    visit changes nothing of what was handed over. asked: what the department shall do, sealed. who: whom it is about and how to reach
    them, sealed. raised_on: when it was overdue and the division above was told.
    """

    class State(models.TextChoices):
        OPEN = "open", "在办"
        DONE = "done", "已办结"

    class Answer(models.TextChoices):
        SENT = "sent", "待接收"
        ASKED = "asked", "要求补充"
        ACCEPTED = "accepted", "已接收"
        REPORTED = "reported", "已办结"
        REFUSED = "refused", "已退回"

    key = models.CharField(max_length=LENGTH, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, related_name="referrals")
    round = models.PositiveSmallIntegerField()
    need = models.CharField(max_length=24)
    item = models.CharField(max_length=32, blank=True, db_default="")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="referrals")
    division_code = models.CharField(max_length=12)
    priority = models.PositiveSmallIntegerField(default=0)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.SENT)
    answered_at = models.DateTimeField(null=True)
    raised_on = models.DateField(null=True)
    visit_key = models.CharField(max_length=LENGTH, blank=True)
    asked = models.TextField()
    who = models.TextField(blank=True)
    facts = models.TextField(blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "key", "case", "task", "round", "office", "division_code", "priority", "made_by", "made_at", "due_on", "state",
                "answer", "answered_at", "raised_on", "visit_key",
            ),
            "internal",
        ),
        **dict.fromkeys(("need", "item"), "personal"),
        **dict.fromkeys(("asked", "who", "facts"), "sealed"),
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["office", "state", "due_on"]),
            models.Index(fields=["state", "division_code", "due_on"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "round", "need", "item", "office"], condition=Q(state="open"), name="referral_one_open_of_a_need"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answer__in=WAITING) | Q(state="done", answer__in=("reported", "refused")),
                name="referral_state_of_its_answer",
            ),
            models.CheckConstraint(
                condition=Q(answer="sent") | Q(answered_at__isnull=False), name="referral_answered_at_an_instant"
            ),
            models.CheckConstraint(condition=~Q(need="") & ~Q(asked="") & ~Q(made_by=""), name="referral_asks_something"),
            models.CheckConstraint(condition=Q(priority__isnull=False, priority__lte=4), name="referral_priority"),
        ]


class Step(models.Model):
    """One act on a referral; never changed. said: what the department does or did, lacks, or why it is not theirs, sealed.

    sentence: what the family is told, sealed. until: the day by which it will be done, of an acceptance. belongs_to: the department
    that a refusal names.
    """

    class Act(models.TextChoices):
        ACCEPT = "accept", "接收"
        ASK = "ask", "要求补充"
        SUPPLY = "supply", "补充"
        REPORT = "report", "办结"
        REFUSE = "refuse", "退回"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    act = models.CharField(max_length=8, choices=Act.choices)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    until = models.DateField(null=True)
    belongs_to = models.CharField(max_length=40, blank=True)
    said = models.TextField()
    sentence = models.TextField(blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "referral", "number", "act", "by", "at", "until", "belongs_to"), "internal"),
        "said": "sealed",
        "sentence": "sealed",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["referral", "number"], name="referral_step_once"),
            models.UniqueConstraint(fields=["referral", "act"], name="referral_each_act_once"),
            models.CheckConstraint(
                condition=(Q(act="refuse") & ~Q(belongs_to="")) | (~Q(act="refuse") & Q(belongs_to="")),
                name="referral_refused_with_whose_it_is",
            ),
            models.CheckConstraint(
                condition=(Q(act="accept", until__isnull=False)) | (~Q(act="accept") & Q(until__isnull=True)),
                name="referral_accepted_until_a_day",
            ),
            models.CheckConstraint(condition=~Q(said="") & ~Q(by=""), name="referral_step_says_something"),
        ]
