"""Keys of what casework keeps: a letter that says what it is, and 26 characters that say nothing else."""

from __future__ import annotations

import os

LENGTH = 27
_LETTERS = bytes(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32] for byte in range(256))


def new_key(kind: str) -> str:
    """`P` a party, `C` a case, `T` a task, and so on: one letter, then 26 of thirty-two signs, 130 random bits."""
    return kind + os.urandom(LENGTH - 1).translate(_LETTERS).decode("ascii")
