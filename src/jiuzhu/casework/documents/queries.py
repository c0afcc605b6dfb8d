"""What may be asked of documents: those of a case, and one with its content, the look written down before it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Viewer, actor, allowed
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.documents.models import Document
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.own_keys import opened_bytes

READ = "documents.read"


def of_case(*, viewer: Viewer, case: Case, at: datetime) -> Sequence[Document]:
    """The documents of a case, newest first and without their content; none where the viewer may not read them."""
    grant = allowed(viewer, READ, on=case_scope(case, viewer), at=at)
    if grant is None or not grant.opens("sensitive"):
        return []
    return list(Document.objects.filter(case=case).defer("content").order_by("-kept_at", "-pk"))


def name_of(document: Document) -> str:
    """How it was called, of one that was asked for before; "" where it was erased."""
    return opened(document.name, column="documents_document.name", row=document.key)


@transaction.atomic
def content_of(*, viewer: Viewer, key: str, at: datetime) -> tuple[str, bytes] | None:
    """Media type and content of one document; None where it is not there, out of reach, or erased (A3)."""
    found = Document.objects.select_related("case").filter(key=key).first()
    grant = None if found is None else allowed(viewer, READ, on=case_scope(found.case, viewer), at=at)
    if found is None or grant is None or not grant.opens("sensitive"):
        return None
    content = opened_bytes(bytes(found.content), name="document.content", about=key)
    on = Subject("document", key, found.case.division_code, found.case.household_key, found.case.key)
    record(READ, by=actor(viewer, grant), at=at, on=on, purpose=grant.purpose)
    return None if content is None else (found.media, content)
