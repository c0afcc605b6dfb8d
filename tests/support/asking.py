"""Another department's system for tests: a key, a registered client, and requests signed as RFC 9421 has it, written here anew."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime
from itertools import count
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client as Browser

from jiuzhu.casework.accounts.models import Office, Officer
from jiuzhu.casework.clients import registering
from jiuzhu.casework.clients.models import Client

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = (
    KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode("ascii")
)
BUSINESS = {"justice": "judicial_aid", "education": "study_aid", "union": "union_aid"}
_numbers = count(1)


def registered(
    by: Officer,
    code: str = "justice-370502",
    *,
    at: datetime,
    items: tuple[str, ...] = (),
    per_day: int = 50,
    office: Office | None = None,
) -> Client:
    return registering.register(
        code=code, title=f"system {code}", division_code="370502", public_key=PUBLIC_KEY, chosen=[BUSINESS[code.partition("-")[0]]],
        items=items, per_day=per_day, by=by, at=at, office=office,
    )  # fmt: skip


def headers(
    method: str, path: str, body: bytes, *, at: datetime, keyid: str, nonce: str = "", key: Ed25519PrivateKey = KEY
) -> dict[str, str]:
    nonce = nonce or f"nonce-{next(_numbers):016}"
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    params = f'("@method" "@path" "content-digest");created={int(at.timestamp())};nonce="{nonce}";keyid="{keyid}"'
    base = f'"@method": {method}\n"@path": {path}\n"content-digest": {digest}\n"@signature-params": {params}'
    signature = base64.b64encode(key.sign(base.encode())).decode()
    return {"Content-Digest": digest, "Signature-Input": f"sig1={params}", "Signature": f"sig1=:{signature}:"}


def asked(path: str, body: Any = None, *, at: datetime, keyid: str = "justice-370502", **how: Any) -> Any:
    """The answer to a signed request: a POST with a body, a GET without."""
    method = "GET" if body is None else "POST"
    raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    return sent(path, method, raw, headers(method, path, raw, at=at, keyid=keyid, **how))


def sent(path: str, method: str, raw: bytes, signed: dict[str, str]) -> Any:
    return Browser(enforce_csrf_checks=True).generic(method, path, raw, content_type="application/json", headers=signed)
