"""Keys of what casework keeps: a letter that says what it is, and 26 characters that say nothing else."""

from __future__ import annotations

import base64
import secrets

BYTES = 16
LENGTH = 27


def new_key(kind: str) -> str:
    """`P` a party, `C` a case, `T` a task, and so on: one letter, then 128 random bits."""
    return kind + base64.b32encode(secrets.token_bytes(BYTES)).decode("ascii").rstrip("=")
