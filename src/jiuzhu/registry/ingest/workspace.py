"""The folder that holds everything a machine knows, and the lock that lets one command at a time write into it."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from jiuzhu.crypto.keys import FileKeys, open_keys
from jiuzhu.registry.ingest.cells import BEIJING


class WorkspaceBusy(Exception):
    """Another command writes into the workspace."""


class WorkspaceFull(Exception):
    """There is no room left on the disk of the workspace; what was acknowledged before is whole."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder}: no room left on this disk; the last release and every delivery that was reported are whole, the rest is not "
            "begun: make room, then give the same command again"
        )


_LOCK_BYTES = 128  # of the file that says who writes
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Workspace:
    """`keys/`, `archive/` (one folder a delivery), `refused/`, `verdicts/`, `vault/`, `releases/`, `lock`."""

    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    @property
    def refused(self) -> Path:
        return self.folder / "refused"

    @property
    def verdicts(self) -> Path:
        return self.folder / "verdicts"

    @property
    def staging(self) -> Path:
        """Half-written things; whatever lies here at the start of a command was cut off and is thrown away."""
        return self.folder / "staging"

    @property
    def vault(self) -> Path:
        return self.folder / "vault"

    @property
    def releases(self) -> Path:
        return self.folder / "releases"

    @cached_property
    def keys(self) -> FileKeys:
        """The keys of this workspace; made the first time. Raises KeyMissing or KeyWrong."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return open_keys(self.folder / "keys", proof=self.folder / "keys.known")

    @contextmanager
    def writing(self, command: str) -> Iterator[None]:
        """Be the only writer. Raises WorkspaceBusy, saying who is, and WorkspaceFull in the place of what a full disk raised.

        The lock goes with the process, however that ends.
        """
        try:
            with self._locked(command):
                yield
        except Exception as error:
            if _says_full(error):
                raise WorkspaceFull(self.folder) from error
            raise

    @contextmanager
    def _locked(self, command: str) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WorkspaceBusy(_holder(self.folder, handle)) from None
            # Written over and not cut off: whoever receives records does this for each, and a file that changes its length is
            # one more thing the disk has to put down.
            os.pwrite(handle, json.dumps({"pid": os.getpid(), "command": command}).encode().ljust(_LOCK_BYTES), 0)
            yield
            os.pwrite(handle, b" " * _LOCK_BYTES, 0)
        finally:
            os.close(handle)


def _says_full(error: Exception) -> bool:
    """DuckDB and Arrow have errors of their own for it, with the system's words in them."""
    number = error.errno if isinstance(error, OSError) else None
    return number in _FULL or any(os.strerror(one) in str(error) for one in _FULL)


def _holder(folder: Path, handle: int) -> str:
    try:
        held = json.loads(os.pread(handle, 4096, 0))
        # The file was written when the lock was taken: its own date is the time since when, and no clock is read.
        since = datetime.fromtimestamp(os.fstat(handle).st_mtime, BEIJING).isoformat(sep=" ", timespec="seconds")
        who = f"process {held['pid']} ({held['command']}) has been writing since {since}"
    except (ValueError, KeyError, TypeError):
        who = "another process is writing"
    return f"{folder}: {who}; one command at a time may write: wait for it to end, or end it, and try again"
