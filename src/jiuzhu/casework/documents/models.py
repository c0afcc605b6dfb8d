"""What is kept of a document: what it is of, by whom it came, its hash; name and content are sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.keys import LENGTH
from jiuzhu.casework.parties.models import Party

DIGEST = 64  # characters of a SHA-256


class Document(models.Model):
    """One page that was brought, or one file that was made here. It is never changed; a better one is another document.

    kind: a paper of the application form, or a word of the step that made it. party: whom it is about, null for the family. name: as
    it was called, sealed. content: sealed under the case's own key. digest: SHA-256 of what is kept, so of a picture as it was drawn
    anew. source: how it came. by: who kept it.
    """

    class Source(models.TextChoices):
        PHOTO = "photo", "拍照"
        SCAN = "scan", "窗口扫描"
        MADE = "made", "系统生成"

    key = models.CharField(max_length=LENGTH, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="documents")
    kind = models.CharField(max_length=32)
    name = models.TextField(blank=True)
    media = models.CharField(max_length=24)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=DIGEST)
    content = models.BinaryField()
    source = models.CharField(max_length=8, choices=Source.choices)
    by = models.CharField(max_length=80)
    kept_at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "key", "case", "party", "media", "size", "source", "by", "kept_at"), "internal"),
        "kind": "personal", "digest": "personal", "name": "sealed", "content": "sealed",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "kind"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "kind", "digest"], name="document_once_a_case"),
            models.CheckConstraint(condition=~Q(kind="") & ~Q(by="") & Q(size__gte=1), name="document_is_something"),
            models.CheckConstraint(condition=Q(source__in=("photo", "scan", "made")), name="document_came_somehow"),
            models.CheckConstraint(
                condition=Q(media="image/jpeg") | Q(source="made", media="application/pdf"), name="document_of_a_safe_kind"
            ),
        ]
