"""What is kept of a grievance or a request by right. All words are sealed; what somebody asked for is never changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.notices.models import Notice, Objection
from jiuzhu.casework.parties.keys import LENGTH
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.referrals.models import Referral


class Grievance(models.Model):
    """One complaint, objection, appeal or request, from its receipt to its answer.

    kind: a code of grievances.toml. receipt: its number. notice, objection: what it is tied to; case, party: whose, null where
    nobody knows. office: the division whose office answers, and above it raised_to, told of a missed day; tier_up counts these. owner:
    who answers, null while the office has named nobody. due_on: a working day, null where its year's calendar is not loaded. until: the
    last day of its term, null for none or while the letter was not served; late: it came after that. words, name, contact, answer:
    sealed. again: what it is tied to was decided anew. referral: to the department whose file is to be put right. version: as of a case.
    """

    class State(models.TextChoices):
        OPEN = "open", "待答复"
        ANSWERED = "answered", "已答复"

    class Channel(models.TextChoices):
        COUNTER = "counter", "窗口"
        PHONE = "phone", "电话"
        HOTLINE = "hotline", "热线"
        PORTAL = "portal", "网上"

    class Outcome(models.TextChoices):
        NONE = "", "—"
        UPHELD = "upheld", "成立"
        PARTLY = "partly", "部分成立"
        REJECTED = "rejected", "不成立"
        DONE = "done", "已办理"
        WITHDRAWN = "withdrawn", "本人撤回"

    key = models.CharField(max_length=LENGTH, unique=True)
    receipt = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=16)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="grievances")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="grievances")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, related_name="grievances")
    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, null=True, related_name="grievance")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="grievances")
    division_code = models.CharField(max_length=12)
    household_key = models.CharField(max_length=64, blank=True)
    office = models.CharField(max_length=12)
    owner = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="grievances")
    words = models.TextField()
    name = models.TextField(blank=True)
    contact = models.TextField(blank=True)
    received_by = models.CharField(max_length=80)
    received_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    rises_on = models.DateField(null=True)
    tier_up = models.PositiveSmallIntegerField(default=0)
    raised_to = models.CharField(max_length=12, blank=True)
    until = models.DateField(null=True)
    late = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True)
    again = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "key", "receipt", "kind", "channel", "case", "party", "notice", "objection", "referral", "division_code", "office",
                "owner", "received_by", "received_at", "due_on", "rises_on", "tier_up", "raised_to", "until", "late", "state", "outcome",
                "answered_by", "answered_at", "again", "version",
            ),
            "internal",
        ),
        "household_key": "personal",
        **dict.fromkeys(("words", "name", "contact", "answer"), "sealed"),
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "division_code", "due_on"]),
            models.Index(fields=["state", "rises_on"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="open", outcome="", answer="", answered_by="", answered_at__isnull=True)
                | (Q(state="answered", answered_at__isnull=False) & ~Q(outcome="") & ~Q(answer="") & ~Q(answered_by="")),
                name="grievance_answered_with_reasons",
            ),
            models.CheckConstraint(condition=~Q(words="") & ~Q(office="") & ~Q(kind=""), name="grievance_says_what_to_whom"),
        ]
