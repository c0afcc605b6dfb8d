"""Two processes answer on one port, as under `serve --processes 2`: one that dies is begun anew, and none outlives who began them."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import pytest

from jiuzhu.portals.cli.answers import Refused
from jiuzhu.portals.cli.serving import taken

ROOT = Path(__file__).parents[3]
PATIENCE = 300.0  # seconds on a machine with much else to do
T = TypeVar("T")


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


BEGIN = "import sys; from jiuzhu.portals.cli import serving; serving.answer_in(2, serving.taken(int(sys.argv[1])))"


@pytest.fixture
def desk(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    told = {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "JIUZHU_WORKSPACE": str(tmp_path),
        "JIUZHU_DATABASE": "",
    }
    with subprocess.Popen([sys.executable, "-c", BEGIN, str(port)], env=os.environ | told, stderr=subprocess.DEVNULL) as it:
        try:
            yield it
        finally:
            it.kill()


def test_two_processes_answer_one_takes_the_place_of_another_and_none_outlives_the_desk(
    desk: subprocess.Popen[bytes], port: int
) -> None:
    assert _until(lambda: _answer(port), desk)
    first = set(_until(lambda: _two_below(desk.pid), desk))
    with pytest.raises(Refused, match="taken"):  # one desk a port
        taken(port)
    struck = min(first)
    os.kill(struck, signal.SIGKILL)
    now = set(_until(lambda: _two_below(desk.pid, without=struck), desk))
    assert len(now - first) == 1
    assert _until(lambda: _answer(port), desk)
    desk.send_signal(signal.SIGTERM)
    desk.wait(PATIENCE)
    assert _until(lambda: all(not _lives(one) for one in now), None)
    assert _answer(port) is None


@pytest.mark.requirement("B8")
def test_behind_a_proxy_what_came_over_tls_is_answered_and_what_did_not_is_sent_there(tmp_path: Path, port: int) -> None:
    told = {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "JIUZHU_WORKSPACE": str(tmp_path),
        "JIUZHU_DATABASE": "",
        "DJANGO_SETTINGS_MODULE": "jiuzhu.config.production",
        "JIUZHU_HOSTS": "aid.example",
    }
    begin = BEGIN.replace("answer_in(2, ", "answer(")
    with subprocess.Popen([sys.executable, "-c", begin, str(port)], env=os.environ | told, stderr=subprocess.DEVNULL) as it:
        try:
            plain = _until(lambda: _answer(port, {"Host": "aid.example"}), it)
            over_tls = {"Host": "aid.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
            assert (plain, _answer(port, over_tls), _answer(port, {**over_tls, "Host": "other.example"})) == (301, 404, 400)
        finally:
            it.kill()


def _answer(port: int, headers: Mapping[str, str] | None = None) -> int | None:
    """The status of an answer, None where nobody answers."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        asked.request("GET", "/nothing/" if headers else "/static/nothing", headers=headers or {})
        return asked.getresponse().status
    except OSError:
        return None
    finally:
        asked.close()


def _two_below(number: int, without: int = 0) -> list[int]:
    """The processes that answer, once there are two of them."""
    told = [path.read_text().split() for path in Path(f"/proc/{number}/task").glob("*/children")]
    below = [int(one) for some in told for one in some if int(one) != without and _lives(int(one))]
    return below if len(below) == 2 else []


def _lives(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _until(look: Callable[[], T], desk: subprocess.Popen[bytes] | None) -> T:
    """What a look gives, once it gives something."""
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last:
        assert desk is None or desk.poll() is None, "the desk ended by itself"
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError("nothing came in time")
