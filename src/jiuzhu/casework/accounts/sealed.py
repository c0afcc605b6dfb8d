"""Values of this step that nobody reads in the database: sealed as text for their row, and keyed digests to find them by."""

from __future__ import annotations

import base64
import secrets

from jiuzhu.casework.trace.keys import keys
from jiuzhu.crypto.index import keyed_digest, keyed_index
from jiuzhu.crypto.seal import open_sealed, seal

KEY_BYTES = 16


def sealed(text: str, *, column: str, about: str) -> str:
    """column: `table.column`. about: the key of the row; both must be said again to open it. "" stays ""."""
    return base64.b64encode(seal(text.encode(), keys=keys(), name=column, about=about)).decode("ascii") if text else ""


def opened(text: str, *, column: str, about: str) -> str:
    """Raises SealBroken if it was changed, or moved to another row."""
    return open_sealed(base64.b64decode(text), keys=keys(), name=column, about=about).decode() if text else ""


def digest(*parts: str, purpose: str) -> str:
    """What stands for a value where only equality is asked."""
    return keyed_digest(*parts, keys=keys(), purpose=purpose)


def index(number: str, *, column: str) -> str:
    """The keyed index of an exact id number in its canonical spelling."""
    return keyed_index(number, keys=keys(), column=column).hex()


def new_key(letter: str) -> str:
    """A key for a row, never derived from what it holds: a letter and 26 characters."""
    return letter + base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode("ascii").rstrip("=")
