"""The receipt a body gets back: what was taken of each file, and its own rows that were not, with the reason. Never more.

The same message has the same receipt, byte for byte, however often it came. It is signed by us like a message by the body.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jiuzhu.crypto.signing import SigningKey
from jiuzhu.gateways.exchange.base import RECEIPT, RECEIPT_SIGNATURE

CONTEXT = b"jiuzhu exchange receipt 1\n"


@dataclass(frozen=True)
class FileTaken:
    """What became of one file. error: why the file as a whole was refused. rows: its rejected rows as CSV, "" if none.

    new: it was not in the archive before; not part of the receipt.
    """

    name: str
    dataset: str
    received: int
    accepted: int
    rejected: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    error: Mapping[str, object] | None = None
    rows: str = ""
    new: bool = True


def receipt(
    key: SigningKey, *, body: str, number: int, manifest: str, files: Sequence[FileTaken], rows: bool
) -> dict[str, bytes]:
    """The files of the answer to a message that was taken in. rows: rejected rows go back, not only their counts."""
    answer: dict[str, bytes] = {}
    told = []
    for place, one in enumerate(files, start=1):
        line: dict[str, object] = {
            "name": one.name,
            "result": "refused" if one.error else "taken",
            "dataset": one.dataset,
            "received": one.received,
            "accepted": one.accepted,
            "rejected": one.rejected,
            "reasons": dict(one.reasons),
        }
        if one.error:
            line["error"] = dict(one.error)
        if one.rows and rows:
            name, content = f"quarantine-{place}.csv", one.rows.encode()
            answer[name] = content
            line["quarantine"] = {"name": name, "sha256": hashlib.sha256(content).hexdigest()}
        told.append(line)
    return answer | _signed(key, {"body": body, "number": number, "manifest": manifest, "result": "taken", "files": told})


def refusal(key: SigningKey, *, body: str, message: str, reason: str) -> dict[str, bytes]:
    """The answer to a message that was set aside as a whole."""
    return _signed(key, {"body": body, "message": message, "result": "refused", "reason": reason})


def _signed(key: SigningKey, told: Mapping[str, object]) -> dict[str, bytes]:
    content = json.dumps({"format": 1, **told}, ensure_ascii=False, indent=1, sort_keys=True).encode()
    # The receipt comes last: who sees it sees the files it names.
    return {RECEIPT_SIGNATURE: base64.b64encode(key.sign(CONTEXT + content)) + b"\n", RECEIPT: content}
