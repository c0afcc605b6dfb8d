"""What became of each message of a body, so that a kill at any moment neither loses one nor takes one twice."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from jiuzhu.crypto.files import appearing

TRIES = 3
CUT_OFF = "cut_off: the platform was ended while it took this message in"


class ExchangeBusy(Exception):
    """Another process exchanges with the bodies of this workspace."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one that exchanges. Raises ExchangeBusy. The lock goes with the process, however that ends."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExchangeBusy(f"{folder}: another command exchanges just now; wait for it to end and try again") from None
        yield
    finally:
        os.close(handle)


@dataclass(frozen=True)
class Trial:
    """A message that is not taken in yet. trial: what it is known by, made from its content. tries: begun, this one too."""

    trial: str
    message: str
    tries: int = 0
    reason: str = ""
    aside: bool = False


@dataclass(frozen=True)
class Ledger:
    """`taken/` one file a number, `tried/` one a trial, `incoming/` files on their way, of one body."""

    folder: Path

    def taken(self, number: int) -> str | None:
        """The SHA-256 of the manifest that was taken in under this number; None if none was."""
        path = self.folder / "taken" / f"{number}.json"
        return str(json.loads(path.read_text(encoding="ascii"))["manifest"]) if path.exists() else None

    def take(self, number: int, manifest: str, trial: str) -> None:
        """The message is in the archive and answered: from now on it is known, whatever comes."""
        self._write(self.folder / "taken" / f"{number}.json", {"manifest": manifest})
        self.forget(trial)

    def trial(self, trial: str, message: str) -> Trial:
        path = self.folder / "tried" / f"{trial}.json"
        return Trial(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else Trial(trial, message)

    def begin(self, trial: Trial) -> Trial:
        """Count a try before it is made: a message that ends the process is counted too."""
        return self._kept(replace(trial, tries=trial.tries + 1, reason=CUT_OFF))

    def uncount(self, trial: Trial) -> None:
        """The try came to nothing through no fault of the message."""
        self._kept(replace(trial, tries=trial.tries - 1, reason=""))

    def fail(self, trial: Trial, reason: str, *, aside: bool) -> None:
        self._kept(replace(trial, reason=reason, aside=aside))
        if aside:
            shutil.rmtree(self.incoming(trial.trial), ignore_errors=True)

    def forget(self, trial: str) -> None:
        """Throw away what was kept of its tries, so that it is tried as if for the first time."""
        (self.folder / "tried" / f"{trial}.json").unlink(missing_ok=True)
        shutil.rmtree(self.incoming(trial), ignore_errors=True)

    def aside(self) -> list[Trial]:
        """What was set aside, for a person."""
        found = [self.trial(path.stem, "") for path in sorted((self.folder / "tried").glob("*.json"))]
        return [one for one in found if one.aside]

    def incoming(self, trial: str) -> Path:
        """Where the files of a message lie while they are fetched. They are plain: only our user may look."""
        return self.folder / "incoming" / trial

    def _kept(self, trial: Trial) -> Trial:
        self._write(self.folder / "tried" / f"{trial.trial}.json", asdict(trial))
        return trial

    def _write(self, path: Path, content: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with appearing(path) as file:
            file.write(json.dumps(content, sort_keys=True).encode("ascii"))
