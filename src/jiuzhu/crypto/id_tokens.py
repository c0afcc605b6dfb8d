"""Tokens by which a single sign-on says who somebody is (OpenID Connect): signed, for us, for this one request, still fresh."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt

# Signed by a key pair. `none` and keys shared by both sides (HS256) are refused: with them anybody who reads our settings signs.
ALGORITHMS = ("RS256", "PS256", "ES256")
NEEDED = ("iss", "sub", "aud", "exp", "iat", "nonce")
CLOCKS_APART_SECONDS = 60


class TokenRefused(ValueError):
    """The token proves nothing to us; the message says which check it failed, never what it holds."""


@dataclass(frozen=True)
class Claims:
    """Who signed in. sub: their name at that issuer, fixed for good. methods: how they did (RFC 8176), may be empty."""

    issuer: str
    sub: str
    methods: frozenset[str]


def read_token(token: str, *, keys: Sequence[Mapping[str, Any]], issuer: str, audience: str, nonce: str, at: datetime) -> Claims:
    """What a token says, if all of it holds at that instant. keys: the issuer's public keys, as it publishes them (JWK).

    nonce: the one sent with the request this answers. Raises TokenRefused.
    """
    try:
        head = jwt.get_unverified_header(token)
        known = [one for one in keys if one.get("kid") == head.get("kid") and one.get("use", "sig") == "sig"]
        if head.get("alg") not in ALGORITHMS or len(known) != 1:
            raise TokenRefused("id token: signed by a method or a key that is not the issuer's")
        # The instant is handed in, so times are compared below.
        claims = jwt.decode(
            token,
            jwt.PyJWK(dict(known[0]), algorithm=head["alg"]),
            algorithms=list(ALGORITHMS),
            audience=audience,
            issuer=issuer,
            options={"require": list(NEEDED), "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        expires, issued = float(claims["exp"]), float(claims["iat"])
    except (jwt.PyJWTError, TypeError, ValueError, AttributeError) as wrong:
        if isinstance(wrong, TokenRefused):
            raise
        raise TokenRefused(f"id token: {type(wrong).__name__}") from None
    now = at.timestamp()
    if now >= expires or issued > now + CLOCKS_APART_SECONDS:
        raise TokenRefused("id token: expired, or made in the future; look at the clocks of both sides")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != audience:
        raise TokenRefused("id token: made for somebody else")
    if not hmac.compare_digest(str(claims["nonce"]), nonce):
        raise TokenRefused("id token: answers another request")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise TokenRefused("id token: names nobody")
    methods = claims.get("amr", ())
    return Claims(issuer, claims["sub"], frozenset(methods if isinstance(methods, list) else ()))


def challenge_of(verifier: str) -> str:
    """The challenge sent ahead of a verifier (PKCE, RFC 7636, S256): who catches the answer on its way cannot use it."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")
