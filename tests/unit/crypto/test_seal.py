"""Sealed content opens for its own row alone, and any change at all is found."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu.crypto.keys import FileKeys, KeyMissing
from jiuzhu.crypto.seal import (
    SealBroken,
    SealedReader,
    SealedWriter,
    open_file,
    open_sealed,
    reading_sealed,
    seal,
    seal_file,
    writing_sealed,
)

HEAD = 11
BLOCK = 100


@pytest.fixture(scope="module", params=["gm", "international"])
def keys(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> FileKeys:
    return FileKeys(tmp_path_factory.mktemp("keys"), suite_name=request.param)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 100 bytes, so that many of them can be tried."""
    monkeypatch.setattr("jiuzhu.crypto.seal.BLOCK_BYTES", BLOCK)
    monkeypatch.setattr("jiuzhu.crypto.seal._SEALED_BLOCK", BLOCK + 28)


def test_what_was_sealed_opens_again(keys: FileKeys) -> None:
    for plain in (b"", "张三".encode(), bytes(1000)):
        assert open_sealed(seal(plain, keys=keys, name="t.c", about="7"), keys=keys, name="t.c", about="7") == plain


def test_the_same_content_sealed_twice_differs_and_shows_nothing(keys: FileKeys) -> None:
    first, second = (seal(b"canary 13800000000", keys=keys, name="t.c", about="7") for _ in range(2))
    assert first[HEAD:] != second[HEAD:]
    assert b"canary" not in first
    assert b"13800000000" not in first


@pytest.mark.parametrize(("name", "about"), [("t.c", "8"), ("t.d", "7"), ("t.", "c7"), ("t.c7", "")])
def test_content_of_one_row_does_not_open_as_another(keys: FileKeys, name: str, about: str) -> None:
    sealed = seal(b"content", keys=keys, name="t.c", about="7")
    with pytest.raises(SealBroken, match="moved from another row"):
        open_sealed(sealed, keys=keys, name=name, about=about)


def test_two_rows_with_their_contents_swapped_are_both_refused(keys: FileKeys) -> None:
    one = seal(b"one", keys=keys, name="t.c", about="1")
    two = seal(b"two", keys=keys, name="t.c", about="2")
    for sealed, about in ((two, "1"), (one, "2")):
        with pytest.raises(SealBroken):
            open_sealed(sealed, keys=keys, name="t.c", about=about)


def test_every_single_changed_bit_is_found(keys: FileKeys) -> None:
    sealed = seal(b"content", keys=keys, name="t.c", about="7")
    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises((SealBroken, KeyMissing)):  # a changed version names a key that never was
            open_sealed(bytes(changed), keys=keys, name="t.c", about="7")


def test_every_cut_and_every_addition_is_found(keys: FileKeys) -> None:
    sealed = seal(b"content", keys=keys, name="t.c", about="7")
    for end in range(len(sealed)):
        with pytest.raises(SealBroken):
            open_sealed(sealed[:end], keys=keys, name="t.c", about="7")
    with pytest.raises(SealBroken):
        open_sealed(sealed + b"\0", keys=keys, name="t.c", about="7")


def test_content_of_another_workspace_is_refused(keys: FileKeys, tmp_path: Path) -> None:
    sealed = seal(b"content", keys=keys, name="t.c", about="7")
    with pytest.raises(SealBroken):
        open_sealed(sealed, keys=FileKeys(tmp_path), name="t.c", about="7")


@pytest.mark.parametrize("length", [0, 1, 99, 100, 101, 199, 200, 201, 1000])
@pytest.mark.usefixtures("small_blocks")
def test_content_of_many_blocks_opens_again(keys: FileKeys, length: int) -> None:
    plain = bytes(number % 251 for number in range(length))
    sealed = seal(plain, keys=keys, name="f", about="x")
    assert len(sealed) == HEAD + length + 28 * max(1, -(-length // BLOCK))
    assert open_sealed(sealed, keys=keys, name="f", about="x") == plain


@pytest.mark.usefixtures("small_blocks")
def test_blocks_cut_off_reordered_repeated_or_taken_from_another_stream_are_found(keys: FileKeys) -> None:
    plain = bytes(number % 251 for number in range(350))
    sealed, other = (seal(plain, keys=keys, name="f", about="x") for _ in range(2))
    size = BLOCK + 28
    blocks = [sealed[HEAD + start : HEAD + start + size] for start in range(0, len(sealed) - HEAD, size)]
    others = [other[HEAD + start : HEAD + start + size] for start in range(0, len(other) - HEAD, size)]
    forgeries = {
        "cut after a block": blocks[:3],
        "two blocks swapped": [blocks[0], blocks[2], blocks[1], blocks[3]],
        "first and second swapped": [blocks[1], blocks[0], *blocks[2:]],
        "one left out": [blocks[0], blocks[2], blocks[3]],
        "one twice": [blocks[0], blocks[1], blocks[1], blocks[2], blocks[3]],
        "the end of another stream": [*blocks[:3], others[3]],
        "the start of another stream": [others[0], *blocks[1:]],
    }
    for forged in forgeries.values():
        with pytest.raises(SealBroken):
            open_sealed(sealed[:HEAD] + b"".join(forged), keys=keys, name="f", about="x")


@pytest.mark.usefixtures("small_blocks")
def test_a_stream_cut_anywhere_does_not_open_at_all(keys: FileKeys) -> None:
    sealed = seal(bytes(350), keys=keys, name="f", about="x")
    for end in range(len(sealed)):
        with pytest.raises(SealBroken):
            SealedReader(io.BytesIO(sealed[:end]), keys=keys, name="f", about="x")


@settings(max_examples=50, deadline=None)
@given(pieces=st.lists(st.binary(max_size=250), max_size=6), reads=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 300))))
def test_a_sealed_stream_reads_from_anywhere_like_the_plain_one(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], reads: list[tuple[int, int]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jiuzhu.crypto.seal.BLOCK_BYTES", BLOCK)
        patch.setattr("jiuzhu.crypto.seal._SEALED_BLOCK", BLOCK + 28)
        keys = FileKeys(tmp_path_factory.mktemp("keys"))
        target, plain = io.BytesIO(), io.BytesIO(b"".join(pieces))
        with SealedWriter(target, keys=keys, name="f", about="x") as writer:
            for piece in pieces:
                writer.write(piece)
        with io.BufferedReader(SealedReader(target, keys=keys, name="f", about="x"), 64) as reader:
            for place, length in reads:
                assert reader.seek(place) == plain.seek(place)
                assert reader.read(length) == plain.read(length)
            assert reader.seek(0, io.SEEK_END) == plain.seek(0, io.SEEK_END)


def test_a_file_is_sealed_and_opened_again(keys: FileKeys, tmp_path: Path) -> None:
    plain, sealed, back = (tmp_path / name for name in ("plain.csv", "plain.sealed", "back.csv"))
    plain.write_bytes("姓名,身份证号\n".encode("gb18030") * 500_000)
    seal_file(plain, sealed, keys=keys, name="delivery", about="d1")
    assert sealed.stat().st_size > 5 * 2**20
    assert "姓名".encode("gb18030") not in sealed.read_bytes()
    open_file(sealed, back, keys=keys, name="delivery", about="d1")
    assert back.read_bytes() == plain.read_bytes()
    with reading_sealed(sealed, keys=keys, name="delivery", about="d1") as reader:
        assert reader.readline() == "姓名,身份证号\n".encode("gb18030")


def test_a_sealed_file_half_written_never_appears(keys: FileKeys, tmp_path: Path) -> None:
    path = tmp_path / "f.sealed"
    path.write_bytes(b"the old one")

    def write_half() -> None:
        with writing_sealed(path, keys=keys, name="f", about="x") as writer:
            writer.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert [each.name for each in tmp_path.iterdir()] == ["f.sealed"]
    assert path.read_bytes() == b"the old one"


def test_a_writer_left_without_an_end_gives_nothing_that_opens(keys: FileKeys) -> None:
    target = io.BytesIO()
    writer = SealedWriter(target, keys=keys, name="f", about="x")
    writer.write(b"half")
    del writer
    with pytest.raises(SealBroken):
        open_sealed(target.getvalue(), keys=keys, name="f", about="x")


def test_a_changed_sealed_file_gives_no_plain_file(keys: FileKeys, tmp_path: Path) -> None:
    sealed, back = tmp_path / "f.sealed", tmp_path / "back"
    content = bytearray(seal(b"content", keys=keys, name="f", about="x"))
    content[-1] ^= 1
    sealed.write_bytes(content)
    with pytest.raises(SealBroken):
        open_file(sealed, back, keys=keys, name="f", about="x")
    assert not back.exists()
