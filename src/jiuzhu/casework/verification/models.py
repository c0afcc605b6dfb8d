"""What is kept of verification: who agreed to what, which questions went out and what came back, and reports as they were issued.

Codes, dates and counts stand in clear; declared and found values, and everything that was answered, are sealed under the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.keys import LENGTH
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.verification.licence_models import Pulled as Pulled
from jiuzhu.casework.verification.regional_models import Letter as Letter
from jiuzhu.casework.verification.regional_models import Meeting as Meeting

LIVE = Q(ended_at__isnull=True)
ANSWERS = ("answered", "refused")


class Authorisation(models.Model):
    """One person's signed consent to be looked up, for one case and purpose; its words and signature never change (K1).

    party: whose records. signer: who signed, a guardian for whoever needs one. why: `adult`, `guardian` or `obligor`. consents:
    codes of catalogue/verification, in their order. since, until: days, both in force. statement: what was signed, canonical JSON,
    sealed; digest and signature are of it. ended_at: when it was withdrawn or replaced by a newer one.
    """

    class Why(models.TextChoices):
        ADULT = "adult", "本人"
        GUARDIAN = "guardian", "监护人代签"
        OBLIGOR = "obligor", "法定义务人"

    class How(models.TextChoices):
        ELECTRONIC = "electronic", "电子授权"
        REMOTE = "remote", "远程授权"
        PAPER = "paper", "纸质授权"

    class Ended(models.TextChoices):
        WITHDRAWN = "withdrawn", "已收回"
        REPLACED = "replaced", "已重签"

    key = models.CharField(max_length=LENGTH, unique=True)
    number = models.CharField(max_length=40, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="authorisations")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="authorisations")
    signer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="signed_authorisations")
    why = models.CharField(max_length=8, choices=Why.choices)
    purpose = models.CharField(max_length=24)
    consents = models.CharField(max_length=120)
    since = models.DateField()
    until = models.DateField()
    how = models.CharField(max_length=10, choices=How.choices)
    signed_at = models.DateTimeField()
    taken_by = models.CharField(max_length=80)
    statement = models.TextField()
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=10, choices=Ended.choices, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "key", "number", "case", "party", "signer", "why", "purpose", "consents", "since", "until", "how", "signed_at",
                "taken_by", "digest", "signature", "ended_at", "ended_why", "ended_by",
            ),
            "internal",
        ),
        "statement": "sealed",
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "party", "purpose"], condition=LIVE, name="authorisation_one_live"),
            models.CheckConstraint(condition=Q(until__isnull=False, until__gte=F("since")), name="authorisation_ends"),
            models.CheckConstraint(condition=Q(why__in=("adult", "guardian", "obligor")), name="authorisation_why"),
            models.CheckConstraint(
                condition=(Q(why="guardian") & ~Q(signer=F("party"))) | (~Q(why="guardian") & Q(signer=F("party"))),
                name="authorisation_signed_by_oneself_or_a_guardian",
            ),
            models.CheckConstraint(
                condition=~Q(statement="") & ~Q(digest="") & ~Q(signature="") & ~Q(consents=""), name="authorisation_is_signed"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_why="", ended_by="")
                | (Q(ended_at__isnull=False, ended_why__in=("withdrawn", "replaced")) & ~Q(ended_by="")),
                name="authorisation_ended_by_somebody",
            ),
        ]


class Link(models.Model):
    """A way for one person to sign from far away: opened once, by them alone, for some days. token: keyed digest of what was sent.

    tries: how often somebody opened it with a wrong id number; after so many it is dead. used_at: when it was signed by.
    """

    token = models.CharField(max_length=64, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="signing_links")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="signing_links")
    purpose = models.CharField(max_length=24)
    why = models.CharField(max_length=8, choices=Authorisation.Why.choices)
    until = models.DateField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id",
                "case",
                "party",
                "purpose",
                "why",
                "until",
                "made_by",
                "made_at",
                "expires_at",
                "tries",
                "used_at",
                "ended_at",
            ),
            "internal",
        ),
        "token": "sealed",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "party", "purpose"], condition=LIVE, name="link_one_live"),
            models.CheckConstraint(condition=Q(used_at__isnull=True) | Q(ended_at__isnull=False), name="link_used_once"),
            models.CheckConstraint(condition=Q(tries__isnull=False, tries__lte=5), name="link_tries"),
        ]


class Request(models.Model):
    """One verification of some people of a case: which items, for what, and until when the report is out.

    template: a business of catalogue/verification. about_kind, about_key: what it is made for. items: their codes. declared: what was
    declared, sealed JSON. due_at: begun_at and the hours of the place. catalogue: version of the declarations. follows: the report it
    checks again, after an objection.
    """

    key = models.CharField(max_length=LENGTH, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="verifications")
    division_code = models.CharField(max_length=12)
    template = models.CharField(max_length=24)
    purpose = models.CharField(max_length=24)
    about_kind = models.CharField(max_length=24)
    about_key = models.CharField(max_length=80)
    items = models.TextField()
    declared = models.TextField(blank=True)
    begun_by = models.CharField(max_length=80)
    begun_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    follows = models.ForeignKey("Report", on_delete=models.PROTECT, null=True, related_name="rechecks")

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "key", "case", "division_code", "template", "purpose", "about_kind", "about_key", "items", "begun_by",
                "begun_at", "due_at", "ended_at", "follows",
            ),
            "internal",
        ),
        "declared": "sealed",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["ended_at", "due_at"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["about_kind", "about_key", "template"], condition=Q(ended_at__isnull=True), name="request_one_open"
            ),
            models.CheckConstraint(condition=~Q(items="") & ~Q(about_key="") & ~Q(begun_by=""), name="request_asks_something"),
        ]


class Subject(models.Model):
    """One person of a request and the authorisation under which they are looked up; an obligor without one stands here with none:
    their share is unknown, never zero."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="subjects")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="verified_in")
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, null=True, related_name="used_in")
    is_obligor = models.BooleanField(default=False)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "request", "party", "authorisation", "is_obligor"), "internal")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "party"], name="verified_once_in_a_request"),
            models.CheckConstraint(
                condition=Q(authorisation__isnull=False) | Q(is_obligor=True), name="only_an_obligor_without_authorisation"
            ),
        ]


class Question(models.Model):
    """One question to one source about one person, under a number of ours; what came back is sealed.

    source: code of a body, or `region:` and a division. way: the base that departments deliver to, or a gateway. state: `waiting` to
    be asked; `asked`: no answer yet; `answered`; `refused`, with the source's words. minute: when it was asked last, for the limits.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待查询"
        ASKED = "asked", "未返回"
        ANSWERED = "answered", "已返回"
        REFUSED = "refused", "拒绝"

    number = models.CharField(max_length=LENGTH, unique=True)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="questions")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="questions")
    source = models.CharField(max_length=40)
    way = models.CharField(max_length=8, choices=[("base", "数据底座"), ("gateway", "部门接口")])
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tried = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    why = models.CharField(max_length=200, blank=True)
    answer = models.TextField(blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "number", "request", "party", "source", "way", "state", "tried", "asked_at", "answered_at", "day", "why"),
            "internal",
        ),
        "answer": "sealed",
    }

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "source"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "source", "party"], name="question_once"),
            models.CheckConstraint(
                condition=Q(state="waiting")
                | Q(state="asked", asked_at__isnull=False)
                | Q(state__in=ANSWERS, asked_at__isnull=False, answered_at__isnull=False),
                name="question_state",
            ),
        ]


class Minute(models.Model):
    """How many questions went to a source in one minute, over all processes."""

    source = models.CharField(max_length=40)
    minute = models.DateTimeField()
    asked = models.PositiveIntegerField(default=0)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "source", "minute", "asked"), "internal")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "minute"], name="minute_once_a_source")
        ]


class Report(models.Model):
    """What was found, as it was issued: numbered, signed, never changed. statement: canonical JSON, sealed; digest, signature: of it.

    kind: `whole`, `partial` while a source is silent, `supplement` to a partial one, `recheck` after an objection. The counts are of
    its rows. print: the printed form as it was first made, sealed, with its own digest.
    """

    class Kind(models.TextChoices):
        WHOLE = "whole", "核对报告"
        PARTIAL = "partial", "部分核对报告"
        SUPPLEMENT = "supplement", "补充核对报告"
        RECHECK = "recheck", "复核报告"

    key = models.CharField(max_length=LENGTH, unique=True)
    number = models.CharField(max_length=40, unique=True)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="reports")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="verification_reports")
    division_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    issued_by = models.CharField(max_length=80)
    issued_at = models.DateTimeField()
    valid_until = models.DateField()
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    consistent = models.PositiveIntegerField()
    inconsistent = models.PositiveIntegerField()
    not_declared = models.PositiveIntegerField()
    none = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    statement = models.TextField()
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=200)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "key", "number", "request", "case", "division_code", "kind", "issued_by", "issued_at", "valid_until", "follows",
                "consistent", "inconsistent", "not_declared", "none", "late", "refused", "digest", "signature",
            ),
            "internal",
        ),
        "statement": "sealed",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["division_code", "issued_at"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(kind__in=("whole", "partial", "recheck")), name="report_first_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="whole", late=0, follows__isnull=True)
                | Q(kind="partial", late__gt=0, follows__isnull=True)
                | Q(kind__in=("supplement", "recheck"), follows__isnull=False),
                name="report_says_what_it_is",
            ),
            models.CheckConstraint(condition=~Q(statement="") & ~Q(digest="") & ~Q(signature=""), name="report_is_signed"),
        ]


class Print(models.Model):
    """The printed form of a report, made once and given out again bit for bit. content: the file, sealed; sha256: of it."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="print")
    made_at = models.DateTimeField()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal",
        "report": "internal",
        "made_at": "internal",
        "content": "sealed",
        "sha256": "internal",
    }


class Objection(models.Model):
    """A person says that a report is wrong; whoever answers looks again, or says why not. said, answer: sealed."""

    class State(models.TextChoices):
        OPEN = "open", "待复核"
        UPHELD = "upheld", "成立，已复核"
        DISMISSED = "dismissed", "不成立"

    key = models.CharField(max_length=LENGTH, unique=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="objections")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="verification_objections")
    item = models.CharField(max_length=12, blank=True)
    said = models.TextField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "key", "report", "party", "item", "made_by", "made_at", "due_on", "state", "answered_by", "answered_at"),
            "internal",
        ),
        "said": "sealed",
        "answer": "sealed",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["report", "party", "item"], condition=Q(state="open"), name="objection_one_open"),
            models.CheckConstraint(condition=~Q(said="") & ~Q(made_by=""), name="objection_says_something"),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True, answered_by="", answer="")
                | (Q(state__in=("upheld", "dismissed"), answered_at__isnull=False) & ~Q(answered_by="") & ~Q(answer="")),
                name="objection_answered_by_somebody",
            ),
        ]
