"""What is kept of an officer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class OfficerManager(BaseUserManager["Officer"]):
    def create_officer(self, account: str, password: str, **kept: Any) -> Officer:
        officer = self.model(account=account, **kept)
        officer.set_password(password)
        officer.save(using=self._db)
        return officer


class Officer(AbstractBaseUser):
    """One person with one role in one division; everything seen lies inside that division.

    division_code: 6, 9 or 12 digits; an officer sees what its code begins.
    """

    class Role(models.TextChoices):
        TOWNSHIP = "township_officer", "乡镇经办"
        COUNTY = "county_officer", "县级审核"
        STEWARD = "data_steward", "数据管理"
        AUDITOR = "auditor", "审计监督"

    account = models.CharField(max_length=40, unique=True)
    display_name = models.CharField(max_length=40)
    role = models.CharField(max_length=24, choices=Role.choices)
    division_code = models.CharField(max_length=12)
    division_name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "account"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = OfficerManager()
