"""The shared suite: what every way of exchanging with a body must do, over a folder, over HTTPS, and seen through the twin."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from jiuzhu.gateways.exchange.base import Exchange, MessageRefused, Unreachable, patiently
from jiuzhu.gateways.exchange.drop_folder import DropFolder
from jiuzhu.gateways.exchange.https import Https
from jiuzhu.gateways.exchange.twin import Twin
from tests.support.body_server import Served, served

MOST = 1 << 20
PAUSES = (0.0,) * 20


@dataclass
class Side:
    """Both sides of an exchange: ours, and the folder the body sees."""

    exchange: Exchange
    folder: Path

    def put(self, message: str, **files: bytes) -> None:
        box = self.folder / "outbox" / message
        box.mkdir(parents=True)
        for name, content in {**files, "manifest.sig": b"s"}.items():
            (box / name).write_bytes(content)

    def do(self, act: Callable[[], object]) -> object:
        """As often as a bad line makes it necessary."""
        return patiently(act, PAUSES, lambda _: None)

    def waiting(self) -> list[str]:
        """Over several looks, each name once: a message may be late."""
        return sorted({name for _ in range(5) for name in self.do(self.exchange.waiting)})


def https(state: Served) -> Https:
    return Https(state.address, ssl.create_default_context(cafile=str(state.ca)), timeout=5)


@pytest.fixture(params=["folder", "https", "twin"])
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Side]:
    folder = tmp_path / "body"
    (folder / "outbox").mkdir(parents=True)
    if request.param == "https":
        with served(folder, tmp_path) as state:
            yield Side(https(state), folder)
        return
    plain = DropFolder(folder)
    yield Side(plain if request.param == "folder" else Twin(plain, seed=3, lost=20, cut=20, wrong=0, doubled=20, late=20), folder)


def test_a_complete_message_waits_until_it_is_acknowledged(side: Side) -> None:
    side.put("17", a=b"1")
    side.put("18", a=b"1")
    (side.folder / "outbox" / ".19.part").mkdir()
    (side.folder / "outbox" / "20").mkdir()  # its signature has not come yet
    assert side.waiting() == ["17", "18"]
    side.do(lambda: side.exchange.acknowledge("17"))
    side.do(lambda: side.exchange.acknowledge("17"))
    assert side.waiting() == ["18"]


def test_a_file_is_fetched_whole_with_a_chinese_name_too(side: Side, tmp_path: Path) -> None:
    content = bytes(range(256)) * 1000
    side.put("17", **{"死亡 注销#1.csv": content})
    side.do(lambda: side.exchange.fetch("17", "死亡 注销#1.csv", tmp_path / "copy", MOST))
    assert (tmp_path / "copy").read_bytes() == content


def test_fetching_goes_on_after_what_is_there(side: Side, tmp_path: Path) -> None:
    side.put("17", a=b"0123456789")
    (tmp_path / "copy").write_bytes(b"0123")
    side.do(lambda: side.exchange.fetch("17", "a", tmp_path / "copy", MOST))
    assert (tmp_path / "copy").read_bytes() == b"0123456789"
    side.do(lambda: side.exchange.fetch("17", "a", tmp_path / "copy", MOST))
    assert (tmp_path / "copy").read_bytes() == b"0123456789"


@pytest.mark.parametrize("name", ["b", "../17/a", ".a", "a/b", "", "a" * 200, "a\nb"])
def test_a_file_that_is_not_there_or_has_no_name_of_a_file_is_the_fault_of_the_message(
    name: str, side: Side, tmp_path: Path
) -> None:
    side.put("17", a=b"1")
    with pytest.raises(MessageRefused):
        side.do(lambda: side.exchange.fetch("17", name, tmp_path / "copy", MOST))


def test_a_file_larger_than_announced_is_not_read_to_its_end(side: Side, tmp_path: Path) -> None:
    side.put("17", a=b"x" * 300_000)
    with pytest.raises(MessageRefused, match="more than the 1000 bytes"):
        side.do(lambda: side.exchange.fetch("17", "a", tmp_path / "copy", 1000))
    assert not (tmp_path / "copy").exists() or (tmp_path / "copy").stat().st_size < 300_000


def test_an_answer_lies_in_the_inbox_and_replaces_the_one_before(side: Side) -> None:
    side.put("17", a=b"1")
    for content in (b"first", b"second"):
        side.do(lambda content=content: side.exchange.answer("17", {"receipt.json": content, "receipt.sig": b"s"}))
    assert (side.folder / "inbox" / "17" / "receipt.json").read_bytes() == b"second"
    assert side.waiting() == ["17"]


# --- what only one of them can do wrong -------------------------------------------------------------------------------


def test_a_link_in_an_outbox_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("ours")
    box = tmp_path / "outbox" / "17"
    box.mkdir(parents=True)
    (box / "a").symlink_to(tmp_path / "secret")
    with pytest.raises(MessageRefused, match="plain files"):
        DropFolder(tmp_path).fetch("17", "a", tmp_path / "copy", MOST)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "manifest.sig").write_text("s")
    (tmp_path / "outbox" / "18").symlink_to(tmp_path / "elsewhere")
    assert DropFolder(tmp_path).waiting() == []


def test_a_folder_that_is_not_mounted_is_not_an_empty_outbox(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="mount the folder"):
        DropFolder(tmp_path / "gone").waiting()


def test_a_line_cut_in_the_middle_is_taken_up_where_it_was_cut(tmp_path: Path) -> None:
    side = Side(DropFolder(tmp_path), tmp_path)
    side.put("17", a=b"0123456789" * 1000)
    with served(tmp_path, tmp_path) as state:
        state.cut = 2
        pauses: list[float] = []
        patiently(lambda: https(state).fetch("17", "a", tmp_path / "copy", MOST), (1, 5, 25), pauses.append)
        assert (tmp_path / "copy").read_bytes() == b"0123456789" * 1000
        assert pauses == [1, 5]
        assert [told for _, _, told in state.asked] == ["", "bytes=5000-", "bytes=7500-"]


@pytest.mark.parametrize(
    "instead",
    [
        (302, {"Location": "https://127.0.0.1:1/elsewhere"}, b""),
        (500, {}, b""),
        (200, {}, b"not what was agreed"),
        (200, {}, b'{"messages": ["../../etc"]}'),
        (200, {}, b'{"messages": "' + b"x" * (2 << 20) + b'"}'),
    ],
    ids=["redirect", "error", "no JSON", "bad name", "too long"],
)
def test_a_wrong_answer_to_the_list_is_no_message_and_is_followed_nowhere(
    instead: tuple[int, dict[str, str], bytes], tmp_path: Path
) -> None:
    with served(tmp_path, tmp_path) as state:
        state.instead = instead
        with pytest.raises(Unreachable):
            https(state).waiting()
        assert len(state.asked) == 1


def test_a_server_whose_certificate_we_do_not_trust_is_not_spoken_to(tmp_path: Path) -> None:
    with served(tmp_path, tmp_path) as state:
        with pytest.raises(Unreachable, match="SSL"):
            Https(state.address, ssl.create_default_context(), timeout=5).waiting()
        assert state.asked == []


def test_the_twin_misbehaves_alike_for_the_same_seed_and_otherwise_for_another(tmp_path: Path) -> None:
    side = Side(DropFolder(tmp_path), tmp_path)
    for number in range(20):
        side.put(str(number), a=b"0123456789")

    def history(seed: int) -> list[str]:
        twin, told = Twin(side.exchange, seed), []
        for turn in range(60):
            try:
                told.append(" ".join(twin.waiting()))
                target = tmp_path / f"{seed}-{turn}"
                twin.fetch("3", "a", target, MOST)
                told.append(target.read_text())
                target.unlink()
            except Unreachable as error:
                told.append(str(error))
                (tmp_path / f"{seed}-{turn}").unlink(missing_ok=True)
        return told

    first = history(7)
    assert first == history(7)
    assert first != history(8)
    lines = [line for line in first if line.startswith(("0", "1")) and " " in line]
    assert any("the twin" in line for line in first)
    assert any(len(line.split()) > len(set(line.split())) for line in lines)  # doubled
    assert any(line.split() != sorted(line.split()) for line in lines)  # in another order
    assert any(len(set(line.split())) < 20 for line in lines)  # late
