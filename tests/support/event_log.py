"""A log that the platform itself wrote, and what an attacker does to it."""

from __future__ import annotations

import base64
import copy
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from jiuzhu.casework.trace import actions, exported, sealing, written
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.keys import keys
from jiuzhu.casework.trace.merkle import root
from jiuzhu.casework.trace.models import Head
from jiuzhu_verifier.checks import Report, verify

AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
CHAINS = ("aa", "bb", "cc")


def write_log(rounds: int = 8, at_once: int = 7, seed: int = 1) -> None:
    """Some acts by three connections, sealed and forwarded after each round but the last: those events are not sealed yet."""
    drawn = random.Random(seed)
    Head.objects.bulk_create(Head(writer=writer) for writer in CHAINS)
    for turn in range(rounds):
        at = AT + timedelta(seconds=turn)
        for place in range(at_once):
            head = Head.objects.get(writer=drawn.choice(CHAINS) if place >= len(CHAINS) else CHAINS[place])
            actions._thread.head = actions._Head(head.pk, head.writer, head.number, head.code)
            subjects = [Subject("warning", f"W{n}") for n in range(drawn.choice((0, 0, 3)))]
            with transaction.atomic():
                record(
                    "warnings.release" if subjects else "family.open",
                    by=Actor(drawn.choice(("zhou", "wu")), role="township_officer", division_code="370502001"),
                    at=at,
                    on=Subject("household", f"H{drawn.randrange(9)}"),
                    subjects=subjects,
                    after={"step": place},
                )
        if turn < rounds - 1:
            sealing.seal(at=at)
            sealing.forward(at=at)


@dataclass
class Held:
    """An export that somebody holds: what stands in the database, as it is told. log: the lines that are neither event nor seal."""

    log: list[dict[str, Any]]
    ends: dict[str, dict[str, Any]]
    seals: list[dict[str, Any]]
    events: list[dict[str, Any]]

    def lines(self) -> list[bytes]:
        told = [*self.log, *self.ends.values(), *self.seals, *self.events]
        return [json.dumps(one, ensure_ascii=False).encode() for one in told]

    def chain(self, writer: str) -> list[dict[str, Any]]:
        return [one for one in self.events if one["event"]["writer"] == writer]

    def of(self, place: str) -> dict[str, Any]:
        return next(one for one in self.events if f"{one['event']['writer']}/{one['event']['number']}" == place)

    def sorted(self) -> None:
        self.events.sort(key=lambda one: (one["event"]["writer"], one["event"]["number"]))

    def copy(self) -> Held:
        return copy.deepcopy(self)


def held() -> Held:
    told = [json.loads(line) for line in exported.lines(sealing.signing_key().public)]
    kinds: dict[str, list[dict[str, Any]]] = {"log": [], "key": [], "head": [], "seal": [], "event": []}
    for one in told:
        kinds[one["kind"]].append(one)
    ends = {one["writer"]: one for one in kinds["head"]}
    return Held([*kinds["log"], *kinds["key"]], ends, kinds["seal"], kinds["event"])


@dataclass(frozen=True)
class Witnesses:
    """What lies elsewhere: public keys, heads and rows."""

    keys: list[bytes]
    heads: list[bytes]
    rows: list[bytes]

    def of(self, log: Held, *, heads: bool = True, rows: bool = True, code: bool = False) -> Report:
        key = keys().index_key(written.CODE_KEY)
        return verify(
            log.lines(),
            keys=self.keys,
            heads=self.heads if heads else None,
            rows=self.rows if rows else None,
            code_key=key.secret if code else None,
        )


def witnesses() -> Witnesses:
    keeper, sink = Path(settings.SEAL_KEEPER), Path(settings.SEAL_SINK)
    heads, rows = (keeper / sealing.HEADS).read_bytes(), (sink / sealing.ROWS).read_bytes()
    return Witnesses([path.read_bytes() for path in keeper.glob("*.pem")], heads.splitlines(), rows.splitlines())


def sign_anew(log: Held) -> None:
    """What somebody does who holds the database and the signing key: all seals again, over the events as they now are."""
    previous = ""
    key = sealing.signing_key()
    places = {(one["event"]["writer"], one["event"]["number"]): one["event"] for one in log.events}
    for seal in log.seals:
        told = json.loads(seal["statement"])
        leaves = [
            written.digest(b"\x00" + written.canonical(places[writer, number]))
            for writer, first, last in told["spans"]
            for number in range(first, last + 1)
        ]
        told["previous"], told["root"] = previous, root(leaves, written.digest).hex()
        statement = written.canonical(told)
        seal["statement"] = statement.decode()
        seal["signature"] = base64.b64encode(key.sign(statement)).decode()
        previous = written.digest(statement).hex()


def chain_anew(log: Held, drawn: random.Random) -> None:
    """All codes again, under a key that is not ours, each event naming the one before."""
    for writer, end in log.ends.items():
        code = ""
        for one in log.chain(writer):
            one["event"]["previous_code"], one["event"]["code"] = code, drawn.randbytes(32).hex()
            code = one["event"]["code"]
        end["code"] = code
