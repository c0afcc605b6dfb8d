"""The OpenAPI document of the interface, made from the operations themselves."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts import declared
from jiuzhu.portals.api.schemas import CASE_NUMBER, PROBLEM
from jiuzhu.portals.api.views import OPERATIONS, STATUS, Operation

PLACE = "CASE"
SIGNED = (
    "HTTP Message Signatures (RFC 9421) with ed25519 over \"@method\" \"@path\" \"content-digest\", in that order; created, a nonce used "
    "once, and keyid, the code of your client. Content-Digest is sha-256 (RFC 9530), of an empty body too."
)  # fmt: skip


def document() -> dict[str, Any]:
    """OpenAPI 3.1: paths, what each takes and gives, and every refusal."""
    paths: dict[str, Any] = {}
    for one in OPERATIONS.values():
        address = reverse(f"api-{one.name}", args=[PLACE]) if one.name == "application" else reverse(f"api-{one.name}")
        paths.setdefault(address.replace(PLACE, "{case_number}"), {})[one.method.lower()] = _described(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "久助 部门接口 / Jiuzhu for other departments", "version": "1", "description": SIGNED},
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM},
            "securitySchemes": {"signed": {"type": "apiKey", "in": "header", "name": "Signature", "description": SIGNED}},
        },
        "security": [{"signed": []}],
    }


def _described(one: Operation) -> dict[str, Any]:
    problem = {"description": "says why", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    given = {"description": one.title.zh, "content": {"application/json": {"schema": one.gives}}}
    told: dict[str, Any] = {
        "operationId": one.name,
        "summary": f"{one.title.zh} / {one.title.en}",
        "responses": {
            **{str(status): given for status in one.statuses},
            **{str(status): problem for status in sorted({*STATUS.values()})},
        },
    }
    if one.takes is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": one.takes}}}
    if one.name == "application":
        told["parameters"] = [{"name": "case_number", "in": "path", "required": True, "schema": CASE_NUMBER}]
    return told


@require_GET
def shown(_request: HttpRequest) -> HttpResponse:
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


served = declared.does("help.read", login_not_required(shown))
