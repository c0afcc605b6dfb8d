"""A government single sign-on that is invented: it signs in whoever is told to, and gives its answers without a network."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from jiuzhu.crypto.id_tokens import challenge_of

ISSUER, CLIENT = "https://sign-on.example", "jiuzhu"


@dataclass
class InventedSignOn:
    """at: the instant it believes it is. changed: claims put in place of the right ones, None leaves one out."""

    at: datetime
    issuer: str = ISSUER
    client_id: str = CLIENT
    sub: str = "staff-0001"
    methods: Sequence[str] = ("pwd", "mfa")
    changed: Mapping[str, Any] = field(default_factory=dict)
    signer: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    waiting: dict[str, dict[str, str]] = field(default_factory=dict)

    def address(self, *, back: str, state: str, nonce: str, challenge: str) -> str:
        return f"{self.issuer}/in?back={back}&state={state}&nonce={nonce}&challenge={challenge}"

    def signs_in(self, address: str) -> dict[str, str]:
        """Somebody arrives at the address and signs in; what they carry back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(8)
        self.waiting[code] = asked
        return {"code": code, "state": asked["state"]}

    def token(self, *, code: str, back: str, verifier: str) -> str:
        asked = self.waiting.pop(code)
        assert asked["challenge"] == challenge_of(verifier)
        assert asked["back"] == back
        claims = {
            "iss": self.issuer, "sub": self.sub, "aud": self.client_id, "nonce": asked["nonce"], "amr": list(self.methods),
            "iat": self.at.timestamp(), "exp": (self.at + timedelta(minutes=5)).timestamp(),
        }  # fmt: skip
        told = {name: value for name, value in (claims | dict(self.changed)).items() if value is not None}
        return jwt.encode(told, self.signer, algorithm="ES256", headers={"kid": "1"})

    def keys(self) -> list[dict[str, Any]]:
        return [json.loads(ECAlgorithm.to_jwk(self.signer.public_key())) | {"kid": "1", "use": "sig"}]
