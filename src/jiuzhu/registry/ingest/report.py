"""What became of each delivered file, as the command says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from jiuzhu.registry.ingest.faults import REASONS, Fault

State = Literal["accepted", "duplicate", "held", "refused"]


@dataclass(frozen=True)
class DeliveryReport:
    """reasons: code to number of rejected rows. notes: what was passed over, such as columns the dataset does not have.

    delivery: its number in this workspace, "" if it was refused before it had one.
    """

    file: str
    dataset: str
    source: str
    period: str
    sha256: str
    state: State
    received: int
    accepted: int
    rejected: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    error: Fault | None = None
    notes: tuple[str, ...] = ()
    delivery: str = ""

    def as_json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "file": self.file,
            "dataset": self.dataset,
            "source": self.source,
            "period": self.period,
            "sha256": self.sha256,
            "state": self.state,
            "received": self.received,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "reasons": dict(self.reasons),
        }
        if self.error is not None:
            answer["error"] = self.error.as_json()
        if self.notes:
            answer["notes"] = list(self.notes)
        return answer


def reason_in_words(code: str) -> str:
    """The broken rule and the next step of a reason."""
    rule, step = REASONS[code]
    return f"{rule}; {step}"
