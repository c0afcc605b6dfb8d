"""A round: nothing is lost or taken twice however it is broken off, and a bad message keeps nothing else waiting."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from jiuzhu.crypto.signing import SigningKey, new_signing_key
from jiuzhu.gateways.exchange import receipts
from jiuzhu.gateways.exchange.base import MANIFEST, SIGNATURE, Unreachable
from jiuzhu.gateways.exchange.drop_folder import DropFolder
from jiuzhu.gateways.exchange.ledger import ExchangeBusy, Ledger, alone
from jiuzhu.gateways.exchange.messages import CONTEXT, write_message
from jiuzhu.gateways.exchange.receipts import FileTaken
from jiuzhu.gateways.exchange.round import Connection, Desk, Round, go_round

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


class Killed(BaseException):
    """As a kill ends a process: nothing may catch it."""


@dataclass
class Place:
    """Our side and the police's. delivered: names of files handed in, in order; may hold one several times."""

    folder: Path
    theirs: SigningKey
    ours: SigningKey
    delivered: list[str] = field(default_factory=list)
    handed: list[tuple[str, tuple[str, ...], date]] = field(default_factory=list)
    trouble: Callable[[str], None] = lambda _: None

    def send(self, number: int, *names: str, key: SigningKey | None = None) -> Path:
        (self.folder / "files").mkdir(exist_ok=True)
        paths = [self.folder / "files" / name for name in names or (f"file-{number}.csv",)]
        for path in paths:
            path.write_text(f"content of {path.name}")
        told = {"body": "police", "to": "370502", "number": number, "made_at": NOW}
        return write_message(self.box.folder / "outbox", paths, key=key or self.theirs, **told)

    @property
    def box(self) -> DropFolder:
        return DropFolder(self.folder / "body")

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.folder / "ledger")

    def deliver(self, paths: Sequence[Path], body: str, divisions: tuple[str, ...], day: date) -> list[FileTaken]:
        self.handed.append((body, divisions, day))
        taken = []
        for path in paths:
            self.trouble(path.name)
            assert path.read_text() == f"content of {path.name}"
            new = path.name not in self.delivered
            self.delivered.append(path.name)
            taken.append(
                FileTaken(path.name, "police_population", 3, 2, 1, {"bad_date": 1}, rows="row,reason\n7,bad_date\n", new=new)
            )
        return taken

    def round(self, exchange: object = None, **other: object) -> Round:
        connection = Connection("police", exchange or self.box, ("370502",), self.theirs.public)
        desk = Desk("370502", self.ours, self.deliver, NOW)
        return go_round(replace(connection, **{k: v for k, v in other.items() if k in ("key", "rows_back")}), self.ledger, desk)

    def answer(self, message: object) -> dict[str, object]:
        return json.loads((self.box.folder / "inbox" / str(message) / "receipt.json").read_bytes())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, new_signing_key(tmp_path / "theirs.pem"), new_signing_key(tmp_path / "ours.pem"))


# --- the good way -----------------------------------------------------------------------------------------------------


def test_a_message_is_handed_in_answered_and_acknowledged_and_then_known(place: Place) -> None:
    place.send(1, "a.csv", "b.csv")
    assert place.round() == Round("police", taken=1, new_files=2)
    assert place.handed == [("police", ("370502",), date(2026, 11, 20))]
    assert place.box.waiting() == []
    # The acknowledgement gets lost: the message comes again, and nothing is handed in.
    shutil.rmtree(place.box.folder / "inbox")
    assert place.round() == Round("police", known=1)
    assert place.delivered == ["a.csv", "b.csv"]
    assert place.box.waiting() == []
    assert list((place.folder / "ledger" / "incoming").rglob("*.csv")) == []


def test_the_receipt_tells_counts_and_rejected_rows_and_is_signed(place: Place) -> None:
    place.send(1)
    place.round()
    told = place.answer(1)
    assert set(told) == {"format", "body", "number", "manifest", "result", "files"}
    assert (told["result"], told["number"]) == ("taken", 1)
    line = told["files"][0]
    assert set(line) == {"name", "result", "dataset", "received", "accepted", "rejected", "reasons", "quarantine"}
    assert (line["received"], line["accepted"], line["rejected"], line["reasons"]) == (3, 2, 1, {"bad_date": 1})
    inbox = place.box.folder / "inbox" / "1"
    assert (inbox / "quarantine-1.csv").read_text() == "row,reason\n7,bad_date\n"
    signature = base64.b64decode((inbox / "receipt.sig").read_bytes())
    assert place.ours.public.verifies(receipts.CONTEXT + (inbox / "receipt.json").read_bytes(), signature)
    assert not place.ours.public.verifies(receipts.CONTEXT + (inbox / "receipt.json").read_bytes() + b" ", signature)


def test_a_body_that_gets_counts_only_never_gets_a_row(place: Place) -> None:
    place.send(1)
    place.round(rows_back=False)
    assert "quarantine" not in place.answer(1)["files"][0]
    assert sorted(path.name for path in (place.box.folder / "inbox" / "1").iterdir()) == [
        "acknowledged",
        "receipt.json",
        "receipt.sig",
    ]


# --- replays and forgeries --------------------------------------------------------------------------------------------


@pytest.mark.requirement("E4")
def test_an_old_manifest_under_a_new_name_changes_nothing(place: Place) -> None:
    old = place.send(1)
    place.round()
    shutil.copytree(old, old.with_name("99"))
    assert place.round() == Round("police", known=1)
    assert place.delivered == ["file-1.csv"]


@pytest.mark.requirement("E4")
def test_a_number_used_for_other_content_is_refused(place: Place) -> None:
    place.send(1, "a.csv")
    place.round()
    second = place.send(2, "b.csv")
    told = json.loads((second / MANIFEST).read_bytes()) | {"number": 1}
    (second / MANIFEST).write_text(json.dumps(told))
    (second / SIGNATURE).write_bytes(base64.b64encode(place.theirs.sign(CONTEXT + (second / MANIFEST).read_bytes())))
    assert [place.round().waiting for _ in range(2)] == [1, 1]
    assert "number_used" in place.round().aside[0].reason
    assert place.delivered == ["a.csv"]


@pytest.mark.requirement("E4")
def test_a_file_changed_after_signing_is_never_handed_in(place: Place) -> None:
    (place.send(1) / "file-1.csv").write_text("content of file-2.csv")
    for _ in range(4):
        last = place.round()
    assert place.delivered == []
    assert last == Round("police")
    assert place.answer(1)["reason"].startswith("bad_hash")


# --- three failures ---------------------------------------------------------------------------------------------------


@pytest.mark.requirement("E7")
@pytest.mark.parametrize("poisoned", [1, 2, 3])
def test_a_message_that_fails_three_times_is_set_aside_and_the_others_go_on(poisoned: int, place: Place) -> None:
    """At each position of the queue; the fault is one of ours that nobody foresaw."""

    def trouble(name: str) -> None:
        if name == f"file-{poisoned}.csv":
            raise ZeroDivisionError("with somebody's name in it")

    place.trouble = trouble
    for number in (1, 2, 3):
        place.send(number)
    good = [f"file-{number}.csv" for number in (1, 2, 3) if number != poisoned]
    assert place.round() == Round("police", taken=2, new_files=2, waiting=1)
    assert place.delivered == good
    assert place.round() == Round("police", waiting=1)
    third = place.round()
    assert [one.message for one in third.aside] == [str(poisoned)]
    assert third.aside[0].reason == "fault: ZeroDivisionError while taking it in; tell whoever runs the platform"
    assert place.ledger.aside() == list(third.aside)
    assert place.answer(poisoned)["result"] == "refused"
    assert "somebody" not in json.dumps(place.answer(poisoned))
    # From now on it is left alone, and what comes later is taken in.
    place.send(4)
    assert place.round() == Round("police", taken=1, new_files=1)
    # A person has had the fault mended: taken up again, it is tried as if for the first time.
    place.trouble = lambda _: None
    place.ledger.forget(third.aside[0].trial)
    assert place.round() == Round("police", taken=1, new_files=1)
    assert place.ledger.aside() == []
    assert sorted(place.delivered) == [f"file-{number}.csv" for number in (1, 2, 3, 4)]


@pytest.mark.requirement("E7")
def test_a_message_that_ends_the_process_each_time_is_set_aside_at_the_restart_after_the_third(place: Place) -> None:
    def trouble(name: str) -> None:
        if name == "file-1.csv":
            raise Killed

    place.trouble = trouble
    place.send(1)
    place.send(2)
    for _ in range(3):
        with pytest.raises(Killed):
            place.round()
    assert place.delivered == []
    last = place.round()
    assert [one.reason for one in last.aside] == ["cut_off: the platform was ended while it took this message in"]
    assert place.delivered == ["file-2.csv"]


@pytest.mark.requirement("E7")
def test_a_message_that_was_mended_under_the_same_name_is_tried_anew(place: Place) -> None:
    wrong = place.send(1, key=place.ours)
    for _ in range(3):
        place.round()
    assert [one.reason.split(":")[0] for one in place.ledger.aside()] == ["bad_signature"]
    assert place.round() == Round("police")
    shutil.rmtree(wrong)
    place.send(1)
    assert place.round() == Round("police", taken=1, new_files=1)


def test_a_message_without_its_manifest_or_with_an_endless_one_is_set_aside(place: Place) -> None:
    (place.send(1) / MANIFEST).unlink()
    (place.send(2) / MANIFEST).write_bytes(b"x" * (2 << 20))
    for _ in range(3):
        last = place.round()
    assert sorted(one.message for one in last.aside) == ["1", "2"]


def test_a_body_without_a_key_is_told_that_two_officers_register_it(place: Place) -> None:
    place.send(1)
    for _ in range(3):
        last = place.round(key=None)
    assert "two officers register it" in last.aside[0].reason


# --- a body that is silent, a fault of ours, a kill -------------------------------------------------------------------


@dataclass
class Silent:
    """The box of the police, whose method of that name does not answer."""

    box: DropFolder
    method: str

    def __getattr__(self, name: str) -> object:
        if name != self.method:
            return getattr(self.box, name)

        def silent(*_: object) -> None:
            raise Unreachable("no answer")

        return silent


@pytest.mark.parametrize("method", ["waiting", "fetch", "answer", "acknowledge"])
def test_a_body_that_does_not_answer_is_no_fault_of_its_message(method: str, place: Place) -> None:
    place.send(1)
    for _ in range(5):
        assert place.round(Silent(place.box, method)).unreachable == "no answer"
    assert place.ledger.aside() == []
    last = place.round()
    assert (last.taken, last.known) == ((0, 1) if method == "acknowledge" else (1, 0))
    assert place.box.waiting() == []
    assert set(place.delivered) == {"file-1.csv"}


def test_a_full_disk_or_a_busy_workspace_ends_the_round_and_counts_against_nobody(place: Place) -> None:
    class Full(Exception):
        pass

    def trouble(_: str) -> None:
        raise Full

    place.trouble = trouble
    place.send(1)
    desk = Desk("370502", place.ours, place.deliver, NOW, not_now=(Full,))
    for _ in range(5):
        with pytest.raises(Full):
            go_round(Connection("police", place.box, (), place.theirs.public), place.ledger, desk)
    place.trouble = lambda _: None
    assert place.round() == Round("police", taken=1, new_files=1)


@pytest.mark.parametrize("method", ["fetch", "deliver", "answer", "take", "acknowledge"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_step_nothing_is_lost_and_the_receipt_is_the_same(
    method: str, after: bool, place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place.send(1, "a.csv", "b.csv")
    quiet = Place(tmp_path_factory.mktemp("quiet"), place.theirs, place.ours)
    quiet.send(1, "a.csv", "b.csv")
    quiet.round()
    owner = {"deliver": Place, "take": Ledger}.get(method, DropFolder)
    real = getattr(owner, method)

    def killed(self: object, *words: object, **named: object) -> object:
        if after:
            real(self, *words, **named)
        raise Killed

    with monkeypatch.context() as context:
        context.setattr(owner, method, killed)
        with pytest.raises(Killed):
            place.round()
    before_restart = (place.box.folder / "inbox" / "1" / "acknowledged").exists()
    assert not before_restart or "a.csv" in place.delivered  # never acknowledged before it was handed in
    place.round()
    assert set(place.delivered) == {"a.csv", "b.csv"}
    for name in ("receipt.json", "receipt.sig", "quarantine-1.csv", "quarantine-2.csv", "acknowledged"):
        assert (place.box.folder / "inbox" / "1" / name).read_bytes() == (quiet.box.folder / "inbox" / "1" / name).read_bytes()
    assert place.round() == Round("police")


def test_only_one_command_exchanges_at_a_time(tmp_path: Path) -> None:
    with alone(tmp_path / "exchange"), pytest.raises(ExchangeBusy, match="try again"), alone(tmp_path / "exchange"):
        pass
    with alone(tmp_path / "exchange"):
        pass
