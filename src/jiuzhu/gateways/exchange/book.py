"""The book of the bodies' keys: nothing in it is ever changed, a page is added; a key counts once two officers stand for it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from jiuzhu.crypto.files import appearing
from jiuzhu.crypto.signing import PublicKey, read_public_key


class KeyNotAllowed(Exception):
    """The page may not be written: one officer alone, or nothing there to confirm."""


@dataclass(frozen=True)
class Page:
    """proposed: an officer brought this key. confirmed: another compared its fingerprint with the body. pem: "" if confirmed."""

    body: str
    act: Literal["proposed", "confirmed"]
    fingerprint: str
    by: str
    because: str
    at: str
    algorithm: str
    pem: str = ""


@dataclass(frozen=True)
class Book:
    """One file a page, named by its content, so that two who write at once lose nothing."""

    folder: Path

    def pages(self, body: str | None = None) -> list[Page]:
        """Oldest first."""
        found = [Page(**json.loads(path.read_text(encoding="utf-8"))) for path in sorted(self.folder.glob("*.json"))]
        wanted = [page for page in found if body in (None, page.body)]
        return sorted(wanted, key=lambda page: (datetime.fromisoformat(page.at), page.act == "confirmed"))

    def propose(self, body: str, pem: bytes, algorithm: str, *, by: str, because: str, at: datetime) -> str:
        """Bring a new key; gives the fingerprint that another officer compares and confirms. Raises KeyUnfit, KeyNotAllowed."""
        key = read_public_key(pem, algorithm)
        self._add(Page(body, "proposed", key.fingerprint, by, because, at.isoformat(), algorithm, key.as_pem().decode()))
        return key.fingerprint

    def confirm(self, body: str, fingerprint: str, *, by: str, because: str, at: datetime) -> None:
        """Let a proposed key count from now on; the one before it counts no longer. Raises KeyNotAllowed."""
        proposals = [page for page in self.pages(body) if page.act == "proposed" and page.fingerprint == fingerprint]
        if not proposals:
            raise KeyNotAllowed(f"{body}: nobody proposed a key {fingerprint!r}; `jiuzhu exchange-keys list` shows what waits")
        if at < datetime.fromisoformat(proposals[-1].at):
            raise KeyNotAllowed(f"{body}: key {fingerprint} was proposed at {proposals[-1].at}, which is later; set the clock")
        if _spelled(by) in {_spelled(page.by) for page in proposals}:
            raise KeyNotAllowed(f"{body}: the officer who proposed key {fingerprint} may not confirm it; another one has to")
        self._add(Page(body, "confirmed", fingerprint, by, because, at.isoformat(), proposals[-1].algorithm))

    def key(self, body: str) -> PublicKey | None:
        """The key in force: that of the last confirmation. None before the first."""
        pages = self.pages(body)
        confirmed = [page for page in pages if page.act == "confirmed"]
        if not confirmed:
            return None
        last = confirmed[-1]
        proposed = next(page for page in reversed(pages) if page.act == "proposed" and page.fingerprint == last.fingerprint)
        return read_public_key(proposed.pem.encode(), proposed.algorithm)

    def waiting(self) -> list[Page]:
        """Proposals that nobody has confirmed since."""
        pages = self.pages()
        confirmed = {(page.body, page.fingerprint): page.at for page in pages if page.act == "confirmed"}
        return [page for page in pages if page.act == "proposed" and confirmed.get((page.body, page.fingerprint), "") == ""]

    def _add(self, page: Page) -> None:
        if not page.by.strip() or not page.because.strip():
            raise KeyNotAllowed("a page of the book of keys says who and why: give `by` and `because`")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        content = json.dumps(asdict(page), ensure_ascii=False, sort_keys=True).encode()
        with appearing(self.folder / f"{hashlib.sha256(content).hexdigest()[:32]}.json") as file:
            file.write(content)


def _spelled(name: str) -> str:
    """A name without what does not make another person: blanks, width, capitals."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
