"""A message: some files, a manifest that names them with their hashes, and the body's signature over the manifest.

    {"format": 1, "body": "police", "to": "370502", "number": 17, "made_at": "2026-11-20T08:00:00+08:00",
     "files": [{"name": "police_population-2026-11-19.csv", "bytes": 1234, "sha256": "…"}]}

What is signed is CONTEXT and then the bytes of manifest.json as they are; manifest.sig is that signature in base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from jiuzhu.crypto.signing import PublicKey, SigningKey
from jiuzhu.gateways.exchange.base import MANIFEST, SIGNATURE, MessageRefused, checked_name

FORMAT = 1
CONTEXT = b"jiuzhu exchange manifest 1\n"
LARGEST_MANIFEST, LARGEST_SIGNATURE = 1 << 20, 1 << 10  # bytes
MOST_FILES = 2_000
CLOCKS_DIFFER = timedelta(minutes=10)
BEIJING = timezone(timedelta(hours=8))
_KEYS = {"format", "body", "to", "number", "made_at", "files"}


@dataclass(frozen=True)
class Told:
    """One file as the manifest tells it."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """number: the body counts its messages up; a number is used once. to: the place it is meant for."""

    body: str
    to: str
    number: int
    made_at: datetime
    files: tuple[Told, ...]

    @property
    def day(self) -> date:
        """The day it was made, in Beijing: nothing in it can speak of a later one."""
        return self.made_at.astimezone(BEIJING).date()


def sent_by(content: bytes, signature: bytes, *, body: str, to: str, key: PublicKey | None, now: datetime) -> Manifest:
    """What a signed manifest says. Raises MessageRefused unless this body signed it for us with its key in force."""
    if key is None:
        raise MessageRefused(
            "no_key", f"{body} has no key yet; two officers register it: jiuzhu exchange-keys propose {body} FILE"
        )
    if not key.verifies(CONTEXT + content, _decoded(signature)):
        words = f"the manifest is not signed with the key of {body} in force ({key.fingerprint}); sign it with that key, or register the new one"
        raise MessageRefused("bad_signature", words)
    found = _read(content)
    if found.body != body:
        raise MessageRefused(
            "other_body", f"the manifest is signed by {body} and speaks for {found.body[:40]!r}; a body speaks for itself"
        )
    if found.to != to:
        raise MessageRefused(
            "other_place", f"the message is meant for {found.to[:12]!r}, and this is {to}; send it there, or make it anew"
        )
    if found.made_at > now + CLOCKS_DIFFER:
        raise MessageRefused(
            "made_in_future", f"made_at {found.made_at.isoformat()} has not come yet; set the clock of the sender"
        )
    return found


def has_come(path: Path, told: Told) -> bool:
    """Whether a fetched file is what the manifest tells."""
    if path.stat().st_size != told.bytes:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == told.sha256


def write_message(
    outbox: Path, files: Sequence[Path], *, body: str, to: str, number: int, made_at: datetime, key: SigningKey
) -> Path:
    """The body's side: lay a message into an outbox, where it appears by one rename. Gives its folder."""
    if (outbox / str(number)).exists():
        raise MessageRefused(
            "number_used", f"{outbox}: there is a message {number} already; a number is used once: take the next one"
        )
    aside = outbox / f".{number}.part"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    told = []
    for path in files:
        shutil.copyfile(path, aside / checked_name(path.name, "file"))
        with path.open("rb") as file:
            told.append(
                {"name": path.name, "bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
            )
    manifest = {"format": FORMAT, "body": body, "to": to, "number": number, "made_at": made_at.isoformat(), "files": told}
    content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    (aside / MANIFEST).write_bytes(content)
    (aside / SIGNATURE).write_bytes(base64.b64encode(key.sign(CONTEXT + content)) + b"\n")
    return aside.rename(outbox / str(number))


def _decoded(signature: bytes) -> bytes:
    try:
        return base64.b64decode(signature.strip(), validate=True)
    except binascii.Error:
        return b""


def _read(content: bytes) -> Manifest:
    try:
        told = json.loads(content)
        if set(told) != _KEYS or told["format"] != FORMAT:
            raise ValueError
        number, made_at = told["number"], datetime.fromisoformat(told["made_at"])
        if (
            type(number) is not int
            or not 0 < number < 10**12
            or made_at.tzinfo is None
            or not 0 < len(told["files"]) <= MOST_FILES
        ):
            raise ValueError
        return Manifest(str(told["body"]), str(told["to"]), number, made_at, _files(told["files"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        words = f"the manifest is not of format {FORMAT}: exactly the keys {', '.join(sorted(_KEYS))}, made_at with its time zone"
        raise MessageRefused("bad_manifest", words) from None


def _files(told: Sequence[Mapping[str, Any]]) -> tuple[Told, ...]:
    files = []
    for one in told:
        size, digest = one["bytes"], one["sha256"]
        if set(one) != {"name", "bytes", "sha256"} or type(size) is not int or size < 0 or len(digest) != 64:
            raise ValueError
        files.append(Told(checked_name(one["name"], "file"), size, digest))
    if len({one.name for one in files}) != len(files):
        raise ValueError
    return tuple(files)
