"""Codes of six digits that hold for thirty seconds, as authenticator applications and hardware tokens make them (RFC 6238)."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

# What every authenticator understands; Inside HMAC SHA-1 still holds (NIST SP 800-131A, 10).
SECONDS, DIGITS, SECRET_BYTES = 30, 6, 20
DRIFT = 1  # steps that a clock may be wrong by, either way


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def spelled(secret: bytes) -> str:
    """As it is typed into an authenticator by hand: A-Z 2-7."""
    return base64.b32encode(secret).decode("ascii")


def step_of(at: datetime) -> int:
    """The number of the thirty seconds an instant lies in."""
    return int(at.timestamp()) // SECONDS


def code_of(secret: bytes, step: int) -> str:
    """The six digits of one step (RFC 4226 §5.3)."""
    running = HMAC(secret, hashes.SHA1())
    running.update(step.to_bytes(8, "big"))
    mac = running.finalize()
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_shown(secret: bytes, code: str, *, at: datetime, after: int) -> int | None:
    """The step a code was made in, if it holds at that instant and is later than `after`, the last one that was used; else None.

    code: the digits alone. A code that was seen once is never taken again, nor is any before it.
    """
    now, found = step_of(at), None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(code_of(secret, step).encode(), code.encode()) and step > after:
            found = step
    return found


def enrolment_address(secret: bytes, *, account: str, issuer: str) -> str:
    """The `otpauth` address an authenticator reads from a picture."""
    label = quote(f"{issuer}:{account}")
    asked = urlencode({"secret": spelled(secret), "issuer": issuer, "digits": DIGITS, "period": SECONDS}, quote_via=quote)
    return f"otpauth://totp/{label}?{asked}"
