"""Keys of one person, family or case alone: what is sealed under one is gone for good the moment its row is destroyed (C8).

The record and the visits are never changed, so what they hold of somebody cannot be emptied. It can be made unreadable: each such
value is sealed under a key made of the workspace's keys and of a secret of its own, and the secret is a row that can be destroyed.
The record still verifies, since it proves what was written, not what it says.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence

from jiuzhu.casework.trace.keys import keys
from jiuzhu.casework.trace.models import OwnKey
from jiuzhu.crypto.keys import Narrowed
from jiuzhu.crypto.seal import open_sealed, seal

SECRET = "trace_ownkey.secret"
SECRET_BYTES = 32
OWN, END = b"~", b"~"


def sealed_bytes(content: bytes, *, of: str, name: str, about: str) -> bytes:
    """of: whose key, by what they are known by here, made the first time; "" seals under the workspace's keys alone. name, about: as
    `crypto.seal` has them."""
    if not of:
        return seal(content, keys=keys(), name=name, about=about)
    row = OwnKey.objects.filter(of=of).first() or _made(of)
    return OWN + str(row.pk).encode() + END + seal(content, keys=_narrowed(row), name=name, about=about)


def sealed_each(contents: Sequence[tuple[bytes, str, str, str]]) -> list[bytes]:
    """As `sealed_bytes` of many, each with whose key, its name and what it is about; the rows of their keys are read at once."""
    wanted = {of for _, of, _, _ in contents if of}
    rows = {row.of: row for row in OwnKey.objects.filter(of__among=sorted(wanted))}
    narrowed = {of: (rows.get(of) or _made(of)) for of in wanted}
    with_key = {of: (OWN + str(row.pk).encode() + END, _narrowed(row)) for of, row in narrowed.items()}
    told = []
    for content, of, name, about in contents:
        head, held = with_key[of] if of else (b"", keys())
        told.append(head + seal(content, keys=held, name=name, about=about))
    return told


def opened_bytes(content: bytes, *, name: str, about: str) -> bytes | None:
    """None where the key was destroyed. Raises SealBroken if it was changed, or moved to another row."""
    if not content.startswith(OWN):
        return open_sealed(content, keys=keys(), name=name, about=about)
    number, _, rest = content.removeprefix(OWN).partition(END)
    row = OwnKey.objects.filter(pk=int(number)).first()
    return None if row is None else open_sealed(rest, keys=_narrowed(row), name=name, about=about)


def opened_each(contents: Sequence[tuple[bytes, str, str]]) -> list[bytes | None]:
    """As `opened_bytes` of many, each with its name and what it is about; the rows of their keys are read at once."""
    numbers = [_number(content) for content, _, _ in contents]
    rows = {row.pk: row for row in OwnKey.objects.filter(pk__among=[number for number in numbers if number])}
    narrowed: dict[int, Narrowed] = {}
    told: list[bytes | None] = []
    for number, (content, name, about) in zip(numbers, contents, strict=True):
        if not number:
            told.append(open_sealed(content, keys=keys(), name=name, about=about))
        elif number not in rows:
            told.append(None)
        else:
            if number not in narrowed:
                narrowed[number] = _narrowed(rows[number])
            told.append(open_sealed(content.split(END, 2)[2], keys=narrowed[number], name=name, about=about))
    return told


def _number(content: bytes) -> int:
    """The number of the row whose key sealed it, 0 for the workspace's keys alone."""
    return int(content.removeprefix(OWN).partition(END)[0]) if content.startswith(OWN) else 0


def sealed_text(text: str, *, of: str = "", name: str, about: str) -> str:
    """As `sealed_bytes`; "" stays "": what is not known needs no secret."""
    return base64.b64encode(sealed_bytes(text.encode(), of=of, name=name, about=about)).decode("ascii") if text else ""


def opened_text(content: str, *, name: str, about: str) -> str:
    """As `opened_bytes`; "" for what was erased, too."""
    return (opened_bytes(base64.b64decode(content), name=name, about=about) or b"").decode() if content else ""


def destroy(of: str) -> bool:
    """Destroy a key; whether there was one. Nothing sealed under it is ever read again, here or from a copy without this row."""
    return bool(OwnKey.objects.filter(of=of).delete()[0])


def _made(of: str) -> OwnKey:
    secret = seal(secrets.token_bytes(SECRET_BYTES), keys=keys(), name=SECRET, about=of)
    return OwnKey.objects.get_or_create(of=of, defaults={"secret": base64.b64encode(secret).decode("ascii")})[0]


def _narrowed(row: OwnKey) -> Narrowed:
    return Narrowed(keys(), open_sealed(base64.b64decode(row.secret), keys=keys(), name=SECRET, about=row.of))
