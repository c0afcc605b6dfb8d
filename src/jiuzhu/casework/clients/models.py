"""What is kept of clients: their keys and what they may ask, each call by its number, and what they handed in by their case number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.referrals.models import Referral


class Client(models.Model):
    """One system of one department. It is registered by one person and opened by another; a new key is a new client.

    code: by which it signs. department: of catalogue/verification/templates, `client`. office: whose referrals it answers, null for
    none. public_key: PEM. businesses: codes of templates, each a purpose; items: codes it may hear about, "" for all of these.
    per_day: calls on one day of this place.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待开通"
        ACTIVE = "active", "已开通"
        SUSPENDED = "suspended", "已停用"

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=80)
    department = models.CharField(max_length=24)
    division_code = models.CharField(max_length=12)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="clients")
    public_key = models.TextField()
    fingerprint = models.CharField(max_length=32)
    businesses = models.CharField(max_length=200)
    items = models.CharField(max_length=400, blank=True)
    per_day = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    registered_by = models.CharField(max_length=80)
    registered_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80, blank=True)
    opened_at = models.DateTimeField(null=True)
    suspended_by = models.CharField(max_length=80, blank=True)
    suspended_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        (
            "id", "code", "title", "department", "division_code", "office", "public_key", "fingerprint", "businesses", "items", "per_day",
            "state", "registered_by", "registered_at", "opened_by", "opened_at", "suspended_by", "suspended_at",
        ),
        "internal",
    )  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(public_key="") & ~Q(businesses="") & ~Q(registered_by=""), name="client_is_registered"
            ),
            models.CheckConstraint(condition=Q(per_day__isnull=False, per_day__gte=1), name="client_has_a_quota"),
            models.CheckConstraint(
                condition=Q(state="waiting", opened_at__isnull=True, suspended_at__isnull=True)
                | (Q(state="active", opened_at__isnull=False, suspended_at__isnull=True) & ~Q(opened_by=""))
                | (Q(state="suspended", suspended_at__isnull=False) & ~Q(suspended_by="")),
                name="client_state_by_somebody",
            ),
            models.CheckConstraint(condition=Q(opened_by="") | ~Q(opened_by=F("registered_by")), name="client_opened_by_another"),
        ]


class Call(models.Model):
    """One signed request, by the number its client gave it; written before anything is looked at, so that it is heard once."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="calls")
    number = models.CharField(max_length=64)
    day = models.DateField()
    at = models.DateTimeField()
    does = models.CharField(max_length=24)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "client", "number", "day", "at", "does"), "internal")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["client", "day"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["client", "number"], name="call_once_a_number")
        ]


class Handed(models.Model):
    """What a client handed in under a case number of its own: an application, or the result of a referral. digest: of what it said."""

    class Kind(models.TextChoices):
        APPLICATION = "application", "申请"
        RESULT = "result", "办理结果"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="handed")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    case_number = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, null=True, related_name="handed")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="handed")
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "client", "kind", "case_number", "digest", "application", "referral", "at"), "internal"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["client", "kind", "case_number"], name="handed_once_a_case_number"),
            models.CheckConstraint(
                condition=Q(kind="application", application__isnull=False, referral__isnull=True)
                | Q(kind="result", application__isnull=True, referral__isnull=False),
                name="handed_is_what_it_says",
            ),
        ]
