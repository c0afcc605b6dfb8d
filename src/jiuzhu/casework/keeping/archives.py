"""The electronic file of a case (电子档案): everything in it, an index with the hash of each part, and until when it is kept.

It leaves as one zip that anybody can check without the platform: `sha256sum -c SHA256SUMS`, and the signature of the index under the
platform's public key, which lies beside it. Making one is an event; its bytes are the same for the same state of the case and instant.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from jiuzhu.casework.accounts.permissions import Viewer, actor, require
from jiuzhu.casework.applications.kept import answers_of
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.cases.actions import subject
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.decisions import freezing
from jiuzhu.casework.decisions import queries as decisions
from jiuzhu.casework.decisions.models import Conference, Decision, Hearing, Proposal
from jiuzhu.casework.documents.models import Document
from jiuzhu.casework.keeping.declared import keeping
from jiuzhu.casework.notices.letters import CONTENT as LETTER
from jiuzhu.casework.notices.letters import SIGNATURE as LETTER_SIGNATURE
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.payments.models import Instruction, Recovery, Term
from jiuzhu.casework.reviews.models import LifeEvent, Review
from jiuzhu.casework.trace.actions import record
from jiuzhu.casework.trace.models import Event, EventSubject
from jiuzhu.casework.trace.own_keys import opened_bytes
from jiuzhu.casework.trace.sealing import signing_key
from jiuzhu.casework.verification.models import Print, Report
from jiuzhu.casework.verification.printing import CONTENT as PRINT
from jiuzhu.casework.verification.reporting import statement_of
from jiuzhu.casework.visits.models import Photo, Visit
from jiuzhu.rules.tree import Title

EXPORT = "family.export"
INDEX, SUMS, SIGNATURE, KEY, HOW = "index.json", "SHA256SUMS", "index.sig", "key.pem", "CHECK.txt"
KINDS = {
    "application": Title("申请", "Application"), "document": Title("材料", "Document"), "visit": Title("入户调查", "Visit"),
    "report": Title("核对报告", "Verification report"), "proposal": Title("审核意见及依据", "Proposal and what it stands on"),
    "decision": Title("决定、听取意见、会商", "Decisions, hearings, conferences"), "letter": Title("文书", "Letter"),
    "money": Title("待遇和发放", "Benefits and payments"), "after": Title("复核、变动、追回", "Reviews, life events, recoveries"),
    "record": Title("办理记录", "Record of acts"),
}  # fmt: skip
CHECK = """How to check this file without the platform / 不用平台怎样核验

1. sha256sum -c SHA256SUMS
   Every part is as it was when the file was made. / 每一份与归档时一致。
2. openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in index.json -sigfile index.sig
   The index, and with it the hash of every part, was signed by the platform whose public key is key.pem; compare its fingerprint with
   the one the office publishes. / 目录由持有该公钥的平台签名；公钥指纹与单位公布的核对。
"""


@dataclass(frozen=True)
class Part:
    """One part of the file. kind: of KINDS. name: of its file."""

    kind: str
    name: str
    day: date
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Archive:
    """A case as it is kept. kept_until: None while the case is open, from whose end the time counts."""

    case: Case
    parts: tuple[Part, ...]
    kept_until: date | None


@transaction.atomic
def archive(*, case: Case, viewer: Viewer, at: datetime) -> Archive:
    """Everything in the file of a case, and that it was put together. Raises NotAllowed."""
    grant = require(viewer, EXPORT, on=case_scope(case, viewer), at=at, purpose="casework")
    parts = tuple(sorted(_parts(case), key=lambda one: (list(KINDS).index(one.kind), one.day, one.name)))
    record(EXPORT, by=actor(viewer, grant), at=at, on=subject(case), purpose=grant.purpose, after={"parts": len(parts)})
    ends = local_day(keeping()["case"].ends(case.closed_at)) if case.closed_at else None
    return Archive(case, parts, ends)


def index(of: Archive, *, at: datetime) -> bytes:
    """What is in the file, in order, each part with its hash."""
    told = {
        "form": 1, "case": of.case.key, "division": of.case.division_code, "made_at": at.isoformat(),
        "kept_until": of.kept_until.isoformat() if of.kept_until else None,
        "kept_months": keeping()["case"].months, "kept_by": keeping()["case"].title.zh,
        "parts": [
            {
                "number": number, "kind": one.kind, "title": KINDS[one.kind].zh, "day": one.day.isoformat(), "file": one.name,
                "sha256": one.digest, "size": len(one.content),
            }
            for number, one in enumerate(of.parts, start=1)
        ],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()


def zipped(of: Archive, *, at: datetime) -> bytes:
    """The file as one zip, the same bytes for the same parts and instant."""
    listed, key = index(of, at=at), signing_key()
    files: list[tuple[str, bytes]] = [(one.name, one.content) for one in of.parts]
    files += [(INDEX, listed), (SIGNATURE, key.sign(listed)), (KEY, key.public.as_pem()), (HOW, CHECK.encode())]
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in (*files, (SUMS, sums.encode())):
            made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return target.getvalue()


def _parts(case: Case) -> Iterator[Part]:
    for application in Application.objects.filter(case=case).order_by("pk"):
        if answers := answers_of(application):
            told = {"number": application.number, "answers": answers}
            yield _json("application", application.key, application.submitted_at or application.begun_at, told)
    yield from _papers(case)
    for report in Report.objects.filter(case=case).order_by("pk"):
        yield _json("report", report.number, report.issued_at, statement_of(report))
        for paper in Print.objects.filter(report=report):
            content = opened_bytes(bytes(paper.content), name=PRINT, about=report.key)
            if content:
                yield Part("report", f"report/{report.number}.pdf", local_day(paper.made_at), content)
    for item in case.items.order_by("pk"):
        for proposal in item.proposals.select_related("rulebook").order_by("number"):
            yield _proposal(proposal)
    yield _decided(case)
    for notice in Notice.objects.filter(case=case).order_by("pk"):
        content = opened(notice.content, column=LETTER, row=notice.key)
        if content:
            signature = opened(notice.signature, column=LETTER_SIGNATURE, row=notice.key)
            told = {"signed": json.loads(content), "signature": signature}
            yield _json("letter", notice.number, notice.given_at, told)
    yield _money(case)
    yield _after(case)
    yield _acts(case)


def _papers(case: Case) -> Iterator[Part]:
    """Pages that were brought, and visits with their photographs."""
    for page in Document.objects.filter(case=case).order_by("pk"):
        content = opened_bytes(bytes(page.content), name="document.content", about=page.key)
        if content:
            ending = "pdf" if page.media == "application/pdf" else "jpg"
            yield Part("document", f"document/{page.key}.{ending}", local_day(page.kept_at), content)
    for visit in Visit.objects.filter(case=case).order_by("pk"):
        answers = json.loads(opened(visit.answers, column="visit.answers", row=visit.key) or "{}")
        yield _json("visit", visit.key, visit.ended_at, {"form": visit.form, "outcome": visit.outcome, "answers": answers})
        for photo in Photo.objects.filter(visit=visit).order_by("number"):
            content = opened_bytes(bytes(photo.content), name="photo.content", about=photo.key)
            if content:
                yield Part("visit", f"visit/{visit.key}-{photo.number}.jpg", local_day(visit.ended_at), content)


def _proposal(proposal: Proposal) -> Part:
    frozen = freezing.opened(proposal)
    told: dict[str, Any] = {
        "programme": proposal.item.programme,
        "rulebook": proposal.rulebook.version,
        "reason": decisions.reason(proposal),
    }
    if frozen is not None:
        told |= {"facts": frozen.facts, "sources": frozen.sources, "others": frozen.others, "assessment": frozen.told}
    return _json("proposal", proposal.key, proposal.at, told)


def _decided(case: Case) -> Part:
    made = [
        {
            "item": one.item.key,
            "step": one.step,
            "fen": one.fen,
            "from": one.from_month,
            "by": one.by,
            "at": one.at,
            "reason": decisions.reason(one),
        }
        for one in Decision.objects.filter(item__case=case).select_related("item").order_by("pk")
    ]
    heard = [
        {"item": one.item.key, "plans": one.plans, "on": one.held_on, **decisions.hearing(one)}
        for one in Hearing.objects.filter(item__case=case).select_related("item").order_by("pk")
    ]
    sat = [
        {"item": one.item.key, "on": one.held_on, "participants": one.participants, "fen": one.fen, **decisions.conference(one)}
        for one in Conference.objects.filter(item__case=case).select_related("item").order_by("pk")
    ]
    return _json("decision", "decisions", case.opened_at, {"decisions": made, "hearings": heard, "conferences": sat})


def _money(case: Case) -> Part:
    terms = Term.objects.filter(grant__case=case).order_by("grant", "number")
    paid = Instruction.objects.filter(grant__case=case).order_by("pk")
    told = {
        "terms": list(terms.values("grant__key", "grant__programme", "number", "kind", "from_month", "fen", "decision")),
        "payments": list(paid.values("number", "grant__key", "month", "kind", "fen", "state", "paid_on")),
    }  # fmt: skip
    return _json("money", "money", case.opened_at, told)


def _after(case: Case) -> Part:
    told = {
        "reviews": list(Review.objects.filter(case=case).order_by("pk").values("key", "kind", "state", "due_on", "closed_at", "advised_fen")),
        "life_events": list(LifeEvent.objects.filter(case=case).order_by("pk").values("key", "kind", "state", "happened_on")),
        "recoveries": list(Recovery.objects.filter(case=case).order_by("pk").values("key", "cause", "fen", "decided_fen", "walk__state", "ground")),
    }  # fmt: skip
    return _json("after", "after", case.opened_at, told)


def _acts(case: Case) -> Part:
    """Who did what when: codes, as the record of acts keeps them."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("at", "operation", "by", "role", "outcome"))
    among = EventSubject.objects.filter(case_key=case.key).values("event")
    for event in Event.objects.filter(Q(case_key=case.key) | Q(pk__in=among)).order_by("at", "pk"):
        rows.writerow((event.at.isoformat(), event.operation, event.who, event.role, event.outcome))
    return Part("record", "record/acts.csv", local_day(case.opened_at), text.getvalue().encode())


def _json(kind: str, name: str, at: datetime, told: Mapping[str, Any]) -> Part:
    content = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode()
    return Part(kind, f"{kind}/{name}.json", local_day(at), content)
