"""A town that exchanges with bodies over drop folders, by the commands an officer would use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.crypto.signing import SigningKey, new_signing_key
from jiuzhu.gateways.exchange.book import Book
from jiuzhu.gateways.exchange.messages import write_message
from jiuzhu.portals.cli import exchange
from jiuzhu.portals.cli.answers import BEIJING
from jiuzhu.portals.cli.main import main
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue

PLACE = "370502"


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), BEIJING)


@dataclass
class Town:
    """One workspace, its bodies' folders and keys, and the last answer of the command."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    keys: dict[str, SigningKey] = field(default_factory=dict)
    told: str = ""

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    def box(self, body: str) -> Path:
        return self.folder / "bodies" / body

    def join(self, *bodies: str) -> None:
        """Write exchange.toml and have two officers register a key for each body."""
        self.workspace.mkdir(parents=True, exist_ok=True)
        for body in bodies:
            (self.box(body) / "outbox").mkdir(parents=True)
            self.keys[body] = new_signing_key(self.folder / f"{body}.pem")
            told: dict[str, Any] = {"because": "first key", "at": noon("2025-01-02")}
            book = Book(self.workspace / "exchange" / "keys")
            fingerprint = book.propose(body, self.keys[body].public.as_pem(), "ed25519", by="A", **told)
            book.confirm(body, fingerprint, by="B", **told)
        self.lines()
        public.mark_invented(self.workspace)

    def lines(self, twin: int | None = None) -> None:
        """The lines to the bodies: good ones, or bad ones of this seed."""
        lines = [f'place = "{PLACE}"']
        for body in self.keys:
            lines += [f"[bodies.{body}]", f'folder = "{self.box(body)}"', f'divisions = ["{PLACE}"]']
            lines += [f"twin = {twin}"] if twin is not None else []
        (self.workspace / "exchange.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def send(self, body: str, number: int, day: str, paths: Iterable[Path]) -> Path:
        told = {"body": body, "to": PLACE, "number": number, "made_at": noon(day), "key": self.keys[body]}
        return write_message(self.box(body) / "outbox", list(paths), **told)

    def command(self, *words: str, code: int | None = 0) -> Mapping[str, Any]:
        """Run a command that ends with that code, or any; gives its JSON, if it printed any."""
        self.capture.readouterr()
        found = main([*words, "--workspace", str(self.workspace)])
        out, self.told = self.capture.readouterr()
        assert code in (found, None), self.told
        return json.loads(out) if out.startswith("{") else {"out": out}

    def exchange(self, day: str, *words: str, code: int | None = 0) -> Mapping[str, Any]:
        return self.command("exchange", "--as-of", day, "--json", *words, code=code)

    def receipt(self, body: str, message: int) -> Mapping[str, Any]:
        return json.loads((self.box(body) / "inbox" / str(message) / "receipt.json").read_bytes())


def patient(monkeypatch: pytest.MonkeyPatch, rules: Catalogue) -> None:
    """No waiting between tries, and only the rules a test is about."""
    monkeypatch.setattr(exchange, "PAUSES", (0.0,) * 8)
    monkeypatch.setattr(public, "catalogue", lambda *_: rules)
