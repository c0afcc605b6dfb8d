"""What ties people here to families: kin they declared, a mandate to act for somebody, a file opened in an emergency.

Models of this step; `models.py` hands them to Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class KinLink(models.Model):
    """A household that is near to somebody of the staff; all accounts of that person keep their hands off while it holds.

    because: kin was declared by the person; register, address, phone and account are found by comparison. relation: a code of
    `kin.RELATIONS`, for kin. name, id_number: of the relative, sealed; id_index finds the number again. household: the number the
    registry gives it, "" while nobody knows. In force [since, until), until empty while it holds.
    """

    class Because(models.TextChoices):
        KIN = "kin", "近亲属"
        REGISTER = "register", "同一户口"
        ADDRESS = "address", "同一住址"
        PHONE = "phone", "同一电话"
        ACCOUNT = "account", "同一账户"

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="kin_links")
    key = models.CharField(max_length=32, unique=True)
    because = models.CharField(max_length=12, choices=Because.choices)
    relation = models.CharField(max_length=16, blank=True)
    name = models.TextField(blank=True)
    id_number = models.TextField(blank=True)
    id_index = models.CharField(max_length=64, blank=True, db_index=True)
    household = models.CharField(max_length=64, blank=True, db_index=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    told_by = models.CharField(max_length=80)
    ended_by = models.CharField(max_length=80, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "key", "because", "since", "until", "told_by", "ended_by"), "internal"),
        **dict.fromkeys(("person", "relation", "household", "name"), "personal"),
        **dict.fromkeys(("id_number", "id_index"), "sealed"),
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=(Q(because="kin") & ~Q(relation="") & ~Q(id_index=""))
                | (Q(because__in=("register", "address", "phone", "account"), relation="") & ~Q(household="")),
                name="kin_link_says_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="kin_link_ends_after_it_began"
            ),
            models.UniqueConstraint(
                fields=["person", "id_index"], condition=Q(until__isnull=True, because="kin"), name="kin_link_declared_once"
            ),
            models.UniqueConstraint(
                fields=["person", "household", "because"],
                condition=Q(until__isnull=True) & ~Q(because="kin"),
                name="kin_link_found_once",
            ),
        ]


class Mandate(models.Model):
    """Somebody of a household lets another person of it, or an officer, act for them, for these programmes, until an end.

    giver, taker: keys of persons; taker_officer: where it is one of the staff. programmes: codes, sorted; empty means every one.
    paper: the document it rests on. In force [since, until).
    """

    key = models.CharField(max_length=32, unique=True)
    household = models.CharField(max_length=64, db_index=True)
    division_code = models.CharField(max_length=15)
    giver = models.CharField(max_length=80)
    taker = models.CharField(max_length=80, blank=True)
    taker_officer = models.ForeignKey("accounts.Officer", null=True, on_delete=models.PROTECT, related_name="mandates")
    programmes = models.JSONField(default=list)
    paper = models.CharField(max_length=80)
    since = models.DateTimeField()
    until = models.DateTimeField()
    told_by = models.CharField(max_length=80)
    ended_by = models.CharField(max_length=80, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "key", "division_code", "programmes", "since", "until", "told_by", "ended_by"), "internal"),
        **dict.fromkeys(("household", "giver", "taker", "taker_officer", "paper"), "personal"),
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(since__isnull=False, until__gte=F("since")), name="mandate_has_an_end"),
            models.CheckConstraint(
                condition=(~Q(taker="") & Q(taker_officer__isnull=True)) | (Q(taker="") & Q(taker_officer__isnull=False)),
                name="mandate_has_one_taker",
            ),
            models.CheckConstraint(
                condition=~Q(giver="") & ~Q(household="") & ~Q(paper="") & ~Q(giver=F("taker")), name="mandate_says_whose"
            ),
        ]


class Emergency(models.Model):
    """A family elsewhere, opened by somebody for 24 hours because it could not wait; once a person and household, so never renewed.

    own_division: where the opener works; a supervisor there must have seen it by the end of the next day. reason: sealed.
    """

    key = models.CharField(max_length=32, unique=True)
    officer = models.ForeignKey("accounts.Officer", on_delete=models.PROTECT, related_name="emergencies")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="emergencies")
    household = models.CharField(max_length=64, db_index=True)
    division_code = models.CharField(max_length=15)
    own_division = models.CharField(max_length=15)
    reason = models.TextField()
    began_at = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, default="waiting")
    seen_by = models.ForeignKey("accounts.Officer", null=True, on_delete=models.PROTECT, related_name="emergencies_seen")
    seen_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id",
                "key",
                "officer",
                "person",
                "division_code",
                "own_division",
                "began_at",
                "until",
                "state",
                "seen_by",
                "seen_at",
            ),
            "internal",
        ),
        "household": "personal",
        "reason": "personal",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "household"], name="emergency_once_a_person_and_household"),
            models.CheckConstraint(condition=Q(began_at__isnull=False, until__gt=F("began_at")), name="emergency_has_an_end"),
            models.CheckConstraint(
                condition=Q(state="waiting", seen_at__isnull=True, seen_by__isnull=True)
                | Q(state="seen", seen_at__isnull=False, seen_by__isnull=False),
                name="emergency_seen_by_somebody",
            ),
        ]
