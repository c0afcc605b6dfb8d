"""Values of this step that nobody reads in the database: sealed as text for their row, and keyed digests to find them by."""

from __future__ import annotations

import base64
import secrets

from jiuzhu.casework.trace.keys import keys
from jiuzhu.casework.trace.own_keys import opened_text, sealed_text
from jiuzhu.crypto.index import keyed_digest, keyed_index

KEY_BYTES = 16


def sealed(text: str, *, column: str, about: str, of: str = "") -> str:
    """column: `table.column`. about: the key of the row; both must be said again to open it. of: the family it speaks of, with which
    it is erased. "" stays ""."""
    return sealed_text(text, of=of, name=column, about=about)


def opened(text: str, *, column: str, about: str) -> str:
    """ "" of what was erased. Raises SealBroken if it was changed, or moved to another row."""
    return opened_text(text, name=column, about=about)


def digest(*parts: str, purpose: str) -> str:
    """What stands for a value where only equality is asked."""
    return keyed_digest(*parts, keys=keys(), purpose=purpose)


def index(number: str, *, column: str) -> str:
    """The keyed index of an exact id number in its canonical spelling."""
    return keyed_index(number, keys=keys(), column=column).hex()


def new_key(letter: str) -> str:
    """A key for a row, never derived from what it holds: a letter and 26 characters."""
    return letter + base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode("ascii").rstrip("=")
