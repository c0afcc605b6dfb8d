"""Exchange over a folder both sides can reach, such as an SFTP server's, mounted: `outbox/` is the body's, `inbox/` takes answers.

A message is a folder `outbox/<message>/`. It counts as there once `manifest.sig`, which is written last, lies in it, or
when the whole folder takes its name by one rename. Links are not followed: the outbox is in other hands.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jiuzhu.crypto.files import appearing
from jiuzhu.gateways.exchange.base import SIGNATURE, MessageRefused, Unreachable, checked_name, not_there, too_large

ACKNOWLEDGED = "acknowledged"
PIECE = 1 << 20


@dataclass(frozen=True)
class DropFolder:
    folder: Path

    def waiting(self) -> list[str]:
        try:
            found = sorted(self._outbox.iterdir())
        except OSError as error:
            raise Unreachable(
                f"{self._outbox}: {error.strerror}; mount the folder, or correct `folder` in exchange.toml"
            ) from None
        return [path.name for path in found if self._is_complete(path)]

    def fetch(self, message: str, name: str, target: Path, most: int) -> None:
        box = self._opened(self._outbox, checked_name(message, "message"), os.O_DIRECTORY, None)
        try:
            source = self._opened(message, checked_name(name, "file"), 0, box)
        finally:
            os.close(box)
        with os.fdopen(source, "rb") as file, target.open("ab") as copy:
            if os.fstat(source).st_size > most:
                raise too_large(name, most)
            file.seek(copy.tell())
            while piece := file.read(PIECE):
                copy.write(piece)
                if copy.tell() > most:
                    raise too_large(name, most)

    def answer(self, message: str, files: Mapping[str, bytes]) -> None:
        inbox = self.folder / "inbox" / checked_name(message, "message")
        try:
            inbox.mkdir(parents=True, exist_ok=True)
            for name, content in files.items():
                with appearing(inbox / checked_name(name, "file")) as file:
                    file.write(content)
                (inbox / name).chmod(0o640)  # the body reads it as another user of the same group
        except OSError as error:
            raise Unreachable(f"{inbox}: {error.strerror}; let this user write into the inbox") from None

    def acknowledge(self, message: str) -> None:
        self.answer(message, {ACKNOWLEDGED: b""})

    @property
    def _outbox(self) -> Path:
        return self.folder / "outbox"

    def _is_complete(self, path: Path) -> bool:
        try:
            checked_name(path.name, "message")
        except MessageRefused:
            return False  # a name of somebody's temporary file, or one we could not answer to
        is_there = path.is_dir() and not path.is_symlink() and (path / SIGNATURE).is_file()
        return is_there and not (self.folder / "inbox" / path.name / ACKNOWLEDGED).exists()

    def _opened(self, where: Path | str, name: str, flags: int, inside: int | None) -> int:
        path = where / name if isinstance(where, Path) else name
        try:
            return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | flags, dir_fd=inside)
        except FileNotFoundError:
            raise not_there(str(where), name) from None
        except OSError as error:
            # Not one of these comes from a network: a link where a file should be, or a file nobody may read.
            raise MessageRefused("not_a_file", f"{name}: {error.strerror}; a message holds plain files we may read") from None
