"""The log as JSON lines, for the verifier and the second sink. `docs/how-to/check-the-log.md` says what each line holds."""

from __future__ import annotations

from collections.abc import Iterator

from jiuzhu.casework.trace import written
from jiuzhu.casework.trace.models import Event, Head, Seal
from jiuzhu.crypto.signing import PublicKey

FORM = 1


def event_line(event: Event) -> bytes:
    """An event with its subjects in order, each kind, key, division, household, case."""
    subjects = [
        [one.kind, one.key, one.division_code, one.household_key, one.case_key]
        for one in sorted(event.subjects.all(), key=lambda one: one.position)
    ]
    return written.canonical({"kind": "event", "event": written.content_of(event), "subjects": subjects})


def seal_line(seal: Seal) -> bytes:
    return written.canonical({"kind": "seal", "statement": seal.statement, "signature": seal.signature, "key": seal.key})


def lines(key: PublicKey) -> Iterator[bytes]:
    """The whole log: form, public key, ends of the chains, seals, events chain by chain.

    The ends are read first: acts that commit meanwhile may add events beyond them, but none before them may be missing.
    """
    yield written.canonical({"kind": "log", "form": FORM, "hash": written.hash_name()})
    yield written.canonical(
        {"kind": "key", "algorithm": key.algorithm, "fingerprint": key.fingerprint, "pem": key.as_pem().decode()}
    )
    for head in Head.objects.order_by("writer"):
        yield written.canonical({"kind": "head", "writer": head.writer, "number": head.number, "code": head.code})
    for seal in Seal.objects.order_by("number").iterator():
        yield seal_line(seal)
    for event in Event.objects.order_by("writer", "number").prefetch_related("subjects").iterator(chunk_size=500):
        yield event_line(event)
