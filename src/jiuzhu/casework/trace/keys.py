"""The keys of this workspace, for casework: one provider a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.crypto.keys import FileKeys, KeyProvider, open_keys


def keys() -> KeyProvider:
    """The provider of the folder the settings name. Raises KeyMissing or KeyWrong with the next step."""
    return _opened(Path(settings.KEYS), Path(settings.KEYS_KNOWN))


@lru_cache(maxsize=2)
def _opened(folder: Path, known: Path) -> FileKeys:
    return open_keys(folder, proof=known)
