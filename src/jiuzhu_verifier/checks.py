"""What must hold of a log: chains without a gap, seals that cover them, signatures, and agreement with what was kept elsewhere."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jiuzhu_verifier.ed25519 import read_public_key, verifies
from jiuzhu_verifier.reading import LAST, Finding, Log, Seal, canonical, read_kept, read_log, read_seal

Place = tuple[str, int]


@dataclass
class Report:
    """What was found. findings: first bad first. unsealed: events no seal covers yet. not_kept: seals the keeper has not got yet.

    unasked: which witnesses were not at hand, so that what only they can tell was not checked.
    """

    findings: list[Finding] = field(default_factory=list)
    events: int = 0
    seals: int = 0
    unsealed: int = 0
    not_kept: int = 0
    unasked: list[str] = field(default_factory=list)

    @property
    def first_bad(self) -> Finding | None:
        """The first bad event; where no event can be named, the first bad seal or line."""
        return next((one for one in self.findings if one.event), self.findings[0] if self.findings else None)


def verify(
    export: Iterable[bytes],
    *,
    keys: Iterable[bytes] | None = None,
    heads: Iterable[bytes] | None = None,
    rows: Iterable[bytes] | None = None,
    code_key: bytes | None = None,
) -> Report:
    """Check a whole log.

    keys: public keys (PEM) that somebody else kept; without them those of the export are believed. heads: lines of the second
    keeper. rows: lines of the second sink. code_key: the secret of the codes, where the platform itself asks; not needed.
    """
    log = read_log(export)
    report = Report(findings=log.findings, events=sum(map(len, log.events.values())), seals=len(log.seals))
    if any(one.kind == "unreadable" and one.number == 0 for one in log.findings):
        return report
    leaves = _chains(log, report, code_key)
    seals = _agreed(log, report, heads)
    covered = _seals(log, report, seals, leaves, _trusted(log, report, keys))
    _ends(log, report)
    _sunk(log, report, leaves, rows)
    report.unsealed = sum(place not in covered for place in leaves)
    report.findings = sorted(
        {
            Finding(covered.get((one.writer, one.number), one.seal), one.writer, one.number, one.kind, one.says)
            for one in log.findings
        }
    )
    return report


def _chains(log: Log, report: Report, code_key: bytes | None) -> dict[Place, bytes]:
    """Numbers from 1 without a gap, each event naming the code before it; gives the leaf of each."""
    if code_key is None:
        report.unasked.append("codes: their key stays with the platform")
    leaves: dict[Place, bytes] = {}
    for writer, events in log.events.items():
        number, code = 0, ""
        for event, subjects in events:
            place = (writer, event["number"])

            def bad(kind: str, says: str, place: Place = place) -> None:
                log.findings.append(Finding(LAST, *place, kind, f"event {place[0]}/{place[1]} {says}"))

            if place in leaves:
                bad("twice", "stands there twice")
            elif event["number"] != number + 1:
                missing = (writer, number + 1)
                bad("missing", f"is not there; {writer}/{event['number']} follows", missing)
            elif event.get("previous_code") != code:
                bad("unchained", "does not follow the event before it")
            hashed = log.digest(b"\n".join(canonical(one) for one in subjects)).hex() if subjects else ""
            if event.get("subject_count") != len(subjects) or event.get("subjects_hash") != hashed:
                bad("subjects", "has other subjects than were written")
            if code_key is not None and not _coded(log, event, code_key):
                bad("changed", "is not what was written: its code does not fit")
            leaves.setdefault(place, log.digest(b"\x00" + canonical(event)))
            number, code = event["number"], event["code"]
    return leaves


def _coded(log: Log, event: Mapping[str, Any], code_key: bytes) -> bool:
    content = canonical({name: value for name, value in event.items() if name != "code"})
    return hmac.compare_digest(hmac.new(code_key, content, log.hash).hexdigest().encode(), event["code"].encode())


def _agreed(log: Log, report: Report, heads: Iterable[bytes] | None) -> dict[int, Seal]:
    """The seals by number. Where the keeper has one, its word counts, and another in the log is a finding."""
    seals: dict[int, Seal] = {}
    for at, seal in enumerate(log.seals, 1):
        if seal.told.get("number") != at:
            _seal_bad(log, at, "missing", "is not in its place in the log")
        if isinstance(seal.told.get("number"), int):
            seals.setdefault(seal.told["number"], seal)
    if heads is None:
        report.unasked.append("kept heads: a log rewritten as a whole by somebody with the signing key is not found without them")
        return seals
    kept: dict[int, Seal] = {}
    for told in read_kept(heads):
        seal = read_seal(told)
        number = seal.told.get("number")
        if not isinstance(number, int):
            _seal_bad(log, len(kept) + 1, "unreadable", "cannot be read where it was kept")
        elif kept.setdefault(number, seal) != seal:
            _seal_bad(log, number, "rewritten", "was handed to the keeper twice, with different words")
    for number in sorted(set(range(1, max(kept, default=0) + 1)) - kept.keys()):
        _seal_bad(log, number, "unkept", "is missing where heads are kept, though later ones are there")
    for number, seal in kept.items():
        if number not in seals:
            _seal_bad(log, number, "removed", "was kept elsewhere and is gone from the log")
        elif seals[number] != seal:
            _seal_bad(log, number, "rewritten", "says something else than where it was kept")
    report.not_kept = len(seals.keys() - kept.keys())
    return seals | kept


def _seals(
    log: Log, report: Report, seals: Mapping[int, Seal], leaves: Mapping[Place, bytes], keys: Mapping[str, bytes]
) -> dict[Place, int]:
    """Each seal signed, naming the one before it, going on where it ended, and with the root of its events. Gives which covers what."""
    covered: dict[Place, int] = {}
    reached: dict[str, int] = {}
    previous = ""
    for number in sorted(seals):
        seal = seals[number]
        statement, told = seal.statement.encode(), seal.told
        key = keys.get(seal.key)
        if key is None:
            _seal_bad(log, number, "forged", f"is signed with key {seal.key}, which nobody vouches for")
        elif not verifies(key, statement, _unbased(seal.signature)):
            _seal_bad(log, number, "forged", "bears no true signature")
        if told.get("previous") != previous or told.get("hash") != log.hash or canonical(told) != statement:
            _seal_bad(log, number, "unchained", "does not follow the seal before it")
        previous = log.digest(statement).hex()
        _tree(log, number, told, leaves, reached, covered)
    return covered


def _tree(
    log: Log,
    number: int,
    told: Mapping[str, Any],
    leaves: Mapping[Place, bytes],
    reached: dict[str, int],
    covered: dict[Place, int],
) -> None:
    found: list[bytes] = []
    whole = True
    try:
        spans = [(str(writer), int(first), int(last)) for writer, first, last in told["spans"]]
    except (KeyError, TypeError, ValueError):
        _seal_bad(log, number, "unreadable", "does not say which events it covers")
        return
    for writer, first, last in spans:
        if first != reached.get(writer, 0) + 1 or last < first:
            _seal_bad(log, number, "unchained", f"does not go on where chain {writer} was sealed to")
        reached[writer] = last
        for at in range(first, min(last, first + len(leaves)) + 1):
            covered.setdefault((writer, at), number)
            leaf = leaves.get((writer, at))
            if leaf is None:
                whole = False
                says = f"event {writer}/{at} is not there, but seal {number} covers it"
                log.findings.append(Finding(number, writer, at, "missing", says))
            else:
                found.append(leaf)
    if whole and (told.get("count") != len(found) or not found or _root(log, found).hex() != told.get("root")):
        ranges = ", ".join(f"{writer}/{first} to {last}" for writer, first, last in spans)
        _seal_bad(log, number, "changed", f"has another root: one of its events was changed ({ranges})")


def _root(log: Log, leaves: list[bytes]) -> bytes:
    """By halves, as RFC 6962 defines it: the left half is the largest power of two below the number of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    cut = 1 << ((len(leaves) - 1).bit_length() - 1)
    return log.digest(b"\x01" + _root(log, leaves[:cut]) + _root(log, leaves[cut:]))


def _ends(log: Log, report: Report) -> None:
    for writer, (number, code) in log.ends.items():
        codes = {event["number"]: event["code"] for event, _ in log.events.get(writer, [])[-1:]}
        last = max(codes, default=0)
        if last < number:
            says = f"event {writer}/{last + 1} is not there, but the chain went to {number}"
            log.findings.append(Finding(LAST, writer, last + 1, "missing", says))
        elif last == number and codes.get(last, "") != code:
            log.findings.append(
                Finding(LAST, writer, last, "changed", f"event {writer}/{last} is not the one its chain ended with")
            )
    for writer in log.events.keys() - log.ends.keys():
        log.findings.append(Finding(LAST, writer, 1, "inserted", f"event {writer}/1: this chain has no end, nobody wrote to it"))


def _sunk(log: Log, report: Report, leaves: Mapping[Place, bytes], rows: Iterable[bytes] | None) -> None:
    """Every event that reached the second sink is still there and the same."""
    if rows is None:
        report.unasked.append("second sink: the newest rows may have been removed before a seal covered them")
        return
    for told in read_kept(rows):
        event = told.get("event")
        if not isinstance(event, dict) or "writer" not in event or "number" not in event:
            log.findings.append(Finding(0, "", 0, "unreadable", "a line of the second sink is no event"))
            continue
        place = (event["writer"], event["number"])
        leaf = leaves.get(place)
        if leaf != log.digest(b"\x00" + canonical(event)):
            kind, says = ("missing", "is not there") if leaf is None else ("changed", "is not the same")
            log.findings.append(Finding(LAST, *place, kind, f"event {place[0]}/{place[1]} {says}, but the second sink has it"))


def _trusted(log: Log, report: Report, keys: Iterable[bytes] | None) -> dict[str, bytes]:
    if keys is None:
        report.unasked.append("public keys: those of the export itself were believed")
        keys = [pem.encode() for pem in log.keys.values()]
    return dict(read_public_key(pem) for pem in keys)


def _seal_bad(log: Log, number: int, kind: str, says: str) -> None:
    log.findings.append(Finding(number, "", 0, kind, f"seal {number} {says}"))


def _unbased(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""
