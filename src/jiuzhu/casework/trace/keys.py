"""The keys of this workspace, for casework: one provider a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.crypto.keys import FileKeys, KeyProvider, open_keys


def keys() -> KeyProvider:
    """The provider of the folder the settings name. Raises KeyMissing or KeyWrong with the next step."""
    return _opened(settings.KEYS, settings.KEYS_KNOWN)  # asked three times an event, so no path is put together anew


@lru_cache(maxsize=2)
def _opened(folder: str | Path, known: str | Path) -> FileKeys:
    return open_keys(Path(folder), proof=Path(known))
