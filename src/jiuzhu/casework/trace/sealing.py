"""Sealing: all that was written since the last seal, of every chain, under one signed root that leaves the machine at once.

`seal` and `forward` are called about once a second by one process; nothing on the way of an act waits for them.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.db import transaction

from jiuzhu.casework.trace import written
from jiuzhu.casework.trace.exported import event_line, seal_line
from jiuzhu.casework.trace.merkle import root
from jiuzhu.casework.trace.models import Event, Head, Kept, Seal, Span
from jiuzhu.crypto.files import synced
from jiuzhu.crypto.signing import SigningKey, new_signing_key, read_signing_key

ALARM_AFTER = timedelta(seconds=60)
STOP_AFTER = timedelta(minutes=10)
HEADS, ROWS = "heads.jsonl", "events.jsonl"


class ChainBroken(Exception):
    """An event that is not sealed yet was changed or removed: it must not be signed as if it were right."""


class Lateness(StrEnum):
    """NONE: go on. ALARM: somebody must look at the sealer. STOP: no payment and no export until it works again; reading goes on."""

    NONE = "none"
    ALARM = "alarm"
    STOP = "stop"


@dataclass(frozen=True)
class _Stretch:
    """Events of one chain that no seal covers yet: `first` to `last`, after the event whose code is `code`."""

    writer: str
    first: int
    last: int
    code: str


def seal(*, at: datetime) -> Seal | None:
    """Sign a tree over every committed event that no seal covers; None where there is none.

    The events cannot change, so they are read and hashed before the transaction; of two sealers at once one gets IntegrityError.
    Raises ChainBroken naming the first event that is not what was written, KeyUnfit without the signing key.
    """
    stretches = list(_unsealed())
    if not stretches:
        return None
    leaves = [leaf for stretch in stretches for leaf in _leaves(stretch)]
    last = Seal.objects.order_by("-number").first()
    key = signing_key()
    statement = written.canonical(
        {
            "number": last.number + 1 if last else 1,
            "at": written.instant(at),
            "previous": written.digest(last.statement.encode()).hex() if last else "",
            "hash": written.hash_name(),
            "root": root(leaves, written.digest).hex(),
            "count": len(leaves),
            "spans": [[one.writer, one.first, one.last] for one in stretches],
        }
    )
    with transaction.atomic():
        made = Seal.objects.create(
            number=last.number + 1 if last else 1,
            at=at,
            statement=statement.decode(),
            signature=base64.b64encode(key.sign(statement)).decode("ascii"),
            key=key.public.fingerprint,
        )
        Span.objects.bulk_create(Span(seal=made, writer=one.writer, first=one.first, last=one.last) for one in stretches)
    return made


def forward(*, at: datetime) -> int:
    """Hand each signed head to the second keeper and its events to the second sink; returns how many seals went.

    A kill after writing and before noting it writes a line a second time, which changes nothing for whoever reads.
    Raises OSError where keeper or sink cannot be written to; what waits is forwarded the next time.
    """
    went = 0
    for one in Seal.objects.filter(number__gt=_kept_to()).order_by("number"):
        keeper, sink = Path(settings.SEAL_KEEPER), Path(settings.SEAL_SINK)
        _publish(keeper, signing_key())
        _append(sink / ROWS, (event_line(event) for event in _covered(one)))
        _append(keeper / HEADS, [seal_line(one)])
        Kept.objects.create(seal=one, at=at)
        went += 1
    return went


def sealing_late(at: datetime) -> Lateness:
    """How late sealing is at this instant: by the oldest event whose seal has not reached the second keeper."""
    kept, oldest = _kept_to(), at
    for head in Head.objects.all():
        reached = _sealed_to(head.writer, up_to=kept)
        if head.number > reached:
            waiting = Event.objects.filter(writer=head.writer, number__gt=reached).order_by("number").first()
            if waiting is None:  # somebody removed it
                return Lateness.STOP
            oldest = min(oldest, waiting.at)
    late = at - oldest
    return Lateness.STOP if late >= STOP_AFTER else Lateness.ALARM if late >= ALARM_AFTER else Lateness.NONE


def last_seal() -> Seal | None:
    """The newest seal, None before the first."""
    return Seal.objects.order_by("-number").first()


def signing_key() -> SigningKey:
    """The key that signs heads; made the first time. Raises KeyUnfit if it is gone although something was signed with it."""
    path = Path(settings.KEYS) / "seals.pem"
    if not path.exists() and not Seal.objects.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        new_signing_key(fresh)
        try:
            os.link(fresh, path)  # unlike a rename it leaves the key of another process that was first
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return read_signing_key(path)


def _unsealed() -> Iterator[_Stretch]:
    for head in Head.objects.order_by("writer"):
        done = _sealed_to(head.writer)
        if head.number > done:
            before = Event.objects.filter(writer=head.writer, number=done).values_list("code", flat=True).first()
            yield _Stretch(head.writer, done + 1, head.number, before or "")


def _sealed_to(writer: str, up_to: int | None = None) -> int:
    """The last number of a chain that a seal covers, of the seals up to a number; found from the newest, as the table is long."""
    spans = Span.objects.filter(writer=writer).order_by("-last")
    spans = spans if up_to is None else spans.filter(seal__number__lte=up_to)
    return spans.values_list("last", flat=True).first() or 0


def _kept_to() -> int:
    """The number of the last seal that keeper and sink have; they get them in order."""
    return Kept.objects.order_by("-seal_id").values_list("seal__number", flat=True).first() or 0


def _leaves(stretch: _Stretch) -> Iterator[bytes]:
    """The leaves of a stretch, each event proved first: numbers without a gap, the code before, its own code."""
    number, code = stretch.first, stretch.code
    events = Event.objects.filter(writer=stretch.writer, number__gte=stretch.first, number__lte=stretch.last).order_by("number")
    for event in events.iterator():
        if (event.number, event.previous_code, event.code) != (number, code, written.code_of(event)):
            break
        yield written.leaf_of(event)
        number, code = number + 1, event.code
    if number <= stretch.last:
        raise ChainBroken(
            f"event {stretch.writer}/{number} was changed or removed after it was written, so nothing is sealed; "
            "run `jiuzhu audit verify` and call the security officer"
        )


def _covered(one: Seal) -> Iterator[Event]:
    for span in one.spans.order_by("writer"):
        events = Event.objects.filter(writer=span.writer, number__gte=span.first, number__lte=span.last)
        yield from events.order_by("number").prefetch_related("subjects").iterator(chunk_size=500)


def _publish(keeper: Path, key: SigningKey) -> None:
    """The public key beside the heads, once: whoever checks them later must not take it from the platform."""
    keeper.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = keeper / f"{key.public.fingerprint}.pem"
    if not path.exists():
        _append(path, [key.public.as_pem().rstrip(b"\n")])


def _append(path: Path, lines: Iterable[bytes]) -> None:
    """Add lines at the end of a file, on the disk for certain; a line torn by a crash is closed first, so that it stands alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    torn = path.exists() and _last_byte(path) not in (b"", b"\n")
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "ab") as file:
        if torn:
            file.write(b"\n")
        for line in lines:
            file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    synced(path.parent)


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 1))
        return file.read(1)
