"""The operations of the interface: each reads a signed request, calls one action, and answers in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from jiuzhu.casework.accounts import declared
from jiuzhu.casework.clients import answering, handing
from jiuzhu.casework.clients.hearing import heard
from jiuzhu.casework.clients.models import Client
from jiuzhu.casework.clients.refusals import Refused
from jiuzhu.crypto.signed_requests import DIGEST, INPUT, SIGNATURE, NotSigned, read_signed
from jiuzhu.portals.api import schemas
from jiuzhu.portals.api.schemas import Misshapen, Schema
from jiuzhu.rules.tree import Title

LARGEST = 65_536  # bytes of a body
STATUS: Mapping[str, int] = {
    "unsigned": 401, "late": 401, "replayed": 409, "quota": 429, "purpose": 403, "not_authorised": 403, "unknown": 404,
    "other_content": 409, "moved_on": 409, "place": 422, "misshapen": 422, "large": 413, "method": 405,
}  # fmt: skip
Said = Mapping[str, Any]
Does = Callable[[Client, Said, str, datetime], tuple[int, dict[str, Any]]]


@dataclass(frozen=True)
class Operation:
    """One thing a client may do. takes: schema of the body, None where there is none. gives: of the answer; statuses: of success."""

    name: str
    method: str
    title: Title
    takes: Schema | None
    gives: Schema
    does: Does
    statuses: tuple[int, ...] = (200,)


def _answer(client: Client, said: Said, _path: str, at: datetime) -> tuple[int, dict[str, Any]]:
    told = answering.answer(
        client,
        purpose=said["purpose"],
        authorisation=said["authorisation"],
        id_number=said["id_number"],
        name=said["name"],
        at=at,
    )
    items = [{"code": code, "title": _both(title), "says": says} for code, title, says in told.items]
    return 200, {"result": told.result, "sentence": _both(told.sentence), "items": items, "as_of": told.as_of}


def _apply(client: Client, said: Said, _path: str, at: datetime) -> tuple[int, dict[str, Any]]:
    made, is_new = handing.hand_in_application(client, case_number=said["case_number"], said=said, at=at)
    return 201 if is_new else 200, {"case_number": said["case_number"], "application": made.key, "state": made.walk.state}


def _standing(client: Client, _said: Said, case_number: str, at: datetime) -> tuple[int, dict[str, Any]]:
    made = handing.state_of(client, case_number=case_number, at=at)
    return 200, {"case_number": case_number, "application": made.key, "state": made.walk.state}


def _intake(client: Client, _said: Said, _path: str, at: datetime) -> tuple[int, dict[str, Any]]:
    told = [
        {
            "case_number": one.case_number, "need": one.need, "asked": one.asked, "who": one.who, "answers": dict(one.answers),
            "state": one.state, "due_on": one.due_on.isoformat() if one.due_on else None,
        }
        for one in handing.intake(client, at=at)
    ]  # fmt: skip
    return 200, {"referrals": told}


def _result(client: Client, said: Said, _path: str, at: datetime) -> tuple[int, dict[str, Any]]:
    told, is_new = handing.hand_in_result(client, case_number=said["case_number"], said=said, at=at)
    return 201 if is_new else 200, {"case_number": told.key, "state": told.answer}


OPERATIONS: Mapping[str, Operation] = {
    one.name: one
    for one in (
        Operation("answers", "POST", Title("核对一个人", "Ask about one person"), schemas.ASKED, schemas.ANSWERED, _answer),
        Operation(
            "applications", "POST", Title("转来一份申请", "Hand in an application"), schemas.APPLIED, schemas.STANDING, _apply, (200, 201)
        ),
        Operation("application", "GET", Title("看转来的申请办到哪一步", "See how it stands"), None, schemas.STANDING, _standing),
        Operation("referrals", "GET", Title("取走转介给本部门的事项", "Fetch what is referred to you"), None, schemas.INTAKE, _intake),
        Operation("results", "POST", Title("送回办理结果", "Hand in a result"), schemas.RESULT, schemas.TAKEN, _result, (200, 201)),
    )
}  # fmt: skip


def of_clients(name: str) -> declared.View:
    """The operation as an address: anyone may knock, and who signs with a registered key is heard."""
    one = OPERATIONS[name]

    @wraps(one.does)
    def asked(request: HttpRequest, case_number: str = "") -> HttpResponse:
        at: datetime = request.asked_at  # type: ignore[attr-defined]
        try:
            client = heard(_signed(request, one), does=one.name, at=at)
            status, told = one.does(client, _said(request, one), case_number, at)
        except (Refused, Misshapen) as refusal:
            code = refusal.code if isinstance(refusal, Refused) else "misshapen"
            return JsonResponse({"code": code, "says": str(refusal)}, status=STATUS[code])
        return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})

    return declared.does("clients.ask", login_not_required(csrf_exempt(asked)))


def _signed(request: HttpRequest, one: Operation) -> Any:
    if request.method != one.method:
        raise Refused("method", f"use {one.method}")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST or len(request.body) > LARGEST:
        raise Refused("large", f"a body has at most {LARGEST} bytes")
    headers = {name: request.headers.get(name, "") for name in (DIGEST, INPUT, SIGNATURE)}
    try:
        return read_signed(one.method, request.path, request.body, headers)
    except NotSigned as wrong:
        raise Refused("unsigned", str(wrong)) from None


def _said(request: HttpRequest, one: Operation) -> Said:
    if one.takes is None:
        return {}
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Misshapen("body: write JSON in UTF-8") from None
    schemas.check(told, one.takes)
    found: Said = told
    return found


def _both(title: Title) -> dict[str, str]:
    return {"zh": title.zh, "en": title.en}
