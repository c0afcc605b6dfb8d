"""One round with one body: what waits is fetched, proved, handed in, answered and acknowledged, in this order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from jiuzhu.crypto.signing import PublicKey, SigningKey
from jiuzhu.gateways.exchange.base import MANIFEST, SIGNATURE, Answer, Exchange, MessageRefused, Unreachable, patiently
from jiuzhu.gateways.exchange.ledger import CUT_OFF, TRIES, Ledger, Trial
from jiuzhu.gateways.exchange.messages import LARGEST_MANIFEST, LARGEST_SIGNATURE, Manifest, has_come, sent_by
from jiuzhu.gateways.exchange.receipts import FileTaken, receipt, refusal

# Files, the body, its divisions, the day nothing in them may be later than: what became of each, in the order of the files.
Deliver = Callable[[Sequence[Path], str, tuple[str, ...], date], list[FileTaken]]


@dataclass(frozen=True)
class Connection:
    """A body as this place knows it: by which way, for which divisions, with which key, and what it gets back."""

    body: str
    exchange: Exchange
    divisions: tuple[str, ...]
    key: PublicKey | None
    rows_back: bool = True


@dataclass(frozen=True)
class Desk:
    """Our side. place: the division we are. not_now: what `deliver` raises when the fault is ours; it ends the round.

    pauses, wait: how long to wait between tries to reach a body, in seconds, and how.
    """

    place: str
    key: SigningKey
    deliver: Deliver
    now: datetime
    not_now: tuple[type[Exception], ...] = ()
    pauses: tuple[float, ...] = ()
    wait: Callable[[float], None] = lambda _: None


@dataclass(frozen=True)
class Round:
    """taken, new_files: messages that came in, and their files that were not known. known: those that had come before.

    waiting: messages that failed and will be tried again. aside: those set aside by this round. unreachable: why, "" if not.
    """

    body: str
    taken: int = 0
    new_files: int = 0
    known: int = 0
    waiting: int = 0
    aside: tuple[Trial, ...] = ()
    unreachable: str = ""


def go_round(connection: Connection, ledger: Ledger, desk: Desk) -> Round:
    """Take in what waits. A bad message never keeps the next one waiting; a body that is silent keeps no other body waiting."""
    return _Going(connection, ledger, desk).run()


class _Going:
    def __init__(self, connection: Connection, ledger: Ledger, desk: Desk) -> None:
        self._to, self._ledger, self._desk = connection, ledger, desk
        self._round = Round(connection.body)

    def run(self) -> Round:
        try:
            for message in dict.fromkeys(self._patiently(self._to.exchange.waiting)):
                self._take(message)
        except Unreachable as silent:
            self._round = replace(self._round, unreachable=str(silent))
        return self._round

    def _take(self, message: str) -> None:
        """One try of one message. Whatever is wrong with it is its own affair, except that the body cannot be reached."""
        trial = self._trial(message)
        if trial.aside:
            return
        if trial.tries >= TRIES:  # the third try never came to its end
            self._fail(trial, trial.reason or CUT_OFF)
            return
        trial = self._ledger.begin(trial)
        try:
            self._hand_in(message, trial)
        except MessageRefused as refused:
            self._fail(trial, f"{refused.code}: {refused}")
        except Exception as fault:
            if isinstance(fault, (Unreachable, *self._desk.not_now)):
                self._ledger.uncount(trial)
                raise
            # A message that finds a fault of ours must not stop the others (E7); what it held is not told.
            self._fail(trial, f"fault: {type(fault).__name__} while taking it in; tell whoever runs the platform")

    def _trial(self, message: str) -> Trial:
        """What is known of this content under this name; a message that was mended is another one."""
        digest = hashlib.sha256(message.encode() + b"\0" + self._to.body.encode())
        folder = self._ledger.incoming("head")
        for name, most in ((MANIFEST, LARGEST_MANIFEST), (SIGNATURE, LARGEST_SIGNATURE)):
            try:
                self._fetch(message, name, folder, most, afresh=True)
                digest.update((folder / name).read_bytes() + b"\0")
            except MessageRefused as refused:
                (folder / name).unlink(missing_ok=True)
                digest.update(f"{refused.code}\0".encode())
        return self._ledger.trial(digest.hexdigest()[:32], message)

    def _hand_in(self, message: str, trial: Trial) -> None:
        head = self._ledger.incoming("head")
        content, signature = self._fetched(head, message, MANIFEST), self._fetched(head, message, SIGNATURE)
        desk, to = self._desk, self._to
        manifest = sent_by(content, signature, body=to.body, to=desk.place, key=to.key, now=desk.now)
        digest = hashlib.sha256(content).hexdigest()
        before = self._ledger.taken(manifest.number)
        if before == digest:
            self._patiently(lambda: to.exchange.acknowledge(message))
            self._ledger.forget(trial.trial)
            self._round = replace(self._round, known=self._round.known + 1)
            return
        if before is not None:
            words = (
                f"number {manifest.number} was used before, for other content; a number is used once: send it under the next one"
            )
            raise MessageRefused("number_used", words)
        paths = self._files(message, manifest, trial)
        taken = desk.deliver(paths, to.body, to.divisions, manifest.day)
        answer = receipt(desk.key, body=to.body, number=manifest.number, manifest=digest, files=taken, rows=to.rows_back)
        self._patiently(lambda: to.exchange.answer(message, answer))
        self._ledger.take(manifest.number, digest, trial.trial)
        new = sum(one.new for one in taken)
        self._round = replace(self._round, taken=self._round.taken + 1, new_files=self._round.new_files + new)
        self._patiently(lambda: to.exchange.acknowledge(message))

    def _files(self, message: str, manifest: Manifest, trial: Trial) -> list[Path]:
        """The files of a message, as its manifest tells them; what had come before a cut is not fetched again."""
        folder = self._ledger.incoming(trial.trial)
        for told in manifest.files:
            self._fetch(message, told.name, folder, told.bytes)
            if not has_come(folder / told.name, told):
                (folder / told.name).unlink()
                raise MessageRefused(
                    "bad_hash", f"{told.name}: it is not what the manifest tells (SHA-256); send it again unchanged"
                )
        return [folder / told.name for told in manifest.files]

    def _fetch(self, message: str, name: str, folder: Path, most: int, *, afresh: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if afresh:
            (folder / name).unlink(missing_ok=True)
        self._patiently(lambda: self._to.exchange.fetch(message, name, folder / name, most))

    def _fetched(self, head: Path, message: str, name: str) -> bytes:
        if not (head / name).exists():
            raise MessageRefused("file_missing", f"message {message}: {name} is not there or too large; send the message again")
        return (head / name).read_bytes()

    def _fail(self, trial: Trial, reason: str) -> None:
        """Keep why; at the third time tell the body and set the message aside."""
        self._ledger.fail(trial, reason, aside=False)
        if trial.tries < TRIES:
            self._round = replace(self._round, waiting=self._round.waiting + 1)
            return
        words = refusal(self._desk.key, body=self._to.body, message=trial.message, reason=reason)
        self._patiently(lambda: self._to.exchange.answer(trial.message, words))
        self._ledger.fail(trial, reason, aside=True)
        self._round = replace(self._round, aside=(*self._round.aside, replace(trial, reason=reason, aside=True)))

    def _patiently(self, act: Callable[[], Answer]) -> Answer:
        return patiently(act, self._desk.pauses, self._desk.wait)
