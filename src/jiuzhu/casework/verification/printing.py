"""The printed report: made once from the frozen statement, kept sealed, and given out again bit for bit.

Its code leads to a page that says what was issued under that number, so that a changed paper is found out without an account.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.db import transaction

from jiuzhu.casework.accounts.permissions import Viewer, actor, require
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.own_keys import opened_bytes, sealed_bytes
from jiuzhu.casework.verification import wording
from jiuzhu.casework.verification.models import Print, Report
from jiuzhu.casework.verification.reporting import statement_of
from jiuzhu.registry import public

CONTENT = "verification_print.content"
FONT = "Noto Serif CJK SC"
SHORT = 16  # characters of the digest that the code carries and the paper shows


class CannotPrint(Exception):
    """The machine lacks what printing needs; the report itself stands."""


@transaction.atomic
def printed(report: Report, *, by: Viewer, at: datetime) -> bytes:
    """The PDF of a report, the same bytes each time; taking it is an event. Raises NotAllowed, CannotPrint."""
    grant = require(by, "verification.read", on=case_scope(report.case, by), at=at)
    kept = Print.objects.filter(report=report).first() or _made(report, at)
    on = Subject("report", report.key, report.division_code, report.case.household_key, report.case.key)
    record("verification.print", by=actor(by, grant), at=at, on=on, purpose=grant.purpose, after={"sha256": kept.sha256})
    return opened_bytes(bytes(kept.content), name=CONTENT, about=report.key) or b""


def address_of(report: Report) -> str:
    """What the code leads to."""
    return f"{settings.PUBLIC_ADDRESS}/help/check/{report.number}/{report.digest[:SHORT]}/"


def _made(report: Report, at: datetime) -> Print:
    content = drawn(report)
    kept = sealed_bytes(content, of=report.case.key, name=CONTENT, about=report.key)
    return Print.objects.create(report=report, made_at=at, content=kept, sha256=hashlib.sha256(content).hexdigest())


def drawn(report: Report) -> bytes:
    """Drawn anew from the statement. Raises CannotPrint."""
    try:
        import typst
    except ImportError:
        raise CannotPrint("the part that prints is not installed; run: make install") from None
    fonts = [str(folder) for folder in settings.PRINT_FONTS if Path(folder).is_dir()]
    if not any(Path(folder).glob("NotoSerifCJK*") for folder in fonts):
        raise CannotPrint("no Chinese font is installed; as root: apt-get install fonts-noto-cjk")
    told = json.dumps(_page(report), ensure_ascii=False)
    template = Path(__file__).with_name("report.typ")
    made: bytes = typst.compile(
        str(template), font_paths=fonts, ignore_system_fonts=True, sys_inputs={"said": told}, format="pdf", timestamp=0
    )
    return made


def _page(report: Report) -> Mapping[str, Any]:
    said = statement_of(report)
    code = io.BytesIO()
    segno.make(address_of(report), error="m").save(code, kind="svg", scale=4, border=1)
    people = [one["person"] for one in said["people"]]
    groups, plain = wording.groups(said, "zh")
    return {
        "font": FONT, "number": report.number, "title": wording.TITLES[report.kind].zh, "people": people,
        "under": wording.under(said, public.division_name(report.division_code), "zh"),
        "head": ["核对项目", "数据日", *(one["name"] or wording.placed(at, "zh") for at, one in enumerate(said["people"], start=1))],
        "groups": [
            {"title": group.title, "rows": [_row(row) for row in group.rows]} for group in groups
        ],
        "plain": plain,
        "limits_title": "与当日限额比较", "limits": [_limit(one) for one in wording.limits(said, "zh")],
        "end_title": "说明", "end": wording.end(said, "zh"),
        "check": f"扫码验真  {report.digest[:SHORT]}", "code": code.getvalue().decode(),
    }  # fmt: skip


def _row(row: wording.Line) -> Mapping[str, Any]:
    cells: Sequence[Mapping[str, str]] = [
        {"found": cell.found, "state": cell.state, "word": cell.word, "told": "  ".join(cell.told)} for cell in row.cells
    ]
    return {"title": row.title, "day": row.day, "cells": cells}


def _limit(one: wording.Limited) -> Mapping[str, str]:
    return {"title": one.title, "found": one.found, "limit": one.limit, "state": one.word}
