"""The parent's side of parsing: hands files to the confined child process and takes back what it found."""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from jiuzhu.registry.ingest import frames, tasks
from jiuzhu.registry.ingest.content import mapped
from jiuzhu.registry.ingest.faults import Fault, FileRefused

_CHILD = "jiuzhu.registry.ingest.child"

# One thread, and memory that is used again instead of given back after each column: page faults were half of the time.
_ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 31),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class Parsed:
    """batches: by kind of frame. answer: what the child says of the whole file."""

    batches: dict[bytes, list[pa.RecordBatch]]
    answer: dict[str, Any]


class Forks:
    """The one process that forks workers for all parsers: it takes most of a second to start, and what it has loaded they share."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._turn = threading.Lock()

    def wire(self) -> tuple[socket.socket, subprocess.Popen[bytes]]:
        """A new connection, over which one worker at a time is asked for, and the process at its other end."""
        with self._turn:
            if self._process is None or self._control is None:
                self._process, self._control = self._started()
            ours, theirs = socket.socketpair()
            with theirs, contextlib.suppress(BrokenPipeError):  # if nobody takes it, it is closed, and whoever asks will see
                socket.send_fds(self._control, [b"\0"], [theirs.fileno()])
            return ours, self._process

    def close(self, process: subprocess.Popen[bytes] | None = None) -> None:
        """End the process, and with it whatever it still does; if one is named, only if it is still that one."""
        with self._turn:
            if process is None or process is self._process:
                self._end()

    def _started(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", _CHILD, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **_ENVIRONMENT},
                start_new_session=True,
            )
        return process, ours

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
            self._process.kill()
            self._process.wait()
        self._process = self._control = None


class Parsers:
    """Parsers that wait for work; they and the process behind them are kept until this process ends."""

    def __init__(self) -> None:
        self._forks = Forks()
        self._free: list[Parser] = []
        self._turn = threading.Lock()
        atexit.register(self.close)

    @contextlib.contextmanager
    def borrowed(self) -> Iterator[Parser]:
        with self._turn:
            parser = self._free.pop() if self._free else Parser(self._forks)
        try:
            yield parser
        finally:
            with self._turn:
                self._free.append(parser)

    def start(self) -> None:
        """Begin the process behind them before there is work, also for children that are forked from here."""
        self._forks.wire()[0].close()

    def close(self) -> None:
        """End them all."""
        with self._turn:
            while self._free:
                self._free.pop().close()
            self._forks.close()


class Parser:
    """Has one file at a time parsed by a worker of its own."""

    def __init__(self, forks: Forks) -> None:
        self._forks = forks
        self._wire: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._target = -1

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire = self._process = None

    def parse(self, task: tasks.ParseTask, source: int) -> Parsed:
        """Raises FileRefused."""
        batches, answer = self._frames(task, source)
        return Parsed(batches, self._checked(answer, task.file))

    def entries(self, task: tasks.ListTask, source: int) -> list[dict[str, Any]]:
        """The entries of a zip file. Raises FileRefused."""
        _, answer = self._frames(task, source)
        found: list[dict[str, Any]] = self._checked(answer, task.file)["entries"]
        return found

    def extract(self, task: tasks.ExtractTask, source: int) -> int:
        """An open memory file with the content of an entry. Raises FileRefused."""
        target = self._run(task, source)
        head = os.pread(target, 1 << 16, 0)
        if head[:1] == frames.END:  # a refusal; a delivered file cannot look like it: its frame has the length of the rest
            size = os.fstat(target).st_size
            if size >= 9 and struct.unpack(">Q", head[1:9])[0] == size - 9 and head[9:21] == b'{"refused": ':
                _, answer = frames.read_frames(mapped(target))
                self._checked(answer, task.file)
        return target

    def _frames(self, task: tasks.Task, source: int) -> tuple[dict[bytes, list[pa.RecordBatch]], dict[str, Any] | None]:
        target = self._run(task, source)
        try:
            return frames.read_frames(mapped(target))  # the mapping lives as long as the batches
        finally:
            os.close(target)

    def _checked(self, answer: dict[str, Any] | None, file: str) -> dict[str, Any]:
        if answer is None:
            raise tasks.refused_by_system(3, file)
        if "refused" in answer:
            raise FileRefused(Fault(**answer["refused"]))
        return answer

    def _run(self, task: tasks.Task, source: int) -> int:
        """The memory file that a worker filled. A process that the system ended meanwhile is replaced once."""
        code = self._asked(task, source)
        if code is None:
            code = self._asked(task, source)
        if code is None:
            raise RuntimeError(f"{task.file}: the parsing process ended twice; the machine may be out of memory")
        if code != 0:
            raise tasks.refused_by_system(code, task.file)
        return self._target

    def _asked(self, task: tasks.Task, source: int) -> int | None:
        """How the worker ended; None if the process that forks them is gone."""
        self._target = os.memfd_create("parsed")
        message = pickle.dumps(task)
        try:
            if self._wire is None:
                self._wire, self._process = self._forks.wire()
            socket.send_fds(self._wire, [tasks.LENGTH.pack(len(message))], [source, self._target])
            self._wire.sendall(message)
            ended = self._wire.recv(4, socket.MSG_WAITALL)
        except OSError:
            ended = b""
        if len(ended) == 4 and (code := struct.unpack(">i", ended)[0]) == 0:
            return 0
        os.close(self._target)
        if len(ended) == 4:
            return int(code)
        if self._process is not None:
            self._forks.close(self._process)
        self.close()
        return None


PARSERS = Parsers()
