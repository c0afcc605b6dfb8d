"""What is kept of a person casework met. Names, numbers and contacts are sealed; an exact id number is found by its keyed index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuzhu.casework.parties.keys import LENGTH


class Party(models.Model):
    """One person. registry_person: the number the registry knows them by, "" for who is unknown there.

    registry_household: the household in which the newest release saw them, "" for none. name, id_number, phone, address: sealed
    for this row, "" where not known. id_index: keyed index of the id number, "" without one. proved_by: what says that they are
    who they are; paper seen by an officer outranks a delivery. erased_at: when name, number and contacts were emptied for good.
    """

    class Proof(models.TextChoices):
        DELIVERY = "delivery", "部门数据"
        PAPER = "paper", "查验证件"
        DECLARED = "declared", "本人申报"

    key = models.CharField(max_length=LENGTH, unique=True)
    registry_person = models.CharField(max_length=64, blank=True)
    registry_household = models.CharField(max_length=64, blank=True)
    name = models.TextField(blank=True)
    id_number = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    address = models.TextField(blank=True)
    id_index = models.CharField(max_length=64, blank=True)
    proved_by = models.CharField(max_length=12, choices=Proof.choices)
    met_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "key": "internal", "registry_person": "personal", "registry_household": "personal",
        "name": "sealed", "id_number": "sealed", "phone": "sealed", "address": "sealed", "id_index": "sealed",
        "proved_by": "internal", "met_at": "internal", "erased_at": "internal",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["registry_household"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["registry_person"], condition=~Q(registry_person=""), name="party_once_a_person"),
            models.UniqueConstraint(fields=["id_index"], condition=~Q(id_index=""), name="party_once_a_number"),
            models.CheckConstraint(
                condition=Q(id_number="", id_index="") | (~Q(id_number="") & ~Q(id_index="")), name="party_number_is_found"
            ),
            models.CheckConstraint(condition=Q(proved_by__in=("delivery", "paper", "declared")), name="party_proved"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(name="", id_number="", phone="", address="", id_index=""),
                name="party_erased_is_empty",
            ),
        ]
