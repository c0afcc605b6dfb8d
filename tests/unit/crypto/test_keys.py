"""Keys are made once, kept for their owner alone, rotated without stopping, and missed in plain words."""

import multiprocessing
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from jiuzhu.crypto import keys as keys_module
from jiuzhu.crypto.files import appearing
from jiuzhu.crypto.index import keyed_index
from jiuzhu.crypto.keys import FileKeys, KeyMissing, KeyWrong, open_keys
from jiuzhu.crypto.seal import open_sealed, seal


def test_first_use_makes_random_keys_only_their_owner_can_read(tmp_path: Path) -> None:
    FileKeys(tmp_path / "one")
    FileKeys(tmp_path / "two")
    files = sorted((tmp_path / "one").iterdir())
    assert [path.name for path in files] == ["index.1.key", "seal.1.key"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    contents = {path.read_text() for folder in ("one", "two") for path in (tmp_path / folder).iterdir()}
    assert len(contents) == 4


def test_each_name_has_a_key_of_its_own(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path)
    secrets = {keys.index_key("a.phone").secret, keys.index_key("b.phone").secret, keys.sealing_key("a.phone").secret}
    assert len(secrets) == 3


def test_a_key_never_shows_itself_in_a_message(tmp_path: Path) -> None:
    key = FileKeys(tmp_path).index_key("a.phone")
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


@pytest.mark.requirement("B3")
def test_after_rotation_old_content_is_read_and_new_content_has_the_new_key(tmp_path: Path) -> None:
    running = FileKeys(tmp_path)
    old = seal(b"before", keys=running, name="t.c", about="1")
    assert FileKeys(tmp_path).rotate() == 2
    new = seal(b"after", keys=running, name="t.c", about="1")  # the running process was never told
    (tmp_path / "seal.1.key").unlink()
    fresh = FileKeys(tmp_path, make=False)
    assert open_sealed(new, keys=fresh, name="t.c", about="1") == b"after"
    with pytest.raises(KeyMissing, match="key seal version 1 is missing; put back the key folder"):
        open_sealed(old, keys=fresh, name="t.c", about="1")
    assert open_sealed(old, keys=running, name="t.c", about="1") == b"before"


@pytest.mark.requirement("B3")
def test_a_new_key_is_found_though_the_clock_of_the_disk_did_not_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = FileKeys(tmp_path)
    assert running.current("seal") == 1
    stood = tmp_path.stat()

    @contextmanager
    def within_a_tick(path: Path) -> Iterator[BinaryIO]:
        with appearing(path) as file:
            yield file
        os.utime(tmp_path, ns=(stood.st_atime_ns, stood.st_mtime_ns))

    monkeypatch.setattr(keys_module, "appearing", within_a_tick)
    FileKeys(tmp_path).rotate()
    assert running.current("seal") == 2


@pytest.mark.requirement("B3")
def test_a_load_goes_on_while_keys_are_rotated_and_leaves_nothing_plain(tmp_path: Path) -> None:
    keys, store = FileKeys(tmp_path / "keys"), tmp_path / "store"
    store.mkdir()

    def load() -> None:
        for number in range(400):
            sealed = seal(f"canary {number}".encode(), keys=keys, name="t.c", about=str(number))
            (store / str(number)).write_bytes(sealed)

    with ThreadPoolExecutor(2) as pool:
        loading = pool.submit(load)
        other = FileKeys(tmp_path / "keys")
        while not loading.done():
            other.rotate()
        loading.result()
    fresh = FileKeys(tmp_path / "keys", make=False)
    for number in range(400):
        sealed = (store / str(number)).read_bytes()
        assert b"canary" not in sealed
        assert open_sealed(sealed, keys=fresh, name="t.c", about=str(number)) == f"canary {number}".encode()
    assert len({(store / str(number)).read_bytes()[1:3] for number in range(400)}) > 1, "no rotation fell into the load"


def test_rotation_leaves_the_indexes_where_they_are(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path)
    before = keyed_index("13800000000", keys=keys, column="people.phone")
    keys.rotate()
    assert keyed_index("13800000000", keys=keys, column="people.phone") == before


def test_rotation_can_change_the_suite_and_old_content_stays_readable(tmp_path: Path) -> None:
    old = seal(b"before", keys=FileKeys(tmp_path), name="t.c", about="1")
    keys = FileKeys(tmp_path, suite_name="international")
    keys.rotate()
    new = seal(b"after", keys=keys, name="t.c", about="1")
    assert keys.sealing_key("t.c").suite.name == "international"
    assert open_sealed(old, keys=keys, name="t.c", about="1") == b"before"
    assert open_sealed(new, keys=keys, name="t.c", about="1") == b"after"


def test_no_key_is_used_more_often_than_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_module, "USES_PER_KEY", 3)
    keys = FileKeys(tmp_path)
    used = [keys.sealing_key("t.c").secret for _ in range(10)]
    assert max(used.count(secret) for secret in used) == 3
    assert len(set(used)) == 4


def test_a_stream_has_a_key_nobody_else_gets(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path)
    assert len({keys.sealing_key("f", alone=True).secret for _ in range(5)} | {keys.sealing_key("f").secret}) == 6


def test_a_forked_process_does_not_go_on_with_its_parents_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = FileKeys(tmp_path)
    parent = keys.sealing_key("t.c").session
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert keys.sealing_key("t.c").session != parent


def _start(folder: str) -> str:
    return FileKeys(folder).fingerprint("seal", 1) + FileKeys(folder).fingerprint("index", 1)


def test_processes_that_start_at_once_agree_on_the_first_keys(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        marks = pool.map(_start, [str(tmp_path / "keys")] * 8)
    assert len(set(marks)) == 1


@pytest.mark.requirement("B3")
@pytest.mark.requirement("B3")
@pytest.mark.parametrize("family", ["seal", "index"])
def test_a_first_start_that_was_cut_short_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, family: str) -> None:
    made = FileKeys._make

    def dies(self: FileKeys, of: str, version: int) -> None:
        if of == family:
            raise KeyboardInterrupt
        made(self, of, version)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(FileKeys, "_make", dies)
        with pytest.raises(KeyboardInterrupt):
            open_keys(tmp_path / "keys", proof=tmp_path / "proof")
    first = open_keys(tmp_path / "keys", proof=tmp_path / "proof")
    again = open_keys(tmp_path / "keys", proof=tmp_path / "proof")
    assert all(first.master(one, 1) == again.master(one, 1) for one in ("seal", "index"))
    (tmp_path / "keys" / f"{family}.1.key").unlink()
    with pytest.raises(KeyMissing):
        FileKeys(tmp_path / "keys")


def test_a_workspace_does_not_start_with_another_workspaces_keys(tmp_path: Path) -> None:
    proof = tmp_path / "workspace" / "keys.proof"
    open_keys(tmp_path / "mine", proof=proof)
    FileKeys(tmp_path / "other")
    with pytest.raises(KeyWrong, match=r"is not the one this workspace was written with.*set the right key folder"):
        open_keys(tmp_path / "other", proof=proof)
    open_keys(tmp_path / "mine", proof=proof)


@pytest.mark.requirement("B3")
def test_a_workspace_whose_key_folder_is_gone_says_so_and_makes_no_new_keys(tmp_path: Path) -> None:
    proof = tmp_path / "keys.proof"
    open_keys(tmp_path / "keys", proof=proof)
    (tmp_path / "keys").rename(tmp_path / "moved")
    with pytest.raises(KeyMissing, match="put back the key folder"):
        open_keys(tmp_path / "keys", proof=proof)
    assert not (tmp_path / "keys").exists()


def test_a_workspace_remembers_rotated_keys_too(tmp_path: Path) -> None:
    proof = tmp_path / "keys.proof"
    open_keys(tmp_path / "keys", proof=proof).rotate()
    open_keys(tmp_path / "keys", proof=proof)
    (tmp_path / "keys" / "seal.2.key").unlink()
    with pytest.raises(KeyMissing, match="seal version 2"):
        open_keys(tmp_path / "keys", proof=proof)


def test_the_remembered_proof_tells_nothing_of_the_keys(tmp_path: Path) -> None:
    keys = open_keys(tmp_path / "keys", proof=tmp_path / "proof")
    text = (tmp_path / "proof").read_text()
    assert all(keys.master(family, 1)[1].hex()[:16] not in text for family in keys_module.FAMILIES)


def test_a_damaged_proof_is_named(tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    proof.write_text("seal one abc\n")
    with pytest.raises(KeyWrong, match="proof: the list of keys of this workspace is damaged"):
        open_keys(tmp_path / "keys", proof=proof)


def test_a_key_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    FileKeys(tmp_path)
    (tmp_path / "seal.1.key").chmod(0o644)
    with pytest.raises(KeyWrong, match=r"chmod 600 .*seal.1.key"):
        FileKeys(tmp_path)


@pytest.mark.parametrize("place", [0, 20, 40, 80, -3])
def test_a_damaged_key_file_is_refused(tmp_path: Path, place: int) -> None:
    FileKeys(tmp_path)
    path = tmp_path / "index.1.key"
    content = bytearray(path.read_bytes())
    content[place] = ord("0") if content[place] != ord("0") else ord("1")
    path.write_bytes(content)
    with pytest.raises(KeyWrong, match="damaged"):
        FileKeys(tmp_path)


def test_one_lost_key_file_is_missed_and_not_made_anew(tmp_path: Path) -> None:
    FileKeys(tmp_path)
    (tmp_path / "index.1.key").unlink()
    with pytest.raises(KeyMissing, match="index version 1"):
        FileKeys(tmp_path)
    assert not (tmp_path / "index.1.key").exists()
