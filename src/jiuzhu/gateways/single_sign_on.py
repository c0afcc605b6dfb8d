"""A government single sign-on that speaks OpenID Connect: where to send people, and what it says of who comes back."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.error import URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

DISCOVERY = "/.well-known/openid-configuration"
TIMEOUT_SECONDS = 10
LARGEST_ANSWER = 1_000_000


class SignOnUnreachable(Exception):
    """The single sign-on did not answer, or answered something else than it should."""


class SingleSignOn(Protocol):
    """What the desk asks of a single sign-on."""

    issuer: str
    client_id: str

    def address(self, *, back: str, state: str, nonce: str, challenge: str) -> str:
        """Where to send somebody who wants to sign in. back: our own address they return to."""

    def token(self, *, code: str, back: str, verifier: str) -> str:
        """The id token for the code somebody came back with. Raises SignOnUnreachable."""

    def keys(self) -> Sequence[Mapping[str, Any]]:
        """The public keys it signs with now. Raises SignOnUnreachable."""


@dataclass
class OpenIdConnect:
    """A provider that publishes its addresses under its issuer (OpenID Connect Discovery 1.0). secret: ours with it."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    _told: Mapping[str, Any] = field(default_factory=dict, init=False, repr=False)

    def address(self, *, back: str, state: str, nonce: str, challenge: str) -> str:
        asked = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": back, "scope": "openid", "state": state,
            "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{self._address('authorization_endpoint')}?{urlencode(asked)}"

    def token(self, *, code: str, back: str, verifier: str) -> str:
        told = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        who = base64.b64encode(f"{quote(self.client_id, safe='')}:{quote(self.secret, safe='')}".encode()).decode("ascii")
        answer = _json(Request(self._address("token_endpoint"), urlencode(told).encode(), {"Authorization": f"Basic {who}"}))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SignOnUnreachable("single sign-on: its answer holds no id token")
        return token

    def keys(self) -> Sequence[Mapping[str, Any]]:
        found = _json(Request(self._address("jwks_uri"))).get("keys")
        if not isinstance(found, list):
            raise SignOnUnreachable("single sign-on: it publishes no keys")
        return [one for one in found if isinstance(one, dict)]

    def _address(self, name: str) -> str:
        if not self._told:
            told = _json(Request(self.issuer.rstrip("/") + DISCOVERY))
            if told.get("issuer") != self.issuer:
                raise SignOnUnreachable("single sign-on: it calls itself by another name than the settings do")
            self._told = told
        address = self._told.get(name)
        if not isinstance(address, str) or urlsplit(address).scheme != "https":
            raise SignOnUnreachable(f"single sign-on: its {name} is no https address")
        return address


def _json(request: Request) -> Mapping[str, Any]:
    if urlsplit(request.full_url).scheme != "https":
        raise SignOnUnreachable("single sign-on: only https is spoken; mend the issuer in the settings")
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            told = json.loads(answer.read(LARGEST_ANSWER))
    except (URLError, OSError, ValueError) as wrong:
        raise SignOnUnreachable(f"single sign-on: {type(wrong).__name__}") from None
    if not isinstance(told, dict):
        raise SignOnUnreachable("single sign-on: its answer is no object")
    return told
