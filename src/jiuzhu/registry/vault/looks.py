"""The book of looks: who looked at whom, when and why. It is written without opening the vault."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

BOOK = "looks.jsonl"


@dataclass(frozen=True)
class Looked:
    """One entry of the book: an account, why, when, and the lasting numbers of the people it looked at."""

    by: str
    purpose: str
    at: datetime
    persons: tuple[int, ...]


def record_look(vault: Path, *, by: str, purpose: str, person_ids: Sequence[int], at: datetime) -> None:
    """Write down that somebody looked, before the answer leaves; on the disk when this returns. vault: its folder."""
    vault.mkdir(parents=True, exist_ok=True)
    entry = {"at": at.isoformat(), "by": by, "purpose": purpose, "count": len(person_ids), "persons": list(person_ids)}
    handle = os.open(vault / BOOK, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def read_looks(vault: Path, *, who: str = "", since: datetime | None = None, until: datetime | None = None) -> Iterator[Looked]:
    """The entries in [since, until), of one account where one is named, as they were written. None where nobody ever looked."""
    if not (vault / BOOK).exists():
        return
    named = json.dumps(who, ensure_ascii=False)
    with (vault / BOOK).open(encoding="utf-8") as lines:
        for line in lines:
            if (who and named not in line) or not line.endswith("\n"):  # somebody else's; or cut off before anything was shown
                continue
            told = json.loads(line)
            at = datetime.fromisoformat(told["at"])
            if (not who or told["by"] == who) and (since is None or at >= since) and (until is None or at < until):
                yield Looked(told["by"], told["purpose"], at, tuple(told["persons"]))
