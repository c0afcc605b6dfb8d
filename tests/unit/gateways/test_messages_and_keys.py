"""A message counts if the body it speaks for signed it, for us, with the key that two officers stand for."""

from __future__ import annotations

import base64
import json
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from jiuzhu.crypto.signing import KeyUnfit, PublicKey, SigningKey, new_signing_key, read_public_key, read_signing_key
from jiuzhu.gateways.exchange.base import MANIFEST, SIGNATURE, MessageRefused
from jiuzhu.gateways.exchange.book import Book, KeyNotAllowed
from jiuzhu.gateways.exchange.messages import CONTEXT, Manifest, has_come, sent_by, write_message

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return new_signing_key(tmp_path / "police.pem")


@pytest.fixture
def box(tmp_path: Path, key: SigningKey) -> Path:
    file = tmp_path / "police_population-2026-11.csv"
    file.write_text("record_id\n1\n")
    return write_message(tmp_path / "outbox", [file], body="police", to="370502", number=17, made_at=NOW, key=key)


def read(box: Path, key: PublicKey | None, now: datetime = NOW) -> Manifest:
    signature = (box / SIGNATURE).read_bytes()
    return sent_by((box / MANIFEST).read_bytes(), signature, body="police", to="370502", key=key, now=now)


def resigned(box: Path, key: SigningKey, **changes: object) -> None:
    told = json.loads((box / MANIFEST).read_bytes()) | changes
    content = json.dumps(told).encode()
    (box / MANIFEST).write_bytes(content)
    (box / SIGNATURE).write_bytes(base64.b64encode(key.sign(CONTEXT + content)))


def refused(box: Path, key: PublicKey | None) -> str:
    with pytest.raises(MessageRefused) as refusal:
        read(box, key)
    return refusal.value.code


def test_a_message_tells_its_files_and_the_day_it_was_made_in_beijing(box: Path, key: SigningKey) -> None:
    found = read(box, key.public)
    assert (found.number, found.day, [one.name for one in found.files]) == (
        17,
        date(2026, 11, 20),
        ["police_population-2026-11.csv"],
    )
    assert has_come(box / found.files[0].name, found.files[0])
    late_evening = datetime(2026, 11, 20, 17, tzinfo=UTC)  # one o'clock the next day in Beijing
    resigned(box, key, made_at=late_evening.isoformat())
    assert read(box, key.public, now=late_evening).day == date(2026, 11, 21)


def test_a_message_appears_by_one_rename_and_a_number_is_used_once(box: Path, tmp_path: Path, key: SigningKey) -> None:
    assert [path.name for path in box.parent.iterdir()] == ["17"]
    with pytest.raises(MessageRefused, match="used once"):
        write_message(box.parent, [], body="police", to="370502", number=17, made_at=NOW, key=key)


@pytest.mark.requirement("E4")
def test_a_changed_manifest_another_key_and_no_key_are_refused(box: Path, key: SigningKey, tmp_path: Path) -> None:
    assert refused(box, new_signing_key(tmp_path / "other.pem").public) == "bad_signature"
    assert refused(box, None) == "no_key"
    content = (box / MANIFEST).read_bytes()
    (box / MANIFEST).write_bytes(content.replace(b'"number": 17', b'"number": 18'))
    assert refused(box, key.public) == "bad_signature"
    (box / MANIFEST).write_bytes(content)
    (box / SIGNATURE).write_bytes(b"not base64 at all!")
    assert refused(box, key.public) == "bad_signature"
    (box / SIGNATURE).write_bytes(base64.b64encode(key.sign(content)))  # a signature made for something else
    assert refused(box, key.public) == "bad_signature"


@pytest.mark.requirement("E4")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"body": "health"}, "other_body"),
        ({"to": "320400"}, "other_place"),
        ({"made_at": "2026-11-20T11:00:00+08:00"}, "made_in_future"),
        ({"made_at": "2026-11-20T09:00:00"}, "bad_manifest"),
        ({"number": "17"}, "bad_manifest"),
        ({"number": True}, "bad_manifest"),
        ({"number": 0}, "bad_manifest"),
        ({"extra": 1}, "bad_manifest"),
        ({"format": 2}, "bad_manifest"),
        ({"files": []}, "bad_manifest"),
        ({"files": [{"name": "a"}]}, "bad_manifest"),
        ({"files": [{"name": "a", "bytes": -1, "sha256": "0" * 64}]}, "bad_manifest"),
        ({"files": [{"name": "a", "bytes": 1, "sha256": "0" * 64}] * 2}, "bad_manifest"),
        ({"files": [{"name": "../a", "bytes": 1, "sha256": "0" * 64}]}, "bad_name"),
    ],
)
def test_what_a_body_signs_for_another_or_for_later_is_refused(
    changes: dict[str, object], code: str, box: Path, key: SigningKey
) -> None:
    resigned(box, key, **changes)
    assert refused(box, key.public) == code


def test_a_file_that_is_longer_or_other_than_told_has_not_come(box: Path, key: SigningKey) -> None:
    told = read(box, key.public).files[0]
    path = box / told.name
    content = path.read_bytes()
    for wrong in (content + b"x", content[:-1], content.replace(b"1", b"2")):
        path.write_bytes(wrong)
        assert not has_come(path, told)


def test_openssl_makes_a_message_that_counts_and_checks_ours(box: Path, key: SigningKey, tmp_path: Path) -> None:
    """A body needs nothing of ours: the key and the signature are those of every tool."""
    theirs, signed, signature = tmp_path / "theirs.pem", tmp_path / "signed", tmp_path / "signature"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", theirs], check=True, capture_output=True)
    signed.write_bytes(CONTEXT + (box / MANIFEST).read_bytes())
    subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", theirs, "-in", signed, "-out", signature], check=True)
    (box / SIGNATURE).write_bytes(base64.b64encode(signature.read_bytes()))
    made = subprocess.run(["openssl", "pkey", "-in", theirs, "-pubout"], check=True, capture_output=True)
    assert read(box, read_public_key(made.stdout, "ed25519")).number == 17
    (tmp_path / "ours.pem").write_bytes(key.public.as_pem())
    signature.write_bytes(key.sign(signed.read_bytes()))
    words = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-rawin",
        "-pubin",
        "-inkey",
        tmp_path / "ours.pem",
        "-in",
        signed,
        "-sigfile",
        signature,
    ]
    assert subprocess.run(words, capture_output=True).returncode == 0


# --- keys -------------------------------------------------------------------------------------------------------------


def test_a_private_key_that_others_may_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    first = new_signing_key(path)
    assert read_signing_key(path).public == first.public
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(KeyUnfit, match="chmod 600"):
        read_signing_key(path)
    path.chmod(0o600)
    path.write_text("nothing")
    with pytest.raises(KeyUnfit, match="put it back from its backup"):
        read_signing_key(path)
    with pytest.raises(KeyUnfit, match="there is no key"):
        read_signing_key(tmp_path / "gone.pem")


def test_a_public_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    made = subprocess.run(["openssl", "genpkey", "-algorithm", "rsa"], check=True, capture_output=True)
    public = subprocess.run(["openssl", "pkey", "-pubout"], input=made.stdout, check=True, capture_output=True).stdout
    for pem, algorithm in ((public, "ed25519"), (b"nothing", "ed25519"), (public, "sm9")):
        with pytest.raises(KeyUnfit):
            read_public_key(pem, algorithm)


@pytest.mark.requirement("E4")
def test_a_key_counts_only_once_a_second_officer_confirmed_it(tmp_path: Path, key: SigningKey) -> None:
    book = Book(tmp_path / "keys")
    told = {"because": "ring up", "at": NOW}
    fingerprint = book.propose("police", key.public.as_pem(), "ed25519", by="Officer One", **told)
    assert book.key("police") is None
    for same in ("Officer One", " officer　one ", "ＯＦＦＩＣＥＲ ONE"):
        with pytest.raises(KeyNotAllowed, match="another one has to"):
            book.confirm("police", fingerprint, by=same, **told)
    with pytest.raises(KeyNotAllowed, match="nobody proposed"):
        book.confirm("health", fingerprint, by="Officer Two", **told)
    for empty in ({"by": " "}, {"because": ""}):
        with pytest.raises(KeyNotAllowed, match="who and why"):
            book.confirm("police", fingerprint, **({"by": "Officer Two", **told} | empty))
    with pytest.raises(KeyNotAllowed, match="set the clock"):
        book.confirm("police", fingerprint, by="Officer Two", because="ring up", at=NOW - timedelta(days=1))
    assert book.key("police") is None
    book.confirm("police", fingerprint, by="Officer Two", **told)
    assert book.key("police") == key.public
    assert book.key("health") is None
    assert book.waiting() == []


@pytest.mark.requirement("E4")
def test_a_changed_key_leaves_the_old_one_in_force_until_two_stand_for_it_and_then_refuses_it(
    tmp_path: Path, key: SigningKey, box: Path
) -> None:
    book = Book(tmp_path / "keys")
    new = new_signing_key(tmp_path / "new.pem")
    for number, one in enumerate((key, new)):
        at = NOW + timedelta(days=number)
        fingerprint = book.propose("police", one.public.as_pem(), "ed25519", by="A", because="renewal", at=at)
        if one is new:
            assert book.key("police") == key.public
            assert [page.fingerprint for page in book.waiting()] == [fingerprint]
        book.confirm("police", fingerprint, by="B", because="renewal", at=at)
    assert refused(box, book.key("police")) == "bad_signature"
    resigned(box, new)
    assert read(box, book.key("police")).number == 17
    # Nothing was overwritten: who, when and why of both stand in the book.
    assert [(page.act, page.by) for page in book.pages("police")] == [("proposed", "A"), ("confirmed", "B")] * 2
