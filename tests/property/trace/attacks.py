"""What somebody with the database password may do to a log; each says where the verifier may name the first bad event."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jiuzhu.casework.trace import written
from tests.support.event_log import CHAINS, Held, chain_anew, sign_anew

# The places (`writer/number`) where the first bad event may be named; empty where only a seal can be named.
Places = set[str]
FIELDS = (
    "who",
    "role",
    "division_code",
    "operation",
    "outcome",
    "subject_key",
    "purpose",
    "at",
    "because",
    "release",
    "after_hash",
)


def place(one: dict[str, Any]) -> str:
    return f"{one['event']['writer']}/{one['event']['number']}"


def changed(log: Held, drawn: random.Random) -> Places:
    one = drawn.choice(sealed(log))
    one["event"][drawn.choice(FIELDS)] += drawn.choice("0x")
    return {place(one)}


def changed_before_its_seal(log: Held, drawn: random.Random) -> Places:
    one = drawn.choice([one for one in log.events if one not in sealed(log)])
    one["event"][drawn.choice(FIELDS)] += drawn.choice("0x")
    return {place(one)}


def changed_subject(log: Held, drawn: random.Random) -> Places:
    one = drawn.choice([one for one in log.events if one["subjects"]])
    drawn.choice(one["subjects"])[1] += "x"
    return {place(one)}


def subject_left_out_and_hashed_anew(log: Held, drawn: random.Random) -> Places:
    one = drawn.choice([one for one in sealed(log) if one["subjects"]])
    one["subjects"].pop()
    one["event"]["subject_count"] -= 1
    rest = b"\n".join(written.canonical(subject) for subject in one["subjects"])
    one["event"]["subjects_hash"] = written.digest(rest).hex() if one["subjects"] else ""
    return {place(one)}


def removed_from_the_middle(log: Held, drawn: random.Random) -> Places:
    one = drawn.choice([one for one in log.events if one is not log.chain(one["event"]["writer"])[-1]])
    log.events.remove(one)
    return {place(one)}


def newest_removed(log: Held, drawn: random.Random) -> Places:
    one = log.chain(drawn.choice(CHAINS))[-1]
    log.events.remove(one)
    return {place(one)}


def newest_sealed_removed_and_the_chain_cut(log: Held, drawn: random.Random) -> Places:
    """All that no seal covers, and the last sealed event of a chain; its end is moved back to fit."""
    writer = drawn.choice(CHAINS)
    here = log.chain(writer)
    last = max(at for at, one in enumerate(here) if one in sealed(log))
    for one in here[last:]:
        log.events.remove(one)
    log.ends[writer].update(number=last, code=here[last - 1]["event"]["code"])
    return {place(here[last])}


def inserted(log: Held, drawn: random.Random) -> Places:
    """An invented event between two; those after it move on by one, and each names the code before it."""
    writer = drawn.choice(CHAINS)
    here = log.chain(writer)
    at = drawn.randrange(1, len([one for one in here if one in sealed(log)]))
    for one in here[at:]:
        one["event"]["number"] += 1
    new = json.loads(json.dumps(here[at - 1]))
    new["event"].update(number=at + 1, who="nobody", code=drawn.randbytes(32).hex(), previous_code=here[at - 1]["event"]["code"])
    here[at]["event"]["previous_code"] = new["event"]["code"]
    log.events.append(new)
    log.ends[writer]["number"] += 1
    log.sorted()
    return {place(new)}


def reordered(log: Held, drawn: random.Random) -> Places:
    here = [one for one in log.chain(drawn.choice(CHAINS)) if one in sealed(log)]
    at = drawn.randrange(len(here) - 1)
    one, two = here[at], here[at + 1]
    one["event"]["number"], two["event"]["number"] = two["event"]["number"], one["event"]["number"]
    log.sorted()
    return {place(two)}


def two_writers_swapped(log: Held, drawn: random.Random) -> Places:
    first, second = drawn.sample(CHAINS, 2)
    number = drawn.randrange(4)
    one, two = log.chain(first)[number], log.chain(second)[number]
    one["event"]["writer"], two["event"]["writer"] = second, first
    log.sorted()
    return {place(one), place(two)}


def rewritten_as_a_whole(log: Held, drawn: random.Random) -> Places:
    """By somebody who holds the signing key as well: one event says something else, and all codes and seals are made to fit."""
    drawn.choice(sealed(log))["event"]["who"] = "nobody"
    chain_anew(log, drawn)
    sign_anew(log)
    return {f"{writer}/1" for writer in CHAINS}


def rewritten_at_the_end(log: Held, drawn: random.Random) -> Places:
    """The same, of the newest event that is sealed alone."""
    covered = json.loads(log.seals[-1]["statement"])["spans"]
    writer, _, last = drawn.choice(covered)
    one = log.of(f"{writer}/{last}")
    one["event"]["operation"] = "family.export"
    sign_anew(log)
    return {place(one)}


def newest_seal_forged(log: Held, drawn: random.Random) -> Places:
    """Another root, signed with the attacker's own key, which the export then carries."""
    key = Ed25519PrivateKey.from_private_bytes(drawn.randbytes(32))
    seal = drawn.choice(log.seals)
    told = json.loads(seal["statement"])
    told["root"] = drawn.randbytes(32).hex()
    statement = written.canonical(told)
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    log.log.append(
        {"kind": "key", "fingerprint": "f" * 32, "algorithm": "ed25519", "pem": key.public_key().public_bytes(*form).decode()}
    )
    seal.update(statement=statement.decode(), signature=base64.b64encode(key.sign(statement)).decode(), key="f" * 32)
    return set()


def signature_changed(log: Held, drawn: random.Random) -> Places:
    seal = drawn.choice(log.seals)
    signed = bytearray(base64.b64decode(seal["signature"]))
    signed[drawn.randrange(64)] ^= 1 << drawn.randrange(8)
    seal["signature"] = base64.b64encode(signed).decode()
    return set()


def seal_removed(log: Held, drawn: random.Random) -> Places:
    log.seals.remove(drawn.choice(log.seals))
    return set()


def sealed(log: Held) -> list[dict[str, Any]]:
    covered = {
        (w, n) for seal in log.seals for w, first, last in json.loads(seal["statement"])["spans"] for n in range(first, last + 1)
    }
    return [one for one in log.events if (one["event"]["writer"], one["event"]["number"]) in covered]


ATTACKS: tuple[Callable[[Held, random.Random], Places], ...] = (
    changed,
    changed_subject,
    subject_left_out_and_hashed_anew,
    removed_from_the_middle,
    newest_removed,
    newest_sealed_removed_and_the_chain_cut,
    inserted,
    reordered,
    two_writers_swapped,
    rewritten_as_a_whole,
    rewritten_at_the_end,
    newest_seal_forged,
    signature_changed,
    seal_removed,
)
