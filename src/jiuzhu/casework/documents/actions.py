"""What may be done with documents: keep one. It is part of the act that brings it, which asks for permission and records it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts.permissions import Viewer, key_of
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.documents.models import Document
from jiuzhu.casework.documents.pictures import NotAPicture, redrawn
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.trace.own_keys import sealed_bytes

JPEG, PDF = "image/jpeg", "application/pdf"
LARGEST_MADE = 20_000_000  # bytes
LONGEST_NAME = 120


class NotKept(ValueError):
    """The file is not one that is kept: too large, or of no kind that is safe to open again."""


def keep(
    content: bytes, *, kind: str, name: str, case: Case, party: Party | None = None, source: str, by: Viewer, at: datetime
) -> Document:
    """Keep a document of a case; the same page of the same kind twice is one.

    What was brought (`photo`, `scan`) is a picture and is drawn anew from its pixels, so that nothing else of the file comes in. What
    was made here (`made`) is a PDF and stays as it is, byte by byte. Raises NotKept.
    """
    media, kept = _of_a_kind(content, made=source == Document.Source.MADE)
    digest, key = hashlib.sha256(kept).hexdigest(), new_key("F")
    known = Document.objects.filter(case=case, kind=kind, digest=digest)
    try:
        with transaction.atomic():
            return known.first() or Document.objects.create(
                key=key,
                case=case,
                party=party,
                kind=kind,
                name=sealed(name.strip()[:LONGEST_NAME], column="documents_document.name", row=key, of=case.key),
                media=media,
                size=len(kept),
                digest=digest,
                content=sealed_bytes(kept, of=case.key, name="document.content", about=key),
                source=source,
                by=key_of(by),
                kept_at=at,
            )
    except IntegrityError:  # the same page was handed in twice at once
        return known.get()


def _of_a_kind(content: bytes, *, made: bool) -> tuple[str, bytes]:
    if not made:
        try:
            return JPEG, redrawn(content).content
        except NotAPicture as error:
            raise NotKept(str(error)) from error
    if not content.startswith(b"%PDF-") or len(content) > LARGEST_MADE:
        raise NotKept(f"what was made is no PDF, or has {len(content):,} bytes; at most {LARGEST_MADE:,} are kept")
    return PDF, content
