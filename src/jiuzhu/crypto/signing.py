"""Signatures: who wrote something, checked with a public key and no secret. The algorithm is a word of the configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from jiuzhu.crypto.files import appearing


class KeyUnfit(Exception):
    """The file holds no key of the algorithm that is asked for."""


@dataclass(frozen=True)
class PublicKey:
    """A key that checks signatures. `fingerprint`: 32 hexadecimal characters to compare by telephone."""

    algorithm: str
    encoded: bytes
    _verify: Callable[[bytes, bytes], None] = field(repr=False, compare=False)

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.encoded).hexdigest()[:32]

    def verifies(self, content: bytes, signature: bytes) -> bool:
        """Whether the holder of the private key signed exactly this content."""
        try:
            self._verify(signature, content)
        except InvalidSignature:
            return False
        return True

    def as_pem(self) -> bytes:
        key = serialization.load_der_public_key(self.encoded)
        return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True)
class SigningKey:
    """A key that signs."""

    public: PublicKey
    _sign: Callable[[bytes], bytes] = field(repr=False, compare=False)

    def sign(self, content: bytes) -> bytes:
        return self._sign(content)


def _ed25519(key: object) -> PublicKey | None:
    if not isinstance(key, Ed25519PublicKey):
        return None
    encoded = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return PublicKey("ed25519", encoded, key.verify)


# SM2 gets its line here once a compiled implementation is locked; `cryptography` has none.
ALGORITHMS: Mapping[str, Callable[[object], PublicKey | None]] = {"ed25519": _ed25519}


def read_public_key(pem: bytes, algorithm: str) -> PublicKey:
    """A public key as `openssl pkey -pubout` writes it. Raises KeyUnfit."""
    if algorithm not in ALGORITHMS:
        raise KeyUnfit(f"algorithm {algorithm!r} is not known; choose one of {', '.join(sorted(ALGORITHMS))}")
    try:
        found = ALGORITHMS[algorithm](serialization.load_pem_public_key(pem))
    except (ValueError, UnsupportedAlgorithm):
        found = None
    if found is None:
        raise KeyUnfit(
            f"this is no public key for {algorithm}; give the file that `openssl pkey -pubout` writes from the private key"
        )
    return found


def new_signing_key(path: Path) -> SigningKey:
    """Make a key and keep it in a file that only its owner can read."""
    key = Ed25519PrivateKey.generate()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with appearing(path) as file:
        file.write(key.private_bytes(*form))
    return _signing(key)


def read_signing_key(path: Path) -> SigningKey:
    """Raises KeyUnfit where the file is missing, open to others, or no such key."""
    try:
        if path.stat().st_mode & 0o077:
            raise KeyUnfit(f"{path}: others may read this key; run: chmod 600 {path}")
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        raise KeyUnfit(f"{path}: there is no key; put it back from its backup") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnfit(f"{path}: this is no private key for ed25519 without a password; put it back from its backup")
    return _signing(key)


def _signing(key: Ed25519PrivateKey) -> SigningKey:
    public = _ed25519(key.public_key())
    assert public is not None, "it was made as one"
    return SigningKey(public, key.sign)
