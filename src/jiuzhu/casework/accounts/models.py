"""What is kept of those who work here: people, their accounts, offices, grids, roles with an end, and what was delegated.

Roles and delegations are never removed and change only by ending earlier; triggers refuse everything else (`guards.py`).
Which roles, operations and purposes there are is said by the catalogue; here they are codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Substr
from django.db.models.lookups import Exact, In

from jiuzhu.rules.permissions import ADMINISTRATORS, CASEWORK

ENDED_TOGETHER = Q(ended_by="", ended_because="") | (~Q(ended_by="") & ~Q(ended_because=""))
HAS_AN_END = Q(since__isnull=False, until__isnull=False, until__gte=F("since"))


class Person(models.Model):
    """Somebody of the staff. duty: fixed for good; nobody who runs, guards or audits the system does casework, under any account."""

    class Duty(models.TextChoices):
        CASEWORK = CASEWORK, "救助业务"
        SYSTEM = ADMINISTRATORS[0], "系统管理"
        SECURITY = ADMINISTRATORS[1], "安全管理"
        AUDIT = ADMINISTRATORS[2], "审计管理"

    staff_number = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    duty = models.CharField(max_length=24, choices=Duty.choices, default=Duty.CASEWORK)

    levels: ClassVar[Mapping[str, str]] = {"id": "internal", "staff_number": "internal", "name": "internal", "duty": "internal"}

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(staff_number=""), name="person_has_a_number"),
            models.CheckConstraint(condition=Q(duty__in=(CASEWORK, *ADMINISTRATORS)), name="person_has_a_duty"),
        ]


class Office(models.Model):
    """A department in a division: 民政 of 370502, 医疗保障 of 370500. tier: of the division, as in `vocabulary.division`."""

    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=15)
    tier = models.CharField(max_length=12)
    name = models.CharField(max_length=80)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "open", "department": "open", "division_code": "open", "tier": "open", "name": "open",
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["department", "division_code"], name="office_once_in_a_division"),
            models.CheckConstraint(
                condition=Q(In(Length("division_code"), [6]), tier__in=("nation", "province", "prefecture", "county"))
                | Q(Exact(Length("division_code"), 9), tier="township")
                | Q(Exact(Length("division_code"), 12), tier="village"),
                name="office_tier_of_its_division",
            ),
        ]


class Grid(models.Model):
    """A part of a village that one grid worker walks. code: that of the village and three digits. In force [since, until)."""

    code = models.CharField(max_length=15, unique=True)
    village_code = models.CharField(max_length=12, db_index=True)
    name = models.CharField(max_length=60)
    since = models.DateField()
    until = models.DateField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "open", "code": "open", "village_code": "open", "name": "open", "since": "open", "until": "open",
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(Exact(Length("code"), 15), village_code=Substr("code", 1, 12)), name="grid_below_its_village"
            ),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="grid_ends_after_it_began"),
        ]


class OfficerManager(BaseUserManager["Officer"]):
    def create_officer(self, account: str, password: str, **kept: Any) -> Officer:
        officer = self.model(account=account, **kept)
        officer.set_password(password)
        officer.save(using=self._db)
        return officer


class Officer(AbstractBaseUser):
    """One account of one person. What it may do follows from its roles (`Assignment`) and from what was delegated to it."""

    account = models.CharField(max_length=40, unique=True)
    display_name = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accounts")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "account"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = OfficerManager()
    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "account": "internal", "display_name": "internal", "person": "internal",
        "is_active": "internal", "last_login": "internal", "password": "sealed",
    }  # fmt: skip


class Assignment(models.Model):
    """One role of an account in one division, in force [since, until). Never removed; ending moves `until` forward in time.

    duty: that of the role. A row whose duty is not that of the account's person gives nothing.
    """

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="assignments")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=40)
    duty = models.CharField(max_length=24)
    division_code = models.CharField(max_length=15)
    since = models.DateTimeField()
    until = models.DateTimeField()
    given_by = models.CharField(max_length=80)
    ended_by = models.CharField(max_length=80, blank=True)
    ended_because = models.CharField(max_length=200, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "officer": "internal", "office": "internal", "role": "internal", "duty": "internal",
        "division_code": "internal", "since": "internal", "until": "internal", "given_by": "internal",
        "ended_by": "internal", "ended_because": "internal",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["division_code", "role"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["officer", "role", "division_code", "since"], name="assignment_once"),
            models.CheckConstraint(condition=HAS_AN_END, name="assignment_has_an_end"),
            models.CheckConstraint(
                condition=Q(role__in=ADMINISTRATORS, duty=F("role")) | (~Q(role__in=(*ADMINISTRATORS, "")) & Q(duty=CASEWORK)),
                name="assignment_duty_of_its_role",
            ),
            models.CheckConstraint(condition=ENDED_TOGETHER, name="assignment_ended_by_somebody_for_a_reason"),
        ]


class Delegation(models.Model):
    """What an account lets another one do by one of its own roles, in that division or below it, in force [since, until).

    operation: the only one that is handed on; "" hands on all of the role. It never reaches further than the role itself does:
    it ends with it, and cannot be handed on again.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="delegations")
    taker = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="delegations")
    operation = models.CharField(max_length=60, blank=True)
    division_code = models.CharField(max_length=15)
    since = models.DateTimeField()
    until = models.DateTimeField()
    because = models.CharField(max_length=200)
    ended_by = models.CharField(max_length=80, blank=True)
    ended_because = models.CharField(max_length=200, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "assignment": "internal", "taker": "internal", "operation": "internal",
        "division_code": "internal", "since": "internal", "until": "internal", "because": "internal",
        "ended_by": "internal", "ended_because": "internal",
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["assignment", "taker", "operation", "division_code", "since"], name="delegation_once"
            ),
            models.CheckConstraint(condition=HAS_AN_END, name="delegation_has_an_end"),
            models.CheckConstraint(condition=~Q(because=""), name="delegation_has_a_reason"),
            models.CheckConstraint(condition=ENDED_TOGETHER, name="delegation_ended_by_somebody_for_a_reason"),
        ]


# Django finds the models of a step by this module.
from jiuzhu.casework.accounts.bonds import Emergency, KinLink, Mandate  # noqa: E402
from jiuzhu.casework.accounts.entrances import OutsideName, SecondFactor, Session, Tries  # noqa: E402

__all__ = [
    "Assignment", "Delegation", "Emergency", "Grid", "KinLink", "Mandate", "Office", "Officer", "OutsideName", "Person",
    "SecondFactor", "Session", "Tries",
]  # fmt: skip
