"""Checking Ed25519 signatures by the book (RFC 8032, 5.1): slow beside a compiled library, but a second opinion."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
# What stands before the 32 bytes of an Ed25519 key in its DER form (RFC 8410).
_DER_HEAD = bytes.fromhex("302a300506032b6570032100")

Point = tuple[int, int, int, int]


def _x_of(y: int, odd: int) -> int | None:
    """The x of the curve's point with this y and this parity; None if there is none."""
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if (x * x - square) % _P or (x == 0 and odd):
        return None
    return _P - x if x & 1 != odd else x


def _added(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % _P
    b = (one[1] + one[0]) * (two[1] + two[0]) % _P
    c = 2 * one[3] * two[3] * _D % _P
    d = 2 * one[2] * two[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(number: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _added(found, point)
        point = _added(point, point)
        number >>= 1
    return found


def _point(encoded: bytes) -> Point | None:
    number = int.from_bytes(encoded, "little")
    y = number & (2**255 - 1)
    x = _x_of(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % _P)


_BASE_Y = 4 * pow(5, -1, _P) % _P
_BASE_X = _x_of(_BASE_Y, 0)
assert _BASE_X is not None
_BASE: Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)


@lru_cache(maxsize=100_000)
def verifies(public: bytes, content: bytes, signature: bytes) -> bool:
    """Whether the holder of `public` (32 bytes) signed exactly this content."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, nonce = _point(public), _point(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or number >= _L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + content).digest(), "little") % _L
    left, right = _times(number, _BASE), _added(nonce, _times(challenge, key))
    return not ((left[0] * right[2] - right[0] * left[2]) % _P or (left[1] * right[2] - right[1] * left[2]) % _P)


def read_public_key(pem: bytes) -> tuple[str, bytes]:
    """Fingerprint and the 32 bytes of a key as `openssl pkey -pubout` writes it. Raises ValueError for anything else."""
    body = b"".join(line for line in pem.splitlines() if line and not line.startswith(b"-----"))
    encoded = base64.b64decode(body, validate=True)
    if len(encoded) != len(_DER_HEAD) + 32 or not encoded.startswith(_DER_HEAD):
        raise ValueError("this is no public key for Ed25519")
    return hashlib.sha256(encoded).hexdigest()[:32], encoded[len(_DER_HEAD) :]
