"""Reading what was exported and what was kept elsewhere; what cannot be read is told, never passed over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

HASHES = ("sm3", "sha256")
FORM = 1
LAST = 2**63


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong. seal, writer, number: where, for the order; `LAST` for what no seal covers. says: in words."""

    seal: int
    writer: str
    number: int
    kind: str
    says: str

    @property
    def event(self) -> str:
        """`writer/number` of the event it is about; empty where it is about a seal or the file."""
        return f"{self.writer}/{self.number}" if self.writer else ""


@dataclass(frozen=True)
class Seal:
    """A signed head. told: what the statement says; empty if it cannot be read."""

    statement: str
    signature: str
    key: str
    told: dict[str, Any] = field(compare=False)


@dataclass
class Log:
    """One export. events: chain to its events in the order of the file, each with its subjects. ends: chain to number and code."""

    hash: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    events: dict[str, list[tuple[dict[str, Any], list[Any]]]] = field(default_factory=dict)
    seals: list[Seal] = field(default_factory=list)
    ends: dict[str, tuple[int, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def digest(self, content: bytes) -> bytes:
        return hashlib.new(self.hash, content).digest()


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_log(lines: Iterable[bytes]) -> Log:
    log = Log()
    for at, line in enumerate(lines, 1):
        try:
            told = json.loads(line)
            _READERS[told["kind"]](log, told)
        except (ValueError, KeyError, TypeError, AttributeError, UnicodeDecodeError):
            log.findings.append(Finding(0, "", at, "unreadable", f"line {at} of the export cannot be read"))
    if log.hash not in HASHES:
        log.findings.append(Finding(0, "", 0, "unreadable", f"the export names no hash of {', '.join(HASHES)}"))
    return log


def read_seal(told: dict[str, Any]) -> Seal:
    try:
        inside = json.loads(told["statement"])
    except ValueError:
        inside = {}
    return Seal(str(told["statement"]), str(told["signature"]), str(told["key"]), inside if isinstance(inside, dict) else {})


def read_kept(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Lines a second keeper or sink holds. One that a crash tore is passed over: its whole is written again after it."""
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict):
            yield told


def _log(log: Log, told: dict[str, Any]) -> None:
    if told["form"] != FORM:
        raise ValueError("another form")
    log.hash = told["hash"]


def _key(log: Log, told: dict[str, Any]) -> None:
    log.keys[told["fingerprint"]] = told["pem"]


def _head(log: Log, told: dict[str, Any]) -> None:
    log.ends[told["writer"]] = (int(told["number"]), str(told["code"]))


def _seal(log: Log, told: dict[str, Any]) -> None:
    log.seals.append(read_seal(told))


def _event(log: Log, told: dict[str, Any]) -> None:
    event = told["event"]
    if not (isinstance(event["writer"], str) and isinstance(event["number"], int) and isinstance(event["code"], str)):
        raise ValueError("no place in a chain")
    log.events.setdefault(event["writer"], []).append((event, told["subjects"]))


_READERS: dict[str, Callable[[Log, dict[str, Any]], None]] = {
    "log": _log,
    "key": _key,
    "head": _head,
    "seal": _seal,
    "event": _event,
}
