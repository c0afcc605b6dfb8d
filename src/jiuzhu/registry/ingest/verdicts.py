"""What a person decided about a delivery that the gate stopped; recorded like a delivery, so that its order does not matter."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, get_args

from jiuzhu.crypto.files import appearing
from jiuzhu.registry.ingest.workspace import Workspace

Word = Literal["release", "send_back"]


class VerdictNotAllowed(Exception):
    """The verdict is none, names no delivery, or has no reason."""


@dataclass(frozen=True)
class Verdict:
    """release: the delivery counts. send_back: it does not, whatever the gate says, until another verdict."""

    delivery: str
    verdict: Word
    by: str
    because: str
    at: str

    @property
    def name(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:32]


def give_verdict(workspace: Workspace, delivery: str, verdict: str, *, by: str, because: str, at: datetime) -> Verdict:
    """Record what a person decided. Given twice in the same words it is one verdict."""
    words: dict[str, Word] = {word: word for word in get_args(Word)}
    if verdict not in words:
        raise VerdictNotAllowed(f"verdict {verdict!r}: a verdict is one of {', '.join(get_args(Word))}")
    if not any(workspace.archive.glob(f"*/{delivery}")) or not delivery.isalnum():
        raise VerdictNotAllowed(f"delivery {delivery!r} is not in the archive; take its number from the list of deliveries")
    if not because.strip() or not by.strip():
        raise VerdictNotAllowed("a verdict says who decided and why: give `by` and `because`")
    found = Verdict(delivery, words[verdict], by, because, at.isoformat())
    workspace.verdicts.mkdir(parents=True, exist_ok=True, mode=0o700)
    with appearing(workspace.verdicts / f"{found.name}.json") as file:
        file.write(json.dumps(asdict(found), ensure_ascii=False, sort_keys=True).encode())
    return found


def verdicts(workspace: Workspace) -> Mapping[str, Verdict]:
    """The verdict in force for each delivery: the latest, then the one of the greater name."""
    found = [Verdict(**json.loads(path.read_text(encoding="utf-8"))) for path in workspace.verdicts.glob("*.json")]
    return {one.delivery: one for one in sorted(found, key=lambda one: (datetime.fromisoformat(one.at), one.name))}
