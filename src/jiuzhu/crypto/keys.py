"""Where keys come from: a provider hands out one derived key a purpose, under numbered versions that stay readable."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Literal, Protocol

from jiuzhu.crypto.files import appearing
from jiuzhu.crypto.suite import Suite, suite

Family = Literal["seal", "index"]
FAMILIES: tuple[Family, ...] = ("seal", "index")
MASTER_BYTES = 32
SESSION_BYTES = 8
# GCM with random 96-bit nonces: at most 2^32 messages under one key (NIST SP 800-38D, 8.3; requirement B3).
USES_PER_KEY = 2**32


class KeyMissing(Exception):
    """A key that is needed is not there."""


class KeyWrong(Exception):
    """A key is there but is damaged, open to others, or not the one this workspace was written with."""


@dataclass(frozen=True)
class Key:
    """One derived key. `session` tells apart the keys of different processes under one version; it is no secret."""

    suite: Suite
    version: int
    session: bytes
    secret: bytes = field(repr=False)


class KeyProvider(Protocol):
    """What the rest of this room needs of a provider. A cryptographic device answers the same questions."""

    def sealing_key(self, name: str, *, alone: bool = False) -> Key:
        """The key to seal content of that name with, now: for one use, of which none gets more than 2^32.

        alone: a key nobody else gets, for a stream of many blocks.
        """

    def opening_key(self, name: str, version: int, session: bytes) -> Key:
        """The key some content of that name was sealed with. Raises KeyMissing for a version that is not there."""

    def index_key(self, name: str) -> Key:
        """The key of a keyed index or digest; it stays the same when sealing keys are rotated, or no look-up would find."""


class DerivedKeys(ABC):
    """A provider that derives every key from a few master keys (HKDF), one a family and version.

    Each process seals under a random session of its own, mixed into the derivation, so that the number of uses of a key
    can be counted inside the process and needs no counter shared between machines.
    """

    def __init__(self) -> None:
        self._sessions: dict[tuple[str, int], tuple[Key, count[int]]] = {}
        self._process = os.getpid()
        self._derived = lru_cache(maxsize=4096)(self._derive)

    @abstractmethod
    def current(self, family: Family) -> int:
        """The version that new content is written with."""

    @abstractmethod
    def master(self, family: Family, version: int) -> tuple[str, bytes]:
        """The suite's name and the master key of that version. Raises KeyMissing."""

    def sealing_key(self, name: str, *, alone: bool = False) -> Key:
        if alone:
            return self._derive("seal", name, self.current("seal"), secrets.token_bytes(SESSION_BYTES))
        if os.getpid() != self._process:  # a forked child must not go on with its parent's count
            self._sessions.clear()
            self._process = os.getpid()
        version = self.current("seal")
        entry = self._sessions.get((name, version))
        if entry is None or next(entry[1]) >= USES_PER_KEY:
            key = self._derived("seal", name, version, secrets.token_bytes(SESSION_BYTES))
            entry = (key, count(1))
            self._sessions[(name, version)] = entry
        return entry[0]

    def opening_key(self, name: str, version: int, session: bytes) -> Key:
        return self._derived("seal", name, version, session)

    def index_key(self, name: str) -> Key:
        return self._derived("index", name, self.current("index"), b"")

    def fingerprint(self, family: Family, version: int) -> str:
        """A text that two equal master keys share and that tells nothing about them."""
        name, master = self.master(family, version)
        return suite(name).derive(master, b"jiuzhu fingerprint " + family.encode(), b"", 16).hex()

    def _derive(self, family: Family, name: str, version: int, session: bytes) -> Key:
        suite_name, master = self.master(family, version)
        chosen = suite(suite_name)
        length = chosen.key_bytes if family == "seal" else MASTER_BYTES
        purpose = f"jiuzhu {family} {name}".encode()
        return Key(chosen, version, session, chosen.derive(master, purpose, session, length))


class Narrowed:
    """The sealing keys of a provider, each mixed with one secret more: who destroys that secret destroys what was sealed with them."""

    def __init__(self, keys: KeyProvider, secret: bytes) -> None:
        self._keys, self._secret = keys, secret

    def sealing_key(self, name: str, *, alone: bool = False) -> Key:
        return self._mixed(self._keys.sealing_key(name, alone=alone))

    def opening_key(self, name: str, version: int, session: bytes) -> Key:
        return self._mixed(self._keys.opening_key(name, version, session))

    def index_key(self, name: str) -> Key:
        return self._keys.index_key(name)

    def _mixed(self, key: Key) -> Key:
        return replace(key, secret=key.suite.derive(key.secret, b"jiuzhu narrowed", self._secret, key.suite.key_bytes))


class FileKeys(DerivedKeys):
    """Master keys as files `<family>.<version>.key` in one folder, readable by their owner alone. For demo and small places.

    suite_name: the suite of keys made from now on; a key already there keeps the suite it was made for.
    make: make the first keys if the folder holds none. Without it, or if only some are there, KeyMissing is raised.
    """

    def __init__(self, folder: Path | str, *, suite_name: str = "gm", make: bool = True) -> None:
        super().__init__()
        self.folder = Path(folder)
        self._suite = suite(suite_name)
        self._masters: dict[tuple[Family, int], tuple[str, bytes]] = {}
        self._seen = -1
        self._newest: dict[Family, int] = {}
        if make:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._alone():
                begun = self.folder / ".begun"  # a first start that was cut short goes on; a key lost later is never made anew
                if not any(self._versions(family) for family in FAMILIES):
                    begun.touch(mode=0o600)
                if begun.exists():
                    for family in FAMILIES:
                        if not self._versions(family):
                            self._make(family, 1)
                    begun.unlink()
        for family in FAMILIES:
            for version in self._versions(family) or [1]:
                self.master(family, version)

    def current(self, family: Family) -> int:
        stamp = self._stamp()
        if stamp != self._seen:  # another process may have rotated; a look at the folder costs a microsecond
            self._newest = {each: max(self._versions(each), default=0) for each in FAMILIES}
            self._seen = stamp
        if not self._newest[family]:
            raise KeyMissing(self._missing(family, 1))
        return self._newest[family]

    def master(self, family: Family, version: int) -> tuple[str, bytes]:
        known = self._masters.get((family, version))
        if known is None:
            known = _read(self._path(family, version), family, version, self._missing(family, version))
            self._masters[(family, version)] = known
        return known

    def versions(self, family: Family) -> tuple[int, ...]:
        """All versions that are there, oldest first."""
        return tuple(self._versions(family))

    def rotate(self) -> int:
        """Make a new sealing key and give its version. Content sealed before stays readable; other processes follow."""
        with self._alone():
            version = max(self._versions("seal"), default=0) + 1
            self._make("seal", version)
            # Who looked between the making and the naming of the file, within one tick of the disk's clock, must look again.
            stood = self.folder.stat()
            os.utime(self.folder, ns=(stood.st_atime_ns, stood.st_mtime_ns + 1))
        self._seen = -1
        return version

    def _stamp(self) -> int:
        try:
            return self.folder.stat().st_mtime_ns
        except FileNotFoundError:
            raise KeyMissing(self._missing("seal", 1)) from None

    def _path(self, family: Family, version: int) -> Path:
        return self.folder / f"{family}.{version}.key"

    def _versions(self, family: Family) -> list[int]:
        found = (re.fullmatch(rf"{family}\.([1-9]\d*)\.key", path.name) for path in self.folder.glob("*.key"))
        return sorted(int(match[1]) for match in found if match)

    def _missing(self, family: Family, version: int) -> str:
        return (
            f"{self._path(family, version)}: key {family} version {version} is missing; put back the key folder from its "
            "backup, or set the right folder in config. What was sealed with it cannot be read without it"
        )

    def _make(self, family: Family, version: int) -> None:
        secret = secrets.token_bytes(MASTER_BYTES)
        lines = [f"jiuzhu key {family} {version}", f"suite {self._suite.name}", f"secret {secret.hex()}"]
        lines.append(f"check {_check(self._suite.name, secret)}")
        with appearing(self._path(family, version)) as file:
            file.write("".join(f"{line}\n" for line in lines).encode("ascii"))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two processes that start at once must not both make the first keys."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def open_keys(folder: Path | str, *, proof: Path, suite_name: str = "gm") -> FileKeys:
    """The keys of a workspace, at its start. `proof` is a file of the workspace that remembers which keys wrote it.

    The first time the keys are made and remembered; afterwards they must be the same, else starting would write content
    nobody could read together with the old. Raises KeyMissing or KeyWrong with the next step.
    """
    remembered = _remembered(proof)
    keys = FileKeys(folder, suite_name=suite_name, make=not remembered)
    for (family, version), fingerprint in remembered.items():
        if keys.fingerprint(family, version) != fingerprint:
            raise KeyWrong(
                f"{keys.folder}: key {family} version {version} is not the one this workspace was written with "
                f"({proof}); set the right key folder in config, or put it back from its backup"
            )
    present = {(family, version): keys.fingerprint(family, version) for family in FAMILIES for version in keys.versions(family)}
    if present != remembered:
        _remember(proof, present)
    return keys


def _remembered(proof: Path) -> dict[tuple[Family, int], str]:
    if not proof.exists():
        return {}
    lines = [line.split() for line in proof.read_text(encoding="ascii", errors="replace").splitlines()]
    found: dict[tuple[Family, int], str] = {}
    for line in lines:
        if len(line) != 3 or line[0] not in FAMILIES or not line[1].isdigit():
            raise KeyWrong(f"{proof}: the list of keys of this workspace is damaged; put the file back from a backup")
        found[("seal" if line[0] == "seal" else "index", int(line[1]))] = line[2]
    return found


def _remember(proof: Path, present: dict[tuple[Family, int], str]) -> None:
    proof.parent.mkdir(parents=True, exist_ok=True)
    with appearing(proof) as file:
        for (family, version), mark in sorted(present.items()):
            file.write(f"{family} {version} {mark}\n".encode("ascii"))


def _read(path: Path, family: Family, version: int, missing: str) -> tuple[str, bytes]:
    try:
        mode = path.stat().st_mode
        content = path.read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        raise KeyMissing(missing) from None
    except PermissionError:
        raise KeyWrong(f"{path}: this user may not read the key; start as the owner of the file") from None
    if mode & 0o077:
        raise KeyWrong(f"{path}: others may read this key (mode {mode & 0o777:04o}); run: chmod 600 {path}")
    pattern = rf"jiuzhu key {family} {version}\nsuite (\w+)\nsecret ([0-9a-f]{{{2 * MASTER_BYTES}}})\ncheck ([0-9a-f]+)\n"
    match = re.fullmatch(pattern, content)
    if not match or _check(match[1], bytes.fromhex(match[2])) != match[3]:
        raise KeyWrong(f"{path}: the key file is damaged; put it back from its backup")
    return match[1], bytes.fromhex(match[2])


def _check(suite_name: str, secret: bytes) -> str:
    """A short sum that finds a damaged file; it is derived, so it says nothing about the key."""
    return suite(suite_name).derive(secret, b"jiuzhu key file", b"", 8).hex()
