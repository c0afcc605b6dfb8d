"""Signed requests between machines: HTTP Message Signatures (RFC 9421) over method, path and digest of the body, in one form only.

    Content-Digest: sha-256=:…:
    Signature-Input: sig1=("@method" "@path" "content-digest");created=1795220000;nonce="…";keyid="…"
    Signature: sig1=:…:

The nonce is a number of the asker's own, used once; who reads remembers it. Other components, or other orders, are not read.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from jiuzhu.crypto.signing import PublicKey, SigningKey

DIGEST, INPUT, SIGNATURE = "Content-Digest", "Signature-Input", "Signature"
_INPUT = re.compile(
    r'sig1=(\("@method" "@path" "content-digest"\);created=([0-9]{1,12});nonce="([\w.~-]{16,64})";keyid="([a-z0-9-]{2,40})")',
    re.ASCII,
)
_BYTES = re.compile(r"(?:sig1|sha-256)=:([A-Za-z0-9+/=]{16,200}):", re.ASCII)


class NotSigned(Exception):
    """The request is not signed in this form, or its body is not the one that was signed."""


@dataclass(frozen=True)
class Signed:
    """What a request says of itself. created: by the asker's clock; nonce: used once; keyid: who says that they signed it.

    Nothing of it is to be believed before `verifies`.
    """

    created: datetime
    nonce: str
    keyid: str
    content: bytes
    signature: bytes

    def verifies(self, key: PublicKey) -> bool:
        return key.verifies(self.content, self.signature)


def signed_headers(
    method: str, path: str, body: bytes, *, key: SigningKey, keyid: str, nonce: str, at: datetime
) -> dict[str, str]:
    """The headers an asker adds to its request."""
    params = f'("@method" "@path" "content-digest");created={int(at.timestamp())};nonce="{nonce}";keyid="{keyid}"'
    signature = base64.b64encode(key.sign(_content(method, path, digest_of(body), params))).decode("ascii")
    return {DIGEST: digest_of(body), INPUT: f"sig1={params}", SIGNATURE: f"sig1=:{signature}:"}


def read_signed(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Signed:
    """Raises NotSigned."""
    told = _INPUT.fullmatch(headers.get(INPUT, ""))
    if told is None:
        raise NotSigned(f"{INPUT} is missing or of another form")
    if not hmac.compare_digest(headers.get(DIGEST, "").encode(), digest_of(body).encode()):
        raise NotSigned(f"{DIGEST} is not that of the body")
    params, created, nonce, keyid = told.groups()
    content = _content(method, path, digest_of(body), params)
    return Signed(datetime.fromtimestamp(int(created), UTC), nonce, keyid, content, _bytes(headers.get(SIGNATURE, "")))


def digest_of(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode('ascii')}:"


def _content(method: str, path: str, digest: str, params: str) -> bytes:
    """What is signed, by RFC 9421 section 2.5."""
    lines = (f'"@method": {method}', f'"@path": {path}', f'"content-digest": {digest}', f'"@signature-params": {params}')
    return "\n".join(lines).encode()


def _bytes(header: str) -> bytes:
    told = _BYTES.fullmatch(header)
    try:
        return base64.b64decode(told[1], validate=True) if told else b""
    except binascii.Error:
        return b""
