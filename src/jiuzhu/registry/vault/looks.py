"""The book of looks: who looked at whom, when and why. It is written without opening the vault."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path


def record_look(vault: Path, *, by: str, purpose: str, person_ids: Sequence[int], at: datetime) -> None:
    """Write down that somebody looked, before the answer leaves; on the disk when this returns. vault: its folder."""
    vault.mkdir(parents=True, exist_ok=True)
    entry = {"at": at.isoformat(), "by": by, "purpose": purpose, "count": len(person_ids), "persons": list(person_ids)}
    handle = os.open(vault / "looks.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
